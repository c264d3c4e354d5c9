/* num/spd_many.h - small symmetric positive definite systems, each with several right sides that
 * lie side by side: (I + X^T X) z = q, in single precision. X^T X is summed over rows in pieces, so
 * that a piece may stay in the nearest cache. Layer: num. Threads: no state; a system is one
 * thread's at a time.
 */
#ifndef REEL_NUM_SPD_MANY_H
#define REEL_NUM_SPD_MANY_H

#include <stdbool.h>
#include <stddef.h>

#include "num/rows.h"

typedef struct reel_spd_many {
    size_t n;      /* a multiple of REEL_ROWS_UNIT */
    size_t stride; /* n + REEL_ROWS_MANY */
    float *upper;  /* [n x stride] the upper triangle; behind each of its rows the right sides' */
} reel_spd_many;

/* Floats of a system's array, to be 64-byte aligned. */
static inline size_t reel__spd_many_size(size_t n)
{
    return n * (n + REEL_ROWS_MANY);
}

/* X^T X = 0 and all right sides 0. memory: of that size, the caller's */
void reel__spd_many_open(reel_spd_many *out, size_t n, float *memory);
/* Add the products of count rows of X. x [count x n], 64-byte aligned */
void reel__spd_many_add(reel_spd_many *system, const float *x, size_t count);
/* Solve by Cholesky's factor, which takes the matrix's place. What a right side gets does not
 * depend on the others. out [n x REEL_ROWS_MANY], 64-byte aligned. False when the matrix is not of
 * finite numbers; out is anything then. Cost: n^3 / 6 + REEL_ROWS_MANY n^2 multiply-adds. */
bool reel__spd_many_solve(reel_spd_many *system, float *out);

#endif
