/* tune_priv.h - what the files of the search share.
 * Layer: eval. Threads: one thread at a time.
 */
#ifndef REEL_EVAL_TUNE_PRIV_H
#define REEL_EVAL_TUNE_PRIV_H

#include "base/rng.h"
#include "eval/tune.h"

/* A value between 0 and 1 to one of the dimension, and back. Reals have four digits. */
double reel__tune_value(const reel_tune_space *space, size_t dim, double unit);
double reel__tune_unit(const reel_tune_space *space, size_t dim, double value);

typedef struct reel_tune_observation {
    double unit[REEL_TUNE_DIMS];
    double score;
    int number, rung;
} reel_tune_observation;

typedef struct reel_tune_observations {
    const reel_tune_observation *items; /* [count] by falling score; one at least worked */
    size_t count;
    int top; /* the last rung */
} reel_tune_observations;

/* A point of the low-discrepancy sequence, shifted by the seed. unit [out] [dims]. */
void reel__tune_spread(double *unit, size_t dims, uint64_t seed, int index);

/* A point by what was seen so far. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__tune_guess(double *unit, const reel_tune_space *space,
                                         const reel_tune_observations *seen, reel_rng *rng,
                                         reel_err *err);

#endif
