/* model_priv.h - what the door (model.c, params.c, file.c) and hybrid.c share.
 * Layer: model. Threads: as the functions of reel/model.h that call these.
 */
#ifndef REEL_MODEL_MODEL_PRIV_H
#define REEL_MODEL_MODEL_PRIV_H

#include "model/params.h"
#include "model/stamp.h"
#include "model/vtable.h"

/* Version of the model file's layout; a file of another one is refused and fitted anew. */
#define REEL_MODEL_FORMAT "5"

const reel_model_ops *reel__model_ops(const char *name); /* or NULL */
/* E_NOTFOUND: there is no model of that name. */
reel_code reel__model_unknown(const char *name, reel_err *err);

/* A model with default parameters, one owner and no films yet. */
REEL_MUST_USE reel_code reel__model_new(reel_model **out, const reel_model_ops *ops, reel_err *err);

/* Films, people and hash of the data that another model was fitted on. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__model_copy_data(reel_model *model, const reel_model *from,
                                              reel_err *err);

/* Slots of a scratch that are the door's. */
enum {
    REEL_SLOT_ENTRIES = REEL_SCRATCH_OWN,
    REEL_SLOT_CONTRIBUTIONS,
    REEL_SLOT_PREDICTIONS,
    REEL_SLOT_QUERIES
};

/* Check a query and give `usable`: the same without the entries of weight 0, which may lie in the
 * scratch. Errors: as reel_model_score. */
REEL_MUST_USE reel_code reel__model_open_query(reel_query *usable, const reel_model *model,
                                               const reel_query *query, reel_scratch *scratch,
                                               reel_err *err);
reel_code reel__model_no_scratch(const reel_model *model, reel_err *err);
/* Ask a model for reasons by whichever function it has; scratch is the model's own part. */
REEL_MUST_USE reel_code reel__model_reasons(const reel_model *model, const reel_query *query,
                                            const reel_asked *asked, reel_scratch *scratch,
                                            reel_err *err);

/* E_INVALID: the model predicts no ratings. */
reel_code reel__model_ranks(const reel_model *model, reel_err *err);

/* Set the parameters given; the others stay. Errors: E_INVALID naming the parameter. */
REEL_MUST_USE reel_code reel__params_set(reel_model *model, const reel_params *params,
                                         reel_err *err);
/* The value of parameter `index` as reel__params_set reads it back without loss. */
void reel__param_text(const reel_model *model, size_t index, char out[REEL_PARAM_TEXT]);

/* What a hybrid writes and reads for each member: its parameters and tensors, by the writer's
 * prefix; the films are the hybrid's. */
REEL_MUST_USE reel_code reel__model_save_body(const reel_model *model, reel_tensors_writer *writer,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__model_load_body(reel_model **out, reel_tensors *tensors,
                                              const char *prefix, reel_err *err);

/* reel_model_load, for tests without the checksum, which would hide the checks of structure. */
REEL_MUST_USE reel_code reel__model_open(reel_model **out, const char *path, bool checksum,
                                         reel_err *err);

#endif
