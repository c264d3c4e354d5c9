/* tune.c - runs the trials of a search until the time is over; see tune.h. */
#include "service/models/tune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "model/params.h"
#include "service/models/tune_priv.h"

/* Cheap rungs need people enough to judge by. */
enum { PEOPLE_FOR_RUNGS = 3000, EFFORT_FOR_RUNGS = 6, FAILURES_MAX = 20 };

/* ---- what is measured ---------------------------------------------------------------------- */

/* "ndcg@100" into out; false when it is none. */
static bool parse_metric(reel_tune_metric *out, const char *text)
{
    const char *at = strchr(text, '@');
    char *end = NULL;
    long cut;

    if (at == NULL || strlen(text) >= sizeof out->name)
        return false;
    cut = strtol(at + 1, &end, 10);
    if (end == at + 1 || *end != '\0' || cut < 1 || cut > REEL_CUT_MOST)
        return false;
    for (int m = 0; m < REEL_METRIC_NOVELTY; m++) {
        const char *name = reel__metric_name((reel_metric)m);

        if (strlen(name) == (size_t)(at - text) && strncmp(name, text, strlen(name)) == 0) {
            *out = (reel_tune_metric){.cut = (int)cut, .of = (reel_metric)m};
            (void)snprintf(out->name, sizeof out->name, "%s@%ld", name, cut);
            return true;
        }
    }
    return false;
}

/* The usual ones, and the one that decides among them. */
static void take_metrics(reel_tuning *t, const reel_tune_metric *decides)
{
    static const char *const usual[] = {"ndcg@10", "ndcg@100", "recall@20"};

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        (void)parse_metric(&t->metrics[t->metric_count++], usual[i]);
    for (t->chosen = 0; t->chosen < t->metric_count; t->chosen++)
        if (strcmp(t->metrics[t->chosen].name, decides->name) == 0)
            return;
    t->metrics[t->metric_count++] = *decides;
}

static reel_code choose_metric(reel_tuning *t, const char *wanted, reel_err *err)
{
    const reel_model_info *info = t->space.info;
    reel_tune_metric decides;

    if (wanted == NULL)
        wanted = info->task == REEL_TASK_RATING ? "rmse" : "ndcg@100";
    t->rates = strcmp(wanted, "rmse") == 0 || strcmp(wanted, "mae") == 0;
    if (t->rates && info->task != REEL_TASK_RATING)
        return reel_fail(err, REEL_E_INVALID,
                         "--metric: \"%s\" ranks films and predicts no ratings; take ndcg@100",
                         info->name);
    if (t->rates) {
        t->metrics[0] = (reel_tune_metric){.name = "rmse"};
        t->metrics[1] = (reel_tune_metric){.name = "mae"};
        t->metric_count = 2;
        t->chosen = strcmp(wanted, "mae") == 0;
        return REEL_OK;
    }
    if (!parse_metric(&decides, wanted))
        return reel_fail(err, REEL_E_INVALID,
                         "--metric: expected rmse, mae, or ndcg, recall, recall_min, precision, "
                         "hit_rate, map or mrr at a length such as ndcg@100, got \"%.40s\"",
                         wanted);
    take_metrics(t, &decides);
    return REEL_OK;
}

static int choose_rungs(const reel_tuning *t)
{
    const int effort = t->space.effort;
    const bool cheap =
        effort >= 0 ? t->space.base[effort] >= EFFORT_FOR_RUNGS : t->people >= PEOPLE_FOR_RUNGS;

    return t->opts->rungs > 0 ? t->opts->rungs : 1 + cheap;
}

/* ---- trials -------------------------------------------------------------------------------- */

reel_code reel__tuning_keep(reel_tuning *tuning, const reel_tuned *tuned, reel_err *err)
{
    const double value = tuned->metrics[tuning->chosen];

    if (tuning->count == tuning->capacity) {
        const size_t wanted = tuning->capacity == 0 ? 64 : 2 * tuning->capacity;
        reel_tuned *more = reel__realloc_array(tuning->tuned, wanted, sizeof *more);

        if (more == NULL)
            return reel_fail(err, REEL_E_NOMEM, "no memory to keep %zu trials", wanted);
        tuning->tuned = more;
        tuning->capacity = wanted;
    }
    tuning->tuned[tuning->count++] = *tuned;
    reel__search_tell(tuning->search, tuned->code != REEL_OK ? (double)NAN
                                      : tuning->rates        ? -value
                                                             : value);
    return REEL_OK;
}

typedef struct running {
    reel_tuning *tuning;
    const reel_dataset *whole;
    reel_tune_rung rungs[REEL_TUNE_RUNGS];
    reel_file_appender log;
    int64_t started_us;
    volatile bool stop; /* cancelled, or the time is over */
} running;

