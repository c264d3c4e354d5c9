/* import.c - an export becomes a history: rows matched, then one of them for each film. */
#include "service/files/import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "service/files/import_priv.h"
#include "service/engine/search.h"

enum { SUGGESTED_MOST = 500 };
static const float NEAR = 0.5F;

static bool counts_more(const reel_import_row *a, const reel_import_row *b)
{
    if (a->kind != b->kind)
        return a->kind > b->kind;
    return a->time >= b->time; /* a stands further down */
}

static reel_code add_film(reel_imported *out, reel_map *places, const reel_import_row *row,
                          const reel_import_found *match, reel_err *err)
{
    const reel_import_film film = {.row = row, .movie = match->movie, .score = match->score};
    int64_t place;

    if (!reel__map_get(places, match->movie, &place)) {
        out->films[out->film_count] = film;
        return reel__map_put(places, match->movie, (int64_t)out->film_count++, err);
    }
    out->repeated++;
    if (counts_more(row, out->films[place].row))
        out->films[place] = film;
    return REEL_OK;
}

static reel_code add_miss(reel_imported *out, const reel_import_row *row, const char *reason,
                          reel_err *err)
{
    int32_t id;
    const reel_code rc = reel__intern_add(out->texts, reason, strlen(reason), &id, err);

    if (rc == REEL_OK)
        out->misses[out->miss_count++] = (reel_import_miss){
            .row = row, .reason = reel__intern_text(out->texts, id), .nearest = -1};
    return rc;
}

static reel_code match_rows(reel_imported *out, reel_import_index *matcher, reel_map *places,
                            reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < reel__import_count(out->source); i++) {
        const reel_import_row *row = reel__import_row(out->source, i);
        reel_import_found match = {.movie = -1};

        if (row->trouble == NULL)
            REEL_TRY(reel__import_index_find(matcher, row, &match, err));
        if (match.movie >= 0)
            REEL_TRY(add_film(out, places, row, &match, err));
        else
            REEL_TRY(add_miss(out, row, row->trouble != NULL ? row->trouble : match.reason, err));
    }
out:
    return rc;
}

static reel_code suggest_films(reel_imported *out, reel_session *session, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < out->miss_count && i < SUGGESTED_MOST; i++) {
        const char *title = out->misses[i].row->title;
        reel_search_hits hits;

        if (title[0] == '\0' || strlen(title) > 200)
            continue;
        REEL_TRY(reel__search(session, title, (reel_page){.limit = 1}, &hits, err));
        if (hits.count > 0 && hits.items[0].match >= NEAR)
            out->misses[i].nearest = hits.items[0].movie;
    }
out:
    return rc;
}

static int by_film(const void *a, const void *b)
{
    const reel_index left = ((const reel_import_film *)a)->movie;
    const reel_index right = ((const reel_import_film *)b)->movie;

    return (left > right) - (left < right);
}

/* source: becomes out's in any case. */
static reel_code match(reel_imported *out, reel_session *session, reel_import *source, bool suggest,
                       reel_err *err)
{
    const size_t rows = reel__import_count(source);
    reel_import_index matcher = {0};
    reel_map *places = NULL;
    reel_code rc;

    *out = (reel_imported){.source = source};
    out->films = reel__alloc_array(rows, sizeof *out->films);
    out->misses = reel__alloc_array(rows, sizeof *out->misses);
    if (out->films == NULL || out->misses == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory for the films of an import");
        goto out;
    }
    REEL_TRY(reel__intern_new(&out->texts, err));
    REEL_TRY(reel__map_new(&places, rows, err));
    REEL_TRY(reel__import_index_init(&matcher, session->engine, err));
    REEL_TRY(match_rows(out, &matcher, places, err));
    if (suggest)
        REEL_TRY(suggest_films(out, session, err));
    qsort(out->films, out->film_count, sizeof *out->films, by_film);
    for (size_t i = 0; i < out->film_count; i++)
        out->kinds[out->films[i].row->kind]++;
out:
    reel__import_index_fini(&matcher);
    reel__map_free(places);
    if (rc != REEL_OK)
        reel__imported_fini(out);
    return rc;
}

