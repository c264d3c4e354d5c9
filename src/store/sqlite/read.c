/* read.c - saying what is there, counting it, and reading a whole generation into a dataset. */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "store/sqlite/sqlite_priv.h"

enum { BATCH = 8192, MOVIE_STEP = 1024 };

/* ---- label and counts ------------------------------------------------------------------------ */

/* One statement, so that all numbers are of the same moment. */
static const char counts_sql[] =
    "SELECT (SELECT count(*) FROM movies), (SELECT count(*) FROM people),"
    " (SELECT count(*) FROM ratings), (SELECT count(*) FROM events),"
    " (SELECT count(*) FROM events WHERE queued = 1 AND delivered_at IS NULL),"
    " (SELECT user_version FROM pragma_user_version), generation, source, simulated,"
    " (SELECT count(*) FROM accounts), (SELECT count(*) FROM api_keys),"
    " (SELECT count(*) FROM given WHERE movieId >= 0 AND kind <> 'clicked') FROM meta";

reel_code reel__sqlite_no_meta(sqlite3 *db, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT,
                     "%s: the database is damaged (its table meta is empty); restore a copy, or "
                     "load the data again into a new file",
                     sqlite3_db_filename(db, "main"));
}

static void copy_source(char *out, size_t size, const char *text)
{
    const size_t length = reel__utf8_cut(text, strlen(text), size - 1);

    memcpy(out, text, length);
    out[length] = '\0';
}

static const char label_sql[] =
    "SELECT generation, source, simulated, EXISTS (SELECT 1 FROM ratings) FROM meta";

