/* inverse.c - the inverse of a symmetric positive definite matrix by block sweeps.
 *
 * Sweeping block k of a symmetric matrix, with P = inverse(A_kk), replaces
 *     A_ij by A_ij - A_ik P A_kj,     A_ik by A_ik P,     A_kk by -P        (i, j other blocks)
 * and after one sweep of each block the matrix is the negative of its inverse (Beaton 1964;
 * Goodnight 1979). It needs n^3 flops like Cholesky and an inverse of its factor, but nearly all of
 * them are one update of the whole lower triangle per step: large products with nothing to wait
 * for. Sweeping keeps the other blocks' Schur complements positive definite, so no pivots are
 * needed.
 *
 * Threads take whole tiles, and a tile is one single-threaded product of fixed size, so the bits
 * do not depend on their number. A block of STEP is itself inverted in steps of CORE, and those in
 * double precision one row at a time.
 */
#include "num/inverse.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/blas.h"
#include "num/kernels.h"
#include "num/par.h"

enum { CORE = 32, TILE = 512, STRIP = 128, MIRROR = 64 };
#define STEP             ((size_t)256)
#define FLOPS_PER_THREAD 2e7  /* one thread does this while another one wakes */
#define DIGITS_LEFT      1e-6 /* share of a diagonal element below which its pivot is noise */

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- a core block: one row at a time ------------------------------------------------------- */

/* One sweep of row k in a full symmetric m x m block; p is the pivot's inverse. */
REEL_KERNEL
static void sweep_row(double a[CORE][CORE], int k, double p)
{
    double row[CORE];

    for (int j = 0; j < CORE; j++)
        row[j] = a[k][j];
    for (int i = 0; i < CORE; i++) {
        const double f = row[i] * p;

        for (int j = 0; j < CORE; j++)
            a[i][j] -= f * row[j];
        a[i][k] = f;
    }
    for (int j = 0; j < CORE; j++)
        a[k][j] = row[j] * p;
    a[k][k] = -p;
}

/* Replace the lower triangle of an m x m block, m <= CORE, by the negative of its inverse; false if
 * a pivot lost its digits. diagonal [m] of the block before anything was swept. */
static bool sweep_core(float *a, size_t m, size_t stride, const float *diagonal)
{
    double block[CORE][CORE];

    for (size_t i = 0; i < CORE; i++)
        for (size_t j = 0; j < CORE; j++)
            block[i][j] = i < m && j < m ? (double)(i >= j ? a[i * stride + j] : a[j * stride + i])
                                         : (double)(i == j);
    for (size_t k = 0; k < m; k++) {
        const double pivot = block[k][k];

        if (!(pivot > DIGITS_LEFT * (double)diagonal[k]) || !isfinite(pivot))
            return false;
        sweep_row(block, (int)k, 1 / pivot);
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j <= i; j++)
            a[i * stride + j] = (float)block[i][j];
    return true;
}

/* ---- one step ------------------------------------------------------------------------------ */

typedef struct sweep {
    float *a; /* lower triangle, row-major */
    size_t n, stride;
    size_t step;         /* size of the blocks that are swept */
    float *left, *right; /* [n x step] A_ik P and A_ik of the block that is swept */
    float *pivot;        /* [step x step] P */
    int threads;
} sweep;

/* Rows [from, to) of the columns of the block go to right, and times P to left. Its own rows are
 * 0 there, so that updating the tiles it lies in changes the rest of them only. */
static void take_panel(const sweep *s, size_t k, size_t w, size_t from, size_t to)
{
    float *right = s->right + from * s->step;

    for (size_t i = from; i < to; i++, right += s->step) {
        const bool own = i >= k && i < k + w;

        for (size_t j = 0; j < w; j++)
            right[j] = own     ? 0
                       : i > k ? s->a[i * s->stride + k + j]
                               : s->a[(k + j) * s->stride + i];
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(to - from), (int)w, (int)w, 1,
                s->right + from * s->step, (int)s->step, s->pivot, (int)s->step, 0,
                s->left + from * s->step, (int)s->step);
}

static void put_panel(const sweep *s, size_t k, size_t w, size_t from, size_t to)
{
    const float *left = s->left + from * s->step;

    for (size_t i = from; i < to; i++, left += s->step) {
        if (i >= k && i < k + w)
            continue;
        for (size_t j = 0; j < w; j++)
            s->a[i > k ? i * s->stride + k + j : (k + j) * s->stride + i] = left[j];
    }
}

/* A_ij - A_ik P A_kj for rows [i, i + rows) and columns [j, j + cols). */
static void update(const sweep *s, size_t w, size_t i, size_t rows, size_t j, size_t cols)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)cols, (int)w, -1,
                s->left + i * s->step, (int)s->step, s->right + j * s->step, (int)s->step, 1,
                s->a + i * s->stride + j, (int)s->stride);
}

/* A tile on the diagonal is cut into strips, which leave out most of the upper triangle. */
static void update_diagonal(const sweep *s, size_t w, size_t i, size_t rows)
{
    for (size_t at = 0; at < rows; at += STRIP) {
        const size_t strip = min_size(STRIP, rows - at);

        update(s, w, i + at, strip, i, at + strip);
    }
}

