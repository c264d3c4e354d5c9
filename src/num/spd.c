/* spd.c - Gram matrices, Cholesky factors, inverses and eigenvectors; see spd.h. */
#include "num/spd.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/blas.h"
#include "num/kernels.h"

/* ---- Gram matrices ------------------------------------------------------------------------- */

enum { PARTS_MAX = 16, PART_ROWS = 512, SCALED_ROWS = 128 };

/* out += sum of w y y^T over rows [begin, end), lower triangle; scaled has room for SCALED_ROWS
 * rows. */
static void add_weighted(const float *factors, const float *weight, reel_index end, size_t d,
                         float *scaled, float *out)
{
    for (reel_index at = 0; at < end; at += SCALED_ROWS) {
        const reel_index rows = end - at < SCALED_ROWS ? end - at : SCALED_ROWS;
        const int n = (int)d;

        for (reel_index i = 0; i < rows; i++) {
            const float root = sqrtf(weight[at + i]);
            const float *y = factors + (size_t)(at + i) * d;

            for (size_t f = 0; f < d; f++)
                scaled[(size_t)i * d + f] = root * y[f];
        }
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, n, rows, 1, scaled, n, 1, out, n);
    }
}

static void sum_parts(const float *parts, reel_index count, size_t d, float *out)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;

            for (reel_index p = 0; p < count; p++)
                sum += (double)parts[(size_t)p * d * d + i * d + j];
            out[i * d + j] = out[j * d + i] = (float)sum;
        }
}

reel_code reel__spd_gram(const float *factors, const float *weight, reel_index n, size_t d,
                         int threads, float *out, reel_err *err)
{
    const reel_index wanted = (n + PART_ROWS - 1) / PART_ROWS;
    const reel_index count = wanted < 1 ? 1 : wanted < PARTS_MAX ? wanted : PARTS_MAX;
    const size_t scaled_size = weight == NULL ? 0 : (size_t)SCALED_ROWS * d;
    float *parts = reel__alloc_zero((size_t)count, d * d * sizeof *parts);
    float *scaled = reel__alloc_array((size_t)count, scaled_size * sizeof *scaled);

    if (parts == NULL || scaled == NULL) {
        reel__free(parts);
        reel__free(scaled);
        return reel_fail(err, REEL_E_NOMEM, "no memory for sums over %zu factors", d);
    }
    reel__blas_init();
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (reel_index p = 0; p < count; p++) {
        const reel_index begin = (reel_index)((reel_nnz)n * p / count);
        const reel_index end = (reel_index)((reel_nnz)n * (p + 1) / count);
        const float *rows = factors + (size_t)begin * d;
        float *part = parts + (size_t)p * d * d;

        if (weight != NULL)
            add_weighted(rows, weight + begin, end - begin, d, scaled + (size_t)p * scaled_size,
                         part);
        else if (end > begin)
            cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, (int)d, end - begin, 1, rows, (int)d,
                        1, part, (int)d);
    }
    sum_parts(parts, count, d, out);
    reel__free(parts);
    reel__free(scaled);
    return REEL_OK;
}

/* ---- Cholesky ------------------------------------------------------------------------------ */

enum { BLOCK = 32 };

/* The lower triangle of a diagonal block. */
static bool factor_block(double *a, size_t d, size_t size)
{
    for (size_t j = 0; j < size; j++) {
        double pivot = a[j * d + j];

        for (size_t k = 0; k < j; k++)
            pivot -= a[j * d + k] * a[j * d + k];
        if (!(pivot > 0 && isfinite(pivot)))
            return false;
        a[j * d + j] = pivot = sqrt(pivot);
        for (size_t i = j + 1; i < size; i++) {
            double sum = a[i * d + j];

            for (size_t k = 0; k < j; k++)
                sum -= a[i * d + k] * a[j * d + k];
            a[i * d + j] = sum / pivot;
        }
    }
    return true;
}

/* a becomes L with L L^T = a, in its lower triangle. */
static bool factor(double *a, size_t d)
{
    const int ld = (int)d;

    reel__blas_init();
    for (size_t at = 0; at < d; at += BLOCK) {
        const size_t size = d - at < BLOCK ? d - at : BLOCK, next = at + size;
        double *corner = a + at * d + at, *below = a + next * d + at, *rest = a + next * d + next;
        const int rows = (int)(d - next), n = (int)size;

        if (!factor_block(corner, d, size))
            return false;
        if (rows == 0)
            break;
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, rows, n, 1,
                    corner, ld, below, ld);
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, rows, n, -1, below, ld, 1, rest, ld);
    }
    return true;
}

bool reel__spd_solve(double *a, size_t d, double *b)
{
    if (!factor(a, d))
        return false;
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)d, a, (int)d, b, 1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, (int)d, a, (int)d, b, 1);
    return true;
}

/* The inverse of the factor L, then L^-T L^-1. */
bool reel__spd_invert(double *a, size_t d, double *work)
{
    const int ld = (int)d;

    if (!factor(a, d))
        return false;
    memset(work, 0, d * d * sizeof *work);
    for (size_t i = 0; i < d; i++)
        work[i * d + i] = 1;
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, ld, ld, 1, a, ld,
                work, ld);
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, ld, ld, 1, work, ld, 0, a, ld);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < i; j++)
            a[j * d + i] = a[i * d + j];
    return true;
}

/* ---- eigenvectors -------------------------------------------------------------------------- */

/* LAPACK's, which is inside OpenBLAS; matrices column by column, texts' lengths at the end. */
void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *lda,
             double *values, double *work, const int *work_size, int *numbers,
             const int *numbers_size, int *info, size_t job_length, size_t triangle_length);

/* LAPACK is not sure to end on others. */
static bool all_finite(const double *a, size_t d)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j <= i; j++)
            if (!isfinite(a[i * d + j]))
                return false;
    return true;
}

static void swap(double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double held = a[i];

        a[i] = b[i];
        b[i] = held;
    }
}

reel_code reel__spd_eigen(double *a, size_t d, double *values, reel_err *err)
{
    const int n = (int)d, work_size = 1 + 6 * n + 2 * n * n, numbers_size = 3 + 5 * n;
    double *work = reel__alloc_array((size_t)work_size, sizeof *work);
    int *numbers = reel__alloc_array((size_t)numbers_size, sizeof *numbers), info = -1;
    reel_code rc = REEL_OK;

    if (work == NULL || numbers == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu eigenvectors", d));
    reel__blas_init();
    if (all_finite(a, d)) /* row by row the upper triangle is the lower one */
        dsyevd_("V", "U", &n, a, &n, values, work, &work_size, numbers, &numbers_size, &info, 1, 1);
    if (info != 0 || !all_finite(a, d))
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "a matrix of %zu rows has no eigenvectors", d));
    for (size_t i = 0; i < d / 2; i++) {
        swap(a + i * d, a + (d - 1 - i) * d, d);
        swap(values + i, values + d - 1 - i, 1);
    }
out:
    reel__free(work);
    reel__free(numbers);
    return rc;
}
