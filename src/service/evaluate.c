/* evaluate.c - runs every model over every split of the data; see evaluate.h. */
#include "service/evaluate.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/learn.h"

static const char baseline[] = "popular", chance[] = "random";

reel_evaluate_opts reel__evaluate_opts_default(void)
{
    return (reel_evaluate_opts){.split = reel__split_opts_default(),
                                .judge = {.cuts = {10, 20, 100}, .cut_count = 3, .seed = 1}};
}

static double seconds_now(void)
{
    return (double)reel__clock_steady_us() * 1e-6;
}

/* ---- which models -------------------------------------------------------------------------- */

static reel_code add_model(reel_evaluation *e, const char *name, size_t length, reel_err *err)
{
    reel_evaluated *added = &e->models[e->count];

    if (length == 0 || length >= REEL_EVALUATE_NAME)
        return reel_fail(err, REEL_E_INVALID, "a model's name is missing in \"%.80s\"", name);
    for (size_t i = 0; i < e->count; i++)
        if (strlen(e->models[i].name) == length && strncmp(e->models[i].name, name, length) == 0)
            return REEL_OK;
    if (e->count == REEL_EVALUATE_MODELS)
        return reel_fail(err, REEL_E_INVALID, "at most %d models are compared at once",
                         (int)REEL_EVALUATE_MODELS);
    memcpy(added->name, name, length);
    added->name[length] = '\0';
    e->count++;
    return REEL_OK;
}

