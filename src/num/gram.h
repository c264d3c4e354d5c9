/* num/gram.h - dense products of a sparse matrix with itself or another one.
 * Layer: num. Threads: threads = 0 means all cores; results never depend on it.
 */
#ifndef REEL_NUM_GRAM_H
#define REEL_NUM_GRAM_H

#include <stddef.h>

#include "reel/csr.h"
#include "reel/err.h"

/* The lower triangle of out += X^T W X.
 * out [in, out] cols x cols, rows `stride` floats apart; the upper triangle is not touched
 * matrix [in] X; weights [in] [rows] of W, or NULL = all 1
 * Cost: half the sum of the squared row lengths; memory: a copy of the matrix. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__gram_add(float *out, size_t stride, reel_csr_view matrix,
                                       const float *weights, int threads, reel_err *err);

/* Weights n^-power for rows of n entries, scaled so that the weighted number of entries is the
 * number of entries. out [rows] */
void reel__gram_weights(float *out, reel_csr_view matrix, double power);

/* The whole of out += Y^T W X, where Y and X have the same rows: out [Y.cols x X.cols]. */
REEL_MUST_USE reel_code reel__gram_add_cross(float *out, size_t stride, reel_csr_view y,
                                             reel_csr_view x, const float *weights, int threads,
                                             reel_err *err);

#endif
