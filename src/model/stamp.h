/* model/stamp.h - the id of a fitted model: its name and a hash of what it depends on. Layer:
 * model. Threads: any.
 */
#ifndef REEL_MODEL_STAMP_H
#define REEL_MODEL_STAMP_H

#include "reel/model.h"

enum { REEL_MODEL_ID_SIZE = 48 };

/* Make the id from name, parameters, seed, data hash and `extra` (a hybrid: its members' ids).
 * Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__model_stamp(reel_model *model, const char *extra, reel_err *err);

/* The id that a fit will have. out [REEL_MODEL_ID_SIZE]. Errors: E_NOTFOUND (no such model),
 * E_INVALID (a parameter), E_NOMEM. */
REEL_MUST_USE reel_code reel__model_expect(char *out, const char *name, const reel_dataset *dataset,
                                           const reel_params *params, uint64_t seed, reel_err *err);

#endif
