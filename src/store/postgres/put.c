/* put.c - what a load brings: by COPY into a temporary table and from there to its place, or, where
 * it cannot be there yet, straight to its place. */
#include <stdlib.h>

#include "base/alloc.h"
#include "store/postgres/postgres_priv.h"

enum { PIECE = 1 << 16, MOVIE_COLUMNS = 24, PERSON_COLUMNS = 6, MATCH_COLUMNS = 7 };

/* ---- temporary tables ---------------------------------------------------------------------- */

/* n numbers the rows of a put: of those with one key the last one counts. */
static reel_code make_place(reel_pg_load *load, bool *has, const char *sql, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (!*has)
        REEL_TRY(reel__pg_exec(load->conn, sql, err));
    *has = true;
out:
    return rc;
}

/* ---- films --------------------------------------------------------------------------------- */

#define MOVIE_LIST                                                                                 \
    "movieId, title, name, genres, overview, tagline, keywords, cast_names, directors, tags,"      \
    " original_title, language, release_date, release_year, runtime, popularity, vote_average,"    \
    " vote_count, poster_path, backdrop_path, trailer_key, imdb_id, tmdb_id"

static const char place_movies_sql[] =
    "CREATE TEMP TABLE put_movies ON COMMIT DROP AS SELECT " MOVIE_LIST ", 0 AS n FROM movies"
    " WITH NO DATA";
static const char take_movies_sql[] =
    "DELETE FROM movies WHERE movieId IN (SELECT movieId FROM put_movies);"
    "DELETE FROM matches WHERE movieId IN (SELECT movieId FROM put_movies);"
    "INSERT INTO movies (" MOVIE_LIST ") SELECT DISTINCT ON (movieId) " MOVIE_LIST
    " FROM put_movies ORDER BY movieId, n DESC;"
    "TRUNCATE put_movies";

static void copy_known(reel_pg_copy *copy, int64_t value)
{
    if (value == 0)
        reel__pg_copy_null(copy);
    else
        reel__pg_copy_int64(copy, value);
}

static void copy_known32(reel_pg_copy *copy, int32_t value)
{
    if (value == 0)
        reel__pg_copy_null(copy);
    else
        reel__pg_copy_int32(copy, value);
}

/* In the order of MOVIE_LIST. */
static void copy_movie(reel_pg_copy *copy, const reel_movie *m, int32_t n)
{
    const char *const texts[] = {m->title,   m->name,           m->genres,   m->overview,
                                 m->tagline, m->keywords,       m->cast,     m->directors,
                                 m->tags,    m->original_title, m->language, m->release_date};

    reel__pg_copy_row(copy, MOVIE_COLUMNS);
    reel__pg_copy_int64(copy, m->id);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        reel__pg_copy_text(copy, texts[i]);
    copy_known32(copy, m->year);
    copy_known32(copy, m->runtime);
    reel__pg_copy_float(copy, m->popularity);
    reel__pg_copy_float(copy, m->vote_average);
    reel__pg_copy_int32(copy, m->vote_count);
    reel__pg_copy_text(copy, m->poster_path);
    reel__pg_copy_text(copy, m->backdrop_path);
    reel__pg_copy_text(copy, m->trailer_key);
    copy_known(copy, m->imdb_id);
    copy_known(copy, m->tmdb_id);
    reel__pg_copy_int32(copy, n);
}

reel_code reel__pg_put_movies(reel_store_load *base, const reel_movie *movies, size_t count,
                              reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_pg_copy copy;
    reel_code rc = REEL_OK;

    REEL_TRY(make_place(load, &load->has_movies, place_movies_sql, err));
    REEL_TRY(
        reel__pg_copy_begin(&copy, load->conn, "COPY put_movies FROM STDIN (FORMAT binary)", err));
    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        copy_movie(&copy, &movies[i], (int32_t)i);
        rc = reel__pg_copy_send(&copy, err);
    }
    REEL_TRY(reel__pg_copy_end(&copy, rc, err));
    REEL_TRY(reel__pg_exec(load->conn, take_movies_sql, err));
out:
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

#define PERSON_LIST "userId, gender, age, occupation, zip"

static const char place_people_sql[] =
    "CREATE TEMP TABLE put_people ON COMMIT DROP AS SELECT " PERSON_LIST ", 0 AS n FROM people"
    " WITH NO DATA";
