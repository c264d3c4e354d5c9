/* versions.c - see versions.h. */
#include "service/engine/versions.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "service/engine/catalogue.h"
#include "service/engine/state.h"
#include "store/versions.h"

enum { BEFORE_MOST = 200 };

static int slot_of(const char *name)
{
    for (int i = 0; i < MODELS; i++)
        if (strcmp(reel__engine_names[i], name) == 0)
            return i;
    return -1;
}

/* ---- which are in service ------------------------------------------------------------------ */

/* What the store says now: the engine may have been opened before. */
typedef struct in_service {
    char ids[MODELS][REEL_VERSION_ID];
} in_service;

static bool take_record(void *user, const reel_model_record *record)
{
    in_service *now = user;
    const int slot = slot_of(record->name);

    if (slot >= 0)
        (void)snprintf(now->ids[slot], REEL_VERSION_ID, "%s", record->model_id);
    return true;
}

static reel_code ask_store(in_service *out, const reel_engine *engine, reel_err *err)
{
    memset(out, 0, sizeof *out);
    return reel__store_scan_models(engine->store, take_record, out, err);
}

/* ---- as JSON ------------------------------------------------------------------------------- */

typedef struct writing {
    const reel_engine *engine;
    reel_json *json;
    in_service now;
    bool whole; /* with how it was evaluated */
    size_t left;
    int64_t next;
    bool more;
    reel_code rc;
    reel_err *err;
} writing;

static bool is_there(writing *w, const reel_version_record *version)
{
    char *path = NULL;
    bool there;

    w->rc = reel__engine_version_path(&path, w->engine, version->model_id, w->err);
    there = w->rc == REEL_OK && reel__file_exists(path);
    reel__free(path);
    return there;
}

static const char *state_text(writing *w, const reel_version_record *version)
{
    const int slot = slot_of(version->name);

    if (version->state != REEL_VERSION_READY || !is_there(w, version))
        return "failed";
    return slot >= 0 && strcmp(w->now.ids[slot], version->model_id) == 0 ? "in_service" : "ready";
}

/* The same as a word of a few, for programs that say it in another language. */
static const char *cause_text(const char *state, const reel_version_record *version)
{
    static const size_t length = sizeof REEL_VERSION_TAKEN_BACK - 1;

    if (strcmp(state, "failed") != 0)
        return strncmp(version->reason, REEL_VERSION_TAKEN_BACK, length) == 0 ? "taken_back" : NULL;
    if (version->state == REEL_VERSION_WRITING)
        return "unfinished";
    return version->state == REEL_VERSION_FAILED ? "failed" : "missing";
}

/* NULL where there is nothing to say. */
static const char *reason_text(const char *state, const reel_version_record *version)
{
    if (strcmp(state, "failed") != 0)
        return version->reason[0] != '\0' ? version->reason : NULL;
    if (version->state == REEL_VERSION_WRITING)
        return "its file is not whole";
    return version->reason[0] != '\0' ? version->reason : "its file is not there";
}

static bool is_serving(const reel_engine *engine, const reel_version_record *version)
{
    const reel_model *model = reel__engine_model(engine, version->name);

    return model != NULL && strcmp(reel_model_id(model), version->model_id) == 0;
}

static bool write_version(void *user, const reel_version_record *version)
{
    writing *w = user;
    reel_json *json = w->json;
    const reel_model_info *info = reel_model_find(version->name);
    const char *state;

    w->more = w->left == 0;
    if (w->more)
        return false;
    state = state_text(w, version);
    if (w->rc != REEL_OK)
        return false;
    w->left--;
    w->next = version->number;
    reel__json_object(json);
    reel__json_put_text(json, "id", version->model_id);
    reel__json_put_text(json, "name", version->name);
    reel__json_put_text(json, "state", state);
    reel__json_put_text(json, "reason", reason_text(state, version));
    reel__json_put_text(json, "cause", cause_text(state, version));
    reel__json_put_bool(json, "serving", is_serving(w->engine, version));
    reel__json_put_text(json, "summary", info == NULL ? "" : info->summary);
    reel__json_put_text(json, "data_hash", version->data_hash);
    reel__json_key(json, "parameters");
    reel__json_raw(json, version->parameters, strlen(version->parameters));
    reel__json_put_int(json, "movies", version->movies);
    reel__json_put_int(json, "people", version->people);
    reel__json_put_int(json, "size_bytes", version->size_bytes);
    reel__json_put_time(json, "trained_at", version->trained_at);
    reel__json_put_real(json, "seconds", (double)version->milliseconds / 1000);
    if (w->whole) {
        reel__json_key(json, "evaluation");
        if (version->card[0] != '\0')
            reel__json_raw(json, version->card, strlen(version->card));
        else
            reel__json_null(json);
    }
    reel__json_object_end(json);
    return true;
}

