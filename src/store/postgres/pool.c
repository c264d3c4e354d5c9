/* pool.c - connections: made when needed, kept for the next caller, made anew when the server was
 * restarted. A connection is taken for one piece of work and given back without a transaction. */
#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/steady.h"
#include "store/postgres/postgres_priv.h"

enum { CONNECTIONS_MAX = 16, WAIT_SECONDS = 30, PAUSE_US = 50000 };

/* ---- one connection ------------------------------------------------------------------------ */

static void ignore_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

/* What the URL says overrides what stands before it; a server that vanished is noticed within
 * half a minute. */
static PGconn *connect_to(const char *url, const char *database)
{
    const char *const keywords[] = {"connect_timeout",
                                    "keepalives_idle",
                                    "keepalives_interval",
                                    "keepalives_count",
                                    "tcp_user_timeout",
                                    "fallback_application_name",
                                    "dbname",
                                    "client_encoding",
                                    database != NULL ? "dbname" : NULL,
                                    NULL};
    const char *const values[] = {"10",   "15", "5",    "3",      "30000",
                                  "reel", url,  "UTF8", database, NULL};

    return PQconnectdbParams(keywords, values, 1);
}

/* A lock is waited for as long as the caller said, a small statement for a minute; loads lift that.
 * Acknowledged means on disk, so a server that is set to answer earlier is told not to. */
