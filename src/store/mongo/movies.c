/* movies.c - films as documents, with the members the prototype's collection had, and ours. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "store/mongo/mongo_priv.h"

enum { PUT_AT_ONCE = 500, TEXT_MAX = 1 << 16 };

/* ---- out ----------------------------------------------------------------------------------- */

/* "Action|Sci-Fi" as an array. */
static void put_list(bson_t *out, const char *name, const char *joined)
{
    bson_t list;
    uint32_t at = 0;

    BSON_APPEND_ARRAY_BEGIN(out, name, &list);
    for (const char *start = joined; *start != '\0';) {
        const size_t length = strcspn(start, "|");
        char room[16];
        const char *key;

        (void)bson_uint32_to_string(at++, &key, room, sizeof room);
        bson_append_utf8(&list, key, -1, start, (int)length);
        start += length + (start[length] == '|');
    }
    bson_append_array_end(out, &list);
}

static void put_text(bson_t *out, const char *name, const char *text)
{
    if (*text == '\0')
        BSON_APPEND_NULL(out, name);
    else
        BSON_APPEND_UTF8(out, name, text);
}

static void put_number(bson_t *out, const char *name, double value)
{
    if (isnan(value))
        BSON_APPEND_NULL(out, name);
    else
        BSON_APPEND_DOUBLE(out, name, value);
}

static void put_known(bson_t *out, const char *name, int64_t value)
{
    if (value == 0)
        BSON_APPEND_NULL(out, name);
    else
        BSON_APPEND_INT64(out, name, value);
}

static void put_members(bson_t *out, const reel_movie *movie)
{
    BSON_APPEND_INT64(out, "movieId", movie->id);
    BSON_APPEND_UTF8(out, "title", movie->title);
    put_list(out, "genres", movie->genres);
    put_known(out, "tmdb_id", movie->tmdb_id);
    put_text(out, "overview", movie->overview);
    put_text(out, "poster_path", movie->poster_path);
    put_text(out, "release_date", movie->release_date);
    put_number(out, "popularity", movie->popularity);
    put_number(out, "vote_average", movie->vote_average);
    BSON_APPEND_UTF8(out, "name", movie->name);
    put_known(out, "imdb_id", movie->imdb_id);
    put_known(out, "year", movie->year);
    put_known(out, "runtime", movie->runtime);
    put_known(out, "vote_count", movie->vote_count);
    put_list(out, "keywords", movie->keywords);
    put_list(out, "cast", movie->cast);
    put_list(out, "directors", movie->directors);
    put_list(out, "tags", movie->tags);
    put_text(out, "tagline", movie->tagline);
    put_text(out, "original_title", movie->original_title);
    put_text(out, "language", movie->language);
    put_text(out, "backdrop_path", movie->backdrop_path);
    put_text(out, "trailer_key", movie->trailer_key);
}

static bool add(mongoc_bulk_operation_t *bulk, const reel_movie *movie, bson_error_t *error)
{
    bson_t selector = BSON_INITIALIZER, change = BSON_INITIALIZER, members,
           options = BSON_INITIALIZER;
    bool done;

    BSON_APPEND_INT64(&selector, "movieId", movie->id);
    BSON_APPEND_BOOL(&options, "upsert", true);
    BSON_APPEND_DOCUMENT_BEGIN(&change, "$set", &members);
    put_members(&members, movie);
    bson_append_document_end(&change, &members);
    done =
        reel__mongoc.bulk_operation_update_one_with_opts(bulk, &selector, &change, &options, error);
    bson_destroy(&options);
    bson_destroy(&change);
    bson_destroy(&selector);
    return done;
}

