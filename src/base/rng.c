/* rng.c - xoshiro256++ (Blackman and Vigna, 2019), seeded by splitmix64.
 * Only integer arithmetic, division by powers of two, sqrt and our own log decide the numbers, so
 * that they are equal on every machine whatever its maths library.
 */
#include "base/rng.h"

#include <math.h>

__extension__ typedef unsigned __int128 wide;

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

reel_rng reel__rng_make(uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;
    reel_rng rng;

    /* Hash the seed before the stream joins it: (1, 2) and (2, 1) must not meet. */
    state = split_mix(&state) ^ rotate(stream * UINT64_C(0xD1342543DE82EF95), 23);
    for (int i = 0; i < 4; i++)
        rng.state[i] = split_mix(&state);
    return rng;
}

uint64_t reel__rng_next(reel_rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t result = rotate(s[0] + s[3], 23) + s[0], shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45);
    return result;
}

/* Lemire's multiplication method (2019): a bias-free range with a division only now and then. */
uint64_t reel__rng_below(reel_rng *rng, uint64_t bound)
{
    wide product = (wide)reel__rng_next(rng) * bound;

    if ((uint64_t)product < bound) {
        const uint64_t threshold = (0 - bound) % bound;

        while ((uint64_t)product < threshold)
            product = (wide)reel__rng_next(rng) * bound;
    }
    return (uint64_t)(product >> 64);
}

double reel__rng_unit(reel_rng *rng)
{
    return (double)(reel__rng_next(rng) >> 11) * 0x1.0p-53;
}

/* log(x) for x in (0, 1]: halve the exponent away, then the series of 2 atanh((m - 1) / (m + 1)).
 * The C library's log may differ in the last bit between machines; this one cannot. */
static double portable_log(double x)
{
    int exponent;
    const double m = frexp(x, &exponent) * 1.4142135623730951; /* [0.707, 1.414) */
    const double t = (m - 1) / (m + 1), square = t * t;
    double sum = 0;

    for (int k = 25; k >= 1; k -= 2)
        sum = sum * square + 1.0 / k;
    return 2 * t * sum + ((double)exponent - 0.5) * 0.6931471805599453;
}

/* Marsaglia's polar method; the second value of a pair is dropped so that the state stays small. */
double reel__rng_normal(reel_rng *rng)
{
    double x, y, square;

    do {
        x = 2 * reel__rng_unit(rng) - 1;
        y = 2 * reel__rng_unit(rng) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    return x * sqrt(-2 * portable_log(square) / square);
}

void reel__rng_shuffle(reel_rng *rng, int32_t *numbers, size_t count)
{
    for (size_t i = count; i-- > 1;) {
        const size_t other = (size_t)reel__rng_below(rng, (uint64_t)i + 1);
        const int32_t kept = numbers[i];

        numbers[i] = numbers[other];
        numbers[other] = kept;
    }
}
