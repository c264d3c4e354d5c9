/* load.c - bulk loads: one transaction on a connection of their own, with a large page cache so
 * that its pages are written once. Readers keep the old generation until the commit. */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "store/sqlite/sqlite_priv.h"

/* Ratings go in by statements of that many rows: half the time of one row each. */
enum { GROUP = 64, COLUMNS = 4 };

static const char put_movie_sql[] =
    "INSERT OR REPLACE INTO movies (movieId, title, name, genres, overview, tagline, keywords,"
    " cast_names, directors, tags, original_title, language, release_date, release_year, runtime,"
    " popularity, vote_average, vote_count, poster_path, backdrop_path, trailer_key, imdb_id,"
    " tmdb_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char put_match_sql[] =
    "INSERT OR REPLACE INTO matches (movieId, tmdb_id, fetched_at, state, score, reason)"
    " VALUES (?, ?, ?, ?, ?, ?)";

static const char put_person_sql[] =
    "INSERT OR REPLACE INTO people (userId, gender, age, occupation, zip) VALUES (?, ?, ?, ?, ?)";

#define PUT_RATINGS "INSERT INTO ratings (userId, movieId, rating, timestamp) VALUES "
#define ROW_1       "(?, ?, ?, ?)"
#define ROW_4       ROW_1 ", " ROW_1 ", " ROW_1 ", " ROW_1
#define ROW_16      ROW_4 ", " ROW_4 ", " ROW_4 ", " ROW_4
#define ROW_64      ROW_16 ", " ROW_16 ", " ROW_16 ", " ROW_16
static const char put_group_sql[] = PUT_RATINGS ROW_64 " ON CONFLICT DO NOTHING";
static const char put_rating_sql[] = PUT_RATINGS ROW_1 " ON CONFLICT DO NOTHING";

/* The later time wins; of equal times the row that came later. */
static const char renew_rating_sql[] = "UPDATE ratings SET rating = ?3, timestamp = ?4"
                                       " WHERE userId = ?1 AND movieId = ?2 AND timestamp <= ?4";

/* People who only rated. Walks from person to person along the key, not over every rating. */
static const char people_of_ratings_sql[] =
    "INSERT OR IGNORE INTO people (userId)"
    " WITH RECURSIVE raters (id) AS (SELECT min(userId) FROM ratings UNION ALL"
    "  SELECT (SELECT min(userId) FROM ratings WHERE userId > id) FROM raters"
    "  WHERE id IS NOT NULL)"
    " SELECT id FROM raters WHERE id IS NOT NULL";

/* ---- begin and end ------------------------------------------------------------------------- */

static void free_load(reel_sqlite_load *load)
{
    if (load == NULL)
        return;
    (void)sqlite3_finalize(load->put_movie);
    (void)sqlite3_finalize(load->put_person);
    (void)sqlite3_finalize(load->put_group);
    (void)sqlite3_finalize(load->put_rating);
    (void)sqlite3_finalize(load->renew_rating);
    (void)sqlite3_finalize(load->put_match);
    (void)sqlite3_finalize(load->drop_match);
    (void)sqlite3_finalize(load->put_event);
    (void)sqlite3_close(load->db); /* undoes a transaction that was not committed */
    reel__free(load);
}

static reel_code prepare_all(reel_sqlite_load *load, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__sqlite_prepare(&load->put_movie, load->db, put_movie_sql, err));
    REEL_TRY(reel__sqlite_prepare(&load->put_person, load->db, put_person_sql, err));
    REEL_TRY(reel__sqlite_prepare(&load->put_group, load->db, put_group_sql, err));
    REEL_TRY(reel__sqlite_prepare(&load->put_rating, load->db, put_rating_sql, err));
    REEL_TRY(reel__sqlite_prepare(&load->renew_rating, load->db, renew_rating_sql, err));
    REEL_TRY(reel__sqlite_prepare(&load->put_match, load->db, put_match_sql, err));
    REEL_TRY(reel__sqlite_prepare(&load->drop_match, load->db,
                                  "DELETE FROM matches WHERE movieId = ?", err));
out:
    return rc;
}

reel_code reel__sqlite_load_begin(reel_store_load **out, reel_store *store, bool replace,
                                  reel_err *err)
{
    reel_sqlite_load *load = reel__alloc_zero(1, sizeof *load);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (load == NULL)
        return reel_fail(err, REEL_E_NOMEM, "%s: out of memory for a load", store->path);
    load->base.store = store;
    REEL_TRY(reel__sqlite_check_place((reel_sqlite *)store, err));
    REEL_TRY(reel__sqlite_connect(&load->db, (reel_sqlite *)store, SQLITE_OPEN_READWRITE, err));
    REEL_TRY(reel__sqlite_exec(load->db, "PRAGMA cache_size = -131072; BEGIN IMMEDIATE", err));
    if (replace)
        REEL_TRY(reel__sqlite_exec(
            load->db,
            "DELETE FROM ratings; DELETE FROM people; DELETE FROM movies; DELETE FROM matches",
            err));
    REEL_TRY(prepare_all(load, err));
    *out = &load->base;
    load = NULL;
out:
    free_load(load);
    return rc;
}

