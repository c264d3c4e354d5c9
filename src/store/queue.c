/* queue.c - events that wait for a sink, in the words of any back end with SQL. */
#include "store/queue.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "store/event_movies.h"
#include "store/sql.h"

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct reading {
    reel_event_fn *row;
    void *user;
    reel_queue_damage *damage;
    reel_code rc;
    reel_err *err;
} reading;

/* No sink takes a text that is none. */
static reel_code read_movies(reel_event *event, reel_event_movie *movies, const char *text,
                             reel_err *err)
{
    if (!reel__event_is_sound(event))
        return reel_fail(err, REEL_E_FORMAT, "one of its texts is not UTF-8");
    return reel__event_movies_read(movies, &event->movie_count, text, err);
}

/* False: this one cannot be handed on. */
static bool check(reading *r, const reel_event *event, reel_code rc, const reel_err *why)
{
    const char *id = event->event_id;

    if (rc == REEL_E_FORMAT) {
        r->damage->sequence = event->sequence;
        (void)snprintf(r->damage->why, REEL_QUEUE_WHY, "%.40s: %.200s",
                       id != NULL && reel__utf8_valid(id, strlen(id)) ? id : "?", why->msg);
    } else if (rc != REEL_OK) {
        r->rc = reel_fail(r->err, rc, "%s", why->msg);
    }
    return rc == REEL_OK;
}

static bool take_event(void *user, const char *const *c)
{
    reading *r = user;
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_event event = {
        .sequence = reel__sql_number(c[0], 0),
        .event_id = c[1],
        .type = c[2],
        .visitor = c[3],
        .method = c[4],
        .model_id = c[5],
        .list_id = c[6],
        .scenario = c[13],
        .user = reel__sql_number(c[7], -1),
        .source_movie = reel__sql_number(c[8], -1),
        .time_ms = reel__sql_number(c[9], 0),
        .received_ms = reel__sql_number(c[10], 0),
        .value = c[11] == NULL ? (double)NAN : strtod(c[11], NULL),
        .movies = movies,
        .queued = true,
    };
    reel_err why = {REEL_OK, ""};
    const reel_code rc = read_movies(&event, movies, c[12], &why);

    return check(r, &event, rc, &why) && r->row(r->user, &event);
}

reel_code reel__queue_read(reel_store *store, size_t limit, reel_event_fn *row, void *user,
                           reel_queue_damage *damage, reel_err *err)
{
    reading r = {row, user, damage, REEL_OK, err};
    reel_sql sql;
    reel_code rc;

    *damage = (reel_queue_damage){0};
    if (limit < 1 || limit > REEL_QUEUE_READ_MAX)
        return reel_fail(err, REEL_E_INVALID, "limit: %zu is not in 1..%d", limit,
                         REEL_QUEUE_READ_MAX);
    reel__sql_begin(&sql, "SELECT sequence, event_id, type, visitor, method, model_id, list_id,"
                          " userId, source_movie, time_ms, received_ms, value, movies, scenario"
                          " FROM events WHERE queued = 1 AND delivered_at IS NULL"
                          " ORDER BY sequence LIMIT $1");
    reel__sql_int(&sql, (int64_t)limit);
    rc = reel__sql_read(store, &sql, take_event, &r, err);
    return rc == REEL_OK ? r.rc : rc;
}

static bool take_count(void *user, const char *const *c)
{
    *(reel_queue_count *)user = (reel_queue_count){.waiting = reel__sql_number(c[0], 0),
                                                   .oldest_ms = reel__sql_number(c[1], 0),
                                                   .forgetting = reel__sql_number(c[2], 0)};
    return false;
}

reel_code reel__queue_count(reel_store *store, reel_queue_count *out, reel_err *err)
{
    reel_sql sql;

    *out = (reel_queue_count){0};
    reel__sql_begin(&sql, "SELECT count(*), min(received_ms),"
                          " (SELECT count(*) FROM forgotten WHERE passes = 0) FROM events"
                          " WHERE queued = 1 AND delivered_at IS NULL");
    return reel__sql_read(store, &sql, take_count, out, err);
}

