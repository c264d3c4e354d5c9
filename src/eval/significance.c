/* significance.c - see significance.h. Each resample has a generator of its own, by seed and
 * number: how often each person was drawn is counted first, then the people's numbers are added up
 * that many times, in the order of the people.
 */
#include "eval/significance.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "num/kernels.h"
#include "num/par.h"

enum { RESAMPLES_MAX = 100000, ROWS_PER_THREAD = 100000 };
/* Resamples that go over the rows together, and the rows they go over before the next ones. */
enum { TOGETHER = 8, ROWS_AT_ONCE = 64 };
static const double low_share = 0.025, high_share = 0.975;

reel_bootstrap_opts reel__bootstrap_opts_default(void)
{
    return (reel_bootstrap_opts){.resamples = 1000, .seed = 1};
}

/* Sums [columns] of `count` rows -> the numbers that are judged. */
typedef void statistic(const double *sums, size_t columns, double count, double *out);

static void means_of(const double *sums, size_t columns, double count, double *out)
{
    for (size_t c = 0; c < columns; c++)
        out[c] = sums[c] / count;
}

static void errors_of(const double *sums, size_t columns, double count, double *out)
{
    (void)columns;
    (void)count;
    out[0] = sqrt(sums[REEL_ERRORS_SQUARES] / sums[REEL_ERRORS_COUNT]);
    out[1] = sums[REEL_ERRORS_ABSOLUTES] / sums[REEL_ERRORS_COUNT];
}

/* Columns: ratings, squared errors of a, squared errors of b. */
static void root_difference(const double *sums, size_t columns, double count, double *out)
{
    (void)columns;
    (void)count;
    out[0] = sqrt(sums[1] / sums[0]) - sqrt(sums[2] / sums[0]);
}

/* The rows that count, and what comes of each resample. */
typedef struct resampling {
    double *values; /* [count][columns] */
    size_t count, columns, outs;
    statistic *derive;
    int resamples, threads;
    float *drawn;  /* [threads][TOGETHER][count] how often */
    double *sums;  /* [resamples][columns] */
    double *found; /* [outs][resamples] */
    double *one;   /* [threads][outs] */
} resampling;

static void free_resampling(resampling *r)
{
    reel__free(r->values);
    reel__free(r->drawn);
    reel__free(r->sums);
    reel__free(r->found);
    reel__free(r->one);
}

/* sums [columns] += times [count] x values [count][columns], four rows at a time. */
REEL_KERNEL static void add_rows(double *restrict sums, const float *restrict times, size_t count,
                                 const double *restrict values, size_t columns)
{
    size_t n = 0;

    for (; n + 4 <= count; n += 4) {
        const double *a = values + n * columns, *b = a + columns, *c = b + columns,
                     *d = c + columns;
        const double wa = (double)times[n], wb = (double)times[n + 1];
        const double wc = (double)times[n + 2], wd = (double)times[n + 3];

#pragma omp simd
        for (size_t i = 0; i < columns; i++)
            sums[i] += (wa * a[i] + wb * b[i]) + (wc * c[i] + wd * d[i]);
    }
    for (; n < count; n++)
        for (size_t i = 0; i < columns; i++)
            sums[i] += (double)times[n] * values[n * columns + i];
}

/* How often each row is drawn. */
static void draw_rows(const resampling *r, float *drawn, uint64_t seed, int number)
{
    reel_rng rng = reel__rng_make(seed, (uint64_t)number);

    memset(drawn, 0, r->count * sizeof *drawn);
    for (size_t n = 0; n < r->count; n++)
        drawn[reel__rng_below(&rng, r->count)] += 1;
}

