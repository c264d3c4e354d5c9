/* import_json.c - exports that are JSON: Trakt's lists, Jellyfin's items, Plex's library or
 * history. Members that are missing or of another type count as unknown: these files come from
 * many versions of many programs.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "data/import_priv.h"

enum { DEPTH_MOST = 24 };

typedef struct list {
    reel_import *import;
    const char *file;
    int64_t position;
} list;

/* ---- members, whatever they are ------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* Ids are written as numbers or as texts. */
static int64_t id_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_integer(value))
        return json_integer_value(value) > 0 ? json_integer_value(value) : 0;
    return json_is_string(value)
               ? reel__import_imdb(json_string_value(value), json_string_length(value))
               : 0;
}

static int32_t year_of(const json_t *object, const char *key)
{
    const int64_t year = id_of(object, key);

    return year > 1800 && year < 3000 ? (int32_t)year : 0;
}

static int64_t time_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);

    if (json_is_integer(value))
        return json_integer_value(value) > 0 ? json_integer_value(value) : 0;
    return text == NULL ? 0 : reel__import_time(text, strlen(text));
}

/* A rating of 1 to 10; none leaves the row's kind as it is. */
static void rate(reel_import_row *row, double value)
{
    if (isnan(value) || value == 0)
        return;
    row->kind = REEL_IMPORT_RATED;
    row->rating = reel__import_rating(value, 10);
    if (isnan(row->rating))
        row->trouble = "the rating is not from 1 to 10";
}

static reel_code add(list *l, reel_import_row row, reel_err *err)
{
    if (row.title[0] == '\0' && row.imdb_id == 0 && row.tmdb_id == 0)
        row.trouble = "the entry names no film";
    return reel__import_add(l->import, row, err);
}

/* ---- Trakt --------------------------------------------------------------------------------- */

static bool is_trakt(const json_t *entry)
{
    return json_is_object(json_object_get(entry, "movie")) ||
           json_is_object(json_object_get(entry, "show")) ||
           json_is_object(json_object_get(entry, "episode"));
}

static reel_code take_trakt(list *l, const json_t *entry, reel_err *err)
{
    const json_t *movie = json_object_get(entry, "movie"), *ids = json_object_get(movie, "ids");
    reel_import_row row = reel__import_blank(l->file, l->position);

    if (!json_is_object(movie)) {
        l->import->not_films += is_trakt(entry);
        return REEL_OK;
    }
    row.title = text_of(movie, "title");
    row.year = year_of(movie, "year");
    row.imdb_id = id_of(ids, "imdb");
    row.tmdb_id = id_of(ids, "tmdb");
    if (json_object_get(entry, "rating") != NULL) {
        row.time = time_of(entry, "rated_at");
        rate(&row, number_of(entry, "rating"));
        if (row.kind != REEL_IMPORT_RATED)
            row.trouble = "the rating is not from 1 to 10";
    } else if (json_object_get(entry, "watched_at") != NULL ||
               json_object_get(entry, "last_watched_at") != NULL) {
        row.kind = REEL_IMPORT_WATCHED;
        row.time = time_of(entry, "watched_at");
        if (row.time == 0)
            row.time = time_of(entry, "last_watched_at");
    } else if (json_object_get(entry, "listed_at") != NULL &&
               strstr(l->file, "watchlist") != NULL) {
        row.kind = REEL_IMPORT_WISHED;
        row.time = time_of(entry, "listed_at");
    } else {
        return REEL_OK; /* a film somebody owns, or has on some list, says nothing of taste */
    }
    return add(l, row, err);
}

/* ---- Jellyfin ------------------------------------------------------------------------------ */

static reel_code take_jellyfin(list *l, const json_t *entry, reel_err *err)
{
    const json_t *ids = json_object_get(entry, "ProviderIds");
    const json_t *user = json_object_get(entry, "UserData");
    reel_import_row row = reel__import_blank(l->file, l->position);
    const bool liked = json_is_true(json_object_get(user, "IsFavorite")) ||
                       json_is_true(json_object_get(user, "Likes"));
    const bool played =
        json_is_true(json_object_get(user, "Played")) || number_of(user, "PlayCount") > 0;

    if (strcmp(text_of(entry, "Type"), "Movie") != 0) {
        l->import->not_films++;
        return REEL_OK;
    }
    row.title = text_of(entry, "Name");
    row.year = year_of(entry, "ProductionYear");
    row.imdb_id = id_of(ids, "Imdb");
    row.tmdb_id = id_of(ids, "Tmdb");
    row.time = time_of(user, "LastPlayedDate");
    row.kind = liked ? REEL_IMPORT_LIKED : REEL_IMPORT_WATCHED;
    rate(&row, number_of(user, "Rating"));
    if (!liked && !played && row.kind != REEL_IMPORT_RATED)
        return REEL_OK; /* in the library, not yet seen */
    return add(l, row, err);
}

