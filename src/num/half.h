/* num/half.h - numbers kept in half precision (IEEE binary16), where reading them is what costs.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_HALF_H
#define REEL_NUM_HALF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The largest number there is. */
#define REEL_HALF_MAX 65504.0F

/* The bits of a finite half as a float; exact. */
static inline float reel__half_value(uint16_t half)
{
    const uint32_t bits = (uint32_t)(half & 0x7fff) << 13, sign = (uint32_t)(half & 0x8000) << 16;
    float x;

    memcpy(&x, &bits, sizeof x);
    x *= 0x1p112F; /* the exponents' biases differ by that much, below the smallest normal too */
    return sign != 0 ? -x : x;
}

/* out [n] = in [n], each the nearest half, ties to even; what is beyond the largest becomes that.
 */
void reel__half_pack(uint16_t *out, const float *in, size_t n);

/* Whether all of them are numbers. */
bool reel__half_finite(const uint16_t *half, size_t n);

/* sum += sum_k weight_k row_k over rows of n finite halves, in doubles of which each takes up a few
 * rows' products. sum [n], row and weight [count] */
void reel__half_add_rows(double *sum, size_t n, const uint16_t *const *row, const float *weight,
                         size_t count);

#endif
