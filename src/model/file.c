/* file.c - a fitted model as one safetensors file, and back by mapping it (docs/model-format.md).
 * The header's metadata say what it is (kind, format, model, parameters, seed, data hash, id); a
 * file that says anything else, or whose checksum does not match, is refused with the reason.
 * Members of a hybrid are written by the same two body functions under a prefix; the films stand
 * once, at the root.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "model/model_priv.h"

#define PARAM_KEY    "param."
#define MOVIE_NAMES  "movie_names"
#define PERSON_NAMES "person_names"
#define BEGIN        ".begin"
enum { KEY_SIZE = 96, CARD_MAX = 64 * 1024, CARD_DEPTH = 8 };

/* ---- the evaluation card ------------------------------------------------------------------- */

const char *reel_model_card(const reel_model *model)
{
    return model->card;
}

static reel_code check_card(const char *card, size_t length, reel_err *err)
{
    json_t *object = NULL;
    reel_err why = {0};
    reel_code rc;

    if (length > CARD_MAX)
        return reel_fail(err, REEL_E_INVALID,
                         "an evaluation card of %zu bytes; at most %d are kept", length,
                         (int)CARD_MAX);
    rc = reel__json_parse(&object, card, length, CARD_DEPTH, &why);
    if (rc == REEL_OK && !json_is_object(object)) {
        rc = REEL_E_INVALID;
        (void)snprintf(why.msg, sizeof why.msg, "not an object");
    }
    json_decref(object);
    if (rc == REEL_OK || rc == REEL_E_NOMEM)
        return rc == REEL_OK ? rc : reel_fail(err, rc, "no memory for an evaluation card");
    return reel_fail(err, REEL_E_INVALID, "the evaluation card is no JSON object: %.300s", why.msg);
}

reel_code reel_model_set_card(reel_model *model, const char *card, reel_err *err)
{
    const size_t length = card == NULL ? 0 : strlen(card);
    char *copy = NULL;
    reel_code rc = REEL_OK;

    if (card != NULL) {
        REEL_TRY(check_card(card, length, err));
        copy = reel__alloc_array(length + 1, 1);
        if (copy == NULL)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for an evaluation card"));
        memcpy(copy, card, length + 1);
    }
    reel__free(model->card);
    model->card = copy;
out:
    return rc;
}

static reel_code read_card(reel_model *model, const reel_tensors *tensors, reel_err *err)
{
    reel_err why = {0};
    const reel_code rc =
        reel_model_set_card(model, reel__tensors_get_meta(tensors, "", "evaluation"), &why);

    if (rc == REEL_OK)
        return rc;
    return reel_fail(err, rc == REEL_E_INVALID ? REEL_E_FORMAT : rc, "%s: %.300s",
                     reel__tensors_path(tensors), why.msg);
}

/* ---- writing ------------------------------------------------------------------------------- */

reel_code reel__model_save_body(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const reel_model_info *info = &model->ops->info;
    reel_code rc = REEL_OK;
    char key[KEY_SIZE], text[REEL_PARAM_TEXT];

    REEL_TRY(reel__tensors_meta(writer, "model", info->name, err));
    REEL_TRY(reel__tensors_meta(writer, "id", model->id, err));
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)model->seed);
    REEL_TRY(reel__tensors_meta(writer, "seed", text, err));
    for (size_t i = 0; i < info->param_count; i++) {
        (void)snprintf(key, sizeof key, PARAM_KEY "%s", info->params[i].name);
        reel__param_text(model, i, text);
        REEL_TRY(reel__tensors_meta(writer, key, text, err));
    }
    REEL_TRY(model->ops->save(model, writer, err));
out:
    return rc;
}

/* Texts under a name at the root, where there are any. */
static reel_code write_names(reel_tensors_writer *writer, const reel_names *names,
                             const char *bytes, const char *begin, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (names->count == 0)
        return REEL_OK;
    REEL_TRY(
        reel__tensors_add(writer, bytes, REEL_U8, names->bytes, names->begin[names->count], err));
    REEL_TRY(reel__tensors_add(writer, begin, REEL_I64, names->begin, names->count + 1, err));
out:
    return rc;
}