/* ---- Plex ---------------------------------------------------------------------------------- */

/* "imdb://tt0133093", "tmdb://603", "com.plexapp.agents.imdb://tt0133093?lang=en" */
static void read_guid(reel_import_row *row, const char *guid)
{
    const char *imdb = strstr(guid, "imdb://"), *tmdb = strstr(guid, "tmdb://");

    if (imdb != NULL)
        row->imdb_id = reel__import_imdb(imdb + 7, strcspn(imdb + 7, "?/"));
    if (tmdb != NULL)
        row->tmdb_id = reel__import_imdb(tmdb + 7, strcspn(tmdb + 7, "?/"));
}

static reel_code take_plex(list *l, const json_t *entry, reel_err *err)
{
    const json_t *guids = json_object_get(entry, "Guid");
    reel_import_row row = reel__import_blank(l->file, l->position);

    if (strcmp(text_of(entry, "type"), "movie") != 0) {
        l->import->not_films++;
        return REEL_OK;
    }
    row.title = text_of(entry, "title");
    row.year = year_of(entry, "year");
    read_guid(&row, text_of(entry, "guid"));
    for (size_t i = 0; i < json_array_size(guids); i++)
        read_guid(&row, text_of(json_array_get(guids, i), "id"));
    row.time = time_of(entry, "viewedAt");
    if (row.time == 0)
        row.time = time_of(entry, "lastViewedAt");
    row.kind = REEL_IMPORT_WATCHED;
    rate(&row, number_of(entry, "userRating"));
    if (row.kind != REEL_IMPORT_RATED && row.time == 0 && !(number_of(entry, "viewCount") > 0))
        return REEL_OK; /* in the library, not yet seen */
    return add(l, row, err);
}

/* ---- which of them ------------------------------------------------------------------------- */

typedef reel_code taker(list *l, const json_t *entry, reel_err *err);

typedef struct kind {
    reel_import_format format;
    const json_t *entries;
    taker *take;
} kind;

static kind tell(const json_t *root)
{
    const json_t *items = json_object_get(root, "Items");
    const json_t *plex = json_object_get(json_object_get(root, "MediaContainer"), "Metadata");

    if (json_is_array(items))
        return (kind){REEL_IMPORT_JELLYFIN, items, take_jellyfin};
    if (json_is_array(plex))
        return (kind){REEL_IMPORT_PLEX, plex, take_plex};
    for (size_t i = 0; i < json_array_size(root); i++) {
        const json_t *entry = json_array_get(root, i);

        if (is_trakt(entry))
            return (kind){REEL_IMPORT_TRAKT, root, take_trakt};
        if (json_object_get(entry, "ProviderIds") != NULL)
            return (kind){REEL_IMPORT_JELLYFIN, root, take_jellyfin};
    }
    return (kind){REEL_IMPORT_NONE, NULL, NULL};
}

static reel_code parse(json_t **out, const char *file, const reel_buf *text, reel_err *err)
{
    reel_err inner = {REEL_OK, ""};
    const reel_code rc = reel__json_parse(out, text->data, text->length, DEPTH_MOST, &inner);

    if (rc == REEL_OK)
        return REEL_OK;
    return reel_fail(err, rc == REEL_E_NOMEM ? rc : REEL_E_FORMAT, "%.200s: %.250s", file,
                     inner.msg);
}

reel_code reel__import_json(reel_import *import, const char *file, bool inside,
                            const reel_buf *text, reel_err *err)
{
    list l = {.import = import, .file = file};
    json_t *root = NULL;
    kind found;
    reel_code rc;

    REEL_TRY(parse(&root, file, text, err));
    found = tell(root);
    if (found.take == NULL) {
        if (!inside)
            rc = reel_fail(err, REEL_E_FORMAT,
                           "%.300s: JSON, but neither of Trakt nor of Jellyfin or Plex "
                           "(docs/import.md shows them)",
                           file);
        goto out;
    }
    reel__import_is(import, found.format);
    for (size_t i = 0; i < json_array_size(found.entries); i++) {
        l.position = (int64_t)i + 1;
        REEL_TRY(found.take(&l, json_array_get(found.entries, i), err));
    }
out:
    json_decref(root);
    return rc;
}
