/* engine_versions.c - the files of an engine's models. Each training keeps one of its own, in the
 * folder `versions`; that of the version in service is there a second time under the model's name.
 * Which one that is the store says, and where file and store disagree (a process was killed between
 * the two) the store is right. A record is made before its file and goes after it, so that no file
 * is ever left that nothing speaks of.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/file.h"
#include "service/engine/catalogue.h"
#include "service/engine/state.h"
#include "store/versions.h"

enum { KEEP = 3, KEEP_MOST = 100, PRUNE_AT_ONCE = 64, PARAMETERS_MOST = 1 << 16 };

reel_code reel__engine_keeps(int *out, reel_err *err)
{
    const char *text = reel__env_get("REEL_MODELS_KEEP", "");
    char *end = NULL;
    long value;

    *out = KEEP;
    if (*text == '\0')
        return REEL_OK;
    value = strtol(text, &end, 10);
    if (*end != '\0' || value < 1 || value > KEEP_MOST)
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_MODELS_KEEP: expected a whole number from 1 to %d, got \"%.40s\"",
                         (int)KEEP_MOST, text);
    *out = (int)value;
    return REEL_OK;
}

/* ---- what the store says ------------------------------------------------------------------- */

static bool take_record(void *user, const reel_model_record *record)
{
    reel_engine *engine = user;

    reel__catalogue_take(engine, record);
    for (int i = 0; i < MODELS; i++) {
        reel_in_service *said = &engine->said[i];

        if (strcmp(reel__engine_names[i], record->name) != 0)
            continue;
        (void)snprintf(said->id, sizeof said->id, "%s", record->model_id);
        (void)snprintf(said->data_hash, sizeof said->data_hash, "%s", record->data_hash);
        said->generation = record->generation;
    }
    return true;
}

void reel__engine_ask_records(reel_engine *engine)
{
    reel_err why = {0};

    memset(engine->said, 0, sizeof engine->said);
    engine->films_since = INT64_MAX;
    if (reel__store_scan_models(engine->store, take_record, engine, &why) != REEL_OK)
        reel__engine_note(engine, "which versions are in service is not known: %s", why.msg);
}

/* Whether its people are the first of the data, so that a row is the same person in both. Who came
 * since has no row in it, and is folded in. */
static bool knows_their_rows(const reel_engine *engine, const reel_model *model)
{
    const reel_index people = reel_model_people(model);

    return people <= reel_dataset_people(engine->dataset) &&
           memcmp(reel_model_person_ids(model), reel_dataset_person_ids(engine->dataset),
                  (size_t)people * sizeof(int64_t)) == 0;
}

const char *reel__engine_misfit(const reel_engine *engine, const reel_model *model,
                                const char *name, bool vouched)
{
    const reel_index movies = reel_dataset_movies(engine->dataset);

    if (strcmp(reel_model_get_info(model)->name, name) != 0)
        return "holds another model";
    if (reel_model_movies(model) != movies ||
        memcmp(reel_model_movie_ids(model), reel_dataset_movie_ids(engine->dataset),
               (size_t)movies * sizeof(int64_t)) != 0)
        return "was trained on other films";
    if (strcmp(reel_model_data_hash(model), reel_dataset_hash(engine->training)) == 0)
        return NULL;
    return !vouched                          ? "was trained on other data"
           : knows_their_rows(engine, model) ? NULL
                                             : "was trained on other people's ratings";
}

bool reel__engine_vouched(const reel_engine *engine, int slot, const reel_model *model)
{
    const reel_in_service *said = &engine->said[slot];

    return strcmp(said->id, reel_model_id(model)) == 0 &&
           strcmp(said->data_hash, reel_dataset_hash(engine->training)) == 0;
}

/* ---- files --------------------------------------------------------------------------------- */

reel_code reel__engine_version_path(char **out, const reel_engine *engine, const char *id,
                                    reel_err *err)
{
    char name[96];

    (void)snprintf(name, sizeof name, "versions/%.60s", id);
    if (strchr(id, '/') != NULL)
        return reel_fail(err, REEL_E_INVALID, "\"%.60s\" is no id of a version", id);
    return reel__engine_path(out, engine, name, ".safetensors", err);
}

/* A file once more under another name, at once or not at all. Where a file cannot have two names it
 * is copied. */
static reel_code give_name(const char *from, const char *to, reel_err *err)
{
    static atomic_uint times; /* two may be put in service at once */
    reel_buf beside;
    reel_file_map map;
    reel_code rc = REEL_OK;

    reel__buf_init(&beside, 1 << 16);
    reel__buf_format(&beside, "%s.%ld-%u", to, (long)getpid(), atomic_fetch_add(&times, 1));
    REEL_TRY(reel__buf_check(&beside, err));
    (void)unlink(beside.data);
    if (link(from, beside.data) == 0) {
        rc = reel__file_rename(beside.data, to, err);
        (void)unlink(beside.data); /* is left where both were one file already */
        goto out;
    }
    REEL_TRY(reel__file_map_open(&map, from, err));
    rc = reel__file_write(to, map.data, map.size_bytes, err);
    reel__file_map_close(&map);
out:
    reel__buf_fini(&beside);
    return rc;
}

void reel__engine_name_version(const reel_engine *engine, const char *id, const char *path)
{
    char *version = NULL;
    reel_err err = {0};

    if (reel__engine_version_path(&version, engine, id, &err) != REEL_OK ||
        give_name(version, path, &err) != REEL_OK)
        reel__engine_note(engine, "%s: not under its model's name: %s", id, err.msg);
    reel__free(version);
}

