/* handle_experiments.c - experiments: begun and ended by admins, read with what they say by
 * analysts.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "http/routes.h"
#include "service/experiments/results.h"
#include "service/experiments/tally.h"

/* A server counts by itself every few seconds; what came since is counted before the answer. */
enum { COUNTED_BEFORE = 4000, PAGE = 50, PAGE_MOST = 200 };

static reel_code need_experiments(const reel_context *context, reel_err *err)
{
    return context->app->experiments != NULL
               ? REEL_OK
               : reel_fail(err, REEL_E_STORE, "this server keeps no experiments");
}

/* The {name} of the path; one that is too long is none. */
static void take_name(char out[REEL_EXPERIMENT_NAME], const reel_exchange *exchange)
{
    const size_t length =
        exchange->token_length < REEL_EXPERIMENT_NAME ? exchange->token_length : 0;

    memcpy(out, exchange->token, length);
    out[length] = '\0';
}

static reel_code find(const reel_context *context, reel_experiment *out, reel_err *err)
{
    char name[REEL_EXPERIMENT_NAME];
    reel_code rc;

    take_name(name, context->exchange);
    REEL_TRY(need_experiments(context, err));
    rc = reel__experiments_get(context->app->experiments, name, out, err);
out:
    return rc;
}

/* x1795000000_name: the last one of the page before. */
static reel_code read_cursor(reel_exchange *exchange, reel_experiments_page *out, reel_err *err)
{
    char text[REEL_CURSOR];
    long long starts;
    int end = 0;
    const reel_code rc = reel__exchange_cursor(text, exchange, err);

    if (rc != REEL_OK || *text == '\0')
        return rc;
    if (sscanf(text, "x%lld_%64[0-9A-Za-z_-]%n", &starts, out->name, &end) != 2 ||
        text[end] != '\0')
        return reel__exchange_cursor_wrong(exchange, text, err);
    out->starts = starts;
    return REEL_OK;
}

reel_code reel__handle_experiments(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_json *json = &context->json;
    reel_experiments_page page = {0};
    int64_t limit = PAGE;
    char next[REEL_CURSOR];
    reel_code rc;

    REEL_TRY(need_experiments(context, err));
    REEL_TRY(reel__exchange_get_int(exchange, "limit", 1, PAGE_MOST, &limit, err));
    REEL_TRY(read_cursor(exchange, &page, err));
    page.limit = (size_t)limit;
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    reel__experiments_write(json, context->app->experiments, &page, reel__clock_now());
    reel__json_array_end(json);
    (void)snprintf(next, sizeof next, "x%lld_%s", (long long)page.starts, page.name);
    reel__exchange_next_text(exchange, json, page.more ? next : NULL);
    reel__json_object_end(json);
out:
    return rc;
}

reel_code reel__handle_experiment(reel_context *context, reel_err *err)
{
    reel_experiment experiment;
    reel_code rc;

    REEL_TRY(find(context, &experiment, err));
    reel__experiment_write(&context->json, &experiment, reel__clock_now());
out:
    return rc;
}

static reel_code read_body(json_t **out, const reel_exchange *exchange, reel_err *err)
{
    enum { DEPTH = 6 };

    return reel__json_parse(out, exchange->body, exchange->body_length, DEPTH, err);
}

reel_code reel__handle_experiment_add(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_experiment experiment;
    json_t *body = NULL;
    reel_code rc;

    REEL_TRY(need_experiments(context, err));
    REEL_TRY(read_body(&body, exchange, err));
    REEL_TRY(reel__experiment_read(&experiment, body, err));
    REEL_TRY(reel__experiment_check(&experiment, context->app->engine, err));
    REEL_TRY(reel__experiment_prepare(&experiment, err));
    reel__experiment_write(&context->json, &experiment, reel__clock_now());
    REEL_TRY(reel__buf_check(&exchange->answer, err)); /* what is begun is answered */
    REEL_TRY(reel__experiments_add(context->app->experiments, &experiment, err));
    exchange->status = 201;
    (void)snprintf(exchange->own_location, sizeof exchange->own_location, "/api/v1/experiments/%s",
                   experiment.name);
    exchange->location = exchange->own_location;
out:
    json_decref(body);
    return rc;
}

reel_code reel__handle_experiment_end(reel_context *context, reel_err *err)
{
    char name[REEL_EXPERIMENT_NAME];
    reel_code rc;

    take_name(name, context->exchange);
    REEL_TRY(need_experiments(context, err));
    REEL_TRY(reel__experiments_end(context->app->experiments, name, err));
    reel__exchange_nothing(context->exchange);
out:
    return rc;
}

static reel_code work_out(reel_context *context, reel_err *err)
{
    reel_store *store = reel__experiments_store(context->app->experiments);
    reel_experiment experiment;
    reel_results results;
    size_t counted = 0;
    reel_code rc;

    REEL_TRY(find(context, &experiment, err));
    REEL_TRY(reel__trial_count(store, &experiment, COUNTED_BEFORE, context->app->experiments,
                               &counted, err));
    REEL_TRY(reel__experiment_results(&results, store, &experiment, reel__clock_now(), err));
    reel__experiment_results_write(&context->json, &results);
out:
    return rc;
}

/* Everybody who was in it is gone through: no thread that serves waits for that. */
reel_code reel__handle_experiment_results(reel_context *context, reel_err *err)
{
    reel_experiment experiment;
    reel_code rc;

    REEL_TRY(find(context, &experiment, err));
    rc = context->app->analyses == NULL
             ? work_out(context, err)
             : reel__answer_aside_by(context, reel__analyses_aside(context->app->analyses),
                                     work_out, err);
out:
    return rc;
}
