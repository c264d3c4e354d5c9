/* gram.c - one row of a Gram matrix at a time: the row of film i is the weighted sum of the rows of
 * the people who have film i, kept in the nearest cache while it grows. A row is one thread's, in
 * the order of the people, so the bits do not depend on the number of threads.
 */
#include "num/gram.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "num/csr.h"
#include "num/par.h"

#define ADDS_PER_THREAD 1e6 /* one thread does this while another one wakes */

/* Where row r of X ends for row i of the result: behind column i, or at its end. */
typedef struct product {
    reel_csr_view x;
    reel_csr_view by_column; /* of Y: for each of its columns the rows that have it, and values */
    const reel_nnz *last;    /* aligned with by_column: where that row of X may end; or NULL */
    const float *weights;
    float *out;
    size_t stride;
    bool ones; /* every value of X is 1 */
} product;

static double count_adds(const product *p)
{
    double adds = 0;

    for (reel_nnz k = 0; k < p->by_column.ptr[p->by_column.rows]; k++) {
        const reel_index r = p->by_column.col[k];

        adds += (double)(p->x.ptr[r + 1] - p->x.ptr[r]);
    }
    return adds;
}

/* out[col] += value for the columns of a row, none of which is there twice. */
static void add_ones(float *out, const reel_index *col, reel_nnz n, float value)
{
    reel_nnz e = 0;

    for (; e + 4 <= n; e += 4) {
        const float a = out[col[e]], b = out[col[e + 1]];
        const float c = out[col[e + 2]], d = out[col[e + 3]];

        out[col[e]] = a + value;
        out[col[e + 1]] = b + value;
        out[col[e + 2]] = c + value;
        out[col[e + 3]] = d + value;
    }
    for (; e < n; e++)
        out[col[e]] += value;
}

static void add_row(const product *p, reel_index i)
{
    float *out = p->out + (size_t)i * p->stride;

    for (reel_nnz k = p->by_column.ptr[i]; k < p->by_column.ptr[i + 1]; k++) {
        const reel_index r = p->by_column.col[k];
        const float value = p->by_column.val[k] * (p->weights == NULL ? 1 : p->weights[r]);
        const reel_nnz end = p->last == NULL ? p->x.ptr[r + 1] : p->last[k];

        if (p->ones) {
            add_ones(out, p->x.col + p->x.ptr[r], end - p->x.ptr[r], value);
            continue;
        }
        for (reel_nnz e = p->x.ptr[r]; e < end; e++)
            out[p->x.col[e]] += value * p->x.val[e];
    }
}

static void add_rows_on(const product *p, int threads)
{
    const reel_index rows = p->by_column.rows;

#pragma omp parallel for schedule(dynamic, 16) num_threads(threads)
    for (reel_index i = 0; i < rows; i++)
        add_row(p, rows - 1 - i);
}

static bool all_ones(reel_csr_view x)
{
    const reel_nnz count = x.ptr[x.rows];

    for (reel_nnz k = 0; k < count; k++)
        if (x.val[k] != 1)
            return false;
    return true;
}

static void add_rows(product *p, int threads)
{
    p->ones = all_ones(p->x);
    add_rows_on(p, reel__par_threads(count_adds(p), ADDS_PER_THREAD, threads));
}

reel_code reel__gram_add_cross(float *out, size_t stride, reel_csr_view y, reel_csr_view x,
                               const float *weights, int threads, reel_err *err)
{
    product p = {.x = x, .weights = weights, .out = out, .stride = stride};
    reel_csr by_column = {0};
    const reel_code rc = reel__csr_transpose(&by_column, y, err);

    if (rc == REEL_OK) {
        p.by_column = reel__csr_view(&by_column);
        add_rows(&p, threads);
    }
    reel__csr_fini(&by_column);
    return rc;
}

reel_code reel__gram_add(float *out, size_t stride, reel_csr_view matrix, const float *weights,
                         int threads, reel_err *err)
{
    product p = {.x = matrix, .weights = weights, .out = out, .stride = stride};
    reel_nnz *last = reel__alloc_array((size_t)matrix.ptr[matrix.rows], sizeof *last);
    reel_nnz *next = reel__alloc_array((size_t)matrix.cols + 1, sizeof *next);
    reel_csr by_column = {0};
    reel_code rc = REEL_OK;

    if (last == NULL || next == NULL)
        REEL_TRY(
            reel_fail(err, REEL_E_NOMEM, "no memory for products of %d columns", (int)matrix.cols));
    REEL_TRY(reel__csr_transpose(&by_column, matrix, err));
    memcpy(next, by_column.ptr, ((size_t)matrix.cols + 1) * sizeof *next);
    for (reel_index r = 0; r < matrix.rows; r++)
        for (reel_nnz e = matrix.ptr[r]; e < matrix.ptr[r + 1]; e++)
            last[next[matrix.col[e]]++] = e + 1;
    p.by_column = reel__csr_view(&by_column);
    p.last = last;
    add_rows(&p, threads);
out:
    reel__csr_fini(&by_column);
    reel__free(next);
    reel__free(last);
    return rc;
}

void reel__gram_weights(float *out, reel_csr_view matrix, double power)
{
    const reel_nnz total = matrix.ptr[matrix.rows];
    double sum = 0;

    for (reel_index r = 0; r < matrix.rows; r++) {
        const double n = (double)(matrix.ptr[r + 1] - matrix.ptr[r]);

        out[r] = n > 0 ? (float)pow(n, -power) : 0;
        sum += n * (double)out[r];
    }
    for (reel_index r = 0; sum > 0 && r < matrix.rows; r++)
        out[r] = (float)((double)out[r] * (double)total / sum);
}
