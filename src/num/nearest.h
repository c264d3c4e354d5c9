/* num/nearest.h - the rows most similar, in order, out of the similarities of all.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_NEAREST_H
#define REEL_NUM_NEAREST_H

#include "num/topk.h"

/* The `limit` most similar rows in order, ties by row, those with a similarity above 0 only; how
 * many. top [limit]; similarity [3 n]: the first n are the similarities, the rest is room. */
enum { REEL_NEAREST_ROOM = 3 };
size_t reel__nearest(reel_scored *top, float *similarity, reel_index n, size_t limit);

#endif
