/* metrics.c - see metrics.h. */
#include "eval/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "num/kernels.h"

static bool contains(const reel_index *sorted, size_t count, reel_index wanted)
{
    size_t begin = 0, end = count;

    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;

        if (sorted[middle] == wanted)
            return true;
        if (sorted[middle] < wanted)
            begin = middle + 1;
        else
            end = middle;
    }
    return false;
}

static double discount(size_t rank)
{
    return 1 / log2((double)rank + 2); /* rank from 0 */
}

double reel__ndcg(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                  size_t k)
{
    double gain = 0, ideal = 0;

    for (size_t rank = 0; rank < k && rank < count; rank++)
        ideal += discount(rank);
    for (size_t rank = 0; rank < k && rank < listed; rank++)
        if (contains(relevant, count, list[rank]))
            gain += discount(rank);
    return ideal > 0 ? gain / ideal : 0;
}

double reel__recall(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                    size_t k)
{
    size_t hits = 0;

    for (size_t rank = 0; rank < k && rank < listed; rank++)
        hits += contains(relevant, count, list[rank]);
    return count > 0 ? (double)hits / (double)count : 0;
}

reel_accuracy reel__accuracy(const reel_index *list, size_t listed, const reel_index *relevant,
                             size_t count, size_t k)
{
    const size_t most = k < count ? k : count;
    reel_accuracy a = {0};
    double hits = 0, gain = 0, precisions = 0, ideal = 0;

    if (most == 0)
        return a;
    for (size_t rank = 0; rank < most; rank++)
        ideal += discount(rank);
    for (size_t rank = 0; rank < k && rank < listed; rank++) {
        if (!contains(relevant, count, list[rank]))
            continue;
        hits++;
        gain += discount(rank);
        precisions += hits / (double)(rank + 1);
        if (a.mrr == 0)
            a.mrr = 1 / (double)(rank + 1);
    }
    a.recall = hits / (double)count;
    a.recall_min = hits / (double)most;
    a.precision = hits / (double)k;
    a.hit_rate = hits > 0 ? 1 : 0;
    a.map = precisions / (double)most;
    a.ndcg = gain / ideal;
    return a;
}

/* ---- order of all films -------------------------------------------------------------------- */

/* How many of scores [n] are above, or, where they stand before `at`, equal to that of `at`. */
REEL_KERNEL static int64_t count_ahead(const float *scores, reel_index n, reel_index at)
{
    const float own = scores[at];
    int32_t ahead = 0;

#pragma omp simd reduction(+ : ahead)
    for (reel_index i = 0; i < at; i++)
        ahead += scores[i] >= own;
#pragma omp simd reduction(+ : ahead)
    for (reel_index i = at; i < n; i++)
        ahead += scores[i] > own;
    return ahead;
}

double reel__auc(const float *scores, reel_index n, reel_index candidates,
                 const reel_index *relevant, size_t count)
{
    const double own = (double)count, others = (double)candidates - own;
    double wrong = 0;

    if (count == 0 || others <= 0)
        return (double)NAN;
    for (size_t i = 0; i < count; i++)
        wrong += (double)count_ahead(scores, n, relevant[i]);
    wrong -= own * (own - 1) / 2; /* relevant films ahead of relevant films */
    return 1 - wrong / (own * others);
}

/* ---- beyond accuracy ----------------------------------------------------------------------- */

double reel__coverage(const int64_t *shown, reel_index n)
{
    int64_t some = 0;

    for (reel_index i = 0; i < n; i++)
        some += shown[i] > 0;
    return n > 0 ? (double)some / (double)n : 0;
}

static int by_count(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

double reel__gini(int64_t *shown, reel_index n)
{
    double weighted = 0, sum = 0;

    qsort(shown, (size_t)n, sizeof *shown, by_count);
    for (reel_index i = 0; i < n; i++) {
        weighted += (2.0 * i + 1 - n) * (double)shown[i];
        sum += (double)shown[i];
    }
    return sum > 0 ? weighted / (sum * n) : 0;
}

double reel__novelty(const reel_index *list, size_t listed, size_t k, const reel_nnz *raters_ptr,
                     reel_index people)
{
    const size_t shown = listed < k ? listed : k;
    double sum = 0;

    for (size_t rank = 0; rank < shown; rank++) {
        const reel_nnz raters = raters_ptr[list[rank] + 1] - raters_ptr[list[rank]];

        sum += log2((double)people / (double)(raters > 0 ? raters : 1));
    }
    return shown > 0 ? sum / (double)shown : 0;
}

/* ---- predicted ratings --------------------------------------------------------------------- */

double reel__rmse(const float *predicted, const float *actual, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        const double wrong = (double)predicted[i] - (double)actual[i];

        sum += wrong * wrong;
    }
    return n > 0 ? sqrt(sum / (double)n) : (double)NAN;
}

double reel__mae(const float *predicted, const float *actual, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += fabs((double)predicted[i] - (double)actual[i]);
    return n > 0 ? sum / (double)n : (double)NAN;
}
