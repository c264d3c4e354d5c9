/* eval/blend.h - learns how much of each model a hybrid should mix in, by the length of a history.
 * Layer: eval. Threads: threads = 0 means all cores; results never depend on it.
 */
#ifndef REEL_EVAL_BLEND_H
#define REEL_EVAL_BLEND_H

#include "eval/validation.h"
#include "model/hybrid.h"

typedef struct reel_blend {
    size_t members;
    /* [members][REEL_HYBRID_KNOTS], what reel__hybrid_make takes */
    float weights[REEL_HYBRID_MEMBERS * REEL_HYBRID_KNOTS];
    size_t questions;
    /* Mean of NDCG@10 and NDCG@100 over the questions: of each member alone, and of the blend. */
    double alone[REEL_HYBRID_MEMBERS], together;
} reel_blend;

/* Learn from the members' answers to the questions. Two steps: a conditional logit (McFadden 1974;
 * as in ListNet, Cao et al. 2007) of the held-out films among the candidates that any member ranks
 * high, which is concave and so has one solution; then a search along each weight for the mean of
 * NDCG@10 and NDCG@100. A blend that loses to one member at a length gives way to it there.
 * members [in] fitted on validation->train. threads 0 = all cores.
 * Errors: E_INVALID (no member, too many), E_NOMEM, those of scoring. */
REEL_MUST_USE reel_code reel__blend_learn(reel_blend *out, reel_model *const *members, size_t count,
                                          const reel_validation *validation, int threads,
                                          reel_err *err);

#endif
