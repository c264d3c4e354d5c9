/* workers.c - see workers.h.
 * libmicrohttpd's own pool is not used: its workers race for connections, and how it is told to
 * stop listening ends the program now and then (MHD_quiesce_daemon up to 0.9.75).
 */
#include "http/workers.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/thread.h"

enum { LET_IN_US = 1000000, FULL_MS = 20 };

/* Counters that only grow: a connection was given to the worker, taken up by it, and closed. Where
 * a worker has no memory to take one up it is never closed either; then the worker seems to have
 * one more than it has, which costs it a little work and nobody else anything. */
struct reel_worker {
    struct MHD_Daemon *daemon;
    reel_workers *all;
    atomic_uint given, opened, closed;
};

struct reel_workers {
    reel_workers_opts opts;
    pthread_t porter; /* lets in */
    int bell;         /* an eventfd: readable once the door shuts */
    bool open;
    int next; /* where the porter begins to look for a worker; its own */
    reel_worker worker[];
};

void *reel__worker_user(const reel_worker *worker)
{
    return worker->all->opts.user;
}

void reel__worker_opened(reel_worker *worker)
{
    atomic_fetch_add(&worker->opened, 1);
}

void reel__worker_closed(reel_worker *worker)
{
    atomic_fetch_add(&worker->closed, 1);
}

static unsigned load_of(const reel_worker *worker)
{
    return atomic_load(&worker->given) - atomic_load(&worker->closed);
}

bool reel__workers_pending(const reel_workers *workers)
{
    for (int i = 0; i < workers->opts.count; i++) {
        const reel_worker *worker = &workers->worker[i];

        if (atomic_load(&worker->given) != atomic_load(&worker->opened))
            return true;
    }
    return false;
}

/* ---- letting in ---------------------------------------------------------------------------- */

/* The worker with the fewest connections; among equals each has its turn. NULL: all are full. */
static reel_worker *pick(reel_workers *workers)
{
    reel_worker *best = NULL;
    unsigned sum = 0;

    for (int i = 0; i < workers->opts.count; i++) {
        reel_worker *worker = &workers->worker[(workers->next + i) % workers->opts.count];

        sum += load_of(worker);
        if (best == NULL || load_of(worker) < load_of(best))
            best = worker;
    }
    if (sum >= (unsigned)workers->opts.most)
        return NULL;
    workers->next = (int)(best - workers->worker + 1) % workers->opts.count;
    return best;
}

typedef enum outcome { LET_IN, NOBODY, FULL } outcome;

/* Without files or memory who waits goes on waiting; who has left is forgotten. */
static outcome why_not(int error)
{
    switch (error) {
    case EAGAIN:
        return NOBODY;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return FULL;
    default:
        return LET_IN;
    }
}

static outcome let_one_in(reel_workers *workers)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    reel_worker *worker = pick(workers);
    int fd;

    if (worker == NULL)
        return FULL;
    fd = accept4(workers->opts.listening, (struct sockaddr *)&address, &size,
                 SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return why_not(errno);
    atomic_fetch_add(&worker->given, 1);
    if (MHD_add_connection(worker->daemon, fd, (struct sockaddr *)&address, size) != MHD_YES) {
        atomic_fetch_add(&worker->opened, 1); /* refused, and closed by the library */
        atomic_fetch_add(&worker->closed, 1);
    }
    return LET_IN;
}

/* Who was connected by the system before the end came is let in. */
static void let_the_last_in(reel_workers *workers)
{
    const int64_t until = reel__clock_steady_us() + LET_IN_US;

    while (reel__clock_steady_us() < until && let_one_in(workers) == LET_IN)
        ;
}

static void *let_in(void *user)
{
    reel_workers *workers = user;
    struct pollfd door[2] = {{.fd = workers->bell, .events = POLLIN},
                             {.fd = workers->opts.listening, .events = POLLIN}};
    bool full = false;

    for (;;) {
        (void)poll(door, full ? 1 : 2, full ? FULL_MS : -1);
        if (door[0].revents != 0)
            break;
        full = let_one_in(workers) == FULL;
    }
    let_the_last_in(workers);
    return NULL;
}

/* ---- their life ---------------------------------------------------------------------------- */

static reel_code start_all(reel_workers *workers, reel_err *err)
{
    for (int i = 0; i < workers->opts.count; i++) {
        reel_worker *worker = &workers->worker[i];

        worker->all = workers;
        worker->daemon = workers->opts.start(workers->opts.user, worker);
        if (worker->daemon == NULL)
            return reel_fail(err, REEL_E_STORE, "cannot start thread %d of %d for HTTP", i + 1,
                             workers->opts.count);
    }
    workers->bell = eventfd(0, EFD_CLOEXEC);
    if (workers->bell < 0)
        return reel_fail(err, REEL_E_STORE, "no file left for the HTTP server");
    workers->open = reel__thread_start(&workers->porter, let_in, workers) == 0;
    return workers->open
               ? REEL_OK
               : reel_fail(err, REEL_E_STORE, "cannot start the thread that lets connections in");
}

reel_code reel__workers_begin(reel_workers **out, const reel_workers_opts *opts, reel_err *err)
{
    reel_workers *workers =
        reel__alloc_zero(1, sizeof *workers + (size_t)opts->count * sizeof workers->worker[0]);
    reel_code rc;

    *out = NULL;
    if (workers == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the threads of the HTTP server");
    workers->opts = *opts;
    workers->bell = -1;
    REEL_TRY(start_all(workers, err));
    *out = workers;
    workers = NULL;
out:
    reel__workers_end(workers);
    return rc;
}

void reel__workers_shut(reel_workers *workers)
{
    if (!workers->open)
        return;
    (void)eventfd_write(workers->bell, 1);
    (void)pthread_join(workers->porter, NULL);
    workers->open = false;
}

void reel__workers_end(reel_workers *workers)
{
    if (workers == NULL)
        return;
    reel__workers_shut(workers);
    for (int i = 0; i < workers->opts.count; i++)
        if (workers->worker[i].daemon != NULL)
            MHD_stop_daemon(workers->worker[i].daemon);
    if (workers->bell >= 0)
        (void)close(workers->bell);
    reel__free(workers);
}