static const char take_people_sql[] =
    "DELETE FROM people WHERE userId IN (SELECT userId FROM put_people);"
    "INSERT INTO people (" PERSON_LIST ") SELECT DISTINCT ON (userId) " PERSON_LIST
    " FROM put_people ORDER BY userId, n DESC;"
    "TRUNCATE put_people";

reel_code reel__pg_put_people(reel_store_load *base, const reel_person *people, size_t count,
                              reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_pg_copy copy;
    reel_code rc = REEL_OK;

    REEL_TRY(make_place(load, &load->has_people, place_people_sql, err));
    REEL_TRY(
        reel__pg_copy_begin(&copy, load->conn, "COPY put_people FROM STDIN (FORMAT binary)", err));
    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        reel__pg_copy_row(&copy, PERSON_COLUMNS);
        reel__pg_copy_int64(&copy, people[i].id);
        reel__pg_copy_text(&copy, people[i].gender);
        copy_known32(&copy, people[i].age);
        reel__pg_copy_text(&copy, people[i].occupation);
        reel__pg_copy_text(&copy, people[i].zip);
        reel__pg_copy_int32(&copy, (int32_t)i);
        rc = reel__pg_copy_send(&copy, err);
    }
    REEL_TRY(reel__pg_copy_end(&copy, rc, err));
    REEL_TRY(reel__pg_exec(load->conn, take_people_sql, err));
out:
    return rc;
}

/* ---- ratings ------------------------------------------------------------------------------- */

typedef struct sorted_rating {
    reel_rating rating;
    size_t place;
} sorted_rating;

struct reel_pg_sorted {
    sorted_rating rows[PIECE];
};

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_ratings(const void *left, const void *right)
{
    const sorted_rating *a = left, *b = right;
    int order = compare(a->rating.person, b->rating.person);

    if (order == 0)
        order = compare(a->rating.movie, b->rating.movie);
    if (order == 0)
        order = compare(a->rating.time, b->rating.time);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

/* By person and film, one of each: the later time wins, of equal times the later row. */
static size_t sort_ratings(struct reel_pg_sorted *sorted, const reel_rating *ratings, size_t count)
{
    sorted_rating *rows = sorted->rows;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        rows[i] = (sorted_rating){ratings[i], i};
    qsort(rows, count, sizeof *rows, compare_ratings);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || rows[i].rating.person != rows[i + 1].rating.person ||
            rows[i].rating.movie != rows[i + 1].rating.movie)
            rows[kept++] = rows[i];
    return kept;
}

static reel_code copy_ratings(reel_pg_load *load, const char *sql, const sorted_rating *rows,
                              size_t count, reel_err *err)
{
    reel_pg_copy copy;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__pg_copy_begin(&copy, load->conn, sql, err));
    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        reel__pg_copy_row(&copy, 4);
        reel__pg_copy_int64(&copy, rows[i].rating.person);
        reel__pg_copy_int64(&copy, rows[i].rating.movie);
        reel__pg_copy_float(&copy, rows[i].rating.value);
        reel__pg_copy_int64(&copy, rows[i].rating.time);
        rc = reel__pg_copy_send(&copy, err);
    }
    REEL_TRY(reel__pg_copy_end(&copy, rc, err));
out:
    return rc;
}

static const char place_ratings_sql[] =
    "CREATE TEMP TABLE put_ratings ON COMMIT DROP AS SELECT * FROM ratings WITH NO DATA";
static const char insert_ratings_sql[] =
    "INSERT INTO ratings SELECT * FROM put_ratings ON CONFLICT DO NOTHING";
/* The later time wins; of equal times what came later. For a row just inserted nothing changes. */
static const char renew_ratings_sql[] =
    "UPDATE ratings AS r SET rating = p.rating, timestamp = p.timestamp FROM put_ratings AS p"
    " WHERE r.userId = p.userId AND r.movieId = p.movieId AND r.timestamp <= p.timestamp"
    " AND (r.rating, r.timestamp) IS DISTINCT FROM (p.rating, p.timestamp)";

