/* predictions.c - scores of many pairs: each person's are asked for together, so that a model folds
 * a history in once. Threads take runs of pairs of one person; what a pair gets depends on that
 * pair and the person's history alone.
 */
#include <math.h>
#include <omp.h>

#include "base/alloc.h"
#include "model/vtable.h"
#include "num/par.h"
#include "service/models/batch_priv.h"

enum { PAIRS_PER_THREAD = 64, PRIOR_RATINGS = 5 };

typedef struct predicting {
    reel_pairs *pairs;
    const reel_batch_opts *opts;
    const reel_model *model;
    const reel_histories *histories;
    size_t *runs; /* [run_count + 1] where each person's pairs begin in the order */
    size_t run_count;
    size_t longest; /* run */
    reel_code rc;   /* of the first thread that failed */
    reel_err err;
} predicting;

typedef struct worker { /* of one thread */
    reel_scratch *scratch;
    float *scores;                   /* [movies] or [longest] */
    reel_index *movies;              /* [longest] */
    reel_rating_interval *intervals; /* [longest] */
} worker;

float reel__unknown_rating(const reel_model *model, const reel_histories *histories, int64_t person)
{
    const reel_query query = reel__histories_query(histories, person);
    double sum = PRIOR_RATINGS * histories->mean;
    size_t count = PRIOR_RATINGS;

    for (size_t i = 0; i < query.count; i++) {
        if (query.entries[i].kind == REEL_ENTRY_CLICK)
            continue;
        sum += (double)query.entries[i].value;
        count++;
    }
    return fminf(model->high, fmaxf(model->low, (float)(sum / (double)count)));
}

/* ---- one person ---------------------------------------------------------------------------- */

/* Ratings of w->movies, and their intervals where they are wanted: first, as the prediction can
 * then use what was folded in for them. */
static reel_code ask(const predicting *p, worker *w, const reel_query *query, size_t count,
                     reel_err *err)
{
    reel_code rc = REEL_OK;

    if (p->pairs->intervals != NULL)
        REEL_TRY(reel_model_predict_interval(p->model, query, w->movies, count, w->scratch,
                                             w->intervals, err));
    REEL_TRY(reel_model_predict(p->model, query, w->movies, count, w->scratch, w->scores, err));
out:
    return rc;
}

/* The next of the answers w has, or of an item that the model does not know: the whole range. */
static void put(const predicting *p, const worker *w, size_t pair, float unknown, size_t *next)
{
    reel_pairs *pairs = p->pairs;
    const bool known = pairs->movies[pair] >= 0;

    pairs->scores[pair] = known ? w->scores[*next] : unknown;
    if (pairs->intervals != NULL)
        pairs->intervals[pair] =
            known ? w->intervals[*next] : (reel_rating_interval){p->model->low, p->model->high};
    *next += known;
}

/* Predicted ratings of the pairs order[begin .. end) of one person; those of one time together. */
static reel_code rate(const predicting *p, worker *w, size_t begin, size_t end, reel_err *err)
{
    const reel_pairs *pairs = p->pairs;
    const int64_t person = pairs->people[pairs->order[begin]];
    reel_query query = reel__histories_query(p->histories, person);
    const float unknown = reel__unknown_rating(p->model, p->histories, person);
    reel_code rc = REEL_OK;

    while (begin < end) {
        const int64_t now = pairs->file.ratings.items[pairs->order[begin]].time;
        size_t stop = begin, count = 0;

        for (; stop < end && pairs->file.ratings.items[pairs->order[stop]].time == now; stop++)
            if (pairs->movies[pairs->order[stop]] >= 0)
                w->movies[count++] = pairs->movies[pairs->order[stop]];
        query.now = now;
        if (count > 0)
            REEL_TRY(ask(p, w, &query, count, err));
        for (count = 0; begin < stop; begin++)
            put(p, w, pairs->order[begin], unknown, &count);
    }
out:
    return rc;
}

/* Scores of a model that ranks; what it does not know comes last. */
static reel_code rank(const predicting *p, worker *w, size_t begin, size_t end, reel_err *err)
{
    reel_pairs *pairs = p->pairs;
    const reel_query query =
        reel__histories_query(p->histories, pairs->people[pairs->order[begin]]);
    const reel_code rc = reel_model_score(p->model, &query, w->scratch, w->scores, err);
    float least;

    if (rc != REEL_OK)
        return rc;
    least = w->scores[0];
    for (reel_index j = 1; j < p->model->movies; j++)
        least = fminf(least, w->scores[j]);
    for (; begin < end; begin++) {
        const size_t pair = pairs->order[begin];

        pairs->scores[pair] = pairs->movies[pair] < 0 ? least : w->scores[pairs->movies[pair]];
    }
    return REEL_OK;
}

