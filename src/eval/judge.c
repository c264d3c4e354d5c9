/* judge.c - ranking and measuring, one person per step; see judge.h.
 * Each person's numbers depend on that person alone and counts of shown films are whole numbers, so
 * that the order in which threads work leaves no trace.
 */
#include "eval/judge.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/genres.h"
#include "eval/metrics.h"
#include "num/par.h"
#include "num/topk.h"

enum { PEOPLE_PER_THREAD = 16 };
static const float no_candidate = -FLT_MAX; /* below every score of a model */

const char *reel__metric_name(reel_metric metric)
{
    static const char *const names[REEL_METRICS] = {
        "ndcg", "recall", "recall_min", "precision",           "hit_rate",
        "map",  "mrr",    "novelty",    "intra_list_distance", "calibration"};

    return names[metric];
}

reel_code reel__judgement_init(reel_judgement *out, reel_index people, const reel_judge_opts *opts,
                               reel_err *err)
{
    const size_t columns = opts->cut_count * REEL_METRICS + 1;

    memset(out, 0, sizeof *out);
    if (opts->cut_count < 1 || opts->cut_count > REEL_CUTS_MAX)
        return reel_fail(err, REEL_E_INVALID, "give 1 to %d list lengths", (int)REEL_CUTS_MAX);
    for (size_t i = 0; i < opts->cut_count; i++)
        if (opts->cuts[i] < 1 || opts->cuts[i] > REEL_CUT_MOST)
            return reel_fail(err, REEL_E_INVALID, "a list length is from 1 to %d, not %d",
                             (int)REEL_CUT_MOST, opts->cuts[i]);
    *out = (reel_judgement){.opts = *opts, .people = people, .columns = columns};
    out->each = reel__alloc_array((size_t)people * columns, sizeof *out->each);
    out->rounds = reel__alloc_zero((size_t)people, sizeof *out->rounds);
    if (out->each == NULL || out->rounds == NULL) {
        reel__judgement_fini(out);
        return reel_fail(err, REEL_E_NOMEM, "no memory to judge lists of %d people", (int)people);
    }
    for (size_t i = 0; i < (size_t)people * columns; i++)
        out->each[i] = (double)NAN;
    return REEL_OK;
}

void reel__judgement_finish(reel_judgement *judgement)
{
    for (reel_index p = 0; p < judgement->people; p++)
        for (size_t c = 0; judgement->rounds[p] > 1 && c < judgement->columns; c++)
            judgement->each[(size_t)p * judgement->columns + c] /= judgement->rounds[p];
    for (size_t c = 0; c < judgement->opts.cut_count && judgement->total_rounds > 1; c++) {
        judgement->coverage[c] /= judgement->total_rounds;
        judgement->gini[c] /= judgement->total_rounds;
    }
}

void reel__judgement_fini(reel_judgement *judgement)
{
    reel__free(judgement->each);
    reel__free(judgement->rounds);
    judgement->each = NULL;
    judgement->rounds = NULL;
}

/* ---- one person ---------------------------------------------------------------------------- */

typedef struct worker { /* of one thread */
    reel_scratch *scratch;
    reel_entry *entries; /* [films] */
    float *scores;       /* [films] */
    reel_scored *best;   /* [longest] */
    reel_index *list;    /* [longest] */
    reel_index *known;   /* [films] of the history */
    float *kept;         /* [films] scores of the candidates */
} worker;

typedef struct task {
    reel_judgement *judgement;
    const reel_model *model;
    const reel_split *split;
    size_t longest; /* of the lists asked for */
    int64_t *shown; /* [cuts][films] */
    reel_genres genres;
} task;

static void score_randomly(const task *t, reel_index row, float *scores)
{
    const reel_dataset *history = t->split->history;
    reel_rng rng =
        reel__rng_make(t->judgement->opts.seed, ~(uint64_t)reel_dataset_person_ids(history)[row]);

    for (reel_index j = 0; j < reel_dataset_movies(history); j++)
        scores[j] = (float)reel__rng_unit(&rng);
}

static void keep_candidates(const reel_csr *candidates, reel_index person, worker *w)
{
    const reel_nnz begin = candidates->ptr[person], end = candidates->ptr[person + 1];

    for (reel_nnz k = begin; k < end; k++)
        w->kept[k - begin] = w->scores[candidates->col[k]];
    for (reel_index j = 0; j < candidates->cols; j++)
        w->scores[j] = no_candidate;
    for (reel_nnz k = begin; k < end; k++)
        w->scores[candidates->col[k]] = w->kept[k - begin];
}

