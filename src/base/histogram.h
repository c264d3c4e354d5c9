/* base/histogram.h - how often something took how long. Layer: base. Ownership: a plain record,
 * zeroed to begin with. Threads: any number may observe while others read.
 */
#ifndef REEL_BASE_HISTOGRAM_H
#define REEL_BASE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

enum { REEL_HISTOGRAM_BOUNDS = 12 };

/* Upper bounds of the buckets in seconds, ascending; one more bucket counts what is slower. */
extern const double reel__histogram_short[REEL_HISTOGRAM_BOUNDS]; /* 0.5 ms .. 2.5 s: requests */
extern const double reel__histogram_long[REEL_HISTOGRAM_BOUNDS];  /* 0.1 s .. 6 h: trainings */

typedef struct reel_histogram {
    atomic_uint_fast64_t bucket[REEL_HISTOGRAM_BOUNDS + 1]; /* each by itself, not summed up */
    atomic_uint_fast64_t nanoseconds;                       /* of all together */
} reel_histogram;

/* bounds: the same ones each time. A negative time counts as none. */
void reel__histogram_observe(reel_histogram *histogram, const double bounds[REEL_HISTOGRAM_BOUNDS],
                             double seconds);
uint64_t reel__histogram_count(const reel_histogram *histogram);

#endif
