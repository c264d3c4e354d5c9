/* num/spd.h - symmetric positive definite matrices of the size of a factor model.
 * Layer: num. Threads: bit-equal results for any number.
 */
#ifndef REEL_NUM_SPD_H
#define REEL_NUM_SPD_H

#include <stdbool.h>
#include <stddef.h>

#include "reel/csr.h"
#include "reel/err.h"

/* out = sum_i w_i y_i y_i^T over the n rows of factors [n x d]; weight [n], or NULL = 1.
 * out [d x d], both triangles. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__spd_gram(const float *factors, const float *weight, reel_index n,
                                       size_t d, int threads, float *out, reel_err *err);

/* a [d x d] (lower triangle read) becomes its inverse; work [d x d]. False when it is not positive
 * definite to working precision. */
bool reel__spd_invert(double *a, size_t d, double *work);
/* Solve a x = b in place: a [d x d] (lower triangle read) becomes its Cholesky factor, b becomes x.
 */
bool reel__spd_solve(double *a, size_t d, double *b);
/* a [d x d] (lower triangle read), symmetric, becomes its eigenvectors, one in each row, by falling
 * eigenvalue; values [d]. Errors: E_NOMEM; E_INVALID (numbers that are not finite). */
REEL_MUST_USE reel_code reel__spd_eigen(double *a, size_t d, double *values, reel_err *err);

#endif
