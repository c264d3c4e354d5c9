/* net/pool.h - many small requests over few connections: so many a second, some at a time,
 * asked again with growing pauses when the server is busy or the network fails. Layer: net.
 * Threads: the callbacks run in the caller's thread.
 */
#ifndef REEL_NET_POOL_H
#define REEL_NET_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "reel/err.h"

typedef struct reel_pool_opts {
    const char *bearer;   /* sent as Authorization: Bearer, or NULL; never part of a message */
    const char *accept;   /* a type of answers; NULL = application/json */
    double rate;          /* requests a second, a burst of one second's; 0 = 40 */
    int parallel;         /* at a time; 0 = 16 */
    int attempts;         /* for one request; 0 = 5 */
    int pause_ms;         /* the first pause; 0 = 500; later ones double, with jitter */
    int timeout_ms;       /* for one attempt; 0 = 20000 */
    size_t maximum_bytes; /* of an answer; 0 = 4 MiB */
    const volatile bool *cancel; /* NULL = never */
} reel_pool_opts;

enum { REEL_URL_MAX = 2048 };

/* One answer. status 0: none came after all attempts, or it was too large; why says so, without the
 * address, which may hold a key. */
typedef struct reel_answer {
    void *tag;
    long status;
    const char *body; /* NUL-terminated */
    size_t length;
    const char *why;
    double ms; /* the last attempt took */
} reel_answer;

typedef struct reel_pool_calls {
    /* The next request, or false when there is none now; asked again after every answer. */
    bool (*next)(void *user, char url[REEL_URL_MAX], void **tag);
    /* A code other than REEL_OK ends the run. */
    reel_code (*answer)(void *user, const reel_answer *answer, reel_err *err);
    void *user;
    /* NULL: all are GET. JSON that the request of a tag posts, kept until its answer; NULL = GET.
     */
    const char *(*body)(void *user, void *tag);
} reel_pool_calls;

/* Until next has none and every answer is in. 429, 408 and 5xx are asked again, as are broken
 * connections; Retry-After holds back all requests. Errors: E_CANCELLED, E_NOMEM, the answer's. */
REEL_MUST_USE reel_code reel__pool_run(const reel_pool_opts *opts, const reel_pool_calls *calls,
                                       reel_err *err);

#endif
