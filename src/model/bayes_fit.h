/* model/bayes_fit.h - the Gibbs sampler of bayes from the outside, for its tests too.
 * Layer: model. Threads: one thread at a time per sampler; steps run in parallel inside.
 */
#ifndef REEL_MODEL_BAYES_FIT_H
#define REEL_MODEL_BAYES_FIT_H

#include "model/bayes.h"

/* What the parameters ask for. */
typedef struct bayes_plan {
    size_t rank, samples, burn_in, kept;
    bool svdpp, flipped, time, noise_varies, probit;
    uint64_t seed;
    int threads;
} bayes_plan;

/* Errors: E_NOMEM, E_BUDGET; close it in any case. */
reel_code reel__bayes_open(bayes_sampler *sampler, const reel_dataset *dataset,
                           const bayes_plan *plan, reel_err *err);
void reel__bayes_close(bayes_sampler *sampler);
/* One round of Gibbs sampling. Errors: E_NOMEM. */
reel_code reel__bayes_sweep(bayes_sampler *sampler, reel_err *err);

reel_code reel__bayes_fit(reel_model *model, const reel_dataset *dataset,
                          const reel_fit_context *context, reel_err *err);

#endif
