/* sample_films.c - the embedded catalogue: its text, its films, their features. */
#include "service/files/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/map.h"

enum { JSON_DEPTH = 8, FEATURES_MOST = 40, CAST_MOST = 3, TEXT_MAX = 400 };

/* The assembler copies the file in: no generated source, and edits need no tool. */
__asm__(".section .rodata\n"
        ".balign 16\n"
        "reel__sample_begin:\n"
        ".incbin \"" REEL_SAMPLE_FILE "\"\n"
        "reel__sample_end:\n"
        ".previous\n");
extern const char reel__sample_begin[] __attribute__((visibility("hidden")));
extern const char reel__sample_end[] __attribute__((visibility("hidden")));

const char *reel__sample_text(size_t *length)
{
    *length = (size_t)(reel__sample_end - reel__sample_begin);
    return reel__sample_begin;
}

/* Features of one film, by number. */
typedef struct feature_set {
    int32_t id[FEATURES_MOST];
    int count;
} feature_set;

typedef struct film_reader {
    reel_sample_films *out;
    reel_intern *names;
    feature_set *sets; /* [count] */
} film_reader;

static reel_code add_feature(film_reader *reader, const char *kind, const char *name, reel_err *err)
{
    feature_set *set = &reader->sets[reader->out->count];
    char text[TEXT_MAX];
    int32_t id;
    reel_code rc;

    if (name == NULL || set->count == FEATURES_MOST)
        return REEL_OK;
    (void)snprintf(text, sizeof text, "%s:%s", kind, name);
    rc = reel__intern_add(reader->names, text, strlen(text), &id, err);
    if (rc == REEL_OK)
        set->id[set->count++] = id;
    return rc;
}

/* The names among the first `most` of a JSON array of {"name": ...}; of a crew, only directors. */
static reel_code add_names(film_reader *reader, const char *kind, const json_t *list, size_t most,
                           reel_err *err)
{
    const bool directors = strcmp(kind, "director") == 0;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < json_array_size(list) && i < most && rc == REEL_OK; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *job = json_string_value(json_object_get(entry, "job"));
        if (directors && (job == NULL || strcmp(job, "Director") != 0))
            continue;
        rc = add_feature(reader, kind, json_string_value(json_object_get(entry, "name")), err);
    }
    return rc;
}

static reel_code add_features(film_reader *reader, const json_t *object, int year, reel_err *err)
{
    const json_t *credits = json_object_get(object, "credits");
    const json_t *keywords = json_object_get(json_object_get(object, "keywords"), "keywords");
    char decade[16];
    reel_code rc;

    (void)snprintf(decade, sizeof decade, "%d", year / 10 * 10);
    REEL_TRY(add_names(reader, "genre", json_object_get(object, "genres"), 6, err));
    REEL_TRY(add_names(reader, "keyword", keywords, 12, err));
    REEL_TRY(add_names(reader, "director", json_object_get(credits, "crew"), 4, err));
    REEL_TRY(add_names(reader, "actor", json_object_get(credits, "cast"), CAST_MOST, err));
    REEL_TRY(add_feature(reader, "decade", decade, err));
out:
    return rc;
}

static char *join_genres(const json_t *genres)
{
    reel_buf text;

    reel__buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < json_array_size(genres); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(genres, i), "name"));
        reel__buf_text(&text, i > 0 ? "|" : "");
        reel__buf_text(&text, name == NULL ? "" : name);
    }
    return reel__buf_take(&text);
}