static reel_code commit(reel_sqlite_load *load, const char *source, bool simulated, reel_err *err)
{
    sqlite3_stmt *label = NULL;
    int bound = SQLITE_OK;
    reel_code rc = REEL_OK;

    if (load->rated)
        REEL_TRY(reel__sqlite_exec(load->db, people_of_ratings_sql, err));
    REEL_TRY(reel__sqlite_prepare(
        &label, load->db,
        "UPDATE meta SET source = ?1, simulated = ?2,"
        " generation = CASE WHEN ?3 > generation THEN ?3 ELSE generation + 1 END",
        err));
    bound |= reel__sqlite_bind_text(label, 1, source);
    bound |= sqlite3_bind_int(label, 2, simulated);
    bound |= sqlite3_bind_int64(label, 3, load->base.generation);
    REEL_TRY(reel__sqlite_run(label, bound, err));
    if (sqlite3_changes(load->db) == 0)
        REEL_TRY(reel__sqlite_no_meta(load->db, err));
    REEL_TRY(reel__sqlite_exec(load->db, "COMMIT", err));
out:
    (void)sqlite3_finalize(label);
    return rc;
}

reel_code reel__sqlite_load_commit(reel_store_load *base, const char *source, bool simulated,
                                   reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    const reel_code rc = commit(load, source, simulated, err);

    free_load(load);
    return rc;
}

void reel__sqlite_load_abort(reel_store_load *base)
{
    free_load((reel_sqlite_load *)base);
}

/* ---- films --------------------------------------------------------------------------------- */

/* In the order of put_movie_sql. */
static int bind_movie(sqlite3_stmt *s, const reel_movie *m)
{
    const char *const texts[] = {m->title,   m->name,           m->genres,   m->overview,
                                 m->tagline, m->keywords,       m->cast,     m->directors,
                                 m->tags,    m->original_title, m->language, m->release_date};
    int place = 1;
    int bound = sqlite3_bind_int64(s, place++, m->id);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        bound |= reel__sqlite_bind_text(s, place++, texts[i]);
    bound |= reel__sqlite_bind_known(s, place++, m->year, 0);
    bound |= reel__sqlite_bind_known(s, place++, m->runtime, 0);
    bound |= reel__sqlite_bind_float(s, place++, m->popularity);
    bound |= reel__sqlite_bind_float(s, place++, m->vote_average);
    bound |= sqlite3_bind_int(s, place++, m->vote_count);
    bound |= reel__sqlite_bind_text(s, place++, m->poster_path);
    bound |= reel__sqlite_bind_text(s, place++, m->backdrop_path);
    bound |= reel__sqlite_bind_text(s, place++, m->trailer_key);
    bound |= reel__sqlite_bind_known(s, place++, m->imdb_id, 0);
    bound |= reel__sqlite_bind_known(s, place, m->tmdb_id, 0);
    return bound;
}

reel_code reel__sqlite_put_movies(reel_store_load *base, const reel_movie *movies, size_t count,
                                  reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count; i++) {
        REEL_TRY(reel__sqlite_run(load->put_movie, bind_movie(load->put_movie, &movies[i]), err));
        REEL_TRY(reel__sqlite_run(load->drop_match,
                                  sqlite3_bind_int64(load->drop_match, 1, movies[i].id), err));
    }
out:
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

reel_code reel__sqlite_put_people(reel_store_load *base, const reel_person *people, size_t count,
                                  reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    sqlite3_stmt *s = load->put_person;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && rc == REEL_OK; i++) {
        int bound = sqlite3_bind_int64(s, 1, people[i].id);

        bound |= reel__sqlite_bind_text(s, 2, people[i].gender);
        bound |= reel__sqlite_bind_known(s, 3, people[i].age, 0);
        bound |= reel__sqlite_bind_text(s, 4, people[i].occupation);
        bound |= reel__sqlite_bind_text(s, 5, people[i].zip);
        rc = reel__sqlite_run(s, bound, err);
    }
    return rc;
}

/* ---- ratings ------------------------------------------------------------------------------- */

static int bind_rating(sqlite3_stmt *s, int row, const reel_rating *r)
{
    const int place = row * COLUMNS;
    int bound = sqlite3_bind_int64(s, place + 1, r->person);

    bound |= sqlite3_bind_int64(s, place + 2, r->movie);
    bound |= reel__sqlite_bind_float(s, place + 3, r->value);
    bound |= sqlite3_bind_int64(s, place + 4, r->time);
    return bound;
}

/* Insert rows with a statement for that many. Which of them were there already a multi-row insert
 * does not tell, so when any was, each row is offered again as an update, in order: for a row just
 * inserted that changes nothing. */
static reel_code put_rows(reel_sqlite_load *load, sqlite3_stmt *insert, const reel_rating *rows,
                          int count, int64_t *duplicates, reel_err *err)
{
    int bound = SQLITE_OK, inserted = 0;
    reel_code rc = REEL_OK;

    for (int i = 0; i < count; i++)
        bound |= bind_rating(insert, i, &rows[i]);
    REEL_TRY(reel__sqlite_run(insert, bound, err));
    inserted = sqlite3_changes(load->db);
    *duplicates += count - inserted;
    for (int i = 0; i < count && inserted < count; i++)
        REEL_TRY(reel__sqlite_run(load->renew_rating, bind_rating(load->renew_rating, 0, &rows[i]),
                                  err));
out:
    return rc;
}

reel_code reel__sqlite_put_ratings(reel_store_load *base, const reel_rating *ratings, size_t count,
                                   int64_t *duplicates, reel_err *err)
{
    reel_sqlite_load *load = (reel_sqlite_load *)base;
    size_t done = 0;
    reel_code rc = REEL_OK;

    load->rated |= count > 0;
    for (; count - done >= GROUP; done += GROUP)
        REEL_TRY(put_rows(load, load->put_group, ratings + done, GROUP, duplicates, err));
    for (; done < count; done++)
        REEL_TRY(put_rows(load, load->put_rating, ratings + done, 1, duplicates, err));
out:
    return rc;
}
