/* topk.c - the k largest scores.
 * Short lists: scores are dealt out to lanes, index modulo their number, and each lane's largest is
 * kept. A threshold that k lanes reach is one that k scores reach, and few more do, so that a
 * second pass at the speed of reading collects little more than the list, which is then ranked.
 * Long lists: the k best so far form a heap in the caller's own array, worst on top. Its score is
 * the threshold that whole blocks of scores are compared with at once.
 */
#include "num/topk.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

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

static size_t heap_topk(const float *scores, reel_index n, const uint64_t *skip, size_t k,
                        reel_scored *out)
{
    size_t count = 0;
    reel_index i = 0;

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

/* ---- short lists --------------------------------------------------------------------------- */

enum {
    SHORT_MOST = 128,   /* a longer list goes to the heap */
    LANES_FEW = 128,    /* for lists of up to LANES_FEW / 4 */
    LANES_MANY = 512,   /* for the rest: a list's films rarely meet in a lane */
    LEAST_PER_LANE = 2, /* with fewer scores there is nothing to gain */
    STEP = 16,          /* scores that are looked at one by one when one of them is high */
    KEYS_MOST = 2 * SHORT_MOST
};

/* largest [lanes] = the larger of it and of each lane's scores [n]; few lanes stay in registers. */
REEL_KERNEL static void take_larger(float *restrict largest, int lanes,
                                    const float *restrict scores, reel_index n)
{
    reel_index begin = 0;

    for (; begin + LANES_FEW <= n && lanes == LANES_FEW; begin += LANES_FEW)
#pragma omp simd
        for (int i = 0; i < LANES_FEW; i++)
            largest[i] = scores[begin + i] > largest[i] ? scores[begin + i] : largest[i];
    for (; begin < n; begin += lanes) {
        const int length = n - begin < lanes ? (int)(n - begin) : lanes;

#pragma omp simd
        for (int i = 0; i < length; i++)
            largest[i] = scores[begin + i] > largest[i] ? scores[begin + i] : largest[i];
    }
}

REEL_KERNEL static int count_from(const float *scores, int n, float threshold)
{
    int count = 0;

#pragma omp simd reduction(+ : count)
    for (int i = 0; i < n; i++)
        count += scores[i] >= threshold;
    return count;
}

/* found [steps] = whether any of a step of scores is at or above the threshold. */
REEL_KERNEL static void find_steps(uint8_t *restrict found, const float *restrict scores, int steps,
                                   float threshold)
{
    for (int s = 0; s < steps; s++) {
        int any = 0;

#pragma omp simd reduction(| : any)
        for (int i = 0; i < STEP; i++)
            any |= scores[s * STEP + i] >= threshold;
        found[s] = (uint8_t)any;
    }
}

/* Whole numbers in the order of the floats, and back. */
static int32_t to_ordered(float x)
{
    int32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? (int32_t)(INT32_MIN - (int64_t)bits) : bits;
}

static float from_ordered(int32_t order)
{
    const int32_t bits = order < 0 ? (int32_t)(INT32_MIN - (int64_t)order) : order;
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* One round of the lanes, without what is skipped. */
static void take_kept(float *largest, const float *scores, int length, const uint64_t *skip)
{
    float kept[LANES_MANY];

    memcpy(kept, scores, (size_t)length * sizeof *kept);
    for (int w = 0; w * BLOCK < length; w++)
        for (uint64_t bits = skip[w]; bits != 0; bits &= bits - 1) {
            const int at = w * BLOCK + __builtin_ctzll(bits);

            if (at < length)
                kept[at] = -INFINITY;
        }
    take_larger(largest, length, kept, length);
}

/* largest [lanes] of the scores that are not skipped; -inf where a lane has none. */
static void fill_lanes(float *largest, int lanes, const float *scores, reel_index n,
                       const uint64_t *skip)
{
    for (int i = 0; i < lanes; i++)
        largest[i] = -INFINITY;
    if (skip == NULL)
        take_larger(largest, lanes, scores, n);
    for (reel_index begin = 0; begin < n && skip != NULL; begin += lanes)
        take_kept(largest, scores + begin, n - begin < lanes ? (int)(n - begin) : lanes,
                  skip + begin / BLOCK);
}

/* A threshold that at least k lanes reach and little more; -inf when fewer than k have a score. */
static float find_threshold(const float *largest, int lanes, int k)
{
    int32_t low = to_ordered(-INFINITY), high = to_ordered(INFINITY);
    const int enough = k + k / 8;

    while (low < high) { /* k lanes reach low */
        const int32_t middle = (int32_t)(((int64_t)low + high + 1) >> 1);
        const int count = count_from(largest, lanes, from_ordered(middle));

        if (count < k)
            high = middle - 1;
        else
            low = middle;
        if (count >= k && count <= enough)
            break;
    }
    return from_ordered(low);
}

/* Larger for what stands further ahead; no two are equal. */
static uint64_t key_of(float score, reel_index index)
{
    const int32_t order = to_ordered(score + 0.0F); /* -0 is 0 */

    return (uint64_t)((uint32_t)order ^ 0x80000000U) << 32 | (uint32_t) ~(uint32_t)index;
}

static reel_index index_of(uint64_t key)
{
    return (reel_index) ~(uint32_t)key;
}

/* ranked [n] = keys [n], the largest in front. */
REEL_KERNEL static void rank_all(uint64_t *restrict ranked, const uint64_t *restrict keys, int n)
{
    for (int i = 0; i < n; i++) {
        int64_t ahead = 0;

#pragma omp simd reduction(+ : ahead)
        for (int j = 0; j < n; j++)
            ahead += keys[j] > keys[i];
        ranked[ahead] = keys[i];
    }
}

/* The k largest of keys [n] in front, in order; returns how many there are. */
static int rank_keys(uint64_t *keys, int n, int k)
{
    uint64_t ranked[KEYS_MOST];

    rank_all(ranked, keys, n);
    n = n < k ? n : k;
    memcpy(keys, ranked, (size_t)n * sizeof *keys);
    return n;
}

/* The best so far, as keys; more than fit are ranked and cut. */
typedef struct collected {
    uint64_t keys[KEYS_MOST];
    int held, k;
    float threshold; /* lower scores are not looked at */
} collected;

static void collect(collected *c, const float *scores, reel_index begin, reel_index end,
                    const uint64_t *skip)
{
    for (reel_index i = begin; i < end; i++) {
        if (!(scores[i] >= c->threshold) || is_skipped(skip, i))
            continue;
        c->keys[c->held++] = key_of(scores[i], i);
        if (c->held < KEYS_MOST)
            continue;
        c->held = rank_keys(c->keys, c->held, c->k); /* many equal ones: now only larger ones */
        c->threshold = nextafterf(scores[index_of(c->keys[c->k - 1])], INFINITY);
    }
}

static size_t short_topk(const float *scores, reel_index n, const uint64_t *skip, int k,
                         reel_scored *out)
{
    enum { AT_ONCE = 256 };
    const int lanes = k <= LANES_FEW / 4 ? LANES_FEW : LANES_MANY;
    const reel_index whole = n / STEP;
    float largest[LANES_MANY];
    collected c;
    int held;

    fill_lanes(largest, lanes, scores, n, skip);
    c.held = 0;
    c.k = k;
    c.threshold = find_threshold(largest, lanes, k);
    for (reel_index first = 0; first < whole; first += AT_ONCE) {
        const int steps = whole - first < AT_ONCE ? (int)(whole - first) : AT_ONCE;
        uint8_t found[AT_ONCE];

        find_steps(found, scores + (size_t)first * STEP, steps, c.threshold);
        for (reel_index s = 0; s < steps; s++)
            if (found[s] != 0)
                collect(&c, scores, (first + s) * STEP, (first + s + 1) * STEP, skip);
    }
    collect(&c, scores, whole * STEP, n, skip);
    held = rank_keys(c.keys, c.held, k);
    for (int i = 0; i < held; i++)
        out[i] = (reel_scored){.index = index_of(c.keys[i]), .score = scores[index_of(c.keys[i])]};
    return (size_t)held;
}

size_t reel__topk(const float *scores, reel_index n, const uint64_t *skip, size_t k,
                  reel_scored *out)
{
    if (k == 0)
        return 0;
    if (k > SHORT_MOST || n < LEAST_PER_LANE * (k <= LANES_FEW / 4 ? LANES_FEW : LANES_MANY))
        return heap_topk(scores, n, skip, k, out);
    return short_topk(scores, n, skip, (int)k, out);
}
