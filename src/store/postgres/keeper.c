/* keeper.c - a thread that looks after the server, so that nobody who has something to do waits for
 * one that is not there. While it is missed the keeper alone tries again. Where an answer takes
 * long, it finds out by a connection of its own whether the server answers anybody, and whether it
 * knows of the question: what waits in vain is cut, and fails as after a crash.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/steady.h"
#include "base/thread.h"
#include "store/postgres/postgres_priv.h"

enum {
    LOOK_MS = 500,
    PAUSE_LEAST_MS = 50,
    PAUSE_MOST_MS = 500,
    LONG_US = 1000000,  /* what takes longer is looked into */
    PROBE_US = 5000000, /* and then now and again */
    SILENT_US = 900000, /* who refuses sooner than this has answered */
    STATE_MS = 2000
};

/* ---- under the lock ------------------------------------------------------------------------ */

static void wait_ms(reel_pg *store, int ms)
{
    const struct timespec until = reel__steady_in_ms(ms);

    if (!store->closing)
        (void)pthread_cond_timedwait(&store->look, &store->lock, &until);
}

static void miss(reel_pg *store, const char *why)
{
    if (store->missed_us == 0) {
        store->missed_us = reel__clock_steady_us();
        store->pause_ms = PAUSE_LEAST_MS;
        (void)pthread_cond_signal(&store->look);
    }
    (void)snprintf(store->why, sizeof store->why, "%s", why);
}

/* Whoever waits on it learns that it is lost. */
static void cut(const reel_pg_conn *conn)
{
    (void)shutdown(conn->fd, SHUT_RDWR);
}

static bool is_long(const reel_pg_conn *conn, int64_t now)
{
    return conn != NULL && !conn->patient && now - conn->taken_us > LONG_US;
}

static bool has_long(const reel_pg *store)
{
    const int64_t now = reel__clock_steady_us();
    bool found = false;

    for (int i = 0; i < REEL_PG_CONNECTIONS && now >= store->probe_us; i++)
        found = found || is_long(store->taken[i], now);
    return found;
}

/* The first from a place on that waits for an answer for long. */
static int find_waiting(const reel_pg *store, int from)
{
    const int64_t now = reel__clock_steady_us();

    for (int i = from; i < REEL_PG_CONNECTIONS; i++) {
        reel_pg_conn *conn = store->taken[i];
        const int64_t asked = conn == NULL ? 0 : atomic_load(&conn->asked_us);

        if (is_long(conn, now) && asked != 0 && now - asked > LONG_US)
            return i;
    }
    return REEL_PG_CONNECTIONS;
}

/* ---- while it is missed -------------------------------------------------------------------- */

static void mend(reel_pg *store)
{
    reel_pg_conn *conn = NULL;
    reel_err err = {REEL_OK, ""};
    reel_code rc;

    (void)pthread_mutex_unlock(&store->lock);
    rc = reel__pg_new_conn(&conn, store, &err);
    (void)pthread_mutex_lock(&store->lock);
    if (rc != REEL_OK) {
        miss(store, err.msg);
        wait_ms(store, store->pause_ms);
        store->pause_ms = store->pause_ms * 2 < PAUSE_MOST_MS ? store->pause_ms * 2 : PAUSE_MOST_MS;
        return;
    }
    store->missed_us = 0;
    if (store->open < REEL_PG_CONNECTIONS) {
        store->open++;
        conn->next = store->idle;
        store->idle = conn;
        conn = NULL;
    }
    (void)pthread_cond_broadcast(&store->freed);
    (void)pthread_mutex_unlock(&store->lock);
    reel__pg_free_conn(conn);
    (void)pthread_mutex_lock(&store->lock);
}

/* ---- where an answer takes long ------------------------------------------------------------ */

/* Whether the process at the other end waits for a question, as if none had come. */
static bool is_idle(PGconn *link, int process)
{
    char sql[100];
    PGresult *result;
    bool idle;

    (void)snprintf(sql, sizeof sql, "SELECT state = 'idle' FROM pg_stat_activity WHERE pid = %d",
                   process);
    result = reel__pg_ask(link, sql, STATE_MS);
    idle = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
           reel__pg_get_bool(result, 0, 0);
    PQclear(result);
    return idle;
}

/* The server is well; what it does not know of is cut. */
static void look_into(reel_pg *store, PGconn *link)
{
    for (int at = 0; (at = find_waiting(store, at)) < REEL_PG_CONNECTIONS; at++) {
        const reel_pg_conn *conn = store->taken[at];
        const int64_t asked = atomic_load(&conn->asked_us);
        const int process = conn->process;
        bool idle;

        (void)pthread_mutex_unlock(&store->lock);
        idle = is_idle(link, process);
        (void)pthread_mutex_lock(&store->lock);
        if (idle && store->taken[at] == conn && conn->process == process &&
            atomic_load(&conn->asked_us) == asked)
            cut(conn);
    }
}

static void give_up(reel_pg *store)
{
    reel_err err = {REEL_OK, ""};

    (void)!reel__pg_silent(store, &err);
    miss(store, err.msg);
    for (int i = 0; i < REEL_PG_CONNECTIONS; i++)
        if (store->taken[i] != NULL && !store->taken[i]->patient)
            cut(store->taken[i]);
    (void)pthread_mutex_unlock(&store->lock);
    reel__pg_drop_idle(store);
    (void)pthread_mutex_lock(&store->lock);
}

static void probe(reel_pg *store)
{
    const int64_t began = reel__clock_steady_us();
    PGconn *link = NULL;
    reel_code rc;

    (void)pthread_mutex_unlock(&store->lock);
    rc = reel__pg_link(&link, store, NULL, NULL);
    (void)pthread_mutex_lock(&store->lock);
    if (rc == REEL_OK)
        look_into(store, link);
    else if (rc == REEL_E_STORE && reel__clock_steady_us() - began > SILENT_US)
        give_up(store);
    store->probe_us = reel__clock_steady_us() + PROBE_US;
    (void)pthread_mutex_unlock(&store->lock);
    PQfinish(link);
    (void)pthread_mutex_lock(&store->lock);
}

/* ---- the thread ---------------------------------------------------------------------------- */

static void *keep(void *user)
{
    reel_pg *store = user;

    (void)pthread_mutex_lock(&store->lock);
    while (!store->closing)
        if (store->missed_us != 0)
            mend(store);
        else if (has_long(store))
            probe(store);
        else
            wait_ms(store, LOOK_MS);
    (void)pthread_mutex_unlock(&store->lock);
    return NULL;
}

void reel__pg_missed(reel_pg *store, const char *why)
{
    (void)pthread_mutex_lock(&store->lock);
    if (store->kept)
        miss(store, why);
    (void)pthread_mutex_unlock(&store->lock);
}

reel_code reel__pg_keeper_start(reel_pg *store, reel_err *err)
{
    const int failed = reel__thread_start(&store->keeper, keep, store);

    if (failed != 0)
        return reel_fail(err, REEL_E_NOMEM, "%s: no thread to look after the server: %s",
                         store->base.path, strerror(failed));
    (void)pthread_mutex_lock(&store->lock);
    store->kept = true;
    (void)pthread_mutex_unlock(&store->lock);
    return REEL_OK;
}

void reel__pg_keeper_stop(reel_pg *store)
{
    if (!store->kept)
        return;
    (void)pthread_mutex_lock(&store->lock);
    store->closing = true;
    (void)pthread_cond_signal(&store->look);
    (void)pthread_mutex_unlock(&store->lock);
    (void)pthread_join(store->keeper, NULL);
}
