/* panels.c - a matrix times vectors; see panels.h.
 * As in a matrix product, a tile of results stays in registers while a panel streams by out of L1:
 * four vectors x 64 rows with AVX-512, x 16 rows with fewer registers. Each result is one chain of
 * multiply-adds over the columns in their order, whatever the tile, and so the same bits. This file
 * is compiled with fused multiply-adds (CMakeLists.txt).
 */
#include "num/panels.h"

#include <string.h>

#include "base/alloc.h"

enum { LANES = 16, VECTORS = REEL_PANEL / LANES, TOGETHER = 4 };

#define INLINE static inline __attribute__((always_inline))

typedef float vector __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));

float *reel__panels_make(const float *rows, size_t n, size_t d)
{
    float *out = reel__alloc_aligned(reel__panels_size(n, d), sizeof *out);

    for (size_t at = 0; out != NULL && at < n; at += REEL_PANEL)
        for (size_t f = 0; f < d; f++)
            for (size_t i = 0; i < REEL_PANEL; i++)
                out[at * d + f * REEL_PANEL + i] = at + i < n ? rows[(at + i) * d + f] : 0;
    return out;
}

/* A panel, and where its products with the first of some vectors go. */
typedef struct block {
    const float *panel;
    size_t d;
    size_t rows; /* those that there are of REEL_PANEL */
    float *out;
    size_t stride; /* from one vector's results to the next one's */
} block;

INLINE void put(const block *b, size_t p, size_t row, const vector *sums)
{
    float *to = b->out + p * b->stride + row;

    if (row + LANES <= b->rows)
        *(vector *)to = *sums;
    else if (row < b->rows)
        memcpy(to, sums, (b->rows - row) * sizeof *to);
}

/* `people` vectors times `wide` x LANES rows at a time; both are constants where this is inlined.
 */
INLINE void multiply_block(const block *b, const float *const *x, size_t people, size_t wide)
{
    for (size_t at = 0; at < VECTORS; at += wide) {
        const float *columns = b->panel + at * LANES;
        vector sums[TOGETHER][VECTORS] = {{{0}}};

        for (size_t f = 0; f < b->d; f++, columns += REEL_PANEL) {
#pragma GCC unroll 4
            for (size_t v = 0; v < wide; v++) {
                const vector y = *(const vector *)(columns + v * LANES);

#pragma GCC unroll 4
                for (size_t p = 0; p < people; p++)
                    sums[p][v] += x[p][f] * y;
            }
        }
#pragma GCC unroll 4
        for (size_t p = 0; p < people; p++) {
#pragma GCC unroll 4
            for (size_t v = 0; v < wide; v++) {
                const vector done = sums[p][v];

                put(b, p, (at + v) * LANES, &done);
            }
        }
    }
}

/* All vectors times one panel. */
INLINE void multiply_panel(block b, const float *const *x, size_t count, size_t wide)
{
    for (; count >= TOGETHER; count -= TOGETHER, x += TOGETHER, b.out += TOGETHER * b.stride)
        multiply_block(&b, x, TOGETHER, wide);
    for (; count >= 2; count -= 2, x += 2, b.out += 2 * b.stride)
        multiply_block(&b, x, 2, wide);
    if (count > 0)
        multiply_block(&b, x, 1, wide);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))) static void
multiply_512(block b, const float *const *x, size_t count)
{
    multiply_panel(b, x, count, VECTORS);
}

__attribute__((target("avx2,fma"))) static void multiply_256(block b, const float *const *x,
                                                             size_t count)
{
    multiply_panel(b, x, count, 1);
}
#endif

static void multiply_plain(block b, const float *const *x, size_t count)
{
    multiply_panel(b, x, count, 1);
}

typedef void (*multiplier)(block b, const float *const *x, size_t count);

static multiplier pick(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return multiply_512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return multiply_256;
#endif
    return multiply_plain;
}

void reel__panels_multiply(const float *panels, size_t n, size_t d, const float *const *x,
                           size_t count, float *out)
{
    const multiplier multiply = pick();

    for (size_t at = 0; at < n; at += REEL_PANEL) {
        const size_t rows = n - at < REEL_PANEL ? n - at : REEL_PANEL;

        multiply((block){panels + at * d, d, rows, out + at, n}, x, count);
    }
}
