/* blend_priv.h - what blend.c (candidates, logit) and blend_search.c (NDCG) share.
 * Layer: eval. Threads: immutable once gathered.
 */
#ifndef REEL_EVAL_BLEND_PRIV_H
#define REEL_EVAL_BLEND_PRIV_H

#include "eval/blend.h"

enum { KNOTS = REEL_HYBRID_KNOTS };

/* The films each question is decided among, by ascending index, with the members' standardised
 * scores. */
typedef struct candidates {
    size_t members, questions;
    int threads;
    size_t *begin, *count;   /* [questions] of the arrays below */
    float *z;                /* [candidates][members] */
    uint8_t *good;           /* [candidates] whether it was held out */
    double (*share)[KNOTS];  /* [questions] reel__hybrid_shares of the history's length */
    double *ideal10, *ideal; /* [questions] DCG@10 and DCG@100 of a perfect list */
} candidates;

/* What each member weighs for a history with these shares of the knots. out [members] */
static inline void weigh(const candidates *c, const double share[KNOTS], const double *weights,
                         double *out)
{
    for (size_t m = 0; m < c->members; m++) {
        out[m] = 0;
        for (int k = 0; k < KNOTS; k++)
            out[m] += share[k] * weights[m * KNOTS + (size_t)k];
    }
}

/* Weights [members][KNOTS] are improved in place; alone and together of out are filled.
 * Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__blend_search(reel_blend *out, double *weights, const candidates *c,
                                           reel_err *err);

#endif