/* What is no candidate is put out of the way; returns how many are left. */
static reel_index mask(const task *t, worker *w, reel_index row, size_t known)
{
    const reel_split *split = t->split;
    const reel_index films = reel_dataset_movies(split->history);
    reel_index left = 0;

    if (split->candidates != NULL)
        keep_candidates(split->candidates, split->held.person[row], w);
    for (reel_index j = 0; t->judgement->opts.hidden_only && j < films; j++)
        if (split->films == NULL || !split->films[j])
            w->scores[j] = no_candidate;
    for (size_t i = 0; i < known; i++)
        w->scores[w->entries[i].movie] = no_candidate;
    if (split->candidates == NULL && !t->judgement->opts.hidden_only)
        return films - (reel_index)known;
    for (reel_index j = 0; j < films; j++)
        left += w->scores[j] > no_candidate;
    return left;
}

/* Scores of all candidates, and how many there are. */
static reel_code score_person(const task *t, worker *w, reel_index row, reel_index *candidates,
                              reel_err *err)
{
    const reel_csr_view r = reel_dataset_ratings(t->split->history);
    const int64_t *times = reel_dataset_times(t->split->history);
    const bool seen = t->split->history == t->split->train;
    reel_query query = {.entries = w->entries, .row = seen ? row : -1};
    reel_code rc = REEL_OK;

    for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++) {
        w->known[query.count] = r.col[k];
        w->entries[query.count++] =
            (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1, .time = times[k]};
    }
    if (seen)
        query.row_hash = reel_query_hash(&query);
    if (t->model == NULL)
        score_randomly(t, row, w->scores);
    else
        rc = reel_model_score(t->model, &query, w->scratch, w->scores, err);
    *candidates = mask(t, w, row, query.count);
    return rc;
}

static void count_shown(const task *t, const reel_index *list, size_t listed)
{
    const reel_index films = reel_dataset_movies(t->split->history);

    for (size_t c = 0; c < t->judgement->opts.cut_count; c++)
        for (size_t i = 0; i < listed && i < (size_t)t->judgement->opts.cuts[c]; i++) {
            int64_t *count = &t->shown[c * (size_t)films + (size_t)list[i]];
#pragma omp atomic
            ++*count;
        }
}

/* Add what one list is worth to a person's numbers. */
static void measure(const task *t, const worker *w, size_t listed, reel_index row,
                    reel_index candidates, double *sums)
{
    const reel_csr *test = &t->split->held.test;
    const reel_index *relevant = test->col + test->ptr[row];
    const size_t count = (size_t)(test->ptr[row + 1] - test->ptr[row]);
    const reel_csr_view train = reel_dataset_raters(t->split->train);
    const reel_nnz *known = reel_dataset_ratings(t->split->history).ptr;
    const reel_genre_mix mix =
        reel__genre_mix(&t->genres, w->known, (size_t)(known[row + 1] - known[row]));
    const bool genres = t->genres.count > 0;
    const double auc = reel__auc(w->scores, train.rows, candidates, relevant, count);

    for (size_t c = 0; c < t->judgement->opts.cut_count; c++) {
        const size_t k = (size_t)t->judgement->opts.cuts[c];
        const reel_accuracy a = reel__accuracy(w->list, listed, relevant, count, k);
        double *at = sums + c * REEL_METRICS;

        at[REEL_METRIC_NDCG] += a.ndcg;
        at[REEL_METRIC_RECALL] += a.recall;
        at[REEL_METRIC_RECALL_MIN] += a.recall_min;
        at[REEL_METRIC_PRECISION] += a.precision;
        at[REEL_METRIC_HIT_RATE] += a.hit_rate;
        at[REEL_METRIC_MAP] += a.map;
        at[REEL_METRIC_MRR] += a.mrr;
        at[REEL_METRIC_NOVELTY] += reel__novelty(w->list, listed, k, train.ptr, train.cols);
        at[REEL_METRIC_DISTANCE] +=
            genres ? reel__intra_list_distance(&t->genres, w->list, listed, k) : (double)NAN;
        at[REEL_METRIC_CALIBRATION] +=
            genres ? reel__calibration(&t->genres, &mix, w->list, listed, k) : (double)NAN;
    }
    sums[t->judgement->columns - 1] += isnan(auc) ? 1 : auc;
}

/* What is no candidate ends the list. */
static size_t make_list(const task *t, worker *w)
{
    const reel_index films = reel_dataset_movies(t->split->history);
    const size_t found = reel__topk(w->scores, films, NULL, t->longest, w->best);
    size_t listed = 0;

    while (listed < found && w->best[listed].score > no_candidate) {
        w->list[listed] = w->best[listed].index;
        listed++;
    }
    return listed;
}

