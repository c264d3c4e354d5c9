/* statement.c - running SQL with our errors; binding and reading values.
 * "Unknown" is NULL in the database and a fixed value of the field in C (0, -1 or NaN). */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite/sqlite_priv.h"

/* ---- errors -------------------------------------------------------------------------------- */

/* Code and advice for the primary result codes that a person can do something about. */
static const struct result_row {
    int result;
    reel_code code;
    const char *advice;
} result_rows[] = {
    {SQLITE_BUSY, REEL_E_CONFLICT,
     "locked by another process or a running load; wait until it is done and try again"},
    {SQLITE_LOCKED, REEL_E_CONFLICT, "locked; try again"},
    {SQLITE_PROTOCOL, REEL_E_CONFLICT, "locked by another process; try again"},
    {SQLITE_FULL, REEL_E_STORE, "the disk is full; nothing of this was kept; free some space"},
    {SQLITE_READONLY, REEL_E_STORE,
     "the file or its folder is read-only; change its permissions or use another path"},
    {SQLITE_CANTOPEN, REEL_E_STORE,
     "cannot be opened; check the path and the permissions of the file and its folder"},
    {SQLITE_PERM, REEL_E_STORE, "no permission; check the owner of the file and its folder"},
    {SQLITE_IOERR, REEL_E_STORE, "reading or writing the file failed; check the disk"},
    {SQLITE_NOTADB, REEL_E_FORMAT, "not a Reel database (not a database at all); use another path"},
    {SQLITE_CORRUPT, REEL_E_FORMAT,
     "the database is damaged; restore a copy, or load the data again into a new file"},
    {SQLITE_TOOBIG, REEL_E_TOOLARGE, "a text is too long for the database"},
    {SQLITE_INTERRUPT, REEL_E_CANCELLED, "interrupted"},
};

reel_code reel__sqlite_fail(sqlite3 *db, const char *path, const char *doing, reel_err *err)
{
    const int result = sqlite3_extended_errcode(db);
    const int system = sqlite3_system_errno(db);
    char reason[96] = "";

    if ((result & 0xff) == SQLITE_NOMEM)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory while %s", path, doing);
    for (size_t i = 0; i < sizeof result_rows / sizeof *result_rows; i++) {
        const struct result_row *row = &result_rows[i];

        if (row->result != (result & 0xff))
            continue;
        if (row->code == REEL_E_STORE && system != 0)
            return reel_fail(err, row->code, "%s: %s (while %s: %s)", path, row->advice, doing,
                             strerror_r(system, reason, sizeof reason));
        return reel_fail(err, row->code, "%s: %s (while %s)", path, row->advice, doing);
    }
    return reel_fail(err, REEL_E_STORE, "%s: %s failed: %s (SQLite %d)", path, doing,
                     sqlite3_errmsg(db), result);
}

static reel_code fail(sqlite3 *db, const char *doing, reel_err *err)
{
    const char *path = sqlite3_db_filename(db, "main");

    return reel__sqlite_fail(db, path != NULL ? path : "database", doing, err);
}

static const char *doing_of(sqlite3 *db, sqlite3_stmt *statement)
{
    if (statement != NULL && sqlite3_stmt_readonly(statement))
        return "reading";
    return sqlite3_db_readonly(db, "main") == 1 ? "reading" : "writing";
}

/* ---- running ------------------------------------------------------------------------------- */

reel_code reel__sqlite_exec(sqlite3 *db, const char *sql, reel_err *err)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, doing_of(db, NULL), err);
    return REEL_OK;
}

reel_code reel__sqlite_begin(sqlite3 *db, const char *sql, reel_err *err)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, "opening", err);
    return REEL_OK;
}

void reel__sqlite_rollback(sqlite3 *db)
{
    /* Some failures (disk full, out of memory) have undone it already. */
    if (db != NULL && !sqlite3_get_autocommit(db))
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

reel_code reel__sqlite_prepare(sqlite3_stmt **out, sqlite3 *db, const char *sql, reel_err *err)
{
    *out = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, out, NULL) != SQLITE_OK)
        return fail(db, "reading the schema", err);
    return REEL_OK;
}

reel_code reel__sqlite_step(sqlite3_stmt *statement, bool *row, reel_err *err)
{
    const int result = sqlite3_step(statement);
    sqlite3 *db = sqlite3_db_handle(statement);
    reel_code rc = REEL_OK;

    *row = result == SQLITE_ROW;
    if (*row)
        return REEL_OK;
    if (result != SQLITE_DONE)
        rc = fail(db, doing_of(db, statement), err);
    (void)sqlite3_reset(statement);
    return rc;
}

reel_code reel__sqlite_run(sqlite3_stmt *statement, int bound, reel_err *err)
{
    bool row = false;
    reel_code rc = REEL_OK;

    if (bound != SQLITE_OK)
        return fail(sqlite3_db_handle(statement), "binding values", err);
    rc = reel__sqlite_step(statement, &row, err);
    assert(!row);
    return rc;
}

reel_code reel__sqlite_number(sqlite3 *db, const char *sql, int64_t *out, reel_err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    *out = 0;
    REEL_TRY(reel__sqlite_prepare(&statement, db, sql, err));
    REEL_TRY(reel__sqlite_step(statement, &row, err));
    if (row)
        *out = sqlite3_column_int64(statement, 0);
out:
    (void)sqlite3_finalize(statement);
    return rc;
}

reel_code reel__sqlite_check_row(sqlite3_stmt *statement, reel_err *err)
{
    sqlite3 *db = sqlite3_db_handle(statement);

    if (sqlite3_errcode(db) == SQLITE_NOMEM)
        return fail(db, "reading", err);
    return REEL_OK;
}

/* ---- values -------------------------------------------------------------------------------- */

int reel__sqlite_bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    assert(text != NULL);
    return sqlite3_bind_text64(statement, place, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8);
}

int reel__sqlite_bind_known(sqlite3_stmt *statement, int place, int64_t value, int64_t unknown)
{
    return value == unknown ? sqlite3_bind_null(statement, place)
                            : sqlite3_bind_int64(statement, place, value);
}

int reel__sqlite_bind_real(sqlite3_stmt *statement, int place, double value)
{
    return isnan(value) ? sqlite3_bind_null(statement, place)
                        : sqlite3_bind_double(statement, place, value);
}

int reel__sqlite_bind_float(sqlite3_stmt *statement, int place, float value)
{
    double decimal = (double)value;
    char text[32] = "";

    /* Whole and half stars are exact; FLT_DIG digits may be too few, three more always do. */
    if (isfinite(value) && fabs(decimal) < 1e6 && decimal * 2 != floor(decimal * 2))
        for (int digits = FLT_DIG; digits <= FLT_DIG + 3; digits++) {
            (void)snprintf(text, sizeof text, "%.*g", digits, (double)value);
            decimal = strtod(text, NULL);
            if ((float)decimal == value)
                break;
        }
    return reel__sqlite_bind_real(statement, place, decimal);
}

const char *reel__sqlite_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return text != NULL ? (const char *)text : "";
}

int64_t reel__sqlite_known(sqlite3_stmt *statement, int column, int64_t unknown)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? unknown
               : sqlite3_column_int64(statement, column);
}

double reel__sqlite_real(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? (double)NAN
               : sqlite3_column_double(statement, column);
}
