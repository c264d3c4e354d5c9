/* handle_prototype.c - the routes of the service that Reel replaces, so that a client written for
 * it works unchanged: its paths, keys, types, status codes and error bodies. Errors are not RFC
 * 9457 here, but what that service answers: {"detail": ...}.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/routes.h"
#include "service/lists/prototype.h"

__asm__(".section .rodata\n"
        "reel__prototype_openapi_begin:\n"
        ".incbin \"" REEL_PROTOTYPE_FILE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char reel__prototype_openapi_begin[] __attribute__((visibility("hidden")));

enum { CONTENT_USUAL = 5, COLLABORATIVE_USUAL = 10, NUMBER_MAX = 64 };

/* ---- parameters ---------------------------------------------------------------------------- */

/* One thing that is wrong with a request, as its validation says it. */
typedef struct wrong {
    const char *where, *name; /* "path" or "query", and of what */
    const char *type, *message;
    const char *limit; /* "ge" or "le", NULL = it is no number */
    int64_t bound;
} wrong;

static void answer_wrong(reel_context *context, const wrong *w, const char *input)
{
    reel_json *json = &context->json;

    context->exchange->status = 422;
    reel__json_object(json);
    reel__json_key(json, "detail");
    reel__json_array(json);
    reel__json_object(json);
    reel__json_put_text(json, "type", w->type);
    reel__json_key(json, "loc");
    reel__json_array(json);
    reel__json_text(json, w->where);
    reel__json_text(json, w->name);
    reel__json_array_end(json);
    reel__json_put_text(json, "msg", w->message);
    reel__json_put_text(json, "input", input);
    if (w->limit != NULL) {
        reel__json_key(json, "ctx");
        reel__json_object(json);
        reel__json_put_int(json, w->limit, w->bound);
        reel__json_object_end(json);
    }
    reel__json_object_end(json);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

static bool read_whole(const char *text, int64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static const char not_whole[] =
    "Input should be a valid integer, unable to parse string as an integer";

/* The {name} of the path. False: the answer says what is wrong. */
static bool take_id(reel_context *context, const char *name, int64_t *out)
{
    const reel_exchange *exchange = context->exchange;
    const wrong w = {"path", name, "int_parsing", not_whole, NULL, 0};
    char text[NUMBER_MAX];

    (void)snprintf(text, sizeof text, "%.*s", (int)exchange->token_length, exchange->token);
    if (exchange->token_length < sizeof text && read_whole(text, out))
        return true;
    answer_wrong(context, &w, text);
    return false;
}

static bool take_top_n(reel_context *context, int64_t *out)
{
    static const wrong parse = {"query", "top_n", "int_parsing", not_whole, NULL, 0};
    static const wrong least = {
        "query", "top_n", "greater_than_equal", "Input should be greater than or equal to 1",
        "ge",    1};
    static const wrong most = {"query",
                               "top_n",
                               "less_than_equal",
                               "Input should be less than or equal to 20",
                               "le",
                               REEL_PROTOTYPE_MOST};
    const char *text = reel__exchange_get(context->exchange, "top_n");
    const wrong *w = NULL;

    if (text == NULL)
        return true;
    if (!read_whole(text, out))
        w = &parse;
    else if (*out < 1)
        w = &least;
    else if (*out > REEL_PROTOTYPE_MOST)
        w = &most;
    if (w != NULL)
        answer_wrong(context, w, text);
    return w == NULL;
}

/* ---- answers ------------------------------------------------------------------------------- */

static void put_film(reel_json *json, const reel_dataset *dataset, const reel_prototype_film *film,
                     bool named)
{
    const reel_movie movie = reel_dataset_movie(dataset, film->movie);

    reel__json_object(json);
    reel__json_put_int(json, "movieId", movie.id);
    reel__json_put_text(json, "title", named ? movie.title : NULL);
    reel__json_put_text(json, "genres", named && film->alike ? movie.genres : NULL);
    reel__json_key(json, "similarity");
    if (film->alike)
        reel__json_real(json, film->similarity);
    else
        reel__json_null(json);
    reel__json_object_end(json);
}

static void put_list(reel_context *context, int64_t source, const char *method, int64_t top_n,
                     const reel_prototype_film *films, size_t count)
{
    const reel_dataset *dataset = reel__engine_dataset(context->app->engine);
    const bool named = strcmp(method, "content_based") == 0;
    reel_json *json = &context->json;

    reel__json_object(json);
    reel__json_put_int(json, "source_id", source);
    reel__json_put_text(json, "method", method);
    reel__json_put_int(json, "top_n", top_n);
    reel__json_key(json, "recommendations");
    reel__json_array(json);
    for (size_t i = 0; i < count; i++)
        put_film(json, dataset, &films[i], named);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

reel_code reel__handle_prototype_movies(reel_context *context, reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(context->app->engine);

    (void)err;
    reel__json_array(&context->json);
    for (reel_index i = 0; i < reel_dataset_movies(dataset); i++)
        put_film(&context->json, dataset, &(reel_prototype_film){.movie = i}, true);
    reel__json_array_end(&context->json);
    return REEL_OK;
}

reel_code reel__handle_prototype_users(reel_context *context, reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(context->app->engine);
    const int64_t *ids = reel_dataset_person_ids(dataset);

    (void)err;
    reel__json_array(&context->json);
    for (reel_index i = 0; i < reel_dataset_people(dataset) && ids[i] < REEL_ACCOUNT_PERSON; i++)
        reel__json_int(&context->json, ids[i]);
    reel__json_array_end(&context->json);
    return REEL_OK;
}

reel_code reel__handle_prototype_content(reel_context *context, reel_err *err)
{
    const reel_dataset *dataset = reel__engine_dataset(context->app->engine);
    reel_prototype_film films[REEL_PROTOTYPE_MOST];
    int64_t id, top_n = CONTENT_USUAL;
    reel_index movie;
    size_t count;
    reel_code rc;

    if (!take_id(context, "movie_id", &id) || !take_top_n(context, &top_n))
        return REEL_OK;
    movie = reel_dataset_find_movie(dataset, id);
    if (movie < 0) {
        char detail[80];

        (void)snprintf(detail, sizeof detail, "Movie ID %" PRId64 " not found in dataset", id);
        context->exchange->status = 404;
        reel__json_object(&context->json);
        reel__json_put_text(&context->json, "detail", detail);
        reel__json_object_end(&context->json);
        return REEL_OK;
    }
    REEL_TRY(reel__prototype_content(context->session, movie, (size_t)top_n, films, &count, err));
    put_list(context, id, "content_based", top_n, films, count);
out:
    return rc;
}

reel_code reel__handle_prototype_collaborative(reel_context *context, reel_err *err)
{
    const int64_t begin = reel__clock_steady_us();
    const reel_list *list;
    reel_prototype_film films[REEL_PROTOTYPE_MOST];
    int64_t id, person, top_n = COLLABORATIVE_USUAL;
    size_t count;
    reel_code rc;

    if (!take_id(context, "user_id", &id) || !take_top_n(context, &top_n))
        return REEL_OK;
    /* Who may not see an account is answered as if there were none. */
    person = reel__caller_may_see(&context->exchange->caller, id) ? id : -1;
    REEL_TRY(reel__prototype_collaborative(context->session, person, (size_t)top_n, films, &list,
                                           &count, err));
    if (list != NULL)
        reel__metrics_list(context->app->metrics, list,
                           (double)(reel__clock_steady_us() - begin) / 1e6);
    put_list(context, id, "collaborative_filtering", top_n, films, count);
out:
    return rc;
}

reel_code reel__handle_prototype_openapi(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;

    (void)err;
    exchange->fixed = reel__prototype_openapi_begin;
    exchange->fixed_length = strlen(reel__prototype_openapi_begin);
    return REEL_OK;
}
