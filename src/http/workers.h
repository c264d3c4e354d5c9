/* http/workers.h - the threads that answer, and which of them a new connection goes to: the one
 * that has the fewest. Where workers share a socket that listens, whoever happens to be awake takes
 * what comes: 32 connections were seen to lie 26 to 6, and a core to idle while people waited.
 * Layer: http. Threads: begin, shut and end by one thread; the rest as said.
 */
#ifndef REEL_HTTP_WORKERS_H
#define REEL_HTTP_WORKERS_H

#include <microhttpd.h>
#include <stdbool.h>

#include "reel/err.h"

typedef struct reel_workers reel_workers;
typedef struct reel_worker reel_worker;

typedef struct reel_workers_opts {
    int count;
    int listening; /* a socket that listens and does not block, borrowed */
    int most;      /* connections of all workers; the next wait to be let in */
    /* A daemon with a thread of its own and no listening socket, or NULL. It tells of `worker` what
     * happens to its connections by the two functions below. */
    struct MHD_Daemon *(*start)(void *user, reel_worker *worker);
    void *user;
} reel_workers_opts;

/* Errors: E_STORE where a daemon or the thread that lets in does not start, E_NOMEM. */
REEL_MUST_USE reel_code reel__workers_begin(reel_workers **out, const reel_workers_opts *opts,
                                            reel_err *err);
/* Lets in whoever is connected already, for a second at the most, and then nobody. */
void reel__workers_shut(reel_workers *workers);
/* Whether somebody was let in whose worker has not looked yet. Any thread. */
bool reel__workers_pending(const reel_workers *workers);
void reel__workers_end(reel_workers *workers); /* NULL allowed; shuts, and ends the threads */

void *reel__worker_user(const reel_worker *worker); /* the `user` of the options */
/* A connection is the worker's now; it is no longer. By the worker's thread. */
void reel__worker_opened(reel_worker *worker);
void reel__worker_closed(reel_worker *worker);

#endif
