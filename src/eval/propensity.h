/* eval/propensity.h - how much more often a film is looked at where it stands high in a list, told
 * from what was shown and clicked there. The position-based model: a click at rank k on film f has
 * the probability t_k g_f, looked at times wanted (Joachims, Swaminathan, Schnabel 2017, "Unbiased
 * Learning-to-Rank with Biased Feedback"; Wang et al. 2018, "Position Bias Estimation for Unbiased
 * Learning to Rank in Personal Search"). The same film is shown at several ranks, to several people
 * or over time, which is what tells t from g without an experiment. Both are estimated in turn, as
 * the rates of Poisson counts:
 *
 *     t_k = sum_f clicks_fk / sum_f shown_fk g_f
 *     g_f = (sum_k clicks_fk + a m) / (sum_k shown_fk t_k + a)
 *
 * with m the overall rate, and a prior of a few looks (a) that keeps films shown once from saying 0
 * or 1. In the end t_1 = 1, and t never rises (pooled where it did): nobody looks at the fifth film
 * more often than at the fourth. What it cannot tell: a list in the order of somebody's taste has
 * at its top what that very person wants more than others do. Of that g_f knows nothing, so t falls
 * somewhat too steeply; how much is measured in docs/feedback.md.
 * Layer: eval. Threads: no state.
 */
#ifndef REEL_EVAL_PROPENSITY_H
#define REEL_EVAL_PROPENSITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"
#include "reel/err.h"

enum { REEL_PROPENSITY_RANKS = 50, REEL_PROPENSITY_CLICKS = 100 };

/* How often each film was shown at each rank, and clicked there: [films x REEL_PROPENSITY_RANKS],
 * the last rank standing for all beyond it. */
typedef struct reel_exposure {
    reel_index films;
    uint32_t *shown, *clicked;
} reel_exposure;
REEL_MUST_USE reel_code reel__exposure_init(reel_exposure *out, reel_index films, reel_err *err);
void reel__exposure_fini(reel_exposure *exposure);
void reel__exposure_clear(reel_exposure *exposure);
/* rank: from 1. Less than 0 takes away. */
void reel__exposure_add(reel_exposure *exposure, reel_index film, int rank, int64_t shown,
                        int64_t clicked);
/* The clicks of all films at a rank. */
int64_t reel__exposure_clicks(const reel_exposure *exposure, int rank);

typedef struct reel_propensity {
    double looked[REEL_PROPENSITY_RANKS]; /* by rank - 1, the first is 1 */
    int64_t shown, clicks;
    bool known; /* false: fewer than REEL_PROPENSITY_CLICKS clicks; all are 1 */
} reel_propensity;

/* Errors: E_NOMEM. Cost: 100 rounds over the table at most; the same table, the same bits. */
REEL_MUST_USE reel_code reel__propensity_fit(reel_propensity *out, const reel_exposure *exposure,
                                             reel_err *err);
/* At a rank from 1 on, the last known one beyond. */
double reel__propensity_at(const reel_propensity *propensity, int rank);
/* What a click there stands for: 1 / looked, at most clip. */
double reel__propensity_weight(const reel_propensity *propensity, int rank, double clip);

#endif
