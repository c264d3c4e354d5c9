/* forgotten.c - people whose events are to go from a sink, in the words of any back end with SQL.
 */
#include "store/queue.h"
#include "store/sql.h"

static bool take_person(void *user, const char *const *c)
{
    *(reel_queue_person *)user =
        (reel_queue_person){reel__sql_number(c[0], -1), reel__sql_number(c[1], 0)};
    return false;
}

reel_code reel__queue_forgotten(reel_store *store, int64_t now_ms, reel_queue_person *out,
                                reel_err *err)
{
    reel_sql sql;

    *out = (reel_queue_person){.person = -1};
    reel__sql_begin(&sql, "SELECT person, passes FROM forgotten WHERE due_ms <= $1"
                          " ORDER BY due_ms, person LIMIT 1");
    reel__sql_int(&sql, now_ms);
    return reel__sql_read(store, &sql, take_person, out, err);
}

reel_code reel__queue_forgot(reel_store *store, const reel_queue_person *person, int64_t again_ms,
                             reel_err *err)
{
    reel_sql sql;

    if (again_ms > 0) {
        reel__sql_begin(&sql, "UPDATE forgotten SET passes = passes + 1, due_ms = $3"
                              " WHERE person = $1 AND passes = $2");
    } else {
        reel__sql_begin(&sql, "DELETE FROM forgotten WHERE person = $1 AND passes = $2");
    }
    reel__sql_int(&sql, person->person);
    reel__sql_int(&sql, person->passes);
    if (again_ms > 0)
        reel__sql_int(&sql, again_ms);
    return reel__sql_write(store, &sql, false, NULL, err);
}
