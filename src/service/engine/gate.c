/* gate.c - see gate.h. */
#include "service/engine/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/env.h"
#include "base/memory.h"
#include "base/rng.h"
#include "eval/validation.h"
#include "model/hybrid.h"
#include "service/engine/gate_lists.h"
#include "service/engine/hyperparameters.h"
#include "service/engine/state.h"

/* Fewer people with new ratings say too little; more than MOST, of whom not all are asked, hardly
 * more than these do. */
enum { LEAST = 30, MOST = 2000, LISTS = 500 };
static const double usual_overlap = 0.5;
static const uint64_t seed = 2; /* not that of the questions a hybrid learns its weights from */

/* The two that are compared, and what with. */
typedef struct judging {
    reel_engine *engine;
    reel_gate_report *report;
    int slot;                    /* of the model that decides */
    reel_model *serving[MODELS]; /* what is in service, by its files; NULL: nothing */
    reel_dataset *before;        /* what the files are of; NULL: not known */
    reel_validation questions;
    reel_model *refits[2][MODELS]; /* fitted without the answers: new, and old */
    double *each[2];               /* [questions] of new and old */
} judging;

/* ---- what is in service -------------------------------------------------------------------- */

static reel_code open_serving(judging *j, reel_err *err)
{
    const reel_engine *engine = j->engine;
    const bool plain = engine->training != engine->dataset || !engine->use.shown;
    reel_err why = {0};
    reel_code rc = REEL_OK;
    char *path = NULL;

    for (int slot = 0; slot < MODELS; slot++)
        if (engine->waiting.models[slot] > 0)
            REEL_TRY(reel__served_model_open(&j->serving[slot], engine, slot, err));
    REEL_TRY(reel__engine_path(&path, engine, plain ? REEL_DATASET_PLAIN : REEL_DATASET_WHOLE,
                               ".reel", err));
    if (reel_dataset_open(&j->before, path, &why) == REEL_E_NOMEM)
        rc = reel_fail(err, REEL_E_NOMEM, "%s", why.msg);
out:
    reel__free(path);
    return rc;
}

/* ---- the same model once more, fitted on other ratings ------------------------------------- */

static void report_share(double share, void *user)
{
    const reel_engine *engine = user;

    reel__progress(engine->opts.progress, "comparing", (int64_t)(share * 100), 100, "%");
}

static reel_code fit_like(reel_model **out, const judging *j, const reel_model *like, reel_err *err)
{
    const reel_fit_context context = {.seed = 1,
                                      .threads = j->engine->opts.threads,
                                      .progress = report_share,
                                      .user = j->engine,
                                      .cancel = j->engine->opts.cancel,
                                      .memory = reel__memory_available() / 2};
    reel_hyperparameters r;

    reel__hyperparameters_take(&r, like);
    return reel__unfinished_fit(out, &j->engine->unfinished, reel_model_get_info(like)->name,
                                j->questions.train, &r.params, &context, err);
}

/* A hybrid of these, weighed as that one. Where one of its members is missing it has no weight. */
static reel_code mix_like(reel_model *refits[MODELS], const reel_model *like, reel_err *err)
{
    float weights[MODELS * REEL_HYBRID_KNOTS];
    reel_model *members[MODELS];
    size_t count = 0;

    for (int slot = MODEL_HYBRID + 1; slot < MODEL_ALS; slot++) {
        const float *own = reel__hybrid_weights(like, reel__engine_names[slot]);

        if (refits[slot] == NULL || own == NULL)
            continue;
        memcpy(weights + count * REEL_HYBRID_KNOTS, own, REEL_HYBRID_KNOTS * sizeof *own);
        members[count++] = refits[slot];
    }
    return reel__hybrid_make(&refits[MODEL_HYBRID], members, count, NULL, weights, err);
}

/* Fit what the deciding model needs: side 0 like the new models, side 1 like those in service. */
static reel_code fit_side(judging *j, int side, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (int slot = MODEL_HYBRID + 1; slot < MODELS; slot++) {
        const reel_model *fresh = j->engine->models[slot];
        const reel_model *like = side == 0 ? fresh : j->serving[slot];
        const bool part = j->slot == MODEL_HYBRID && slot != MODEL_ALS;

        if (like == NULL || (slot != j->slot && !part))
            continue;
        if (side == 1 && j->refits[0][slot] != NULL && reel__hyperparameters_same(like, fresh))
            j->refits[1][slot] = reel_model_ref(j->refits[0][slot]);
        else
            REEL_TRY(fit_like(&j->refits[side][slot], j, like, err));
    }
    if (j->slot == MODEL_HYBRID)
        REEL_TRY(mix_like(j->refits[side],
                          side == 0 ? j->engine->models[MODEL_HYBRID] : j->serving[MODEL_HYBRID],
                          err));
out:
    return rc;
}

