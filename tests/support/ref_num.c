/* ref_num.c - the plain twins. */
#include "support/ref_num.h"

#include <math.h>
#include <stdlib.h>

double ref_dot(const float *a, const float *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

void ref_axpy(double *out, const float *y, float a, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (double)y[i] + (double)a * (double)x[i];
}

void ref_moments(const float *x, size_t n, double *mean, double *deviation)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)x[i];
    *mean = n == 0 ? 0 : sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += pow((double)x[i] - *mean, 2);
    *deviation = n == 0 ? 0 : sqrt(squares / (double)n);
}

static int best_first(const void *a, const void *b)
{
    const reel_scored *left = a, *right = b;

    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

size_t ref_topk(const float *scores, reel_index n, const uint64_t *skip, size_t k, reel_scored *out)
{
    reel_scored *all = malloc(((size_t)n + 1) * sizeof *all);
    size_t count = 0;

    if (all == NULL)
        abort();
    for (reel_index i = 0; i < n; i++)
        if (skip == NULL || (skip[i / 64] >> (i % 64) & 1) == 0)
            all[count++] = (reel_scored){.index = i, .score = scores[i]};
    qsort(all, count, sizeof *all, best_first);
    if (count > k)
        count = k;
    for (size_t i = 0; i < count; i++)
        out[i] = all[i];
    free(all);
    return count;
}

double nmse(const float *measured, const double *reference, size_t n)
{
    double error = 0, size = 0;

    for (size_t i = 0; i < n; i++) {
        error += pow((double)measured[i] - reference[i], 2);
        size += pow(reference[i], 2);
    }
    return size > 0 ? error / size : error;
}
