/* support/tables.h - an SQLite database as text, past Reel: every row of every table.
 * Threads: no state.
 */
#ifndef TESTS_SUPPORT_TABLES_H
#define TESTS_SUPPORT_TABLES_H

#include <sqlite3.h>

#include "base/buf.h"
#include "support/check.h"

/* "table.column=value|" a line, appended. */
static inline void tables_dump(reel_buf *out, const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL, *rows = NULL;
    char sql[300];

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), 0);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table'",
                                        -1, &tables, NULL),
                     0);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        (void)snprintf(sql, sizeof sql, "SELECT * FROM %s", sqlite3_column_text(tables, 0));
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), 0);
        while (sqlite3_step(rows) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(rows); i++) {
                const unsigned char *value = sqlite3_column_text(rows, i);

                reel__buf_format(out, "%s.%s=%s|\n", sqlite3_column_text(tables, 0),
                                 sqlite3_column_name(rows, i),
                                 value == NULL ? "" : (const char *)value);
            }
        (void)sqlite3_finalize(rows);
    }
    (void)sqlite3_finalize(tables);
    (void)sqlite3_close(db);
}

/* How often a text stands in any of them. */
static inline size_t tables_count(const char *path, const char *needle)
{
    size_t count = 0;
    reel_buf all;

    reel__buf_init(&all, 1 << 26);
    tables_dump(&all, path);
    for (const char *at = all.data; (at = strstr(at, needle)) != NULL; at++)
        count++;
    reel__buf_fini(&all);
    return count;
}

/* One statement, such as one that damages a row. */
static inline void tables_change(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
    (void)sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), 0);
    assert_int_equal(sqlite3_changes(db), 1);
    (void)sqlite3_close(db);
}

#endif
