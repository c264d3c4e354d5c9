/* model/history.h - a person's training data as the entries of a query: what models are fitted on,
 * what their histories are told apart by, and what a server folds in, entry by entry the same.
 * Layer: model. Threads: no state.
 */
#ifndef REEL_MODEL_HISTORY_H
#define REEL_MODEL_HISTORY_H

#include "num/csr.h"
#include "reel/model.h"

/* The entry of a signal (data/signals.h) of this weight. */
static inline reel_entry reel__signal_entry(reel_index movie, float weight)
{
    return (reel_entry){.movie = movie,
                        .value = weight < 0 ? -1 : 1,
                        .weight = weight < 0 ? -weight : weight,
                        .kind = REEL_ENTRY_SIGNAL};
}

/* How many films a person rated or showed something of. */
size_t reel__history_length(const reel_dataset *dataset, reel_index row);
/* A row's ratings and signals by ascending film, each weighing 1 or what it says; how many.
 * out [reel__history_length]; times [optional] those of the ratings, else 0 everywhere */
size_t reel__history_take(const reel_dataset *dataset, reel_index row, reel_entry *out,
                          const int64_t *times);

/* Ratings and signals as one matrix, for fitting. Where there are no signals the views are the
 * dataset's own. */
typedef struct reel_told {
    reel_csr_view people, films; /* people x films and the transpose; of a signal the value is 0 */
    const float *people_signals; /* aligned with them: 0 = a rating, else the signal's weight; */
    const float *films_signals;  /* NULL where there are no signals */
    reel_csr own[4];
} reel_told;
/* Errors: E_NOMEM; out is empty then. */
REEL_MUST_USE reel_code reel__told_make(reel_told *out, const reel_dataset *dataset, reel_err *err);
void reel__told_fini(reel_told *joined);
/* Entry k of one of its views: signals is the one aligned with it, weight that of a rating. */
static inline reel_entry reel__told_entry(reel_csr_view view, const float *signals, reel_nnz k)
{
    if (signals != NULL && signals[k] != 0)
        return reel__signal_entry(view.col[k], signals[k]);
    return (reel_entry){.movie = view.col[k], .value = view.val[k], .weight = 1};
}

#endif
