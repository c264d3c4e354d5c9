/* support/ref_num.h - plain twins of num's loops: double precision, obvious order.
 * nmse is the measure two floating-point results are compared by: the squared error divided by the
 * squared size of the reference.
 */
#ifndef TESTS_SUPPORT_REF_NUM_H
#define TESTS_SUPPORT_REF_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "num/topk.h"

double ref_dot(const float *a, const float *b, size_t n);
/* out [n] = y + a x */
void ref_axpy(double *out, const float *y, float a, const float *x, size_t n);
void ref_moments(const float *x, size_t n, double *mean, double *deviation);
/* Sort everything, take the first k. */
size_t ref_topk(const float *scores, reel_index n, const uint64_t *skip, size_t k,
                reel_scored *out);

double nmse(const float *measured, const double *reference, size_t n);

#endif
