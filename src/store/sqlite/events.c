/* events.c - the feedback log: what was shown, clicked, rated. Appended, never changed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/event_movies.h"
#include "store/sqlite/sqlite_priv.h"

/* ---- writing ------------------------------------------------------------------------------- */

static const char insert_sql[] =
    "INSERT INTO events (event_id, type, userId, visitor, method, model_id, list_id, source_movie,"
    " movies, value, time_ms, received_ms, queued, scenario, untrusted)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (event_id) DO NOTHING";

static reel_code insert_event(sqlite3_stmt *s, const reel_event *event, reel_buf *movies,
                              int64_t received_ms, reel_err *err)
{
    int bound = SQLITE_OK;
    reel_code rc = REEL_OK;

    reel__event_movies_write(movies, event);
    REEL_TRY(reel__buf_check(movies, err));
    bound |= reel__sqlite_bind_text(s, 1, event->event_id);
    bound |= reel__sqlite_bind_text(s, 2, event->type);
    bound |= reel__sqlite_bind_known(s, 3, event->user, -1);
    bound |= reel__sqlite_bind_text(s, 4, event->visitor);
    bound |= reel__sqlite_bind_text(s, 5, event->method);
    bound |= reel__sqlite_bind_text(s, 6, event->model_id);
    bound |= reel__sqlite_bind_text(s, 7, event->list_id);
    bound |= reel__sqlite_bind_known(s, 8, event->source_movie, -1);
    bound |= reel__sqlite_bind_text(s, 9, movies->data);
    bound |= reel__sqlite_bind_real(s, 10, event->value);
    bound |= sqlite3_bind_int64(s, 11, event->time_ms);
    bound |= sqlite3_bind_int64(s, 12, received_ms);
    bound |= sqlite3_bind_int(s, 13, event->queued);
    bound |= reel__sqlite_bind_text(s, 14, event->scenario);
    bound |= sqlite3_bind_int(s, 15, event->untrusted);
    REEL_TRY(reel__sqlite_run(s, bound, err));
out:
    return rc;
}

static reel_code insert_events(reel_sqlite *store, const reel_event *events, size_t count,
                               int64_t *duplicates, reel_err *err)
{
    const int64_t now_ms = reel__clock_now_ms();
    int64_t total = 0;
    bool known = false;
    reel_buf movies;
    reel_code rc = REEL_OK;

    reel__buf_init(&movies, REEL_EVENT_MOVIES_TEXT_MAX);
    if (store->insert_event == NULL)
        REEL_TRY(reel__sqlite_prepare(&store->insert_event, store->writer, insert_sql, err));
    REEL_TRY(reel__sqlite_exec(store->writer, "BEGIN IMMEDIATE", err));
    for (size_t i = 0; i < count; i++) {
        REEL_TRY(insert_event(store->insert_event, &events[i], &movies, now_ms, err));
        known = sqlite3_changes(store->writer) == 0;
        total += known;
        if (events[i].known != NULL)
            *events[i].known = known;
    }
    REEL_TRY(reel__sqlite_exec(store->writer, "COMMIT", err));
    *duplicates = total;
out:
    reel__sqlite_rollback(store->writer);
    if (store->insert_event != NULL)
        (void)sqlite3_clear_bindings(store->insert_event); /* they borrow the caller's texts */
    reel__buf_fini(&movies);
    return rc;
}

reel_code reel__sqlite_put_events(reel_store *base, const reel_event *events, size_t count,
                                  int64_t *duplicates, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->writer_lock);
    rc = reel__sqlite_check_place(store, err);
    if (rc == REEL_OK)
        rc = insert_events(store, events, count, duplicates, err);
    (void)pthread_mutex_unlock(&store->writer_lock);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------- */

enum { SCAN_TEXT = 640, FILM_TEXT = 32 };

/* Only what is asked for stands in the statement, so that each can use its index. The parameters
 * have the same numbers in all of them. */
