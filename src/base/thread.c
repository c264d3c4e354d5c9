/* thread.c - see thread.h. */
#include "base/thread.h"

#include <signal.h>

int reel__thread_start(pthread_t *out, void *run(void *user), void *user)
{
    sigset_t all, before;
    int error;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* a thread begins with its maker's */
    error = pthread_create(out, NULL, run, user);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}
