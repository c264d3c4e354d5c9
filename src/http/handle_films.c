/* handle_films.c - films put, changed and taken away. */
#include "http/routes.h"
#include "service/films/films.h"

/* Whoever serves takes it up as soon as it can. */
static void tell(const reel_context *context)
{
    if (context->app->reload != NULL)
        reel__reload_ask(context->app->reload);
}

static reel_code write_film(reel_context *context, bool patch, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    bool created;
    reel_code rc;

    REEL_TRY(reel__film_put(context->app->engine, exchange->id, exchange->body,
                            exchange->body_length, patch, &created, err));
    tell(context);
    exchange->status = created ? 201 : 200;
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
    reel_code rc;

    REEL_TRY(reel__film_delete(context->app->engine, exchange->id, err));
    tell(context);
    exchange->status = 204;
    exchange->answer_type = NULL; /* nothing follows */
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
