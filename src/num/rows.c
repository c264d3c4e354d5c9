/* rows.c - fused products with gathered rows; see rows.h. */
#include "num/rows.h"

#include "num/kernels.h"

REEL_KERNEL void reel__rows_pull(const reel_rows *rows, const float *x, float *out)
{
    const size_t d = rows->d;

    for (size_t i = 0; i < rows->count; i++) {
        const float *y = rows->factors + (size_t)rows->index[i] * d;
        float sum = 0, a;

#pragma omp simd reduction(+ : sum)
        for (size_t f = 0; f < d; f++)
            sum += y[f] * x[f];
        a = (rows->pull == NULL ? 0 : rows->pull[i]) - rows->weight[i] * sum;
#pragma omp simd
        for (size_t f = 0; f < d; f++)
            out[f] += a * y[f];
    }
}

REEL_KERNEL void reel__rows_pull_double(const reel_rows *rows, const float *x, double *out)
{
    const size_t d = rows->d;

    for (size_t i = 0; i < rows->count; i++) {
        const float *y = rows->factors + (size_t)rows->index[i] * d;
        double sum = 0, a;

#pragma omp simd reduction(+ : sum)
        for (size_t f = 0; f < d; f++)
            sum += (double)y[f] * (double)x[f];
        a = (rows->pull == NULL ? 0 : (double)rows->pull[i]) - (double)rows->weight[i] * sum;
#pragma omp simd
        for (size_t f = 0; f < d; f++)
            out[f] += a * (double)y[f];
    }
}

/* Four rows of the matrix at a time: out is loaded and stored a quarter as often. */
REEL_KERNEL void reel__rows_multiply(const float *matrix, size_t d, const float *x, float *out)
{
    for (size_t f = 0; f < d; f++)
        out[f] = 0;
    for (size_t i = 0; i < d; i += 4) {
        const float *m0 = matrix + i * d, *m1 = m0 + d, *m2 = m1 + d, *m3 = m2 + d;

#pragma omp simd
        for (size_t f = 0; f < d; f++)
            out[f] += x[i] * m0[f] + x[i + 1] * m1[f] + x[i + 2] * m2[f] + x[i + 3] * m3[f];
    }
}

REEL_KERNEL void reel__rows_dot(const float *factors, size_t n, size_t d, const float *x,
                                float *out)
{
    for (size_t i = 0; i < n; i++) {
        const float *y = factors + i * d;
        float sum = 0;

#pragma omp simd reduction(+ : sum)
        for (size_t f = 0; f < d; f++)
            sum += y[f] * x[f];
        out[i] = sum;
    }
}