/* Ratings some of which may be there; how many were new. */
static reel_code merge_ratings(reel_pg_load *load, const sorted_rating *rows, size_t count,
                               size_t *fresh, reel_err *err)
{
    PGresult *result = NULL;
    reel_code rc = REEL_OK;

    *fresh = 0;
    if (count == 0)
        return REEL_OK;
    REEL_TRY(make_place(load, &load->has_ratings, place_ratings_sql, err));
    REEL_TRY(copy_ratings(load, "COPY put_ratings FROM STDIN (FORMAT binary)", rows, count, err));
    REEL_TRY(reel__pg_query(&result, load->conn, insert_ratings_sql, 0, NULL, err));
    *fresh = strtoul(PQcmdTuples(result), NULL, 10);
    if (*fresh < count)
        REEL_TRY(reel__pg_exec(load->conn, renew_ratings_sql, err));
    REEL_TRY(reel__pg_exec(load->conn, "TRUNCATE put_ratings", err));
out:
    PQclear(result);
    return rc;
}

/* Where the table was empty, nobody beyond those who were put has ratings in it: files are mostly
 * by person, so nearly all of their rows need no look at what is there. */
static reel_code put_piece(reel_pg_load *load, const reel_rating *ratings, size_t count,
                           int64_t *duplicates, reel_err *err)
{
    const sorted_rating *rows = load->sorted->rows;
    const size_t kept = sort_ratings(load->sorted, ratings, count);
    size_t known = load->empty ? 0 : kept, fresh = 0;
    reel_code rc = REEL_OK;

    while (known < kept && rows[known].rating.person <= load->highest)
        known++;
    REEL_TRY(merge_ratings(load, rows, known, &fresh, err));
    if (known < kept)
        REEL_TRY(copy_ratings(load, "COPY ratings FROM STDIN (FORMAT binary)", rows + known,
                              kept - known, err));
    if (rows[kept - 1].rating.person > load->highest)
        load->highest = rows[kept - 1].rating.person;
    *duplicates += (int64_t)(count - fresh - (kept - known));
out:
    return rc;
}

reel_code reel__pg_put_ratings(reel_store_load *base, const reel_rating *ratings, size_t count,
                               int64_t *duplicates, reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_code rc = REEL_OK;

    if (load->sorted == NULL && count > 0)
        load->sorted = reel__alloc_array(1, sizeof *load->sorted);
    if (load->sorted == NULL && count > 0)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory for a load", load->base.store->path);
    for (size_t done = 0; done < count; done += PIECE) {
        const size_t left = count - done;

        REEL_TRY(put_piece(load, ratings + done, left < PIECE ? left : PIECE, duplicates, err));
    }
    load->put += (int64_t)count;
out:
    return rc;
}

/* ---- matches ------------------------------------------------------------------------------- */

static const char place_matches_sql[] =
    "CREATE TEMP TABLE put_matches ON COMMIT DROP AS SELECT *, 0 AS n FROM matches WITH NO DATA";
static const char take_matches_sql[] =
    "DELETE FROM matches WHERE movieId IN (SELECT movieId FROM put_matches);"
    "INSERT INTO matches SELECT DISTINCT ON (movieId) movieId, tmdb_id, fetched_at, state, score,"
    " reason FROM put_matches ORDER BY movieId, n DESC;"
    "TRUNCATE put_matches";

reel_code reel__pg_put_matches(reel_store_load *base, const reel_match *matches, size_t count,
                               reel_err *err)
{
    reel_pg_load *load = (reel_pg_load *)base;
    reel_pg_copy copy;
    reel_code rc = REEL_OK;

    REEL_TRY(make_place(load, &load->has_matches, place_matches_sql, err));
    REEL_TRY(
        reel__pg_copy_begin(&copy, load->conn, "COPY put_matches FROM STDIN (FORMAT binary)", err));
    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        const reel_match *m = &matches[i];

        reel__pg_copy_row(&copy, MATCH_COLUMNS);
        reel__pg_copy_int64(&copy, m->movie);
        copy_known(&copy, m->tmdb_id);
        reel__pg_copy_int64(&copy, m->fetched_at);
        reel__pg_copy_text(&copy, reel__pg_match_states[m->state]);
        reel__pg_copy_real(&copy, m->score);
        reel__pg_copy_text(&copy, m->reason);
        reel__pg_copy_int32(&copy, (int32_t)i);
        rc = reel__pg_copy_send(&copy, err);
    }
    REEL_TRY(reel__pg_copy_end(&copy, rc, err));
    REEL_TRY(reel__pg_exec(load->conn, take_matches_sql, err));
out:
    return rc;
}
