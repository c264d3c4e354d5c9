/* rows.c - fused products with gathered rows; see rows.h.
 * Eight rows at a time: eight inner products with x, summed across lanes together, then eight
 * updates of each part of `out`. Rows are read twice, the second time out of L1, and `out` is read
 * and written an eighth as often; that makes two loads and two multiply-adds of each vector of a
 * row, the least there is.
 */
#include "num/rows.h"

#include <stdbool.h>
#include <string.h>

#include "num/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_SIMD 1
#else
#define HAVE_SIMD 0
#endif

enum { TILE = 8 };

/* Rows [at, at + TILE) of a list; those beyond its end are the last row with weight and pull 0. */
typedef struct tile {
    const float *y[TILE];
    float weight[TILE], pull[TILE];
} tile;

static inline void point_at(const float *y[TILE], const reel_rows *rows, size_t at)
{
    for (size_t r = 0; r < TILE; r++)
        y[r] = rows->factors +
               (size_t)rows->index[at + r < rows->count ? at + r : rows->count - 1] * rows->d;
}

static inline void open_tile(tile *t, const reel_rows *rows, size_t at)
{
    for (size_t r = 0; r < TILE; r++) {
        const size_t i = at + r < rows->count ? at + r : rows->count - 1;
        const bool real = at + r < rows->count;

        t->y[r] = rows->factors + (size_t)rows->index[i] * rows->d;
        t->weight[r] = real ? rows->weight[i] : 0;
        t->pull[r] = real && rows->pull != NULL ? rows->pull[i] : 0;
    }
}

/* ---- AVX-512 ------------------------------------------------------------------------------- */

#if HAVE_SIMD
#define TARGET_512 __attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma")))

/* The sums of eight vectors. */
TARGET_512 static inline __m256 sum_eight_512(const __m512 v[TILE])
{
    __m512 pair[4], four[2], all;

    for (size_t i = 0; i < 4; i++)
        pair[i] = _mm512_add_ps(_mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]),
                                _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]));
    for (size_t i = 0; i < 2; i++)
        four[i] = _mm512_add_ps(_mm512_shuffle_ps(pair[2 * i], pair[2 * i + 1], 0x44),
                                _mm512_shuffle_ps(pair[2 * i], pair[2 * i + 1], 0xee));
    all = _mm512_add_ps(_mm512_shuffle_f32x4(four[0], four[1], 0x44),
                        _mm512_shuffle_f32x4(four[0], four[1], 0xee));
    all = _mm512_add_ps(all, _mm512_shuffle_f32x4(all, all, 0xb1));
    return _mm512_castps512_ps256(_mm512_shuffle_f32x4(all, all, 0x08));
}

TARGET_512 static inline __m256 dot_eight_512(const float *const y[TILE], const float *x, size_t d)
{
    __m512 sum[TILE];

    for (int r = 0; r < TILE; r++)
        sum[r] = _mm512_setzero_ps();
    for (size_t f = 0; f < d; f += 16) {
        const __m512 part = _mm512_loadu_ps(x + f);

        for (int r = 0; r < TILE; r++)
            sum[r] = _mm512_fmadd_ps(part, _mm512_loadu_ps(y[r] + f), sum[r]);
    }
    return sum_eight_512(sum);
}

TARGET_512 static void pull_512(const reel_rows *rows, const float *x, float *out)
{
    const size_t d = rows->d;
    tile t[2];

    open_tile(&t[0], rows, 0);
    for (size_t at = 0, now = 0; at < rows->count; at += TILE, now ^= 1) {
        const tile *mine = &t[now];
        float a[TILE];
        __m512 factor[TILE];

        open_tile(&t[now ^ 1], rows, at + TILE < rows->count ? at + TILE : at);
        _mm256_storeu_ps(a, _mm256_fnmadd_ps(_mm256_loadu_ps(mine->weight),
                                             dot_eight_512(mine->y, x, d),
                                             _mm256_loadu_ps(mine->pull)));
        for (int r = 0; r < TILE; r++)
            factor[r] = _mm512_set1_ps(a[r]);
        for (size_t f = 0; f < d; f += 16) {
            __m512 part = _mm512_loadu_ps(out + f);

            for (int r = 0; r < TILE; r++)
                part = _mm512_fmadd_ps(factor[r], _mm512_loadu_ps(mine->y[r] + f), part);
            _mm512_storeu_ps(out + f, part);
            for (int r = 0; r < TILE; r++)
                _mm_prefetch((const char *)(t[now ^ 1].y[r] + f), _MM_HINT_T0);
        }
    }
}