/* A few resamples at once, so that rows are read once for all of them. */
static void draw_resamples(const resampling *r, uint64_t seed, int first)
{
    const size_t thread = (size_t)omp_get_thread_num();
    const int last = first + TOGETHER < r->resamples ? first + TOGETHER : r->resamples;
    float *drawn = r->drawn + thread * TOGETHER * r->count;
    double *one = r->one + thread * r->outs;

    for (int number = first; number < last; number++)
        draw_rows(r, drawn + (size_t)(number - first) * r->count, seed, number);
    for (size_t row = 0; row < r->count; row += ROWS_AT_ONCE)
        for (int number = first; number < last; number++)
            add_rows(r->sums + (size_t)number * r->columns,
                     drawn + (size_t)(number - first) * r->count + row,
                     r->count - row < ROWS_AT_ONCE ? r->count - row : ROWS_AT_ONCE,
                     r->values + row * r->columns, r->columns);
    for (int number = first; number < last; number++) {
        r->derive(r->sums + (size_t)number * r->columns, r->columns, (double)r->count, one);
        for (size_t i = 0; i < r->outs; i++)
            r->found[i * (size_t)r->resamples + (size_t)number] = one[i];
    }
}

static reel_code take_rows(resampling *r, reel_sample_view sample, reel_err *err)
{
    for (reel_index i = 0; i < sample.rows; i++) {
        const double *row = sample.each + (size_t)i * sample.columns;

        if (!isnan(row[0]))
            memcpy(r->values + r->count++ * sample.columns, row, sample.columns * sizeof *row);
    }
    if (r->count == 0)
        return reel_fail(err, REEL_E_INVALID, "nobody was judged: there is no interval");
    return REEL_OK;
}

