/* clock.c - wall and steady time. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t test_ms = -1;

static int64_t read_clock(clockid_t clock, int64_t per_second)
{
    struct timespec now = {0, 0};

    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * per_second + (int64_t)now.tv_nsec / (1000000000 / per_second);
}

int64_t reel__clock_now_ms(void)
{
    const int64_t fixed = atomic_load_explicit(&test_ms, memory_order_relaxed);

    return fixed >= 0 ? fixed : read_clock(CLOCK_REALTIME, 1000);
}

int64_t reel__clock_now(void)
{
    return reel__clock_now_ms() / 1000;
}

int64_t reel__clock_steady_us(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000000);
}

void reel__clock_text(int64_t seconds, char out[REEL_TIME_TEXT])
{
    const time_t when = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL ||
        strftime(out, REEL_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        (void)snprintf(out, REEL_TIME_TEXT, "@%lld", (long long)seconds);
}

void reel__clock_set_for_test(int64_t now_ms)
{
    atomic_store(&test_ms, now_ms);
}
