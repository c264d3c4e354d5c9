/* support/ref_metrics.h - plain twins of eval's metrics: double precision, obvious loops, each from
 * the definition in its paper and not from the code it checks.
 */
#ifndef TESTS_SUPPORT_REF_METRICS_H
#define TESTS_SUPPORT_REF_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "eval/metrics.h"

/* One ranking of n films; good [n]: which are relevant. */
typedef struct ref_ranking {
    const reel_index *list;
    const bool *good;
    size_t listed, n, k;
} ref_ranking;

double ref_recall(const ref_ranking *r);
double ref_recall_min(const ref_ranking *r);
double ref_precision(const ref_ranking *r);
double ref_hit_rate(const ref_ranking *r);
double ref_map(const ref_ranking *r);
double ref_mrr(const ref_ranking *r);
double ref_ndcg(const ref_ranking *r);

/* candidate [n], good [n]: every pair is looked at. */
double ref_auc(const float *scores, const bool *candidate, const bool *good, size_t n);
double ref_coverage(const int64_t *shown, size_t n);
/* Mean absolute difference of all pairs over twice the mean. */
double ref_gini(const int64_t *shown, size_t n);
double ref_novelty(const ref_ranking *r, const double *raters, double people);
/* vectors [n][genres] of zeros and ones; films with zeros only are passed over. */
double ref_distance(const ref_ranking *r, const double *vectors, size_t genres);
/* history [count] films. */
double ref_calibration(const ref_ranking *r, const double *vectors, size_t genres,
                       const reel_index *history, size_t count);
double ref_rmse(const float *predicted, const float *actual, size_t n);
double ref_mae(const float *predicted, const float *actual, size_t n);

#endif