static reel_code judge_person(const task *t, worker *w, reel_index row, reel_err *err)
{
    const reel_index person = t->split->held.person[row];
    double *own = t->judgement->each + (size_t)person * t->judgement->columns;
    reel_index candidates;
    size_t listed;
    reel_code rc;

    if (t->split->held.test.ptr[row] == t->split->held.test.ptr[row + 1])
        return REEL_OK;
    rc = score_person(t, w, row, &candidates, err);
    if (rc != REEL_OK)
        return rc;
    listed = make_list(t, w);
    count_shown(t, w->list, listed);
    if (t->judgement->rounds[person]++ == 0)
        memset(own, 0, t->judgement->columns * sizeof *own);
    measure(t, w, listed, row, candidates, own);
    return REEL_OK;
}

/* ---- everyone ------------------------------------------------------------------------------ */

static reel_code make_worker(worker *w, const task *t, reel_err *err)
{
    const size_t films = (size_t)reel_dataset_movies(t->split->history);

    w->entries = reel__alloc_array(films, sizeof *w->entries);
    w->scores = reel__alloc_aligned(films, sizeof *w->scores);
    w->best = reel__alloc_array(t->longest, sizeof *w->best);
    w->list = reel__alloc_array(t->longest, sizeof *w->list);
    w->known = reel__alloc_array(films, sizeof *w->known);
    w->kept = reel__alloc_array(films, sizeof *w->kept);
    if (w->entries == NULL || w->scores == NULL || w->best == NULL || w->list == NULL ||
        w->known == NULL || w->kept == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to rank %zu films", films);
    return reel_scratch_new(&w->scratch, err);
}

static void free_workers(worker *workers, int threads)
{
    for (int i = 0; workers != NULL && i < threads; i++) {
        reel_scratch_free(workers[i].scratch);
        reel__free(workers[i].entries);
        reel__free(workers[i].scores);
        reel__free(workers[i].best);
        reel__free(workers[i].list);
        reel__free(workers[i].known);
        reel__free(workers[i].kept);
    }
    reel__free(workers);
}

/* Everyone's list; the first failure of each thread ends that thread's part. */
static reel_code judge_all(const task *t, worker *workers, int threads, reel_err *err)
{
    const reel_index people = reel_dataset_people(t->split->history);
    reel_code worst = REEL_OK;

#pragma omp parallel num_threads(threads)
    {
        worker *w = &workers[omp_get_thread_num()];
        reel_err own_err = {0};
        reel_code rc = REEL_OK;

#pragma omp for schedule(dynamic, 16)
        for (reel_index row = 0; row < people; row++)
            if (rc == REEL_OK)
                rc = judge_person(t, w, row, &own_err);
#pragma omp critical(reel_judge)
        if (rc != REEL_OK) {
            worst = rc;
            if (err != NULL)
                *err = own_err;
        }
    }
    return worst;
}

static void add_shown(const task *t)
{
    const reel_index films = reel_dataset_movies(t->split->history);

    for (size_t c = 0; c < t->judgement->opts.cut_count; c++) {
        int64_t *shown = t->shown + c * (size_t)films;

        t->judgement->coverage[c] += reel__coverage(shown, films);
        t->judgement->gini[c] += reel__gini(shown, films);
    }
    t->judgement->total_rounds++;
}

static size_t longest_cut(const reel_judge_opts *opts)
{
    int longest = 0;

    for (size_t c = 0; c < opts->cut_count; c++)
        longest = opts->cuts[c] > longest ? opts->cuts[c] : longest;
    return (size_t)longest;
}

reel_code reel__judge(reel_judgement *judgement, const reel_model *model, const reel_split *split,
                      reel_err *err)
{
    const reel_index films = reel_dataset_movies(split->history);
    const int threads = reel__par_threads((double)reel_dataset_people(split->history),
                                          PEOPLE_PER_THREAD, judgement->opts.threads);
    task t = {.judgement = judgement,
              .model = model,
              .split = split,
              .longest = longest_cut(&judgement->opts)};
    worker *workers = NULL;
    reel_code rc = REEL_OK;

    if (model != NULL && reel_model_movies(model) != films)
        return reel_fail(err, REEL_E_INVALID, "the model knows %d films, the data %d",
                         (int)reel_model_movies(model), (int)films);
    workers = reel__alloc_zero((size_t)threads, sizeof *workers);
    t.shown = reel__alloc_zero(judgement->opts.cut_count * (size_t)films, sizeof *t.shown);
    if (workers == NULL || t.shown == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to judge lists of %d films", (int)films));
    REEL_TRY(reel__genres_init(&t.genres, split->train, err));
    for (int i = 0; i < threads; i++)
        REEL_TRY(make_worker(&workers[i], &t, err));
    REEL_TRY(judge_all(&t, workers, threads, err));
    add_shown(&t);
out:
    free_workers(workers, threads);
    reel__genres_fini(&t.genres);
    reel__free(t.shown);
    return rc;
}