/* ---- what is no longer kept ---------------------------------------------------------------- */

typedef struct pruning {
    const char *in_service;
    int left; /* to be kept */
    char ids[PRUNE_AT_ONCE][REEL_MODEL_ID];
    size_t count;
} pruning;

static bool look_at_version(void *user, const reel_version_record *version)
{
    pruning *p = user;

    if (p->left > 0)
        p->left--;
    else if (strcmp(version->model_id, p->in_service) != 0)
        (void)snprintf(p->ids[p->count++], REEL_MODEL_ID, "%s", version->model_id);
    return p->count < PRUNE_AT_ONCE;
}

static void prune(const reel_engine *engine, int slot)
{
    pruning p = {.in_service = reel_model_id(engine->models[slot]), .left = engine->keep};
    const reel_version_filter filter = {.name = reel__engine_names[slot],
                                        .limit = KEEP_MOST + PRUNE_AT_ONCE};
    reel_err err = {0};
    reel_code rc = reel__store_scan_versions(engine->store, &filter, look_at_version, &p, &err);

    for (size_t i = 0; i < p.count && rc == REEL_OK; i++) {
        char *path = NULL;

        rc = reel__engine_version_path(&path, engine, p.ids[i], &err);
        if (rc == REEL_OK && unlink(path) != 0 && errno != ENOENT)
            rc = reel_fail(&err, REEL_E_STORE, "%s: %s", path, strerror(errno));
        if (rc == REEL_OK)
            rc = reel__store_remove_version(engine->store, p.ids[i], &err);
        reel__free(path);
    }
    if (rc != REEL_OK)
        reel__engine_note(engine, "%s: older versions stay: %s", filter.name, err.msg);
}

/* ---- keeping a model ----------------------------------------------------------------------- */

/* Everything but what became of its file. */
static void describe(reel_version_record *out, const reel_model *model, const reel_engine *engine,
                     double seconds, const char *parameters)
{
    const char *card = reel_model_card(model);

    *out = (reel_version_record){.model_id = reel_model_id(model),
                                 .name = reel_model_get_info(model)->name,
                                 .data_hash = reel_model_data_hash(model),
                                 .parameters = parameters,
                                 .card = card == NULL ? "" : card,
                                 .reason = "",
                                 .state = REEL_VERSION_WRITING,
                                 .generation = engine->label.generation,
                                 .trained_at = reel__clock_now(),
                                 .milliseconds = (int64_t)(seconds * 1000),
                                 .movies = reel_model_movies(model),
                                 .people = reel_model_people(model)};
}

static void record(const reel_engine *engine, const reel_version_record *version, const char *path)
{
    reel__engine_record(engine, &(const reel_model_record){
                                    .name = version->name,
                                    .model_id = version->model_id,
                                    .file = path,
                                    .data_hash = version->data_hash,
                                    .parameters = version->parameters,
                                    .generation = version->generation,
                                    .trained_at = version->trained_at,
                                    .seconds = (double)version->milliseconds * 1e-3,
                                });
}

/* The version's own file, and then its model's. */
static reel_code write_version(const reel_engine *engine, const reel_model *model,
                               const reel_version_record *version, const char *path, reel_err *err)
{
    char *folder = reel__path_join(engine->models_dir, "versions"), *file = NULL;
    reel_err told = {0};
    reel_code rc = REEL_OK;

    if (folder == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to keep a model"));
    REEL_TRY(reel__engine_version_path(&file, engine, version->model_id, err));
    REEL_TRY(reel__file_make_folder(folder, err));
    REEL_TRY(reel_model_save(model, file, err));
    REEL_TRY(give_name(file, path, err));
out:
    if (reel__store_end_version(engine->store, version->model_id,
                                rc == REEL_OK ? REEL_VERSION_READY : REEL_VERSION_FAILED,
                                rc == REEL_OK || err == NULL ? "" : err->msg,
                                rc == REEL_OK ? reel__file_size(file) : 0, &told) != REEL_OK)
        reel__engine_note(engine, "%s: could not be recorded: %s", version->model_id, told.msg);
    reel__free(file);
    reel__free(folder);
    return rc;
}

reel_code reel__engine_keep(const reel_engine *engine, int slot, const char *path, double seconds,
                            reel_err *err)
{
    const reel_model *model = engine->models[slot];
    reel_version_record version;
    reel_err why = {0};
    reel_buf parameters;
    reel_json json;
    reel_code rc = REEL_OK;

    reel__buf_init(&parameters, PARAMETERS_MOST);
    reel__json_init(&json, &parameters);
    reel__engine_write_params(&json, model);
    REEL_TRY(reel__buf_check(&parameters, err));
    describe(&version, model, engine, seconds, parameters.data);
    if (engine->opts.read_only) {
        rc = reel_model_save(model, path, err);
        goto out;
    }
    if (reel__store_add_version(engine->store, &version, &why) == REEL_OK) {
        REEL_TRY(write_version(engine, model, &version, path, err));
    } else {
        reel__engine_note(engine, "%s: could not be recorded: %s", version.model_id, why.msg);
        REEL_TRY(reel_model_save(model, path, err));
    }
    record(engine, &version, path);
    prune(engine, slot);
out:
    reel__buf_fini(&parameters);
    return rc;
}
