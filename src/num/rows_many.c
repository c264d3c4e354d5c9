/* rows_many.c - products of gathered rows with several vectors at once; see rows.h.
 * The vectors lie side by side, so that one number of a row meets all of them in an instruction or
 * two; the products of four or eight rows stay in registers. This file is compiled with fused
 * multiply-adds (CMakeLists.txt).
 */
#include "num/rows.h"

enum { MANY = REEL_ROWS_MANY, AHEAD = 16 };

#define INLINE static inline __attribute__((always_inline))

/* Rows [at, at + tall) of a list; those beyond its end are the last one. */
INLINE void point_at(const float **y, const reel_rows *rows, size_t at, size_t tall)
{
    for (size_t r = 0; r < tall; r++) {
        const size_t i = at + r < rows->count ? at + r : rows->count - 1;

        y[r] = rows->factors + (size_t)rows->index[i] * rows->d;
    }
}

typedef float floats_16 __attribute__((vector_size(16 * sizeof(float))));
typedef float floats_8 __attribute__((vector_size(8 * sizeof(float))));
typedef float floats_4 __attribute__((vector_size(4 * sizeof(float))));

/* name(rows, x, dots): `tall` rows and a vector of the machine's at a time. */
#define DOTS_MANY(name, target, vector, tall)                                                      \
    target static void name(const reel_rows *rows, const float *x, float *dots)                    \
    {                                                                                              \
        const float *y[2][tall];                                                                   \
                                                                                                   \
        point_at(y[0], rows, 0, tall);                                                             \
        for (size_t at = 0, now = 0; at < rows->count; at += (tall), now ^= 1) {                   \
            const float *const *own = y[now];                                                      \
            vector sum[tall] = {{0}};                                                              \
                                                                                                   \
            point_at(y[now ^ 1], rows, at + (tall), tall);                                         \
            for (size_t f = 0; f < rows->d; f += AHEAD)                                            \
                for (size_t r = 0; r < (tall); r++)                                                \
                    __builtin_prefetch(y[now ^ 1][r] + f);                                         \
            for (size_t f = 0; f < rows->d; f++) {                                                 \
                const vector part = *(const vector *)(const void *)(x + f * MANY);                 \
                                                                                                   \
                _Pragma("GCC unroll 8") for (size_t r = 0; r < (tall); r++) sum[r] +=              \
                    own[r][f] * part;                                                              \
            }                                                                                      \
            for (size_t r = 0; r < (tall); r++)                                                    \
                *(vector *)(void *)(dots + (at + r) * MANY) = sum[r];                              \
        }                                                                                          \
    }

#if defined(__x86_64__) && defined(__GNUC__)
DOTS_MANY(dots_512, __attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), floats_16, 8)
DOTS_MANY(dots_256, __attribute__((target("avx2,fma"))), floats_8, 8)
#endif
DOTS_MANY(dots_plain, , floats_4, 4)

void reel__rows_dots_many(const reel_rows *rows, const float *x, float *dots)
{
    size_t lanes = 4;
    void (*multiply)(const reel_rows *, const float *, float *) = dots_plain;

    if (rows->count == 0)
        return;
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        lanes = 16;
        multiply = dots_512;
    } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        lanes = 8;
        multiply = dots_256;
    }
#endif
    for (size_t n = 0; n < MANY; n += lanes)
        multiply(rows, x + n, dots + n);
}
