/* given.c - reads a person's own list of rated films. */
#include "service/feedback/given.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/utf8.h"
#include "service/files/import.h"
#include "service/engine/search.h"

enum { MISSES_TOLD = 20 };

enum { FIELDS = 4, FIELD_MAX = 512, LINE_MAX_BYTES = 4096 };

typedef struct fields {
    char text[FIELDS][FIELD_MAX];
    int count;
} fields;

static char separator_of(const char *line, size_t length)
{
    if (memchr(line, '\t', length) != NULL)
        return '\t';
    return memchr(line, ';', length) != NULL ? ';' : ',';
}

/* Quotes may enclose a field; a doubled quote inside stands for one. */
static void split(fields *out, const char *line, size_t length)
{
    const char separator = separator_of(line, length);
    size_t used = 0;
    bool quoted = false;

    memset(out, 0, sizeof *out);
    out->count = 1;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '"') {
            if (!quoted || i + 1 >= length || line[i + 1] != '"') {
                quoted = !quoted;
                continue;
            }
            i++;
        } else if (line[i] == separator && !quoted && out->count < FIELDS) {
            out->count++;
            used = 0;
            continue;
        }
        if (used + 1 < FIELD_MAX)
            out->text[out->count - 1][used++] = line[i];
    }
}

/* Spreadsheets of half of Europe write 4,5: a lone comma inside a field is taken for a point. */
static bool read_number(char *text, double *out)
{
    char *comma = strchr(text, ','), *end;

    if (comma != NULL && strchr(comma + 1, ',') == NULL && strchr(text, '.') == NULL)
        *comma = '.';
    while (*text == ' ')
        text++;
    errno = 0;
    *out = strtod(text, &end);
    while (*end == ' ')
        end++;
    return end != text && *end == '\0' && errno == 0 && isfinite(*out);
}

/* Later rows replace earlier ones. */
static reel_code keep(reel_given_list *list, int64_t movie, double rating, reel_err *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].movie == movie) {
            list->items[i].rating = rating;
            return REEL_OK;
        }
    if (list->count == REEL_HISTORY_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "more than %d films", REEL_HISTORY_MAX);
    list->items[list->count++] = (reel_given){.movie = movie, .rating = rating, .weight = 1};
    return REEL_OK;
}

typedef struct reading {
    reel_given_list *list;
    reel_session *session;
    const reel_dataset *dataset;
    reel_scale scale;
    const reel_notice *notice;
    const char *path;
    long line;
} reading;

static void tell(const reading *at, const char *reason)
{
    char text[600];

    at->list->left_out++;
    if (at->notice == NULL || at->notice->line == NULL)
        return;
    (void)snprintf(text, sizeof text, "%s:%ld: %.400s; left out", at->path, at->line, reason);
    at->notice->line(at->notice->user, text);
}

static reel_code take_row(const reading *at, fields *row, reel_err *err)
{
    const bool movielens = row->count >= 3;
    const char *film = row->text[movielens ? 1 : 0];
    reel_err inner = {REEL_OK, ""};
    char reason[80];
    reel_index movie;
    double rating;

    if (row->count < 2 || !read_number(row->text[movielens ? 2 : 1], &rating)) {
        if (at->line > 1) /* the first line may be a header */
            tell(at, "no rating in the row");
        return REEL_OK;
    }
    if (rating < at->scale.min || rating > at->scale.max) {
        (void)snprintf(reason, sizeof reason, "the rating %g is not from %g to %g", rating,
                       at->scale.min, at->scale.max);
        tell(at, reason);
        return REEL_OK;
    }
    if (reel__search_one(at->session, film, &movie, &inner) != REEL_OK) {
        tell(at, inner.msg);
        return REEL_OK;
    }
    return keep(at->list, reel_dataset_movie_ids(at->dataset)[movie], rating, err);
}

static reel_code read_lines(reading *at, const char *text, size_t length, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t start = 0; start < length && rc == REEL_OK;) {
        const char *line = text + start;
        const char *end = memchr(line, '\n', length - start);
        size_t size = end == NULL ? length - start : (size_t)(end - line);
        fields row;

        start += size + 1;
        at->line++;
        if (size > 0 && line[size - 1] == '\r')
            size--;
        if (size == 0)
            continue;
        if (size > LINE_MAX_BYTES || !reel__utf8_valid(line, size)) {
            tell(at, "the row is no UTF-8 text of at most 4096 bytes");
            continue;
        }
        split(&row, line, size);
        rc = take_row(at, &row, err);
    }
    return rc;
}

