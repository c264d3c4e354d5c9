/* once.c - requests that are done once, by key. */
#include "store/once.h"

#include <stdio.h>

#include "store/sql.h"

enum { BEGUN = 2 }; /* which of the statements begins it */

static bool take_answer(void *user, const char *const *columns)
{
    reel_once_answer *there = user;

    there->status = reel__sql_number(columns[0], 0);
    (void)snprintf(there->body, sizeof there->body, "%s", columns[1]);
    (void)snprintf(there->location, sizeof there->location, "%s", columns[2]);
    reel__buf_clear(&there->text);
    reel__buf_text(&there->text, columns[3]);
    return false;
}

/* What is too old, or was never ended. */
static void write_sweep(reel_sql *out, int64_t now, int64_t seconds)
{
    reel__sql_begin(out, "DELETE FROM once WHERE at <= $1 OR (status = 0 AND at <= $2)");
    reel__sql_int(out, now - seconds);
    reel__sql_int(out, now - REEL_ONCE_ABANDONED);
}

reel_code reel__store_sweep_once(reel_store *store, int64_t now, int64_t seconds, reel_err *err)
{
    reel_sql sql;

    write_sweep(&sql, now, seconds);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__store_begin_once(reel_store *store, const reel_once *asked, int64_t seconds,
                                 bool *mine, reel_once_answer *there, reel_err *err)
{
    reel_sql sql[3], find;
    reel_sql_work work = {.statements = sql, .count = 3, .writes = true};
    reel_code rc = REEL_OK;

    *mine = false;
    write_sweep(&sql[0], asked->at, seconds);
    reel__sql_begin(&sql[1], "DELETE FROM once WHERE at < (SELECT min(o.at) FROM (SELECT at FROM"
                             " once ORDER BY at DESC LIMIT $1) AS o)");
    reel__sql_int(&sql[1], REEL_ONCE_KEPT - 1);
    reel__sql_begin(&sql[BEGUN], "INSERT INTO once (key, body, at, status, location, answer)"
                                 " VALUES ($1, $2, $3, 0, '', '') ON CONFLICT (key) DO NOTHING");
    reel__sql_text(&sql[BEGUN], asked->key);
    reel__sql_text(&sql[BEGUN], asked->body);
    reel__sql_int(&sql[BEGUN], asked->at);
    REEL_TRY(reel__sql_run(store, &work, err));
    *mine = work.changed[BEGUN] > 0;
    if (*mine)
        return REEL_OK;
    *there = (reel_once_answer){.text = there->text};
    reel__sql_begin(&find, "SELECT status, body, location, answer FROM once WHERE key = $1");
    reel__sql_text(&find, asked->key);
    REEL_TRY(reel__sql_read(store, &find, take_answer, there, err));
    rc = reel__buf_check(&there->text, err);
out:
    return rc;
}

reel_code reel__store_end_once(reel_store *store, const char *key, const reel_once_answer *answer,
                               reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE once SET status = $1, location = $2, answer = $3 WHERE key = $4");
    reel__sql_int(&sql, answer->status);
    reel__sql_text(&sql, answer->location);
    reel__sql_text(&sql, answer->text.length == 0 ? "" : answer->text.data);
    reel__sql_text(&sql, key);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__store_drop_once(reel_store *store, const char *key, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "DELETE FROM once WHERE key = $1 AND status = 0");
    reel__sql_text(&sql, key);
    return reel__sql_write(store, &sql, true, NULL, err);
}
