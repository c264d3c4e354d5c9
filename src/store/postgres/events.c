/* events.c - the feedback log: what was shown, clicked, rated. Appended, never changed.
 * A batch goes to the server in one pipeline, so that it costs one round trip and one sync. Writers
 * take turns by an advisory lock: sequences then become visible in order, and whoever reads the log
 * by them misses nothing. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/event_movies.h"
#include "store/postgres/postgres_priv.h"

enum { EVENT_VALUES = 15 };
static const char insert_name[] = "reel_insert_event";

/* ---- writing ------------------------------------------------------------------------------- */

static const char insert_sql[] =
    "INSERT INTO events (event_id, type, userId, visitor, method, model_id, list_id, source_movie,"
    " movies, value, time_ms, received_ms, queued, scenario, untrusted)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    " ON CONFLICT (event_id) DO NOTHING";

typedef struct batch {
    const reel_event *events;
    size_t count;
    int64_t now_ms, duplicates;
} batch;

static reel_code prepare(reel_pg_conn *conn, reel_err *err)
{
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    if (conn->can_insert_event)
        return REEL_OK;
    result = PQprepare(conn->link, insert_name, insert_sql, EVENT_VALUES, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        rc = reel__pg_fail(conn->store, conn->link, result, "writing", err);
    else
        conn->can_insert_event = true;
    PQclear(result);
    return rc;
}

static bool send(reel_pg_conn *conn, const char *sql)
{
    return PQsendQueryParams(conn->link, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

static reel_code send_event(reel_pg_conn *conn, const reel_event *event, reel_buf *movies,
                            int64_t now_ms, reel_err *err)
{
    char user[REEL_PG_NUMBER], source[REEL_PG_NUMBER], value[REEL_PG_NUMBER],
        time_ms[REEL_PG_NUMBER], received_ms[REEL_PG_NUMBER];
    const char *values[EVENT_VALUES] = {event->event_id,
                                        event->type,
                                        reel__pg_known(user, event->user, -1),
                                        event->visitor,
                                        event->method,
                                        event->model_id,
                                        event->list_id,
                                        reel__pg_known(source, event->source_movie, -1),
                                        NULL,
                                        reel__pg_real(value, event->value),
                                        reel__pg_int(time_ms, event->time_ms),
                                        reel__pg_int(received_ms, now_ms),
                                        event->queued ? "1" : "0",
                                        event->scenario,
                                        event->untrusted ? "1" : "0"};
    reel_code rc = REEL_OK;

    reel__event_movies_write(movies, event);
    REEL_TRY(reel__buf_check(movies, err));
    values[8] = movies->data;
    if (PQsendQueryPrepared(conn->link, insert_name, EVENT_VALUES, values, NULL, NULL, 0) != 1)
        rc = reel__pg_fail(conn->store, conn->link, NULL, "writing", err);
out:
    return rc;
}

static reel_code send_batch(reel_pg_conn *conn, const batch *b, reel_err *err)
{
    char lock[80] = "";
    reel_buf movies;
    reel_code rc = REEL_OK;

    reel__buf_init(&movies, REEL_EVENT_MOVIES_TEXT_MAX);
    (void)snprintf(lock, sizeof lock, "SELECT pg_advisory_xact_lock(%d, %d)", REEL_PG_LOCKS,
                   REEL_PG_LOCK_EVENTS);
    if (!send(conn, "BEGIN") || !send(conn, lock))
        REEL_TRY(reel__pg_fail(conn->store, conn->link, NULL, "writing", err));
    for (size_t i = 0; i < b->count; i++)
        REEL_TRY(send_event(conn, &b->events[i], &movies, b->now_ms, err));
    if (!send(conn, "COMMIT") || PQpipelineSync(conn->link) != 1)
        rc = reel__pg_fail(conn->store, conn->link, NULL, "writing", err);
out:
    reel__buf_fini(&movies);
    return rc;
}

/* The result of one statement of the pipeline; those behind one that failed were not run. */
static reel_code take_result(reel_pg_conn *conn, bool *changed, reel_code before, reel_err *err)
{
    PGresult *result = PQgetResult(conn->link);
    const ExecStatusType status = PQresultStatus(result);
    reel_code rc = before;

    *changed = status == PGRES_COMMAND_OK && strcmp(PQcmdTuples(result), "1") == 0;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && rc == REEL_OK)
        rc = reel__pg_fail(conn->store, conn->link, result, "writing", err);
    PQclear(result);
    PQclear(PQgetResult(conn->link)); /* the end of this statement: NULL */
    return rc;
}

static reel_code take_results(reel_pg_conn *conn, batch *b, reel_err *err)
{
    const size_t statements = b->count + 3; /* BEGIN, the lock, ..., COMMIT */
    PGresult *sync = NULL;
    bool changed = false;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < statements; i++) {
        rc = take_result(conn, &changed, rc, err);
        if (PQstatus(conn->link) == CONNECTION_BAD)
            return rc != REEL_OK ? rc
                                 : reel__pg_fail(conn->store, conn->link, NULL, "writing", err);
        if (i < 2 || i + 1 == statements)
            continue;
        b->duplicates += !changed;
        if (b->events[i - 2].known != NULL)
            *b->events[i - 2].known = !changed;
    }
    sync = PQgetResult(conn->link);
    if (rc == REEL_OK && PQresultStatus(sync) != PGRES_PIPELINE_SYNC)
        rc = reel__pg_fail(conn->store, conn->link, sync, "writing", err);
    PQclear(sync);
    return rc;
}

static reel_code insert_events(reel_pg_conn *conn, void *user, reel_err *err)
{
    batch *b = user;
    reel_code rc = REEL_OK;

    b->duplicates = 0;
    reel__pg_asks(conn);
    REEL_TRY(prepare(conn, err));
    if (PQenterPipelineMode(conn->link) != 1)
        REEL_TRY(reel__pg_fail(conn->store, conn->link, NULL, "writing", err));
    REEL_TRY(send_batch(conn, b, err));
    REEL_TRY(take_results(conn, b, err));
out:
    reel__pg_answered(conn);
    (void)PQexitPipelineMode(conn->link); /* not possible in its middle: then it is closed */
    return rc;
}

/* The same batch again is no harm, because an event is there once. After a connection that was lost
 * between commit and answer, though, events of this very batch are told as known. */
reel_code reel__pg_put_events(reel_store *store, const reel_event *events, size_t count,
                              int64_t *duplicates, reel_err *err)
{
    batch b = {.events = events, .count = count, .now_ms = reel__clock_now_ms()};
    const reel_code rc = reel__pg_run((reel_pg *)store, insert_events, &b, true, err);

    if (rc == REEL_OK)
        *duplicates = b.duplicates;
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------- */

enum { SCAN_TEXT = 640, SCAN_VALUES = 10 };

typedef struct page {
    const reel_event_filter *filter;
    PGresult *result;
    char sql[SCAN_TEXT];
    const char *values[SCAN_VALUES];
    char numbers[SCAN_VALUES][REEL_PG_NUMBER];
    int count;
} page;

static void add_text(page *p, const char *text)
{
    const size_t length = strlen(p->sql);

    (void)snprintf(p->sql + length, SCAN_TEXT - length, "%s", text);
}

/* A value of the statement, and in front of it what it is compared with. */
static void add_value(page *p, const char *condition, const char *value)
{
    const size_t length = strlen(p->sql);

    p->values[p->count++] = value;
    (void)snprintf(p->sql + length, SCAN_TEXT - length, "%s $%d", condition, p->count);
}

static void add_number(page *p, const char *condition, int64_t value)
{
    add_value(p, condition, reel__pg_int(p->numbers[p->count], value));
}

/* Only what is asked for stands in the statement, so that each can use its index. */
static void write_scan(page *p, char film[REEL_PG_NUMBER])
{
    const reel_event_filter *f = p->filter;

    (void)snprintf(
        p->sql, SCAN_TEXT, "%s",
        "SELECT event_id, type, visitor, method, model_id, list_id, userId, source_movie,"
        " time_ms, value, movies, sequence, received_ms, scenario, untrusted FROM events");
    p->count = 0;
    add_number(p, " WHERE sequence <", f->before > 0 ? f->before : INT64_MAX);
    if (f->after > 0)
        add_number(p, " AND sequence >", f->after);
    if (f->method != NULL)
        add_value(p, " AND method =", f->method);
    if (f->type != NULL)
        add_value(p, " AND type =", f->type);
    if (f->user != NULL)
        add_number(p, " AND userId =", *f->user);
    if (f->movie != NULL) {
        (void)snprintf(film, REEL_PG_NUMBER, REEL_EVENT_MOVIE_BEGINS, (long long)*f->movie);
        add_number(p, " AND (source_movie =", *f->movie);
        add_value(p, " OR 0 < strpos(movies,", film);
        add_text(p, "))");
    }
    if (f->since_ms > 0)
        add_number(p, " AND time_ms >=", f->since_ms);
    if (f->until_ms > 0)
        add_number(p, " AND time_ms <", f->until_ms);
    add_number(p, " ORDER BY sequence DESC LIMIT", (int64_t)f->limit);
}

static reel_code read_page(reel_pg_conn *conn, void *user, reel_err *err)
{
    page *p = user;
    char film[REEL_PG_NUMBER];

    write_scan(p, film);
    return reel__pg_query(&p->result, conn, p->sql, p->count, p->values, err);
}

/* In the order of write_scan; movies and movie_count are filled in by the caller. */
static reel_event read_event(const PGresult *result, int row)
{
    return (reel_event){
        .event_id = reel__pg_text(result, row, 0),
        .type = reel__pg_text(result, row, 1),
        .visitor = reel__pg_text(result, row, 2),
        .method = reel__pg_text(result, row, 3),
        .model_id = reel__pg_text(result, row, 4),
        .list_id = reel__pg_text(result, row, 5),
        .scenario = reel__pg_text(result, row, 13),
        .user = reel__pg_get_int(result, row, 6, -1),
        .source_movie = reel__pg_get_int(result, row, 7, -1),
        .time_ms = reel__pg_get_int(result, row, 8, 0),
        .value = reel__pg_get_real(result, row, 9),
        .sequence = reel__pg_get_int(result, row, 11, 0),
        .received_ms = reel__pg_get_int(result, row, 12, 0),
        .untrusted = reel__pg_get_int(result, row, 14, 0) != 0,
    };
}

/* A page is read whole before its first row is handed on: a row function may use the store. */
reel_code reel__pg_scan_events(reel_store *store, const reel_event_filter *filter,
                               reel_event_fn *row, void *user, reel_err *err)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    page p = {.filter = filter};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_run((reel_pg *)store, read_page, &p, true, err));
    for (int i = 0; i < PQntuples(p.result); i++) {
        reel_event event = read_event(p.result, i);

        REEL_TRY(reel__event_movies_take(&event, movies, reel__pg_text(p.result, i, 10), err));
        if (!row(user, &event))
            break;
    }
out:
    PQclear(p.result);
    return rc;
}
