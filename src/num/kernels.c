/* kernels.c - dense inner loops. Only these may reorder sums, by the reduction clause; the rest of
 * the code keeps the order it is written in.
 */
#include "num/kernels.h"

#include <math.h>

REEL_KERNEL float reel__dot(const float *a, const float *b, size_t n)
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

REEL_KERNEL void reel__axpy(float *y, float a, const float *x, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

REEL_KERNEL static double sum_of(const float *x, size_t n)
{
    double sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i];
    return sum;
}

REEL_KERNEL static double sum_of_squares(const float *x, size_t n, double mean)
{
    double sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += ((double)x[i] - mean) * ((double)x[i] - mean);
    return sum;
}

/* Two passes: the difference of large sums in one pass would lose the small deviations. */
void reel__moments(const float *x, size_t n, double *mean, double *deviation)
{
    *mean = n == 0 ? 0 : sum_of(x, n) / (double)n;
    *deviation = n == 0 ? 0 : sqrt(sum_of_squares(x, n, *mean) / (double)n);
}
