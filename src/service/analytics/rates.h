/* service/analytics/rates.h - shares with intervals, and whether something falls or rises.
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_RATES_H
#define REEL_SERVICE_RATES_H

#include <stddef.h>
#include <stdint.h>

/* A value with its 95 % interval; NaN where there is none. */
typedef struct reel_rate {
    double value, low, high;
} reel_rate;

/* The share some of all (Wilson 1927). All 0: none. some > all counts as all. */
reel_rate reel__rate(int64_t some, int64_t all);
/* The difference now - before of two shares (Newcombe 1998, his method 10). */
reel_rate reel__rate_change(reel_rate now, reel_rate before);
/* How much of itself a positive value gains from each to the next (0.1: a tenth), by a line through
 * the logarithms; fewer than four: none. */
reel_rate reel__rate_trend(const double *values, size_t count);

#endif
