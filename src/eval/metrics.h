/* eval/metrics.h - how good ranked lists, sets of lists and predicted ratings are.
 * Relevance is binary; relevant [count] is ascending; a list has no film twice. Where nothing is
 * relevant every accuracy is 0. A list shorter than k is judged as if nothing followed.
 * Layer: eval. Threads: no state.
 */
#ifndef REEL_EVAL_METRICS_H
#define REEL_EVAL_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"

/* Normalised discounted cumulative gain of the first k of a list with binary relevance, the ideal
 * list cut at k (Jarvelin & Kekalainen 2002, gain 1, discount 1 / log2(rank + 1)).
 * relevant [count] ascending; 0 when count is 0. */
double reel__ndcg(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                  size_t k);
/* Hits among the first k, divided by count. */
double reel__recall(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                    size_t k);

/* All accuracies of the first k of one list. */
typedef struct reel_accuracy {
    double recall;     /* hits / count */
    double recall_min; /* hits / min(k, count) (Liang et al. 2018) */
    double precision;  /* hits / k */
    double hit_rate;   /* 1 when there is a hit */
    double map;        /* sum of the precision at each hit / min(k, count) */
    double mrr;        /* 1 / rank of the first hit */
    double ndcg;       /* as reel__ndcg */
} reel_accuracy;
reel_accuracy reel__accuracy(const reel_index *list, size_t listed, const reel_index *relevant,
                             size_t count, size_t k);

/* Share of the pairs (relevant film, other candidate) in which the relevant film stands first, ties
 * by ascending index. scores [n]: films that are no candidates score below all that are, and are
 * not relevant. candidates: how many there are; NaN when all or none are relevant. O(n count). */
double reel__auc(const float *scores, reel_index n, reel_index candidates,
                 const reel_index *relevant, size_t count);

/* ---- beyond accuracy: over the lists of many people ---------------------------------------- */

/* shown [n]: in how many lists a film stands. Share of the films that stand in one at least. */
double reel__coverage(const int64_t *shown, reel_index n);
/* Gini index of shown: 0 = all equally often, towards 1 = few films take all places; 0 when no
 * film is shown. Sorts shown. */
double reel__gini(int64_t *shown, reel_index n);
/* Mean self-information of the first k of a list: -log2 of the share of `people` who rated a film,
 * a film that nobody rated taken as rated by one (Zhou et al. 2010). raters_ptr [movies + 1] of the
 * films x people matrix. 0 for an empty list. */
double reel__novelty(const reel_index *list, size_t listed, size_t k, const reel_nnz *raters_ptr,
                     reel_index people);

/* ---- predicted ratings --------------------------------------------------------------------- */

/* Root of the mean squared error, and mean absolute error, of n pairs; NaN when n is 0. */
double reel__rmse(const float *predicted, const float *actual, size_t n);
double reel__mae(const float *predicted, const float *actual, size_t n);

#endif
