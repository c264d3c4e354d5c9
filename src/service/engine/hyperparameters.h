/* service/engine/hyperparameters.h - the parameters of a fitted model, to fit it once more with;
 * and the models in service, by their files. Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_HYPERPARAMETERS_H
#define REEL_SERVICE_HYPERPARAMETERS_H

#include "model/vtable.h"
#include "service/engine/state.h"

enum { REEL_HYPERPARAMETER_VALUE = 64 };

struct reel_hyperparameters {
    reel_params params; /* of what follows: it may not be moved */
    reel_param items[REEL_PARAMS_MAX];
    char texts[REEL_PARAMS_MAX][REEL_HYPERPARAMETER_VALUE];
};

/* All of its parameters: no model has more than REEL_PARAMS_MAX. */
void reel__hyperparameters_take(reel_hyperparameters *out, const reel_model *model);
/* Of two models of one name. */
bool reel__hyperparameters_same(const reel_model *a, const reel_model *b);

/* The version of a model that is in service, by what the store said (reel__engine_ask_records) and
 * its files; NULL: there is none that can be read. Caller frees. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__served_model_open(reel_model **out, const reel_engine *engine,
                                                int slot, reel_err *err);
/* Those of all that are in service, [MODELS], with no parameters where a model is not; caller
 * frees. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__hyperparameters_served(reel_hyperparameters **out,
                                                     const reel_engine *engine, reel_err *err);

#endif
