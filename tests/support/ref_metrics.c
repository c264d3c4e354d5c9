/* ref_metrics.c - see ref_metrics.h. */
#include "support/ref_metrics.h"

#include <math.h>
#include <stdlib.h>

static double good_count(const ref_ranking *r)
{
    double count = 0;

    for (size_t i = 0; i < r->n; i++)
        if (r->good[i])
            count += 1;
    return count;
}

static bool is_hit(const ref_ranking *r, size_t rank) /* rank from 1 */
{
    return rank <= r->k && rank <= r->listed && r->good[r->list[rank - 1]];
}

static double hits_to(const ref_ranking *r, size_t last)
{
    double hits = 0;

    for (size_t rank = 1; rank <= last; rank++)
        if (is_hit(r, rank))
            hits += 1;
    return hits;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double attainable(const ref_ranking *r)
{
    const double good = good_count(r), k = (double)r->k;

    return good < k ? good : k;
}

double ref_recall(const ref_ranking *r)
{
    return ratio(hits_to(r, r->k), good_count(r));
}

double ref_recall_min(const ref_ranking *r)
{
    return ratio(hits_to(r, r->k), attainable(r));
}

double ref_precision(const ref_ranking *r)
{
    return ratio(hits_to(r, r->k), (double)r->k);
}

double ref_hit_rate(const ref_ranking *r)
{
    return hits_to(r, r->k) > 0 ? 1 : 0;
}

double ref_map(const ref_ranking *r)
{
    double sum = 0;

    for (size_t rank = 1; rank <= r->k; rank++)
        if (is_hit(r, rank))
            sum += hits_to(r, rank) / (double)rank;
    return ratio(sum, attainable(r));
}

double ref_mrr(const ref_ranking *r)
{
    for (size_t rank = 1; rank <= r->k; rank++)
        if (is_hit(r, rank))
            return 1.0 / (double)rank;
    return 0;
}

double ref_ndcg(const ref_ranking *r)
{
    double gain = 0, ideal = 0;

    for (size_t rank = 1; rank <= r->k; rank++)
        if (is_hit(r, rank))
            gain += log(2.0) / log((double)rank + 1.0);
    for (size_t rank = 1; (double)rank <= attainable(r); rank++)
        ideal += log(2.0) / log((double)rank + 1.0);
    return ratio(gain, ideal);
}

double ref_auc(const float *scores, const bool *candidate, const bool *good, size_t n)
{
    double right = 0, pairs = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (!candidate[i] || !candidate[j] || !good[i] || good[j])
                continue;
            pairs += 1;
            if (scores[i] > scores[j] || (scores[i] == scores[j] && i < j))
                right += 1;
        }
    return right / pairs;
}

double ref_coverage(const int64_t *shown, size_t n)
{
    double never = 0;

    for (size_t i = 0; i < n; i++)
        if (shown[i] == 0)
            never += 1;
    return 1 - never / (double)n;
}

double ref_gini(const int64_t *shown, size_t n)
{
    double differences = 0, sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += (double)shown[i];
        for (size_t j = 0; j < n; j++)
            differences += fabs((double)shown[i] - (double)shown[j]);
    }
    return ratio(differences, 2 * (double)n * sum);
}

double ref_novelty(const ref_ranking *r, const double *raters, double people)
{
    double sum = 0, shown = 0;

    for (size_t rank = 1; rank <= r->k && rank <= r->listed; rank++) {
        const double known = raters[r->list[rank - 1]];

        sum += -log((known < 1 ? 1 : known) / people) / log(2.0);
        shown += 1;
    }
    return ratio(sum, shown);
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

double ref_distance(const ref_ranking *r, const double *vectors, size_t genres)
{
    double sum = 0, pairs = 0;

    for (size_t i = 0; i < r->listed && i < r->k; i++)
        for (size_t j = 0; j < i; j++) {
            const double *a = vectors + (size_t)r->list[i] * genres;
            const double *b = vectors + (size_t)r->list[j] * genres;
            const double lengths = sqrt(dot(a, a, genres)) * sqrt(dot(b, b, genres));

            if (lengths == 0)
                continue;
            sum += 1 - dot(a, b, genres) / lengths;
            pairs += 1;
        }
    return ratio(sum, pairs);
}

/* p(genre | films): the mean over the films with genres of p(genre | film). */
static double share_of(const double *vectors, size_t genres, size_t genre, const reel_index *films,
                       size_t count)
{
    double sum = 0, with = 0;

    for (size_t i = 0; i < count; i++) {
        const double *own = vectors + (size_t)films[i] * genres;

        if (dot(own, own, genres) == 0)
            continue;
        sum += own[genre] / dot(own, own, genres);
        with += 1;
    }
    return ratio(sum, with);
}

double ref_calibration(const ref_ranking *r, const double *vectors, size_t genres,
                       const reel_index *history, size_t count)
{
    const size_t shown = r->listed < r->k ? r->listed : r->k;
    double sum = 0;

    for (size_t g = 0; g < genres; g++) {
        const double p = share_of(vectors, genres, g, history, count);
        const double q = 0.99 * share_of(vectors, genres, g, r->list, shown) + 0.01 * p;

        if (p > 0)
            sum += p * (log(p) - log(q));
    }
    return sum;
}

double ref_rmse(const float *predicted, const float *actual, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += pow((double)actual[i] - (double)predicted[i], 2);
    return sqrt(sum / (double)n);
}

double ref_mae(const float *predicted, const float *actual, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += actual[i] > predicted[i] ? (double)actual[i] - (double)predicted[i]
                                        : (double)predicted[i] - (double)actual[i];
    return sum / (double)n;
}
