/* num/exp.h - e to the power of a float, written so that a loop over it becomes vector code.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_EXP_H
#define REEL_NUM_EXP_H

#include <stdint.h>
#include <string.h>

/* Within 3e-7 relative of exp(x); below -87 it is exp(-87), above 88 exp(88). NaN gives a number.
 * x = n ln 2 + r with n whole and |r| <= ln 2 / 2: a polynomial for e^r (Taylor, enough at that
 * size), n goes into the exponent. */
static inline float reel__exp(float x)
{
    const float magic = 12582912; /* 1.5 x 2^23: adding it rounds to a whole number */
    const float in = x > -87 ? (x < 88 ? x : 88) : -87;
    const float n = (in * 1.44269504F + magic) - magic;
    const float r = (in - n * 0.693359375F) + n * 2.12194440e-4F;
    const float p =
        1 + r * (1 + r * (0.5F +
                          r * (1.66666667e-1F +
                               r * (4.16666667e-2F + r * (8.33333333e-3F + r * 1.38888889e-3F)))));
    const int32_t bits = ((int32_t)n + 127) * (1 << 23);
    float power;

    memcpy(&power, &bits, sizeof power);
    return p * power;
}

#endif
