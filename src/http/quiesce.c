/* quiesce.c - see quiesce.h. */
#include "http/quiesce.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local jmp_buf *retreat; /* while this thread quiesces */

/* Nothing is held where it may come from: the function has neither locks nor memory. */
static void panic(void *user, const char *file, unsigned line, const char *reason)
{
    (void)user;
    if (retreat != NULL)
        longjmp(*retreat, 1); /* NOLINT(cert-err52-cpp): the library offers no other way out */
    (void)fprintf(stderr, "libmicrohttpd, %s:%u: %s", file, line, reason);
    abort();
}

static void install(void)
{
    MHD_set_panic_func(panic, NULL);
}

MHD_socket reel__quiesce(struct MHD_Daemon *daemon)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    jmp_buf here;
    MHD_socket listening;

    (void)pthread_once(&once, install);
    (void)setjmp(here); /* NOLINT(cert-err52-cpp): here again, once for each worker at the most */
    retreat = &here;
    listening = MHD_quiesce_daemon(daemon);
    retreat = NULL;
    return listening;
}