reel_code reel__import_match(reel_imported *out, reel_session *session, const char *path,
                             bool suggest, reel_err *err)
{
    reel_import *source;
    const reel_code rc = reel__import_read(&source, path, err);

    *out = (reel_imported){0};
    return rc == REEL_OK ? match(out, session, source, suggest, err) : rc;
}

reel_code reel__import_match_text(reel_imported *out, reel_session *session, const char *name,
                                  const char *text, size_t length, reel_err *err)
{
    reel_import *source;
    const reel_code rc = reel__import_parse(&source, name, text, length, err);

    *out = (reel_imported){0};
    return rc == REEL_OK ? match(out, session, source, true, err) : rc;
}

/* On the scale of an engine's data to 0.5 .. 5. */
static double off_scale(double value, reel_scale scale)
{
    return fmin(5, fmax(0.5, scale.max > 5 ? value * 5 / scale.max : value));
}

/* What is no rating and can be exported. */
static bool kind_of(reel_given_kind kind, reel_import_kind *out)
{
    *out = kind == REEL_GIVEN_LIKED     ? REEL_IMPORT_LIKED
           : kind == REEL_GIVEN_WATCHED ? REEL_IMPORT_WATCHED
                                        : REEL_IMPORT_WISHED;
    return kind == REEL_GIVEN_LIKED || kind == REEL_GIVEN_WATCHED || kind == REEL_GIVEN_WATCHLIST;
}

static void add_own(reel_imported *out, reel_index movie, int64_t id, reel_import_row row)
{
    reel_import_row *own = &out->own_rows[out->film_count];

    row.file = row.title = "";
    row.movie = id;
    *own = row;
    out->films[out->film_count++] = (reel_import_film){own, movie, 1};
    out->kinds[row.kind]++;
}

static void take_history(reel_imported *out, const reel_engine *engine, const reel_history *history)
{
    const int64_t *ids = reel_dataset_movie_ids(engine->dataset);

    for (size_t i = 0; i < history->count; i++) {
        const reel_entry *e = &history->entries[i];

        if (e->kind == REEL_ENTRY_RATING)
            add_own(out, e->movie, ids[e->movie],
                    (reel_import_row){.time = e->time,
                                      .rating = off_scale((double)e->value, engine->scale),
                                      .kind = REEL_IMPORT_RATED,
                                      .extra = (int)e->weight - 1});
    }
    for (size_t i = 0; i < history->since.count; i++) {
        const reel_given_row *row = &history->since.rows[i];
        const reel_index movie = reel_dataset_find_movie(engine->dataset, row->movie);
        reel_import_row own = {.time = row->time, .rating = (double)NAN, .extra = row->extra};

        if (movie < 0 || !kind_of(row->kind, &own.kind))
            continue;
        add_own(out, movie, row->movie, own);
    }
    qsort(out->films, out->film_count, sizeof *out->films, by_film);
}

reel_code reel__import_of_person(reel_imported *out, const reel_engine *engine, int64_t person,
                                 reel_err *err)
{
    reel_history history = {0};
    size_t most;
    reel_code rc = REEL_OK;

    *out = (reel_imported){0};
    REEL_TRY(reel__history_new(&history, engine, person, err));
    most = history.count + history.since.count;
    out->films = reel__alloc_array(most, sizeof *out->films);
    out->own_rows = reel__alloc_array(most, sizeof *out->own_rows);
    if (out->films == NULL || out->own_rows == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for %zu ratings", most));
    if (most > 0)
        take_history(out, engine, &history);
out:
    reel__history_fini(&history);
    if (rc != REEL_OK)
        reel__imported_fini(out);
    return rc;
}

void reel__imported_fini(reel_imported *imported)
{
    reel__free(imported->own_rows);
    reel__import_free(imported->source);
    reel__free(imported->films);
    reel__free(imported->misses);
    reel__intern_free(imported->texts);
    *imported = (reel_imported){0};
}

double reel__import_on_scale(double rating, reel_scale scale)
{
    const double value = scale.max > 5 ? rating * scale.max / 5 : rating;

    return fmin(scale.max, fmax(scale.min, value));
}
