/* handle_given.c - what people give: one film, an export of another service, an anonymous history;
 * and all of it as a file.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "http/list_body.h"
#include "http/routes.h"
#include "service/feedback/give.h"

static reel_code check_writable(const reel_context *context, reel_err *err)
{
    if (context->app->feedback == NULL)
        return reel_fail(err, REEL_E_STORE, "the store is open for reading only: nothing is kept");
    return REEL_OK;
}

/* On the writer's thread, after the commit: the answer was written before. */
static void answer_later(void *user, const reel_err *err, reel_feedback_answer answer)
{
    reel_exchange *exchange = user;

    (void)answer;
    if (err != NULL)
        reel__exchange_problem(exchange, err);
    exchange->later->end(exchange);
}

/* The answer is there, and goes out when the row is on disk. */
static reel_code give(reel_context *context, const reel_given_row *row, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_feedback *feedback = context->app->feedback;
    reel_code rc;

    if (exchange->later == NULL || !exchange->later->begin(exchange))
        return reel__feedback_give(feedback, row, 1, NULL, NULL, err);
    exchange->pending = true;
    rc = reel__feedback_give(feedback, row, 1, answer_later, exchange, err);
    if (rc != REEL_OK)
        exchange->pending = false;
    return rc;
}

reel_code reel__handle_rating(reel_context *context, reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    reel_given_row row;
    reel_code rc;

    REEL_TRY(reel__give_find(&row, context->app->engine, exchange->id, exchange->movie, err));
    if (row.kind == REEL_GIVEN_REMOVED)
        return reel_fail(err, REEL_E_NOTFOUND, "person %lld gave film %lld nothing",
                         (long long)exchange->id, (long long)exchange->movie);
    reel__give_write(&context->json, context->app->engine, &row);
out:
    return rc;
}

reel_code reel__handle_rating_put(reel_context *context, reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    reel_given_row row;
    reel_code rc;

    REEL_TRY(check_writable(context, err));
    REEL_TRY(reel__give_read(&row, context->app->engine, exchange->id, exchange->movie,
                             exchange->body, exchange->body_length, err));
    reel__give_write(&context->json, context->app->engine, &row);
    REEL_TRY(reel__buf_check(&context->exchange->answer, err));
    rc = give(context, &row, err);
out:
    return rc;
}

/* What is not there need not be taken away. */
reel_code reel__handle_rating_delete(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_given_row row;
    reel_code rc;

    REEL_TRY(check_writable(context, err));
    REEL_TRY(reel__give_find(&row, context->app->engine, exchange->id, exchange->movie, err));
    reel__exchange_nothing(exchange);
    if (row.kind != REEL_GIVEN_REMOVED)
        rc = give(context,
                  &(reel_given_row){.person = exchange->id,
                                    .movie = exchange->movie,
                                    .time = reel__clock_now(),
                                    .kind = REEL_GIVEN_REMOVED},
                  err);
out:
    return rc;
}

/* ---- many ---------------------------------------------------------------------------------- */

/* Aside there is no session but one of its own. */
static reel_code import(reel_context *context, reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    reel_session *session = context->session, *own = NULL;
    reel_code rc = REEL_OK;

    if (session == NULL)
        REEL_TRY(reel__session_new(&own, context->app->engine, err));
    rc = reel__give_import(&context->json, session == NULL ? own : session, exchange->id,
                           reel__exchange_get(exchange, "file"), exchange->body,
                           exchange->body_length, err);
out:
    reel__session_free(own);
    return rc;
}

/* Thousands of titles are looked for: as long as that takes, a thread that serves would be missed.
 */
reel_code reel__handle_ratings_import(reel_context *context, reel_err *err)
{
    const reel_code rc = check_writable(context, err);

    return rc != REEL_OK ? rc
                         : reel__answer_aside_by(
                               context, reel__feedback_aside(context->app->feedback), import, err);
}

reel_code reel__handle_ratings_export(reel_context *context, reel_err *err)
{
    const char *format = reel__exchange_get(context->exchange, "format");
    reel_exchange *exchange = context->exchange;

    if (format == NULL || strcmp(format, "json") == 0)
        return reel__give_export_json(&context->json, context->app->engine, exchange->id, err);
    if (strcmp(format, "csv") != 0)
        return reel_fail(err, REEL_E_INVALID, "format: expected json or csv");
    exchange->answer_type = "text/csv; charset=utf-8";
    return reel__give_export_csv(&exchange->answer, context->app->engine, exchange->id, err);
}

reel_code reel__handle_merge(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"history", NULL};
    const reel_exchange *exchange = context->exchange;
    reel_given *history = NULL;
    json_t *body = NULL;
    size_t count = 0;
    reel_code rc;

    REEL_TRY(check_writable(context, err));
    REEL_TRY(reel__exchange_body(&body, exchange, names, err));
    REEL_TRY(reel__list_read_films(&history, &count, body, "history", true, err));
    if (history == NULL)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "history: missing: which films?"));
    rc = reel__give_merge(&context->json, context->app->engine, exchange->id, history, count, err);
out:
    reel__free(history);
    json_decref(body);
    return rc;
}
