/* eval/rating_errors.h - how far predicted ratings are from those that were held out.
 * Every held-out rating counts once: RMSE and MAE are over all of them together, intervals are over
 * people. Someone without a history is predicted too, from nothing.
 * Layer: eval. Ownership: rating errors are the caller's. Threads: threads = 0 means all cores;
 * results never depend on it.
 */
#ifndef REEL_EVAL_RATING_ERRORS_H
#define REEL_EVAL_RATING_ERRORS_H

#include "eval/significance.h"
#include "eval/split.h"
#include "reel/model.h"

typedef struct reel_rating_errors {
    reel_index people;                                  /* of the data that was split */
    double *each;                                       /* [people][REEL_ERRORS] */
    int rounds;                                         /* splits added */
    double rmse[REEL_ROUNDS_MAX], mae[REEL_ROUNDS_MAX]; /* of each split by itself */
} reel_rating_errors;

REEL_MUST_USE reel_code reel__rating_errors_init(reel_rating_errors *out, reel_index people,
                                                 reel_err *err);
/* Add one split. predicted [in, optional] of split->held, in its order: what a fit with these
 * targets filled in; without it the model is asked, with the person's history and the time of each
 * rating. Errors: E_INVALID (a model that ranks, or of other films), those of predicting. */
REEL_MUST_USE reel_code reel__rating_errors_add(reel_rating_errors *errors, const reel_model *model,
                                                const reel_split *split, const float *predicted,
                                                int threads, reel_err *err);
void reel__rating_errors_fini(reel_rating_errors *errors);

/* The held-out ratings of people who are trained on, as targets of a fit; rows is owned by the
 * caller, out [out->count] too, the rest by the split. count is 0 where models are asked about
 * people they never saw. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__rating_targets(reel_fit_targets *out, reel_index **rows,
                                             float **predicted, const reel_split *split,
                                             reel_err *err);

#endif
