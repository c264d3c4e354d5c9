/* dump.c - everything a store holds, row by row in one read transaction. */
#include "store/account_rows.h"
#include "store/event_movies.h"
#include "store/sqlite/sqlite_priv.h"

typedef struct dump {
    sqlite3 *db;
    const reel_store_visitor *visitor;
    reel_err *err;
    reel_code rc; /* of a row function that may only say "stop" */
} dump;

typedef reel_code dump_row(const dump *d, sqlite3_stmt *s);

static reel_code each_row(const dump *d, const char *sql, dump_row *fn)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, d->db, sql, d->err));
    REEL_TRY(reel__sqlite_step(s, &row, d->err));
    while (row) {
        REEL_TRY(fn(d, s));
        REEL_TRY(reel__sqlite_step(s, &row, d->err));
    }
out:
    (void)sqlite3_finalize(s);
    return rc;
}

static reel_code dump_movie(const dump *d, sqlite3_stmt *s)
{
    const reel_movie movie = reel__sqlite_read_movie(s);
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_check_row(s, d->err));
    rc = d->visitor->movie(d->visitor->user, &movie, d->err);
out:
    return rc;
}

static bool dump_person(void *user, const reel_person *person)
{
    dump *d = user;

    d->rc = d->visitor->person(d->visitor->user, person, d->err);
    return d->rc == REEL_OK;
}

static reel_code dump_rating(const dump *d, sqlite3_stmt *s)
{
    const reel_rating rating = {.person = sqlite3_column_int64(s, 0),
                                .movie = sqlite3_column_int64(s, 1),
                                .value = (float)sqlite3_column_double(s, 2),
                                .time = sqlite3_column_int64(s, 3)};

    return d->visitor->rating(d->visitor->user, &rating, d->err);
}

static reel_code dump_given(const dump *d, sqlite3_stmt *s)
{
    const reel_given_row row = reel__sqlite_read_given_row(s);
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_check_row(s, d->err));
    rc = d->visitor->given(d->visitor->user, &row, d->err);
out:
    return rc;
}

static const char events_sql[] =
    "SELECT " REEL_SQLITE_EVENT ", queued, delivered_at FROM events ORDER BY sequence";

static reel_code dump_event(const dump *d, sqlite3_stmt *s)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    reel_event event = reel__sqlite_read_event(s);
    reel_code rc = REEL_OK;

    event.queued = sqlite3_column_int(s, 15) != 0;
    event.delivered_at = reel__sqlite_known(s, 16, 0);
    REEL_TRY(reel__sqlite_check_row(s, d->err));
    REEL_TRY(reel__event_movies_take(&event, movies, reel__sqlite_text(s, 10), d->err));
    rc = d->visitor->event(d->visitor->user, &event, d->err);
out:
    return rc;
}

static bool dump_match(void *user, const reel_match *match)
{
    dump *d = user;

    d->rc = d->visitor->match(d->visitor->user, match, d->err);
    return d->rc == REEL_OK;
}

static bool dump_record(void *user, const reel_model_record *record)
{
    dump *d = user;

    d->rc = d->visitor->model(d->visitor->user, record, d->err);
    return d->rc == REEL_OK;
}

static reel_code dump_accounts(const dump *d, const reel_store *store)
{
    reel_account_dump accounts = {d->visitor, store->path, d->err, REEL_OK};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_rows(d->db, reel__accounts_sql, reel__dump_account, &accounts, d->err));
    REEL_TRY(accounts.rc);
    REEL_TRY(reel__sqlite_rows(d->db, reel__keys_sql, reel__dump_key, &accounts, d->err));
    REEL_TRY(accounts.rc);
    REEL_TRY(
        reel__sqlite_rows(d->db, reel__experiments_sql, reel__dump_experiment, &accounts, d->err));
    rc = accounts.rc;
out:
    return rc;
}

/* The scans use the same connection, so they are of the same transaction. */
static reel_code dump_all(dump *d, reel_store *store)
{
    reel_store_label label;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_exec(d->db, "BEGIN", d->err));
    REEL_TRY(reel__sqlite_label(store, &label, d->err));
    REEL_TRY(d->visitor->label(d->visitor->user, &label, d->err));
    REEL_TRY(each_row(d, reel__sqlite_movies_sql, dump_movie));
    REEL_TRY(reel__sqlite_scan_people(store, dump_person, d, d->err));
    REEL_TRY(d->rc);
    REEL_TRY(each_row(d,
                      "SELECT userId, movieId, rating, timestamp FROM ratings"
                      " ORDER BY userId, movieId",
                      dump_rating));
    REEL_TRY(reel__sqlite_scan_matches(store, dump_match, d, d->err));
    REEL_TRY(d->rc);
    REEL_TRY(each_row(d,
                      "SELECT userId, movieId, kind, value, timestamp, version, extra, did"
                      " FROM given WHERE movieId >= 0 ORDER BY userId, movieId",
                      dump_given));
    REEL_TRY(each_row(d, events_sql, dump_event));
    REEL_TRY(reel__sqlite_scan_models(store, dump_record, d, d->err));
    REEL_TRY(d->rc);
    REEL_TRY(dump_accounts(d, store));
    REEL_TRY(reel__sqlite_exec(d->db, "COMMIT", d->err));
out:
    reel__sqlite_rollback(d->db);
    return rc;
}

reel_code reel__sqlite_dump(reel_store *base, const reel_store_visitor *visitor, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    dump d = {store->reader, visitor, err, REEL_OK};
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = dump_all(&d, base);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