static void write_scan(char out[SCAN_TEXT], const reel_event_filter *f)
{
    (void)snprintf(
        out, SCAN_TEXT,
        "SELECT " REEL_SQLITE_EVENT " FROM events WHERE sequence < ?1%s%s%s%s%s%s%s"
        " ORDER BY sequence DESC LIMIT ?2",
        f->method != NULL ? " AND method = ?3" : "", f->type != NULL ? " AND type = ?4" : "",
        f->user != NULL ? " AND userId = ?5" : "",
        f->movie != NULL ? " AND (source_movie = ?6 OR instr(movies, ?7) > 0)" : "",
        f->since_ms > 0 ? " AND time_ms >= ?8" : "", f->until_ms > 0 ? " AND time_ms < ?9" : "",
        f->after > 0 ? " AND sequence > ?10" : "");
}

static int bind_scan(sqlite3_stmt *s, const reel_event_filter *f)
{
    char film[FILM_TEXT];
    int bound = SQLITE_OK;

    bound |= sqlite3_bind_int64(s, 1, f->before > 0 ? f->before : INT64_MAX);
    bound |= sqlite3_bind_int64(s, 2, (int64_t)f->limit);
    if (f->method != NULL)
        bound |= reel__sqlite_bind_text(s, 3, f->method);
    if (f->type != NULL)
        bound |= reel__sqlite_bind_text(s, 4, f->type);
    if (f->user != NULL)
        bound |= sqlite3_bind_int64(s, 5, *f->user);
    if (f->movie != NULL) {
        (void)snprintf(film, sizeof film, REEL_EVENT_MOVIE_BEGINS, (long long)*f->movie);
        bound |= sqlite3_bind_int64(s, 6, *f->movie);
        bound |= sqlite3_bind_text(s, 7, film, -1, SQLITE_TRANSIENT);
    }
    if (f->since_ms > 0)
        bound |= sqlite3_bind_int64(s, 8, f->since_ms);
    if (f->until_ms > 0)
        bound |= sqlite3_bind_int64(s, 9, f->until_ms);
    if (f->after > 0)
        bound |= sqlite3_bind_int64(s, 10, f->after);
    return bound;
}

static reel_code prepare_scan(sqlite3_stmt **out, sqlite3 *db, const reel_event_filter *filter,
                              reel_err *err)
{
    char sql[SCAN_TEXT];
    reel_code rc = REEL_OK;

    write_scan(sql, filter);
    REEL_TRY(reel__sqlite_prepare(out, db, sql, err));
    if (bind_scan(*out, filter) != SQLITE_OK)
        rc = reel__sqlite_fail(db, sqlite3_db_filename(db, "main"), "binding values", err);
out:
    return rc;
}

reel_event reel__sqlite_read_event(sqlite3_stmt *s)
{
    return (reel_event){
        .event_id = reel__sqlite_text(s, 0),
        .type = reel__sqlite_text(s, 1),
        .visitor = reel__sqlite_text(s, 2),
        .method = reel__sqlite_text(s, 3),
        .model_id = reel__sqlite_text(s, 4),
        .list_id = reel__sqlite_text(s, 5),
        .scenario = reel__sqlite_text(s, 13),
        .user = reel__sqlite_known(s, 6, -1),
        .source_movie = reel__sqlite_known(s, 7, -1),
        .time_ms = sqlite3_column_int64(s, 8),
        .value = reel__sqlite_real(s, 9),
        .sequence = sqlite3_column_int64(s, 11),
        .received_ms = sqlite3_column_int64(s, 12),
        .untrusted = sqlite3_column_int(s, 14) != 0,
    };
}

static reel_code scan(sqlite3 *db, const reel_event_filter *filter, reel_event_fn *fn, void *user,
                      reel_err *err)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(prepare_scan(&s, db, filter, err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    while (row) {
        reel_event event = reel__sqlite_read_event(s);

        REEL_TRY(reel__sqlite_check_row(s, err));
        REEL_TRY(reel__event_movies_take(&event, movies, reel__sqlite_text(s, 10), err));
        if (!fn(user, &event))
            break;
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_scan_events(reel_store *base, const reel_event_filter *filter,
                                   reel_event_fn *row, void *user, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = scan(store->reader, filter, row, user, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