/* ---- accuracy ------------------------------------------------------------------------------ */

static reel_code check_cancelled(const judging *j, reel_err *err)
{
    return j->engine->opts.cancel != NULL && *j->engine->opts.cancel
               ? reel_fail(err, REEL_E_CANCELLED, "cancelled while models were compared")
               : REEL_OK;
}

static double mean_of(const double *each, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += each[i];
    return sum / (double)count;
}

static reel_code compare(judging *j, const reel_model *fresh, const reel_model *old, reel_err *err)
{
    const reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    const size_t count = j->questions.count;
    reel_comparison found;
    reel_code rc = REEL_OK;

    for (int side = 0; side < 2; side++) {
        j->each[side] = reel__alloc_array(count, sizeof *j->each[side]);
        if (j->each[side] == NULL)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to compare models"));
        REEL_TRY(reel__gate_ask(j->each[side], &j->questions, side == 0 ? fresh : old,
                                j->engine->opts.cancel, err));
    }
    REEL_TRY(reel__compare(&found, j->each[0], j->each[1], (reel_index)count, &opts, err));
    j->report->people = count;
    j->report->after = mean_of(j->each[0], count);
    j->report->before = mean_of(j->each[1], count);
    j->report->difference = found.difference;
out:
    return rc;
}

/* On what came after those in service were fitted. done: there was enough of it. */
static reel_code judge_by_news(judging *j, bool *done, reel_err *err)
{
    reel_validation_opts opts = reel__validation_opts_default();
    reel_code rc = REEL_OK;

    *done = false;
    if (j->before == NULL)
        return REEL_OK;
    opts.share = 0.5;
    opts.most = MOST;
    opts.seed = seed;
    opts.known = j->before;
    REEL_TRY(reel__validation_newest(&j->questions, j->engine->training, j->before, &opts, err));
    if (j->questions.count < LEAST) {
        reel__validation_fini(&j->questions);
        return REEL_OK;
    }
    REEL_TRY(fit_side(j, 0, err));
    REEL_TRY(compare(j, j->refits[0][j->slot], j->serving[j->slot], err));
    j->report->evidence = REEL_GATE_NEW_RATINGS;
    *done = true;
out:
    return rc;
}

static bool same_hyperparameters(const judging *j)
{
    for (int slot = 0; slot < MODELS; slot++)
        if (j->serving[slot] != NULL && j->engine->models[slot] != NULL &&
            !reel__hyperparameters_same(j->serving[slot], j->engine->models[slot]))
            return false;
    return true;
}

/* Both fitted on the same part of the data. */
static reel_code judge_by_parameters(judging *j, reel_err *err)
{
    reel_validation_opts opts = reel__validation_opts_default();
    reel_err why = {0};
    reel_code rc;

    opts.unseen = 1e-9; /* one question of each person */
    opts.most = MOST;
    opts.seed = seed;
    opts.known = j->before;
    rc = reel__validation_make(&j->questions, j->engine->training, &opts, &why);
    if (rc == REEL_E_INVALID)
        return REEL_OK; /* too few data to hold anything out */
    if (rc != REEL_OK)
        REEL_TRY(reel_fail(err, rc, "%s", why.msg));
    REEL_TRY(fit_side(j, 0, err));
    REEL_TRY(fit_side(j, 1, err));
    REEL_TRY(compare(j, j->refits[0][j->slot], j->refits[1][j->slot], err));
    j->report->evidence = REEL_GATE_PARAMETERS;
out:
    return rc;
}

/* ---- how far lists change ------------------------------------------------------------------ */

static double shared(const reel_index *a, size_t a_count, const reel_index *b, size_t b_count)
{
    const size_t first = a_count < REEL_GATE_SHORT ? a_count : REEL_GATE_SHORT;
    const size_t second = b_count < REEL_GATE_SHORT ? b_count : REEL_GATE_SHORT;
    const size_t longer = first > second ? first : second;
    size_t both = 0;

    for (size_t i = 0; i < first; i++)
        for (size_t k = 0; k < second; k++)
            both += a[i] == b[k];
    return longer == 0 ? 1 : (double)both / (double)longer;
}

