/* fit_evaluate.c - the evaluation card of a model that is about to be fitted: the same model, with
 * the same parameters and seed, learns from part of the ratings and is judged on the rest.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/measure/evaluate.h"
#include "service/models/fit_priv.h"

/* "name:param=value:...", as the evaluation takes models. */
static reel_code spell(char out[REEL_EVALUATE_NAME], const reel_fit_opts *opts, reel_err *err)
{
    size_t used = (size_t)snprintf(out, REEL_EVALUATE_NAME, "%s", opts->model);

    for (size_t i = 0; i < opts->params.count && used < REEL_EVALUATE_NAME; i++)
        used += (size_t)snprintf(out + used, REEL_EVALUATE_NAME - used, ":%s=%s",
                                 opts->params.items[i].name, opts->params.items[i].value);
    if (used >= REEL_EVALUATE_NAME || opts->params.count > REEL_EVALUATE_PARAMS)
        return reel_fail(err, REEL_E_INVALID,
                         "--evaluate takes up to %d parameters, %d characters in all",
                         (int)REEL_EVALUATE_PARAMS, (int)REEL_EVALUATE_NAME - 1);
    return REEL_OK;
}

static reel_evaluate_opts choose(const reel_fit_opts *opts, const char *models)
{
    const bool rating = reel_model_find(opts->model)->task == REEL_TASK_RATING;
    reel_evaluate_opts out = reel__evaluate_opts_default();

    out.ratings = opts->train;
    out.catalogue = opts->train != NULL ? opts->movielens : NULL;
    out.movielens = opts->train != NULL ? NULL : opts->movielens;
    out.tmdb = opts->tmdb;
    out.links = opts->links;
    out.models = models;
    out.metrics = rating ? REEL_WANT_RATING : REEL_WANT_RANKING;
    out.split.protocol = rating ? REEL_PROTOCOL_RANDOM : REEL_PROTOCOL_RATIO;
    out.split.share = reel__protocol_share(out.split.protocol);
    out.split.seed = out.judge.seed = opts->seed;
    out.judge.threads = opts->threads;
    out.skip_wrong_rows = !opts->read.strict;
    out.memory = opts->memory;
    out.cancel = opts->cancel;
    out.progress = opts->read.progress;
    return out;
}

static size_t find(const reel_evaluation *e, const char *name)
{
    size_t i = 0;

    while (i + 1 < e->count && strcmp(e->models[i].name, name) != 0)
        i++;
    return i;
}

/* The metric that stands first, for the report. */
static void sum_up(reel_fit_report *report, const reel_evaluation *e, size_t index)
{
    const reel_evaluated *m = &e->models[index];
    const reel_interval *at = &m->rmse;

    (void)snprintf(report->metric, sizeof report->metric, "rmse");
    if (!m->predicts) {
        at = &m->ranked[0].intervals[reel__metric_column(0, REEL_METRIC_NDCG)];
        (void)snprintf(report->metric, sizeof report->metric, "ndcg@%d", e->opts->judge.cuts[0]);
    }
    report->low = at->low;
    report->mean = at->mean;
    report->high = at->high;
}

reel_code reel__fit_evaluate(reel_fitting *f)
{
    const int64_t start = reel__clock_steady_us();
    reel_evaluation *e = reel__alloc_zero(1, sizeof *e);
    char name[REEL_EVALUATE_NAME];
    reel_evaluate_opts opts;
    reel_json json;
    size_t index;
    reel_code rc = REEL_OK;

    if (e == NULL)
        REEL_TRY(reel_fail(f->err, REEL_E_NOMEM, "no memory to evaluate \"%s\"", f->opts->model));
    REEL_TRY(spell(name, f->opts, f->err));
    opts = choose(f->opts, name);
    REEL_TRY(reel__evaluation_make(e, &opts, f->err));
    index = find(e, name);
    reel__json_init(&json, &f->card);
    reel__evaluation_card(&json, e, index);
    REEL_TRY(reel__buf_check(&f->card, f->err));
    sum_up(f->report, e, index);
    f->report->evaluate_seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    if (e != NULL)
        reel__evaluation_fini(e);
    reel__free(e);
    return rc;
}
