/* panels.c - a matrix times vectors; see panels.h.
 * As in a matrix product, a tile of results stays in registers while a panel streams by out of L1:
 * four vectors x 64 rows with AVX-512, x 16 with AVX2, x 8 without. The compiler keeps only vectors
 * of the machine's own size in registers, hence the three sizes. Each result is one chain of
 * multiply-adds over the columns in their order, whatever the tile, and so the same bits. This file
 * is compiled with fused multiply-adds (CMakeLists.txt).
 */
#include "num/panels.h"

#include <string.h>

#include "base/alloc.h"

enum { TOGETHER = 4, WIDE = 4 };

#define INLINE static inline __attribute__((always_inline))

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

INLINE void put(const block *b, size_t p, size_t row, const void *sums, size_t lanes)
{
    float *to = b->out + p * b->stride + row;

    if (row + lanes <= b->rows)
        memcpy(to, sums, lanes * sizeof *to);
    else if (row < b->rows)
        memcpy(to, sums, (b->rows - row) * sizeof *to);
}

/* name(b, x, people): `people` vectors times `wide` x `lanes` rows at a time; people is a constant
 * where this is inlined. */
#define MULTIPLY_BLOCK(name, lanes, wide)                                                          \
    typedef float name##_lanes __attribute__((vector_size((lanes) * sizeof(float)), aligned(4)));  \
    INLINE void name(const block *b, const float *const *x, size_t people)                         \
    {                                                                                              \
        for (size_t at = 0; at < REEL_PANEL; at += (size_t)(wide) * (lanes)) {                     \
            const float *columns = b->panel + at;                                                  \
            name##_lanes sums[TOGETHER][WIDE] = {{{0}}};                                           \
                                                                                                   \
            for (size_t f = 0; f < b->d; f++, columns += REEL_PANEL) {                             \
                _Pragma("GCC unroll 4") for (size_t v = 0; v < (wide); v++)                        \
                {                                                                                  \
                    const name##_lanes y = *(const name##_lanes *)(columns + v * (lanes));         \
                                                                                                   \
                    _Pragma("GCC unroll 4") for (size_t p = 0; p < people; p++) sums[p][v] +=      \
                        x[p][f] * y;                                                               \
                }                                                                                  \
            }                                                                                      \
            _Pragma("GCC unroll 4") for (size_t p = 0; p < people; p++)                            \
            {                                                                                      \
                _Pragma("GCC unroll 4") for (size_t v = 0; v < (wide); v++)                        \
                {                                                                                  \
                    const name##_lanes done = sums[p][v];                                          \
                                                                                                   \
                    put(b, p, at + v * (lanes), &done, lanes);                                     \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    /* All vectors times one panel. */                                                             \
    INLINE void name##_all(block b, const float *const *x, size_t count)                           \
    {                                                                                              \
        for (; count >= TOGETHER; count -= TOGETHER, x += TOGETHER, b.out += TOGETHER * b.stride)  \
            name(&b, x, TOGETHER);                                                                 \
        for (; count >= 2; count -= 2, x += 2, b.out += 2 * b.stride)                              \
            name(&b, x, 2);                                                                        \
        if (count > 0)                                                                             \
            name(&b, x, 1);                                                                        \
    }

MULTIPLY_BLOCK(block_16, 16, 4)
MULTIPLY_BLOCK(block_8, 8, 2)
MULTIPLY_BLOCK(block_4, 4, 2)

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))) static void
multiply_512(block b, const float *const *x, size_t count)
{
    block_16_all(b, x, count);
}

__attribute__((target("avx2,fma"))) static void multiply_256(block b, const float *const *x,
                                                             size_t count)
{
    block_8_all(b, x, count);
}
#endif

static void multiply_plain(block b, const float *const *x, size_t count)
{
    block_4_all(b, x, count);
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
