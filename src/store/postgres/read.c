/* read.c - saying what is there, counting it, and reading a whole generation into a dataset, in one
 * snapshot, row by row as the server sends it. */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "store/postgres/postgres_priv.h"

enum { BATCH = 8192, MOVIE_STEP = 1024, RATING_COLUMNS = 4 };

/* ---- label and counts ------------------------------------------------------------------------ */

static reel_code no_meta(const reel_pg_conn *conn, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT,
                     "%s: the database is damaged (its table meta is empty); restore a backup, or "
                     "load the data again into a new one",
                     conn->store->base.path);
}

static void copy_source(char *out, size_t size, const char *text)
{
    const size_t length = reel__utf8_cut(text, strlen(text), size - 1);

    memcpy(out, text, length);
    out[length] = '\0';
}

reel_code reel__pg_find_label(reel_pg_conn *conn, void *label, reel_err *err)
{
    reel_store_label *out = label;
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_query(
        &result, conn,
        "SELECT generation, source, simulated, EXISTS (SELECT FROM ratings) FROM meta", 0, NULL,
        err));
    if (PQntuples(result) == 0)
        REEL_TRY(no_meta(conn, err));
    out->generation = reel__pg_get_int(result, 0, 0, 0);
    copy_source(out->source, sizeof out->source, reel__pg_text(result, 0, 1));
    out->simulated = reel__pg_get_bool(result, 0, 2);
    out->rated = reel__pg_get_bool(result, 0, 3);
out:
    PQclear(result);
    return rc;
}

reel_code reel__pg_label(reel_store *store, reel_store_label *out, reel_err *err)
{
    return reel__pg_run((reel_pg *)store, reel__pg_find_label, out, true, err);
}

/* One statement, so that all numbers are of the same moment. */
static const char counts_sql[] =
    "SELECT (SELECT count(*) FROM movies), (SELECT count(*) FROM people),"
    " (SELECT count(*) FROM ratings), (SELECT count(*) FROM events),"
    " (SELECT count(*) FROM events WHERE queued = 1 AND delivered_at IS NULL),"
    " (SELECT max(number) FROM migrations), generation, source, simulated,"
    " (SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
    "  WHERE relnamespace = 'reel'::regnamespace AND relkind = 'r'),"
    " (SELECT count(*) FROM accounts), (SELECT count(*) FROM api_keys),"
    " (SELECT count(*) FROM given WHERE movieId >= 0 AND kind <> 'clicked') FROM meta";

static reel_code read_counts(reel_pg_conn *conn, void *user, reel_err *err)
{
    reel_store_counts *out = user;
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_query(&result, conn, counts_sql, 0, NULL, err));
    if (PQntuples(result) == 0)
        REEL_TRY(no_meta(conn, err));
    out->movies = reel__pg_get_int(result, 0, 0, 0);
    out->people = reel__pg_get_int(result, 0, 1, 0);
    out->ratings = reel__pg_get_int(result, 0, 2, 0);
    out->events = reel__pg_get_int(result, 0, 3, 0);
    out->undelivered = reel__pg_get_int(result, 0, 4, 0);
    out->schema = reel__pg_get_int(result, 0, 5, 0);
    out->generation = reel__pg_get_int(result, 0, 6, 0);
    copy_source(out->source, sizeof out->source, reel__pg_text(result, 0, 7));
    out->simulated = reel__pg_get_bool(result, 0, 8);
    out->size_bytes = reel__pg_get_int(result, 0, 9, -1);
    out->accounts = reel__pg_get_int(result, 0, 10, 0);
    out->keys = reel__pg_get_int(result, 0, 11, 0);
    out->given = reel__pg_get_int(result, 0, 12, 0);
out:
    PQclear(result);
    return rc;
}

reel_code reel__pg_counts(reel_store *store, reel_store_counts *out, reel_err *err)
{
    return reel__pg_run((reel_pg *)store, read_counts, out, true, err);
}

/* ---- the dataset --------------------------------------------------------------------------- */

typedef struct reading {
    reel_dataset_builder *builder;
    const reel_progress *progress;
    int64_t done, total;
    reel_rating *batch; /* [BATCH] */
    size_t gathered;
} reading;

const char reel__pg_movies_sql[] =
    "SELECT movieId, imdb_id, tmdb_id, title, name, genres, overview, tagline, keywords,"
    " cast_names, directors, tags, original_title, language, release_date, poster_path,"
    " backdrop_path, trailer_key, release_year, runtime, vote_count, vote_average, popularity"
    " FROM movies ORDER BY movieId";