/* ---- what became of them ------------------------------------------------------------------- */

/* How many of the sequences from a place on follow each other without a gap. */
static size_t run_at(reel_queue_batch batch, size_t at)
{
    size_t length = 1;

    while (at + length < batch.count &&
           batch.sequences[at + length] == batch.sequences[at] + (int64_t)length)
        length++;
    return length;
}

/* Mostly one run: a statement each, as many as a transaction takes. */
reel_code reel__queue_delivered(reel_store *store, reel_queue_batch batch, int64_t at,
                                reel_err *err)
{
    reel_sql sql[REEL_SQL_STATEMENTS];
    reel_code rc = REEL_OK;

    for (size_t next = 0; next < batch.count && rc == REEL_OK;) {
        reel_sql_work work = {.statements = sql, .writes = true, .again = true};

        for (; next < batch.count && work.count < REEL_SQL_STATEMENTS; work.count++) {
            const size_t length = run_at(batch, next);

            reel__sql_begin(&sql[work.count],
                            "UPDATE events SET delivered_at = $1 WHERE queued = 1"
                            " AND delivered_at IS NULL AND sequence >= $2 AND sequence <= $3");
            reel__sql_int(&sql[work.count], at);
            reel__sql_int(&sql[work.count], batch.sequences[next]);
            reel__sql_int(&sql[work.count], batch.sequences[next + length - 1]);
            next += length;
        }
        rc = reel__sql_run(store, &work, err);
    }
    return rc;
}

reel_code reel__queue_refuse(reel_store *store, int64_t sequence, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE events SET queued = 2 WHERE sequence = $1");
    reel__sql_int(&sql, sequence);
    return reel__sql_write(store, &sql, true, NULL, err);
}

reel_code reel__queue_all(reel_store *store, int64_t *count, reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE events SET queued = 1 WHERE queued <> 1");
    return reel__sql_write(store, &sql, true, count, err);
}

/* ---- turns --------------------------------------------------------------------------------- */

static bool take_beat(void *user, const char *const *c)
{
    *(int64_t *)user = reel__sql_number(c[0], 0);
    return true;
}

reel_code reel__queue_take_turn(reel_store *store, const char *sink, const char *owner,
                                int64_t dead, reel_queue_turn *out, reel_err *err)
{
    reel_sql sql[3];
    reel_sql_work work = {.statements = sql,
                          .count = 3,
                          .writes = true,
                          .again = true,
                          .row = take_beat,
                          .user = &out->beat};
    reel_code rc;

    *out = (reel_queue_turn){0};
    reel__sql_begin(&sql[0], "INSERT INTO sinks (name, owner, beat) VALUES ($1, '', 0)"
                             " ON CONFLICT (name) DO NOTHING");
    reel__sql_text(&sql[0], sink);
    reel__sql_begin(&sql[1], "UPDATE sinks SET owner = $1, beat = beat + 1"
                             " WHERE name = $2 AND (owner = $1 OR owner = '' OR beat = $3)");
    reel__sql_text(&sql[1], owner);
    reel__sql_text(&sql[1], sink);
    reel__sql_int(&sql[1], dead);
    reel__sql_begin(&sql[2], "SELECT beat FROM sinks WHERE name = $1");
    reel__sql_text(&sql[2], sink);
    rc = reel__sql_run(store, &work, err);
    out->held = rc == REEL_OK && work.changed[1] > 0;
    return rc;
}

reel_code reel__queue_end_turn(reel_store *store, const char *sink, const char *owner,
                               reel_err *err)
{
    reel_sql sql;

    reel__sql_begin(&sql, "UPDATE sinks SET owner = '' WHERE name = $1 AND owner = $2");
    reel__sql_text(&sql, sink);
    reel__sql_text(&sql, owner);
    return reel__sql_write(store, &sql, true, NULL, err);
}