static reel_code find_label(sqlite3 *db, reel_store_label *out, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db, label_sql, err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    if (!row) {
        rc = reel__sqlite_no_meta(db, err);
        goto out;
    }
    out->generation = sqlite3_column_int64(s, 0);
    copy_source(out->source, sizeof out->source, reel__sqlite_text(s, 1));
    out->simulated = sqlite3_column_int(s, 2) != 0;
    out->rated = sqlite3_column_int(s, 3) != 0;
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_label(reel_store *base, reel_store_label *out, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = find_label(store->reader, out, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}

static reel_code read_counts(sqlite3 *db, reel_store_counts *out, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db, counts_sql, err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    if (!row) {
        rc = reel__sqlite_no_meta(db, err);
        goto out;
    }
    out->movies = sqlite3_column_int64(s, 0);
    out->people = sqlite3_column_int64(s, 1);
    out->ratings = sqlite3_column_int64(s, 2);
    out->events = sqlite3_column_int64(s, 3);
    out->undelivered = sqlite3_column_int64(s, 4);
    out->schema = sqlite3_column_int64(s, 5);
    out->generation = sqlite3_column_int64(s, 6);
    copy_source(out->source, sizeof out->source, reel__sqlite_text(s, 7));
    out->simulated = sqlite3_column_int(s, 8) != 0;
    out->accounts = sqlite3_column_int64(s, 9);
    out->keys = sqlite3_column_int64(s, 10);
    out->given = sqlite3_column_int64(s, 11);
out:
    (void)sqlite3_finalize(s);
    return rc;
}

reel_code reel__sqlite_counts(reel_store *base, reel_store_counts *out, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = read_counts(store->reader, out, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    out->size_bytes = reel__file_size(store->file);
    return rc;
}

/* ---- the dataset --------------------------------------------------------------------------- */

const char reel__sqlite_movies_sql[] =
    "SELECT movieId, imdb_id, tmdb_id, title, name, genres, overview, tagline, keywords,"
    " cast_names, directors, tags, original_title, language, release_date, poster_path,"
    " backdrop_path, trailer_key, release_year, runtime, vote_count, vote_average, popularity"
    " FROM movies ORDER BY movieId";

/* In the order of the statement. */
reel_movie reel__sqlite_read_movie(sqlite3_stmt *s)
{
    return (reel_movie){
        .id = sqlite3_column_int64(s, 0),
        .imdb_id = reel__sqlite_known(s, 1, 0),
        .tmdb_id = reel__sqlite_known(s, 2, 0),
        .title = reel__sqlite_text(s, 3),
        .name = reel__sqlite_text(s, 4),
        .genres = reel__sqlite_text(s, 5),
        .overview = reel__sqlite_text(s, 6),
        .tagline = reel__sqlite_text(s, 7),
        .keywords = reel__sqlite_text(s, 8),
        .cast = reel__sqlite_text(s, 9),
        .directors = reel__sqlite_text(s, 10),
        .tags = reel__sqlite_text(s, 11),
        .original_title = reel__sqlite_text(s, 12),
        .language = reel__sqlite_text(s, 13),
        .release_date = reel__sqlite_text(s, 14),
        .poster_path = reel__sqlite_text(s, 15),
        .backdrop_path = reel__sqlite_text(s, 16),
        .trailer_key = reel__sqlite_text(s, 17),
        .year = sqlite3_column_int(s, 18), /* NULL reads as 0, which is unknown */
        .runtime = sqlite3_column_int(s, 19),
        .vote_count = sqlite3_column_int(s, 20),
        .vote_average = (float)reel__sqlite_real(s, 21),
        .popularity = (float)reel__sqlite_real(s, 22),
    };
}

static reel_code read_movies(sqlite3 *db, reel_dataset_builder *builder,
                             const reel_progress *progress, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    int64_t done = 0, total = 0;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_number(db, "SELECT count(*) FROM movies", &total, err));
    REEL_TRY(reel__sqlite_prepare(&s, db, reel__sqlite_movies_sql, err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    while (row) {
        const reel_movie movie = reel__sqlite_read_movie(s);

        REEL_TRY(reel__sqlite_check_row(s, err));
        REEL_TRY(reel_dataset_builder_add_movie(builder, &movie, err));
        if (++done % MOVIE_STEP == 0)
            reel__progress(progress, "movies", done, total, "films");
        REEL_TRY(reel__sqlite_step(s, &row, err));
    }
    reel__progress(progress, "movies", done, total, "films");
out:
    (void)sqlite3_finalize(s);
    return rc;
}

/* Fill a batch; short at the end. */
static reel_code read_batch(sqlite3_stmt *s, reel_rating *batch, size_t *count, reel_err *err)
{
    bool row = false;
    reel_code rc = REEL_OK;

    for (*count = 0; *count < BATCH; (*count)++) {
        REEL_TRY(reel__sqlite_step(s, &row, err));
        if (!row)
            break;
        batch[*count] = (reel_rating){
            .person = sqlite3_column_int64(s, 0),
            .movie = sqlite3_column_int64(s, 1),
            .value = (float)sqlite3_column_double(s, 2),
            .time = sqlite3_column_int64(s, 3),
        };
    }
out:
    return rc;
}

static const char ratings_sql[] = "SELECT userId, movieId, rating, timestamp FROM ratings"
                                  " ORDER BY userId, movieId";
/* What was said since stands in the place of what was loaded. */
static const char all_ratings_sql[] =
    "SELECT userId, movieId, rating, timestamp FROM ratings AS r WHERE NOT EXISTS"
    " (SELECT 1 FROM given AS g WHERE g.userId = r.userId AND g.movieId = r.movieId"
    " AND g.kind <> 'clicked')"
    " UNION ALL SELECT userId, movieId, value, timestamp FROM given WHERE kind = 'rating'"
    " ORDER BY 1, 2";

static reel_code read_ratings(sqlite3 *db, reel_dataset_builder *builder,
                              const reel_progress *progress, reel_err *err)
{
    reel_rating *batch = reel__alloc_array(BATCH, sizeof *batch);
    sqlite3_stmt *s = NULL;
    int64_t done = 0, total = 0, given = 0;
    size_t count = BATCH;
    reel_code rc = REEL_OK;

    if (batch == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for reading ratings");
    REEL_TRY(reel__sqlite_number(db, "SELECT count(*) FROM ratings", &total, err));
    REEL_TRY(reel__sqlite_number(db, "SELECT EXISTS (SELECT 1 FROM given)", &given, err));
    REEL_TRY(reel__sqlite_prepare(&s, db, given ? all_ratings_sql : ratings_sql, err));
    while (count == BATCH) {
        REEL_TRY(read_batch(s, batch, &count, err));
        REEL_TRY(reel_dataset_builder_add_ratings(builder, batch, count, err));
        done += (int64_t)count;
        reel__progress(progress, "ratings", done, total, "ratings");
    }
out:
    (void)sqlite3_finalize(s);
    reel__free(batch);
    return rc;
}

static reel_code read_label(sqlite3 *db, reel_dataset_builder *builder, reel_err *err)
{
    sqlite3_stmt *s = NULL;
    bool row = false;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&s, db, "SELECT source, simulated, generation FROM meta", err));
    REEL_TRY(reel__sqlite_step(s, &row, err));
    if (!row)
        rc = reel__sqlite_no_meta(db, err);
    else
        rc = reel_dataset_builder_label(builder, reel__sqlite_text(s, 0),
                                        sqlite3_column_int(s, 1) != 0, sqlite3_column_int64(s, 2),
                                        err);
out:
    (void)sqlite3_finalize(s);
    return rc;
}

static reel_code read_all(sqlite3 *db, reel_dataset_builder *builder, const reel_progress *progress,
                          reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_exec(db, "BEGIN", err));
    REEL_TRY(read_label(db, builder, err));
    REEL_TRY(read_movies(db, builder, progress, err));
    REEL_TRY(read_ratings(db, builder, progress, err));
    REEL_TRY(reel__sqlite_exec(db, "COMMIT", err));
out:
    reel__sqlite_rollback(db);
    return rc;
}

reel_code reel__sqlite_read_dataset(reel_store *base, reel_dataset_builder *builder,
                                    const reel_progress *progress, reel_err *err)
{
    reel_sqlite *store = (reel_sqlite *)base;
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&store->reader_lock);
    rc = read_all(store->reader, builder, progress, err);
    (void)pthread_mutex_unlock(&store->reader_lock);
    return rc;
}
