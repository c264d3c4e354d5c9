/* handle_stats.c - reports of what was shown and what people did with it (service/analytics). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/routes.h"
#include "service/analytics/counter.h"
#include "service/analytics/stats.h"

/* A server counts by itself every few seconds; what came since is counted before the answer. */
enum { COUNTED_BEFORE = 4000, LIMIT = 50, LIMIT_MOST = 200, DEPTH = 16 };

static const char base[] = "/api/v1/analytics/";

/* "c<count>.<film>": behind which film a page goes on. */
static reel_code read_cursor(reel_exchange *exchange, reel_stats_ask *ask, reel_err *err)
{
    char text[REEL_CURSOR];
    char *dot;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__exchange_cursor(text, exchange, err));
    if (*text == '\0')
        return REEL_OK;
    dot = strchr(text, '.');
    if (dot != NULL)
        *dot = '\0';
    if (text[0] != 'c' || dot == NULL || !reel__parse_int(text + 1, &ask->after_count) ||
        !reel__parse_int(dot + 1, &ask->after_movie) || ask->after_movie < 0)
        rc = reel__exchange_cursor_wrong(exchange, text, err);
out:
    return rc;
}

static reel_code read_ask(reel_context *context, reel_stats_ask *ask, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    int64_t limit = LIMIT;
    reel_code rc = REEL_OK;

    ask->by = reel__exchange_get(exchange, "by");
    ask->method = reel__exchange_get(exchange, "method");
    REEL_TRY(reel__stats_range_read(&ask->range, ask->store, reel__exchange_get(exchange, "range"),
                                    err));
    REEL_TRY(reel__stats_against_read(ask, reel__exchange_get(exchange, "against"), err));
    REEL_TRY(reel__exchange_get_int(exchange, "limit", 1, LIMIT_MOST, &limit, err));
    ask->limit = (size_t)limit;
    rc = read_cursor(exchange, ask, err);
out:
    return rc;
}

static void write_next(reel_exchange *exchange, reel_json *json, const reel_stats_ask *ask)
{
    char text[REEL_CURSOR];

    if (!reel__exchange_takes(exchange, "cursor", strlen("cursor")))
        return;
    (void)snprintf(text, sizeof text, "c%" PRId64 ".%" PRId64, *ask->next_count, *ask->next_movie);
    reel__exchange_next_text(exchange, json, *ask->next_movie < 0 ? NULL : text);
}

static reel_code write_report(reel_json *json, reel_exchange *exchange,
                              const reel_stats_report *report, const reel_stats_ask *ask,
                              reel_err *err)
{
    reel_code rc = REEL_OK;

    reel__json_object(json);
    REEL_TRY(reel__stats_write(json, report, ask, err));
    write_next(exchange, json, ask);
    reel__json_object_end(json);
out:
    return rc;
}

static reel_code write_table(reel_context *context, const reel_stats_report *report,
                             const reel_stats_ask *ask, reel_err *err)
{
    json_t *parsed = NULL;
    reel_json json;
    reel_buf text;
    reel_code rc = REEL_OK;

    reel__buf_init(&text, REEL_HTTP_ANSWER_MAX);
    reel__json_init(&json, &text);
    REEL_TRY(write_report(&json, context->exchange, report, ask, err));
    REEL_TRY(reel__buf_check(&text, err));
    REEL_TRY(reel__json_parse(&parsed, text.data, text.length, DEPTH, err));
    context->exchange->answer_type = "text/csv; charset=utf-8";
    rc = reel__stats_csv(&context->exchange->answer, report, ask, parsed, err);
out:
    json_decref(parsed);
    reel__buf_fini(&text);
    return rc;
}

/* The last part of the path is the report's name. */
static reel_code answer(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    const char *format = reel__exchange_get(exchange, "format");
    const reel_stats_report *report = NULL;
    int64_t next_count = 0, next_movie = -1;
    reel_stats_ask ask = {.engine = context->app->engine,
                          .store = reel__engine_store(context->app->engine),
                          .after_movie = -1,
                          .next_count = &next_count,
                          .next_movie = &next_movie};
    size_t counted = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__stats_report_find(&report, exchange->path + strlen(base), err));
    REEL_TRY(read_ask(context, &ask, err));
    if (format != NULL && strcmp(format, "json") != 0 && strcmp(format, "csv") != 0)
        return reel_fail(err, REEL_E_INVALID, "format: expected json or csv");
    REEL_TRY(reel__count_events(ask.engine, ask.store, COUNTED_BEFORE, &counted, err));
    rc = format != NULL && strcmp(format, "csv") == 0
             ? write_table(context, report, &ask, err)
             : write_report(&context->json, exchange, report, &ask, err);
out:
    return rc;
}

/* It reads much of the store at once, so no thread that serves waits for it. */
reel_code reel__handle_stats(reel_context *context, reel_err *err)
{
    reel_analyses *analyses = context->app->analyses;

    return analyses == NULL
               ? answer(context, err)
               : reel__answer_aside_by(context, reel__analyses_aside(analyses), answer, err);
}
