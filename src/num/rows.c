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

/* sum_i c_i dots_i^2 */
static double weigh_squares(const tile *t, const float dots[TILE])
{
    double sum = 0;

    for (int r = 0; r < TILE; r++)
        sum += (double)(t->weight[r] * dots[r]) * (double)dots[r];
    return sum;
}

TARGET_512 static double squares_512(const reel_rows *rows, const float *x)
{
    double sum = 0;

    for (size_t at = 0; at < rows->count; at += TILE) {
        float dots[TILE];
        tile mine;

        open_tile(&mine, rows, at);
        _mm256_storeu_ps(dots, dot_eight_512(mine.y, x, rows->d));
        sum += weigh_squares(&mine, dots);
    }
    return sum;
}

TARGET_256 static double squares_256(const reel_rows *rows, const float *x)
{
    double sum = 0;

    for (size_t at = 0; at < rows->count; at += TILE) {
        float dots[TILE];
        tile mine;

        open_tile(&mine, rows, at);
        _mm256_storeu_ps(dots, dot_eight_256(mine.y, x, rows->d));
        sum += weigh_squares(&mine, dots);
    }
    return sum;
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

double reel__rows_squares(const reel_rows *rows, const float *x)
{
    double sum = 0;

#if HAVE_SIMD
    if (have_512())
        return squares_512(rows, x);
    if (have_256())
        return squares_256(rows, x);
#endif
    for (size_t i = 0; i < rows->count; i++) {
        const float dot = reel__dot(rows->factors + (size_t)rows->index[i] * rows->d, x, rows->d);

        sum += (double)(rows->weight[i] * dot) * (double)dot;
    }
    return sum;
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

/* ---- a matrix and eight vectors ------------------------------------------------------------ */

/* A part of each product stays in registers while the matrix streams by, read once for `count`
 * vectors: as many as the machine has registers for. Each float is summed in the same order on
 * every machine. add(sum, x, y): sum + x y, x one float. */
#define MULTIPLY(name, target, vector, lanes, count, add)                                          \
    target static void name(const float *matrix, size_t d, const float *x, float *out)             \
    {                                                                                              \
        for (size_t f = 0; f < d; f += (lanes)) {                                                  \
            vector even[count] = {{0}}, odd[count] = {{0}};                                        \
                                                                                                   \
            for (size_t i = 0; i < d; i += 2) {                                                    \
                const vector a = *(const vector *)(matrix + i * d + f);                            \
                const vector b = *(const vector *)(matrix + (i + 1) * d + f);                      \
                                                                                                   \
                _Pragma("GCC unroll 8") for (size_t k = 0; k < (count); k++)                       \
                {                                                                                  \
                    even[k] = add(even[k], x[k * d + i], a);                                       \
                    odd[k] = add(odd[k], x[k * d + i + 1], b);                                     \
                }                                                                                  \
            }                                                                                      \
            _Pragma("GCC unroll 8") for (size_t k = 0; k < (count); k++)                           \
            {                                                                                      \
                *(vector *)(out + k * d + f) = even[k] + odd[k];                                   \
            }                                                                                      \
        }                                                                                          \
    }

/* The same for one vector, whose sums would wait for each other: `count` parts of it at once, then
 * the rest of the parts one by one. */
#define MULTIPLY_ONE(name, target, vector, lanes, count, add)                                      \
    target static size_t name(const float *matrix, size_t d, const float *x, float *out, size_t f) \
    {                                                                                              \
        const size_t width = (size_t)(count) * (lanes);                                            \
                                                                                                   \
        for (; f + width <= d; f += width) {                                                       \
            vector even[count] = {{0}}, odd[count] = {{0}};                                        \
                                                                                                   \
            for (size_t i = 0; i < d; i += 2) {                                                    \
                const float *a = matrix + i * d + f, *b = a + d;                                   \
                                                                                                   \
                _Pragma("GCC unroll 8") for (size_t k = 0; k < (count); k++)                       \
                {                                                                                  \
                    even[k] = add(even[k], x[i], *(const vector *)(a + k * (lanes)));              \
                    odd[k] = add(odd[k], x[i + 1], *(const vector *)(b + k * (lanes)));            \
                }                                                                                  \
            }                                                                                      \
            _Pragma("GCC unroll 8") for (size_t k = 0; k < (count); k++)                           \
            {                                                                                      \
                *(vector *)(out + f + k * (lanes)) = even[k] + odd[k];                             \
            }                                                                                      \
        }                                                                                          \
        return f;                                                                                  \
    }

enum { HALF = REEL_ROWS_LANES / 2 };

#if HAVE_SIMD
#define ADD_512(sum, x, y) _mm512_fmadd_ps(_mm512_set1_ps(x), y, sum)
#define ADD_256(sum, x, y) _mm256_fmadd_ps(_mm256_set1_ps(x), y, sum)
MULTIPLY(multiply_512, TARGET_512, __m512_u, 16, REEL_ROWS_LANES, ADD_512)
MULTIPLY(multiply_256, TARGET_256, __m256_u, 8, HALF, ADD_256)
MULTIPLY_ONE(several_512, TARGET_512, __m512_u, 16, 8, ADD_512)
MULTIPLY_ONE(single_512, TARGET_512, __m512_u, 16, 1, ADD_512)
MULTIPLY_ONE(several_256, TARGET_256, __m256_u, 8, 6, ADD_256)
MULTIPLY_ONE(single_256, TARGET_256, __m256_u, 8, 1, ADD_256)
#endif

typedef float four_floats __attribute__((vector_size(4 * sizeof(float)), aligned(4)));
#define ADD_PLAIN(sum, x, y) ((sum) + (x) * (y))
MULTIPLY(multiply_plain, , four_floats, 4, HALF, ADD_PLAIN)
MULTIPLY_ONE(one_plain, , four_floats, 4, 4, ADD_PLAIN)

void reel__rows_multiply(const float *matrix, size_t d, const float *x, float *out)
{
#if HAVE_SIMD
    if (have_512()) {
        multiply_512(matrix, d, x, out);
        return;
    }
    if (have_256()) {
        multiply_256(matrix, d, x, out);
        multiply_256(matrix, d, x + HALF * d, out + HALF * d);
        return;
    }
#endif
    multiply_plain(matrix, d, x, out);
    multiply_plain(matrix, d, x + HALF * d, out + HALF * d);
}

void reel__rows_multiply_one(const float *matrix, size_t d, const float *x, float *out)
{
#if HAVE_SIMD
    if (have_512()) {
        (void)single_512(matrix, d, x, out, several_512(matrix, d, x, out, 0));
        return;
    }
    if (have_256()) {
        (void)single_256(matrix, d, x, out, several_256(matrix, d, x, out, 0));
        return;
    }
#endif
    (void)one_plain(matrix, d, x, out, 0);
}