static reel_code set_up(PGconn *link, const reel_pg *store, reel_err *err)
{
    char sql[400] = "";
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    (void)PQsetNoticeProcessor(link, ignore_notice, NULL);
    if (PQserverVersion(link) < REEL_PG_VERSION_LEAST)
        return reel_fail(err, REEL_E_STORE,
                         "%s: the server is PostgreSQL %d; 13 or newer is needed", store->base.path,
                         PQserverVersion(link) / 10000);
    (void)snprintf(sql, sizeof sql,
                   "SET search_path = reel; SET lock_timeout = %d; SET statement_timeout = 60000;"
                   " SET client_min_messages = warning; SET bytea_output = hex;%s"
                   " SELECT set_config('synchronous_commit', 'on', false)"
                   " WHERE current_setting('synchronous_commit') = 'off'",
                   store->busy_timeout_ms,
                   store->base.read_only ? " SET default_transaction_read_only = on;" : "");
    result = PQexec(link, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        rc = reel__pg_fail(store, link, result, "opening", err);
    PQclear(result);
    return rc;
}

static reel_code refused(PGconn *link, const reel_pg *store, reel_err *err)
{
    char said[300] = "";

    if (link == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory while opening", store->base.path);
    reel__pg_line(said, sizeof said, PQerrorMessage(link));
    if (PQconnectionNeedsPassword(link))
        return reel_fail(err, REEL_E_STORE,
                         "%s: the server wants a password; put it into REEL_DATABASE_URL or "
                         "~/.pgpass",
                         store->base.path);
    return reel_fail(err, REEL_E_STORE,
                     "%s: cannot connect; check that the server runs, and host, port, user and "
                     "password (%s)",
                     store->base.path, said);
}

reel_code reel__pg_link(PGconn **out, const reel_pg *store, const char *database, reel_err *err)
{
    PGconn *link = connect_to(store->url, database);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (PQstatus(link) != CONNECTION_OK)
        REEL_TRY(refused(link, store, err));
    REEL_TRY(set_up(link, store, err));
    *out = link;
    link = NULL;
out:
    PQfinish(link);
    return rc;
}

static void free_conn(reel_pg_conn *conn)
{
    if (conn == NULL)
        return;
    PQfinish(conn->link);
    reel__free(conn);
}

/* Where a server was there before, it may be starting again: worth some patience, counted from when
 * it was first missed, so that callers do not wait one after the other. */
static reel_code link_again(PGconn **out, reel_pg *store, reel_err *err)
{
    const int64_t patience_us = store->reached ? (int64_t)store->busy_timeout_ms * 1000 : 0;
    int64_t missed_us = 0, now_us = 0;
    reel_code rc = REEL_OK;

    while ((rc = reel__pg_link(out, store, NULL, err)) == REEL_E_STORE) {
        now_us = reel__clock_steady_us();
        missed_us = 0;
        if (atomic_compare_exchange_strong(&store->missed_us, &missed_us, now_us))
            missed_us = now_us;
        if (now_us >= missed_us + patience_us || usleep(PAUSE_US) != 0)
            break;
    }
    if (rc == REEL_OK)
        atomic_store(&store->missed_us, 0);
    return rc;
}

static reel_code new_conn(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    reel_pg_conn *conn = reel__alloc_zero(1, sizeof *conn);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (conn == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory for a connection", store->base.path);
    conn->store = store;
    rc = link_again(&conn->link, store, err);
    if (rc == REEL_OK)
        *out = conn;
    else
        free_conn(conn);
    return rc;
}

/* ---- the pool ------------------------------------------------------------------------------ */

/* Wait until a connection may be taken or made. Under the lock. */
static reel_code wait_for_room(reel_pg *store, reel_err *err)
{
    const struct timespec until = reel__steady_in_ms(WAIT_SECONDS * 1000);
    int failed = 0;

    while (store->idle == NULL && store->open >= CONNECTIONS_MAX && failed == 0)
        failed = pthread_cond_timedwait(&store->freed, &store->lock, &until);
    if (failed == 0)
        return REEL_OK;
    return reel_fail(err, REEL_E_BUSY, "%s: all %d connections are in use for over %d s; try again",
                     store->base.path, (int)CONNECTIONS_MAX, (int)WAIT_SECONDS);
}

static reel_code acquire(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    reel_pg_conn *conn = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    (void)pthread_mutex_lock(&store->lock);
    rc = wait_for_room(store, err);
    if (rc == REEL_OK && store->idle != NULL) {
        conn = store->idle;
        store->idle = conn->next;
    } else if (rc == REEL_OK) {
        store->open++;
    }
    (void)pthread_mutex_unlock(&store->lock);
    if (rc == REEL_OK && conn == NULL) {
        rc = new_conn(&conn, store, err);
        if (rc != REEL_OK) {
            (void)pthread_mutex_lock(&store->lock);
            store->open--;
            (void)pthread_cond_signal(&store->freed);
            (void)pthread_mutex_unlock(&store->lock);
        }
    }
    *out = conn;
    return rc;
}

/* Take away what is kept: where one connection was lost, so are they all. */
static void drop_idle(reel_pg *store)
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

        free_conn(list);
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
    reel_pg *store = NULL;

    if (conn == NULL)
        return;
    store = conn->store;
    if (!is_clean(conn->link)) {
        free_conn(conn);
        conn = NULL;
    }
    (void)pthread_mutex_lock(&store->lock);
    if (conn != NULL) {
        conn->next = store->idle;
        store->idle = conn;
    } else {
        store->open--;
    }
    (void)pthread_cond_signal(&store->freed);
    (void)pthread_mutex_unlock(&store->lock);
}

void reel__pg_close_all(reel_pg *store)
{
    drop_idle(store);
    assert(store->open == 0);
}

/* ---- working ------------------------------------------------------------------------------- */

/* After a write that failed libpq still has to find out. */
static bool is_lost(const reel_pg_conn *conn)
{
    return PQconsumeInput(conn->link) != 1 || PQstatus(conn->link) == CONNECTION_BAD;
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
    rc = work(conn, user, err);
    lost = rc != REEL_OK && is_lost(conn);
    reel__pg_give_back(conn);
    if (!lost)
        goto out;
    drop_idle(store);
    if (again) {
        REEL_TRY(acquire(&conn, store, err));
        rc = work(conn, user, err);
        reel__pg_give_back(conn);
    }
out:
    return rc;
}

reel_code reel__pg_take(reel_pg_conn **out, reel_pg *store, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(acquire(out, store, err));
    PQclear(PQexec((*out)->link, "SELECT 1"));
    if (is_lost(*out)) {
        reel__pg_give_back(*out);
        drop_idle(store);
        REEL_TRY(acquire(out, store, err));
    }
out:
    return rc;
}
