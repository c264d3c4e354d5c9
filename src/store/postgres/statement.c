/* statement.c - running SQL with our errors; values to and from text.
 * "Unknown" is NULL in the database and a fixed value of the field in C (0, -1 or NaN). */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/postgres/postgres_priv.h"

enum { END_WAIT_MS = 1000 };

/* ---- errors -------------------------------------------------------------------------------- */

/* Code and advice by SQLSTATE, or by its class where the row has only two characters. Only the
 * first line of the server's own message is passed on: its details may hold values of rows. */
static const struct state_row {
    const char *state;
    reel_code code;
    const char *advice;
} state_rows[] = {
    {"08", REEL_E_STORE, "the connection to the server was lost; try again when it runs"},
    {"57P", REEL_E_STORE, "the server is stopping or starting; try again when it runs"},
    {"57014", REEL_E_STORE,
     "the server took too long and was stopped; see what else it is doing, or raise its "
     "statement_timeout in the URL's options"},
    {"53100", REEL_E_STORE, "the server's disk is full; nothing of this was kept; free some space"},
    {"53200", REEL_E_STORE, "the server is out of memory; nothing of this was kept"},
    {"53300", REEL_E_STORE,
     "the server takes no more connections; close some, or raise its max_connections"},
    {"55P03", REEL_E_CONFLICT,
     "locked by another process or a running load; wait until it is done and try again"},
    {"40", REEL_E_CONFLICT, "another transaction was in the way; try again"},
    {"25006", REEL_E_STORE,
     "the server allows reading only (is it a standby?); use the address of the primary"},
    {"42501", REEL_E_STORE,
     "the user may not do this; grant CREATE on the database (or USAGE and all privileges on its "
     "schema reel)"},
    {"42P01", REEL_E_FORMAT,
     "the database is damaged (a table of its schema reel is missing); restore a backup"},
    {"42703", REEL_E_FORMAT,
     "the database is damaged (a column of its schema reel is missing); restore a backup"},
    {"XX00", REEL_E_FORMAT, "the database is damaged; restore a backup"},
    {"54", REEL_E_TOOLARGE, "a text is too long for the database"},
    {"22021", REEL_E_INVALID, "a text is not UTF-8"},
};

void reel__pg_line(char *out, size_t size, const char *text)
{
    size_t used = 0;

    for (; text != NULL && *text != '\0' && used + 1 < size; text++) {
        char c = *text;

        if (c == '\n' || c == '\t' || c == '\r')
            c = ' ';
        if (c != ' ' || (used > 0 && out[used - 1] != ' '))
            out[used++] = c;
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

static const struct state_row *find_state(const char *state)
{
    for (size_t i = 0; i < sizeof state_rows / sizeof *state_rows; i++)
        if (strncmp(state, state_rows[i].state, strlen(state_rows[i].state)) == 0 &&
            (strcmp(state_rows[i].state, "XX00") != 0 || strcmp(state, "XX000") != 0))
            return &state_rows[i];
    return NULL;
}

/* A fatal error ends the connection, and a write that failed has, but libpq learns so only by
 * reading on. */
static bool is_gone(PGconn *link, const PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const bool ends =
        severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
    struct pollfd end = {.fd = PQsocket(link), .events = POLLIN};

    while (PQstatus(link) == CONNECTION_OK && ends && poll(&end, 1, END_WAIT_MS) > 0)
        (void)PQconsumeInput(link);
    return PQstatus(link) == CONNECTION_BAD || PQconsumeInput(link) != 1;
}

reel_code reel__pg_fail(const reel_pg *store, PGconn *link, const PGresult *result,
                        const char *doing, reel_err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const struct state_row *row = state != NULL ? find_state(state) : NULL;
    const char *name = store->base.path;
    bool gone = false;
    char said[200] = "";

    reel__pg_line(said, sizeof said, primary != NULL ? primary : PQerrorMessage(link));
    gone = is_gone(link, result);
    if (row != NULL)
        return reel_fail(err, row->code, "%s: %s (while %s: %s)", name, row->advice, doing, said);
    if (gone)
        return reel_fail(err, REEL_E_STORE,
                         "%s: the connection to the server was lost; try again when it runs "
                         "(while %s: %s)",
                         name, doing, said);
    if (result == NULL && said[0] == '\0')
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory while %s", name, doing);
    return reel_fail(err, REEL_E_STORE, "%s: %s failed: %s (PostgreSQL %s)", name, doing, said,
                     state != NULL ? state : "client");
}

static bool succeeded(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* ---- running ------------------------------------------------------------------------------- */

void reel__pg_asks(reel_pg_conn *conn)
{
    atomic_store(&conn->asked_us, reel__clock_steady_us());
}

void reel__pg_answered(reel_pg_conn *conn)
{
    atomic_store(&conn->asked_us, 0);
}

PGresult *reel__pg_said(reel_pg_conn *conn, const char *sql)
{
    PGresult *result = NULL;

    reel__pg_asks(conn);
    result = PQexec(conn->link, sql);
    reel__pg_answered(conn);
    return result;
}

reel_code reel__pg_exec(reel_pg_conn *conn, const char *sql, reel_err *err)
{
    PGresult *result = reel__pg_said(conn, sql);
    reel_code rc = REEL_OK;

    if (!succeeded(result))
        rc = reel__pg_fail(conn->store, conn->link, result, "writing", err);
    PQclear(result);
    return rc;
}

reel_code reel__pg_query(PGresult **out, reel_pg_conn *conn, const char *sql, int count,
                         const char *const *values, reel_err *err)
{
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    *out = NULL;
    reel__pg_asks(conn);
    result = PQexecParams(conn->link, sql, count, NULL, values, NULL, NULL, 0);
    reel__pg_answered(conn);
    if (succeeded(result)) {
        *out = result;
        return REEL_OK;
    }
    rc = reel__pg_fail(conn->store, conn->link, result,
                       strncmp(sql, "SELECT", 6) == 0 ? "reading" : "writing", err);
    PQclear(result);
    return rc;
}

reel_code reel__pg_number(reel_pg_conn *conn, const char *sql, int64_t *out, reel_err *err)
{
    PGresult *result = NULL;
    const reel_code rc = reel__pg_query(&result, conn, sql, 0, NULL, err);

    *out = 0;
    if (rc == REEL_OK && PQntuples(result) > 0)
        *out = reel__pg_get_int(result, 0, 0, 0);
    PQclear(result);
    return rc;
}

/* ---- values -------------------------------------------------------------------------------- */

const char *reel__pg_int(char out[REEL_PG_NUMBER], int64_t value)
{
    (void)snprintf(out, REEL_PG_NUMBER, "%" PRId64, value);
    return out;
}

const char *reel__pg_known(char out[REEL_PG_NUMBER], int64_t value, int64_t unknown)
{
    return value == unknown ? NULL : reel__pg_int(out, value);
}

const char *reel__pg_real(char out[REEL_PG_NUMBER], double value)
{
    if (isnan(value))
        return NULL;
    (void)snprintf(out, REEL_PG_NUMBER, "%.*g", DBL_DECIMAL_DIG, value);
    return out;
}

const char *reel__pg_text(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column); /* "" for NULL */
}

int64_t reel__pg_get_int(const PGresult *result, int row, int column, int64_t unknown)
{
    return PQgetisnull(result, row, column) ? unknown
                                            : strtoll(PQgetvalue(result, row, column), NULL, 10);
}

double reel__pg_get_real(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? (double)NAN
                                            : strtod(PQgetvalue(result, row, column), NULL);
}

bool reel__pg_get_bool(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column)[0] == 't';
}
