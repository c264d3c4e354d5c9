/* sql.c - building statements for any back end with SQL, and running them. */
#include "store/sql.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/vtable.h"

void reel__sql_begin(reel_sql *out, const char *text)
{
    out->text = text;
    out->count = 0;
}

void reel__sql_text(reel_sql *sql, const char *value)
{
    assert(sql->count < REEL_SQL_VALUES);
    sql->values[sql->count].is_number = false;
    sql->values[sql->count++].text = value;
}

void reel__sql_int(reel_sql *sql, int64_t value)
{
    assert(sql->count < REEL_SQL_VALUES);
    sql->values[sql->count].is_number = true;
    (void)snprintf(sql->values[sql->count++].number, REEL_SQL_NUMBER, "%" PRId64, value);
}

void reel__sql_known(reel_sql *sql, int64_t value, int64_t unknown)
{
    if (value == unknown)
        reel__sql_text(sql, NULL);
    else
        reel__sql_int(sql, value);
}

const char *reel__sql_value(const reel_sql *sql, int place)
{
    return sql->values[place].is_number ? sql->values[place].number : sql->values[place].text;
}

int64_t reel__sql_number(const char *column, int64_t unknown)
{
    return column == NULL ? unknown : strtoll(column, NULL, 10);
}

reel_code reel__sql_run(reel_store *store, reel_sql_work *work, reel_err *err)
{
    assert(work->count > 0 && work->count <= REEL_SQL_STATEMENTS);
    for (size_t i = 0; i < work->count; i++)
        work->changed[i] = 0;
    if (work->writes && store->read_only)
        return reel_fail(err, REEL_E_STORE, "%s: opened read-only; nothing can be written",
                         store->path);
    return store->ops->sql(store, work, err);
}

reel_code reel__sql_read(reel_store *store, const reel_sql *sql, reel_sql_row *row, void *user,
                         reel_err *err)
{
    reel_sql_work work = {.statements = sql, .count = 1, .again = true, .row = row, .user = user};

    return reel__sql_run(store, &work, err);
}

reel_code reel__sql_write(reel_store *store, const reel_sql *sql, bool again, int64_t *changed,
                          reel_err *err)
{
    reel_sql_work work = {.statements = sql, .count = 1, .writes = true, .again = again};
    const reel_code rc = reel__sql_run(store, &work, err);

    if (changed != NULL)
        *changed = work.changed[0];
    return rc;
}
