/* hyperparameters.c - see hyperparameters.h. */
#include "service/engine/hyperparameters.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* ---- parameters ---------------------------------------------------------------------------- */

static void spell(char out[REEL_HYPERPARAMETER_VALUE], const reel_param_spec *spec, double value)
{
    const char *choice = spec->choices;

    if (spec->type != REEL_PARAM_CHOICE) {
        (void)snprintf(out, REEL_HYPERPARAMETER_VALUE, "%.17g", value);
        return;
    }
    for (int left = (int)value; left > 0; left--)
        choice += strcspn(choice, "|") + 1;
    (void)snprintf(out, REEL_HYPERPARAMETER_VALUE, "%.*s", (int)strcspn(choice, "|"), choice);
}

void reel__hyperparameters_take(reel_hyperparameters *out, const reel_model *model)
{
    const reel_model_info *info = reel_model_get_info(model);

    out->params = (reel_params){out->items, info->param_count};
    for (size_t i = 0; i < info->param_count; i++) {
        spell(out->texts[i], &info->params[i], reel_model_param(model, i));
        out->items[i] = (reel_param){info->params[i].name, out->texts[i]};
    }
}

bool reel__hyperparameters_same(const reel_model *a, const reel_model *b)
{
    for (size_t i = 0; i < reel_model_get_info(a)->param_count; i++)
        if (reel_model_param(a, i) != reel_model_param(b, i))
            return false;
    return true;
}

/* ---- what is in service -------------------------------------------------------------------- */

/* A model's file, or none: what cannot be read does not serve. Errors: E_NOMEM. */
static reel_code open_file(reel_model **out, const char *path, const char *name, reel_err *err)
{
    reel_err why = {0};

    if (reel_model_load(out, path, &why) == REEL_E_NOMEM)
        return reel_fail(err, REEL_E_NOMEM, "%s", why.msg);
    if (*out == NULL || strcmp(reel_model_get_info(*out)->name, name) == 0)
        return REEL_OK;
    reel_model_free(*out);
    *out = NULL;
    return REEL_OK;
}

/* The store knows the id, where the model's own file is not it. */
reel_code reel__served_model_open(reel_model **out, const reel_engine *engine, int slot,
                                  reel_err *err)
{
    const char *name = reel__engine_names[slot], *said = engine->said[slot].id;
    char *path = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(reel__engine_path(&path, engine, name, ".safetensors", err));
    REEL_TRY(open_file(out, path, name, err));
    if (said[0] == '\0' || (*out != NULL && strcmp(reel_model_id(*out), said) == 0))
        goto out;
    reel__free(path);
    path = NULL;
    reel_model_free(*out);
    *out = NULL;
    REEL_TRY(reel__engine_version_path(&path, engine, said, err));
    REEL_TRY(open_file(out, path, name, err));
out:
    reel__free(path);
    return rc;
}

reel_code reel__hyperparameters_served(reel_hyperparameters **out, const reel_engine *engine,
                                       reel_err *err)
{
    reel_hyperparameters *all = reel__alloc_zero(MODELS, sizeof *all);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (all == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the parameters of models");
    for (int slot = MODEL_HYBRID + 1; slot < MODELS; slot++) {
        reel_model *model = NULL;

        REEL_TRY(reel__served_model_open(&model, engine, slot, err));
        if (model != NULL)
            reel__hyperparameters_take(&all[slot], model);
        reel_model_free(model);
    }
    *out = all;
    all = NULL;
out:
    reel__free(all);
    return rc;
}