static reel_code choose_models(reel_evaluation *e, reel_err *err)
{
    const char *at = e->opts->models;
    reel_code rc = REEL_OK;

    REEL_TRY(add_model(e, chance, strlen(chance), err));
    REEL_TRY(add_model(e, baseline, strlen(baseline), err));
    for (size_t i = 0; at == NULL && reel_model_at(i) != NULL; i++)
        REEL_TRY(add_model(e, reel_model_at(i)->name, strlen(reel_model_at(i)->name), err));
    while (at != NULL) {
        const size_t length = strcspn(at, ",");

        REEL_TRY(add_model(e, at, length, err));
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
out:
    return rc;
}

/* "name:param=value:param=value" in place: NULs between the parts. */
static reel_code parse_params(reel_param *items, size_t *count, char *text, reel_err *err)
{
    char *part = strchr(text, ':');

    *count = 0;
    while (part != NULL) {
        char *name = part + 1, *value;

        *part = '\0';
        part = strchr(name, ':');
        value = strchr(name, '=');
        if (value == NULL || (part != NULL && value > part) || *count == REEL_EVALUATE_PARAMS)
            return reel_fail(err, REEL_E_INVALID,
                             "%.80s: give up to %d parameters as name:param=value:param=value",
                             text, (int)REEL_EVALUATE_PARAMS);
        *value = '\0';
        items[(*count)++] = (reel_param){.name = name, .value = value + 1};
    }
    return REEL_OK;
}

static reel_code fit(reel_evaluated *m, const reel_dataset *train, const reel_evaluate_opts *opts,
                     reel_err *err)
{
    const reel_fit_context context = {.seed = opts->split.seed, .threads = opts->judge.threads};
    const double start = seconds_now();
    reel_param items[REEL_EVALUATE_PARAMS];
    reel_params params = {.items = items};
    char text[REEL_EVALUATE_NAME];
    reel_code rc = REEL_OK;

    reel_model_free(m->model);
    m->model = NULL;
    if (strcmp(m->name, chance) == 0)
        return REEL_OK;
    memcpy(text, m->name, sizeof text);
    REEL_TRY(parse_params(items, &params.count, text, err));
    REEL_TRY(reel__learn(&m->model, text, train, &params, &context, err));
    m->fit_seconds += seconds_now() - start;
out:
    return rc;
}

/* ---- splits -------------------------------------------------------------------------------- */

static reel_code judge_split(reel_evaluation *e, const reel_split *split, reel_err *err)
{
    reel_code rc = REEL_OK;

    e->held_out += split->test.ptr[split->test.rows];
    for (size_t i = 0; i < e->count; i++) {
        reel_evaluated *m = &e->models[i];
        double start;

        reel__progress(e->opts->progress, m->name, (int64_t)i, (int64_t)e->count, "models");
        REEL_TRY(fit(m, split->train, e->opts, err));
        start = seconds_now();
        REEL_TRY(reel__judge(&m->judgement, m->model, split, err));
        m->judge_seconds += seconds_now() - start;
    }
    reel__progress(e->opts->progress, "models", (int64_t)e->count, (int64_t)e->count, "models");
out:
    return rc;
}

static reel_code judge_all(reel_evaluation *e, const reel_dataset *dataset, const uint8_t *fate,
                           reel_err *err)
{
    const int rounds = fate != NULL ? 1 : reel__split_rounds(&e->opts->split);
    reel_code rc = REEL_OK;

    for (int round = 0; round < rounds && rc == REEL_OK; round++) {
        reel_split split;

        rc = fate != NULL ? reel__split_by_fate(&split, dataset, fate, err)
                          : reel__split_make(&split, dataset, &e->opts->split, round, err);
        if (rc != REEL_OK)
            return rc;
        rc = judge_split(e, &split, err);
        reel__split_fini(&split);
    }
    return rc;
}

/* ---- what it comes to ---------------------------------------------------------------------- */

/* The first column, NDCG at the first length, by person. */
static reel_code compare(reel_evaluation *e, reel_err *err)
{
    const reel_bootstrap_opts opts = {.resamples = 1000, .seed = e->opts->split.seed};
    const size_t people = (size_t)e->models[0].judgement.people;
    double *columns = reel__alloc_array(2 * people, sizeof *columns);
    reel_code rc = REEL_OK;

    if (columns == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to compare %zu people", people));
    for (size_t i = 0; i < e->count; i++) {
        const reel_judgement *own = &e->models[i].judgement, *best = &e->models[e->best].judgement;

        for (size_t p = 0; p < people; p++) {
            columns[p] = own->each[p * own->columns];
            columns[people + p] = best->each[p * best->columns];
        }
        REEL_TRY(reel__compare(&e->models[i].to_best, columns, columns + people, (reel_index)people,
                               &opts, err));
    }
out:
    reel__free(columns);
    return rc;
}

static reel_code summarise(reel_evaluation *e, reel_err *err)
{
    const reel_bootstrap_opts opts = {.resamples = 1000, .seed = e->opts->split.seed};
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < e->count; i++) {
        reel_evaluated *m = &e->models[i];
        const reel_judgement *j = &m->judgement;

        reel__judgement_finish(&m->judgement);
        m->intervals = reel__alloc_array(j->columns, sizeof *m->intervals);
        if (m->intervals == NULL)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for intervals"));
        REEL_TRY(reel__bootstrap(m->intervals, (reel_sample_view){j->each, j->people, j->columns},
                                 &opts, err));
        if (m->intervals[0].mean > e->models[e->best].intervals[0].mean)
            e->best = i;
    }
    for (reel_index p = 0; p < e->models[0].judgement.people; p++)
        e->judged += e->models[0].judgement.rounds[p] > 0;
    REEL_TRY(compare(e, err));
out:
    return rc;
}

static void describe(reel_evaluation *e, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    (void)snprintf(e->source, sizeof e->source, "%s", reel_dataset_source(dataset));
    (void)snprintf(e->data_hash, sizeof e->data_hash, "%s", reel_dataset_hash(dataset));
    e->simulated = reel_dataset_simulated(dataset);
    e->people = r.rows;
    e->films = r.cols;
    e->ratings = r.ptr[r.rows];
}

static reel_code prepare(reel_dataset **out, uint8_t **fate, const reel_evaluate_opts *opts,
                         reel_err *err)
{
    reel_dataset *whole = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(reel__evaluate_read(&whole, fate, opts, err));
    if (*fate != NULL && (opts->filter.core > 0 || opts->filter.threshold > 0))
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "--train and --test are taken as they are: no threshold, no core"));
    REEL_TRY(reel__filter(out, whole, &opts->filter, err));
out:
    reel_dataset_free(whole);
    return rc;
}

reel_code reel__evaluation_make(reel_evaluation *out, const reel_evaluate_opts *opts, reel_err *err)
{
    reel_dataset *dataset = NULL;
    uint8_t *fate = NULL;
    reel_code rc = REEL_OK;

    *out = (reel_evaluation){.opts = opts};
    REEL_TRY(choose_models(out, err));
    REEL_TRY(prepare(&dataset, &fate, opts, err));
    describe(out, dataset);
    for (size_t i = 0; i < out->count; i++)
        REEL_TRY(reel__judgement_init(&out->models[i].judgement, reel_dataset_people(dataset),
                                      &opts->judge, err));
    REEL_TRY(judge_all(out, dataset, fate, err));
    REEL_TRY(summarise(out, err));
out:
    reel_dataset_free(dataset);
    reel__free(fate);
    if (rc != REEL_OK)
        reel__evaluation_fini(out);
    return rc;
}

void reel__evaluation_fini(reel_evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->count; i++) {
        reel_model_free(evaluation->models[i].model);
        reel__judgement_fini(&evaluation->models[i].judgement);
        reel__free(evaluation->models[i].intervals);
    }
    *evaluation = (reel_evaluation){0};
}
