/* nearest.c - the rows most similar, out of all of them.
 * A heap meets several times as many rows that enter it and are thrown out again as it keeps. So a
 * bound is guessed from an even sample first: whatever is below it cannot be among the nearest when
 * enough are above it, and the few that are left are sorted out as usual. A guess that leaves too
 * few is not used; the answer never depends on it.
 */
#include "num/nearest.h"

#include <math.h>

enum { SAMPLE = 512, RANK_MAX = 64 };

/* What about 4/3 x limit of n scores reach, or -infinity where a guess does not pay. */
static float guess_bound(const float *similarity, reel_index n, size_t limit)
{
    const size_t rank = limit * SAMPLE / (size_t)n * 4 / 3 + 4;
    float sample[SAMPLE];
    reel_scored top[RANK_MAX];
    size_t found;

    if (n < 4 * SAMPLE || rank > RANK_MAX)
        return -INFINITY;
    for (reel_index i = 0; i < SAMPLE; i++)
        sample[i] = similarity[(int64_t)i * n / SAMPLE];
    found = reel__topk(sample, SAMPLE, NULL, rank, top);
    return found < rank ? -INFINITY : top[rank - 1].score;
}

/* In index order, so that ties stay in it. */
static reel_index gather(const float *similarity, reel_index n, float bound, float *score,
                         reel_index *index)
{
    reel_index count = 0;

    for (reel_index i = 0; i < n; i++) {
        score[count] = similarity[i];
        index[count] = i;
        count += similarity[i] >= bound;
    }
    return count;
}

size_t reel__nearest(reel_scored *top, float *similarity, reel_index n, size_t limit)
{
    const float bound = guess_bound(similarity, n, limit);
    float *score = similarity + n;
    reel_index *index = (reel_index *)(void *)(similarity + 2 * (size_t)n);
    const reel_index left = bound > 0 ? gather(similarity, n, bound, score, index) : 0;
    size_t count;

    if ((size_t)left >= limit) {
        count = reel__topk(score, left, NULL, limit, top);
        for (size_t k = 0; k < count; k++)
            top[k].index = index[top[k].index];
    } else {
        count = reel__topk(similarity, n, NULL, limit, top);
    }
    while (count > 0 && top[count - 1].score <= 0)
        count--;
    return count;
}