reel_code reel__versions_write(reel_json *json, const reel_engine *engine, const char *name,
                               int64_t before, size_t limit, int64_t *next, reel_err *err)
{
    writing w = {.engine = engine, .json = json, .left = limit, .err = err};
    const reel_version_filter filter = {.name = name, .before = before, .limit = limit + 1};
    reel_code rc = REEL_OK;

    *next = -1;
    if (name != NULL && slot_of(name) < 0)
        return reel_fail(err, REEL_E_INVALID, "no model is called \"%.40s\"; there are %s", name,
                         reel__engine_models_text);
    REEL_TRY(ask_store(&w.now, engine, err));
    REEL_TRY(reel__store_scan_versions(engine->store, &filter, write_version, &w, err));
    rc = w.rc;
    if (w.more)
        *next = w.next;
out:
    return rc;
}

static reel_code unknown(const char *word, reel_err *err)
{
    if (slot_of(word) >= 0)
        return reel_fail(err, REEL_E_NOTFOUND, "no version of %s was kept yet; train it", word);
    return reel_fail(err, REEL_E_NOTFOUND,
                     "there is no version \"%.60s\"; it may have been removed for newer ones",
                     word);
}

reel_code reel__version_write(reel_json *json, const reel_engine *engine, const char *word,
                              reel_err *err)
{
    writing w = {.engine = engine, .json = json, .left = 1, .whole = true, .err = err};
    reel_version_filter filter = {.model_id = word, .limit = 1};
    reel_code rc = REEL_OK;

    REEL_TRY(ask_store(&w.now, engine, err));
    if (slot_of(word) >= 0)
        filter.model_id = w.now.ids[slot_of(word)];
    REEL_TRY(reel__store_scan_versions(engine->store, &filter, write_version, &w, err));
    rc = w.rc;
    if (rc == REEL_OK && w.left > 0)
        rc = unknown(word, err);
out:
    return rc;
}

reel_code reel__version_load(reel_model **out, const reel_engine *engine, const char *id,
                             reel_err *err)
{
    char *path = NULL;
    reel_code rc;

    *out = NULL;
    REEL_TRY(reel__engine_version_path(&path, engine, id, err));
    rc = reel_model_load(out, path, err);
out:
    reel__free(path);
    return rc;
}

/* ---- putting one in service ---------------------------------------------------------------- */

/* What a record of the one in service takes over. */
typedef struct chosen {
    bool found;
    reel_version_state state;
    int slot;
    int64_t trained_at, milliseconds, generation;
    char reason[256];
    reel_buf parameters;
} chosen;

static bool take_chosen(void *user, const reel_version_record *version)
{
    chosen *c = user;

    c->found = true;
    c->state = version->state;
    c->slot = slot_of(version->name);
    c->trained_at = version->trained_at;
    c->milliseconds = version->milliseconds;
    c->generation = version->generation;
    (void)snprintf(c->reason, sizeof c->reason, "%.255s", version->reason);
    reel__buf_text(&c->parameters, version->parameters);
    return false;
}

