/* restore.c - what only a copy writes: the log and the model records as they were elsewhere; and
 * the seal of a backup, the table `backup` with one row. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/event_movies.h"
#include "store/sqlite/sqlite_priv.h"
#include "store/stats.h"

/* ---- the log and the records --------------------------------------------------------------- */

reel_code reel__sqlite_clear_log(reel_store_load *base, reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;

    reel_code rc;

    REEL_TRY(reel__sqlite_exec(
        load->db,
        "DELETE FROM events; DELETE FROM models; DELETE FROM given;"
        " DELETE FROM sessions; DELETE FROM resets; DELETE FROM mails; DELETE FROM api_keys;"
        " DELETE FROM accounts; DELETE FROM experiments; DELETE FROM once; " REEL_STATS_CLEAR,
        err));
    rc = reel__sqlite_write_given(load->db, &reel__given_all_changed, 1, err);
out:
    return rc;
}

reel_code reel__sqlite_put_statements(reel_store_load *base, const reel_given_row *rows,
                                      size_t count, reel_err *err)
{
    return reel__sqlite_write_given(((reel_sqlite_load *)base)->db, rows, count, err);
}

static const char put_event_sql[] =
    "INSERT INTO events (event_id, type, visitor, method, model_id, list_id, scenario, userId,"
    " source_movie, time_ms, value, movies, sequence, received_ms, queued, delivered_at, untrusted)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static reel_code put_event(sqlite3_stmt *s, const reel_event *event, reel_buf *movies,
                           reel_err *err)
{
    const char *const texts[] = {event->event_id, event->type,    event->visitor, event->method,
                                 event->model_id, event->list_id, event->scenario};
    int bound = SQLITE_OK, place = 1;
    reel_code rc = REEL_OK;

    reel__event_movies_write(movies, event);
    REEL_TRY(reel__buf_check(movies, err));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        bound |= reel__sqlite_bind_text(s, place++, texts[i]);
    bound |= reel__sqlite_bind_known(s, place++, event->user, -1);
    bound |= reel__sqlite_bind_known(s, place++, event->source_movie, -1);
    bound |= sqlite3_bind_int64(s, place++, event->time_ms);
    bound |= reel__sqlite_bind_real(s, place++, event->value);
    bound |= reel__sqlite_bind_text(s, place++, movies->data);
    bound |= sqlite3_bind_int64(s, place++, event->sequence);
    bound |= sqlite3_bind_int64(s, place++, event->received_ms);
    bound |= sqlite3_bind_int(s, place++, event->queued);
    bound |= reel__sqlite_bind_known(s, place++, event->delivered_at, 0);
    bound |= sqlite3_bind_int(s, place, event->untrusted);
    REEL_TRY(reel__sqlite_run(s, bound, err));
out:
    return rc;
}

reel_code reel__sqlite_put_log(reel_store_load *base, const reel_event *events, size_t count,
                               reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    reel_buf movies;
    reel_code rc = REEL_OK;

    reel__buf_init(&movies, REEL_EVENT_MOVIES_TEXT_MAX);
    if (load->put_event == NULL)
        REEL_TRY(reel__sqlite_prepare(&load->put_event, load->db, put_event_sql, err));
    for (size_t i = 0; i < count; i++)
        REEL_TRY(put_event(load->put_event, &events[i], &movies, err));
out:
    reel__buf_fini(&movies);
    return rc;
}

reel_code reel__sqlite_put_records(reel_store_load *base, const reel_model_record *records,
                                   size_t count, reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && rc == REEL_OK; i++)
        rc = reel__sqlite_put_record(load->db, &records[i], err);
    return rc;
}

/* ---- the seal ------------------------------------------------------------------------------ */

static reel_code check_structure(sqlite3 *db, const char *path, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db, "PRAGMA integrity_check(1)", err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    if (!row || strcmp(reel__sqlite_text(s, 0), "ok") != 0)
        rc =
            reel_fail(err, REEL_E_FORMAT,
                      "%s: the file is damaged (`sqlite3 FILE 'PRAGMA integrity_check'` says how); "
                      "use another backup",
                      path);
out:
    (void)sqlite3_finalize(s);
    return rc;
}

static reel_code write_seal(sqlite3 *db, const char *hash, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    int bound = SQLITE_OK;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_exec(db,
                               "CREATE TABLE IF NOT EXISTS backup (id INTEGER PRIMARY KEY"
                               " CHECK (id = 1), hash TEXT NOT NULL, made_at INTEGER NOT NULL)",
                               err));
    REEL_TRY(reel__sqlite_prepare(
        &s, db, "INSERT OR REPLACE INTO backup (id, hash, made_at) VALUES (1, ?, ?)", err));
    bound |= reel__sqlite_bind_text(s, 1, hash);
    bound |= sqlite3_bind_int64(s, 2, reel__clock_now_ms() / 1000);
    REEL_TRY(reel__sqlite_run(s, bound, err));
out:
    (void)sqlite3_finalize(s);
    return rc;
}

/* The reader goes first: the journal cannot change while somebody else has the file open. */
reel_code reel__sqlite_seal(reel_store *base, const char *hash, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)sqlite3_close(store->reader);
    store->reader = NULL;
    REEL_TRY(write_seal(store->writer, hash, err));
    REEL_TRY(reel__sqlite_exec(store->writer, "PRAGMA journal_mode = DELETE", err));
    rc = check_structure(store->writer, base->path, err);
out:
    return rc;
}

reel_code reel__sqlite_sealed(reel_store *base, char hash[65], reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    sqlite3_stmt *s = NULL;
    int64_t there = 0;
    bool row = false;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    REEL_TRY(reel__sqlite_number(
        store->reader, "SELECT count(*) FROM sqlite_master WHERE name = 'backup'", &there, err));
    if (there > 0) {
        REEL_TRY(check_structure(store->reader, base->path, err));
        REEL_TRY(reel__sqlite_prepare(&s, store->reader, "SELECT hash FROM backup", err));
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
    if (row)
        (void)snprintf(hash, 65, "%s", reel__sqlite_text(s, 0));
    else
        rc = reel_fail(err, REEL_E_INVALID,
                       "%s: is a database, but no backup that reel backup made; reel migrate-store "
                       "copies databases",
                       base->path);
out:
    (void)sqlite3_finalize(s);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
