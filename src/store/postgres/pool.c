/* pool.c - connections: made when needed, kept for the next caller, made anew when the server was
 * restarted. A connection is taken for one piece of work and given back without a transaction. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/steady.h"
#include "store/postgres/postgres_priv.h"

enum { WAIT_SECONDS = 30 };

/* ---- one connection ------------------------------------------------------------------------ */

void reel__pg_free_conn(reel_pg_conn *conn)
{
    if (conn == NULL)
        return;
    PQfinish(conn->link);
    if (conn->fd >= 0)
        (void)close(conn->fd);
    reel__free(conn);
}

reel_code reel__pg_new_conn(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    reel_pg_conn *conn = reel__alloc_zero(1, sizeof *conn);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (conn == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory for a connection", store->base.path);
    conn->store = store;
    conn->fd = -1;
    REEL_TRY(reel__pg_link(&conn->link, store, NULL, err));
    conn->fd = fcntl(PQsocket(conn->link), F_DUPFD_CLOEXEC, 0);
    if (conn->fd < 0)
        REEL_TRY(reel_fail(err, REEL_E_STORE, "%s: no file left for a connection: %s",
                           store->base.path, strerror(errno)));
    conn->process = PQbackendPID(conn->link);
    *out = conn;
    conn = NULL;
out:
    reel__pg_free_conn(conn);
    return rc;
}

/* ---- the pool, under its lock -------------------------------------------------------------- */

static void mark_taken(reel_pg *store, reel_pg_conn *conn)
{
    int at = 0;

    while (store->taken[at] != NULL)
        at++;
    store->taken[at] = conn;
    conn->taken_us = reel__clock_steady_us();
}

static void mark_free(reel_pg *store, const reel_pg_conn *conn)
{
    for (int i = 0; i < REEL_PG_CONNECTIONS; i++)
        if (store->taken[i] == conn)
            store->taken[i] = NULL;
}

/* Until a connection may be taken or made. A server that does not answer is waited for as long as
 * there is patience, counted from when it was first missed, so that callers do not wait one after
 * the other; then all fail at once, while the keeper goes on asking. */
static reel_code wait_for_room(reel_pg *store, reel_err *err)
{
    const struct timespec until = reel__steady_in_ms(WAIT_SECONDS * 1000);
    const int64_t patience_us = (int64_t)store->patience_ms * 1000;
    bool late = false;

    while (store->idle == NULL) {
        if (store->missed_us != 0) {
            const int64_t left_us = store->missed_us + patience_us - reel__clock_steady_us();
            struct timespec over;

            if (left_us <= 0)
                return reel_fail(err, REEL_E_STORE, "%s", store->why);
            over = reel__steady_in_ms((int)(left_us / 1000) + 1);
            (void)pthread_cond_timedwait(&store->freed, &store->lock, &over);
        } else if (store->open < REEL_PG_CONNECTIONS) {
            return REEL_OK;
        } else if (late) {
            return reel_fail(err, REEL_E_BUSY,
                             "%s: all %d connections are in use for over %d s; try again",
                             store->base.path, (int)REEL_PG_CONNECTIONS, (int)WAIT_SECONDS);
        } else {
            /* What was given back as the time ran out is looked for once more. */
            late = pthread_cond_timedwait(&store->freed, &store->lock, &until) != 0;
        }
    }
    return REEL_OK;
}

/* *out NULL: one may be made, and is counted already. */
static reel_code take_idle(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    reel_code rc = REEL_OK;

    *out = NULL;
    (void)pthread_mutex_lock(&store->lock);
    rc = wait_for_room(store, err);
    if (rc == REEL_OK && store->idle != NULL) {
        *out = store->idle;
        store->idle = (*out)->next;
        mark_taken(store, *out);
    } else if (rc == REEL_OK) {
        store->open++;
    }
    (void)pthread_mutex_unlock(&store->lock);
    return rc;
}

static reel_code make(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    const reel_code rc = reel__pg_new_conn(out, store, err);

    (void)pthread_mutex_lock(&store->lock);
    if (rc == REEL_OK) {
        mark_taken(store, *out);
    } else {
        store->open--;
        (void)pthread_cond_signal(&store->freed);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return rc;
}

/* Whether somebody asks for a server that is not there; while a store is opened nobody does. */
static bool is_kept(reel_pg *store)
{
    bool kept;

    (void)pthread_mutex_lock(&store->lock);
    kept = store->kept;
    (void)pthread_mutex_unlock(&store->lock);
    return kept;
}

static reel_code acquire(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    const int64_t until = reel__clock_steady_us() + (int64_t)store->patience_ms * 1000;
    reel_code rc = REEL_OK;

    for (;;) {
        /* The keeper's to tell, also where the caller asks for none. */
        reel_err why = {REEL_OK, ""};

        rc = take_idle(out, store, err);
        if (rc != REEL_OK || *out != NULL)
            return rc;
        rc = make(out, store, &why);
        if (rc == REEL_OK)
            return rc;
        if (rc != REEL_E_STORE || !is_kept(store))
            return reel_fail(err, rc, "%s", why.msg);
        reel__pg_missed(store, why.msg);
        if (reel__clock_steady_us() >= until)
            return reel_fail(err, rc, "%s", why.msg);
    }
}

/* Take away what is kept: where one connection was lost, so are they all. */
void reel__pg_drop_idle(reel_pg *store)
{
    reel_pg_conn *list = NULL;

    (void)pthread_mutex_lock(&store->lock);
    list = store->idle;
    store->idle = NULL;
    for (reel_pg_conn *at = list; at != NULL; at = at->next)
        store->open--;
    (void)pthread_cond_broadcast(&store->freed);
    (void)pthread_mutex_unlock(&store->lock);
    while (list != NULL) {
        reel_pg_conn *next = list->next;

        reel__pg_free_conn(list);
        list = next;
    }
}

static bool is_clean(PGconn *link)
{
    const PGTransactionStatusType status = PQtransactionStatus(link);

    if (PQstatus(link) != CONNECTION_OK || PQpipelineStatus(link) != PQ_PIPELINE_OFF)
        return false;
    if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
        PQclear(PQexec(link, "ROLLBACK"));
    return PQstatus(link) == CONNECTION_OK && PQtransactionStatus(link) == PQTRANS_IDLE;
}

void reel__pg_give_back(reel_pg_conn *conn)
{
    reel_pg_conn *gone = NULL;
    reel_pg *store = NULL;

    if (conn == NULL)
        return;
    store = conn->store;
    if (!is_clean(conn->link))
        gone = conn;
    (void)pthread_mutex_lock(&store->lock);
    mark_free(store, conn);
    conn->patient = false;
    if (gone == NULL) {
        conn->next = store->idle;
        store->idle = conn;
    } else {
        store->open--;
    }
    (void)pthread_cond_signal(&store->freed);
    (void)pthread_mutex_unlock(&store->lock);
    reel__pg_free_conn(gone);
}

void reel__pg_be_patient(reel_pg_conn *conn)
{
    (void)pthread_mutex_lock(&conn->store->lock);
    conn->patient = true;
    (void)pthread_mutex_unlock(&conn->store->lock);
}

void reel__pg_close_all(reel_pg *store)
{
    reel__pg_drop_idle(store);
    assert(store->open == 0);
}

/* ---- working ------------------------------------------------------------------------------- */

/* After a write that failed libpq still has to find out. */
static bool is_lost(const reel_pg_conn *conn)
{
    return PQconsumeInput(conn->link) != 1 || PQstatus(conn->link) == CONNECTION_BAD;
}

/* Work once, and give the connection back; where it is lost, so are those that wait. */
static reel_code work_on(reel_pg_conn *conn, reel_pg_work *work, void *user, bool *lost,
                         reel_err *err)
{
    reel_pg *store = conn->store;
    const reel_code rc = work(conn, user, err);

    *lost = rc != REEL_OK && is_lost(conn);
    reel__pg_give_back(conn);
    if (*lost)
        reel__pg_drop_idle(store);
    return rc;
}

reel_code reel__pg_run(reel_pg *store, reel_pg_work *work, void *user, bool again, reel_err *err)
{
    reel_pg_conn *conn = NULL;
    bool lost = false;
    reel_code rc = REEL_OK;

    if (again)
        REEL_TRY(acquire(&conn, store, err));
    else
        REEL_TRY(reel__pg_take(&conn, store, err));
    rc = work_on(conn, work, user, &lost, err);
    if (lost && again) {
        REEL_TRY(acquire(&conn, store, err));
        rc = work_on(conn, work, user, &lost, err);
    }
out:
    return rc;
}

reel_code reel__pg_take(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(acquire(out, store, err));
    if (reel__pg_exec(*out, "SELECT 1", NULL) != REEL_OK && is_lost(*out)) {
        reel__pg_give_back(*out);
        reel__pg_drop_idle(store);
        REEL_TRY(acquire(out, store, err));
    }
out:
    return rc;
}
