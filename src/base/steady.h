/* base/steady.h - waiting by the clock that nobody sets back.
 * Layer: base. Threads: those of pthread_cond_t.
 */
#ifndef REEL_BASE_STEADY_H
#define REEL_BASE_STEADY_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

/* A condition whose timed waits go by the steady clock. False: none is left, nothing to destroy. */
bool reel__steady_cond_init(pthread_cond_t *cond);
/* So many milliseconds from now, for pthread_cond_timedwait on such a condition. */
struct timespec reel__steady_in_ms(int ms);

#endif