static reel_code open_resampling(resampling *r, reel_sample_view sample,
                                 const reel_bootstrap_opts *opts, reel_err *err)
{
    const size_t rows = (size_t)sample.rows, resamples = (size_t)opts->resamples;

    if (opts->resamples < 1 || opts->resamples > RESAMPLES_MAX)
        return reel_fail(err, REEL_E_INVALID, "resamples: from 1 to %d, not %d", (int)RESAMPLES_MAX,
                         opts->resamples);
    r->columns = sample.columns;
    r->resamples = opts->resamples;
    r->threads =
        reel__par_threads((double)rows * (double)resamples, ROWS_PER_THREAD, opts->threads);
    r->values = reel__alloc_array(rows * sample.columns, sizeof *r->values);
    r->drawn = reel__alloc_array(rows * (size_t)r->threads * TOGETHER, sizeof *r->drawn);
    r->sums = reel__alloc_zero(resamples * sample.columns, sizeof *r->sums);
    r->found = reel__alloc_array(resamples * r->outs, sizeof *r->found);
    r->one = reel__alloc_array(r->outs * (size_t)r->threads, sizeof *r->one);
    if (r->values == NULL || r->drawn == NULL || r->sums == NULL || r->found == NULL ||
        r->one == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d resamples", opts->resamples);
    return take_rows(r, sample, err);
}

static void draw_all(const resampling *r, uint64_t seed)
{
#pragma omp parallel for schedule(static) num_threads(r->threads)
    for (int first = 0; first < r->resamples; first += TOGETHER)
        draw_resamples(r, seed, first);
}

static int by_value(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Between the two nearest of sorted values. */
static double quantile(const double *sorted, int count, double share)
{
    const double at = share * (count - 1);
    const int below = (int)at;
    const int above = below + 1 < count ? below + 1 : below;

    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/* out [outs]; the resamples of each are left sorted. */
static void find_intervals(const resampling *r, reel_interval *out)
{
    double *sums = r->sums, *whole = r->one; /* of the first resample and thread, used up */

    memset(sums, 0, r->columns * sizeof *sums);
    for (size_t n = 0; n < r->count; n++)
        for (size_t c = 0; c < r->columns; c++)
            sums[c] += r->values[n * r->columns + c];
    r->derive(sums, r->columns, (double)r->count, whole);
    for (size_t i = 0; i < r->outs; i++) {
        double *found = r->found + i * (size_t)r->resamples;

        qsort(found, (size_t)r->resamples, sizeof *found, by_value);
        out[i] = (reel_interval){.mean = whole[i],
                                 .low = quantile(found, r->resamples, low_share),
                                 .high = quantile(found, r->resamples, high_share)};
    }
}

/* Resample and sum up; r keeps the sorted numbers for who asks more. */
static reel_code resample(resampling *r, reel_interval *out, reel_sample_view sample,
                          const reel_bootstrap_opts *opts, reel_err *err)
{
    const reel_code rc = open_resampling(r, sample, opts, err);

    if (rc != REEL_OK)
        return rc;
    draw_all(r, opts->seed);
    find_intervals(r, out);
    return REEL_OK;
}

reel_code reel__bootstrap(reel_interval *out, reel_sample_view sample,
                          const reel_bootstrap_opts *opts, reel_err *err)
{
    resampling r = {.derive = means_of, .outs = sample.columns};
    const reel_code rc = resample(&r, out, sample, opts, err);

    free_resampling(&r);
    return rc;
}

/* How often the sorted numbers are on the far side of no difference, both ways. */
static double two_sided(const double *sorted, int count)
{
    int below = 0, above = 0, least;

    for (int i = 0; i < count; i++) {
        below += sorted[i] <= 0;
        above += sorted[i] >= 0;
    }
    least = below < above ? below : above;
    return fmin(1, 2.0 * (least + 1) / (count + 1));
}

reel_code reel__compare(reel_comparison *out, const double *a, const double *b, reel_index people,
                        const reel_bootstrap_opts *opts, reel_err *err)
{
    double *difference = reel__alloc_array((size_t)people, sizeof *difference);
    resampling r = {.derive = means_of, .outs = 1};
    reel_code rc = REEL_OK;

    if (difference == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to compare %d people", (int)people));
    for (reel_index p = 0; p < people; p++)
        difference[p] = a[p] - b[p];
    REEL_TRY(resample(&r, &out->difference, (reel_sample_view){difference, people, 1}, opts, err));
    out->p = two_sided(r.found, r.resamples);
out:
    free_resampling(&r);
    reel__free(difference);
    return rc;
}

/* ---- predicted ratings --------------------------------------------------------------------- */

reel_code reel__bootstrap_errors(reel_interval *rmse, reel_interval *mae, const double *each,
                                 reel_index people, const reel_bootstrap_opts *opts, reel_err *err)
{
    resampling r = {.derive = errors_of, .outs = 2};
    const size_t cells = (size_t)people * REEL_ERRORS;
    double *counted = reel__alloc_array(cells, sizeof *counted);
    reel_interval found[2];
    reel_code rc = REEL_OK;

    if (counted == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for errors of %d people", (int)people));
    for (size_t i = 0; i < cells; i += REEL_ERRORS) {
        memcpy(counted + i, each + i, REEL_ERRORS * sizeof *counted);
        if (each[i + REEL_ERRORS_COUNT] == 0)
            counted[i] = (double)NAN;
    }
    REEL_TRY(resample(&r, found, (reel_sample_view){counted, people, REEL_ERRORS}, opts, err));
    *rmse = found[0];
    *mae = found[1];
out:
    free_resampling(&r);
    reel__free(counted);
    return rc;
}

reel_code reel__compare_errors(reel_comparison *out, const double *a, const double *b,
                               reel_index people, const reel_bootstrap_opts *opts, reel_err *err)
{
    enum { COLUMNS = 3 };
    double *pairs = reel__alloc_array((size_t)people * COLUMNS, sizeof *pairs);
    resampling r = {.derive = root_difference, .outs = 1};
    reel_code rc = REEL_OK;

    if (pairs == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to compare %d people", (int)people));
    for (size_t p = 0; p < (size_t)people; p++) {
        const double *one = a + p * REEL_ERRORS, *other = b + p * REEL_ERRORS;
        double *pair = pairs + p * COLUMNS;

        pair[0] = one[REEL_ERRORS_COUNT] > 0 ? one[REEL_ERRORS_COUNT] : (double)NAN;
        pair[1] = one[REEL_ERRORS_SQUARES];
        pair[2] = other[REEL_ERRORS_SQUARES];
    }
    REEL_TRY(resample(&r, &out->difference, (reel_sample_view){pairs, people, COLUMNS}, opts, err));
    out->p = two_sided(r.found, r.resamples);
out:
    free_resampling(&r);
    reel__free(pairs);
    return rc;
}
