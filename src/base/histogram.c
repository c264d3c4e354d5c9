/* histogram.c - buckets, see histogram.h. */
#include "base/histogram.h"

#include <stddef.h>

const double reel__histogram_short[REEL_HISTOGRAM_BOUNDS] = {.0005, .001, .0025, .005, .01, .025,
                                                             .05,   .1,   .25,   .5,   1,   2.5};
const double reel__histogram_long[REEL_HISTOGRAM_BOUNDS] = {.1,  .5,  1,    5,    15,   60,
                                                            300, 900, 1800, 3600, 7200, 21600};

void reel__histogram_observe(reel_histogram *histogram, const double bounds[REEL_HISTOGRAM_BOUNDS],
                             double seconds)
{
    const double taken = seconds > 0 ? seconds : 0;
    size_t at = 0;

    while (at < REEL_HISTOGRAM_BOUNDS && taken > bounds[at])
        at++;
    atomic_fetch_add_explicit(&histogram->bucket[at], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->nanoseconds, (uint_fast64_t)(taken * 1e9),
                              memory_order_relaxed);
}

uint64_t reel__histogram_count(const reel_histogram *histogram)
{
    uint64_t sum = 0;

    for (size_t i = 0; i <= REEL_HISTOGRAM_BOUNDS; i++)
        sum += (uint64_t)atomic_load_explicit(&histogram->bucket[i], memory_order_relaxed);
    return sum;
}
