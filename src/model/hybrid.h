/* model/hybrid.h - how the weights of a hybrid depend on the length of a history.
 * Layer: model. Threads: no state.
 */
#ifndef REEL_MODEL_HYBRID_H
#define REEL_MODEL_HYBRID_H

#include "reel/model.h"

/* Weights are given at histories of 0, 1, 4, 16, 64 and 256 films and interpolated between them in
 * the logarithm of the length; beyond the last they stay. */
enum { REEL_HYBRID_KNOTS = 6, REEL_HYBRID_MEMBERS = 12 };

/* share [REEL_HYBRID_KNOTS]: how much each knot counts for a history of `length` films; the shares
 * sum to 1, two at the most are not 0. */
void reel__hybrid_shares(size_t length, double share[REEL_HYBRID_KNOTS]);

/* What a member's scores for one query are standardised with: (s - mean) x scale; scale is 0 where
 * they are all the same, as for a history the member can make nothing of. Those of `popular` become
 * ln(1 + s) first, in place. */
typedef struct reel_standard {
    double mean, scale;
} reel_standard;
reel_standard reel__hybrid_standard(const reel_model *member, float *scores, size_t movies);

/* Names of the models that a hybrid with these parameters is made of; how many; its `recency`.
 * names [REEL_HYBRID_MEMBERS]. Errors: E_INVALID (a parameter; none is left). */
REEL_MUST_USE reel_code reel__hybrid_names(const char **names, size_t *count, double *recency,
                                           const reel_params *params, reel_err *err);

/* Combine members under learned weights, [count][REEL_HYBRID_KNOTS]; NULL: those built in.
 * As reel_model_combine otherwise. */
REEL_MUST_USE reel_code reel__hybrid_make(reel_model **out, reel_model *const *members,
                                          size_t count, const reel_params *params,
                                          const float *weights, reel_err *err);

/* [REEL_HYBRID_KNOTS] what a hybrid weighs a member by, borrowed; NULL: it has no such member. */
const float *reel__hybrid_weights(const reel_model *hybrid, const char *member);

#endif
