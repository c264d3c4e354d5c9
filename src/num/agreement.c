/* agreement.c - sums over pairs of ratings, and the similarities they make; see agreement.h. */
#include "num/agreement.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "num/kernels.h"
#include "num/par.h"

enum { ITEMS_AT_ONCE = 16 };

REEL_KERNEL void reel__agree_add(reel_agree *sums, const reel_index *col, const float *val,
                                 reel_nnz count, float a, float weight)
{
    /* (1, b, 1, b^2, 1, b) = (1, 0, 1, 0, 1, 0) + b (0, 1, 0, b, 0, 1) */
    const float ones[REEL_AGREE_LANES] = {weight, 0, weight * a * a, 0, weight * a, 0, 0, 0};
    const float linear[REEL_AGREE_LANES] = {0, weight * a, 0, 0, 0, weight, 0, 0};
    const float square[REEL_AGREE_LANES] = {0, 0, 0, weight, 0, 0, 0, 0};

    for (reel_nnz k = 0; k < count; k++) {
        float *to = sums[col[k]].of;
        const float b = val[k];

#pragma omp simd
        for (int lane = 0; lane < REEL_AGREE_LANES; lane++)
            to[lane] += ones[lane] + b * (linear[lane] + b * square[lane]);
    }
}

/* ab / sqrt(aa bb), 0 where one of them is nothing but rounding. scale: what their sizes were */
static double correlate(double ab, double aa, double bb, double scale_a, double scale_b)
{
    const double none = 1e-6;

    return aa > none * scale_a && bb > none * scale_b ? ab / sqrt(aa * bb) : 0;
}

static double similarity(reel_agreement kind, const reel_agree *s)
{
    const double n = (double)s->of[REEL_AGREE_N], aa = (double)s->of[REEL_AGREE_AA],
                 bb = (double)s->of[REEL_AGREE_BB];
    const double ab = (double)s->of[REEL_AGREE_AB], a = (double)s->of[REEL_AGREE_A],
                 b = (double)s->of[REEL_AGREE_B];

    if (kind == REEL_AGREE_MSD)
        return 1 / (1 + fmax(aa + bb - 2 * ab, 0) / n);
    if (kind == REEL_AGREE_PEARSON)
        return correlate(n * ab - a * b, n * aa - a * a, n * bb - b * b, n * aa, n * bb);
    return correlate(ab, aa, bb, 0, 0);
}

void reel__agree_similarities(reel_agreement kind, double shrinkage, const reel_agree *sums,
                              reel_index n, float *out)
{
    for (reel_index i = 0; i < n; i++) {
        const double others = fmax((double)sums[i].of[REEL_AGREE_N] - 1, 0);

        out[i] = 0;
        if (!(sums[i].of[REEL_AGREE_N] > 0))
            continue;
        out[i] = (float)similarity(kind, &sums[i]);
        if (shrinkage > 0)
            out[i] *= (float)(others / (others + shrinkage));
    }
}

/* ---- all pairs ----------------------------------------------------------------------------- */

static reel_nnz first_from(reel_csr_view matrix, reel_index row, reel_index col)
{
    reel_nnz low = matrix.ptr[row], high = matrix.ptr[row + 1];

    while (low < high) {
        const reel_nnz middle = low + (high - low) / 2;

        if (matrix.col[middle] < col)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_item(const reel_agree_pairs *job, reel_index i, reel_agree *sums)
{
    const reel_csr_view people = job->by_person, items = job->by_item;

    memset(sums, 0, (size_t)i * sizeof *sums);
    for (reel_nnz k = items.ptr[i]; k < items.ptr[i + 1]; k++) {
        const reel_index u = items.col[k];
        const reel_nnz begin = people.ptr[u];

        reel__agree_add(sums, people.col + begin, people.val + begin,
                        first_from(people, u, i) - begin, items.val[k], 1);
    }
    job->take(job->user, i, sums);
}

/* Ask whether to go on; one thread asks for all. */
static bool go_on(const reel_agree_pairs *job, bool *stopped, double share)
{
    bool seen;

    if (omp_get_thread_num() == 0 && job->step != NULL && !job->step(share, job->context)) {
#pragma omp atomic write
        *stopped = true;
    }
#pragma omp atomic read
    seen = *stopped;
    return !seen;
}

reel_code reel__agree_all(const reel_agree_pairs *job, reel_err *err)
{
    const reel_index items = job->by_item.rows;
    const reel_index blocks = (items + ITEMS_AT_ONCE - 1) / ITEMS_AT_ONCE;
    const int team = reel__par_threads((double)job->by_item.ptr[items], 2e4, job->threads);
    reel_agree *all = reel__alloc_aligned((size_t)team * (size_t)items, sizeof *all);
    bool stopped = false;

    if (all == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to compare %d items", (int)items);
        /* the last items have the most before them */
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
    for (reel_index b = 0; b < blocks; b++) {
        reel_agree *sums = all + (size_t)omp_get_thread_num() * (size_t)items;
        const reel_index end = items - b * ITEMS_AT_ONCE;

        for (reel_index i = end > ITEMS_AT_ONCE ? end - ITEMS_AT_ONCE : 0;
             i < end && go_on(job, &stopped, (double)b / blocks); i++)
            add_item(job, i, sums);
    }
    reel__free(all);
    if (stopped)
        return reel_fail(err, REEL_E_CANCELLED, "comparing items was cancelled");
    return REEL_OK;
}
