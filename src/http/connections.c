/* connections.c - see connections.h. One thread looks at all of them a few times within the time
 * they have. It never closes a connection, which belongs to the server's threads: it shuts it down,
 * so that they see its end.
 */
#include "http/connections.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/sockios.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/steady.h"
#include "base/thread.h"

enum { HOSTS = 1024, LOOKS = 8, LOOK_LEAST_MS = 20, LOOK_MOST_MS = 1000, RATE = 16 * 1024 };
static const int64_t SECOND_US = 1000000;

/* ASKED: a request has begun. STREAMING: an answer goes on when there is more to say. The others
 * speak for themselves. */
typedef enum state { RESTING, ASKED, WORKING, SENDING, STREAMING, CUT } state;

struct reel_host {
    struct reel_host *next;
    reel_address network; /* who has an IPv6 address has 2^64 of them */
    int count;
};

struct reel_connection {
    reel_connections *all;
    reel_connection *before, *after;
    reel_host *host;
    _Atomic state state;
    atomic_int_fast64_t until; /* steady microseconds; INT64_MAX = no limit */
    int fd;
    bool plain;
};

struct reel_connections {
    reel_connections_opts opts;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    pthread_t watcher;
    bool stopping, has_lock, has_stop, has_watcher;
    int count;
    reel_connection *first;
    reel_host *hosts[HOSTS];
};

/* ---- addresses ----------------------------------------------------------------------------- */

/* Where the host is linked, or would be. */
static reel_host **find_host(reel_connections *connections, const reel_address *network)
{
    const uint64_t hash = reel__hash64(network, sizeof *network, (uintptr_t)connections);
    reel_host **at = &connections->hosts[hash % HOSTS];

    while (*at != NULL && memcmp(&(*at)->network, network, sizeof *network) != 0)
        at = &(*at)->next;
    return at;
}

static reel_host *enter_host(reel_connections *connections, const reel_address *address)
{
    reel_address network;
    reel_host **at;

    reel__address_network(&network, address);
    at = find_host(connections, &network);
    if (*at == NULL) {
        *at = reel__alloc_zero(1, sizeof **at);
        if (*at == NULL)
            return NULL;
        (*at)->network = network;
    }
    (*at)->count++;
    return *at;
}

static void leave_host(reel_connections *connections, reel_host *left)
{
    reel_host **at = find_host(connections, &left->network);

    if (--left->count > 0)
        return;
    *at = left->next;
    reel__free(left);
}

bool reel__connections_admit(reel_connections *connections, const reel_address *address)
{
    reel_address network;
    const reel_host *found;
    bool room;

    if (connections->opts.most == 0)
        return true;
    reel__address_network(&network, address);
    (void)pthread_mutex_lock(&connections->lock);
    found = *find_host(connections, &network);
    room = found == NULL || found->count < connections->opts.most;
    (void)pthread_mutex_unlock(&connections->lock);
    return room;
}

reel_code reel__connections_enter(reel_host **out, reel_connections *connections,
                                  const reel_address *address, reel_err *err)
{
    reel_host *host;
    reel_code rc = REEL_OK;

    *out = NULL;
    if (connections->opts.most == 0)
        return REEL_OK;
    (void)pthread_mutex_lock(&connections->lock);
    host = enter_host(connections, address);
    if (host == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory is left to count the requests of an address");
    } else if (host->count > connections->opts.most) {
        leave_host(connections, host);
        rc = reel_fail(err, REEL_E_BUSY,
                       "too many requests of your address are under way; wait for their answers "
                       "(REEL_CONNECTIONS_PER_ADDRESS)");
    } else {
        *out = host;
    }
    (void)pthread_mutex_unlock(&connections->lock);
    return rc;
}

void reel__connections_leave(reel_connections *connections, reel_host *host)
{
    if (host == NULL)
        return;
    (void)pthread_mutex_lock(&connections->lock);
    leave_host(connections, host);
    (void)pthread_mutex_unlock(&connections->lock);
}

/* ---- time ---------------------------------------------------------------------------------- */

static int64_t in_seconds(int64_t seconds)
{
    return reel__clock_steady_us() + seconds * SECOND_US;
}

static void begin(reel_connection *connection, state next, int64_t until)
{
    state now = atomic_load(&connection->state);

    atomic_store(&connection->until, until);
    while (now != CUT && !atomic_compare_exchange_weak(&connection->state, &now, next))
        ;
}

void reel__connection_receives(reel_connection *connection)
{
    if (connection != NULL)
        begin(connection, ASKED, in_seconds(connection->all->opts.timeout_s));
}

void reel__connection_received(reel_connection *connection, size_t bytes)
{
    if (connection != NULL)
        atomic_fetch_add(&connection->until, (int64_t)bytes * SECOND_US / RATE);
}

bool reel__connection_works(reel_connection *connection)
{
    if (connection == NULL)
        return true;
    begin(connection, WORKING, INT64_MAX);
    return !reel__connection_was_cut(connection);
}

void reel__connection_sends(reel_connection *connection, size_t bytes)
{
    if (connection != NULL)
        begin(connection, SENDING,
              in_seconds(connection->all->opts.timeout_s + (int64_t)(bytes / RATE)));
}

/* So little is sent of events that the system keeps hours of them for one who does not read. What
 * tells is that it never gets rid of them. */
static void look_whether_taken(reel_connection *connection)
{
    int left = 0;

    if (ioctl(connection->fd, SIOCOUTQ, &left) == 0 && left == 0)
        atomic_store(&connection->until, in_seconds(connection->all->opts.timeout_s));
}

void reel__connection_streams(reel_connection *connection)
{
    if (connection != NULL)
        begin(connection, STREAMING, in_seconds(connection->all->opts.timeout_s));
}

