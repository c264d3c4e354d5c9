/* handle_films.c - films put, changed and taken away. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/routes.h"
#include "service/films/films.h"
#include "service/lists/recommend.h"

enum { FILM_MOST = 1 << 20 };

/* Whoever serves takes it up as soon as it can. */
static void tell(const reel_context *context)
{
    if (context->app->reload != NULL)
        reel__reload_ask(context->app->reload);
}

/* Whether a list of tags names one, packed (weak) or not, or any. */
static bool names_tag(const char *tags, const char *tag)
{
    return strcmp(tags, "*") == 0 || strstr(tags, tag) != NULL;
}

static reel_code refuse(reel_exchange *exchange, const char *what, reel_err *err)
{
    exchange->status = 412;
    return reel_fail(err, REEL_E_CONFLICT, "%s", what);
}

/* If-Match: only the film that the caller has seen, by the ETag of GET without parameters;
 * If-None-Match: only where there is none. change->unchanged [out]: it must still be so when it is
 * written. */
static reel_code check_conditions(reel_context *context, reel_film_change *change, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    const reel_engine *engine = context->app->engine;
    const reel_index movie = reel_dataset_find_movie(reel__engine_dataset(engine), exchange->id);
    const char *match = exchange->if_match, *none = exchange->if_none_match;
    reel_json json;
    reel_buf film;
    char tag[REEL_HTTP_TAG] = "";
    reel_code rc = REEL_OK;

    change->unchanged = match != NULL || none != NULL;
    if (!change->unchanged)
        return REEL_OK;
    reel__buf_init(&film, FILM_MOST);
    reel__json_init(&json, &film);
    if (movie >= 0) {
        reel__write_movie(&json, engine, movie, true);
        REEL_TRY(reel__buf_check(&film, err));
        reel__tag_of(tag, film.data, film.length);
    }
    if (match != NULL && movie < 0)
        REEL_TRY(reel__films_current(engine, err)); /* nobody can have seen what is there */
    if (match != NULL && (movie < 0 || !names_tag(match, tag)))
        rc = refuse(exchange,
                    movie < 0 ? "If-Match: there is no such film"
                              : "If-Match: the film is another by now; GET it again",
                    err);
    else if (none != NULL && movie >= 0 && names_tag(none, tag))
        rc = refuse(exchange, "If-None-Match: there is such a film", err);
out:
    reel__buf_fini(&film);
    return rc;
}

static reel_code write_film(reel_context *context, bool patch, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_film_change change = {.id = exchange->id,
                               .body = exchange->body,
                               .length = exchange->body_length,
                               .patch = patch};
    bool created;
    reel_code rc;

    REEL_TRY(check_conditions(context, &change, err));
    REEL_TRY(reel__film_put(context->app->engine, &change, &created, err));
    tell(context);
    exchange->status = created ? 201 : 200;
    if (created) {
        (void)snprintf(exchange->own_location, sizeof exchange->own_location,
                       "/api/v1/movies/%" PRId64, exchange->id);
        exchange->location = exchange->own_location;
    }
    reel__json_object(&context->json);
    reel__json_put_int(&context->json, "movie", exchange->id);
    reel__json_put_text(&context->json, "status", created ? "created" : "updated");
    reel__json_object_end(&context->json);
out:
    return rc;
}

reel_code reel__handle_film_put(reel_context *context, reel_err *err)
{
    return write_film(context, false, err);
}

reel_code reel__handle_film_patch(reel_context *context, reel_err *err)
{
    return write_film(context, true, err);
}

reel_code reel__handle_film_delete(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_film_change change = {.id = exchange->id};
    reel_code rc;

    REEL_TRY(check_conditions(context, &change, err));
    REEL_TRY(reel__film_delete(context->app->engine, &change, err));
    tell(context);
    reel__exchange_nothing(exchange);
out:
    return rc;
}

reel_code reel__handle_films_batch(reel_context *context, reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    const reel_code rc = reel__films_put(&context->json, context->app->engine, exchange->body,
                                         exchange->body_length, err);

    if (rc == REEL_OK)
        tell(context);
    return rc;
}
