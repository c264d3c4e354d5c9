/* info.c - reads the counts and the model records of a store. */
#include "service/engine/info.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "service/engine/catalogue.h"
#include "service/engine/state.h"

static bool keep_model(void *user, const reel_model_record *record)
{
    reel_info *info = user;
    reel_info_model *model = &info->models[info->model_count];

    if (info->model_count == REEL_INFO_MODELS)
        return false;
    if (strcmp(record->name, REEL_DATASET_WHOLE) == 0 ||
        strcmp(record->name, REEL_DATASET_PLAIN) == 0 ||
        strcmp(record->name, REEL_CATALOGUE) == 0) /* of the data, and no model */
        return true;
    (void)snprintf(model->name, sizeof model->name, "%s", record->name);
    (void)snprintf(model->model_id, sizeof model->model_id, "%s", record->model_id);
    (void)snprintf(model->parameters, sizeof model->parameters, "%s", record->parameters);
    model->generation = record->generation;
    model->trained_at = record->trained_at;
    model->seconds = record->seconds;
    model->size_bytes = reel__file_size(record->file);
    info->model_count++;
    return true;
}

reel_code reel__info(reel_info *out, const char *database, reel_err *err)
{
    const reel_store_opts opts = {.read_only = true};
    reel_store *store = NULL;
    reel_code rc;

    *out = (reel_info){0};
    REEL_TRY(reel__store_open(&store, database, &opts, err));
    REEL_TRY(reel__store_counts(store, &out->counts, err));
    REEL_TRY(reel__store_scan_models(store, keep_model, out, err));
out:
    reel__store_close(store);
    return rc;
}

static void write_model(reel_json *json, const reel_info_model *model)
{
    reel__json_object(json);
    reel__json_put_text(json, "name", model->name);
    reel__json_put_text(json, "id", model->model_id);
    reel__json_put_time(json, "trained_at", model->trained_at);
    reel__json_put_real(json, "seconds", model->seconds);
    reel__json_put_int(json, "generation", model->generation);
    reel__json_put_int(json, "bytes", model->size_bytes);
    reel__json_object_end(json);
}

void reel__database_shown(char out[REEL_STORE_NAME], const char *database)
{
    reel__store_name(out, database);
}

void reel__info_write(reel_json *json, const char *database, const reel_info *info)
{
    const reel_store_counts *counts = &info->counts;
    char shown[REEL_STORE_NAME];

    reel__json_object(json);
    reel__database_shown(shown, database);
    reel__json_put_text(json, "database", shown);
    reel__json_put_text(json, "source", counts->source);
    reel__json_put_bool(json, "simulated", counts->simulated);
    reel__json_put_int(json, "movies", counts->movies);
    reel__json_put_int(json, "people", counts->people);
    reel__json_put_int(json, "ratings", counts->ratings);
    reel__json_put_int(json, "events", counts->events);
    reel__json_put_int(json, "generation", counts->generation);
    reel__json_put_int(json, "schema", counts->schema);
    reel__json_put_int(json, "bytes", counts->size_bytes);
    reel__json_key(json, "models");
    reel__json_array(json);
    for (size_t i = 0; i < info->model_count; i++)
        write_model(json, &info->models[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
}
