/* service/simulate/weighing.h - what weights of signals (service/feedback/signals.h) are worth:
 * made-up people use the program for some days, which leaves a log with the bias of places in it;
 * then the models are trained on that same log with each set of weights, and each is judged by the
 * films that were kept back of the people. bench/signals.py searches with it; docs/feedback.md has
 * what came of it.
 * Layer: service. Threads: one at a time; trainings use all cores.
 */
#ifndef REEL_SERVICE_WEIGHING_H
#define REEL_SERVICE_WEIGHING_H

#include "service/feedback/signals.h"
#include "service/simulate/simulate.h"

enum { REEL_WEIGHING_SETS = 32, REEL_WEIGHING_TEST = 1000 };

typedef struct reel_weighing_opts {
    /* All but the arms and editorial. With `test` of a folder the other half of its people, and
     * seeds from REEL_WEIGHING_TEST above: nothing that weights were chosen by. */
    reel_simulate_opts world;
    bool test;
    /* [count]; the log is made with the first, and the others are compared with it */
    const reel_signal_weights *sets;
    size_t count;
} reel_weighing_opts;

typedef struct reel_weighing {
    reel_weighing_opts opts;
    reel_index people, movies; /* of the first world */
    int64_t signals;           /* of the last training of the first seed */
    double *ndcg;              /* [count][seeds] NDCG@10 of films kept back, mean over people */
} reel_weighing;

/* Errors: E_INVALID (options), those of a world, a store and of training, E_CANCELLED. */
REEL_MUST_USE reel_code reel__weigh(reel_weighing *out, const reel_weighing_opts *opts,
                                    reel_err *err);
void reel__weighing_fini(reel_weighing *weighing);
/* Over seeds, with a 95 % interval; less: seed by seed less that of the first set. */
reel_interval reel__weighing_ndcg(const reel_weighing *weighing, size_t set, bool less);
void reel__weighing_write(reel_json *json, const reel_weighing *weighing);

#endif
