/* significance.c - see significance.h. Each resample has a generator of its own, by seed and
 * number, and is summed in the order it was drawn in.
 */
#include "eval/significance.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "num/par.h"

enum { RESAMPLES_MAX = 100000, ROWS_PER_THREAD = 100000 };
static const double low_share = 0.025, high_share = 0.975;

reel_bootstrap_opts reel__bootstrap_opts_default(void)
{
    return (reel_bootstrap_opts){.resamples = 1000, .seed = 1};
}

/* The rows that count, and the means of each resample, by column. */
typedef struct resampling {
    reel_sample_view sample;
    reel_index *rows; /* [count] */
    size_t count;
    int resamples;
    double *means; /* [columns][resamples] */
    double *sums;  /* [resamples][columns] */
} resampling;

static void free_resampling(resampling *r)
{
    reel__free(r->rows);
    reel__free(r->means);
    reel__free(r->sums);
}

static void draw_resample(const resampling *r, uint64_t seed, int number)
{
    const size_t columns = r->sample.columns;
    double *restrict sums = r->sums + (size_t)number * columns;
    reel_rng rng = reel__rng_make(seed, (uint64_t)number);

    for (size_t n = 0; n < r->count; n++) {
        const size_t row = (size_t)r->rows[reel__rng_below(&rng, r->count)];
        const double *values = r->sample.each + row * columns;

        for (size_t c = 0; c < columns; c++)
            sums[c] += values[c];
    }
    for (size_t c = 0; c < columns; c++)
        r->means[c * (size_t)r->resamples + (size_t)number] = sums[c] / (double)r->count;
}

static reel_code open_resampling(resampling *r, reel_sample_view sample,
                                 const reel_bootstrap_opts *opts, reel_err *err)
{
    const size_t cells = (size_t)opts->resamples * sample.columns;

    *r = (resampling){.sample = sample, .resamples = opts->resamples};
    if (opts->resamples < 1 || opts->resamples > RESAMPLES_MAX)
        return reel_fail(err, REEL_E_INVALID, "resamples: from 1 to %d, not %d", (int)RESAMPLES_MAX,
                         opts->resamples);
    r->rows = reel__alloc_array((size_t)sample.rows, sizeof *r->rows);
    r->means = reel__alloc_array(cells, sizeof *r->means);
    r->sums = reel__alloc_zero(cells, sizeof *r->sums);
    if (r->rows == NULL || r->means == NULL || r->sums == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d resamples", opts->resamples);
    for (reel_index i = 0; i < sample.rows; i++)
        if (!isnan(sample.each[(size_t)i * sample.columns]))
            r->rows[r->count++] = i;
    if (r->count == 0)
        return reel_fail(err, REEL_E_INVALID, "nobody was judged: there is no interval");
    return REEL_OK;
}

static void draw_all(const resampling *r, const reel_bootstrap_opts *opts)
{
#pragma omp parallel for schedule(static) num_threads(                                             \
    reel__par_threads((double)r->count * r->resamples, ROWS_PER_THREAD, opts->threads))
    for (int number = 0; number < r->resamples; number++)
        draw_resample(r, opts->seed, number);
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

static reel_interval interval_of(const resampling *r, size_t column)
{
    double *means = r->means + column * (size_t)r->resamples;
    double sum = 0;

    for (size_t n = 0; n < r->count; n++)
        sum += r->sample.each[(size_t)r->rows[n] * r->sample.columns + column];
    qsort(means, (size_t)r->resamples, sizeof *means, by_value);
    return (reel_interval){.mean = sum / (double)r->count,
                           .low = quantile(means, r->resamples, low_share),
                           .high = quantile(means, r->resamples, high_share)};
}

reel_code reel__bootstrap(reel_interval *out, reel_sample_view sample,
                          const reel_bootstrap_opts *opts, reel_err *err)
{
    resampling r;
    reel_code rc = REEL_OK;

    REEL_TRY(open_resampling(&r, sample, opts, err));
    draw_all(&r, opts);
    for (size_t c = 0; c < sample.columns; c++)
        out[c] = interval_of(&r, c);
out:
    free_resampling(&r);
    return rc;
}

/* How often the sorted means are on the far side of no difference, both ways. */
static double two_sided(const double *means, int count)
{
    int below = 0, above = 0, least;

    for (int i = 0; i < count; i++) {
        below += means[i] <= 0;
        above += means[i] >= 0;
    }
    least = below < above ? below : above;
    return fmin(1, 2.0 * (least + 1) / (count + 1));
}

reel_code reel__compare(reel_comparison *out, const double *a, const double *b, reel_index people,
                        const reel_bootstrap_opts *opts, reel_err *err)
{
    double *difference = reel__alloc_array((size_t)people, sizeof *difference);
    resampling r = {0};
    reel_code rc = REEL_OK;

    if (difference == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to compare %d people", (int)people));
    for (reel_index p = 0; p < people; p++)
        difference[p] = a[p] - b[p];
    REEL_TRY(open_resampling(
        &r, (reel_sample_view){.each = difference, .rows = people, .columns = 1}, opts, err));
    draw_all(&r, opts);
    out->difference = interval_of(&r, 0);
    out->p = two_sided(r.means, r.resamples);
out:
    free_resampling(&r);
    reel__free(difference);
    return rc;
}
