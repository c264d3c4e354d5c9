/* spd_many.c - Cholesky's factor A = U^T U by bands of eight rows; see spd_many.h.
 * A band's sums stay in registers while all rows above are taken from it, sixteen or thirty-two
 * columns at a time: the loop that sums X^T X is that which factors it. The right sides are columns
 * more, so that U^-T q is there as soon as U is. This file is compiled with fused multiply-adds
 * (CMakeLists.txt).
 */
#include "num/spd_many.h"

#include <math.h>
#include <string.h>

#include "num/kernels.h"

enum { BAND = 8, UNIT = REEL_ROWS_UNIT, MANY = REEL_ROWS_MANY };

/* Sixteen numbers at once; the compiler splits them where registers are narrower. */
typedef float lanes __attribute__((vector_size(UNIT * sizeof(float))));
_Static_assert(UNIT == MANY, "the right sides are a group of columns");

/* A helper must be part of the kernel that calls it, or it would be compiled for the baseline. */
#define INLINE static inline __attribute__((always_inline))

INLINE lanes *group_at(float *row, size_t column)
{
    return (lanes *)(void *)(row + column);
}

INLINE const lanes *part_at(const float *row, size_t column)
{
    return (const lanes *)(const void *)(row + column);
}

/* What a band of eight rows gets: the products of its columns of x with columns of x. */
typedef struct products {
    const float *x;
    size_t count, x_stride;
    bool taken; /* from what is there; else added */
    float *to;  /* the first of the band's rows */
    size_t stride, band;
} products;

/* `groups` groups of columns from `column` on. */
INLINE void add_groups(const products *p, size_t column, size_t groups)
{
    lanes sum[2][BAND];

    for (size_t g = 0; g < groups; g++)
        for (size_t i = 0; i < BAND; i++)
            sum[g][i] = *part_at(p->to + i * p->stride, column + g * UNIT);
    for (size_t k = 0; k < p->count; k++) {
        const float *row = p->x + k * p->x_stride, *own = row + p->band;

#pragma GCC unroll 2
        for (size_t g = 0; g < groups; g++) {
            const lanes part = *part_at(row, column + g * UNIT);

#pragma GCC unroll 8
            for (size_t i = 0; i < BAND; i++)
                sum[g][i] += (p->taken ? -own[i] : own[i]) * part;
        }
    }
    for (size_t g = 0; g < groups; g++)
        for (size_t i = 0; i < BAND; i++)
            *group_at(p->to + i * p->stride, column + g * UNIT) = sum[g][i];
}

/* All columns from the band's own group to `end`. */
INLINE void add_products(const products *p, size_t end)
{
    size_t column = p->band / UNIT * UNIT;

    for (; column + 2 * (size_t)UNIT <= end; column += 2 * (size_t)UNIT)
        add_groups(p, column, 2);
    if (column < end)
        add_groups(p, column, 1);
}

void reel__spd_many_open(reel_spd_many *out, size_t n, float *memory)
{
    *out = (reel_spd_many){n, n + MANY, memory};
    memset(memory, 0, reel__spd_many_size(n) * sizeof *memory);
    for (size_t i = 0; i < n; i++)
        memory[i * out->stride + i] = 1;
}

REEL_KERNEL void reel__spd_many_add(reel_spd_many *s, const float *x, size_t count)
{
    for (size_t band = 0; band < s->n; band += BAND)
        add_products(
            &(products){x, count, s->n, false, s->upper + band * s->stride, s->stride, band}, s->n);
}

/* The corner of a band of which the rows above are taken already: u_ik above the diagonal and 1 /
 * u_ii on it. False when a pivot is not a positive number. */
INLINE bool factor_corner(float corner[BAND][BAND])
{
    for (size_t i = 0; i < BAND; i++) {
        float *row = corner[i];

        for (size_t k = 0; k < i; k++)
            for (size_t j = i; j < BAND; j++)
                row[j] -= corner[k][i] * corner[k][j];
        if (!(row[i] > 0 && isfinite(row[i])))
            return false;
        row[i] = 1 / sqrtf(row[i]);
        for (size_t j = i + 1; j < BAND; j++)
            row[j] *= row[i];
    }
    return true;
}

/* The band's rows from the corner's own group of columns on, right sides too. */
INLINE void factor_rows(float *rows, size_t stride, size_t band, float corner[BAND][BAND])
{
    for (size_t column = band / UNIT * UNIT; column < stride; column += UNIT) {
        lanes part[BAND];

#pragma GCC unroll 8
        for (size_t i = 0; i < BAND; i++) {
            part[i] = *part_at(rows + i * stride, column);
#pragma GCC unroll 8
            for (size_t k = 0; k < i; k++)
                part[i] -= corner[k][i] * part[k];
            part[i] *= corner[i][i];
        }
        for (size_t i = 0; i < BAND; i++)
            *group_at(rows + i * stride, column) = part[i];
    }
    for (size_t i = 0; i < BAND; i++)
        rows[i * stride + band + i] = corner[i][i];
}

/* U, with 1 / u_ii on its diagonal, in the matrix's place, and U^-T q in the right sides'. */
INLINE bool factor(reel_spd_many *s)
{
    for (size_t band = 0; band < s->n; band += BAND) {
        float *rows = s->upper + band * s->stride, corner[BAND][BAND];

        add_products(&(products){s->upper, band, s->stride, true, rows, s->stride, band},
                     s->stride);
        for (size_t i = 0; i < BAND; i++)
            memcpy(corner[i], rows + i * s->stride + band, sizeof corner[i]);
        if (!factor_corner(corner))
            return false;
        factor_rows(rows, s->stride, band, corner);
    }
    return true;
}

/* U z = the right sides. */
INLINE void substitute(const reel_spd_many *s, float *out)
{
    for (size_t end = s->n; end > 0; end -= BAND) {
        const size_t band = end - BAND;
        const float *rows = s->upper + band * s->stride;
        lanes left[BAND];

        for (size_t i = 0; i < BAND; i++)
            left[i] = *part_at(rows + i * s->stride, s->n);
        for (size_t k = end; k < s->n; k++) {
            const lanes z = *part_at(out, k * MANY);

#pragma GCC unroll 8
            for (size_t i = 0; i < BAND; i++)
                left[i] -= rows[i * s->stride + k] * z;
        }
#pragma GCC unroll 8
        for (size_t i = BAND; i-- > 0;) {
#pragma GCC unroll 8
            for (size_t k = i + 1; k < BAND; k++)
                left[i] -= rows[i * s->stride + band + k] * left[k];
            left[i] *= rows[i * s->stride + band + i];
            *group_at(out, (band + i) * MANY) = left[i];
        }
    }
}

REEL_KERNEL bool reel__spd_many_solve(reel_spd_many *s, float *out)
{
    if (!factor(s))
        return false;
    substitute(s, out);
    return true;
}
