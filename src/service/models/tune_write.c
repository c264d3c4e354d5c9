/* tune_write.c - a search and its trials as JSON: the lines of the log, and the result. */
#include <math.h>

#include "model/params.h"
#include "reel/version.h"
#include "service/models/tune_priv.h"

static void put_param(reel_json *json, const reel_param_spec *spec, double value)
{
    char text[REEL_PARAM_TEXT];

    reel__param_write(spec, value, text);
    if (spec->type == REEL_PARAM_CHOICE)
        reel__json_put_text(json, spec->name, text);
    else
        reel__json_put_real(json, spec->name, value);
}

void reel__tune_write_search(reel_json *json, const reel_tuning *tuning)
{
    const reel_tune_space *space = &tuning->space;

    reel__json_put_text(json, "version", reel_version());
    reel__json_put_text(json, "model", space->info->name);
    reel__json_put_text(json, "data", tuning->data_hash);
    reel__json_put_text(json, "source", tuning->source);
    reel__json_put_int(json, "people", tuning->people);
    reel__json_put_int(json, "films", tuning->films);
    reel__json_put_int(json, "ratings", tuning->ratings);
    reel__json_put_int(json, "held_out", tuning->held_out);
    reel__json_put_text(json, "metric", tuning->metrics[tuning->chosen].name);
    reel__json_put_int(json, "seed", (int64_t)tuning->opts->seed);
    reel__json_put_int(json, "rungs", tuning->rungs);
    reel__json_put_text(json, "cheaper_by",
                        tuning->rungs == 1   ? NULL
                        : space->effort >= 0 ? space->info->params[space->effort].name
                                             : "people");
    reel__json_key(json, "searched");
    reel__json_array(json);
    for (size_t d = 0; d < space->count; d++) {
        reel_buf text;

        reel__buf_init(&text, 1000);
        reel__tune_dim_text(&text, space, d);
        if (text.failed)
            json->buf->failed = true;
        reel__json_text(json, text.data);
        reel__buf_fini(&text);
    }
    reel__json_array_end(json);
    reel__json_key(json, "others");
    reel__json_object(json);
    for (size_t i = 0; i < space->info->param_count; i++) {
        bool searched = false;

        for (size_t d = 0; d < space->count; d++)
            searched = searched || space->dims[d].param == i;
        if (!searched)
            put_param(json, &space->info->params[i], space->base[i]);
    }
    reel__json_object_end(json);
}

void reel__tune_write_trial(reel_json *json, const reel_tuning *tuning, const reel_trial *trial)
{
    const reel_model_info *info = tuning->space.info;
    const reel_tuned *tuned = &tuning->tuned[trial->number];
    double values[REEL_PARAMS_MAX];

    reel__json_put_int(json, "trial", trial->number);
    reel__json_put_int(json, "rung", trial->rung);
    reel__json_put_real(json, "share", reel__tune_share(tuning, trial->rung));
    reel__json_key(json, "params");
    reel__json_object(json);
    reel__tune_values(values, tuning, trial);
    for (size_t i = 0; i < info->param_count; i++)
        put_param(json, &info->params[i], values[i]);
    reel__json_object_end(json);
    if (tuned->code == REEL_OK) {
        reel__json_key(json, "metrics");
        reel__json_object(json);
        for (size_t i = 0; i < tuning->metric_count; i++)
            reel__json_put_real(json, tuning->metrics[i].name, tuned->metrics[i]);
        reel__json_object_end(json);
    } else {
        reel__json_put_text(json, "failed", reel_code_name(tuned->code));
        reel__json_put_text(json, "why", tuned->why);
    }
    reel__json_put_real(json, "seconds", round(tuned->seconds * 1e3) / 1e3);
    reel__json_put_int(json, "seed", (int64_t)tuning->opts->seed);
    reel__json_put_text(json, "data", tuning->data_hash);
    reel__json_put_text(json, "version", reel_version());
}

void reel__tuning_write(reel_json *json, const reel_tuning *tuning, const char *command)
{
    static const char *const ends[] = {"budget", "trials", "exhausted", "stopped"};
    const reel_trial *best = reel__search_best(tuning->search);
    reel_buf params;

    reel__buf_init(&params, 1 << 14);
    reel__json_object(json);
    reel__json_put_text(json, "command", command);
    reel__tune_write_search(json, tuning);
    reel__json_put_text(json, "end", ends[tuning->end]);
    reel__json_put_int(json, "replayed", (int64_t)tuning->replayed);
    reel__json_put_real(json, "seconds", tuning->seconds);
    reel__json_put_int(json, "best", best->number);
    reel__tuning_params(&params, tuning, (size_t)best->number);
    if (params.failed)
        json->buf->failed = true;
    reel__json_put_text(json, "options", params.data);
    reel__buf_fini(&params);
    reel__json_key(json, "trials");
    reel__json_array(json);
    for (size_t i = 0; i < tuning->count; i++) {
        reel__json_object(json);
        reel__tune_write_trial(json, tuning, reel__search_trial(tuning->search, i));
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
}