/* ---- AVX2 ---------------------------------------------------------------------------------- */

#define TARGET_256 __attribute__((target("avx2,fma")))

TARGET_256 static inline __m256 sum_eight_256(const __m256 v[TILE])
{
    __m256 four[2];

    for (size_t i = 0; i < 2; i++)
        four[i] = _mm256_hadd_ps(_mm256_hadd_ps(v[4 * i], v[4 * i + 1]),
                                 _mm256_hadd_ps(v[4 * i + 2], v[4 * i + 3]));
    return _mm256_add_ps(_mm256_permute2f128_ps(four[0], four[1], 0x20),
                         _mm256_permute2f128_ps(four[0], four[1], 0x31));
}

TARGET_256 static inline __m256 dot_eight_256(const float *const y[TILE], const float *x, size_t d)
{
    __m256 sum[TILE];

    for (int r = 0; r < TILE; r++)
        sum[r] = _mm256_setzero_ps();
    for (size_t f = 0; f < d; f += 8) {
        const __m256 part = _mm256_loadu_ps(x + f);

        for (int r = 0; r < TILE; r++)
            sum[r] = _mm256_fmadd_ps(part, _mm256_loadu_ps(y[r] + f), sum[r]);
    }
    return sum_eight_256(sum);
}

TARGET_256 static void pull_256(const reel_rows *rows, const float *x, float *out)
{
    const size_t d = rows->d;

    for (size_t at = 0; at < rows->count; at += TILE) {
        tile mine;
        float a[TILE];
        __m256 factor[TILE];

        open_tile(&mine, rows, at);
        _mm256_storeu_ps(a,
                         _mm256_fnmadd_ps(_mm256_loadu_ps(mine.weight), dot_eight_256(mine.y, x, d),
                                          _mm256_loadu_ps(mine.pull)));
        for (int r = 0; r < TILE; r++)
            factor[r] = _mm256_set1_ps(a[r]);
        for (size_t f = 0; f < d; f += 8) {
            __m256 part = _mm256_loadu_ps(out + f);

            for (int r = 0; r < TILE; r++)
                part = _mm256_fmadd_ps(factor[r], _mm256_loadu_ps(mine.y[r] + f), part);
            _mm256_storeu_ps(out + f, part);
        }
    }
}

TARGET_512 static void dots_512(const reel_rows *rows, const float *x, float *out)
{
    for (size_t i = 0; i < rows->count; i += TILE) {
        const float *y[TILE];
        float sums[TILE];

        point_at(y, rows, i);
        _mm256_storeu_ps(sums, dot_eight_512(y, x, rows->d));
        memcpy(out + i, sums, (rows->count - i < TILE ? rows->count - i : TILE) * sizeof *out);
    }
}

TARGET_256 static void dots_256(const reel_rows *rows, const float *x, float *out)
{
    for (size_t i = 0; i < rows->count; i += TILE) {
        const float *y[TILE];
        float sums[TILE];

        point_at(y, rows, i);
        _mm256_storeu_ps(sums, dot_eight_256(y, x, rows->d));
        memcpy(out + i, sums, (rows->count - i < TILE ? rows->count - i : TILE) * sizeof *out);
    }
}

static bool have_512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