static reel_code find(chosen *out, const reel_engine *engine, const char *id, reel_err *err)
{
    const reel_version_filter filter = {.model_id = id, .limit = 1};
    reel_code rc = REEL_OK;

    if (slot_of(id) >= 0)
        return reel_fail(err, REEL_E_NOTFOUND,
                         "%s is a model and no version of it; give the id of one, as `reel models "
                         "list %s` and GET /api/v1/versions?model=%s show them",
                         id, id, id);
    REEL_TRY(reel__store_scan_versions(engine->store, &filter, take_chosen, out, err));
    REEL_TRY(reel__buf_check(&out->parameters, err));
    if (!out->found || out->slot < 0)
        rc = unknown(id, err);
    else if (out->state != REEL_VERSION_READY)
        rc = reel_fail(err, REEL_E_CONFLICT, "%s cannot serve: %s", id,
                       out->reason[0] != '\0' ? out->reason : "its file is not whole");
out:
    return rc;
}

/* Whether its file is there, whole, and of the data that are here. */
static reel_code check(const reel_engine *engine, const char *id, const chosen *c, reel_err *err)
{
    const char *name = reel__engine_names[c->slot], *reason;
    reel_model *model = NULL;
    char *path = NULL;
    reel_err why = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__engine_version_path(&path, engine, id, err));
    rc = reel_model_load(&model, path, &why);
    if (rc == REEL_E_NOMEM)
        REEL_TRY(reel_fail(err, rc, "%s", why.msg));
    if (rc != REEL_OK)
        REEL_TRY(reel_fail(err, REEL_E_CONFLICT, "%s cannot serve: %s", id, why.msg));
    reason = reel__engine_misfit(engine, model, name, true);
    if (reason != NULL && reel__catalogue_outgrown(engine, model, name, c->generation))
        reason = NULL;
    if (reason == NULL && strcmp(reel_model_id(model), id) != 0)
        reason = "is another version's file";
    if (reason != NULL)
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "%s %s than those that are loaded, so it would be wrong about them; train "
                       "%s again",
                       id, reason, name);
out:
    reel_model_free(model);
    reel__free(path);
    return rc;
}

reel_code reel__version_activate(const reel_engine *engine, const char *id, reel_err *err)
{
    chosen c = {.found = false};
    char *path = NULL;
    reel_code rc = REEL_OK;

    reel__buf_init(&c.parameters, 1 << 16);
    REEL_TRY(find(&c, engine, id, err));
    REEL_TRY(check(engine, id, &c, err));
    REEL_TRY(reel__engine_path(&path, engine, reel__engine_names[c.slot], ".safetensors", err));
    REEL_TRY(reel__store_put_model(engine->store,
                                   &(const reel_model_record){
                                       .name = reel__engine_names[c.slot],
                                       .model_id = id,
                                       .file = path,
                                       .data_hash = reel_dataset_hash(engine->training),
                                       .parameters = c.parameters.data,
                                       .generation = engine->label.generation,
                                       .trained_at = c.trained_at,
                                       .seconds = (double)c.milliseconds * 1e-3,
                                   },
                                   err));
    reel__engine_name_version(engine, id, path);
out:
    reel__buf_fini(&c.parameters);
    reel__free(path);
    return rc;
}

typedef struct looking_back {
    const char *id;     /* in service */
    bool passed, found; /* that one; the one before it */
    char *out;
} looking_back;

static bool look_back(void *user, const reel_version_record *version)
{
    looking_back *l = user;

    if (l->passed && version->state == REEL_VERSION_READY) {
        (void)snprintf(l->out, REEL_VERSION_ID, "%s", version->model_id);
        l->found = true;
    }
    l->passed = l->passed || strcmp(version->model_id, l->id) == 0;
    return !l->found;
}

reel_code reel__version_before(char out[REEL_VERSION_ID], const reel_engine *engine,
                               const char *name, reel_err *err)
{
    const reel_version_filter filter = {.name = name, .limit = BEFORE_MOST};
    const int slot = slot_of(name);
    in_service now;
    looking_back l = {.out = out};
    reel_code rc = REEL_OK;

    if (slot < 0)
        return reel_fail(err, REEL_E_NOTFOUND, "no model is called \"%.40s\"; there are %s", name,
                         reel__engine_models_text);
    REEL_TRY(ask_store(&now, engine, err));
    l.id = now.ids[slot];
    REEL_TRY(reel__store_scan_versions(engine->store, &filter, look_back, &l, err));
    if (!l.found)
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "no version of %s from before the one in service was kept", name);
out:
    return rc;
}