bool reel__connection_goes_on(reel_connection *connection, size_t bytes)
{
    if (connection == NULL)
        return true;
    look_whether_taken(connection);
    reel__connection_received(connection, bytes);
    return !reel__connection_was_cut(connection);
}

void reel__connection_rests(reel_connection *connection)
{
    if (connection != NULL)
        begin(connection, RESTING, in_seconds(connection->all->opts.idle_s));
}

bool reel__connection_was_cut(const reel_connection *connection)
{
    return connection != NULL && atomic_load(&connection->state) == CUT;
}

/* A client that is still writing may read why. What it gets is what a handler would have said. */
static void say_why(const reel_connection *connection)
{
    static const char body[] =
        "{\"type\":\"about:blank\",\"title\":\"Request Timeout\",\"status\":408,"
        "\"detail\":\"the request did not come whole in time\"}";
    char text[512];
    const int length =
        snprintf(text, sizeof text,
                 "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json"
                 "\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                 sizeof body - 1, body);

    (void)send(connection->fd, text, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void cut_late(reel_connection *connection, int64_t now)
{
    state seen = atomic_load(&connection->state);

    if (seen == STREAMING)
        look_whether_taken(connection);
    if (seen == WORKING || seen == CUT || atomic_load(&connection->until) > now)
        return;
    if (!atomic_compare_exchange_strong(&connection->state, &seen, CUT))
        return; /* it went on just now */
    if (seen == ASKED && connection->plain)
        say_why(connection);
    (void)shutdown(connection->fd, SHUT_RDWR);
}

static void *watch(void *user)
{
    reel_connections *connections = user;
    const int wanted = connections->opts.timeout_s * 1000 / LOOKS;
    const int look_ms = wanted < LOOK_LEAST_MS  ? LOOK_LEAST_MS
                        : wanted > LOOK_MOST_MS ? LOOK_MOST_MS
                                                : wanted;

    (void)pthread_mutex_lock(&connections->lock);
    while (!connections->stopping) {
        const struct timespec next = reel__steady_in_ms(look_ms);
        const int64_t now = reel__clock_steady_us();

        for (reel_connection *at = connections->first; at != NULL; at = at->after)
            cut_late(at, now);
        (void)pthread_cond_timedwait(&connections->stop, &connections->lock, &next);
    }
    (void)pthread_mutex_unlock(&connections->lock);
    return NULL;
}

/* ---- all of them --------------------------------------------------------------------------- */

reel_code reel__connections_new(reel_connections **out, const reel_connections_opts *opts,
                                reel_err *err)
{
    reel_connections *made = reel__alloc_zero(1, sizeof *made);

    *out = NULL;
    if (made == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the server's connections");
    made->opts = *opts;
    made->has_lock = pthread_mutex_init(&made->lock, NULL) == 0;
    made->has_stop = made->has_lock && reel__steady_cond_init(&made->stop);
    made->has_watcher = made->has_stop && reel__thread_start(&made->watcher, watch, made) == 0;
    if (!made->has_watcher) {
        reel__connections_free(made);
        return reel_fail(err, REEL_E_NOMEM, "no thread for the server's connections is left");
    }
    *out = made;
    return REEL_OK;
}

void reel__connections_free(reel_connections *connections)
{
    if (connections == NULL)
        return;
    if (connections->has_watcher) {
        (void)pthread_mutex_lock(&connections->lock);
        connections->stopping = true;
        (void)pthread_cond_signal(&connections->stop);
        (void)pthread_mutex_unlock(&connections->lock);
        (void)pthread_join(connections->watcher, NULL);
    }
    if (connections->has_stop)
        (void)pthread_cond_destroy(&connections->stop);
    if (connections->has_lock)
        (void)pthread_mutex_destroy(&connections->lock);
    reel__free(connections);
}

reel_connection *reel__connections_add(reel_connections *connections, const reel_address *address,
                                       int fd, bool plain)
{
    reel_connection *made = reel__alloc_zero(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->all = connections;
    made->fd = fd;
    made->plain = plain;
    made->state = RESTING;
    made->until = in_seconds(connections->opts.timeout_s); /* the first request comes at once */
    (void)pthread_mutex_lock(&connections->lock);
    made->host = enter_host(connections, address);
    if (made->host != NULL) {
        made->after = connections->first;
        if (made->after != NULL)
            made->after->before = made;
        connections->first = made;
        connections->count++;
    }
    (void)pthread_mutex_unlock(&connections->lock);
    if (made->host != NULL)
        return made;
    reel__free(made);
    return NULL;
}

void reel__connections_remove(reel_connections *connections, reel_connection *connection)
{
    if (connection == NULL)
        return;
    (void)pthread_mutex_lock(&connections->lock);
    *(connection->before == NULL ? &connections->first : &connection->before->after) =
        connection->after;
    if (connection->after != NULL)
        connection->after->before = connection->before;
    connections->count--;
    leave_host(connections, connection->host);
    (void)pthread_mutex_unlock(&connections->lock);
    reel__free(connection);
}

int reel__connections_count(reel_connections *connections)
{
    int count;

    (void)pthread_mutex_lock(&connections->lock);
    count = connections->count;
    (void)pthread_mutex_unlock(&connections->lock);
    return count;
}

bool reel__connections_unread(reel_connections *connections)
{
    bool unread = false;

    (void)pthread_mutex_lock(&connections->lock);
    for (const reel_connection *at = connections->first; at != NULL && !unread; at = at->after) {
        int bytes = 0;

        unread = ioctl(at->fd, FIONREAD, &bytes) == 0 && bytes > 0;
    }
    (void)pthread_mutex_unlock(&connections->lock);
    return unread;
}
