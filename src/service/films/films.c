/* films.c - see films.h. */
#include "service/films/films.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "data/readers.h"
#include "service/engine/catalogue.h"
#include "service/engine/state.h"

enum { DEPTH_MOST = 8, LISTS = 5, TEXTS = 6, TITLE_MOST = 1000, TEXT_MOST = 20000 };

/* A film being read; what is not its body's is its own. */
typedef struct reading {
    reel_movie film;
    json_t *body;
    reel_buf title;
    reel_buf lists[LISTS];
} reading;

static void fini(reading *r)
{
    json_decref(r->body);
    reel__buf_fini(&r->title);
    for (int i = 0; i < LISTS; i++)
        reel__buf_fini(&r->lists[i]);
}

static void init(reading *r)
{
    *r = (reading){.film = reel__movie_blank};
    reel__buf_init(&r->title, TEXT_MOST);
    for (int i = 0; i < LISTS; i++)
        reel__buf_init(&r->lists[i], TEXT_MOST);
}

/* ---- members ------------------------------------------------------------------------------- */

/* What a film is given; and what else GET /movies/{id} has of it, so that its answer can be sent
 * back with a change. */
static const char *const members[] = {"movie",
                                      "title",
                                      "year",
                                      "genres",
                                      "overview",
                                      "tagline",
                                      "original_title",
                                      "language",
                                      "release_date",
                                      "runtime",
                                      "directors",
                                      "cast",
                                      "keywords",
                                      "tags",
                                      "vote_average",
                                      "vote_count",
                                      "popularity",
                                      "imdb_id",
                                      "tmdb_id",
                                      "poster",
                                      "generated_poster",
                                      "rating",
                                      "source_title",
                                      "decade",
                                      "trailer",
                                      "backdrop",
                                      "predicted_rating",
                                      "predicted_rating_interval",
                                      NULL};

/* Whether a terminal, or a line of a file, takes it for more than text. Some texts are of several
 * lines. */
static bool has_control(const char *text, bool lines)
{
    size_t left = strlen(text), bytes;

    for (; left > 0; text += bytes, left -= bytes)
        if (reel__utf8_is_control(reel__utf8_next(text, left, &bytes)) &&
            (!lines || strchr("\t\r\n", *text) == NULL))
            return true;
    return false;
}

static reel_code read_texts(reading *r, reel_err *err)
{
    reel_movie *f = &r->film;
    const struct {
        const char *key, **out;
    } texts[TEXTS] = {{"title", &f->name},        {"original_title", &f->original_title},
                      {"overview", &f->overview}, {"tagline", &f->tagline},
                      {"language", &f->language}, {"release_date", &f->release_date}};
    reel_code rc = REEL_OK;

    for (int i = 0; i < TEXTS; i++) {
        if (json_is_null(json_object_get(r->body, texts[i].key)))
            *texts[i].out = "";
        REEL_TRY(reel__json_get_text(r->body, texts[i].key, texts[i].out, err));
        if (strlen(*texts[i].out) > (i < 2 ? TITLE_MOST : TEXT_MOST))
            return reel_fail(err, REEL_E_INVALID, "%s: too long", texts[i].key);
        if (json_object_get(r->body, texts[i].key) != NULL &&
            has_control(*texts[i].out, texts[i].out == &f->overview))
            return reel_fail(err, REEL_E_INVALID, "%s: expected a text without control characters",
                             texts[i].key);
    }
    if (f->name[0] == '\0')
        rc = reel_fail(err, REEL_E_INVALID, "title: missing");
out:
    return rc;
}

/* ["a","b"] as "a|b". */
static reel_code read_list(const json_t *body, const char *key, reel_buf *buf, const char **out,
                           reel_err *err)
{
    const json_t *list = json_object_get(body, key);
    reel_code rc = REEL_OK;

    if (list == NULL)
        return REEL_OK;
    *out = "";
    if (json_is_null(list))
        return REEL_OK;
    if (!json_is_array(list))
        return reel_fail(err, REEL_E_INVALID, "%s: expected a list of texts", key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text == NULL || text[0] == '\0' || strchr(text, '|') != NULL ||
            has_control(text, false))
            return reel_fail(err, REEL_E_INVALID,
                             "%s[%zu]: expected a text without | and control characters", key, i);
        if (i > 0)
            reel__buf_char(buf, '|');
        reel__buf_text(buf, text);
    }
    REEL_TRY(reel__buf_check(buf, err));
    if (buf->length > 0)
        *out = buf->data;
