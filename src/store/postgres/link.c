/* link.c - a connection to the server, with our settings. */
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "store/postgres/postgres_priv.h"

enum { FIRST_MS = 10000, AGAIN_MS = 2000, SLICE_MS = 100 };

static void ignore_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

/* What the URL says overrides what stands before it. A server that was there is asked again often,
 * and not for long; one that vanished is noticed within half a minute. */
static PGconn *connect_to(const reel_pg *store, const char *database)
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
    const char *const values[] = {store->reached ? "2" : "10",
                                  "15",
                                  "5",
                                  "3",
                                  "30000",
                                  "reel",
                                  store->url,
                                  "UTF8",
                                  database,
                                  NULL};

    return PQconnectdbParams(keywords, values, 1);
}

PGresult *reel__pg_ask(PGconn *link, const char *sql, int limit_ms)
{
    const int64_t until = reel__clock_steady_us() + (int64_t)limit_ms * 1000;
    PGresult *last = NULL, *next = NULL;

    if (PQsendQuery(link, sql) != 1)
        return NULL;
    for (;;) {
        struct pollfd answer = {.fd = PQsocket(link), .events = POLLIN};

        while (PQisBusy(link) == 1) {
            if (reel__clock_steady_us() >= until) {
                PQclear(last);
                return NULL;
            }
            if (poll(&answer, 1, SLICE_MS) > 0 && PQconsumeInput(link) != 1)
                break; /* what is wrong, the next result says */
        }
        next = PQgetResult(link);
        if (next == NULL)
            return last;
        PQclear(last);
        last = next;
    }
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
    result = reel__pg_ask(link, sql, store->reached ? AGAIN_MS : FIRST_MS);
    if (result == NULL && PQstatus(link) == CONNECTION_OK && PQisBusy(link) == 1)
        rc = reel__pg_silent(store, err);
    else if (PQresultStatus(result) != PGRES_TUPLES_OK)
        rc = reel__pg_fail(store, link, result, "opening", err);
    PQclear(result);
    return rc;
}

reel_code reel__pg_silent(const reel_pg *store, reel_err *err)
{
    return reel_fail(err, REEL_E_STORE,
                     "%s: the server does not answer; look at its machine, and at the network in "
                     "between",
                     store->base.path);
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
    PGconn *link = connect_to(store, database);
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
