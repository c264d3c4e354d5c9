/* rows_many.c - products of gathered rows with several vectors at once; see rows.h.
 * The vectors lie side by side, so that one number of a row meets all of them in an instruction or
 * two. A tile of rows is worked on as in rows.c: its products with the vectors stay in registers,
 * then its updates of `out` are made, four or eight rows to each number that is read and written;
 * the second time the rows come out of L1. This file is compiled with fused multiply-adds
 * (CMakeLists.txt).
 */
#include <stdbool.h>
#include <string.h>

#include "num/rows.h"

enum { MANY = REEL_ROWS_MANY, AHEAD = 16 };

#define INLINE static inline __attribute__((always_inline))

/* Rows [at, at + tall) of a list; those beyond its end are the last one with weight 0. */
INLINE void point_at(const float **y, float *weight, const reel_rows *rows, size_t at, size_t tall)
{
    for (size_t r = 0; r < tall; r++) {
        const bool real = at + r < rows->count;
        const size_t i = real ? at + r : rows->count - 1;

        y[r] = rows->factors + (size_t)rows->index[i] * rows->d;
        weight[r] = real && rows->weight != NULL ? rows->weight[i] : 0;
    }
}

typedef float floats_16 __attribute__((vector_size(16 * sizeof(float))));
typedef float floats_8 __attribute__((vector_size(8 * sizeof(float))));
typedef float floats_4 __attribute__((vector_size(4 * sizeof(float))));

/* name(rows, x, out, dots): `tall` rows and a vector of the machine's at a time. */
#define PULL_MANY(name, target, vector, tall)                                                      \
    target static void name(const reel_rows *rows, const float *x, float *out, float *dots)        \
    {                                                                                              \
        const float *y[2][tall];                                                                   \
        float weight[2][tall];                                                                     \
                                                                                                   \
        point_at(y[0], weight[0], rows, 0, tall);                                                  \
        for (size_t at = 0, now = 0; at < rows->count; at += (tall), now ^= 1) {                   \
            const float *const *own = y[now];                                                      \
            vector sum[tall] = {{0}};                                                              \
                                                                                                   \
            point_at(y[now ^ 1], weight[now ^ 1], rows, at + (tall), tall);                        \
            for (size_t f = 0; f < rows->d; f += AHEAD)                                            \
                for (size_t r = 0; r < (tall); r++)                                                \
                    __builtin_prefetch(y[now ^ 1][r] + f);                                         \
            for (size_t f = 0; f < rows->d; f++) {                                                 \
                const vector part = *(const vector *)(const void *)(x + f * MANY);                 \
                                                                                                   \
                _Pragma("GCC unroll 8") for (size_t r = 0; r < (tall); r++) sum[r] +=              \
                    own[r][f] * part;                                                              \
            }                                                                                      \
            _Pragma("GCC unroll 8") for (size_t r = 0; r < (tall); r++)                            \
            {                                                                                      \
                *(vector *)(void *)(dots + (at + r) * MANY) = sum[r];                              \
                sum[r] *= -weight[now][r];                                                         \
            }                                                                                      \
            for (size_t f = 0; f < rows->d && out != NULL; f++) {                                  \
                vector part = *(const vector *)(const void *)(out + f * MANY);                     \
                                                                                                   \
                _Pragma("GCC unroll 8") for (size_t r = 0; r < (tall); r++) part +=                \
                    own[r][f] * sum[r];                                                            \
                *(vector *)(void *)(out + f * MANY) = part;                                        \
            }                                                                                      \
        }                                                                                          \
    }

#if defined(__x86_64__) && defined(__GNUC__)
PULL_MANY(pull_512, __attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), floats_16, 8)
PULL_MANY(pull_256, __attribute__((target("avx2,fma"))), floats_8, 8)
#endif
PULL_MANY(pull_plain, , floats_4, 4)

void reel__rows_pull_many(const reel_rows *rows, const float *x, float *out, float *dots)
{
    size_t lanes = 4;
    void (*pull)(const reel_rows *, const float *, float *, float *) = pull_plain;

    if (rows->count == 0)
        return;
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        lanes = 16;
        pull = pull_512;
    } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        lanes = 8;
        pull = pull_256;
    }
#endif
    for (size_t n = 0; n < MANY; n += lanes)
        pull(rows, x + n, out == NULL ? NULL : out + n, dots + n);
}
