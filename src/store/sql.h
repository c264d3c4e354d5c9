/* store/sql.h - statements that every back end with SQL understands: what is asked seldom and has
 * small answers is written once, in the words SQLite and PostgreSQL share. Places are $1, $2, ...;
 * a back end gives rows as texts.
 * Layer: store. Ownership: everything is borrowed. Threads: as store.h.
 */
#ifndef REEL_STORE_SQL_H
#define REEL_STORE_SQL_H

#include "store/store.h"

enum {
    REEL_SQL_VALUES = 16,
    REEL_SQL_COLUMNS = 24,
    REEL_SQL_NUMBER = 24,
    REEL_SQL_STATEMENTS = 32
};

typedef struct reel_sql {
    const char *text;
    int count;
    struct {
        bool is_number;
        const char *text; /* NULL is NULL */
        char number[REEL_SQL_NUMBER];
    } values[REEL_SQL_VALUES];
} reel_sql;

void reel__sql_begin(reel_sql *out, const char *text);
void reel__sql_text(reel_sql *sql, const char *value);
void reel__sql_int(reel_sql *sql, int64_t value);
void reel__sql_known(reel_sql *sql, int64_t value, int64_t unknown);

/* A row's columns as texts, NULL for NULL; false to stop. */
typedef bool reel_sql_row(void *user, const char *const *columns);
int64_t reel__sql_number(const char *column, int64_t unknown);
/* A value as text, NULL for NULL. */
const char *reel__sql_value(const reel_sql *sql, int place);

/* A transaction of one or more statements. What comes from all of them goes to row; changed[i]: how
 * many rows a statement wrote or answered. */
typedef struct reel_sql_work {
    const reel_sql *statements;
    size_t count;
    bool writes;
    bool again;        /* doing it twice does no harm */
    bool guard;        /* the first statement must change a row, or nothing happens */
    const char *alone; /* a table nobody else writes meanwhile: what a statement read of other rows
                          holds until the end; NULL = none */
    reel_sql_row *row;
    void *user;
    int64_t changed[REEL_SQL_STATEMENTS];
} reel_sql_work;

/* One statement. changed may be NULL. */
REEL_MUST_USE reel_code reel__sql_read(reel_store *store, const reel_sql *sql, reel_sql_row *row,
                                       void *user, reel_err *err);
REEL_MUST_USE reel_code reel__sql_write(reel_store *store, const reel_sql *sql, bool again,
                                        int64_t *changed, reel_err *err);
/* Several; E_STORE when the store is read-only. */
REEL_MUST_USE reel_code reel__sql_run(reel_store *store, reel_sql_work *work, reel_err *err);

#endif