static void look_at_clock(running *r)
{
    const reel_tune_opts *opts = r->tuning->opts;

    r->tuning->seconds = (double)(reel__clock_steady_us() - r->started_us) * 1e-6;
    if (opts->cancel != NULL && *opts->cancel) {
        r->stop = true;
        r->tuning->end = REEL_TUNE_STOPPED;
    } else if (opts->budget_seconds > 0 && r->tuning->seconds >= opts->budget_seconds) {
        r->stop = true;
        r->tuning->end = REEL_TUNE_BUDGET;
    }
}

static void tell(const running *r, bool done)
{
    if (r->tuning->opts->report != NULL)
        r->tuning->opts->report(r->tuning->opts->user, r->tuning, done);
}

static void fit_step(double share, void *user)
{
    running *r = user;

    r->tuning->share = share;
    look_at_clock(r);
    tell(r, false);
}

/* What a configuration alone can be blamed for. */
static bool is_failed_trial(reel_code code)
{
    return code == REEL_E_INVALID || code == REEL_E_BUDGET || code == REEL_E_NOMEM;
}

static reel_code open_rung(running *r, int rung, reel_err *err)
{
    reel_tune_rung *at = &r->rungs[rung];
    reel_code rc = REEL_OK;

    if (at->split.train == NULL)
        rc = reel__tune_rung_make(at, r->tuning, r->whole, rung, err);
    if (rc == REEL_OK && rung == r->tuning->rungs - 1)
        r->tuning->held_out = at->split.held.test.ptr[at->split.held.test.rows];
    return rc;
}

static reel_code run_trial(running *r, const reel_trial *trial, reel_err *err)
{
    const reel_fit_context context = {.seed = r->tuning->opts->seed,
                                      .threads = r->tuning->opts->threads,
                                      .progress = fit_step,
                                      .user = r,
                                      .cancel = &r->stop};
    const int64_t start = reel__clock_steady_us();
    reel_tuned tuned = {.code = REEL_OK};
    reel_err why = {REEL_OK, ""};
    reel_code rc = REEL_OK;

    REEL_TRY(open_rung(r, trial->rung, err));
    r->tuning->share = 0;
    tell(r, false);
    tuned.code =
        reel__tune_try(tuned.metrics, r->tuning, &r->rungs[trial->rung], trial, &context, &why);
    tuned.seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
    if (tuned.code != REEL_OK && !is_failed_trial(tuned.code)) {
        if (err != NULL)
            *err = why;
        return tuned.code;
    }
    for (size_t i = 0; tuned.code != REEL_OK && i < REEL_TUNE_METRICS; i++)
        tuned.metrics[i] = (double)NAN;
    (void)snprintf(tuned.why, sizeof tuned.why, "%.150s", why.msg);
    REEL_TRY(reel__tuning_keep(r->tuning, &tuned, err));
    REEL_TRY(reel__tune_log_add(&r->log, r->tuning, trial, err));
    r->tuning->share = 0;
    look_at_clock(r);
    tell(r, true);
out:
    return rc;
}

/* Where nothing works, more of it does not help. */
static reel_code check_failures(const reel_tuning *t, reel_err *err)
{
    const reel_tuned *last = &t->tuned[t->count - 1];

    for (size_t i = 0; i < t->count; i++)
        if (t->tuned[i].code == REEL_OK)
            return REEL_OK;
    if (t->count < FAILURES_MAX)
        return REEL_OK;
    return reel_fail(err, last->code, "none of the first %zu trials worked; the last: %s", t->count,
                     last->why);
}

static reel_code run_all(running *r, reel_err *err)
{
    reel_tuning *t = r->tuning;
    reel_code rc = REEL_OK;

    r->started_us = reel__clock_steady_us();
    for (;;) {
        const reel_trial *trial;

        look_at_clock(r);
        if (r->stop)
            return REEL_OK;
        t->end = REEL_TUNE_ENOUGH;
        if (t->opts->trials > 0 && t->count >= (size_t)t->opts->trials)
            return REEL_OK;
        REEL_TRY(reel__search_ask(t->search, &trial, err));
        t->end = REEL_TUNE_EXHAUSTED;
        if (trial == NULL)
            return REEL_OK;
        rc = run_trial(r, trial, err);
        if (rc == REEL_E_CANCELLED && r->stop)
            return REEL_OK;
        if (rc != REEL_OK)
            break;
        REEL_TRY(check_failures(t, err));
    }
out:
    return rc;
}

/* ---- all ----------------------------------------------------------------------------------- */

static void describe(reel_tuning *t, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    (void)snprintf(t->source, sizeof t->source, "%s", reel_dataset_source(dataset));
    (void)snprintf(t->data_hash, sizeof t->data_hash, "%s", reel_dataset_hash(dataset));
    t->simulated = reel_dataset_simulated(dataset);
    t->people = r.rows;
    t->films = r.cols;
    t->ratings = r.ptr[r.rows];
}