/* ---- all of them --------------------------------------------------------------------------- */

static reel_code find_runs(predicting *p, reel_err *err)
{
    const reel_pairs *pairs = p->pairs;

    p->runs = reel__alloc_array(pairs->count + 1, sizeof *p->runs);
    if (p->runs == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu pairs", pairs->count);
    for (size_t i = 0; i < pairs->count; i++)
        if (i == 0 || pairs->people[pairs->order[i]] != pairs->people[pairs->order[i - 1]])
            p->runs[p->run_count++] = i;
    p->runs[p->run_count] = pairs->count;
    for (size_t r = 0; r < p->run_count; r++)
        if (p->runs[r + 1] - p->runs[r] > p->longest)
            p->longest = p->runs[r + 1] - p->runs[r];
    return REEL_OK;
}

static reel_code worker_init(worker *w, const predicting *p, reel_err *err)
{
    const size_t movies = (size_t)p->model->movies;

    w->scores = reel__alloc_array(movies > p->longest ? movies : p->longest, sizeof *w->scores);
    w->movies = reel__alloc_array(p->longest, sizeof *w->movies);
    w->intervals = reel__alloc_array(p->longest, sizeof *w->intervals);
    if (w->scores == NULL || w->movies == NULL || w->intervals == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to score %zu items", movies);
    return reel_scratch_new(&w->scratch, err);
}

static void worker_fini(worker *w)
{
    reel_scratch_free(w->scratch);
    reel__free(w->scores);
    reel__free(w->movies);
    reel__free(w->intervals);
}

static bool stopped(predicting *p)
{
    reel_code rc;

#pragma omp atomic read
    rc = p->rc;
    return rc != REEL_OK;
}

static void run_one(predicting *p, worker *w, size_t run)
{
    const bool rating = p->model->ops->info.task == REEL_TASK_RATING;
    const volatile bool *cancel = p->opts->cancel;
    reel_err err = {0};
    reel_code rc;

    if (stopped(p))
        return;
    if (cancel != NULL && *cancel)
        rc = reel_fail(&err, REEL_E_CANCELLED, "interrupted; nothing was written");
    else if (rating)
        rc = rate(p, w, p->runs[run], p->runs[run + 1], &err);
    else
        rc = rank(p, w, p->runs[run], p->runs[run + 1], &err);
    if (rc == REEL_OK)
        return;
#pragma omp critical(reel_predictions)
    if (p->rc == REEL_OK) {
        p->err = err;
        p->rc = rc;
    }
}

static void run_all(predicting *p, worker *workers, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic, 4)
    for (size_t run = 0; run < p->run_count; run++) {
        run_one(p, &workers[omp_get_thread_num()], run);
        if (omp_get_thread_num() == 0)
            reel__progress(p->opts->read.progress, "predictions", (int64_t)run,
                           (int64_t)p->run_count, "people");
    }
    reel__progress(p->opts->read.progress, "predictions", (int64_t)p->run_count,
                   (int64_t)p->run_count, "people");
}

reel_code reel__pairs_predict(reel_pairs *pairs, const reel_batch_opts *opts,
                              const reel_model *model, const reel_histories *histories,
                              reel_batch_report *report, reel_err *err)
{
    predicting p = {.pairs = pairs, .opts = opts, .model = model, .histories = histories};
    const int threads = reel__par_threads((double)pairs->count, PAIRS_PER_THREAD, opts->threads);
    worker *workers = reel__alloc_zero((size_t)threads, sizeof *workers);
    reel_code rc = REEL_OK;

    if (workers == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to predict"));
    if (opts->interval) {
        pairs->intervals = reel__alloc_array(pairs->count, sizeof *pairs->intervals);
        if (pairs->intervals == NULL)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu intervals", pairs->count));
    }
    REEL_TRY(find_runs(&p, err));
    for (int t = 0; t < threads; t++)
        REEL_TRY(worker_init(&workers[t], &p, err));
    run_all(&p, workers, threads);
    if (p.rc != REEL_OK)
        REEL_TRY(reel_fail(err, p.rc, "%s", p.err.msg));
    report->rows = (int64_t)pairs->count;
out:
    for (int t = 0; workers != NULL && t < threads; t++)
        worker_fini(&workers[t]);
    reel__free(workers);
    reel__free(p.runs);
    return rc;
}
