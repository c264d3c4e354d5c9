/* steady.c - see steady.h. */
#include "base/steady.h"

enum { MS_PER_SECOND = 1000 };
static const long NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000;

bool reel__steady_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t steady;
    bool good;

    if (pthread_condattr_init(&steady) != 0)
        return false;
    good = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(cond, &steady) == 0;
    pthread_condattr_destroy(&steady);
    return good;
}

struct timespec reel__steady_in_ms(int ms)
{
    struct timespec when;

    (void)clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += ms / MS_PER_SECOND;
    when.tv_nsec += ms % MS_PER_SECOND * NS_PER_MS;
    if (when.tv_nsec >= NS_PER_SECOND) {
        when.tv_nsec -= NS_PER_SECOND;
        when.tv_sec++;
    }
    return when;
}
