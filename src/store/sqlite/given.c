/* given.c - what people gave since the data were loaded: written by the pair and read by the
 * person; store/given.c has the rest. */
#include "store/sqlite/sqlite_priv.h"

static const char clock_sql[] = "UPDATE given_clock SET version = version + ?1 RETURNING version";
#define PUT                                                                                        \
    "INSERT INTO given (userId, movieId, kind, value, timestamp, version, extra, did)"             \
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
static const char said_sql[] = PUT REEL_GIVEN_SAID, done_sql[] = PUT REEL_GIVEN_DONE;

/* ---- writing ------------------------------------------------------------------------------- */

/* The versions of the next count rows; first [out]. */
static reel_code take_versions(sqlite3 *db, size_t count, int64_t *first, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db, clock_sql, err));
    if (sqlite3_bind_int64(s, 1, (int64_t)count) != SQLITE_OK)
        REEL_TRY(reel__sqlite_fail(db, sqlite3_db_filename(db, "main"), "binding values", err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    if (row)
        *first = sqlite3_column_int64(s, 0) - (int64_t)count + 1;
    else
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%s: the database is damaged (its table given_clock is empty); restore a "
                       "backup",
                       sqlite3_db_filename(db, "main"));
out:
    (void)sqlite3_finalize(s);
    return rc;
}

static reel_code put_row(sqlite3_stmt *s, const reel_given_row *r, int64_t version, reel_err *err)
{
    const bool rated = r->kind == REEL_GIVEN_RATING;
    int bound = sqlite3_bind_int64(s, 1, r->person);

    bound |= sqlite3_bind_int64(s, 2, r->movie);
    bound |= reel__sqlite_bind_text(s, 3, reel__given_kind_name(r->kind));
    bound |= rated ? sqlite3_bind_double(s, 4, r->value) : sqlite3_bind_null(s, 4);
    bound |= sqlite3_bind_int64(s, 5, r->time);
    bound |= sqlite3_bind_int64(s, 6, version);
    bound |= sqlite3_bind_int(s, 7, r->extra);
    bound |= sqlite3_bind_int(s, 8, (int)r->did);
    return reel__sqlite_run(s, bound, err);
}

reel_code reel__sqlite_write_given(sqlite3 *db, const reel_given_row *rows, size_t count,
                                   reel_err *err)
{
    sqlite3_stmt *said = NULL, *done = NULL;
    int64_t version = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(take_versions(db, count, &version, err));
    REEL_TRY(reel__sqlite_prepare(&said, db, said_sql, err));
    REEL_TRY(reel__sqlite_prepare(&done, db, done_sql, err));
    for (size_t i = 0; i < count; i++)
        REEL_TRY(put_row(rows[i].kind == REEL_GIVEN_CLICKED ? done : said, &rows[i],
                         version + (int64_t)i, err));
out:
    (void)sqlite3_finalize(said);
    (void)sqlite3_finalize(done);
    return rc;
}

reel_code reel__sqlite_put_given(reel_store *base, const reel_given_row *rows, size_t count,
                                 reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->writer_lock);
    REEL_TRY(reel__sqlite_check_place(store, err));
    REEL_TRY(reel__sqlite_exec(store->writer, "BEGIN IMMEDIATE", err));
    REEL_TRY(reel__sqlite_write_given(store->writer, rows, count, err));
    REEL_TRY(reel__sqlite_exec(store->writer, "COMMIT", err));
out:
    reel__sqlite_rollback(store->writer);
    (void)pthread_mutex_unlock(&store->writer_lock);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* In the order of the columns; a kind of a newer program counts as nothing. */
reel_given_row reel__sqlite_read_given_row(sqlite3_stmt *s)
{
    reel_given_row row = {.person = sqlite3_column_int64(s, 0),
                          .movie = sqlite3_column_int64(s, 1),
                          .kind = REEL_GIVEN_REMOVED,
                          .value = reel__sqlite_real(s, 3),
                          .time = sqlite3_column_int64(s, 4),
                          .version = sqlite3_column_int64(s, 5),
                          .extra = reel__given_extra(sqlite3_column_int64(s, 6)),
                          .did = reel__given_did(sqlite3_column_int64(s, 7))};

    (void)reel__given_kind_find(reel__sqlite_text(s, 2), &row.kind);
    return row;
}

static reel_code scan_person(sqlite3 *db, int64_t person, reel_given_fn *fn, void *user,
                             reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db,
                                  "SELECT userId, movieId, kind, value, timestamp, version, extra,"
                                  " did FROM given WHERE userId = ? AND movieId >= 0"
                                  " ORDER BY movieId",
                                  err));
    if (sqlite3_bind_int64(s, 1, person) != SQLITE_OK)
        REEL_TRY(reel__sqlite_fail(db, sqlite3_db_filename(db, "main"), "binding values", err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    while (row) {
        const reel_given_row given = reel__sqlite_read_given_row(s);

        REEL_TRY(reel__sqlite_check_row(s, err));
        if (!fn(user, &given))
            break;
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_read_given(reel_store *base, int64_t person, reel_given_fn *row, void *user,
                                  reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = scan_person(store->reader, person, row, user, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
