/* evaluate_write.c - an evaluation as JSON: everything that is needed to make it again. */
#include <stdio.h>

#include "reel/version.h"
#include "service/evaluate.h"

enum { KEY = 40 };

static void write_interval(reel_json *json, const char *key, const reel_interval *interval)
{
    reel__json_key(json, key);
    reel__json_object(json);
    reel__json_put_real(json, "mean", interval->mean);
    reel__json_put_real(json, "low", interval->low);
    reel__json_put_real(json, "high", interval->high);
    reel__json_object_end(json);
}

static void write_metrics(reel_json *json, const reel_evaluated *m)
{
    const reel_judge_opts *opts = &m->judgement.opts;
    char key[KEY];

    reel__json_key(json, "metrics");
    reel__json_object(json);
    for (size_t c = 0; c < opts->cut_count; c++) {
        for (int metric = 0; metric < REEL_METRICS; metric++) {
            (void)snprintf(key, sizeof key, "%s@%d", reel__metric_name((reel_metric)metric),
                           opts->cuts[c]);
            write_interval(json, key, &m->intervals[reel__metric_column(c, (reel_metric)metric)]);
        }
        (void)snprintf(key, sizeof key, "coverage@%d", opts->cuts[c]);
        reel__json_put_real(json, key, m->judgement.coverage[c]);
        (void)snprintf(key, sizeof key, "gini@%d", opts->cuts[c]);
        reel__json_put_real(json, key, m->judgement.gini[c]);
    }
    write_interval(json, "auc", &m->intervals[reel__auc_column(&m->judgement)]);
    reel__json_object_end(json);
}

static void write_model(reel_json *json, const reel_evaluated *m)
{
    const reel_model_info *info = m->model != NULL ? reel_model_get_info(m->model) : NULL;

    reel__json_object(json);
    reel__json_put_text(json, "name", m->name);
    reel__json_key(json, "parameters");
    reel__json_object(json);
    for (size_t i = 0; info != NULL && i < info->param_count; i++)
        reel__json_put_real(json, info->params[i].name, reel_model_param(m->model, i));
    reel__json_object_end(json);
    reel__json_put_real(json, "fit_seconds", m->fit_seconds);
    reel__json_put_real(json, "judge_seconds", m->judge_seconds);
    write_metrics(json, m);
    reel__json_key(json, "to_best");
    reel__json_object(json);
    write_interval(json, "difference", &m->to_best.difference);
    reel__json_put_real(json, "p", m->to_best.p);
    reel__json_object_end(json);
    reel__json_object_end(json);
}

static void write_data(reel_json *json, const reel_evaluation *e)
{
    reel__json_key(json, "data");
    reel__json_object(json);
    reel__json_put_text(json, "source", e->source);
    reel__json_put_bool(json, "simulated", e->simulated);
    reel__json_put_text(json, "hash", e->data_hash);
    reel__json_put_int(json, "people", e->people);
    reel__json_put_int(json, "films", e->films);
    reel__json_put_int(json, "ratings", e->ratings);
    reel__json_put_real(json, "threshold", e->opts->filter.threshold);
    reel__json_put_int(json, "core", e->opts->filter.core);
    reel__json_object_end(json);
}

static void write_protocol(reel_json *json, const reel_evaluation *e)
{
    const reel_split_opts *split = &e->opts->split;

    reel__json_key(json, "protocol");
    reel__json_object(json);
    if (e->opts->train != NULL) {
        reel__json_put_text(json, "name", "files");
    } else {
        reel__json_put_text(json, "name", reel__protocol_name(split->protocol));
        if (split->protocol == REEL_PROTOCOL_FOLDS)
            reel__json_put_int(json, "folds", split->folds);
        else if (split->protocol != REEL_PROTOCOL_LAST)
            reel__json_put_real(json, "share", split->share);
        if (split->protocol == REEL_PROTOCOL_STRONG)
            reel__json_put_real(json, "unseen", split->unseen);
    }
    reel__json_put_int(json, "held_out", e->held_out);
    reel__json_put_int(json, "judged", e->judged);
    reel__json_object_end(json);
}

void reel__evaluation_write(reel_json *json, const reel_evaluation *evaluation, const char *command)
{
    reel__json_object(json);
    reel__json_put_text(json, "version", reel_version());
    reel__json_put_text(json, "command", command);
    reel__json_put_int(json, "seed", (int64_t)evaluation->opts->split.seed);
    write_data(json, evaluation);
    write_protocol(json, evaluation);
    reel__json_put_text(json, "best", evaluation->models[evaluation->best].name);
    reel__json_key(json, "models");
    reel__json_array(json);
    for (size_t i = 0; i < evaluation->count; i++)
        write_model(json, &evaluation->models[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
}
