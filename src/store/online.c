/* online.c - see online.h; in the words of any back end with SQL. */
#include "store/online.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/sql.h"

enum { PATTERN = 80 };

static double real_of(const char *column)
{
    return column == NULL ? 0 : strtod(column, NULL);
}

static bool take_answer(void *user, const char *const *column)
{
    reel_online_answer *out = user;

    out[reel__sql_number(column[0], 0) != 0] =
        (reel_online_answer){.people = reel__sql_number(column[1], 0),
                             .sum = real_of(column[2]),
                             .squares = real_of(column[3])};
    return true;
}

reel_code reel__store_online(reel_store *store, const reel_online_question *question,
                             reel_online_answer out[2], reel_err *err)
{
    static const char text[] =
        "SELECT fresh, count(*), sum(share), sum(share * share) FROM ("
        " SELECT CASE WHEN shown.model_id = $1 THEN 1 ELSE 0 END AS fresh,"
        " avg(CASE WHEN taken.list_id IS NULL THEN 0.0 ELSE 1.0 END) AS share"
        " FROM events AS shown LEFT JOIN (SELECT DISTINCT list_id FROM events"
        "  WHERE type IN ('click', 'rating', 'watchlist', 'trailer') AND list_id <> ''"
        "  AND untrusted = 0"
        "  AND sequence > (SELECT max(sequence) FROM events) - CAST($5 AS bigint)) AS taken"
        " ON taken.list_id = shown.list_id"
        " WHERE shown.type = 'impression' AND shown.list_id <> '' AND shown.model_id LIKE $2"
        " AND shown.untrusted = 0"
        " AND shown.time_ms >= CAST($3 AS bigint) AND shown.time_ms < CAST($4 AS bigint)"
        " AND shown.sequence > (SELECT max(sequence) FROM events) - CAST($5 AS bigint)"
        " GROUP BY CASE WHEN shown.model_id = $1 THEN 1 ELSE 0 END,"
        " CASE WHEN shown.userId IS NULL THEN shown.visitor ELSE 'u' || shown.userId END"
        ") AS person GROUP BY fresh";
    char versions[PATTERN];
    reel_sql sql;

    out[0] = out[1] = (reel_online_answer){0};
    (void)snprintf(versions, sizeof versions, "%.40s-%%", question->model);
    reel__sql_begin(&sql, text);
    reel__sql_text(&sql, question->version);
    reel__sql_text(&sql, versions);
    reel__sql_int(&sql, question->from_ms);
    reel__sql_int(&sql, question->to_ms);
    reel__sql_int(&sql, question->events);
    return reel__sql_read(store, &sql, take_answer, out, err);
}