/* ---- exports ------------------------------------------------------------------------------- */

/* A title may hold line ends; a notice is one line. */
static void tell_miss(reading *at, const reel_import_miss *miss)
{
    const size_t length = strlen(miss->row->title);
    reel_buf line;
    char text[400];

    reel__buf_init(&line, 1 << 12);
    reel__utf8_from_any(&line, miss->row->title, reel__utf8_cut(miss->row->title, length, 120));
    (void)snprintf(text, sizeof text, "%s: %.200s", line.length > 0 ? line.data : "-",
                   miss->reason);
    at->path = miss->row->file;
    at->line = (long)miss->row->line;
    tell(at, text);
    reel__buf_fini(&line);
}

static void tell_misses(reading *at, const reel_imported *imported)
{
    char text[100];

    for (size_t i = 0; i < imported->miss_count && i < MISSES_TOLD; i++)
        tell_miss(at, &imported->misses[i]);
    if (imported->miss_count > MISSES_TOLD) {
        (void)snprintf(text, sizeof text, "%zu more rows (`reel import` lists them)",
                       imported->miss_count - MISSES_TOLD);
        tell(at, text);
        at->list->left_out += imported->miss_count - MISSES_TOLD - 1;
    }
}

/* Of more films than a history takes, the rated ones first; a watchlist is no history. */
static reel_code read_export(reading *at, const char *path, reel_err *err)
{
    reel_imported imported = {0};
    reel_given_list *list = at->list;
    reel_code rc;

    REEL_TRY(reel__import_match(&imported, at->session, path, false, err));
    for (int kind = REEL_IMPORT_RATED; kind > REEL_IMPORT_WISHED; kind--)
        for (size_t i = 0; i < imported.film_count && list->count < REEL_HISTORY_MAX; i++) {
            const reel_import_film *film = &imported.films[i];

            if ((int)film->row->kind != kind)
                continue;
            list->items[list->count++] = (reel_given){
                .movie = reel_dataset_movie_ids(at->dataset)[film->movie],
                .rating = kind == REEL_IMPORT_RATED
                              ? reel__import_on_scale(film->row->rating, at->scale)
                              : 0,
                .weight = 1 + film->row->extra,
                .click = kind != REEL_IMPORT_RATED,
            };
        }
    tell_misses(at, &imported);
    if (list->count == 0)
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%.300s: no film of this %s export that was seen is in the catalogue", path,
                       reel__import_format_name(reel__import_format(imported.source)));
out:
    reel__imported_fini(&imported);
    return rc;
}

static bool is_export(const char *path)
{
    const reel_import_format format = reel__import_sniff(path);

    return format != REEL_IMPORT_NONE && format != REEL_IMPORT_RATINGS;
}

reel_code reel__given_read(reel_given_list *out, const reel_engine *engine, reel_session *session,
                           const char *path, const reel_notice *notice, reel_err *err)
{
    reading at = {.list = out,
                  .session = session,
                  .dataset = reel__engine_dataset(engine),
                  .scale = reel__engine_scale(engine),
                  .notice = notice,
                  .path = path};
    reel_file_map map = {0};
    reel_code rc;

    *out = (reel_given_list){0};
    out->items = reel__alloc_array(REEL_HISTORY_MAX, sizeof *out->items);
    if (out->items == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a list of ratings");
    if (is_export(path)) {
        rc = read_export(&at, path, err);
        goto out;
    }
    REEL_TRY(reel__file_map_open(&map, path, err));
    REEL_TRY(read_lines(&at, (const char *)map.data, map.size_bytes, err));
    if (out->count == 0)
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%s: no row could be used; expected rows such as \"Toy Story (1995),4.5\"",
                       path);
out:
    reel__file_map_close(&map);
    if (rc != REEL_OK)
        reel__given_fini(out);
    return rc;
}

void reel__given_fini(reel_given_list *list)
{
    reel__free(list->items);
    *list = (reel_given_list){0};
}
