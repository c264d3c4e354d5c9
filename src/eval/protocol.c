/* protocol.c - holding out, ranking and averaging; see protocol.h.
 * What is held out depends on the seed and the person's id alone, so that it stays the same when
 * other people come or go. Means are summed in person order after all lists are made.
 */
#include "eval/protocol.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/metrics.h"
#include "eval/select.h"
#include "num/par.h"
#include "num/topk.h"

enum { LIST = 100 };

reel_holdout_opts reel__holdout_opts_default(void)
{
    return (reel_holdout_opts){.share = 0.2, .relevant = 4, .least_relevant = 5, .seed = 1};
}

/* ---- holding out --------------------------------------------------------------------------- */

/* Mark the ratings of one person that are held out: a draw without replacement among the relevant.
 */
static void draw_person(const reel_dataset *dataset, reel_index person,
                        const reel_holdout_opts *opts, uint8_t *held)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_rng rng = reel__rng_make(opts->seed, (uint64_t)reel_dataset_person_ids(dataset)[person]);
    uint64_t relevant = 0, wanted;

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        relevant += r.val[k] >= opts->relevant;
    if (relevant < (uint64_t)opts->least_relevant)
        return;
    wanted = (uint64_t)llround((double)relevant * opts->share);
    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++) {
        if (r.val[k] < opts->relevant)
            continue;
        held[k] = reel__rng_below(&rng, relevant) < wanted;
        wanted -= held[k];
        relevant--;
    }
}

/* Held-out films by row of the training data; people left without a history are left out. */
static reel_code build_test(reel_holdout *out, const reel_dataset *dataset, const uint8_t *held,
                            reel_nnz held_count, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const reel_index people = reel_dataset_people(out->train);
    reel_nnz at = 0;
    const reel_code rc = reel__csr_init(&out->test, people, r.cols, held_count, err);

    if (rc != REEL_OK)
        return rc;
    for (reel_index row = 0; row < people; row++) {
        const int64_t id = reel_dataset_person_ids(out->train)[row];
        const reel_index p = reel_dataset_find_person(dataset, id);

        out->test.ptr[row] = at;
        for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++)
            if (held[k]) {
                out->test.col[at] = r.col[k];
                out->test.val[at++] = r.val[k];
            }
    }
    out->test.ptr[people] = at;
    return REEL_OK;
}