out:
    return rc;
}

static reel_code read_lists(reading *r, reel_err *err)
{
    reel_movie *f = &r->film;
    const struct {
        const char *key, **out;
    } lists[LISTS] = {{"genres", &f->genres},
                      {"keywords", &f->keywords},
                      {"cast", &f->cast},
                      {"directors", &f->directors},
                      {"tags", &f->tags}};
    reel_code rc = REEL_OK;

    for (int i = 0; i < LISTS; i++)
        REEL_TRY(read_list(r->body, lists[i].key, &r->lists[i], lists[i].out, err));
out:
    return rc;
}

static reel_code read_count(const json_t *body, const char *key, int64_t most, int64_t *out,
                            reel_err *err)
{
    reel_code rc;

    if (json_is_null(json_object_get(body, key)))
        *out = 0;
    rc = reel__json_get_int(body, key, out, err);
    if (rc == REEL_OK && (*out < 0 || *out > most))
        rc = reel_fail(err, REEL_E_INVALID, "%s: expected 0 to %lld", key, (long long)most);
    return rc;
}

static reel_code read_real(const json_t *body, const char *key, double most, float *out,
                           reel_err *err)
{
    double value = json_object_get(body, key) == NULL ? (double)*out : (double)NAN;
    const reel_code rc = reel__json_get_real(body, key, &value, err);

    if (rc == REEL_OK && (value < 0 || value > most))
        return reel_fail(err, REEL_E_INVALID, "%s: expected 0 to %g", key, most);
    *out = (float)value;
    return rc;
}

/* "tt0114709" */
static reel_code read_imdb(const json_t *body, int64_t *out, reel_err *err)
{
    const json_t *member = json_object_get(body, "imdb_id");
    const char *text = json_string_value(member);

    if (member == NULL)
        return REEL_OK;
    *out = 0;
    if (json_is_null(member))
        return REEL_OK;
    if (text == NULL || strncmp(text, "tt", 2) != 0 || strlen(text) > 12 || text[2] == '\0' ||
        strspn(text + 2, "0123456789") != strlen(text + 2))
        return reel_fail(err, REEL_E_INVALID, "imdb_id: expected a text like \"tt0114709\"");
    *out = strtoll(text + 2, NULL, 10);
    return REEL_OK;
}

static reel_code read_numbers(reading *r, reel_err *err)
{
    reel_movie *f = &r->film;
    int64_t year = f->year, runtime = f->runtime, votes = f->vote_count;
    reel_code rc;

    REEL_TRY(read_count(r->body, "year", 9999, &year, err));
    REEL_TRY(read_count(r->body, "runtime", 100000, &runtime, err));
    REEL_TRY(read_count(r->body, "vote_count", INT32_MAX, &votes, err));
    REEL_TRY(read_count(r->body, "tmdb_id", INT64_MAX, &f->tmdb_id, err));
    REEL_TRY(read_real(r->body, "vote_average", 10, &f->vote_average, err));
    REEL_TRY(read_real(r->body, "popularity", 1e9, &f->popularity, err));
    REEL_TRY(read_imdb(r->body, &f->imdb_id, err));
    f->year = (int32_t)year;
    f->runtime = (int32_t)runtime;
    f->vote_count = (int32_t)votes;
out:
    return rc;
}

/* r->film is what stays where the body says nothing. */
static reel_code read_film(reading *r, reel_err *err)
{
    reel_code rc;

    if (!json_is_object(r->body))
        return reel_fail(err, REEL_E_INVALID, "expected an object such as {\"title\":\"Heat\"}");
    REEL_TRY(reel__json_only(r->body, members, err));
    REEL_TRY(read_texts(r, err));
    REEL_TRY(read_lists(r, err));
    REEL_TRY(read_numbers(r, err));
    reel__buf_text(&r->title, r->film.name);
    if (r->film.year > 0)
        reel__buf_format(&r->title, " (%d)", r->film.year);
    REEL_TRY(reel__buf_check(&r->title, err));
    r->film.title = r->title.data;
out:
    return rc;
}

