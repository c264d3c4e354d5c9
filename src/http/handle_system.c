/* handle_system.c - health, licences and the feedback log. */
#include <stdio.h>
#include <string.h>

#include "http/routes.h"
#include "service/engine/about.h"
#include "service/feedback/feedback.h"

enum { LOG_MAX = 200 };

reel_code reel__handle_health(reel_context *context, reel_err *err)
{
    (void)err;
    reel__health_write(&context->json, context->app->engine);
    return REEL_OK;
}

reel_code reel__handle_licenses(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;

    (void)err;
    exchange->answer_type = "text/plain; charset=utf-8";
    exchange->fixed = reel__licenses();
    exchange->fixed_length = strlen(exchange->fixed);
    return REEL_OK;
}

static void write_taken(reel_json *json, reel_feedback_answer answer)
{
    reel__json_object(json);
    reel__json_put_int(json, "accepted", answer.accepted);
    reel__json_put_int(json, "duplicates", answer.duplicates);
    reel__json_object_end(json);
}

/* On the writer's thread, after the commit. */
static void answer_later(void *user, const reel_err *err, reel_feedback_answer answer)
{
    reel_exchange *exchange = user;
    reel_err full = {REEL_OK, ""};
    reel_json json;

    reel__json_init(&json, &exchange->answer);
    if (err == NULL) {
        reel__metrics_feedback(exchange->metrics, &answer);
        write_taken(&json, answer);
        if (reel__buf_check(&exchange->answer, &full) != REEL_OK)
            err = &full;
    }
    if (err != NULL)
        reel__exchange_problem(exchange, err);
    exchange->later->end(exchange);
}

reel_code reel__handle_feedback_post(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_feedback *feedback = context->app->feedback;
    char network[REEL_ADDRESS_TEXT];
    const reel_feedback_call call = {.engine = context->app->engine,
                                     .caller = &exchange->caller,
                                     .body = exchange->body,
                                     .length = exchange->body_length,
                                     .visitors = context->app->visitors,
                                     .address = reel__exchange_network(exchange, network)};
    reel_feedback_answer answer;
    reel_code rc;

    if (feedback == NULL)
        return reel_fail(err, REEL_E_STORE, "the store is open for reading only: nothing is kept");
    exchange->metrics = context->app->metrics;
    if (exchange->later != NULL && exchange->later->begin(exchange)) {
        exchange->pending = true;
        rc = reel__feedback_submit(feedback, &call, answer_later, exchange, err);
        if (rc != REEL_OK)
            exchange->pending = false;
        return rc;
    }
    rc = reel__feedback_take(feedback, &call, &answer, err);
    if (rc == REEL_OK) {
        reel__metrics_feedback(exchange->metrics, &answer);
        write_taken(&context->json, answer);
    }
    return rc;
}

/* A day stands for its beginning, or for its end. */
static reel_code get_time(const reel_exchange *exchange, const char *name, bool end, int64_t *out,
                          reel_err *err)
{
    static const char midnight[] = "T00:00:00Z";
    static const int64_t day_ms = 86400000;
    enum { DAY = 10 };
    const char *text = reel__exchange_get(exchange, name);
    char whole[DAY + sizeof midnight];

    if (text == NULL || reel__feedback_time(text, out))
        return REEL_OK;
    if (strlen(text) == DAY) {
        (void)snprintf(whole, sizeof whole, "%s%s", text, midnight);
        if (reel__feedback_time(whole, out)) {
            *out += end ? day_ms : 0;
            return REEL_OK;
        }
    }
    return reel_fail(err, REEL_E_INVALID,
                     "%s: expected a day or a time in UTC, 2026-11-23 or 2026-11-23T08:15:00Z, "
                     "got \"%.40s\"",
                     name, text);
}

/* id [out]: -1 where nobody asks for one. */
static reel_code get_id(const reel_exchange *exchange, const char *name, int64_t *id,
                        const int64_t **chosen, reel_err *err)
{
    const reel_code rc = reel__exchange_get_int(exchange, name, 0, INT64_MAX, id, err);

    if (*id >= 0)
        *chosen = id;
    return rc;
}

reel_code reel__handle_feedback_log(reel_context *context, reel_err *err)
{
    reel_event_filter filter = {.method = reel__exchange_get(context->exchange, "method"),
                                .type = reel__exchange_get(context->exchange, "type")};
    reel_paging page = {.kind = 'b', .limit = 50};
    int64_t next = -1, damaged = 0, user = -1, movie = -1;
    reel_code rc;

    REEL_TRY(get_id(context->exchange, "user", &user, &filter.user, err));
    REEL_TRY(get_id(context->exchange, "movie", &movie, &filter.movie, err));
    REEL_TRY(get_time(context->exchange, "since", false, &filter.since_ms, err));
    REEL_TRY(get_time(context->exchange, "until", true, &filter.until_ms, err));
    reel__json_object(&context->json);
    REEL_TRY(reel__exchange_page(context->exchange, &context->json, &page, LOG_MAX, err));
    filter.before = page.at;
    filter.limit = (size_t)page.limit;
    REEL_TRY(reel__feedback_write_log(context->app->engine, &filter, &context->json,
                                      &context->exchange->caller, &next, &damaged, err));
    reel__exchange_page_end(context->exchange, &context->json, &page, next);
    reel__json_put_int(&context->json, "damaged", damaged);
    reel__json_object_end(&context->json);
out:
    return rc;
}
