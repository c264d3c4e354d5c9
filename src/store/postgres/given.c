/* given.c - what people gave since the data were loaded: written by the pair, read by the person,
 * followed by version. The row of the clock is locked by whoever writes until the commit, so
 * versions become visible in order. */
#include <stdio.h>

#include "store/postgres/postgres_priv.h"

#define PUT                                                                                        \
    "INSERT INTO given (userId, movieId, kind, value, timestamp, version, extra, did)"             \
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
static const char said_sql[] = PUT REEL_GIVEN_SAID, done_sql[] = PUT REEL_GIVEN_DONE;

/* ---- writing ------------------------------------------------------------------------------- */

/* The versions of the next count rows; first [out]. */
static reel_code take_versions(reel_pg_conn *conn, size_t count, int64_t *first, reel_err *err)
{
    char sql[120] = "";
    int64_t last = 0;
    reel_code rc = REEL_OK;

    (void)snprintf(sql, sizeof sql,
                   "UPDATE given_clock SET version = version + %zu RETURNING version", count);
    REEL_TRY(reel__pg_number(conn, sql, &last, err));
    if (last == 0)
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%s: the database is damaged (its table given_clock is empty); restore a "
                       "backup",
                       conn->store->base.path);
    *first = last - (int64_t)count + 1;
out:
    return rc;
}

static reel_code put_row(reel_pg_conn *conn, const reel_given_row *r, int64_t version,
                         reel_err *err)
{
    char person[REEL_PG_NUMBER], movie[REEL_PG_NUMBER], value[REEL_PG_NUMBER], time[REEL_PG_NUMBER],
        number[REEL_PG_NUMBER], extra[REEL_PG_NUMBER], did[REEL_PG_NUMBER];
    const char *const values[] = {reel__pg_int(person, r->person),
                                  reel__pg_int(movie, r->movie),
                                  reel__given_kind_name(r->kind),
                                  r->kind == REEL_GIVEN_RATING ? reel__pg_real(value, r->value)
                                                               : NULL,
                                  reel__pg_int(time, r->time),
                                  reel__pg_int(number, version),
                                  reel__pg_int(extra, r->extra),
                                  reel__pg_int(did, r->did)};
    PGresult *result = NULL;
    const reel_code rc =
        reel__pg_query(&result, conn, r->kind == REEL_GIVEN_CLICKED ? done_sql : said_sql,
                       (int)(sizeof values / sizeof *values), values, err);

    PQclear(result);
    return rc;
}

reel_code reel__pg_write_given(reel_pg_conn *conn, const reel_given_row *rows, size_t count,
                               reel_err *err)
{
    int64_t version = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(take_versions(conn, count, &version, err));
    for (size_t i = 0; i < count; i++)
        REEL_TRY(put_row(conn, &rows[i], version + (int64_t)i, err));
out:
    return rc;
}

typedef struct writing {
    const reel_given_row *rows;
    size_t count;
} writing;

static reel_code write_all(reel_pg_conn *conn, void *user, reel_err *err)
{
    const writing *w = user;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_exec(conn, "BEGIN", err));
    REEL_TRY(reel__pg_write_given(conn, w->rows, w->count, err));
    REEL_TRY(reel__pg_exec(conn, "COMMIT", err));
out:
    return rc;
}

/* Once more does no harm: the same rows are put in place of themselves. */
reel_code reel__pg_put_given(reel_store *store, const reel_given_row *rows, size_t count,
                             reel_err *err)
{
    writing w = {rows, count};

    return reel__pg_run((reel_pg *)store, write_all, &w, true, err);
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct question {
    int64_t person;
    PGresult *result;
} question;

static reel_code ask(reel_pg_conn *conn, void *user, reel_err *err)
{
    question *q = user;
    char person[REEL_PG_NUMBER];
    const char *const values[] = {reel__pg_int(person, q->person)};

    return reel__pg_query(
        &q->result, conn,
        "SELECT userId, movieId, kind, value, timestamp, version, extra, did FROM given"
        " WHERE userId = $1 AND movieId >= 0 ORDER BY movieId",
        1, values, err);
}

reel_code reel__pg_read_given(reel_store *store, int64_t person, reel_given_fn *row, void *user,
                              reel_err *err)
{
    question q = {.person = person};
    const reel_code rc = reel__pg_run((reel_pg *)store, ask, &q, true, err);

    for (int i = 0; rc == REEL_OK && i < PQntuples(q.result); i++) {
        reel_given_row given = {.person = reel__pg_get_int(q.result, i, 0, 0),
                                .movie = reel__pg_get_int(q.result, i, 1, 0),
                                .kind = REEL_GIVEN_REMOVED,
                                .value = reel__pg_get_real(q.result, i, 3),
                                .time = reel__pg_get_int(q.result, i, 4, 0),
                                .version = reel__pg_get_int(q.result, i, 5, 0),
                                .extra = reel__given_extra(reel__pg_get_int(q.result, i, 6, 0)),
                                .did = reel__given_did(reel__pg_get_int(q.result, i, 7, 0))};

        (void)reel__given_kind_find(reel__pg_text(q.result, i, 2), &given.kind);
        if (!row(user, &given))
            break;
    }
    PQclear(q.result);
    return rc;
}
