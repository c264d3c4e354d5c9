/* rating_errors.c - predictions asked for and their errors added up; see rating_errors.h.
 * Predictions are written where they belong by one thread each; errors are added in order.
 */
#include "eval/rating_errors.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "num/par.h"

enum { PEOPLE_PER_THREAD = 16 };

reel_code reel__rating_errors_init(reel_rating_errors *out, reel_index people, reel_err *err)
{
    memset(out, 0, sizeof *out);
    out->people = people;
    out->each = reel__alloc_zero((size_t)people * REEL_ERRORS, sizeof *out->each);
    return out->each != NULL
               ? REEL_OK
               : reel_fail(err, REEL_E_NOMEM, "no memory for the errors of %d people", (int)people);
}

void reel__rating_errors_fini(reel_rating_errors *errors)
{
    reel__free(errors->each);
    errors->each = NULL;
}

reel_code reel__rating_targets(reel_fit_targets *out, reel_index **rows, float **predicted,
                               const reel_split *split, reel_err *err)
{
    const reel_csr *test = &split->held.test;
    const size_t count = split->history == split->train ? (size_t)test->ptr[test->rows] : 0;

    *out = (reel_fit_targets){.count = count, .movies = test->col, .times = split->held.times};
    *rows = reel__alloc_array(count, sizeof **rows);
    *predicted = reel__alloc_array(count, sizeof **predicted);
    if (*rows == NULL || *predicted == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to predict %zu ratings", count);
    for (reel_index row = 0; count > 0 && row < test->rows; row++)
        for (reel_nnz k = test->ptr[row]; k < test->ptr[row + 1]; k++)
            (*rows)[k] = row;
    out->rows = *rows;
    out->out = *predicted;
    return REEL_OK;
}

/* ---- asking a model ------------------------------------------------------------------------ */

typedef struct asking {
    const reel_model *model;
    const reel_split *split;
    const reel_held *held;
    bool history; /* rows of held are those of split->history; else there is none */
    float *out;   /* [held ratings] */
} asking;

static reel_query history_of(const asking *a, reel_index row, reel_entry *entries)
{
    const reel_csr_view r = reel_dataset_ratings(a->split->history);
    const int64_t *times = reel_dataset_times(a->split->history);
    const bool trained = a->split->history == a->split->train;
    reel_query query = {.entries = entries, .row = -1};

    if (!a->history)
        return query;
    for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++)
        entries[query.count++] =
            (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1, .time = times[k]};
    if (trained) {
        query.row = row;
        query.row_hash = reel_query_hash(&query);
    }
    return query;
}

/* Ratings of one time are asked for together. */
static reel_code ask_person(const asking *a, reel_index row, reel_entry *entries,
                            reel_scratch *scratch, reel_err *err)
{
    const reel_csr *test = &a->held->test;
    const int64_t *times = a->held->times;
    reel_query query = history_of(a, row, entries);
    reel_code rc = REEL_OK;
    reel_nnz to;

    for (reel_nnz k = test->ptr[row]; k < test->ptr[row + 1] && rc == REEL_OK; k = to) {
        query.now = times == NULL ? 0 : times[k];
        to = k + 1;
        while (to < test->ptr[row + 1] && (times == NULL || times[to] == query.now))
            to++;
        rc = reel_model_predict(a->model, &query, test->col + k, (size_t)(to - k), scratch,
                                a->out + k, err);
    }
    return rc;
}

/* The part of one thread. */
static reel_code ask_part(const asking *a, reel_err *err)
{
    const size_t films = (size_t)reel_dataset_movies(a->split->history);
    reel_entry *entries = reel__alloc_array(films, sizeof *entries);
    reel_scratch *scratch = NULL;
    reel_code rc = entries == NULL
                       ? reel_fail(err, REEL_E_NOMEM, "no memory for a history of %zu films", films)
                       : reel_scratch_new(&scratch, err);

#pragma omp for schedule(dynamic, 16)
    for (reel_index row = 0; row < a->held->test.rows; row++)
        if (rc == REEL_OK)
            rc = ask_person(a, row, entries, scratch, err);
    reel_scratch_free(scratch);
    reel__free(entries);
    return rc;
}

static reel_code ask_all(const asking *a, int threads, reel_err *err)
{
    reel_code worst = REEL_OK;

#pragma omp parallel num_threads(                                                                  \
    reel__par_threads((double)a->held->test.rows, PEOPLE_PER_THREAD, threads))
    {
        reel_err own_err = {0};
        const reel_code rc = ask_part(a, &own_err);

#pragma omp critical(reel_rating_errors)
        if (rc != REEL_OK) {
            worst = rc;
            if (err != NULL)
                *err = own_err;
        }
    }
    return worst;
}

/* ---- errors -------------------------------------------------------------------------------- */

static void add_errors(double *each, const reel_held *held, const float *predicted,
                       double sums[REEL_ERRORS])
{
    const reel_csr *test = &held->test;

    for (reel_index row = 0; row < test->rows; row++) {
        double own[REEL_ERRORS] = {0};

        for (reel_nnz k = test->ptr[row]; k < test->ptr[row + 1]; k++) {
            const double wrong = (double)predicted[k] - (double)test->val[k];

            own[REEL_ERRORS_COUNT] += 1;
            own[REEL_ERRORS_SQUARES] += wrong * wrong;
            own[REEL_ERRORS_ABSOLUTES] += fabs(wrong);
        }
        for (int i = 0; i < REEL_ERRORS; i++) {
            each[(size_t)held->person[row] * REEL_ERRORS + (size_t)i] += own[i];
            sums[i] += own[i];
        }
    }
}

/* Ask for the ratings of one part of a split and add their errors. */
static reel_code add_part(reel_rating_errors *errors, const asking *how, int threads,
                          double sums[REEL_ERRORS], reel_err *err)
{
    const reel_csr *test = &how->held->test;
    asking a = *how;
    reel_code rc = REEL_OK;

    a.out = reel__alloc_array((size_t)test->ptr[test->rows], sizeof *a.out);
    if (a.out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to predict %lld ratings",
                         (long long)test->ptr[test->rows]);
    rc = ask_all(&a, threads, err);
    if (rc == REEL_OK)
        add_errors(errors->each, how->held, a.out, sums);
    reel__free(a.out);
    return rc;
}

reel_code reel__rating_errors_add(reel_rating_errors *errors, const reel_model *model,
                                  const reel_split *split, const float *predicted, int threads,
                                  reel_err *err)
{
    const reel_index films = reel_dataset_movies(split->history);
    const asking known = {.model = model, .split = split, .held = &split->held, .history = true};
    const asking alone = {.model = model, .split = split, .held = &split->alone};
    double sums[REEL_ERRORS] = {0};
    reel_code rc = REEL_OK;

    if (reel_model_movies(model) != films)
        return reel_fail(err, REEL_E_INVALID, "the model knows %d films, the data %d",
                         (int)reel_model_movies(model), (int)films);
    if (predicted != NULL)
        add_errors(errors->each, &split->held, predicted, sums);
    else
        REEL_TRY(add_part(errors, &known, threads, sums, err));
    if (split->alone.test.rows > 0)
        REEL_TRY(add_part(errors, &alone, threads, sums, err));
    errors->rmse[errors->rounds] = sqrt(sums[REEL_ERRORS_SQUARES] / sums[REEL_ERRORS_COUNT]);
    errors->mae[errors->rounds++] = sums[REEL_ERRORS_ABSOLUTES] / sums[REEL_ERRORS_COUNT];
out:
    return rc;
}
