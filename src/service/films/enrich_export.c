/* enrich_export.c - the films that have metadata, as a table or as TMDb-shaped lines. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/map.h"
#include "service/files/csv_write.h"
#include "service/films/enrich.h"
#include "service/films/metadata.h"
#include "service/models/source.h"

enum { JSON_MOST = 1 << 22, GATHER_BYTES = 1 << 15, SHORT_TEXT = 32 };

/* In this order, as notebooks made for the prototype's file read it. */
static const char header[] =
    "movieId,title,genres,overview,popularity,poster_path,release_date,release_year,"
    "release_decade,vote_average,tmdb_id,n_genres,overview_length";

/* What is in no record of a film. */
typedef struct derived {
    int32_t year; /* of the release date, else of the title; 0 = unknown */
    int64_t genres, overview_length;
} derived;

static derived derive(const reel_movie *film)
{
    derived d = {.year = film->year, .genres = film->genres[0] != '\0'};

    if (strspn(film->release_date, "0123456789") == 4) {
        d.year = 0;
        for (int i = 0; i < 4; i++)
            d.year = d.year * 10 + (film->release_date[i] - '0');
    }
    for (const char *at = film->genres; *at != '\0'; at++)
        d.genres += *at == '|';
    for (const char *at = film->overview; *at != '\0'; at++)
        d.overview_length += ((unsigned char)*at & 0xC0U) != 0x80U; /* characters, not bytes */
    return d;
}

static reel_code nothing_there(const char *database, int64_t count, reel_err *err)
{
    char shown[REEL_STORE_NAME];

    if (count > 0)
        return REEL_OK;
    reel__store_name(shown, database);
    return reel_fail(err, REEL_E_NOTFOUND,
                     "%s: no film has metadata; `reel enrich --database %s` brings some", shown,
                     shown);
}

/* ---- CSV ----------------------------------------------------------------------------------- */

static void put_known_real(reel_csv_writer *csv, float value)
{
    if (isnan(value))
        reel__csv_text(csv, "");
    else
        reel__csv_real(csv, value);
}

static void put_known_int(reel_csv_writer *csv, int64_t value)
{
    if (value > 0)
        reel__csv_int(csv, value);
    else
        reel__csv_text(csv, "");
}

static reel_code put_row(reel_csv_writer *csv, const reel_movie *film, reel_err *err)
{
    const derived d = derive(film);
    char decade[SHORT_TEXT] = "";

    if (d.year > 0)
        (void)snprintf(decade, sizeof decade, "%d.0", d.year / 10 * 10);
    reel__csv_int(csv, film->id);
    reel__csv_text(csv, film->title);
    reel__csv_text(csv, film->genres);
    reel__csv_text(csv, film->overview);
    put_known_real(csv, film->popularity);
    reel__csv_text(csv, film->poster_path);
    reel__csv_text(csv, film->release_date);
    put_known_int(csv, d.year);
    reel__csv_text(csv, decade);
    put_known_real(csv, film->vote_average);
    put_known_int(csv, film->tmdb_id);
    reel__csv_int(csv, d.genres);
    reel__csv_int(csv, d.overview_length);
    return reel__csv_end_row(csv, err);
}

reel_code reel__export_enriched_csv(const char *database, const char *output, int64_t *count,
                                    reel_err *err)
{
    const reel_source source = {.database = database, .whole = true};
    reel_dataset *dataset = NULL;
    reel_csv_writer csv = {0};
    reel_code rc = REEL_OK;

    *count = 0;
    REEL_TRY(reel__source_read(&dataset, &source, NULL, err));
    REEL_TRY(reel__csv_open(&csv, NULL, output, header, err));
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++) {
        const reel_movie film = reel_dataset_movie(dataset, i);

        if (!reel__metadata_has(&film))
            continue;
        REEL_TRY(put_row(&csv, &film, err));
        ++*count;
    }
    REEL_TRY(nothing_there(database, *count, err));
    REEL_TRY(reel__csv_commit(&csv, err));
