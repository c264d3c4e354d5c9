/* evaluate_write.c - an evaluation as JSON: everything that is needed to make it again. */
#include <stdio.h>
#include <string.h>

#include "reel/version.h"
#include "service/measure/evaluate_priv.h"

enum { KEY = 60 };

static void write_interval(reel_json *json, const char *key, const reel_interval *interval)
{
    reel__json_key(json, key);
    reel__json_object(json);
    reel__json_put_real(json, "mean", interval->mean);
    reel__json_put_real(json, "low", interval->low);
    reel__json_put_real(json, "high", interval->high);
    reel__json_object_end(json);
}

static bool is_measured(const reel_evaluation *e, int metric)
{
    return e->has_genres || (metric != REEL_METRIC_DISTANCE && metric != REEL_METRIC_CALIBRATION);
}

/* label: put before the name of every metric, so that none is taken for one over all films. */
static void write_metrics(reel_json *json, const reel_evaluation *e, const reel_ranked *ranked,
                          const char *label)
{
    const reel_judge_opts *opts = &ranked->judgement.opts;
    char key[KEY];

    for (size_t c = 0; c < opts->cut_count; c++) {
        for (int metric = 0; metric < REEL_METRICS; metric++) {
            (void)snprintf(key, sizeof key, "%s%s@%d", label,
                           reel__metric_name((reel_metric)metric), opts->cuts[c]);
            if (is_measured(e, metric))
                write_interval(json, key,
                               &ranked->intervals[reel__metric_column(c, (reel_metric)metric)]);
        }
        (void)snprintf(key, sizeof key, "%scoverage@%d", label, opts->cuts[c]);
        reel__json_put_real(json, key, ranked->judgement.coverage[c]);
        (void)snprintf(key, sizeof key, "%sgini@%d", label, opts->cuts[c]);
        reel__json_put_real(json, key, ranked->judgement.gini[c]);
    }
    (void)snprintf(key, sizeof key, "%sauc", label);
    write_interval(json, key, &ranked->intervals[reel__auc_column(&ranked->judgement)]);
}

static void write_comparison(reel_json *json, const char *key, const reel_comparison *comparison)
{
    reel__json_key(json, key);
    reel__json_object(json);
    write_interval(json, "difference", &comparison->difference);
    reel__json_put_real(json, "p", comparison->p);
    reel__json_object_end(json);
}

/* Each split by itself, where there are several. */
static void write_rounds(reel_json *json, const reel_rating_errors *errors)
{
    if (errors->rounds < 2)
        return;
    reel__json_key(json, "folds");
    reel__json_array(json);
    for (int i = 0; i < errors->rounds; i++) {
        reel__json_object(json);
        reel__json_put_real(json, "rmse", errors->rmse[i]);
        reel__json_put_real(json, "mae", errors->mae[i]);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

void reel__evaluate_write_parameters(reel_json *json, const reel_evaluated *m)
{
    const reel_model_info *info = m->model != NULL ? reel_model_get_info(m->model) : NULL;

    reel__json_key(json, "parameters");
    reel__json_object(json);
    for (size_t i = 0; info != NULL && i < info->param_count; i++)
        reel__json_put_real(json, info->params[i].name, reel_model_param(m->model, i));
    reel__json_object_end(json);
}

static void write_measured(reel_json *json, const char *name, const reel_evaluation *e,
                           const reel_evaluated *m)
{
    reel__json_key(json, name);
    reel__json_object(json);
    if (m->predicts) {
        write_interval(json, "rmse", &m->rmse);
        write_interval(json, "mae", &m->mae);
    }
    for (int s = 0; s < e->scopes; s++)
        write_metrics(json, e, &m->ranked[s], s > 0 ? "hidden_" : reel__evaluation_label(e));
    reel__json_object_end(json);
}

static void write_model(reel_json *json, const reel_evaluation *e, const reel_evaluated *m)
{
    reel__json_object(json);
    reel__json_put_text(json, "name", m->name);
    reel__evaluate_write_parameters(json, m);
    reel__json_put_real(json, "fit_seconds", m->fit_seconds);
    reel__json_put_real(json, "judge_seconds", m->judge_seconds);
    write_measured(json, "metrics", e, m);
    if (m->predicts)
        write_rounds(json, &m->errors);
    if (e->scopes > 0)
        write_comparison(json, "to_best", &m->ranked[0].to_best);
    if (e->scopes > 1)
        write_comparison(json, "hidden_to_best", &m->ranked[1].to_best);
    if (m->predicts)
        write_comparison(json, "rmse_to_best", &m->rmse_to_best);
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
    reel__json_put_bool(json, "implicit", e->opts->implicit);
    reel__json_object_end(json);
}

/* What the protocols that draw by themselves were told. */
static void write_draws(reel_json *json, const reel_split_opts *split)
{
    if (split->protocol == REEL_PROTOCOL_FOLDS)
        reel__json_put_int(json, "folds", split->folds);
    else if (split->protocol != REEL_PROTOCOL_LAST)
        reel__json_put_real(json, "share", split->share);
    if (split->protocol == REEL_PROTOCOL_STRONG)
        reel__json_put_real(json, "unseen", split->unseen);
}

static void write_protocol(reel_json *json, const reel_evaluation *e)
{
    reel__json_key(json, "protocol");
    reel__json_object(json);
    reel__json_put_text(json, "name", e->protocol);
    if (e->opts->test == NULL && e->opts->candidates == NULL && e->opts->folds_file == NULL)
        write_draws(json, &e->opts->split);
    if (e->opts->fold >= 0)
        reel__json_put_int(json, "fold", e->opts->fold);
    reel__json_put_int(json, "held_out", e->held_out);
    if (e->scopes > 0) {
        reel__json_put_int(json, "judged", e->judged);
        reel__json_put_bool(json, "sampled", e->candidates > 0);
    }
    if (e->candidates > 0)
        reel__json_put_real(json, "candidates", e->candidates);
    if (e->best_rmse < e->count)
        reel__json_put_int(json, "predicted", e->predicted);
    reel__json_object_end(json);
}

void reel__evaluation_write(reel_json *json, const reel_evaluation *evaluation, const char *command)
{
    const reel_evaluation *e = evaluation;

    reel__json_object(json);
    reel__json_put_text(json, "version", reel_version());
    reel__json_put_text(json, "command", command);
    reel__json_put_int(json, "seed", (int64_t)e->opts->split.seed);
    write_data(json, e);
    write_protocol(json, e);
    if (e->scopes > 0)
        reel__json_put_text(json, "best", e->models[e->best[0]].name);
    if (e->scopes > 1)
        reel__json_put_text(json, "hidden_best", e->models[e->best[1]].name);
    if (e->best_rmse < e->count)
        reel__json_put_text(json, "rmse_best", e->models[e->best_rmse].name);
    reel__json_key(json, "models");
    reel__json_array(json);
    for (size_t i = 0; i < e->count; i++)
        write_model(json, e, &e->models[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

void reel__evaluation_card(reel_json *json, const reel_evaluation *evaluation, size_t index)
{
    const reel_evaluation *e = evaluation;

    reel__json_object(json);
    reel__json_put_text(json, "version", reel_version());
    reel__json_put_int(json, "seed", (int64_t)e->opts->split.seed);
    write_data(json, e);
    write_protocol(json, e);
    write_measured(json, "metrics", e, &e->models[index]);
    for (size_t i = 0; i < e->count && e->scopes > 0; i++)
        if (i != index && strcmp(e->models[i].name, "popular") == 0)
            write_measured(json, "popular", e, &e->models[i]);
    reel__json_object_end(json);
}
