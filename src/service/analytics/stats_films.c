/* stats_films.c - what was shown by film and by genre. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "eval/genres.h"
#include "service/analytics/stats_priv.h"

enum { USUAL_LIMIT = 50, GENRE = 64 };

typedef struct film_row {
    reel_stats_film now, before;
} film_row;

typedef struct film_table {
    film_row *rows;
    size_t count, room;
    reel_map *places; /* film -> row, where a range is compared */
    bool before;
    reel_code rc;
    reel_err *err;
} film_table;

/* ---- reading ------------------------------------------------------------------------------- */

static film_row *new_row(film_table *t, int64_t movie)
{
    if (t->count == t->room) {
        const size_t room = t->room == 0 ? 1024 : t->room * 2;
        film_row *grown = reel__realloc_array(t->rows, room, sizeof *grown);

        if (grown == NULL) {
            t->rc = reel_fail(t->err, REEL_E_NOMEM, "out of memory for %zu films", room);
            return NULL;
        }
        t->rows = grown;
        t->room = room;
    }
    if (t->places != NULL)
        t->rc = reel__map_put(t->places, movie, (int64_t)t->count, t->err);
    t->rows[t->count] = (film_row){.now.movie = movie, .before.movie = movie};
    return t->rc == REEL_OK ? &t->rows[t->count++] : NULL;
}

static bool take_film(void *user, const reel_stats_film *film)
{
    film_table *t = user;
    int64_t place = 0;
    film_row *row = t->before && reel__map_get(t->places, film->movie, &place)
                        ? &t->rows[place]
                        : new_row(t, film->movie);

    if (row == NULL)
        return false;
    if (t->before)
        row->before = *film;
    else
        row->now = *film;
    return true;
}

static reel_code read_films(film_table *t, const reel_stats_ask *ask, reel_err *err)
{
    const bool compared = ask->against.to != 0;
    reel_code rc = REEL_OK;

    *t = (film_table){.rc = REEL_OK, .err = err};
    if (compared)
        REEL_TRY(reel__map_new(&t->places, 4096, err));
    REEL_TRY(reel__stats_films(ask->store, ask->range, take_film, t, err));
    t->before = true;
    if (compared && t->rc == REEL_OK)
        REEL_TRY(reel__stats_films(ask->store, ask->against, take_film, t, err));
    rc = t->rc;
out:
    return rc;
}

static void end_films(film_table *t)
{
    reel__free(t->rows);
    reel__map_free(t->places);
}

/* ---- films --------------------------------------------------------------------------------- */

static int64_t shown_of(const reel_stats_film *film)
{
    return film->shown;
}

/* Clicks and ratings of whatever list, or none: those of a list can be no more than it was shown.
 */
static int64_t clicks_of(const reel_stats_film *film)
{
    return film->clicks;
}

static int64_t ratings_of(const reel_stats_film *film)
{
    return film->ratings;
}

typedef int64_t count_of(const reel_stats_film *film);

static int by_count(const void *a, const void *b, void *user)
{
    count_of *const *count = user;
    const film_row *left = a, *right = b;
    const int64_t l = (*count)(&left->now), r = (*count)(&right->now);

    if (l != r)
        return l > r ? -1 : 1;
    return (left->now.movie > right->now.movie) - (left->now.movie < right->now.movie);
}

static void put_film_counts(reel_json *json, const reel_stats_film *film)
{
    reel__json_put_int(json, "shown", film->shown);
    reel__json_put_int(json, "clicked", film->clicked);
    reel__json_put_int(json, "rated", film->rated);
    reel__json_put_int(json, "clicks", film->clicks);
    reel__json_put_int(json, "ratings", film->ratings);
    reel__stats_put_rate(json, "click_through", reel__rate(film->clicked, film->shown));
    reel__stats_put_rate(json, "rating_through", reel__rate(film->rated, film->shown));
}

static void put_film(reel_json *json, const reel_stats_ask *ask, const film_row *row)
{
    const reel_dataset *dataset = reel__engine_dataset(ask->engine);
    const reel_index at = reel_dataset_find_movie(dataset, row->now.movie);
    reel_movie film = {.name = ""};

    if (at >= 0)
        film = reel_dataset_movie(dataset, at);
    reel__json_object(json);
    reel__json_put_int(json, "movie", row->now.movie);
    reel__json_put_known(json, "title", film.name);
    reel__json_key(json, "year");
    if (film.year > 0)
        reel__json_int(json, film.year);
    else
        reel__json_null(json);
    put_film_counts(json, &row->now);
    if (ask->against.to != 0) {
        reel__json_key(json, "against");
        reel__json_object(json);
        put_film_counts(json, &row->before);
        reel__json_object_end(json);
    }
    reel__json_object_end(json);
}

void reel__stats_blank_films(reel_json *json, const reel_stats_ask *ask)
{
    put_film(json, ask, &(film_row){.now.movie = 0});
}

/* The first row behind the one a page ended with. */
static size_t first_row(const film_table *t, const reel_stats_ask *ask, count_of *count)
{
    const film_row last = {.now = {.movie = ask->after_movie,
                                   .shown = ask->after_count,
                                   .clicks = ask->after_count,
                                   .ratings = ask->after_count}};
    size_t at = 0;

    while (ask->after_movie >= 0 && at < t->count && by_count(&t->rows[at], &last, &count) <= 0)
        at++;
    return at;
}