/* A person's whole history, as it is now. */
static reel_query history_of(const reel_dataset *dataset, reel_index person, reel_entry *entries)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    reel_query query = {.entries = entries, .row = person};

    for (reel_nnz k = ratings.ptr[person]; k < ratings.ptr[person + 1]; k++)
        entries[query.count++] = (reel_entry){.movie = ratings.col[k],
                                              .value = ratings.val[k],
                                              .weight = 1,
                                              .time = reel_dataset_times(dataset)[k]};
    return query;
}

static reel_code add_overlap(judging *j, reel_gate_reader readers[2], reel_index person,
                             reel_entry *entries, reel_err *err)
{
    const reel_dataset *dataset = j->engine->training;
    const int64_t id = reel_dataset_person_ids(dataset)[person];
    const reel_query query = history_of(dataset, person, entries);
    reel_index lists[2][REEL_GATE_LONG];
    size_t listed[2];
    reel_code rc = REEL_OK;

    for (int side = 0; side < 2; side++)
        REEL_TRY(reel__gate_read(&readers[side], &query, id, lists[side], &listed[side], err));
    j->report->overlap += shared(lists[0], listed[0], lists[1], listed[1]);
    j->report->lists++;
out:
    return rc;
}

/* Who was in what serves; whoever came since may have been invented to have a say here. */
static bool is_known(const judging *j, reel_index person)
{
    return reel__validation_knows(j->before, reel_dataset_person_ids(j->engine->training)[person]);
}

static double share_of_lists(const judging *j)
{
    const reel_index people = reel_dataset_people(j->engine->training);
    reel_index known = 0;

    for (reel_index p = 0; p < people; p++)
        known += is_known(j, p);
    return known == 0 ? 0 : (double)LISTS / (double)known;
}

static reel_code judge_lists(judging *j, reel_err *err)
{
    const reel_dataset *dataset = j->engine->training;
    const reel_index people = reel_dataset_people(dataset);
    double share;
    reel_gate_reader readers[2] = {{0}, {0}};
    reel_entry *entries = reel__alloc_array((size_t)reel_dataset_movies(dataset), sizeof *entries);
    reel_code rc = REEL_OK;

    if (entries == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to compare models"));
    REEL_TRY(reel__gate_reader_init(&readers[0], j->engine->models[j->slot], dataset, err));
    REEL_TRY(reel__gate_reader_init(&readers[1], j->serving[j->slot], dataset, err));
    share = share_of_lists(j);
    for (reel_index p = 0; p < people; p++) {
        reel_rng rng = reel__rng_make(seed, (uint64_t)reel_dataset_person_ids(dataset)[p]);

        REEL_TRY(check_cancelled(j, err));
        if (is_known(j, p) && reel__rng_unit(&rng) < share)
            REEL_TRY(add_overlap(j, readers, p, entries, err));
    }
    j->report->overlap /= j->report->lists > 0 ? (double)j->report->lists : 1;
out:
    reel__gate_reader_fini(&readers[0]);
    reel__gate_reader_fini(&readers[1]);
    reel__free(entries);
    return rc;
}

/* ---- both ---------------------------------------------------------------------------------- */

reel_code reel__gate_least(double *out, reel_err *err)
{
    const char *text = reel__env_get("REEL_GATE_OVERLAP", "");
    char *end = NULL;

    *out = usual_overlap;
    if (*text == '\0')
        return REEL_OK;
    *out = strtod(text, &end);
    if (*end != '\0' || !(*out >= 0 && *out <= 1))
        return reel_fail(err, REEL_E_INVALID,
                         "REEL_GATE_OVERLAP: expected a share from 0 to 1, such as 0.5, got "
                         "\"%.40s\"",
                         text);
    return REEL_OK;
}

/* The hybrid, which is made of all, or the one that was trained; -1: nothing that lists are by. */
static int deciding_slot(const reel_engine *engine)
{
    for (int slot = 0; slot < MODEL_ALS; slot++)
        if (engine->waiting.models[slot] > 0)
            return slot;
    return -1;
}

static void fini(judging *j)
{
    for (int slot = 0; slot < MODELS; slot++) {
        reel_model_free(j->serving[slot]);
        reel_model_free(j->refits[0][slot]);
        reel_model_free(j->refits[1][slot]);
    }
    reel_dataset_free(j->before);
    reel__validation_fini(&j->questions);
    reel__free(j->each[0]);
    reel__free(j->each[1]);
}

static reel_code judge(judging *j, reel_err *err)
{
    reel_gate_report *report = j->report;
    const reel_model *fresh, *old;
    bool done = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__gate_least(&report->least, err));
    j->slot = deciding_slot(j->engine);
    if (j->slot < 0)
        return REEL_OK;
    REEL_TRY(open_serving(j, err));
    fresh = j->engine->models[j->slot];
    old = j->serving[j->slot];
    (void)snprintf(report->candidate, sizeof report->candidate, "%s", reel_model_id(fresh));
    if (old == NULL || strcmp(reel_model_id(fresh), reel_model_id(old)) == 0)
        return REEL_OK;
    if (j->before != NULL &&
        reel_dataset_ratings(j->before).ptr[reel_dataset_people(j->before)] == 0)
        return REEL_OK; /* fitted on nobody */
    (void)snprintf(report->incumbent, sizeof report->incumbent, "%s", reel_model_id(old));
    report->judged = true;
    REEL_TRY(judge_by_news(j, &done, err));
    report->same_parameters = same_hyperparameters(j);
    if (!done && !report->same_parameters)
        REEL_TRY(judge_by_parameters(j, err));
    rc = judge_lists(j, err);
out:
    return rc;
}

