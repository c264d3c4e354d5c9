/* topk.c - the k largest scores.
 * The k best so far form a heap in the caller's own array, worst on top. Its score is the threshold
 * that whole blocks of scores are compared with at once; on real lists nearly all blocks hold
 * nothing above it, so the scan runs at the speed of reading.
 */
#include "num/topk.h"

#include <stdbool.h>

#include "num/kernels.h"

enum { BLOCK = 64 }; /* one word of the skip bitmap */

/* Lower score first, then higher index: the one to be thrown out first. */
static bool is_worse(reel_scored a, reel_scored b)
{
    return a.score < b.score || (a.score == b.score && a.index > b.index);
}

/* Put item where it belongs in a heap whose top is free. */
static void sink(reel_scored *heap, size_t count, size_t at, reel_scored item)
{
    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= count)
            break;
        if (child + 1 < count && is_worse(heap[child + 1], heap[child]))
            child++;
        if (!is_worse(heap[child], item))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = item;
}

static void make_heap(reel_scored *heap, size_t count)
{
    for (size_t at = count / 2; at > 0; at--)
        sink(heap, count, at - 1, heap[at - 1]);
}

/* Taking the worst off again and again leaves the best in front. */
static void sort_heap(reel_scored *heap, size_t count)
{
    for (size_t left = count; left > 1; left--) {
        const reel_scored worst = heap[0];

        sink(heap, left - 1, 0, heap[left - 1]);
        heap[left - 1] = worst;
    }
}

/* Whether any of n scores is above the threshold. */
REEL_KERNEL static int any_above(const float *scores, int n, float threshold)
{
    int any = 0;

#pragma omp simd reduction(| : any)
    for (int i = 0; i < n; i++)
        any |= scores[i] > threshold;
    return any;
}

static bool is_skipped(const uint64_t *skip, reel_index i)
{
    return skip != NULL && (skip[i / BLOCK] >> (i % BLOCK) & 1) != 0;
}

/* An equal score further on loses to the heap's by its index, so only higher ones enter. */
static void scan_block(const float *scores, const uint64_t *skip, reel_index begin, reel_index end,
                       reel_scored *heap, size_t k)
{
    for (reel_index i = begin; i < end; i++)
        if (scores[i] > heap[0].score && !is_skipped(skip, i))
            sink(heap, k, 0, (reel_scored){.index = i, .score = scores[i]});
}

size_t reel__topk(const float *scores, reel_index n, const uint64_t *skip, size_t k,
                  reel_scored *out)
{
    size_t count = 0;
    reel_index i = 0;

    if (k == 0)
        return 0;
    for (; i < n && count < k; i++)
        if (!is_skipped(skip, i))
            out[count++] = (reel_scored){.index = i, .score = scores[i]};
    make_heap(out, count);
    while (i < n) {
        const reel_index room = BLOCK - i % BLOCK, end = n - i > room ? i + room : n;

        if (any_above(scores + i, end - i, out[0].score))
            scan_block(scores, skip, i, end, out, k);
        i = end;
    }
    sort_heap(out, count);
    return count;
}
