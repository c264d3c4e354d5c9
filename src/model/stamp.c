/* stamp.c - see stamp.h. */
#include "model/stamp.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "model/model_priv.h"

reel_code reel__model_stamp(reel_model *model, const char *extra, reel_err *err)
{
    const reel_model_info *info = &model->ops->info;
    reel_digest *digest = reel__digest_new(REEL_DIGEST_SHA256);
    char hex[REEL_DIGEST_HEX], text[REEL_PARAM_TEXT];

    if (digest == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to name a model \"%s\"", info->name);
    for (size_t i = 0; i < info->param_count; i++) {
        reel__param_text(model, i, text);
        reel__digest_update(digest, info->params[i].name, strlen(info->params[i].name) + 1);
        reel__digest_update(digest, text, strlen(text) + 1);
    }
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)model->seed);
    reel__digest_update(digest, text, strlen(text) + 1);
    reel__digest_update(digest, model->data_hash, strlen(model->data_hash) + 1);
    reel__digest_update(digest, extra, strlen(extra) + 1);
    reel__digest_finish(digest, hex);
    (void)snprintf(model->id, sizeof model->id, "%s-%.12s", info->name, hex);
    return REEL_OK;
}

reel_code reel__model_expect(char *out, const char *name, const reel_dataset *dataset,
                             const reel_params *params, uint64_t seed, reel_err *err)
{
    const reel_model_ops *ops = reel__model_ops(name);
    reel_model *model = NULL;
    reel_code rc = REEL_OK;

    if (ops == NULL)
        return reel__model_unknown(name, err);
    REEL_TRY(reel__model_new(&model, ops, err));
    REEL_TRY(reel__params_set(model, params, err));
    model->seed = seed;
    (void)snprintf(model->data_hash, sizeof model->data_hash, "%s", reel_dataset_hash(dataset));
    REEL_TRY(reel__model_stamp(model, "", err));
    (void)snprintf(out, REEL_MODEL_ID_SIZE, "%s", model->id);
out:
    reel_model_free(model);
    return rc;
}