reel_code reel_model_save(const reel_model *model, const char *path, reel_err *err)
{
    const float range[2] = {model->low, model->high};
    reel_code rc = REEL_OK;
    reel_tensors_writer *writer = NULL;

    REEL_TRY(reel__tensors_writer_new(&writer, err));
    REEL_TRY(reel__tensors_meta(writer, "kind", "model", err));
    REEL_TRY(reel__tensors_meta(writer, "format", REEL_MODEL_FORMAT, err));
    REEL_TRY(reel__tensors_meta(writer, "library", "reel " REEL_VERSION, err));
    REEL_TRY(reel__tensors_meta(writer, "data_hash", model->data_hash, err));
    if (model->card != NULL)
        REEL_TRY(reel__tensors_meta(writer, "evaluation", model->card, err));
    REEL_TRY(
        reel__tensors_add(writer, "movie_ids", REEL_I64, model->movie_ids, model->movies, err));
    REEL_TRY(
        reel__tensors_add(writer, "person_ids", REEL_I64, model->person_ids, model->people, err));
    REEL_TRY(
        reel__tensors_add(writer, "row_hashes", REEL_I64, model->row_hashes, model->people, err));
    REEL_TRY(reel__tensors_add(writer, "rating_range", REEL_F32, range, 2, err));
    REEL_TRY(write_names(writer, &model->movie_names, MOVIE_NAMES, MOVIE_NAMES BEGIN, err));
    REEL_TRY(write_names(writer, &model->person_names, PERSON_NAMES, PERSON_NAMES BEGIN, err));
    REEL_TRY(reel__model_save_body(model, writer, err));
    REEL_TRY(reel__tensors_checksum(writer, err));
    REEL_TRY(reel__tensors_write(writer, path, err));
out:
    reel__tensors_writer_free(writer);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------- */

static reel_code read_params(reel_model *model, const reel_tensors *tensors, const char *prefix,
                             reel_err *err)
{
    const reel_model_info *info = &model->ops->info;
    reel_err why = {0};
    char key[KEY_SIZE];

    for (size_t i = 0; i < info->param_count; i++) {
        reel_param param = {info->params[i].name, NULL};
        const reel_params one = {&param, 1};

        (void)snprintf(key, sizeof key, PARAM_KEY "%s", param.name);
        param.value = reel__tensors_get_meta(tensors, prefix, key);
        if (param.value == NULL)
            return reel_fail(err, REEL_E_FORMAT,
                             "%s: the header lacks \"%s%s\"; fit the model anew",
                             reel__tensors_path(tensors), prefix, key);
        if (reel__params_set(model, &one, &why) != REEL_OK)
            return reel_fail(err, REEL_E_FORMAT, "%s: %.300s", reel__tensors_path(tensors),
                             why.msg);
    }
    return REEL_OK;
}

static reel_code read_seed(reel_model *model, const reel_tensors *tensors, const char *prefix,
                           reel_err *err)
{
    const char *text = reel__tensors_get_meta(tensors, prefix, "seed");
    char *end = NULL;

    if (text != NULL)
        model->seed = strtoull(text, &end, 10);
    if (text == NULL || end == text || *end != '\0')
        return reel_fail(err, REEL_E_FORMAT, "%s: the header has no whole number as \"%sseed\"",
                         reel__tensors_path(tensors), prefix);
    return REEL_OK;
}

/* Ascending ids under a name at the root. */
static reel_code read_ids(const int64_t **out, reel_index *count, const reel_tensors *tensors,
                          const char *name, reel_err *err)
{
    const void *data = NULL;
    int64_t found = 0;
    const reel_code rc = reel__tensors_get(tensors, "", name, REEL_I64, &data, &found, err);

    if (rc != REEL_OK)
        return rc;
    if (found < 1 || found > INT32_MAX)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld entries in %s", reel__tensors_path(tensors),
                         (long long)found, name);
    *out = data;
    *count = (reel_index)found;
    for (reel_index i = 1; i < *count; i++)
        if ((*out)[i] <= (*out)[i - 1])
            return reel_fail(err, REEL_E_FORMAT, "%s: %s do not ascend at %d",
                             reel__tensors_path(tensors), name, (int)i);
    return REEL_OK;
}

static reel_code read_rows(reel_model *model, const reel_tensors *tensors, reel_err *err)
{
    const void *hashes = NULL, *range = NULL;
    int64_t count = 0, two = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(read_ids(&model->person_ids, &model->people, tensors, "person_ids", err));
    REEL_TRY(reel__tensors_get(tensors, "", "row_hashes", REEL_I64, &hashes, &count, err));
    REEL_TRY(reel__tensors_get(tensors, "", "rating_range", REEL_F32, &range, &two, err));
    model->row_hashes = hashes;
    if (count != model->people || two != 2)
        return reel_fail(
            err, REEL_E_FORMAT, "%s: %lld row_hashes of %d people, %lld ends of a range",
            reel__tensors_path(tensors), (long long)count, (int)model->people, (long long)two);
    model->low = ((const float *)range)[0];
    model->high = ((const float *)range)[1];
    if (!(model->low >= -REEL_VALUE_MAX && model->low <= model->high &&
          model->high <= REEL_VALUE_MAX))
        rc = reel_fail(err, REEL_E_FORMAT, "%s: ratings from %g to %g", reel__tensors_path(tensors),
                       (double)model->low, (double)model->high);
out:
    return rc;
}