static reel_code put_some(reel_mongo *mongo, const reel_mongo_place *place,
                          const reel_movie *movies, size_t count, reel_err *err)
{
    mongoc_bulk_operation_t *bulk;
    bson_t options = BSON_INITIALIZER, reply;
    bson_error_t error = {0};
    reel_code rc = REEL_OK;
    bool done = true;

    BSON_APPEND_BOOL(&options, "ordered", false);
    (void)reel__mongo_safely(&options);
    bulk = reel__mongoc.collection_create_bulk_operation_with_opts(place->collection, &options);
    for (size_t i = 0; i < count && done; i++)
        done = add(bulk, &movies[i], &error);
    if (done) {
        done = reel__mongoc.bulk_operation_execute(bulk, &reply, &error) != 0;
        bson_destroy(&reply);
    }
    if (!done)
        rc = reel__mongo_fail(mongo, "films could not be written", &error, err);
    reel__mongoc.bulk_operation_destroy(bulk);
    bson_destroy(&options);
    return rc;
}

/* By movieId films are found when they are put again. */
static reel_code index_movies(reel_mongo *mongo, const reel_mongo_place *place, reel_err *err)
{
    bson_t *command = BCON_NEW("createIndexes", REEL_MONGO_MOVIES, "indexes", "[", "{", "key", "{",
                               "movieId", BCON_INT32(1), "}", "name", "reel_movie", "}", "]");
    bson_error_t error = {0};
    reel_code rc = REEL_OK;

    if (!reel__mongoc.collection_write_command_with_opts(place->collection, command, NULL, NULL,
                                                         &error))
        rc = reel__mongo_fail(mongo, "an index could not be made", &error, err);
    bson_destroy(command);
    return rc;
}

reel_code reel__mongo_put_movies(reel_mongo *mongo, const reel_movie *movies, size_t count,
                                 reel_err *err)
{
    reel_mongo_place place;
    reel_code rc = REEL_OK;

    reel__mongo_enter(&place, mongo, REEL_MONGO_MOVIES_DB, REEL_MONGO_MOVIES);
    REEL_TRY(index_movies(mongo, &place, err));
    for (size_t i = 0; i < count; i += PUT_AT_ONCE)
        REEL_TRY(put_some(mongo, &place, movies + i,
                          count - i < PUT_AT_ONCE ? count - i : PUT_AT_ONCE, err));
out:
    reel__mongo_leave(&place, mongo);
    return rc;
}

/* ---- back ---------------------------------------------------------------------------------- */

/* Where the texts of one film are, until the next. */
enum { TEXTS = 16 };
typedef struct texts {
    reel_buf room[TEXTS];
    int used;
} texts;

static const char *keep(texts *all, const char *text, size_t length)
{
    reel_buf *room = &all->room[all->used++];

    reel__buf_clear(room);
    reel__buf_append(room, text, length);
    return room->data == NULL ? "" : room->data;
}

/* A member as text: "" where it is missing or null; an array is joined by bars. */
static const char *take_text(texts *all, const bson_t *document, const char *name)
{
    reel_buf *room = &all->room[all->used];
    bson_iter_t found, element;
    uint32_t length = 0;
    const char *text;

    if (!bson_iter_init_find(&found, document, name))
        return "";
    if (BSON_ITER_HOLDS_UTF8(&found)) {
        text = bson_iter_utf8(&found, &length);
        return keep(all, text, length);
    }
    if (!BSON_ITER_HOLDS_ARRAY(&found) || !bson_iter_recurse(&found, &element))
        return "";
    all->used++;
    reel__buf_clear(room);
    while (bson_iter_next(&element))
        if (BSON_ITER_HOLDS_UTF8(&element)) {
            if (room->length > 0)
                reel__buf_text(room, "|");
            text = bson_iter_utf8(&element, &length);
            reel__buf_append(room, text, length);
        }
    return room->data == NULL ? "" : room->data;
}

/* A number of whatever kind, or one in a text; fallback where there is none. */
static double take_number(const bson_t *document, const char *name, double fallback)
{
    bson_iter_t found;
    char *end;
    double value;

    if (!bson_iter_init_find(&found, document, name))
        return fallback;
    if (BSON_ITER_HOLDS_NUMBER(&found)) {
        value = bson_iter_as_double(&found);
        return isfinite(value) ? value : fallback;
    }
    if (!BSON_ITER_HOLDS_UTF8(&found))
        return fallback;
    value = strtod(bson_iter_utf8(&found, NULL), &end);
    return *end == '\0' && end != bson_iter_utf8(&found, NULL) && isfinite(value) ? value
                                                                                  : fallback;
}

