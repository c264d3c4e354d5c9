/* import.c - an export becomes a history: rows matched, then one of them for each film. */
#include "service/import.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "service/import_priv.h"
#include "service/search.h"

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

reel_code reel__import_match(reel_imported *out, reel_session *session, const char *path,
                             bool suggest, reel_err *err)
{
    reel_import_index matcher = {0};
    reel_map *places = NULL;
    size_t rows;
    reel_code rc;

    *out = (reel_imported){0};
    REEL_TRY(reel__import_read(&out->source, path, err));
    rows = reel__import_count(out->source);
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

/* On the scale of an engine's data to 0.5 .. 5. */
static double off_scale(double value, reel_scale scale)
{
    return fmin(5, fmax(0.5, scale.max > 5 ? value * 5 / scale.max : value));
}

reel_code reel__import_of_person(reel_imported *out, const reel_engine *engine, int64_t person,
                                 reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const int64_t *times = reel_dataset_times(dataset);
    reel_index row;
    size_t count;
    reel_code rc = REEL_OK;

    *out = (reel_imported){0};
    REEL_TRY(reel__engine_find_person(engine, person, &row, err));
    count = (size_t)(ratings.ptr[row + 1] - ratings.ptr[row]);
    out->films = reel__alloc_array(count, sizeof *out->films);
    out->own_rows = reel__alloc_array(count, sizeof *out->own_rows);
    if (out->films == NULL || out->own_rows == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for %zu ratings", count));
    for (size_t i = 0; i < count; i++) {
        const reel_nnz at = ratings.ptr[row] + (reel_nnz)i;
        const reel_index movie = ratings.col[at];

        out->own_rows[i] = (reel_import_row){
            .file = "",
            .title = "",
            .movie = reel_dataset_movie_ids(dataset)[movie],
            .time = times[at],
            .rating = off_scale((double)ratings.val[at], reel__engine_scale(engine)),
            .kind = REEL_IMPORT_RATED};
        out->films[i] = (reel_import_film){&out->own_rows[i], movie, 1};
    }
    out->film_count = out->kinds[REEL_IMPORT_RATED] = count;
out:
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