reel_code reel__gate_judge(reel_gate_report *out, reel_engine *engine, reel_err *err)
{
    judging j = {.engine = engine, .report = out};
    reel_code rc;

    *out = (reel_gate_report){0};
    rc = judge(&j, err);
    fini(&j);
    return rc;
}

const reel_gate_report *reel__engine_gate(const reel_engine *engine)
{
    return &engine->gate;
}

/* ---- the decision -------------------------------------------------------------------------- */

reel_gate_verdict reel__gate_verdict(const reel_gate_report *r)
{
    if (!r->judged)
        return REEL_GATE_PASSED;
    if (r->evidence != REEL_GATE_NONE && r->difference.high < 0)
        return REEL_GATE_WORSE;
    if (r->lists == 0)
        return REEL_GATE_NOBODY;
    return r->same_parameters && r->overlap < r->least ? REEL_GATE_OTHER_FILMS : REEL_GATE_PASSED;
}

reel_code reel__gate_decide(const reel_gate_report *r, reel_err *err)
{
    static const char otherwise[] = "what was in service stays; `reel train --force --accept`, or "
                                    "\"accept\":true in POST /api/v1/jobs, puts the new one there "
                                    "all the same";

    switch (reel__gate_verdict(r)) {
    case REEL_GATE_WORSE:
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s is worse than %s: NDCG %.4f, not %.4f (difference %.4f, 95 %% between "
                         "%.4f and %.4f, of %zu people); %s",
                         r->candidate, r->incumbent, r->after, r->before, r->difference.mean,
                         r->difference.low, r->difference.high, r->people, otherwise);
    case REEL_GATE_NOBODY:
        return reel_fail(err, REEL_E_CONFLICT,
                         "nobody whose ratings %s was fitted on has ratings now, so that nothing "
                         "says whether %s is as good; %s",
                         r->incumbent, r->candidate, otherwise);
    case REEL_GATE_OTHER_FILMS:
        return reel_fail(err, REEL_E_CONFLICT,
                         "%s lists other films than %s: of 10, %.1f are the same in the mean of "
                         "%zu people, and REEL_GATE_OVERLAP asks for %.1f; %s",
                         r->candidate, r->incumbent, 10 * r->overlap, r->lists, 10 * r->least,
                         otherwise);
    case REEL_GATE_PASSED:
    default:
        return REEL_OK;
    }
}

void reel__gate_write(reel_json *json, const reel_gate_report *r)
{
    static const char *const evidence[] = {NULL, "new_ratings", "parameters"};
    static const char *const verdicts[] = {"passed", "worse", "nobody", "other_films"};

    if (!r->judged) {
        reel__json_null(json);
        return;
    }
    reel__json_object(json);
    reel__json_put_text(json, "candidate", r->candidate);
    reel__json_put_text(json, "incumbent", r->incumbent);
    reel__json_put_text(json, "verdict", verdicts[reel__gate_verdict(r)]);
    reel__json_put_text(json, "evidence", evidence[r->evidence]);
    if (r->evidence != REEL_GATE_NONE) {
        reel__json_put_int(json, "people", (int64_t)r->people);
        reel__json_put_real(json, "before", r->before);
        reel__json_put_real(json, "after", r->after);
        reel__json_key(json, "difference");
        reel__json_array(json);
        reel__json_real(json, r->difference.low);
        reel__json_real(json, r->difference.mean);
        reel__json_real(json, r->difference.high);
        reel__json_array_end(json);
    }
    reel__json_put_int(json, "lists", (int64_t)r->lists);
    reel__json_put_real(json, "overlap", r->overlap);
    reel__json_put_real(json, "least_overlap", r->least);
    reel__json_object_end(json);
}
