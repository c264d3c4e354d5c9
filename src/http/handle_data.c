/* handle_data.c - what is in the data: the exploratory analyses, for pages that draw them. */
#include <string.h>

#include "http/routes.h"

enum { YEAR_MOST = 9999 };

static reel_code read_part(reel_part *out, const reel_exchange *exchange, reel_err *err)
{
    int64_t from = 0, to = 0;
    const char *genre = reel__exchange_get(exchange, "genre");
    reel_code rc;

    *out = (reel_part){.genre = genre == NULL || *genre == '\0' ? NULL : genre};
    REEL_TRY(reel__exchange_get_int(exchange, "from", 1, YEAR_MOST, &from, err));
    REEL_TRY(reel__exchange_get_int(exchange, "to", 1, YEAR_MOST, &to, err));
    if (to > 0 && from > to)
        rc = reel_fail(err, REEL_E_INVALID, "from: %d is after %d, where the span is to end",
                       (int)from, (int)to);
    out->from = (int32_t)from;
    out->to = (int32_t)to;
out:
    return rc;
}

static reel_code work_out(reel_context *context, reel_err *err)
{
    reel_part part;
    reel_code rc;

    REEL_TRY(read_part(&part, context->exchange, err));
    rc = reel__analyses_write(&context->exchange->answer, context->app->analyses,
                              context->app->engine, &part, err);
out:
    return rc;
}

/* What is kept is answered at once; the rest takes a while, and no thread that serves waits. */
reel_code reel__handle_data(reel_context *context, reel_err *err)
{
    reel_analyses *analyses = context->app->analyses;
    reel_part part;
    reel_code rc;

    REEL_TRY(read_part(&part, context->exchange, err));
    if (analyses == NULL)
        return work_out(context, err);
    if (!reel__analyses_kept(&context->exchange->answer, analyses, context->app->engine, &part))
        rc = reel__answer_aside_by(context, reel__analyses_aside(analyses), work_out, err);
out:
    return rc;
}