static reel_code check_options(reel_tuning *t, reel_err *err)
{
    const reel_tune_opts *opts = t->opts;
    const reel_model_info *info = reel_model_find(opts->model);
    reel_code rc = REEL_OK;

    if (info == NULL)
        return reel_fail(err, REEL_E_NOTFOUND, "there is no model \"%.40s\"",
                         opts->model == NULL ? "" : opts->model);
    if (opts->resume && opts->log == NULL)
        return reel_fail(err, REEL_E_INVALID, "--resume: say which --log to go on with");
    if (opts->rungs < 0 || opts->rungs > REEL_TUNE_RUNGS)
        return reel_fail(err, REEL_E_INVALID, "a search has 1 to %d rungs, not %d",
                         (int)REEL_TUNE_RUNGS, opts->rungs);
    REEL_TRY(reel__tune_space_make(&t->space, info, opts->fixed, opts->searched, err));
    REEL_TRY(choose_metric(t, opts->metric, err));
out:
    return rc;
}

/* Some trial must have worked where results count. */
static reel_code check_result(const reel_tuning *t, reel_err *err)
{
    if (reel__search_best(t->search) != NULL)
        return REEL_OK;
    if (t->count > 0 && t->tuned[0].code != REEL_OK)
        return reel_fail(err, t->tuned[0].code, "no trial worked; the defaults: %s",
                         t->tuned[0].why);
    if (t->end == REEL_TUNE_STOPPED)
        return reel_fail(err, REEL_E_CANCELLED, "stopped before the first trial was done");
    return reel_fail(err, REEL_E_BUDGET, "%g s are too short for one trial; give a larger --budget",
                     t->opts->budget_seconds);
}

reel_code reel__tune(reel_tuning *out, const reel_tune_opts *opts, reel_err *err)
{
    running r = {.tuning = out, .log = {-1}};
    reel_dataset *dataset = NULL;
    reel_code rc = REEL_OK;

    *out = (reel_tuning){.opts = opts};
    REEL_TRY(check_options(out, err));
    REEL_TRY(reel__source_read(&dataset, &opts->source, opts->progress, err));
    r.whole = dataset;
    describe(out, dataset);
    out->rungs = choose_rungs(out);
    REEL_TRY(reel__search_new(&out->search, &out->space, out->rungs, opts->seed, err));
    REEL_TRY(open_rung(&r, out->rungs - 1, err));
    REEL_TRY(reel__tune_log_open(&r.log, out, err));
    REEL_TRY(run_all(&r, err));
    REEL_TRY(check_result(out, err));
out:
    for (int i = 0; i < REEL_TUNE_RUNGS; i++)
        reel__tune_rung_fini(&r.rungs[i]);
    reel__file_append_close(&r.log);
    reel_dataset_free(dataset);
    if (rc != REEL_OK)
        reel__tuning_fini(out);
    return rc;
}

void reel__tuning_fini(reel_tuning *tuning)
{
    reel__search_free(tuning->search);
    reel__free(tuning->tuned);
    *tuning = (reel_tuning){0};
}

size_t reel__tuning_ranking(const reel_tuning *tuning, size_t *order, size_t limit)
{
    size_t count = 0;

    for (size_t i = 0; i < tuning->count; i++) {
        const reel_trial *t = reel__search_trial(tuning->search, i);
        size_t at = count;

        if (t->rung != tuning->rungs - 1 || tuning->tuned[i].code != REEL_OK)
            continue;
        while (at > 0 && reel__search_trial(tuning->search, order[at - 1])->score < t->score)
            at--;
        if (at == limit)
            continue;
        count += count < limit;
        memmove(order + at + 1, order + at, (count - 1 - at) * sizeof *order);
        order[at] = i;
    }
    return count;
}

void reel__tuning_params(reel_buf *out, const reel_tuning *tuning, size_t trial)
{
    const reel_tune_space *space = &tuning->space;
    double values[REEL_PARAMS_MAX];
    bool named[REEL_PARAMS_MAX];
    const char *between = "";

    memcpy(named, space->fixed, sizeof named);
    for (size_t d = 0; d < space->count; d++)
        named[space->dims[d].param] = true;
    reel__tune_params(values, space, reel__search_trial(tuning->search, trial)->values);
    for (size_t i = 0; i < space->info->param_count; i++) {
        char text[REEL_PARAM_TEXT];

        if (!named[i])
            continue;
        reel__param_write(&space->info->params[i], values[i], text);
        reel__buf_format(out, "%s--param %s=%s", between, space->info->params[i].name, text);
        between = " ";
    }
}
