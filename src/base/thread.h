/* base/thread.h - threads that stand beside the one that waits for signals.
 * Layer: base. Threads: no state.
 */
#ifndef REEL_BASE_THREAD_H
#define REEL_BASE_THREAD_H

#include <pthread.h>

/* Begin a thread that takes no signal, so that those of the process come to the thread that waits
 * for them. Answers 0, or why there is none, as pthread_create does. */
int reel__thread_start(pthread_t *out, void *run(void *user), void *user);

#endif
