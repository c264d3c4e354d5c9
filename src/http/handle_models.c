/* handle_models.c - the models in service, the versions that are kept, and which of them serves. */
#include <stdio.h>
#include <string.h>

#include "http/routes.h"
#include "service/engine/about.h"
#include "service/engine/versions.h"

enum { PAGE = 50, PAGE_MOST = 200 };

reel_code reel__handle_models(reel_context *context, reel_err *err)
{
    reel_code rc;

    reel__json_object(&context->json);
    reel__json_key(&context->json, "items");
    reel__json_array(&context->json);
    REEL_TRY(reel__models_write(&context->json, context->app->engine, err));
    reel__json_array_end(&context->json);
    reel__json_object_end(&context->json);
out:
    return rc;
}

reel_code reel__handle_versions(reel_context *context, reel_err *err)
{
    const char *name = reel__exchange_get(context->exchange, "model");
    reel_paging page = {.kind = 'b', .limit = PAGE};
    int64_t next = -1;
    reel_code rc;

    reel__json_object(&context->json);
    REEL_TRY(reel__exchange_page(context->exchange, &context->json, &page, PAGE_MOST, err));
    REEL_TRY(reel__versions_write(&context->json, context->app->engine, name, page.at,
                                  (size_t)page.limit, &next, err));
    reel__exchange_page_end(context->exchange, &context->json, &page, next);
    reel__json_object_end(&context->json);
out:
    return rc;
}

/* What stands in the path; too long for an id is none. */
static void take_word(char out[REEL_VERSION_ID], const reel_exchange *exchange)
{
    const size_t length =
        exchange->token_length < REEL_VERSION_ID ? exchange->token_length : REEL_VERSION_ID - 1;

    memcpy(out, exchange->token, length);
    out[length] = '\0';
}

reel_code reel__handle_version(reel_context *context, reel_err *err)
{
    char word[REEL_VERSION_ID];

    take_word(word, context->exchange);
    return reel__version_write(&context->json, context->app->engine, word, err);
}

static reel_code activate(reel_context *context, const char *id, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__version_activate(context->app->engine, id, err));
    if (context->app->reload != NULL)
        reel__reload_look(context->app->reload);
    rc = reel__version_write(&context->json, context->app->engine, id, err);
out:
    return rc;
}

reel_code reel__handle_activate(reel_context *context, reel_err *err)
{
    char id[REEL_VERSION_ID];

    take_word(id, context->exchange);
    return activate(context, id, err);
}

reel_code reel__handle_rollback(reel_context *context, reel_err *err)
{
    char name[REEL_VERSION_ID], id[REEL_VERSION_ID];
    reel_code rc;

    take_word(name, context->exchange);
    REEL_TRY(reel__version_before(id, context->app->engine, name, err));
    rc = activate(context, id, err);
out:
    return rc;
}
