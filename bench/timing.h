/* bench/timing.h - the smallest and the middle of several timed runs, as one line of JSON; clocks,
 * and an end where something fails.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "reel/err.h"

enum { BENCH_RUNS = 11 };

typedef struct bench_timing {
    double runs[BENCH_RUNS];
    int count;
} bench_timing;

static inline void bench_require(reel_code rc, const reel_err *err)
{
    if (rc == REEL_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", reel_code_name(rc), err->msg);
    exit(1);
}

/* Seconds on the wall, and of the processor by all threads. */
static inline double bench_wall(void)
{
    return (double)reel__clock_steady_us() * 1e-6;
}

static inline double bench_processor(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static inline int bench_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static inline void bench_add(bench_timing *timing, double value)
{
    if (timing->count < BENCH_RUNS)
        timing->runs[timing->count++] = value;
}

/* {"bench":"score/popular","unit":"us","runs":11,"min":..,"median":..,EXTRA} */
static inline void bench_print(bench_timing *timing, const char *name, const char *unit,
                               const char *extra)
{
    qsort(timing->runs, (size_t)timing->count, sizeof timing->runs[0], bench_compare);
    (void)printf("{\"bench\":\"%s\",\"unit\":\"%s\",\"runs\":%d,\"min\":%.4g,\"median\":%.4g%s}\n",
                 name, unit, timing->count, timing->runs[0], timing->runs[timing->count / 2],
                 extra);
    (void)fflush(stdout);
}

#endif
