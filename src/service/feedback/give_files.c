/* give_files.c - an export of another service becomes what a person gave, and that becomes a file.
 */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/feedback/give_priv.h"
#include "service/files/import.h"

/* ---- out ----------------------------------------------------------------------------------- */

reel_code reel__give_export_csv(reel_buf *out, const reel_engine *engine, int64_t person,
                                reel_err *err)
{
    reel_imported films;
    reel_code rc = reel__import_of_person(&films, engine, person, err);

    if (rc != REEL_OK)
        return rc;
    rc = reel__import_write_text(&films, engine, out, err);
    reel__imported_fini(&films);
    return rc;
}

static void put_film(reel_json *json, const reel_engine *engine, const reel_import_film *film)
{
    const reel_movie movie = reel_dataset_movie(engine->dataset, film->movie);
    char imdb[32];

    reel__json_object(json);
    reel__json_put_int(json, "movie", movie.id);
    reel__json_put_text(json, "title", movie.name);
    reel__json_put_id(json, "year", movie.year > 0 ? movie.year : -1);
    (void)snprintf(imdb, sizeof imdb, "tt%07lld", (long long)movie.imdb_id);
    reel__json_put_text(json, "imdb_id", movie.imdb_id > 0 ? imdb : NULL);
    reel__json_put_id(json, "tmdb_id", movie.tmdb_id > 0 ? movie.tmdb_id : -1);
    reel__json_put_text(json, "kind", reel__import_kind_name(film->row->kind));
    reel__json_put_real(json, "rating", film->row->rating);
    reel__json_put_time(json, "time", film->row->time);
    reel__json_put_int(json, "weight", 1 + film->row->extra);
    reel__json_object_end(json);
}

reel_code reel__give_export_json(reel_json *json, const reel_engine *engine, int64_t person,
                                 reel_err *err)
{
    reel_imported films;
    const reel_code rc = reel__import_of_person(&films, engine, person, err);

    if (rc != REEL_OK)
        return rc;
    reel__json_object(json);
    reel__json_put_int(json, "user", person);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < films.film_count; i++)
        put_film(json, engine, &films.films[i]);
    reel__json_array_end(json);
    reel__json_object_end(json);
    reel__imported_fini(&films);
    return REEL_OK;
}

/* ---- in ------------------------------------------------------------------------------------ */

static const reel_given_kind kinds[] = {[REEL_IMPORT_WISHED] = REEL_GIVEN_WATCHLIST,
                                        [REEL_IMPORT_WATCHED] = REEL_GIVEN_WATCHED,
                                        [REEL_IMPORT_LIKED] = REEL_GIVEN_LIKED,
                                        [REEL_IMPORT_RATED] = REEL_GIVEN_RATING};

typedef struct importing {
    const reel_engine *engine;
    int64_t person, now;
    reel_imported source;
    reel_history history;
    reel_given_row *rows; /* to be written */
    size_t count;
    int32_t *film; /* [rows of the file] index of the film the row counts for, -1 = none */
    bool *taken;   /* [films] */
} importing;

/* A stronger statement stays, and of equal ones the later; what is there already is nothing new. */
static bool counts_less(const reel_given_row *there, const reel_given_row *row)
{
    const int old = reel__give_strength(there->kind), next = reel__give_strength(row->kind);

    if (old != next)
        return old > next;
    if (there->time != row->time)
        return there->time > row->time;
    return there->extra == row->extra &&
           (row->kind != REEL_GIVEN_RATING || there->value == row->value);
}

static void take_film(importing *i, size_t at)
{
    const reel_import_film *film = &i->source.films[at];
    const reel_given_row there = reel__give_there(i->engine, &i->history, film->movie);
    const reel_given_row row = {
        .person = i->person,
        .movie = reel_dataset_movie_ids(i->engine->dataset)[film->movie],
        .time = film->row->time > 0 && film->row->time < i->now ? film->row->time : i->now,
        .kind = kinds[film->row->kind],
        .extra = film->row->extra,
        .value = film->row->kind == REEL_IMPORT_RATED
                     ? reel__import_on_scale(film->row->rating, i->engine->scale)
                     : (double)NAN};

    i->film[film->row - reel__import_row(i->source.source, 0)] = (int32_t)at;
    i->taken[at] = !counts_less(&there, &row);
    if (i->taken[at])
        i->rows[i->count++] = row;
}

