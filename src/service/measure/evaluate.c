/* evaluate.c - runs every model over every split of the data; see evaluate.h. */
#include "service/measure/evaluate.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "eval/candidates.h"
#include "eval/select.h"
#include "service/measure/evaluate_priv.h"

enum { RESAMPLES = 1000, SCOPE_HIDDEN = 1 };

reel_evaluate_opts reel__evaluate_opts_default(void)
{
    return (reel_evaluate_opts){.split = reel__split_opts_default(),
                                .fold = -1,
                                .judge = {.cuts = {10, 20, 100}, .cut_count = 3, .seed = 1}};
}

const char *reel__evaluation_label(const reel_evaluation *evaluation)
{
    return evaluation->candidates > 0 ? "sampled_" : "";
}

static double seconds_since(int64_t start)
{
    return (double)(reel__clock_steady_us() - start) * 1e-6;
}

static bool has_file_split(const reel_evaluate_opts *opts)
{
    return opts->test != NULL || opts->candidates != NULL;
}

static int round_count(const reel_evaluate_data *data, const reel_evaluate_opts *opts)
{
    if (data->fate != NULL)
        return 1;
    return data->fold != NULL ? data->folds : reel__split_rounds(&opts->split);
}

/* ---- one split ----------------------------------------------------------------------------- */

/* Targets of a fit and where their predictions go. */
typedef struct wanted_ratings {
    reel_fit_targets targets;
    reel_index *rows;
    float *predicted;
} wanted_ratings;

static void free_wanted(wanted_ratings *wanted)
{
    reel__free(wanted->rows);
    reel__free(wanted->predicted);
}

static reel_code judge_model(reel_evaluation *e, reel_evaluated *m, const reel_split *split,
                             const wanted_ratings *wanted, reel_err *err)
{
    const reel_fit_targets *targets =
        m->predicts && wanted->targets.count > 0 ? &wanted->targets : NULL;
    bool filled;
    int64_t start;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evaluate_fit(m, split->train, e->opts, targets, &filled, err));
    start = reel__clock_steady_us();
    for (int s = 0; s < e->scopes; s++)
        REEL_TRY(reel__judge(&m->ranked[s].judgement, m->model, split, err));
    if (m->predicts)
        REEL_TRY(reel__rating_errors_add(&m->errors, m->model, split,
                                         filled ? wanted->predicted : NULL, e->opts->judge.threads,
                                         err));
    m->judge_seconds += seconds_since(start);
out:
    return rc;
}

static double mean_candidates(const reel_csr *candidates)
{
    reel_index people = 0;

    for (reel_index p = 0; p < candidates->rows; p++)
        people += candidates->ptr[p + 1] > candidates->ptr[p];
    return people > 0 ? (double)candidates->ptr[candidates->rows] / people : 0;
}

/* Draw who is ranked beside the held-out films, where that is asked for. */
static reel_code narrow(reel_evaluation *e, reel_csr *drawn, reel_split *split,
                        const reel_evaluate_data *data, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (data->candidates.rows > 0)
        split->candidates = &data->candidates;
    if (e->opts->sampled > 0) {
        REEL_TRY(reel__candidates_sample(drawn, data->dataset, split, e->opts->sampled,
                                         e->opts->split.seed, err));
        split->candidates = drawn;
        if (e->opts->save_candidates != NULL)
            REEL_TRY(reel__candidates_write(e->opts->save_candidates, split, data->dataset, err));
    }
    if (split->candidates != NULL)
        e->candidates = mean_candidates(split->candidates);
out:
    return rc;
}

/* done: models that were judged in the splits before this, of all. */
static reel_code judge_split(reel_evaluation *e, reel_split *split, const reel_evaluate_data *data,
                             int64_t done, int64_t all, reel_err *err)
{
    wanted_ratings wanted = {.rows = NULL};
    reel_csr drawn = {0};
    reel_code rc = REEL_OK;

    e->held_out += split->held.test.ptr[split->held.test.rows];
    e->predicted += split->held.test.ptr[split->held.test.rows];
    e->predicted += split->alone.test.ptr[split->alone.test.rows];
    REEL_TRY(narrow(e, &drawn, split, data, err));
    if (e->opts->metrics != REEL_WANT_RANKING)
        REEL_TRY(
            reel__rating_targets(&wanted.targets, &wanted.rows, &wanted.predicted, split, err));
    for (size_t i = 0; i < e->count; i++) {
        reel__progress(e->opts->progress, e->models[i].name, done + (int64_t)i, all, "models");
        REEL_TRY(judge_model(e, &e->models[i], split, &wanted, err));
    }
    reel__progress(e->opts->progress, "models", done + (int64_t)e->count, all, "models");
out:
    split->candidates = NULL;
    free_wanted(&wanted);
    reel__csr_fini(&drawn);
    return rc;
}

