/* model/recency.h - what somebody rated last says more about what comes next: weights of a
 * history's entries by how many newer ones there are.
 * Layer: model. Threads: no state.
 */
#ifndef REEL_MODEL_RECENCY_H
#define REEL_MODEL_RECENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/model.h"

typedef struct reel_dated {
    int64_t time;
    size_t at;
} reel_dated;

/* Newest first; of equal times, the larger `at` first. */
void reel__recency_sort(reel_dated *dated, size_t count);

/* Multiply the weights of a history: an entry with r newer ones (entries of equal times share their
 * mean) gets .05 + .95 x 2^(-r / half_life), then all are scaled so that the factors' mean is 1.
 * Nothing changes where half_life is 0 or all times are equal, as unknown ones are.
 * entries [in, out] [count]; room [count]; returns whether anything changed. */
bool reel__recency_weigh(reel_entry *entries, size_t count, double half_life, reel_dated *room);

#endif
