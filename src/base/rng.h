/* base/rng.h - seeded random numbers (xoshiro256++, splitmix64 seeding), equal on every machine.
 * Layer: base. Threads: one thread at a time per generator.
 */
#ifndef REEL_BASE_RNG_H
#define REEL_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct reel_rng {
    uint64_t state[4];
} reel_rng;

/* A generator of its own for each (seed, stream): use the row as the stream. */
reel_rng reel__rng_make(uint64_t seed, uint64_t stream);
uint64_t reel__rng_next(reel_rng *rng);
uint64_t reel__rng_below(reel_rng *rng, uint64_t bound); /* uniform in [0, bound), bound > 0 */
double reel__rng_unit(reel_rng *rng);                    /* uniform in [0, 1) */
double reel__rng_normal(reel_rng *rng);                  /* mean 0, variance 1 */
/* Put count numbers in an order of chance (Fisher and Yates), each as probable as any other. */
void reel__rng_shuffle(reel_rng *rng, int32_t *numbers, size_t count);

#endif
