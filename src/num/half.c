/* half.c - halves made of floats, and sums of rows of halves; see half.h.
 * Rows come out of main memory or L3, a few dozen at a time: a tile of columns of all of them is
 * summed in registers, while the tile after the next is asked for. Processors without conversions
 * of halves make them from their bits. This file is compiled with fused multiply-adds
 * (CMakeLists.txt).
 */
#include "num/half.h"

#include <math.h>

#include "num/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_SIMD 1
#else
#define HAVE_SIMD 0
#endif

enum {
    TOGETHER = 32, /* rows whose products are summed in floats */
    WIDE = 8,      /* vectors of a tile */
    TILE_MOST = 16 * WIDE,
    LINE = 32, /* halves of a cache line */
};

/* ---- making -------------------------------------------------------------------------------- */

static inline uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Without a branch, so that loops over it become vector code. */
static inline uint16_t nearest_half(float x)
{
    const uint32_t sign = bits_of(x) >> 16 & 0x8000;
    const float whole = fabsf(x), size = whole < REEL_HALF_MAX ? whole : REEL_HALF_MAX;
    /* Below the smallest normal half the last bit of 0.5 + size is that of the halves there. */
    const uint32_t small = bits_of(size + 0.5F) - bits_of(0.5F);
    const uint32_t normal = bits_of(size * 0x1p-112F);
    const uint32_t rounded = (normal + 0xfff + (normal >> 13 & 1)) >> 13;

    return (uint16_t)(sign | (size < 0x1p-14F ? small : rounded));
}

REEL_KERNEL void reel__half_pack(uint16_t *out, const float *in, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = nearest_half(in[i]);
}

REEL_KERNEL bool reel__half_finite(const uint16_t *half, size_t n)
{
    uint16_t bad = 0;

#pragma omp simd reduction(| : bad)
    for (size_t i = 0; i < n; i++)
        bad |= (half[i] & 0x7c00) == 0x7c00;
    return bad == 0;
}

/* ---- sums of rows -------------------------------------------------------------------------- */

/* Some rows, TOGETHER at the most, and their weights. */
typedef struct few_rows {
    const uint16_t *const *row;
    const float *weight;
    size_t count;
} few_rows;

/* name(out, rows, at, ahead): out [WIDE x lanes] = sum_k weight_k row_k[at...], and rows are asked
 * for from at + ahead on. load(p): `lanes` halves as floats. */
#define SUM_TILE(name, target, vector, lanes, load)                                                \
    target static void name(float *out, const few_rows *rows, size_t at, size_t ahead)             \
    {                                                                                              \
        vector sum[WIDE] = {{0}};                                                                  \
                                                                                                   \
        for (size_t k = 0; k < rows->count; k++) {                                                 \
            const uint16_t *own = rows->row[k] + at;                                               \
                                                                                                   \
            for (size_t i = 0; ahead > 0 && i < (size_t)(WIDE) * (lanes); i += LINE)               \
                __builtin_prefetch(own + ahead + i);                                               \
            _Pragma("GCC unroll 8") for (size_t v = 0; v < WIDE; v++) sum[v] +=                    \
                rows->weight[k] * load(own + v * (lanes));                                         \
        }                                                                                          \
        memcpy(out, sum, sizeof sum);                                                              \
    }

#if HAVE_SIMD
#define TARGET_512  __attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma,f16c")))
#define TARGET_256  __attribute__((target("avx2,fma,f16c")))
#define LOAD_512(p) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i_u *)(const void *)(p)))
#define LOAD_256(p) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i_u *)(const void *)(p)))
SUM_TILE(sum_512, TARGET_512, __m512, 16, LOAD_512)
SUM_TILE(sum_256, TARGET_256, __m256, 8, LOAD_256)
#endif

typedef float four_floats __attribute__((vector_size(4 * sizeof(float))));
typedef uint32_t four_bits __attribute__((vector_size(4 * sizeof(uint32_t))));
typedef uint16_t four_halves __attribute__((vector_size(4 * sizeof(uint16_t))));

/* As reel__half_value. */
static inline four_floats load_plain(const uint16_t *p)
{
    four_halves halves;
    four_bits bits;
    four_floats x;

    memcpy(&halves, p, sizeof halves);
    bits = __builtin_convertvector(halves, four_bits);
    x = (four_floats)((bits & 0x7fff) << 13) * 0x1p112F;
    return (four_floats)((four_bits)x | (bits & 0x8000) << 16);
}

SUM_TILE(sum_plain, , four_floats, 4, load_plain)

typedef struct summer {
    void (*sum)(float *out, const few_rows *rows, size_t at, size_t ahead);
    size_t tile;
} summer;

static summer pick(void)
{
#if HAVE_SIMD
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return (summer){sum_512, 16 * (size_t)WIDE};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return (summer){sum_256, 8 * (size_t)WIDE};
#endif
    return (summer){sum_plain, 4 * (size_t)WIDE};
}

/* The last columns, fewer than a tile, beside zeros. */
static void sum_rest(const summer *s, float *out, const few_rows *rows, size_t at, size_t left)
{
    uint16_t rest[TOGETHER][TILE_MOST] = {{0}};
    const uint16_t *row[TOGETHER];
    const few_rows ends = {row, rows->weight, rows->count};

    for (size_t k = 0; k < rows->count; k++) {
        memcpy(rest[k], rows->row[k] + at, left * sizeof rest[k][0]);
        row[k] = rest[k];
    }
    s->sum(out, &ends, 0, 0);
}

static void add_few(const summer *s, double *sum, size_t n, const few_rows *rows)
{
    float out[TILE_MOST];

    for (size_t at = 0; at < n; at += s->tile) {
        const size_t left = n - at < s->tile ? n - at : s->tile;
        const size_t ahead = n - at > 3 * s->tile ? 2 * s->tile : 0;

        if (left == s->tile)
            s->sum(out, rows, at, ahead);
        else
            sum_rest(s, out, rows, at, left);
        for (size_t j = 0; j < left; j++)
            sum[at + j] += (double)out[j];
    }
}

void reel__half_add_rows(double *sum, size_t n, const uint16_t *const *row, const float *weight,
                         size_t count)
{
    const summer s = pick();

    for (size_t k = 0; k < count; k += TOGETHER) {
        const few_rows rows = {row + k, weight + k, count - k < TOGETHER ? count - k : TOGETHER};

        add_few(&s, sum, n, &rows);
    }
}
