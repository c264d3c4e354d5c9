/* eval/metrics.h - how good a ranked list is.
 * Layer: eval. Threads: no state.
 */
#ifndef REEL_EVAL_METRICS_H
#define REEL_EVAL_METRICS_H

#include <stddef.h>

#include "reel/csr.h"

/* Normalised discounted cumulative gain of the first k of a list with binary relevance, the ideal
 * list cut at k (Jarvelin & Kekalainen 2002, gain 1, discount 1 / log2(rank + 1)).
 * relevant [count] ascending; 0 when count is 0. */
double reel__ndcg(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                  size_t k);
/* Hits among the first k, divided by count. */
double reel__recall(const reel_index *list, size_t listed, const reel_index *relevant, size_t count,
                    size_t k);

#endif