/* A whole number in [0, most], else 0. */
static int64_t take_count(const bson_t *document, const char *name, double most)
{
    const double value = take_number(document, name, 0);

    return value >= 0 && value <= most ? (int64_t)value : 0;
}

static bool take_movie(reel_movie *out, texts *all, const bson_t *document)
{
    const double id = take_number(document, "movieId", -1);

    all->used = 0;
    if (id < 0 || id > 9e15 || id != floor(id))
        return false;
    *out = (reel_movie){
        .id = (int64_t)id,
        .imdb_id = take_count(document, "imdb_id", 9e9),
        .tmdb_id = take_count(document, "tmdb_id", 9e15),
        .title = take_text(all, document, "title"),
        .name = take_text(all, document, "name"),
        .genres = take_text(all, document, "genres"),
        .overview = take_text(all, document, "overview"),
        .tagline = take_text(all, document, "tagline"),
        .keywords = take_text(all, document, "keywords"),
        .cast = take_text(all, document, "cast"),
        .directors = take_text(all, document, "directors"),
        .tags = take_text(all, document, "tags"),
        .original_title = take_text(all, document, "original_title"),
        .language = take_text(all, document, "language"),
        .release_date = take_text(all, document, "release_date"),
        .poster_path = take_text(all, document, "poster_path"),
        .backdrop_path = take_text(all, document, "backdrop_path"),
        .trailer_key = take_text(all, document, "trailer_key"),
        .year = (int32_t)take_count(document, "year", 9999),
        .runtime = (int32_t)take_count(document, "runtime", 100000),
        .vote_count = (int32_t)take_count(document, "vote_count", INT32_MAX),
        .vote_average = (float)take_number(document, "vote_average", NAN),
        .popularity = (float)take_number(document, "popularity", NAN),
    };
    if (out->name[0] == '\0') /* a document of the prototype's */
        out->name = out->title;
    return true;
}

/* What did not fit must not look like a film without it. */
static reel_code check_texts(const texts *all, int64_t film, const reel_mongo *mongo, reel_err *err)
{
    for (int i = 0; i < all->used; i++)
        if (all->room[i].failed)
            return all->room[i].too_large
                       ? reel_fail(err, REEL_E_TOOLARGE,
                                   "%s: film %lld has a text of more than %d bytes; shorten it",
                                   mongo->name, (long long)film, (int)TEXT_MAX)
                       : reel_fail(err, REEL_E_NOMEM, "out of memory for the texts of a film");
    return REEL_OK;
}

reel_code reel__mongo_scan_movies(reel_mongo *mongo, reel_mongo_movie_fn *row, void *user,
                                  int64_t *skipped, reel_err *err)
{
    bson_t all = BSON_INITIALIZER, *options = BCON_NEW("sort", "{", "movieId", BCON_INT32(1), "}");
    texts room = {.used = 0};
    const bson_t *document;
    mongoc_cursor_t *cursor;
    reel_mongo_place place;
    bson_error_t error = {0};
    reel_movie movie;
    reel_code rc = REEL_OK;

    *skipped = 0;
    for (int i = 0; i < TEXTS; i++)
        reel__buf_init(&room.room[i], TEXT_MAX);
    reel__mongo_enter(&place, mongo, REEL_MONGO_MOVIES_DB, REEL_MONGO_MOVIES);
    cursor = reel__mongoc.collection_find_with_opts(place.collection, &all, options, NULL);
    while (reel__mongoc.cursor_next(cursor, &document)) {
        const bool film = take_movie(&movie, &room, document);

        *skipped += !film;
        if (film)
            rc = check_texts(&room, movie.id, mongo, err);
        if (rc != REEL_OK || (film && !row(user, &movie)))
            break;
    }
    if (rc == REEL_OK && reel__mongoc.cursor_error(cursor, &error))
        rc = reel__mongo_fail(mongo, "films could not be read", &error, err);
    reel__mongoc.cursor_destroy(cursor);
    reel__mongo_leave(&place, mongo);
    bson_destroy(options);
    for (int i = 0; i < TEXTS; i++)
        reel__buf_fini(&room.room[i]);
    return rc;
}
