/* ridge.c - see ridge.h.
 * With B = sqrt(w) a the solution is (B'B + lambda)^-1 B' sqrt(w) y = B' (BB' + lambda)^-1 sqrt(w)
 * y; the second form is solved where there are fewer ratings than factors.
 */
#include "model/ridge.h"

#include <math.h>
#include <string.h>

#include "num/blas.h"
#include "num/kernels.h"

size_t reel__ridge_work(size_t n, size_t d)
{
    const size_t side = n < d ? n : d;

    return side * side + side + n;
}

REEL_KERNEL static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Lower triangle of m [n x n] -> its Cholesky factor. Diagonals that rounding took below lambda's
 * share are lifted to it: m was made positive definite by lambda. */
static void factor(double *m, size_t n, double lambda)
{
    const double least = lambda * 1e-12;

    for (size_t i = 0; i < n; i++) {
        double *row = m + i * n, pivot;

        for (size_t j = 0; j < i; j++)
            row[j] = (row[j] - dot(row, m + j * n, j)) / m[j * n + j];
        pivot = row[i] - dot(row, row, i);
        row[i] = sqrt(pivot > least ? pivot : least);
    }
}

/* b -> (L L')^-1 b */
static void substitute(const double *l, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++)
        b[i] = (b[i] - dot(l + i * n, b, i)) / l[i * n + i];
    for (size_t i = n; i-- > 0;) {
        b[i] /= l[i * n + i];
        for (size_t j = 0; j < i; j++)
            b[j] -= l[i * n + j] * b[i];
    }
}

void reel__ridge_solve(const reel_ridge *ridge, double *x, double *share)
{
    const size_t n = ridge->n, d = ridge->d, side = n < d ? n : d;
    double *m = ridge->work, *b = m + side * side, *target = b + side;
    const CBLAS_TRANSPOSE transpose = n < d ? CblasNoTrans : CblasTrans;

    if (n == 0) {
        memset(x, 0, d * sizeof *x);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const double root = sqrt(ridge->w[i]);

        target[i] = root * ridge->y[i];
        for (size_t f = 0; f < d; f++)
            ridge->a[i * d + f] *= root;
    }
    reel__blas_init();
    cblas_dsyrk(CblasRowMajor, CblasLower, transpose, (blasint)side, (blasint)(n < d ? d : n), 1,
                ridge->a, (blasint)d, 0, m, (blasint)side);
    for (size_t i = 0; i < side; i++)
        m[i * side + i] += ridge->lambda;
    factor(m, side, ridge->lambda);
    if (n < d) {
        memcpy(b, target, n * sizeof *b);
        substitute(m, n, b);
        cblas_dgemv(CblasRowMajor, CblasTrans, (blasint)n, (blasint)d, 1, ridge->a, (blasint)d, b,
                    1, 0, x, 1);
        for (size_t i = 0; i < n; i++)
            share[i] = b[i] * sqrt(ridge->w[i]);
        return;
    }
    cblas_dgemv(CblasRowMajor, CblasTrans, (blasint)n, (blasint)d, 1, ridge->a, (blasint)d, target,
                1, 0, x, 1);
    substitute(m, d, x);
    /* what is left of each rating, over lambda */
    for (size_t i = 0; i < n; i++)
        share[i] = (target[i] - dot(ridge->a + i * d, x, d)) / ridge->lambda * sqrt(ridge->w[i]);
}
