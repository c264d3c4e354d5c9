/* tally.h - the events of an experiment as one observation for each person. For this folder only.
 */
#ifndef REEL_SERVICE_EXPERIMENTS_TALLY_H
#define REEL_SERVICE_EXPERIMENTS_TALLY_H

#include "service/experiments/experiments.h"

/* One person: when the window ended, and what they did in it. */
typedef struct reel_observation {
    int64_t ends_ms;
    int32_t arm;    /* -1 = both */
    int32_t did[2]; /* how often: by side where lists are interleaved, else [0] */
} reel_observation;

typedef struct reel_observations {
    reel_observation *people; /* [count], in the order in which their windows end */
    size_t count;
    int64_t lists, strays;
} reel_observations;

/* Errors: E_NOMEM, those of the store. out holds nothing after one. Cost: all events of its lists.
 */
REEL_MUST_USE reel_code reel__observations_read(reel_observations *out, reel_store *store,
                                                const reel_experiment *experiment, reel_err *err);
void reel__observations_fini(reel_observations *tally);

#endif
