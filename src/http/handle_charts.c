/* handle_charts.c - films in orders that are the same for everybody, and what everybody gave. */
#include "http/routes.h"
#include "service/lists/charts.h"
#include "service/lists/crowd.h"

enum { PAGE_MAX = 200 };

reel_code reel__handle_charts(reel_context *context, reel_err *err)
{
    reel_json *json = &context->json;

    (void)err;
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (int i = 0; i < REEL_CHARTS; i++) {
        reel__json_object(json);
        reel__json_put_text(json, "chart", reel__charts[i].name);
        reel__json_put_text(json, "summary", reel__charts[i].summary);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
    reel__json_object_end(json);
    return REEL_OK;
}

reel_code reel__handle_chart(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_json *json = &context->json;
    reel_place place;
    reel_chart chart;
    bool more;
    reel_code rc;

    REEL_TRY(reel__chart_find(exchange->token, exchange->token_length, &chart, err));
    reel__json_object(json);
    reel__json_put_text(json, "chart", reel__charts[chart].name);
    REEL_TRY(reel__exchange_place(exchange, json, &place, PAGE_MAX, err));
    REEL_TRY(reel__chart_write(json, context->session, chart,
                               reel__exchange_get(exchange, "filter"), &place, &more, err));
    reel__exchange_place_end(exchange, json, &place, more);
    reel__json_object_end(json);
out:
    return rc;
}

reel_code reel__handle_statistics(reel_context *context, reel_err *err)
{
    return reel__crowd_write(&context->json, context->app->engine, err);
}