/* ---- one ----------------------------------------------------------------------------------- */

/* Films may change between a look at them and the load that changes them; not within it. */
static reel_code begin(reel_store_load **load, reel_store_label *label, const reel_engine *engine,
                       bool unchanged, reel_err *err)
{
    reel_code rc;

    if (engine->opts.read_only)
        return reel_fail(err, REEL_E_STORE, "the store is open for reading only: nothing is kept");
    REEL_TRY(reel__store_load_begin(load, engine->store, false, err));
    rc = reel__store_label(engine->store, label, err);
    if (rc == REEL_OK && unchanged && label->generation != reel_dataset_generation(engine->dataset))
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "an earlier change of the films is not in service yet; try again");
    if (rc != REEL_OK) {
        reel__store_load_abort(*load);
        *load = NULL;
    }
out:
    return rc;
}

/* Models that were fitted before go on, as nothing but films changed. */
static reel_code commit(reel_store_load *load, const reel_engine *engine,
                        const reel_store_label *before, reel_err *err)
{
    const reel_code rc = reel__store_load_commit(load, before->source, before->simulated, err);

    if (rc == REEL_OK)
        reel__catalogue_changed(engine->store, before->generation);
    return rc;
}

static reel_code put(const reel_engine *engine, const reel_movie *films, size_t count,
                     bool unchanged, reel_err *err)
{
    reel_store_load *load = NULL;
    reel_store_label label;
    reel_code rc;

    REEL_TRY(begin(&load, &label, engine, unchanged, err));
    rc = reel__store_put_movies(load, films, count, err);
    if (rc == REEL_OK)
        rc = commit(load, engine, &label, err);
    else
        reel__store_load_abort(load);
out:
    return rc;
}

reel_code reel__films_current(const reel_engine *engine, reel_err *err)
{
    reel_store_label label;
    reel_code rc;

    REEL_TRY(reel__store_label(engine->store, &label, err));
    if (label.generation != reel_dataset_generation(engine->dataset))
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "an earlier change of the films is not in service yet; try again, or PUT "
                       "the whole film");
out:
    return rc;
}

/* What the engine knows of a film, where nobody changed any since. */
static reel_code known_film(reel_movie *out, const reel_engine *engine, int64_t id, reel_err *err)
{
    reel_index movie;
    reel_code rc;

    REEL_TRY(reel__films_current(engine, err));
    REEL_TRY(reel__engine_find_movie(engine, id, &movie, err));
    *out = reel_dataset_movie(engine->dataset, movie);
out:
    return rc;
}

reel_code reel__film_put(const reel_engine *engine, const reel_film_change *change, bool *created,
                         reel_err *err)
{
    int64_t said = change->id;
    reading r;
    reel_code rc = REEL_OK;

    init(&r);
    *created = reel_dataset_find_movie(engine->dataset, change->id) < 0;
    if (change->patch)
        REEL_TRY(known_film(&r.film, engine, change->id, err));
    r.film.id = change->id;
    REEL_TRY(reel__json_parse(&r.body, change->body, change->length, DEPTH_MOST, err));
    REEL_TRY(reel__json_get_id(r.body, "movie", &said, err));
    if (said != change->id)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "movie: %lld, but the path is of film %lld",
                           (long long)said, (long long)change->id));
    REEL_TRY(read_film(&r, err));
    rc = put(engine, &r.film, 1, change->unchanged || change->patch, err);
out:
    fini(&r);
    return rc;
}

