/* service/models/learn.h - fitting a model the way the program does: a hybrid learns how much of
 * each of its models to mix in from validation lists cut from the data it is fitted on. Layer:
 * service. Threads: context->threads inside.
 */
#ifndef REEL_SERVICE_LEARN_H
#define REEL_SERVICE_LEARN_H

#include "eval/blend.h"
#include "reel/model.h"
#include "service/models/unfinished.h"

/* As reel_model_fit. A hybrid costs two fits of each of its models and the validation lists between
 * them; data that are too few to hold anything out leave it with the weights built in. */
REEL_MUST_USE reel_code reel__learn(reel_model **out, const char *name, const reel_dataset *dataset,
                                    const reel_params *params, const reel_fit_context *context,
                                    reel_err *err);

/* A model to mix in. */
typedef struct reel_ingredient {
    const char *name;
    const reel_params *params; /* NULL: its own */
} reel_ingredient;

/* What is mixed. */
typedef struct reel_mixing {
    const reel_ingredient *parts; /* [count], at most REEL_HYBRID_MEMBERS */
    size_t count;
    double recency;              /* the parameter of the hybrid, 0 = none */
    reel_unfinished *unfinished; /* where fits are kept, or NULL */
} reel_mixing;

/* How much of each model to mix in; out->questions is 0 where data are too few to tell.
 * Errors: those of fitting; E_NOMEM. */
REEL_MUST_USE reel_code reel__learn_weights(reel_blend *out, const reel_mixing *mixing,
                                            const reel_dataset *dataset,
                                            const reel_fit_context *context, reel_err *err);

/* The same for a hybrid alone; blend [out, optional]: what was learned (no questions: nothing). */
REEL_MUST_USE reel_code reel__learn_hybrid(reel_model **out, reel_blend *blend,
                                           const reel_dataset *dataset, const reel_params *params,
                                           const reel_fit_context *context, reel_err *err);

/* One model of a hybrid, and what it is weighed by for histories of as many films as
 * reel__weighed_length says. */
typedef struct reel_weighed {
    const char *name;
    const float *by; /* [REEL_HYBRID_KNOTS], borrowed from the model */
} reel_weighed;
/* Those of a model, in the order of its parameters; how many: 0 = it is no hybrid. */
size_t reel__weighed(reel_weighed out[REEL_HYBRID_MEMBERS], const reel_model *model);
int reel__weighed_length(size_t knot); /* 0, 1, 4, 16, 64, 256 */

#endif
