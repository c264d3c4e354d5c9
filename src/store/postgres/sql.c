/* sql.c - statements that are the same for every back end (store/sql.h). */
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres/postgres_priv.h"
#include "store/sql.h"

static void hand_on(const reel_sql_work *work, const PGresult *result)
{
    const char *columns[REEL_SQL_COLUMNS] = {NULL};
    const int rows = PQntuples(result), count = PQnfields(result);
    bool more = work->row != NULL;

    for (int at = 0; at < rows && more; at++) {
        for (int i = 0; i < count && i < REEL_SQL_COLUMNS; i++)
            columns[i] = PQgetisnull(result, at, i) ? NULL : PQgetvalue(result, at, i);
        more = work->row(work->user, columns);
    }
}

/* Rows are handed on by the caller, once all is certain. */
static reel_code run(reel_pg_conn *conn, reel_sql_work *work, size_t index, PGresult **out,
                     reel_err *err)
{
    const reel_sql *sql = &work->statements[index];
    const char *values[REEL_SQL_VALUES] = {NULL};
    reel_code rc = REEL_OK;

    for (int i = 0; i < sql->count; i++)
        values[i] = reel__sql_value(sql, i);
    REEL_TRY(reel__pg_query(out, conn, sql->text, sql->count, values, err));
    work->changed[index] = strtoll(PQcmdTuples(*out), NULL, 10);
out:
    return rc;
}

typedef struct running {
    reel_sql_work *work;
    PGresult *results[REEL_SQL_STATEMENTS];
} running;

static void forget(running *r)
{
    for (size_t i = 0; i < r->work->count; i++) {
        PQclear(r->results[i]);
        r->results[i] = NULL;
    }
}

/* Readers go on. What is read from here on is what was committed by who had the table before. */
static reel_code lock_table(reel_pg_conn *conn, const char *table, reel_err *err)
{
    char text[80];

    (void)snprintf(text, sizeof text, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", table);
    return reel__pg_exec(conn, text, err);
}

static reel_code run_all(reel_pg_conn *conn, void *user, reel_err *err)
{
    running *r = user;
    reel_sql_work *work = r->work;
    reel_code rc = REEL_OK;

    forget(r);
    if (work->count == 1 && work->alone == NULL)
        return run(conn, work, 0, &r->results[0], err);
    REEL_TRY(reel__pg_exec(conn, "BEGIN", err));
    if (work->alone != NULL)
        REEL_TRY(lock_table(conn, work->alone, err));
    for (size_t i = 0; i < work->count; i++) {
        REEL_TRY(run(conn, work, i, &r->results[i], err));
        if (i == 0 && work->guard && work->changed[0] == 0)
            return reel__pg_exec(conn, "ROLLBACK", err);
    }
    REEL_TRY(reel__pg_exec(conn, "COMMIT", err));
out:
    return rc;
}

reel_code reel__pg_sql(reel_store *store, reel_sql_work *work, reel_err *err)
{
    running r = {.work = work};
    const reel_code rc = reel__pg_run((reel_pg *)store, run_all, &r, work->again, err);

    for (size_t i = 0; rc == REEL_OK && i < work->count; i++)
        if (r.results[i] != NULL)
            hand_on(work, r.results[i]);
    forget(&r);
    return rc;
}

reel_code reel__pg_load_sql(reel_store_load *base, const reel_sql *sql, reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_sql_work work = {.statements = sql, .count = 1, .writes = true};
    PGresult *result = NULL;
    const reel_code rc = run(load->conn, &work, 0, &result, err);

    load->accounts = true;
    PQclear(result);
    return rc;
}

reel_code reel__pg_rows(reel_pg_conn *conn, const char *text, reel_sql_row *row, void *user,
                        reel_err *err)
{
    reel_sql sql;
    reel_sql_work work = {.statements = &sql, .count = 1, .row = row, .user = user};
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    reel__sql_begin(&sql, text);
    REEL_TRY(run(conn, &work, 0, &result, err));
    hand_on(&work, result);
out:
    PQclear(result);
    return rc;
}