reel_code reel__stats_write_films(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    const char *by = ask->by == NULL ? "shown" : ask->by;
    count_of *count = strcmp(by, "clicked") == 0 ? clicks_of
                      : strcmp(by, "rated") == 0 ? ratings_of
                                                 : shown_of;
    const size_t limit = ask->limit == 0 ? USUAL_LIMIT : ask->limit;
    film_table t;
    size_t at, end;
    reel_code rc = REEL_OK;

    REEL_TRY(read_films(&t, ask, err));
    if (t.count > 0)
        qsort_r(t.rows, t.count, sizeof *t.rows, by_count, &count);
    reel__json_put_text(json, "by", by);
    reel__json_put_int(json, "films", (int64_t)t.count);
    reel__json_key(json, "items");
    reel__json_array(json);
    at = first_row(&t, ask, count);
    end = t.count - at < limit ? t.count : at + limit;
    for (size_t i = at; i < end; i++)
        put_film(json, ask, &t.rows[i]);
    reel__json_array_end(json);
    if (ask->next_movie != NULL && end < t.count) {
        *ask->next_movie = t.rows[end - 1].now.movie;
        *ask->next_count = count(&t.rows[end - 1].now);
    }
out:
    end_films(&t);
    return rc;
}

/* ---- genres -------------------------------------------------------------------------------- */

typedef struct genre {
    char name[GENRE];
    int64_t films;
    reel_stats_film now, before;
} genre;

typedef struct genre_table {
    genre rows[REEL_GENRES_MAX];
    size_t count;
} genre_table;

static genre *genre_of(genre_table *t, const char *name, size_t length)
{
    if (length >= GENRE || strncmp(name, "(no genres listed)", length) == 0)
        return NULL;
    for (size_t i = 0; i < t->count; i++)
        if (strncmp(t->rows[i].name, name, length) == 0 && t->rows[i].name[length] == '\0')
            return &t->rows[i];
    if (t->count == REEL_GENRES_MAX)
        return NULL;
    memcpy(t->rows[t->count].name, name, length);
    return &t->rows[t->count++];
}

static void add_film(reel_stats_film *sum, const reel_stats_film *film)
{
    sum->shown += film->shown;
    sum->clicked += film->clicked;
    sum->rated += film->rated;
    sum->clicks += film->clicks;
    sum->ratings += film->ratings;
}

/* A film counts in each of its genres. row NULL: it is there, and nothing more. */
static void add_to_genres(genre_table *t, const char *genres, const film_row *row)
{
    while (*genres != '\0') {
        const size_t length = strcspn(genres, "|");
        genre *at = length > 0 ? genre_of(t, genres, length) : NULL;

        if (at != NULL && row == NULL)
            at->films++;
        if (at != NULL && row != NULL) {
            add_film(&at->now, &row->now);
            add_film(&at->before, &row->before);
        }
        genres += length + (genres[length] == '|');
    }
}

static int by_shown(const void *a, const void *b)
{
    const genre *left = a, *right = b;

    if (left->now.shown != right->now.shown)
        return left->now.shown > right->now.shown ? -1 : 1;
    return strcmp(left->name, right->name);
}

/* Its share of all that was shown, and of the catalogue. */
static void put_genre(reel_json *json, const reel_stats_ask *ask, const genre *g, int64_t shown,
                      int64_t shown_before)
{
    const int64_t films = reel_dataset_movies(reel__engine_dataset(ask->engine));

    reel__json_object(json);
    reel__json_put_text(json, "genre", g->name);
    reel__json_put_int(json, "films", g->films);
    reel__stats_put_real(json, "share_of_films", reel__rate(g->films, films).value);
    reel__stats_put_real(json, "share_of_shown", reel__rate(g->now.shown, shown).value);
    put_film_counts(json, &g->now);
    if (ask->against.to != 0) {
        reel__json_key(json, "against");
        reel__json_object(json);
        reel__stats_put_real(json, "share_of_shown",
                             reel__rate(g->before.shown, shown_before).value);
        put_film_counts(json, &g->before);
        reel__json_object_end(json);
    }
    reel__json_object_end(json);
}

void reel__stats_blank_genres(reel_json *json, const reel_stats_ask *ask)
{
    put_genre(json, ask, &(genre){.name = ""}, 0, 0);
}

reel_code reel__stats_write_genres(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(ask->engine);
    const reel_index films = reel_dataset_movies(dataset);
    genre_table *genres = reel__alloc_zero(1, sizeof *genres);
    film_table t = {.count = 0};
    int64_t shown = 0, shown_before = 0;
    reel_code rc = REEL_OK;

    if (genres == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for genres");
    REEL_TRY(read_films(&t, ask, err));
    for (reel_index i = 0; i < films; i++)
        add_to_genres(genres, reel_dataset_movie(dataset, i).genres, NULL);
    for (size_t i = 0; i < t.count; i++) {
        const reel_index at = reel_dataset_find_movie(dataset, t.rows[i].now.movie);

        shown += t.rows[i].now.shown;
        shown_before += t.rows[i].before.shown;
        if (at >= 0)
            add_to_genres(genres, reel_dataset_movie(dataset, at).genres, &t.rows[i]);
    }
    qsort(genres->rows, genres->count, sizeof *genres->rows, by_shown);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < genres->count; i++)
        put_genre(json, ask, &genres->rows[i], shown, shown_before);
    reel__json_array_end(json);
out:
    end_films(&t);
    reel__free(genres);
    return rc;
}
