/* sql.c - statements that are the same for every back end (store/sql.h). */
#include <stdio.h>
#include <stdlib.h>

#include "store/sql.h"
#include "store/sqlite/sqlite_priv.h"

/* To SQLite $2 is a name, and names are counted as they appear. */
static int bind(sqlite3_stmt *s, const reel_sql *sql)
{
    char name[16] = "";
    int bound = SQLITE_OK, place = 0;

    for (int i = 0; i < sql->count; i++) {
        const char *value = reel__sql_value(sql, i);

        (void)snprintf(name, sizeof name, "$%d", i + 1);
        place = sqlite3_bind_parameter_index(s, name);
        if (value == NULL)
            bound |= sqlite3_bind_null(s, place);
        else if (sql->values[i].is_number)
            bound |= sqlite3_bind_int64(s, place, strtoll(value, NULL, 10));
        else
            bound |= reel__sqlite_bind_text(s, place, value);
    }
    return bound;
}

static bool hand_on(const reel_sql_work *work, sqlite3_stmt *s)
{
    const char *columns[REEL_SQL_COLUMNS] = {NULL};
    const int count = sqlite3_column_count(s);

    for (int i = 0; i < count && i < REEL_SQL_COLUMNS; i++)
        columns[i] = (const char *)sqlite3_column_text(s, i);
    return work->row == NULL || work->row(work->user, columns);
}

static reel_code run(sqlite3 *db, reel_sql_work *work, size_t index, reel_err *err)
{
    const reel_sql *sql = &work->statements[index];
    sqlite3_stmt *s = NULL;
    bool row = false, more = true;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db, sql->text, err));
    if (bind(s, sql) != SQLITE_OK)
        REEL_TRY(reel__sqlite_fail(db, sqlite3_db_filename(db, "main"), "binding values", err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    while (row) {
        work->changed[index]++;
        more = more && hand_on(work, s);
        REEL_TRY(reel__sqlite_check_row(s, err));
        if (!more && !work->writes)
            break;
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
    if (work->writes && work->changed[index] == 0)
        work->changed[index] = sqlite3_changes(db);
out:
    (void)sqlite3_finalize(s);
    return rc;
}

static reel_code run_all(sqlite3 *db, reel_sql_work *work, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_exec(db, work->writes ? "BEGIN IMMEDIATE" : "BEGIN", err));
    for (size_t i = 0; i < work->count; i++) {
        REEL_TRY(run(db, work, i, err));
        if (i == 0 && work->guard && work->changed[0] == 0)
            goto out;
    }
    REEL_TRY(reel__sqlite_exec(db, "COMMIT", err));
out:
    reel__sqlite_rollback(db);
    return rc;
}

reel_code reel__sqlite_sql(reel_store *base, reel_sql_work *work, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    pthread_mutex_t *lock = work->writes ? &store->writer_lock : &store->reader_lock;
    sqlite3 *db = work->writes ? store->writer : store->reader;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(lock);
    if (work->writes)
        rc = reel__sqlite_check_place(store, err);
    if (rc == REEL_OK)
        rc = work->count == 1 ? run(db, work, 0, err) : run_all(db, work, err);
    (void)pthread_mutex_unlock(lock);
    return rc;
}

reel_code reel__sqlite_load_sql(reel_store_load *base, const reel_sql *sql, reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    reel_sql_work work = {.statements = sql, .count = 1, .writes = true};

    return run(load->db, &work, 0, err);
}

reel_code reel__sqlite_rows(sqlite3 *db, const char *text, reel_sql_row *row, void *user,
                            reel_err *err)
{
    reel_sql sql;
    reel_sql_work work = {.statements = &sql, .count = 1, .row = row, .user = user};

    reel__sql_begin(&sql, text);
    return run(db, &work, 0, err);
}
