/* data/signals.h - what people showed of films that they did not rate: clicks, a place on the
 * watchlist, "not interested". They are a matrix of people x films of their own beside the ratings,
 * so whoever counts or averages ratings never meets them. A dataset without any is the one it was
 * before there were signals: the same hash, the same file.
 * Layer: data. Threads: a dataset is immutable once others have it.
 */
#ifndef REEL_DATA_SIGNALS_H
#define REEL_DATA_SIGNALS_H

#include "reel/dataset.h"

typedef struct reel_signal {
    int64_t person, movie; /* outside ids */
    float weight; /* above 0: interest, as much of it as a liked film has for 1; below: none
                     wanted */
} reel_signal;

/* people x movies, the weights as values; ptr is NULL where there are none. No film of a row was
 * rated by that person. */
reel_csr_view reel__dataset_signals(const reel_dataset *dataset);
/* Give them to a dataset that was just built and that nobody else has. Those of films that the
 * person rated, of weight 0, and of people or films that are not there are left out; of a pair
 * given twice the last counts. Changes the hash, unless none is left.
 * Errors: E_INVALID (a weight is no number, or too large), E_NOMEM. Cost: O(n log n). */
REEL_MUST_USE reel_code reel__dataset_set_signals(reel_dataset *dataset, const reel_signal *signals,
                                                  size_t count, reel_err *err);
/* The same with those of another dataset. */
REEL_MUST_USE reel_code reel__dataset_copy_signals(reel_dataset *dataset, const reel_dataset *from,
                                                   reel_err *err);

#endif