static void put_candidates(reel_json *json, const reel_engine *engine, reel_index nearest)
{
    reel__json_key(json, "candidates");
    reel__json_array(json);
    if (nearest >= 0) {
        const reel_movie movie = reel_dataset_movie(engine->dataset, nearest);

        reel__json_object(json);
        reel__json_put_int(json, "movie", movie.id);
        reel__json_put_text(json, "title", movie.name);
        reel__json_put_id(json, "year", movie.year > 0 ? movie.year : -1);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

/* miss: that of the row, or NULL. */
static void put_row(reel_json *json, const importing *i, size_t index, const reel_import_miss *miss)
{
    const reel_import_row *row = reel__import_row(i->source.source, index);
    const int32_t film = i->film[index];
    const char *status = miss != NULL ? "unmatched" : film < 0 ? "repeated" : "kept";

    if (film >= 0 && i->taken[film])
        status = "taken";
    reel__json_object(json);
    reel__json_put_int(json, "line", row->line);
    reel__json_put_known(json, "title", row->title);
    reel__json_put_text(json, "kind", reel__import_kind_name(row->kind));
    reel__json_put_real(json, "rating", row->rating);
    reel__json_put_text(json, "status", status);
    reel__json_put_id(
        json, "movie",
        film < 0 ? -1 : reel_dataset_movie_ids(i->engine->dataset)[i->source.films[film].movie]);
    reel__json_put_text(json, "reason", miss != NULL ? miss->reason : NULL);
    put_candidates(json, i->engine, miss != NULL ? miss->nearest : -1);
    reel__json_object_end(json);
}

static void put_report(reel_json *json, const importing *i)
{
    const size_t rows = reel__import_count(i->source.source);
    size_t miss = 0;

    reel__json_object(json);
    reel__json_put_text(json, "format",
                        reel__import_format_name(reel__import_format(i->source.source)));
    reel__json_put_int(json, "rows", (int64_t)rows);
    reel__json_put_int(json, "taken", (int64_t)i->count);
    reel__json_put_int(json, "kept", (int64_t)(i->source.film_count - i->count));
    reel__json_put_int(json, "repeated", (int64_t)i->source.repeated);
    reel__json_put_int(json, "unmatched", (int64_t)i->source.miss_count);
    reel__json_put_int(json, "not_films", reel__import_not_films(i->source.source));
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t at = 0; at < rows; at++) {
        const bool missed = miss < i->source.miss_count &&
                            i->source.misses[miss].row == reel__import_row(i->source.source, at);

        put_row(json, i, at, missed ? &i->source.misses[miss] : NULL);
        miss += missed;
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
}

static reel_code prepare(importing *i, reel_err *err)
{
    const size_t rows = reel__import_count(i->source.source), films = i->source.film_count;

    i->rows = reel__alloc_array(films, sizeof *i->rows);
    i->film = reel__alloc_array(rows, sizeof *i->film);
    i->taken = reel__alloc_zero(films, sizeof *i->taken);
    if (i->rows == NULL || i->film == NULL || i->taken == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for an import of %zu rows", rows);
    for (size_t at = 0; at < rows; at++)
        i->film[at] = -1;
    return REEL_OK;
}

reel_code reel__give_import(reel_json *json, reel_session *session, int64_t person,
                            const char *name, const char *body, size_t length, reel_err *err)
{
    importing i = {.engine = session->engine, .person = person, .now = reel__clock_now()};
    reel_code rc;

    REEL_TRY(reel__history_new(&i.history, session->engine, person, err));
    REEL_TRY(reel__import_match_text(&i.source, session, name == NULL ? "body" : name, body, length,
                                     err));
    REEL_TRY(prepare(&i, err));
    for (size_t at = 0; at < i.source.film_count; at++)
        take_film(&i, at);
    REEL_TRY(reel__give_put(session->engine, i.rows, i.count, err));
    put_report(json, &i);
out:
    reel__imported_fini(&i.source);
    reel__history_fini(&i.history);
    reel__free(i.rows);
    reel__free(i.film);
    reel__free(i.taken);
    return rc;
}