/* The pair-th tile of the lower triangle. */
static void update_pair(const sweep *s, size_t w, long pair)
{
    size_t ti = 0, tj = (size_t)pair;

    while (tj > ti)
        tj -= ++ti;
    if (ti == tj)
        update_diagonal(s, w, ti * TILE, min_size(TILE, s->n - ti * TILE));
    else
        update(s, w, ti * TILE, min_size(TILE, s->n - ti * TILE), tj * TILE, TILE);
}

/* What a swept block, which holds -P now, changes in the rest of the matrix. */
static void sweep_rest(const sweep *s, size_t k)
{
    const size_t w = min_size(s->step, s->n - k);
    const long tiles = (long)((s->n + TILE - 1) / TILE);
    const float *block = s->a + k * s->stride + k;

    for (size_t i = 0; i < w; i++)
        for (size_t j = 0; j <= i; j++)
            s->pivot[i * s->step + j] = s->pivot[j * s->step + i] = -block[i * s->stride + j];
#pragma omp parallel num_threads(s->threads) if (s->threads > 1)
    {
#pragma omp for schedule(dynamic, 1)
        for (long t = 0; t < tiles; t++)
            take_panel(s, k, w, (size_t)t * TILE, min_size((size_t)(t + 1) * TILE, s->n));
#pragma omp for schedule(dynamic, 1)
        for (long pair = 0; pair < tiles * (tiles + 1) / 2; pair++)
            update_pair(s, w, pair);
#pragma omp for schedule(dynamic, 1)
        for (long t = 0; t < tiles; t++)
            put_panel(s, k, w, (size_t)t * TILE, min_size((size_t)(t + 1) * TILE, s->n));
    }
}

/* Sweep the block that starts at k; false if it is not definite. diagonal [n] */
static bool sweep_block(const sweep *s, size_t k, const float *diagonal)
{
    const size_t w = min_size(STEP, s->n - k);
    float *work = s->pivot + STEP * STEP;
    const sweep inner = {.a = s->a + k * s->stride + k,
                         .n = w,
                         .stride = s->stride,
                         .step = CORE,
                         .left = work,
                         .right = work + STEP * CORE,
                         .pivot = work + 2 * STEP * CORE,
                         .threads = 1};

    for (size_t at = 0; at < w; at += CORE) {
        if (!sweep_core(inner.a + at * s->stride + at, min_size(CORE, w - at), s->stride,
                        diagonal + k + at))
            return false;
        sweep_rest(&inner, at);
    }
    sweep_rest(s, k);
    return true;
}

/* ---- the whole matrix ---------------------------------------------------------------------- */

/* The negative of the lower triangle becomes the whole matrix. */
static void finish(const sweep *s)
{
    const long strips = (long)((s->n + MIRROR - 1) / MIRROR);

#pragma omp parallel for schedule(dynamic, 4) num_threads(s->threads)
    for (long strip = 0; strip < strips; strip++) {
        const size_t from = (size_t)strip * MIRROR, to = min_size(from + MIRROR, s->n);

        for (size_t tile = 0; tile < to; tile += MIRROR)
            for (size_t i = from; i < to; i++)
                for (size_t j = tile; j < min_size(tile + MIRROR, i + 1); j++) {
                    const float x = -s->a[i * s->stride + j];

                    s->a[i * s->stride + j] = x;
                    s->a[j * s->stride + i] = x;
                }
    }
}

static reel_code run(const sweep *s, const float *diagonal, const reel_inverse_opts *opts,
                     reel_err *err)
{
    for (size_t k = 0; k < s->n; k += STEP) {
        if (opts->step != NULL && !opts->step((double)k / (double)s->n, opts->user))
            return reel_fail(err, REEL_E_CANCELLED, "inverting a matrix was cancelled");
        if (!sweep_block(s, k, diagonal))
            return reel_fail(err, REEL_E_INVALID,
                             "a matrix to invert is not positive definite in single precision; "
                             "raise its regularisation");
    }
    finish(s);
    return REEL_OK;
}

static size_t work_floats(size_t n)
{
    return n * (2 * STEP + 1) + STEP * STEP + CORE * (2 * STEP + CORE);
}

double reel__spd_inverse_bytes(size_t n)
{
    return (double)work_floats(n) * sizeof(float);
}

reel_code reel__spd_inverse(float *a, size_t n, const reel_inverse_opts *opts, reel_err *err)
{
    float *work = reel__alloc_aligned(work_floats(n), sizeof *work);
    const double flops = (double)n * (double)n * (double)n;
    sweep s = {.a = a, .n = n, .stride = n, .step = STEP};
    float *diagonal;
    reel_code rc;

    if (work == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to invert a matrix of %zu rows", n);
    reel__blas_init();
    s.left = work;
    s.right = s.left + n * STEP;
    s.pivot = s.right + n * STEP;
    diagonal = s.pivot + STEP * STEP + CORE * (2 * STEP + CORE);
    for (size_t i = 0; i < n; i++)
        diagonal[i] = a[i * n + i];
    s.threads = reel__par_threads(flops, FLOPS_PER_THREAD, opts->threads);
    rc = run(&s, diagonal, opts, err);
    reel__free(work);
    return rc;
}