reel_code reel__film_delete(const reel_engine *engine, const reel_film_change *change,
                            reel_err *err)
{
    reel_store_load *load = NULL;
    reel_store_label label;
    reel_index movie;
    reel_code rc;

    if (reel_dataset_find_movie(engine->dataset, change->id) < 0)
        REEL_TRY(reel__films_current(engine, err)); /* it may be one that was put just now */
    REEL_TRY(reel__engine_find_movie(engine, change->id, &movie, err));
    REEL_TRY(begin(&load, &label, engine, change->unchanged, err));
    rc = reel__store_delete_movie(load, change->id, err);
    if (rc == REEL_OK)
        rc = commit(load, engine, &label, err);
    else
        reel__store_load_abort(load);
out:
    return rc;
}

/* ---- many ---------------------------------------------------------------------------------- */

typedef struct batch {
    reading *films; /* [count] */
    size_t count, right;
    reel_movie *put; /* [right] */
} batch;

static size_t count_lines(const char *body, size_t length)
{
    size_t lines = 0;

    for (size_t i = 0; i < length; i++)
        lines += body[i] == '\n' || i + 1 == length;
    return lines;
}

static void put_line(reel_json *json, const reel_engine *engine, size_t line, const reading *r,
                     const reel_err *why)
{
    const bool known = reel_dataset_find_movie(engine->dataset, r->film.id) >= 0;

    reel__json_object(json);
    reel__json_put_int(json, "line", (int64_t)line);
    reel__json_put_id(json, "movie", r->film.id);
    reel__json_put_text(json, "status",
                        why->code != REEL_OK ? "failed"
                        : known              ? "updated"
                                             : "created");
    reel__json_put_text(json, "detail", why->code != REEL_OK ? why->msg : NULL);
    reel__json_object_end(json);
}

static reel_code read_line(reading *r, const char *line, size_t length, reel_err *err)
{
    reel_code rc;

    r->film.id = -1;
    REEL_TRY(reel__json_parse(&r->body, line, length, DEPTH_MOST, err));
    REEL_TRY(reel__json_get_id(r->body, "movie", &r->film.id, err));
    if (r->film.id < 0)
        return reel_fail(err, REEL_E_INVALID, "movie: the film's id must be given");
    rc = read_film(r, err);
out:
    return rc;
}

/* Blank lines count, and say nothing. */
static reel_code read_lines(batch *b, reel_json *json, const reel_engine *engine, const char *body,
                            size_t length, reel_err *err)
{
    size_t number = 0;
    reel_code rc = REEL_OK;

    for (size_t at = 0; at < length; number++) {
        const char *end = memchr(body + at, '\n', length - at);
        const size_t size = (end == NULL ? length : (size_t)(end - body)) - at;
        reading *r = &b->films[b->count];
        reel_err why = {REEL_OK, ""};

        if (size > 0 && !(size == 1 && body[at] == '\r')) {
            init(r);
            b->count++;
            rc = read_line(r, body + at, size, &why);
            if (rc == REEL_E_NOMEM)
                return reel_fail(err, rc, "%s", why.msg);
            why.code = rc;
            if (rc == REEL_OK)
                b->put[b->right++] = r->film;
            put_line(json, engine, number + 1, r, &why);
        }
        at += size + 1;
    }
    return REEL_OK;
}

reel_code reel__films_put(reel_json *json, const reel_engine *engine, const char *body,
                          size_t length, reel_err *err)
{
    const size_t lines = count_lines(body, length);
    batch b = {0};
    reel_code rc = REEL_OK;

    if (lines == 0)
        return reel_fail(err, REEL_E_INVALID, "send a film a line: {\"movie\":1,\"title\":...}");
    if (lines > REEL_FILMS_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "%zu lines, at most %d are taken at once", lines,
                         (int)REEL_FILMS_MAX);
    b.films = reel__alloc_array(lines, sizeof *b.films);
    b.put = reel__alloc_array(lines, sizeof *b.put);
    if (b.films == NULL || b.put == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for %zu films", lines));
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    REEL_TRY(read_lines(&b, json, engine, body, length, err));
    reel__json_array_end(json);
    reel__json_put_int(json, "put", (int64_t)b.right);
    reel__json_object_end(json);
    if (b.right > 0)
        REEL_TRY(put(engine, b.put, b.right, false, err));
out:
    for (size_t i = 0; i < b.count; i++)
        fini(&b.films[i]);
    reel__free(b.films);
    reel__free(b.put);
    return rc;
}
