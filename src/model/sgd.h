/* model/sgd.h - epochs of stochastic gradient descent for a biased factor model.
 *   for each rating, e = r - s_uj:   x += lr (e y - reg x)   for (b_u, p_u) and (b_j, q_j) at once
 * adagrad: lr of a row is lr / sqrt(G), G = accumulator + the sum over its ratings so far of
 * |e y - reg x|^2 / factors (Duchi et al. 2011, one rate a row as in Chin et al. 2015).
 * Layer: model. Threads: bit-equal results for any number.
 */
#ifndef REEL_MODEL_SGD_H
#define REEL_MODEL_SGD_H

#include "model/blocks.h"
#include "model/factors.h"

typedef struct reel_sgd_row { /* beside the factors of a person or film */
    float bias;
    float sum;    /* G */
    float square; /* squared length of the factors */
    float unused;
} reel_sgd_row;

typedef struct reel_sgd_opts {
    double lr, reg;
    bool adagrad;
    double accumulator; /* > 0 */
    int rank;
} reel_sgd_opts;

typedef struct reel_sgd {
    const reel_factors *factors;
    reel_blocks blocks;
    reel_sgd_row *person; /* [people] */
    reel_sgd_row *movie;  /* [movies] */
    float lr, reg, share; /* share = 1 / rank */
    bool adagrad;
} reel_sgd;

/* factors keep their start. out needs reel__sgd_fini whatever happens. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__sgd_init(reel_sgd *out, const reel_factors *factors,
                                       reel_csr_view ratings, const reel_sgd_opts *opts,
                                       uint64_t seed, reel_err *err);
void reel__sgd_fini(reel_sgd *sgd);
/* Bytes that reel__sgd_init takes. */
double reel__sgd_bytes(const reel_dataset *dataset);
/* One pass over the ratings. threads as in reel_fit_context. */
void reel__sgd_epoch(reel_sgd *sgd, int threads);
/* The biases into the factors. */
void reel__sgd_finish(const reel_sgd *sgd, reel_factors *factors);

#endif
