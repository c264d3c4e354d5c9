/* engine.c - opening and closing the snapshot, and reading its facts. */
#include "service/engine/engine.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/file.h"
#include "num/blas.h"
#include "service/engine/state.h"
#include "store/list_key.h"

void reel__engine_note(const reel_engine *engine, const char *format, ...)
{
    char line[640];
    va_list list;

    if (engine->opts.notice.line == NULL)
        return;
    va_start(list, format);
    (void)vsnprintf(line, sizeof line, format, list);
    va_end(list);
    engine->opts.notice.line(engine->opts.notice.user, line);
}

reel_code reel__engine_path(char **out, const reel_engine *engine, const char *name,
                            const char *ending, reel_err *err)
{
    char file[64];

    (void)snprintf(file, sizeof file, "%s%s", name, ending);
    *out = reel__path_join(engine->models_dir, file);
    return *out != NULL ? REEL_OK : reel_fail(err, REEL_E_NOMEM, "out of memory to open %s", file);
}

void reel__engine_note_unsaved(reel_engine *engine, const reel_err *why)
{
    if (engine->unsaved[0] != '\0')
        return;
    (void)snprintf(engine->unsaved, sizeof engine->unsaved, "%.255s", why->msg);
    reel__engine_note(engine, "models are kept in memory only: %s", why->msg);
}

void reel__engine_record(const reel_engine *engine, const reel_model_record *record)
{
    reel_err err = {0};

    if (!engine->opts.read_only && reel__store_put_model(engine->store, record, &err) != REEL_OK)
        reel__engine_note(engine, "%s: could not be recorded: %s", record->name, err.msg);
}

/* ---- opening ------------------------------------------------------------------------------- */

char *reel__usual_dir(const char *store, const char *kind)
{
    static const char scheme[] = "postgresql://";
    const char *data = reel__env_get("XDG_DATA_HOME", NULL), *home = reel__env_get("HOME", ".");
    reel_buf path;
    char *dir = NULL;

    reel__buf_init(&path, PATH_MAX);
    if (strncmp(store, scheme, strlen(scheme)) != 0) {
        reel__buf_format(&path, "%s.%s", store, kind);
    } else {
        reel__buf_format(&path, "%s%s/reel/%s/", data != NULL ? data : home,
                         data != NULL ? "" : "/.local/share", kind);
        for (const char *at = store + strlen(scheme); *at != '\0'; at++)
            reel__buf_append(&path, *at == '/' ? "+" : at, 1);
    }
    dir = reel__buf_take(&path);
    reel__buf_fini(&path);
    return dir;
}

static reel_code set_dirs(reel_engine *engine, const reel_engine_opts *opts, reel_err *err)
{
    const char *base = reel__store_path(engine->store);

    engine->models_dir =
        opts->models_dir != NULL ? reel__strdup(opts->models_dir) : reel__usual_dir(base, "models");
    engine->posters_dir = reel__usual_dir(base, "posters");
    return engine->models_dir != NULL && engine->posters_dir != NULL
               ? REEL_OK
               : reel_fail(err, REEL_E_NOMEM, "out of memory to open %s", base);
}

reel_code reel__engine_open_store(reel_store **out, const reel_engine_opts *opts, reel_err *err)
{
    const reel_store_opts how = {.read_only = opts->read_only,
                                 .exclusive = opts->exclusive,
                                 .busy_timeout_ms = opts->busy_timeout_ms};

    return reel__store_open(out, opts->database, &how, err);
}

void reel__engine_close_store(reel_store *store)
{
    reel__store_close(store);
}

static reel_code open_store(reel_engine *engine, const reel_engine_opts *opts, reel_err *err)
{
    reel_code rc = REEL_OK;

    engine->store = opts->store;
    if (engine->store == NULL)
        REEL_TRY(reel__engine_open_store(&engine->store, opts, err));
    REEL_TRY(reel__store_label(engine->store, &engine->label, err));
    REEL_TRY(reel__store_list_key(&engine->list_key, engine->store, err));
    if (!engine->label.rated)
        rc = reel_fail(err, REEL_E_INVALID,
                       "%s holds no ratings; load some with: reel load --movielens FOLDER "
                       "--database %s",
                       reel__store_path(engine->store), reel__store_path(engine->store));
out:
    return rc;
}

/* What takes over is kept, all of it; of what does not, nothing is. */
static reel_code pass_gate(reel_engine *engine, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__gate_judge(&engine->gate, engine, err));
    if (engine->opts.verdict != NULL)
        *engine->opts.verdict = engine->gate;
    REEL_TRY(reel__gate_decide(&engine->gate, err));
    REEL_TRY(reel__engine_keep_data(engine, err));
    REEL_TRY(reel__engine_keep_models(engine, err));
out:
    return rc;
}

/* What was made is kept for another process, unless this one came to its end. */
static void end_unfinished(reel_engine *engine, reel_code rc)
{
    if (engine->unfinished.failed.msg[0] != '\0')
        reel__engine_note(engine, "this training could not have been resumed: %s",
                          engine->unfinished.failed.msg);
    if (rc == REEL_OK || rc == REEL_E_CONFLICT)
        reel__unfinished_clear(&engine->unfinished);
    reel__unfinished_fini(&engine->unfinished);
}

static atomic_uint_fast64_t engines; /* opened so far */