reel_code reel__holdout_make(reel_holdout *out, const reel_dataset *dataset,
                             const reel_holdout_opts *opts, reel_err *err)
{
    const reel_holdout_opts plain = reel__holdout_opts_default();
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_nnz held_count = 0;
    uint8_t *held;
    reel_code rc = REEL_OK;

    memset(out, 0, sizeof *out);
    if (opts == NULL)
        opts = &plain;
    if (!(opts->share > 0 && opts->share < 1) || opts->least_relevant < 1)
        return reel_fail(err, REEL_E_INVALID,
                         "hold out a share between 0 and 1 of at least 1 film, not %g of %d",
                         opts->share, opts->least_relevant);
    held = reel__alloc_zero((size_t)r.ptr[r.rows], sizeof *held);
    if (held == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to hold out ratings");
    for (reel_index p = 0; p < r.rows; p++)
        draw_person(dataset, p, opts, held);
    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        held_count += held[k];
    if (held_count == 0) {
        rc = reel_fail(err, REEL_E_INVALID, "nobody has %d ratings of %g or more to hold some out",
                       opts->least_relevant, (double)opts->relevant);
        goto out;
    }
    REEL_TRY(reel__select(&out->train, dataset, held, 0, NULL, err));
    REEL_TRY(build_test(out, dataset, held, held_count, err));
out:
    reel__free(held);
    if (rc != REEL_OK)
        reel__holdout_fini(out);
    return rc;
}

void reel__holdout_fini(reel_holdout *holdout)
{
    reel_dataset_free(holdout->train);
    reel__csr_fini(&holdout->test);
    memset(holdout, 0, sizeof *holdout);
}

/* ---- evaluating ---------------------------------------------------------------------------- */

typedef struct worker { /* of one thread */
    reel_scratch *scratch;
    reel_entry *entries; /* [movies] */
    float *scores;       /* [movies] */
    uint64_t *skip;      /* [(movies + 63) / 64] */
} worker;

typedef struct task {
    const reel_model *model;
    const reel_holdout *holdout;
    reel_quality *each; /* [people of train] */
} task;

static reel_code list_person(reel_index list[LIST], size_t *listed, const task *t, worker *w,
                             reel_index person, reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(t->holdout->train);
    const size_t words = ((size_t)r.cols + 63) / 64;
    reel_query query = {.entries = w->entries, .row = person};
    reel_scored best[LIST];
    reel_code rc;

    memset(w->skip, 0, words * sizeof *w->skip);
    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++) {
        w->entries[query.count++] = (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
        w->skip[r.col[k] / 64] |= UINT64_C(1) << (r.col[k] % 64);
    }
    query.row_hash = reel_query_hash(&query);
    rc = reel_model_score(t->model, &query, w->scratch, w->scores, err);
    if (rc != REEL_OK)
        return rc;
    *listed = reel__topk(w->scores, r.cols, w->skip, LIST, best);
    for (size_t n = 0; n < *listed; n++)
        list[n] = best[n].index;
    return REEL_OK;
}

static reel_code judge_person(const task *t, worker *w, reel_index person, reel_err *err)
{
    const reel_csr *test = &t->holdout->test;
    const reel_index *relevant = test->col + test->ptr[person];
    const size_t count = (size_t)(test->ptr[person + 1] - test->ptr[person]);
    reel_quality *own = &t->each[person];
    reel_index list[LIST];
    size_t listed = 0;
    reel_code rc;

    *own = (reel_quality){0};
    if (count == 0)
        return REEL_OK;
    rc = list_person(list, &listed, t, w, person, err);
    if (rc != REEL_OK)
        return rc;
    own->people = 1;
    own->ndcg10 = reel__ndcg(list, listed, relevant, count, 10);
    own->ndcg100 = reel__ndcg(list, listed, relevant, count, LIST);
    own->recall20 = reel__recall(list, listed, relevant, count, 20);
    return REEL_OK;
}

static reel_code make_worker(worker *w, reel_index movies, reel_err *err)
{
    const size_t count = (size_t)movies;

    w->entries = reel__alloc_array(count, sizeof *w->entries);
    w->scores = reel__alloc_aligned(count, sizeof *w->scores);
    w->skip = reel__alloc_array(count / 64 + 1, sizeof *w->skip);
    if (w->entries == NULL || w->scores == NULL || w->skip == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to rank %zu films", count);
    return reel_scratch_new(&w->scratch, err);
}

static void free_worker(worker *w)
{
    reel_scratch_free(w->scratch);
    reel__free(w->entries);
    reel__free(w->scores);
    reel__free(w->skip);
}

/* Everyone's list; the first failure of each thread ends that thread's part. */
static reel_code judge_all(const task *t, worker *workers, int threads, reel_err *err)
{
    const reel_index people = reel_dataset_people(t->holdout->train);
    reel_code worst = REEL_OK;

#pragma omp parallel num_threads(threads)
    {
        worker *w = &workers[omp_get_thread_num()];
        reel_err own_err = {0};
        reel_code rc = REEL_OK;

#pragma omp for schedule(dynamic, 16)
        for (reel_index p = 0; p < people; p++)
            if (rc == REEL_OK)
                rc = judge_person(t, w, p, &own_err);
#pragma omp critical(reel_evaluate)
        if (rc != REEL_OK) {
            worst = rc;
            if (err != NULL)
                *err = own_err;
        }
    }
    return worst;
}

static reel_quality average(const reel_quality *each, reel_index people, double *per_person)
{
    reel_quality sum = {0};

    for (reel_index p = 0; p < people; p++) {
        sum.people += each[p].people;
        sum.ndcg10 += each[p].ndcg10;
        sum.ndcg100 += each[p].ndcg100;
        sum.recall20 += each[p].recall20;
        if (per_person != NULL)
            per_person[p] = each[p].people > 0 ? each[p].ndcg10 : (double)NAN;
    }
    if (sum.people > 0) {
        sum.ndcg10 /= sum.people;
        sum.ndcg100 /= sum.people;
        sum.recall20 /= sum.people;
    }
    return sum;
}

reel_code reel__evaluate(reel_quality *out, double *per_person, const reel_model *model,
                         const reel_holdout *holdout, int threads, reel_err *err)
{
    const reel_index people = reel_dataset_people(holdout->train);
    const int team = reel__par_threads((double)people, 32, threads);
    task t = {.model = model, .holdout = holdout};
    worker *workers = NULL;
    reel_code rc = REEL_OK;

    *out = (reel_quality){0};
    if (reel_model_movies(model) != holdout->test.cols)
        return reel_fail(err, REEL_E_INVALID, "model \"%s\" knows %d films, the data hold %d",
                         reel_model_id(model), (int)reel_model_movies(model),
                         (int)holdout->test.cols);
    t.each = reel__alloc_array((size_t)people, sizeof *t.each);
    workers = reel__alloc_zero((size_t)team, sizeof *workers);
    if (t.each == NULL || workers == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to evaluate %d people", (int)people);
        goto out;
    }
    for (int w = 0; w < team; w++)
        REEL_TRY(make_worker(&workers[w], holdout->test.cols, err));
    REEL_TRY(judge_all(&t, workers, team, err));
    *out = average(t.each, people, per_person);
out:
    for (int w = 0; workers != NULL && w < team; w++)
        free_worker(&workers[w]);
    reel__free(workers);
    reel__free(t.each);
    return rc;
}
