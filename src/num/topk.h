/* num/topk.h - the k largest of a score vector, in order.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_TOPK_H
#define REEL_NUM_TOPK_H

#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"

typedef struct reel_scored {
    reel_index index;
    float score;
} reel_scored;

/* Largest scores first, ties by ascending index.
 * scores [n], finite; skip [optional] bitmap, bit i set = leave i out ((n + 63) / 64 words)
 * out [k]; returns how many were written, <= k. O(n + k log k log(n/k)) expected, no
 * allocation. */
size_t reel__topk(const float *scores, reel_index n, const uint64_t *skip, size_t k,
                  reel_scored *out);

#endif
