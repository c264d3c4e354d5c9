/* restore.c - what only a copy writes: the log and the model records as they were elsewhere. */
#include <stdio.h>

#include "store/event_movies.h"
#include "store/postgres/postgres_priv.h"
#include "store/stats.h"

enum { EVENT_COLUMNS = 17 };

/* Writers of events, and of what people give, wait until the load has ended. */
reel_code reel__pg_clear_log(reel_store_load *base, reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    char sql[1024] = "";
    reel_code rc;

    (void)snprintf(
        sql, sizeof sql,
        "SELECT pg_advisory_xact_lock(%d, %d); DELETE FROM events; DELETE FROM models;"
        " DELETE FROM given; DELETE FROM sessions; DELETE FROM resets; DELETE FROM mails;"
        " DELETE FROM api_keys; DELETE FROM accounts; DELETE FROM experiments; DELETE FROM once;"
        " " REEL_STATS_CLEAR,
        REEL_PG_LOCKS, REEL_PG_LOCK_EVENTS);
    REEL_TRY(reel__pg_exec(load->conn, sql, err));
    rc = reel__pg_write_given(load->conn, &reel__given_all_changed, 1, err);
out:
    return rc;
}

reel_code reel__pg_put_statements(reel_store_load *base, const reel_given_row *rows, size_t count,
                                  reel_err *err)
{
    return reel__pg_write_given(((reel_pg_load *)base)->conn, rows, count, err);
}

static void copy_known(reel_pg_copy *copy, int64_t value, int64_t unknown)
{
    if (value == unknown)
        reel__pg_copy_null(copy);
    else
        reel__pg_copy_int64(copy, value);
}

static reel_code copy_event(reel_pg_copy *copy, const reel_event *event, reel_buf *movies,
                            reel_err *err)
{
    const char *const texts[] = {event->event_id, event->type,    event->visitor, event->method,
                                 event->model_id, event->list_id, event->scenario};
    reel_code rc = REEL_OK;

    reel__event_movies_write(movies, event);
    REEL_TRY(reel__buf_check(movies, err));
    reel__pg_copy_row(copy, EVENT_COLUMNS);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        reel__pg_copy_text(copy, texts[i]);
    copy_known(copy, event->user, -1);
    copy_known(copy, event->source_movie, -1);
    reel__pg_copy_int64(copy, event->time_ms);
    reel__pg_copy_real(copy, event->value);
    reel__pg_copy_text(copy, movies->data);
    reel__pg_copy_int64(copy, event->sequence);
    reel__pg_copy_int64(copy, event->received_ms);
    reel__pg_copy_int32(copy, event->queued);
    copy_known(copy, event->delivered_at, 0);
    reel__pg_copy_int32(copy, event->untrusted);
    rc = reel__pg_copy_send(copy, err);
out:
    return rc;
}

reel_code reel__pg_put_log(reel_store_load *base, const reel_event *events, size_t count,
                           reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_pg_copy copy;
    reel_buf movies;
    reel_code rc = REEL_OK;

    reel__buf_init(&movies, REEL_EVENT_MOVIES_TEXT_MAX);
    load->logged = true;
    REEL_TRY(reel__pg_copy_begin(
        &copy, load->conn,
        "COPY events (event_id, type, visitor, method, model_id, list_id, scenario, userId,"
        " source_movie, time_ms, value, movies, sequence, received_ms, queued, delivered_at,"
        " untrusted) FROM STDIN (FORMAT binary)",
        err));
    for (size_t i = 0; i < count && rc == REEL_OK; i++)
        rc = copy_event(&copy, &events[i], &movies, err);
    rc = reel__pg_copy_end(&copy, rc, err);
out:
    reel__buf_fini(&movies);
    return rc;
}

reel_code reel__pg_put_records(reel_store_load *base, const reel_model_record *records,
                               size_t count, reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        reel_model_record record = records[i];

        rc = reel__pg_put_record(load->conn, &record, err);
    }
    return rc;
}
