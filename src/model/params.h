/* model/params.h - parameters of a model as text and as numbers, without a model object.
 * Layer: model. Threads: no state.
 */
#ifndef REEL_MODEL_PARAMS_H
#define REEL_MODEL_PARAMS_H

#include "reel/model.h"

enum { REEL_PARAM_TEXT = 48 };

/* Set the parameters given; the others stay. values [info->param_count]. A choice is its position
 * among spec->choices. Errors: E_INVALID naming the parameter that is unknown or out of range. */
REEL_MUST_USE reel_code reel__params_read(double *values, const reel_model_info *info,
                                          const reel_params *params, reel_err *err);
/* A value as reel__params_read reads it back without loss. */
void reel__param_write(const reel_param_spec *spec, double value, char out[REEL_PARAM_TEXT]);

#endif
