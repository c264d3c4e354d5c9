/* unlearning.c - see unlearning.h; in the words of any back end with SQL. Rows are made where an
 * account is deleted (accounts.c) and where what came of it later is swept away (sessions.c).
 */
#include "store/unlearning.h"

#include "store/sql.h"

static bool take_count(void *user, const char *const *c)
{
    *(reel_unlearning *)user =
        (reel_unlearning){.people = reel__sql_number(c[0], 0), .since = reel__sql_number(c[1], 0)};
    return false;
}

reel_code reel__unlearning_count(reel_store *store, reel_unlearning *out, reel_err *err)
{
    reel_sql sql;

    *out = (reel_unlearning){0};
    reel__sql_begin(&sql, "SELECT count(*), coalesce(min(since), 0) FROM unlearning");
    return reel__sql_read(store, &sql, take_count, out, err);
}

static reel_code write_by(reel_store *store, const char *statement, const char *by, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, statement);
    reel__sql_text(&sql, by);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__unlearning_begin(reel_store *store, const char *by, reel_err *err)
{
    return write_by(store, "UPDATE unlearning SET taken_by = $1", by, err);
}

reel_code reel__unlearning_end(reel_store *store, const char *by, reel_err *err)
{
    return write_by(store, "DELETE FROM unlearning WHERE taken_by = $1", by, err);
}
