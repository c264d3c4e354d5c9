/* about.c - what is loaded and which models serve. */
#include "service/engine/about.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "poster/poster.h"
#include "service/engine/state.h"
#include "store/times.h"

enum { JOURNAL_PATH = 4096 };

void reel__health_write(reel_json *json, const reel_engine *engine)
{
    const reel_dataset *dataset = engine->dataset;
    const reel_csr_view ratings = reel_dataset_ratings(dataset);

    reel__json_object(json);
    reel__json_put_text(json, "status", "ok");
    reel__json_put_text(json, "version", reel_version());
    reel__json_put_int(json, "movies", reel_dataset_movies(dataset));
    reel__json_put_int(json, "people", reel_dataset_people(dataset));
    reel__json_put_int(json, "ratings", ratings.ptr[ratings.rows]);
    reel__json_put_text(json, "source", reel_dataset_source(dataset));
    reel__json_put_bool(json, "simulated", reel_dataset_simulated(dataset));
    reel__json_put_bool(json, "tmdb", engine->has_tmdb);
    reel__json_key(json, "models");
    reel__json_array(json);
    for (size_t i = 0; i < reel__engine_model_count(engine); i++)
        reel__json_text(json, reel_model_get_info(reel__engine_model_at(engine, i))->name);
    reel__json_array_end(json);
    reel__json_key(json, "rating_scale");
    reel__json_object(json);
    reel__json_put_real(json, "min", engine->scale.min);
    reel__json_put_real(json, "max", engine->scale.max);
    reel__json_put_real(json, "step", engine->scale.step);
    reel__json_object_end(json);
    reel__json_object_end(json);
}

/* ---- ready --------------------------------------------------------------------------------- */

static void set_check(reel_ready_check *out, const char *name, const char *why)
{
    out->name = name;
    out->ok = why == NULL;
    (void)snprintf(out->why, sizeof out->why, "%s", why == NULL ? "" : why);
}

void reel__ready(const reel_engine *engine, reel_ready_check out[REEL_READY_CHECKS])
{
    reel_store_label label;
    reel_err err = {REEL_OK, ""};
    const bool answers = reel__store_label(engine->store, &label, &err) == REEL_OK;

    set_check(&out[0], "database", answers ? NULL : err.msg);
    set_check(&out[1], "models", reel__engine_model_count(engine) > 0 ? NULL : "none is loaded");
    set_check(&out[2], "disk", reel__engine_unsaved(engine));
}

/* ---- disks --------------------------------------------------------------------------------- */

static void put_disk(reel_json *json, const char *of, const char *path, int64_t taken)
{
    int64_t left, all;

    if (taken < 0 || !reel__file_space(path, &left, &all))
        return; /* it is not there, or another machine's */
    reel__json_object(json);
    reel__json_put_text(json, "of", of);
    reel__json_put_int(json, "taken_bytes", taken);
    reel__json_put_int(json, "free_bytes", left);
    reel__json_put_int(json, "total_bytes", all);
    reel__json_object_end(json);
}

void reel__disks_write(reel_json *json, const reel_engine *engine)
{
    const char *database = reel__store_path(engine->store);
    const char *models = reel__engine_models_dir(engine);
    char journal[JOURNAL_PATH];
    int64_t changes;

    (void)snprintf(journal, sizeof journal, "%s-wal", database);
    changes = reel__file_taken(journal);
    reel__json_key(json, "disks");
    reel__json_array(json);
    put_disk(json, "database", database, reel__file_taken(database) + (changes > 0 ? changes : 0));
    put_disk(json, "models", models, reel__file_taken(models));
    reel__json_array_end(json);
}

/* ---- models -------------------------------------------------------------------------------- */

typedef struct trained {
    const char *id;
    bool found;
    int64_t at;
    double seconds;
} trained;

static bool look_at_record(void *user, const reel_model_record *record)
{
    trained *search = user;

    if (strcmp(record->model_id, search->id) != 0)
        return true;
    search->found = true;
    search->at = record->trained_at;
    search->seconds = record->seconds;
    return false;
}

static reel_code put_model(reel_json *json, const reel_engine *engine, const reel_model *model,
                           reel_err *err)
{
    const reel_model_info *info = reel_model_get_info(model);
    trained when = {.id = reel_model_id(model)};
    const reel_code rc = reel__store_scan_models(engine->store, look_at_record, &when, err);

    if (rc != REEL_OK)
        return rc;
    reel__json_object(json);
    reel__json_put_text(json, "name", info->name);
    reel__json_put_text(json, "id", reel_model_id(model));
    reel__json_put_text(json, "data_hash", reel_model_data_hash(model));
    reel__json_put_text(json, "summary", info->summary);
    reel__json_put_text(json, "fold_in",
                        info->fold_in == REEL_FOLD_IN_EXACT ? "exact" : "approximate");
    reel__json_key(json, "parameters");
    reel__engine_write_params(json, model);
    reel__json_put_time(json, "trained_at", when.at);
    reel__json_put_float(json, "seconds", when.found ? (float)when.seconds : NAN);
    reel__json_object_end(json);
    return REEL_OK;
}

int64_t reel__model_trained_at(const reel_engine *engine, const reel_model *model)
{
    trained when = {.id = reel_model_id(model)};
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__store_scan_models(engine->store, look_at_record, &when, &err);

    return rc == REEL_OK && when.found ? when.at : 0;
}

const reel_histogram *reel__engine_store_times(const reel_engine *engine, size_t op,
                                               const char **name)
{
    *name = reel__store_op_name(op);
    return *name == NULL ? NULL : reel__store_times(engine->store, (reel_store_op)op);
}

reel_code reel__models_write(reel_json *json, const reel_engine *engine, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < reel__engine_model_count(engine) && rc == REEL_OK; i++)
        rc = put_model(json, engine, reel__engine_model_at(engine, i), err);
    return rc;
}

reel_code reel__movie_poster(reel_buf *svg, const reel_engine *engine, int64_t movie, reel_err *err)
{
    reel_index index;
    reel_movie film;
    const reel_code rc = reel__engine_find_movie(engine, movie, &index, err);

    if (rc != REEL_OK)
        return rc;
    film = reel_dataset_movie(engine->dataset, index);
    return reel__poster_svg(svg, &film, err);
}