static bool have_256(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

/* ---- any machine --------------------------------------------------------------------------- */

static void pull_plain(const reel_rows *rows, const float *x, float *out)
{
    const size_t d = rows->d;

    for (size_t i = 0; i < rows->count; i++) {
        const float *y = rows->factors + (size_t)rows->index[i] * d;
        const float pull = rows->pull == NULL ? 0 : rows->pull[i];

        reel__axpy(out, pull - rows->weight[i] * reel__dot(y, x, d), y, d);
    }
}

void reel__rows_pull(const reel_rows *rows, const float *x, float *out)
{
    if (rows->count == 0)
        return;
#if HAVE_SIMD
    if (have_512()) {
        pull_512(rows, x, out);
        return;
    }
    if (have_256()) {
        pull_256(rows, x, out);
        return;
    }
#endif
    pull_plain(rows, x, out);
}

void reel__rows_dots(const reel_rows *rows, const float *x, float *out)
{
#if HAVE_SIMD
    if (have_512()) {
        dots_512(rows, x, out);
        return;
    }
    if (have_256()) {
        dots_256(rows, x, out);
        return;
    }
#endif
    for (size_t i = 0; i < rows->count; i++)
        out[i] = reel__dot(rows->factors + (size_t)rows->index[i] * rows->d, x, rows->d);
}

/* ---- a matrix and four vectors ------------------------------------------------------------- */

/* A part of each product stays in registers while the matrix streams by, read once for all. The
 * compiler keeps only vectors of the machine's own size in registers, hence the three sizes; each
 * float is summed in the same order in all of them. */
#define MULTIPLY(name, lanes)                                                                      \
    typedef float name##_lanes __attribute__((vector_size((lanes) * sizeof(float)), aligned(4)));  \
    static inline __attribute__((always_inline)) void name(const float *matrix, size_t d,          \
                                                           const float *x, float *out)             \
    {                                                                                              \
        const float *x0 = x, *x1 = x0 + d, *x2 = x1 + d, *x3 = x2 + d;                             \
                                                                                                   \
        for (size_t f = 0; f < d; f += (lanes)) {                                                  \
            name##_lanes even[REEL_ROWS_LANES] = {{0}}, odd[REEL_ROWS_LANES] = {{0}};              \
                                                                                                   \
            for (size_t i = 0; i < d; i += 2) {                                                    \
                const name##_lanes a = *(const name##_lanes *)(matrix + i * d + f);                \
                const name##_lanes b = *(const name##_lanes *)(matrix + (i + 1) * d + f);          \
                                                                                                   \
                even[0] += x0[i] * a;                                                              \
                even[1] += x1[i] * a;                                                              \
                even[2] += x2[i] * a;                                                              \
                even[3] += x3[i] * a;                                                              \
                odd[0] += x0[i + 1] * b;                                                           \
                odd[1] += x1[i + 1] * b;                                                           \
                odd[2] += x2[i + 1] * b;                                                           \
                odd[3] += x3[i + 1] * b;                                                           \
            }                                                                                      \
            _Pragma("GCC unroll 4") for (int lane = 0; lane < REEL_ROWS_LANES; lane++)             \
            {                                                                                      \
                *(name##_lanes *)(out + (size_t)lane * d + f) = even[lane] + odd[lane];            \
            }                                                                                      \
        }                                                                                          \
    }

MULTIPLY(multiply_16, 16)
MULTIPLY(multiply_8, 8)
MULTIPLY(multiply_4, 4)

#if HAVE_SIMD
TARGET_512 static void multiply_512(const float *matrix, size_t d, const float *x, float *out)
{
    multiply_16(matrix, d, x, out);
}

TARGET_256 static void multiply_256(const float *matrix, size_t d, const float *x, float *out)
{
    multiply_8(matrix, d, x, out);
}
#endif

void reel__rows_multiply(const float *matrix, size_t d, const float *x, float *out)
{
#if HAVE_SIMD
    if (have_512()) {
        multiply_512(matrix, d, x, out);
        return;
    }
    if (have_256()) {
        multiply_256(matrix, d, x, out);
        return;
    }
#endif
    multiply_4(matrix, d, x, out);
}