static reel_code make_split(reel_split *out, const reel_evaluate_data *data, int round,
                            const reel_evaluate_opts *opts, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(data->dataset);
    uint8_t *fate;
    reel_code rc;

    if (data->fate != NULL)
        return reel__split_by_fate(out, data->dataset, data->fate, err);
    if (data->fold == NULL)
        return reel__split_make(out, data->dataset, &opts->split, round, err);
    fate = reel__alloc_array((size_t)r.ptr[r.rows], sizeof *fate);
    if (fate == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to split the ratings");
    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        fate[k] = data->fold[k] == round ? REEL_FATE_TEST : REEL_FATE_TRAIN;
    rc = reel__split_by_fate(out, data->dataset, fate, err);
    reel__free(fate);
    return rc;
}

static reel_code judge_all(reel_evaluation *e, const reel_evaluate_data *data, reel_err *err)
{
    const int rounds = round_count(data, e->opts), only = e->opts->fold;
    const int first = only < 0 ? 0 : only, end = only < 0 ? rounds : only + 1;
    reel_code rc = REEL_OK;

    if (only >= rounds)
        return reel_fail(err, REEL_E_INVALID, "fold %d: there are %d, counted from 0", only,
                         rounds);
    for (int round = first; round < end; round++) {
        const int64_t count = (int64_t)e->count;
        reel_split split;

        REEL_TRY(make_split(&split, data, round, e->opts, err));
        rc = judge_split(e, &split, data, (round - first) * count, (end - first) * count, err);
        reel__split_fini(&split);
        REEL_TRY(rc);
    }
out:
    return rc;
}

/* ---- what it comes to ---------------------------------------------------------------------- */

static reel_bootstrap_opts bootstrap_of(const reel_evaluation *e)
{
    return (reel_bootstrap_opts){
        .resamples = RESAMPLES, .seed = e->opts->split.seed, .threads = e->opts->judge.threads};
}

/* The first column, NDCG at the first length, by person. */
static reel_code compare_lists(reel_evaluation *e, int scope, reel_err *err)
{
    const reel_bootstrap_opts opts = bootstrap_of(e);
    const reel_judgement *best = &e->models[e->best[scope]].ranked[scope].judgement;
    const size_t people = (size_t)best->people;
    double *columns = reel__alloc_array(2 * people, sizeof *columns);
    reel_code rc = REEL_OK;

    if (columns == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to compare %zu people", people));
    for (size_t i = 0; i < e->count; i++) {
        const reel_judgement *own = &e->models[i].ranked[scope].judgement;

        for (size_t p = 0; p < people; p++) {
            columns[p] = own->each[p * own->columns];
            columns[people + p] = best->each[p * best->columns];
        }
        REEL_TRY(reel__compare(&e->models[i].ranked[scope].to_best, columns, columns + people,
                               (reel_index)people, &opts, err));
    }
out:
    reel__free(columns);
    return rc;
}

static reel_code sum_up_lists(reel_evaluation *e, int scope, reel_err *err)
{
    const reel_bootstrap_opts opts = bootstrap_of(e);
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < e->count; i++) {
        reel_ranked *ranked = &e->models[i].ranked[scope];
        const reel_judgement *j = &ranked->judgement;

        reel__judgement_finish(&ranked->judgement);
        ranked->intervals = reel__alloc_array(j->columns, sizeof *ranked->intervals);
        if (ranked->intervals == NULL)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for intervals"));
        REEL_TRY(reel__bootstrap(ranked->intervals,
                                 (reel_sample_view){j->each, j->people, j->columns}, &opts, err));
        if (ranked->intervals[0].mean > e->models[e->best[scope]].ranked[scope].intervals[0].mean)
            e->best[scope] = i;
    }
    REEL_TRY(compare_lists(e, scope, err));
out:
    return rc;
}

static reel_code sum_up_ratings(reel_evaluation *e, reel_err *err)
{
    const reel_bootstrap_opts opts = bootstrap_of(e);
    reel_code rc = REEL_OK;

    e->best_rmse = e->count;
    for (size_t i = 0; i < e->count; i++) {
        reel_evaluated *m = &e->models[i];

        if (!m->predicts)
            continue;
        REEL_TRY(reel__bootstrap_errors(&m->rmse, &m->mae, m->errors.each, m->errors.people, &opts,
                                        err));
        if (e->best_rmse == e->count || m->rmse.mean < e->models[e->best_rmse].rmse.mean)
            e->best_rmse = i;
    }
    for (size_t i = 0; i < e->count; i++)
        if (e->models[i].predicts)
            REEL_TRY(reel__compare_errors(&e->models[i].rmse_to_best, e->models[i].errors.each,
                                          e->models[e->best_rmse].errors.each,
                                          e->models[i].errors.people, &opts, err));
out:
    return rc;
}

static reel_code summarise(reel_evaluation *e, reel_err *err)
{
    const reel_judgement *first = &e->models[0].ranked[0].judgement;
    reel_code rc = REEL_OK;

    for (int scope = 0; scope < e->scopes; scope++)
        REEL_TRY(sum_up_lists(e, scope, err));
    for (reel_index p = 0; e->scopes > 0 && p < first->people; p++)
        e->judged += first->rounds[p] > 0;
    REEL_TRY(sum_up_ratings(e, err));
out:
    return rc;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static bool any_genres(const reel_dataset *dataset)
{
    for (reel_index m = 0; m < reel_dataset_movies(dataset); m++)
        if (reel_dataset_movie(dataset, m).genres[0] != '\0')
            return true;
    return false;
}

static const char *protocol_name(const reel_evaluate_opts *opts)
{
    if (opts->candidates != NULL)
        return "candidates file";
    if (opts->test != NULL)
        return "files";
    return opts->folds_file != NULL ? "folds file" : reel__protocol_name(opts->split.protocol);
}

static void describe(reel_evaluation *e, const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    (void)snprintf(e->source, sizeof e->source, "%s", reel_dataset_source(dataset));
    (void)snprintf(e->data_hash, sizeof e->data_hash, "%s", reel_dataset_hash(dataset));
    (void)snprintf(e->protocol, sizeof e->protocol, "%s", protocol_name(e->opts));
    e->simulated = reel_dataset_simulated(dataset);
    e->has_genres = any_genres(dataset);
    e->people = r.rows;
    e->films = r.cols;
    e->ratings = r.ptr[r.rows];
}

static reel_code check(const reel_evaluate_opts *opts, reel_err *err)
{
    const bool filtered = opts->filter.core > 0 || opts->filter.threshold > 0;
    const bool by_file = has_file_split(opts) || opts->folds_file != NULL;

    if (opts->implicit && opts->metrics == REEL_WANT_RATING)
        return reel_fail(err, REEL_E_INVALID,
                         "--implicit forgets the ratings, so that none is left to predict; leave "
                         "it out, or ask for --metrics ranking");
    if (filtered && by_file)
        return reel_fail(err, REEL_E_INVALID,
                         "a split given by files is taken as it is: no threshold, no core");
    if (opts->sampled > 0 && (opts->split.protocol != REEL_PROTOCOL_LAST || by_file))
        return reel_fail(err, REEL_E_INVALID,
                         "films are sampled for the protocol last; give a candidate file for "
                         "another");
    if (opts->save_candidates != NULL && opts->sampled <= 0)
        return reel_fail(err, REEL_E_INVALID, "there are candidates to save only with --sampled");
    if (opts->candidates != NULL &&
        (opts->test != NULL || opts->sampled > 0 || opts->folds_file != NULL))
        return reel_fail(err, REEL_E_INVALID,
                         "a candidate file says what is held out and what is ranked: no test "
                         "file, no sampled films, no folds beside it");
    return REEL_OK;
}

static reel_code prepare(reel_evaluate_data *out, const reel_evaluate_opts *opts, reel_err *err)
{
    reel_dataset *whole;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evaluate_read(out, opts, err));
    whole = out->dataset;
    out->dataset = NULL;
    rc = reel__filter(&out->dataset, whole, &opts->filter, err);
    reel_dataset_free(whole);
    REEL_TRY(rc);
    if (opts->implicit) {
        whole = out->dataset;
        out->dataset = NULL;
        rc = reel__forget_values(&out->dataset, whole, err);
        reel_dataset_free(whole);
    }
out:
    return rc;
}

static reel_code open_models(reel_evaluation *e, reel_index people, reel_err *err)
{
    const bool hides =
        e->opts->split.protocol == REEL_PROTOCOL_COLD && strcmp(e->protocol, "cold") == 0;
    reel_code rc = REEL_OK;

    e->scopes = e->opts->metrics == REEL_WANT_RATING ? 0 : 1 + hides;
    for (size_t i = 0; i < e->count; i++) {
        reel_evaluated *m = &e->models[i];

        for (int s = 0; s < e->scopes; s++) {
            reel_judge_opts judge = e->opts->judge;

            judge.hidden_only = s == SCOPE_HIDDEN;
            REEL_TRY(reel__judgement_init(&m->ranked[s].judgement, people, &judge, err));
        }
        if (m->predicts)
            REEL_TRY(reel__rating_errors_init(&m->errors, people, err));
    }
out:
    return rc;
}

reel_code reel__evaluation_make(reel_evaluation *out, const reel_evaluate_opts *opts, reel_err *err)
{
    reel_evaluate_data data = {0};
    reel_code rc = REEL_OK;

    *out = (reel_evaluation){.opts = opts};
    REEL_TRY(check(opts, err));
    REEL_TRY(reel__evaluate_choose(out, err));
    REEL_TRY(prepare(&data, opts, err));
    describe(out, data.dataset);
    REEL_TRY(open_models(out, reel_dataset_people(data.dataset), err));
    REEL_TRY(judge_all(out, &data, err));
    REEL_TRY(summarise(out, err));
out:
    reel__evaluate_data_fini(&data);
    if (rc != REEL_OK)
        reel__evaluation_fini(out);
    return rc;
}

void reel__evaluation_fini(reel_evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->count; i++) {
        reel_evaluated *m = &evaluation->models[i];

        for (int s = 0; s < REEL_EVALUATE_SCOPES; s++) {
            reel__judgement_fini(&m->ranked[s].judgement);
            reel__free(m->ranked[s].intervals);
        }
        reel__rating_errors_fini(&m->errors);
        reel_model_free(m->model);
    }
    evaluation->count = 0;
}
