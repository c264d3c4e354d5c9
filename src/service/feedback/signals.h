/* service/feedback/signals.h - what people did, as training data: clicks, trailers, wishes and
 * refusals of films that they did not rate become signals beside the ratings (data/signals.h), each
 * with a weight; what was done in a list counts for as much more as its place is looked at less
 * (eval/propensity.h). docs/feedback.md says what each weight is and how it was chosen.
 * Only people with a rating have signals, and only their events say how lists are looked at: so a
 * training holds nothing of anybody whom its files do not name (docs/unlearning.md).
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_SIGNALS_H
#define REEL_SERVICE_SIGNALS_H

#include "eval/propensity.h"
#include "service/engine/engine.h"
#include "store/store.h"

enum { REEL_SIGNALS_PASSED = 100000 };

/* 1 is what a liked film weighs; 0: not used. */
struct reel_signal_weights {
    double click, trailer;            /* 0 .. 100 */
    double watchlist, liked, watched; /* what was given */
    double not_interested;            /* that much below 0 */
    double passed; /* shown and not clicked, below 0, times how surely it was looked at */
    double clip;   /* the most that a place multiplies by, 1 .. 1000; 1: places do not matter */
};

reel_signal_weights reel__signal_weights_default(void);
/* The defaults with what REEL_SIGNALS says: "click=0.5 clip=1", or "none". Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__signal_weights(reel_signal_weights *out, reel_err *err);
/* The same of a text; what: who said it, for the message. */
REEL_MUST_USE reel_code reel__signal_weights_read(reel_signal_weights *out, const char *text,
                                                  const char *what, reel_err *err);

/* The signal of a wish, or of none, that somebody gave; 0 of anything else. */
float reel__signals_given(const reel_signal_weights *weights, const reel_given_row *row);
/* The signal of what somebody did (REEL_DID_...) before a training weighs it by its place: the
 * stronger of both, 0 of nothing. */
float reel__signals_did(const reel_signal_weights *weights, unsigned did);

typedef struct reel_signals_report {
    int64_t signals, people;
    reel_propensity looked;
    double mean_times; /* what places multiply by, over clicks in lists; divided by again */
} reel_signals_report;

/* Read what people did, from the store's sums (store/stats.h) and from the events that nobody
 * counted yet, and what they gave, and set them as signals of a dataset that was just built of it.
 * The same store gives the same bytes, however much of it was counted; one without any leaves the
 * dataset as it is. Of one film the strongest interest counts, and a refusal beats all. Errors:
 * E_NOMEM, E_CONFLICT (people are forgotten without a pause), those of the store. Cost: by films x
 * places, people and clicks, and by events that are not counted; where `passed` is above 0 the
 * newest REEL_SIGNALS_PASSED lists that were shown are gone through, too. */
REEL_MUST_USE reel_code reel__signals_read(reel_dataset *dataset, reel_store *store,
                                           const reel_signal_weights *weights,
                                           reel_signals_report *report, reel_err *err);

#endif
