/* support/property.h - random cases with a seed that is printed and can be given back.
 * REEL_SEED=N replays; without it the seed is fixed, so that a run of all tests decides the same
 * thing each time.
 */
#ifndef TESTS_SUPPORT_PROPERTY_H
#define TESTS_SUPPORT_PROPERTY_H

#include "support/check.h"

#include <inttypes.h>

#include "base/rng.h"

static inline uint64_t property_seed(void)
{
    const char *text = getenv("REEL_SEED");
    const uint64_t seed = text == NULL ? 20261123 : strtoull(text, NULL, 10);

    print_message("REEL_SEED=%" PRIu64 "\n", seed);
    return seed;
}

/* Uniform in [low, high]. */
static inline int64_t draw(reel_rng *rng, int64_t low, int64_t high)
{
    return low + (int64_t)reel__rng_below(rng, (uint64_t)(high - low) + 1);
}

#endif