out:
    reel__csv_abort(&csv);
    reel_dataset_free(dataset);
    return rc;
}

/* ---- JSONL --------------------------------------------------------------------------------- */

typedef struct lines {
    reel_map *fetched; /* film -> when its metadata were fetched */
    reel_file_writer *file;
    reel_buf text;
    reel_err *err;
    reel_code failed;
} lines;

static bool note_fetched(void *user, const reel_match *match)
{
    lines *l = user;

    if (reel__match_brought(match))
        l->failed = reel__map_put(l->fetched, match->movie, match->fetched_at, l->err);
    return l->failed == REEL_OK;
}

static reel_code read_fetched(lines *l, const char *database)
{
    const reel_store_opts read_only = {.read_only = true};
    reel_store *store = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__map_new(&l->fetched, 1024, l->err));
    REEL_TRY(reel__store_open(&store, database, &read_only, l->err));
    REEL_TRY(reel__store_scan_matches(store, note_fetched, l, l->err));
    rc = l->failed;
out:
    reel__store_close(store);
    return rc;
}

static reel_code put_line(lines *l, const reel_movie *film)
{
    const derived d = derive(film);
    char text[REEL_TIME_TEXT];
    int64_t fetched_at = 0;
    reel_json json;
    reel_code rc = REEL_OK;

    reel__json_init(&json, &l->text);
    reel__json_object(&json);
    reel__metadata_put(&json, film);
    if (film->imdb_id > 0) {
        (void)snprintf(text, sizeof text, "tt%07lld", (long long)film->imdb_id);
        reel__json_put_text(&json, "imdb_id", text);
    }
    if (d.year > 0)
        reel__json_put_int(&json, "release_year", d.year);
    reel__json_put_int(&json, "n_genres", d.genres);
    reel__json_put_int(&json, "overview_length", d.overview_length);
    if (reel__map_get(l->fetched, film->id, &fetched_at)) {
        reel__clock_text(fetched_at, text);
        reel__json_put_text(&json, "fetched_at", text);
    }
    reel__json_object_end(&json);
    reel__buf_char(&l->text, '\n');
    REEL_TRY(reel__buf_check(&l->text, l->err));
    if (l->text.length >= GATHER_BYTES) {
        REEL_TRY(reel__file_writer_write(l->file, l->text.data, l->text.length, l->err));
        reel__buf_clear(&l->text);
    }
out:
    return rc;
}

static reel_code put_lines(lines *l, const reel_dataset *dataset, int64_t *count)
{
    reel_code rc = REEL_OK;

    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++) {
        const reel_movie film = reel_dataset_movie(dataset, i);

        if (!reel__metadata_has(&film))
            continue;
        REEL_TRY(put_line(l, &film));
        ++*count;
    }
out:
    return rc;
}

reel_code reel__export_enriched_jsonl(const char *database, const char *output, int64_t *count,
                                      reel_err *err)
{
    const reel_source source = {.database = database, .whole = true};
    reel_dataset *dataset = NULL;
    reel_file_writer *done;
    lines l = {.err = err};
    reel_code rc = REEL_OK;

    *count = 0;
    reel__buf_init(&l.text, JSON_MOST);
    REEL_TRY(reel__source_read(&dataset, &source, NULL, err));
    REEL_TRY(read_fetched(&l, database));
    REEL_TRY(reel__file_writer_open(&l.file, output, err));
    REEL_TRY(put_lines(&l, dataset, count));
    REEL_TRY(nothing_there(database, *count, err));
    REEL_TRY(reel__file_writer_write(l.file, l.text.data, l.text.length, err));
    done = l.file;
    l.file = NULL;
    REEL_TRY(reel__file_writer_commit(done, err));
out:
    reel__file_writer_abort(l.file);
    reel__buf_fini(&l.text);
    reel__map_free(l.fetched);
    reel_dataset_free(dataset);
    return rc;
}