/* In the order of the statement. */
reel_movie reel__pg_read_movie(const reel_pg_value *v)
{
    return (reel_movie){
        .id = reel__pg_value_int64(v[0], 0),
        .imdb_id = reel__pg_value_int64(v[1], 0),
        .tmdb_id = reel__pg_value_int64(v[2], 0),
        .title = reel__pg_value_text(v[3]),
        .name = reel__pg_value_text(v[4]),
        .genres = reel__pg_value_text(v[5]),
        .overview = reel__pg_value_text(v[6]),
        .tagline = reel__pg_value_text(v[7]),
        .keywords = reel__pg_value_text(v[8]),
        .cast = reel__pg_value_text(v[9]),
        .directors = reel__pg_value_text(v[10]),
        .tags = reel__pg_value_text(v[11]),
        .original_title = reel__pg_value_text(v[12]),
        .language = reel__pg_value_text(v[13]),
        .release_date = reel__pg_value_text(v[14]),
        .poster_path = reel__pg_value_text(v[15]),
        .backdrop_path = reel__pg_value_text(v[16]),
        .trailer_key = reel__pg_value_text(v[17]),
        .year = reel__pg_value_int32(v[18], 0),
        .runtime = reel__pg_value_int32(v[19], 0),
        .vote_count = reel__pg_value_int32(v[20], 0),
        .vote_average = reel__pg_value_float(v[21]),
        .popularity = reel__pg_value_float(v[22]),
    };
}

static reel_code add_movie(void *user, const reel_pg_value *values, reel_err *err)
{
    reading *r = user;
    const reel_movie movie = reel__pg_read_movie(values);
    const reel_code rc = reel_dataset_builder_add_movie(r->builder, &movie, err);

    if (++r->done % MOVIE_STEP == 0)
        reel__progress(r->progress, "movies", r->done, r->total, "films");
    return rc;
}

static reel_code flush(reading *r, reel_err *err)
{
    const reel_code rc = reel_dataset_builder_add_ratings(r->builder, r->batch, r->gathered, err);

    r->done += (int64_t)r->gathered;
    r->gathered = 0;
    reel__progress(r->progress, "ratings", r->done, r->total, "ratings");
    return rc;
}

static reel_code add_rating(void *user, const reel_pg_value *v, reel_err *err)
{
    reading *r = user;

    r->batch[r->gathered++] = (reel_rating){
        .person = reel__pg_value_int64(v[0], 0),
        .movie = reel__pg_value_int64(v[1], 0),
        .value = reel__pg_value_float(v[2]),
        .time = reel__pg_value_int64(v[3], 0),
    };
    return r->gathered == BATCH ? flush(r, err) : REEL_OK;
}

static reel_code read_label(reel_pg_conn *conn, reel_dataset_builder *builder, reel_err *err)
{
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_query(&result, conn, "SELECT source, simulated, generation FROM meta", 0,
                            NULL, err));
    if (PQntuples(result) == 0)
        rc = no_meta(conn, err);
    else
        rc = reel_dataset_builder_label(builder, reel__pg_text(result, 0, 0),
                                        reel__pg_get_bool(result, 0, 1),
                                        reel__pg_get_int(result, 0, 2, 0), err);
out:
    PQclear(result);
    return rc;
}

/* Counting walks the table, so only where somebody looks. */
static reel_code count_for_progress(reel_pg_conn *conn, reading *r, const char *sql, reel_err *err)
{
    r->done = r->total = 0;
    if (r->progress == NULL || r->progress->report == NULL)
        return REEL_OK;
    return reel__pg_number(conn, sql, &r->total, err);
}

static const char ratings_sql[] = "SELECT userId, movieId, rating, timestamp FROM ratings"
                                  " ORDER BY userId, movieId";
/* What was said since stands in the place of what was loaded. */
static const char all_ratings_sql[] =
    "SELECT userId, movieId, rating, timestamp FROM ratings AS r WHERE NOT EXISTS"
    " (SELECT FROM given AS g WHERE g.userId = r.userId AND g.movieId = r.movieId"
    " AND g.kind <> 'clicked')"
    " UNION ALL SELECT userId, movieId, value::real, timestamp FROM given WHERE kind = 'rating'"
    " ORDER BY 1, 2";

static reel_code read_all(reel_pg_conn *conn, void *user, reel_err *err)
{
    reading *r = user;
    int64_t given = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_exec(conn,
                           "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                           " SET LOCAL statement_timeout = 0",
                           err));
    REEL_TRY(read_label(conn, r->builder, err));
    REEL_TRY(count_for_progress(conn, r, "SELECT count(*) FROM movies", err));
    REEL_TRY(
        reel__pg_copy_out(conn, reel__pg_movies_sql, REEL_PG_MOVIE_COLUMNS, add_movie, r, err));
    reel__progress(r->progress, "movies", r->done, r->total, "films");
    REEL_TRY(count_for_progress(conn, r, "SELECT count(*) FROM ratings", err));
    REEL_TRY(reel__pg_number(conn, "SELECT count(*) FROM (SELECT FROM given LIMIT 1) AS g", &given,
                             err));
    REEL_TRY(reel__pg_copy_out(conn, given > 0 ? all_ratings_sql : ratings_sql, RATING_COLUMNS,
                               add_rating, r, err));
    REEL_TRY(flush(r, err));
    REEL_TRY(reel__pg_exec(conn, "COMMIT", err));
out:
    return rc;
}

reel_code reel__pg_read_dataset(reel_store *store, reel_dataset_builder *builder,
                                const reel_progress *progress, reel_err *err)
{
    reading r = {.builder = builder, .progress = progress};
    reel_code rc = REEL_OK;

    r.batch = reel__alloc_array(BATCH, sizeof *r.batch);
    if (r.batch == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for reading ratings");
    rc = reel__pg_run((reel_pg *)store, read_all, &r, false, err);
    reel__free(r.batch);
    return rc;
}
