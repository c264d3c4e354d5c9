/* load.c - bulk loads: one transaction on a connection of its own, one at a time by an advisory
 * lock. Readers keep the old generation until the commit, and feedback goes on being written. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/postgres/postgres_priv.h"

enum { ANALYSE_FROM = 10000, ASK_TIMES = 100, ASK_PAUSE_US = 50000 };

/* People who only rated. Walks from person to person along the key, not over every rating. */
static const char people_of_ratings_sql[] =
    "INSERT INTO people (userId)"
    " WITH RECURSIVE raters (id) AS ((SELECT min(userId) FROM ratings) UNION ALL"
    "  SELECT (SELECT min(userId) FROM ratings WHERE userId > id) FROM raters"
    "  WHERE id IS NOT NULL)"
    " SELECT id FROM raters WHERE id IS NOT NULL ON CONFLICT DO NOTHING";

/* Events that come next are behind those that were copied. */
static const char continue_accounts_sql[] =
    "SELECT setval(pg_get_serial_sequence('reel.accounts', 'id'), max(id))"
    " FROM accounts HAVING max(id) >= nextval(pg_get_serial_sequence('reel.accounts', 'id'))";
static const char continue_log_sql[] =
    "SELECT setval(pg_get_serial_sequence('reel.events', 'sequence'), max(sequence))"
    " FROM events HAVING max(sequence) >="
    " nextval(pg_get_serial_sequence('reel.events', 'sequence'))";

/* ---- begin --------------------------------------------------------------------------------- */

static void free_load(reel_pg_load *load)
{
    if (load == NULL)
        return;
    reel__pg_give_back(load->conn); /* undoes a transaction that was not committed */
    reel__free(load->sorted);
    reel__free(load);
}

/* A load takes as long as it takes. */
static reel_code begin(reel_pg_load *load, bool replace, reel_err *err)
{
    char sql[200] = "";
    int64_t rated = 0;
    reel_code rc = REEL_OK;

    (void)snprintf(sql, sizeof sql,
                   "BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(%d, %d)",
                   REEL_PG_LOCKS, REEL_PG_LOCK_LOAD);
    reel__pg_be_patient(load->conn);
    REEL_TRY(reel__pg_exec(load->conn, sql, err));
    if (replace)
        REEL_TRY(reel__pg_exec(
            load->conn,
            "DELETE FROM ratings; DELETE FROM people; DELETE FROM movies; DELETE FROM matches",
            err));
    REEL_TRY(reel__pg_number(load->conn, "SELECT count(*) FROM (SELECT FROM ratings LIMIT 1) AS r",
                             &rated, err));
    load->empty = rated == 0;
    load->highest = -1;
out:
    return rc;
}

reel_code reel__pg_load_begin(reel_store_load **out, reel_store *store, bool replace, reel_err *err)
{
    reel_pg_load *load = reel__alloc_zero(1, sizeof *load);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (load == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory for a load", store->path);
    load->base.store = store;
    REEL_TRY(reel__pg_take(&load->conn, (reel_pg *)store, err));
    REEL_TRY(begin(load, replace, err));
    *out = &load->base;
    load = NULL;
out:
    free_load(load);
    return rc;
}

/* ---- end ----------------------------------------------------------------------------------- */

typedef struct asked {
    const char *transaction;
    bool running, committed;
} asked;

static reel_code ask_transaction(reel_pg_conn *conn, void *user, reel_err *err)
{
    asked *a = user;
    PGresult *result = NULL;
    const reel_code rc =
        reel__pg_query(&result, conn, "SELECT pg_xact_status($1::xid8)", 1, &a->transaction, err);

    if (rc == REEL_OK) {
        a->running = strcmp(reel__pg_text(result, 0, 0), "in progress") == 0;
        a->committed = strcmp(reel__pg_text(result, 0, 0), "committed") == 0;
    }
    PQclear(result);
    return rc;
}

/* The connection was lost between the question to commit and the answer: the server knows. */
static reel_code resolve(reel_pg *store, const char *transaction, const reel_err *why,
                         reel_err *err)
{
    asked a = {.transaction = transaction, .running = true};
    reel_code rc = REEL_OK;

    for (int i = 0; i < ASK_TIMES && rc == REEL_OK && a.running; i++) {
        rc = reel__pg_run(store, ask_transaction, &a, true, NULL);
        if (a.running)
            (void)usleep(ASK_PAUSE_US);
    }
    if (rc == REEL_OK && a.committed)
        return REEL_OK;
    if (rc == REEL_OK && !a.running)
        return reel_fail(err, why->code, "%s", why->msg);
    return reel_fail(err, REEL_E_STORE,
                     "%s: the connection was lost at the very end; whether the load was kept "
                     "`reel info` tells (by its generation) when the server runs again",
                     store->base.path);
}

static reel_code finish(reel_pg_load *load, const char *source, bool simulated,
                        char transaction[REEL_PG_NUMBER], reel_err *err)
{
    char generation[REEL_PG_NUMBER];
    const char *const values[] = {source, simulated ? "t" : "f",
                                  reel__pg_int(generation, load->base.generation)};
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    if (load->put > 0)
        REEL_TRY(reel__pg_exec(load->conn, people_of_ratings_sql, err));
    if (load->put >= ANALYSE_FROM)
        REEL_TRY(reel__pg_exec(load->conn, "ANALYZE ratings", err));
    if (load->logged)
        REEL_TRY(reel__pg_exec(load->conn, continue_log_sql, err));
    if (load->accounts)
        REEL_TRY(reel__pg_exec(load->conn, continue_accounts_sql, err));
    REEL_TRY(reel__pg_query(&result, load->conn,
                            "UPDATE meta SET source = $1, simulated = $2, generation ="
                            " CASE WHEN $3 > generation THEN $3 ELSE generation + 1 END"
                            " RETURNING pg_current_xact_id()",
                            3, values, err));
    if (PQntuples(result) == 0)
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%s: the database is damaged (its table meta is empty); restore a backup",
                       load->conn->store->base.path);
    else
        (void)snprintf(transaction, REEL_PG_NUMBER, "%s", reel__pg_text(result, 0, 0));
out:
    PQclear(result);
    return rc;
}

reel_code reel__pg_load_commit(reel_store_load *base, const char *source, bool simulated,
                               reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_pg *store = load->conn->store;
    char transaction[REEL_PG_NUMBER] = "";
    reel_err why = {REEL_OK, ""};
    bool lost = false;
    reel_code rc = finish(load, source, simulated, transaction, &why);

    if (rc == REEL_OK) {
        rc = reel__pg_exec(load->conn, "COMMIT", &why);
        lost = rc != REEL_OK && PQstatus(load->conn->link) == CONNECTION_BAD;
    }
    free_load(load);
    if (lost)
        return resolve(store, transaction, &why, err);
    return rc == REEL_OK ? REEL_OK : reel_fail(err, rc, "%s", why.msg);
}

void reel__pg_load_abort(reel_store_load *base)
{
    free_load((reel_pg_load *)base);
}