/* Texts under a name at the root, one for each of `count` ids; or none at all. */
static reel_code read_names(reel_names *out, const reel_tensors *tensors, const char *bytes,
                            const char *begin, reel_index count, reel_err *err)
{
    const void *text = NULL, *starts = NULL;
    int64_t size = 0, found = 0;
    reel_names names;
    reel_code rc = REEL_OK;

    if (!reel__tensors_has(tensors, "", bytes))
        return REEL_OK;
    REEL_TRY(reel__tensors_get(tensors, "", bytes, REEL_U8, &text, &size, err));
    REEL_TRY(reel__tensors_get(tensors, "", begin, REEL_I64, &starts, &found, err));
    names = (reel_names){text, starts, count};
    if (found != (int64_t)count + 1 || !reel__names_sound(&names, size))
        REEL_TRY(reel_fail(err, REEL_E_FORMAT, "%s: %s are not %d texts in order",
                           reel__tensors_path(tensors), bytes, (int)count));
    *out = names;
out:
    return rc;
}

static reel_code read_data(reel_model *model, const reel_tensors *tensors, reel_err *err)
{
    const char *hash = reel__tensors_get_meta(tensors, "", "data_hash");
    reel_code rc;

    if (hash == NULL || strlen(hash) >= sizeof model->data_hash)
        return reel_fail(err, REEL_E_FORMAT, "%s: the header has no data_hash",
                         reel__tensors_path(tensors));
    memcpy(model->data_hash, hash, strlen(hash) + 1);
    rc = read_ids(&model->movie_ids, &model->movies, tensors, "movie_ids", err);
    return rc != REEL_OK ? rc : read_rows(model, tensors, err);
}

static reel_code check_id(const reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    const char *id = reel__tensors_get_meta(tensors, prefix, "id");

    if (id != NULL && strcmp(id, model->id) == 0)
        return REEL_OK;
    return reel_fail(
        err, REEL_E_FORMAT,
        "%s: the header's id \"%.40s\" does not fit its parameters (\"%s\"): changed or "
        "damaged; fit the model anew",
        reel__tensors_path(tensors), id == NULL ? "" : id, model->id);
}

reel_code reel__model_load_body(reel_model **out, reel_tensors *tensors, const char *prefix,
                                reel_err *err)
{
    const char *name = reel__tensors_get_meta(tensors, prefix, "model");
    const reel_model_ops *ops = reel__model_ops(name);
    reel_code rc = REEL_OK;
    reel_model *model = NULL;

    *out = NULL;
    if (ops == NULL)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: holds a model \"%s%.40s\" this program does not know",
                         reel__tensors_path(tensors), prefix, name == NULL ? "" : name);
    REEL_TRY(reel__model_new(&model, ops, err));
    model->tensors = reel__tensors_ref(tensors);
    REEL_TRY(read_params(model, tensors, prefix, err));
    REEL_TRY(read_seed(model, tensors, prefix, err));
    REEL_TRY(read_data(model, tensors, err));
    REEL_TRY(ops->load(model, tensors, prefix, err));
    if (model->id[0] == '\0')
        REEL_TRY(reel__model_stamp(model, "", err));
    REEL_TRY(check_id(model, tensors, prefix, err));
    *out = model;
    model = NULL;
out:
    reel_model_free(model);
    return rc;
}

static reel_code check_kind(const reel_tensors *tensors, reel_err *err)
{
    const char *kind = reel__tensors_get_meta(tensors, "", "kind");
    const char *format = reel__tensors_get_meta(tensors, "", "format");

    if (kind == NULL || strcmp(kind, "model") != 0)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: a safetensors file, but not a model of Reel (kind %.40s)",
                         reel__tensors_path(tensors), kind == NULL ? "missing" : kind);
    if (format == NULL || strcmp(format, REEL_MODEL_FORMAT) != 0)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: model file format %.20s, this program reads " REEL_MODEL_FORMAT
                         "; fit the model anew",
                         reel__tensors_path(tensors), format == NULL ? "missing" : format);
    return REEL_OK;
}

reel_code reel__model_open(reel_model **out, const char *path, bool checksum, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_tensors *tensors = NULL;
    reel_model *model = NULL;

    *out = NULL;
    REEL_TRY(reel__tensors_open(&tensors, path, err));
    REEL_TRY(check_kind(tensors, err));
    if (checksum)
        REEL_TRY(reel__tensors_verify(tensors, err));
    REEL_TRY(reel__model_load_body(&model, tensors, "", err));
    REEL_TRY(read_names(&model->movie_names, tensors, MOVIE_NAMES, MOVIE_NAMES BEGIN, model->movies,
                        err));
    REEL_TRY(read_names(&model->person_names, tensors, PERSON_NAMES, PERSON_NAMES BEGIN,
                        model->people, err));
    REEL_TRY(read_card(model, tensors, err));
    *out = model;
    model = NULL;
out:
    reel_model_free(model);
    reel__tensors_free(tensors);
    return rc;
}

reel_code reel_model_load(reel_model **out, const char *path, reel_err *err)
{
    return reel__model_open(out, path, true, err);
}