reel_code reel__engine_open(reel_engine **out, const reel_engine_opts *opts, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_err folder_err = {0};
    reel_engine *engine = reel__alloc_zero(1, sizeof *engine);

    *out = NULL;
    if (engine == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to open a database");
    engine->opts = *opts;
    atomic_init(&engine->references, 1);
    engine->number = atomic_fetch_add(&engines, 1) + 1;
    engine->opts.database = engine->opts.models_dir = NULL;
    if (pthread_mutex_init(&engine->lazy_lock, NULL) != 0) {
        reel__free(engine);
        return reel_fail(err, REEL_E_NOMEM, "no lock to open a database with");
    }
    REEL_TRY(reel__blas_reserve(opts->threads, err));
    REEL_TRY(reel__tmdb_use(&engine->use, err));
    REEL_TRY(reel__engine_keeps(&engine->keep, err));
    if (opts->signals != NULL)
        engine->signals = *opts->signals;
    else
        REEL_TRY(reel__signal_weights(&engine->signals, err));
    REEL_TRY(open_store(engine, opts, err));
    REEL_TRY(set_dirs(engine, opts, err));
    if (!reel__file_is_folder(engine->posters_dir)) {
        reel__free(engine->posters_dir);
        engine->posters_dir = NULL;
    }
    if (reel__file_make_folder(engine->models_dir, &folder_err) != REEL_OK)
        reel__engine_note_unsaved(engine, &folder_err);
    if (opts->keep_fits && engine->unsaved[0] == '\0')
        REEL_TRY(reel__unfinished_open(&engine->unfinished, engine->models_dir, opts->resume, err));
    REEL_TRY(reel__engine_prepare_data(engine, err));
    REEL_TRY(reel__engine_prepare_models(engine, err));
    if (engine->opts.gate)
        REEL_TRY(pass_gate(engine, err));
    end_unfinished(engine, REEL_OK);
    engine->opts.only = NULL;
    engine->opts.params = NULL;
    engine->opts.signals = NULL;
    engine->opts.progress = NULL;
    engine->opts.cancel = NULL;
    engine->opts.notice = (reel_notice){0};
    *out = engine;
    engine = NULL;
out:
    if (engine != NULL)
        end_unfinished(engine, rc);
    reel__engine_close(engine);
    return rc;
}

void reel__engine_close(reel_engine *engine)
{
    if (engine == NULL || atomic_fetch_sub(&engine->references, 1) > 1)
        return;
    reel__search_index_free(atomic_load(&engine->search));
    reel__order_free(atomic_load(&engine->looks));
    reel__shorts_free(atomic_load(&engine->shorts));
    reel__free(atomic_load(&engine->charts));
    reel__free(atomic_load(&engine->crowd));
    pthread_mutex_destroy(&engine->lazy_lock);
    for (int i = 0; i < MODELS; i++)
        reel_model_free(engine->models[i]);
    reel__free(engine->hyperparameters);
    reel__free(engine->means);
    reel__free(engine->unrated);
    reel_dataset_free(engine->training);
    reel_dataset_free(engine->dataset);
    if (engine->opts.store == NULL)
        reel__store_close(engine->store);
    reel__free(engine->posters_dir);
    reel__free(engine->models_dir);
    reel__free(engine);
}

reel_engine *reel__engine_ref(reel_engine *engine)
{
    atomic_fetch_add(&engine->references, 1);
    return engine;
}

/* ---- facts --------------------------------------------------------------------------------- */

const reel_dataset *reel__engine_dataset(const reel_engine *engine)
{
    return engine->dataset;
}

reel_store *reel__engine_store(const reel_engine *engine)
{
    return engine->store;
}

const reel_model *reel__engine_model(const reel_engine *engine, const char *name)
{
    for (int i = 0; i < MODELS; i++)
        if (strcmp(reel__engine_names[i], name) == 0)
            return engine->models[i];
    return NULL;
}

size_t reel__engine_model_count(const reel_engine *engine)
{
    size_t count = 0;

    for (int i = 0; i < MODELS; i++)
        count += engine->models[i] != NULL;
    return count;
}

const reel_model *reel__engine_model_at(const reel_engine *engine, size_t index)
{
    for (int i = 0; i < MODELS; i++)
        if (engine->models[i] != NULL && index-- == 0)
            return engine->models[i];
    return NULL;
}

const char *reel__engine_models_dir(const reel_engine *engine)
{
    return engine->models_dir;
}

bool reel__engine_has_posters(const reel_engine *engine)
{
    return engine->posters_dir != NULL;
}

const char *reel__engine_unsaved(const reel_engine *engine)
{
    return engine->unsaved[0] != '\0' ? engine->unsaved : NULL;
}

reel_scale reel__engine_scale(const reel_engine *engine)
{
    return engine->scale;
}

bool reel__engine_has_tmdb(const reel_engine *engine)
{
    return engine->has_tmdb;
}

int64_t reel__engine_rated(const reel_engine *engine, reel_index movie, double *mean)
{
    const reel_csr_view raters = reel_dataset_raters(engine->dataset);

    if (mean != NULL)
        *mean = engine->means[movie];
    return raters.ptr[movie + 1] - raters.ptr[movie];
}

reel_overlay *reel__engine_overlay(const reel_engine *engine)
{
    return engine->opts.overlay;
}

reel_code reel__engine_find_movie(const reel_engine *engine, int64_t id, reel_index *out,
                                  reel_err *err)
{
    *out = reel_dataset_find_movie(engine->dataset, id);
    return *out >= 0 ? REEL_OK
                     : reel_fail(err, REEL_E_NOTFOUND, "no film has id %lld", (long long)id);
}

reel_code reel__engine_find_person(const reel_engine *engine, int64_t id, reel_index *out,
                                   reel_err *err)
{
    *out = reel_dataset_find_person(engine->dataset, id);
    return *out >= 0 ? REEL_OK
                     : reel_fail(err, REEL_E_NOTFOUND, "no person has id %lld", (long long)id);
}
