/* own.c - what is kept of one person, in the words of any back end with SQL. */
#include "store/own.h"

#include <math.h>
#include <stdlib.h>

#include "store/account_rows.h"
#include "store/event_movies.h"

enum { PAGE = 500 };

static double real_of(const char *column)
{
    return column == NULL ? (double)NAN : strtod(column, NULL);
}

/* ---- films --------------------------------------------------------------------------------- */

typedef struct filming {
    reel_own_film_fn *row;
    void *user;
    int64_t person;
} filming;

static bool take_film(void *user, const char *const *c)
{
    const filming *f = user;
    reel_own_film film = {.given = {.person = f->person,
                                    .movie = reel__sql_number(c[0], 0),
                                    .time = reel__sql_number(c[3], 0),
                                    .value = real_of(c[2]),
                                    .extra = reel__given_extra(reel__sql_number(c[6], 0))},
                          .title = c[4] == NULL ? "" : c[4],
                          .year = (int32_t)reel__sql_number(c[5], 0)};

    return !reel__given_kind_find(c[1], &film.given.kind) || f->row(f->user, &film);
}

reel_code reel__store_own_films(reel_store *store, int64_t person, int64_t after,
                                reel_own_film_fn *row, void *user, reel_err *err)
{
    filming f = {row, user, person};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT g.movieId, g.kind, g.value, g.timestamp, m.name, m.release_year,"
                          " g.extra"
                          " FROM given AS g LEFT JOIN movies AS m ON m.movieId = g.movieId"
                          " WHERE g.userId = $1 AND g.movieId > $2 ORDER BY g.movieId LIMIT $3");
    reel__sql_int(&sql, person);
    reel__sql_int(&sql, after);
    reel__sql_int(&sql, PAGE);
    return reel__sql_read(store, &sql, take_film, &f, err);
}

/* ---- events -------------------------------------------------------------------------------- */

typedef struct eventing {
    reel_event_fn *row;
    void *user;
    int64_t person;
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_err *err;
    reel_code rc;
} eventing;

static bool take_event(void *user, const char *const *c)
{
    eventing *e = user;
    reel_event event = {.event_id = c[1],
                        .type = c[2],
                        .visitor = c[3],
                        .method = c[4],
                        .model_id = c[5],
                        .list_id = c[6],
                        .scenario = c[12],
                        .user = e->person,
                        .source_movie = reel__sql_number(c[7], -1),
                        .value = real_of(c[9]),
                        .time_ms = reel__sql_number(c[10], 0),
                        .sequence = reel__sql_number(c[0], 0),
                        .received_ms = reel__sql_number(c[11], 0)};

    e->rc = reel__event_movies_take(&event, e->movies, c[8], e->err);
    return e->rc == REEL_OK && e->row(e->user, &event);
}

reel_code reel__store_own_events(reel_store *store, int64_t person, int64_t after,
                                 reel_event_fn *row, void *user, reel_err *err)
{
    eventing e = {.row = row, .user = user, .person = person, .err = err, .rc = REEL_OK};
    reel_sql sql;
    reel_code rc;

    reel__sql_begin(&sql, "SELECT sequence, event_id, type, visitor, method, model_id, list_id,"
                          " source_movie, movies, value, time_ms, received_ms, scenario FROM events"
                          " WHERE userId = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");
    reel__sql_int(&sql, person);
    reel__sql_int(&sql, after);
    reel__sql_int(&sql, PAGE);
    rc = reel__sql_read(store, &sql, take_event, &e, err);
    return rc == REEL_OK ? e.rc : rc;
}

/* ---- sessions and resets ------------------------------------------------------------------- */

typedef struct sitting {
    reel_sign_in_fn *row;
    void *user;
    int64_t account;
} sitting;

static bool take_session(void *user, const char *const *c)
{
    const sitting *s = user;
    const reel_sign_in session = {.account = s->account,
                                  .created_at = reel__sql_number(c[0], 0),
                                  .seen_at = reel__sql_number(c[1], 0),
                                  .expires_at = reel__sql_number(c[2], 0)};

    return s->row(s->user, &session);
}

reel_code reel__store_own_sessions(reel_store *store, int64_t account, reel_sign_in_fn *row,
                                   void *user, reel_err *err)
{
    sitting s = {row, user, account};
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT created_at, seen_at, expires_at FROM sessions WHERE account = $1"
                          " ORDER BY created_at, token LIMIT $2");
    reel__sql_int(&sql, account);
    reel__sql_int(&sql, PAGE);
    return reel__sql_read(store, &sql, take_session, &s, err);
}

static bool take_number(void *user, const char *const *columns)
{
    *(int64_t *)user = reel__sql_number(columns[0], 0);
    return false;
}

reel_code reel__store_own_reset(reel_store *store, int64_t account, int64_t *expires_at,
                                reel_err *err)
{
    reel_sql sql;

    *expires_at = 0;
    reel__sql_begin(&sql, "SELECT expires_at FROM resets WHERE account = $1 AND email = ''");
    reel__sql_int(&sql, account);
    return reel__sql_read(store, &sql, take_number, expires_at, err);
}