static reel_code read_film(film_reader *reader, const char *line, size_t length, reel_err *err)
{
    reel_sample_film *film = &reader->out->films[reader->out->count];
    const char *title = "", *date = "0", *imdb = "";
    json_t *object = NULL;
    char text[TEXT_MAX];
    reel_code rc;

    REEL_TRY(reel__json_parse(&object, line, length, JSON_DEPTH, err));
    REEL_TRY(reel__json_get_int(object, "movieId", &film->id, err));
    REEL_TRY(reel__json_get_int(object, "id", &film->tmdb_id, err));
    REEL_TRY(reel__json_get_text(object, "title", &title, err));
    REEL_TRY(reel__json_get_text(object, "release_date", &date, err));
    REEL_TRY(reel__json_get_text(object, "imdb_id", &imdb, err));
    film->year = (int)strtol(date, NULL, 10);
    film->imdb_id = strncmp(imdb, "tt", 2) == 0 ? strtoll(imdb + 2, NULL, 10) : 0;
    (void)snprintf(text, sizeof text, "%s (%d)", title, film->year);
    film->title = reel__strdup(text);
    film->genres = join_genres(json_object_get(object, "genres"));
    if (film->title == NULL || film->genres == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for the sample's films");
    else
        rc = add_features(reader, object, film->year, err);
    reader->out->count++;
out:
    json_decref(object);
    return rc;
}

static reel_code read_lines(film_reader *reader, const char *text, size_t length, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t start = 0; start < length && rc == REEL_OK;) {
        const char *end = memchr(text + start, '\n', length - start);
        const size_t size = end == NULL ? length - start : (size_t)(end - text) - start;
        if (size > 0)
            rc = read_film(reader, text + start, size, err);
        start += size + 1;
    }
    return rc;
}

static int compare_ids(const void *a, const void *b)
{
    const int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

    return (left > right) - (left < right);
}

/* Rare features tell more: weight ln(films / films with it), rows of length 1. */
static reel_code weigh(reel_sample_films *out, feature_set *sets, reel_err *err)
{
    int32_t *with = reel__alloc_zero((size_t)out->feature_count, sizeof *with);
    reel_nnz total = 0, at = 0;
    reel_code rc = with == NULL ? reel_fail(err, REEL_E_NOMEM, "no memory for features") : REEL_OK;

    for (reel_index i = 0; i < out->count && with != NULL; i++) {
        qsort(sets[i].id, (size_t)sets[i].count, sizeof *sets[i].id, compare_ids);
        total += sets[i].count;
        for (int k = 0; k < sets[i].count; k++)
            with[sets[i].id[k]] += k == 0 || sets[i].id[k] != sets[i].id[k - 1];
    }
    if (rc == REEL_OK)
        rc = reel__csr_init(&out->features, out->count, out->feature_count, total, err);
    for (reel_index i = 0; i < out->count && rc == REEL_OK; i++) {
        out->features.ptr[i] = at;
        for (int k = 0; k < sets[i].count; k++) {
            if (k > 0 && sets[i].id[k] == sets[i].id[k - 1])
                continue; /* named twice */
            out->features.col[at] = sets[i].id[k];
            out->features.val[at++] =
                (float)log(1 + (double)out->count / (double)with[sets[i].id[k]]);
        }
        out->features.ptr[i + 1] = at;
    }
    if (rc == REEL_OK)
        reel__csr_normalise_rows(reel__csr_view(&out->features), out->features.val);
    reel__free(with);
    return rc;
}

static reel_index count_lines(const char *text, size_t length)
{
    reel_index lines = 1;

    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    return lines;
}

reel_code reel__sample_films(reel_sample_films *out, reel_err *err)
{
    size_t length;
    const char *text = reel__sample_text(&length);
    const size_t lines = (size_t)count_lines(text, length);
    film_reader reader = {.out = out};
    reel_code rc;

    *out = (reel_sample_films){0};
    out->films = reel__alloc_zero(lines, sizeof *out->films);
    reader.sets = reel__alloc_zero(lines, sizeof *reader.sets);
    if (out->films == NULL || reader.sets == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for %zu films", lines);
    else
        rc = reel__intern_new(&reader.names, err);
    if (rc == REEL_OK)
        rc = read_lines(&reader, text, length, err);
    if (rc == REEL_OK) {
        out->feature_count = reel__intern_count(reader.names);
        rc = weigh(out, reader.sets, err);
    }
    reel__intern_free(reader.names);
    reel__free(reader.sets);
    if (rc != REEL_OK)
        reel__sample_films_fini(out);
    return rc;
}

void reel__sample_films_fini(reel_sample_films *films)
{
    for (reel_index i = 0; i < films->count; i++) {
        reel__free(films->films[i].title);
        reel__free(films->films[i].genres);
    }
    reel__free(films->films);
    reel__csr_fini(&films->features);
    *films = (reel_sample_films){0};
}
