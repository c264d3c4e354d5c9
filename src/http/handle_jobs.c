/* handle_jobs.c - long work: asked for, read, watched and ended. */
#include <inttypes.h>
#include <stdio.h>

#include "http/routes.h"
#include "service/operation/jobs.h"

enum { PAGE = 20, PAGE_MOST = 200 };

static reel_store *store_of(const reel_context *context)
{
    return reel__engine_store(context->app->engine);
}

reel_code reel__handle_jobs(reel_context *context, reel_err *err)
{
    reel_paging page = {.kind = 'b', .limit = PAGE};
    int64_t next = -1;
    reel_code rc;

    reel__json_object(&context->json);
    REEL_TRY(reel__exchange_page(context->exchange, &context->json, &page, PAGE_MOST, err));
    REEL_TRY(reel__jobs_write(&context->json, store_of(context), page.at, (size_t)page.limit, &next,
                              err));
    reel__exchange_page_end(context->exchange, &context->json, &page, next);
    reel__json_object_end(&context->json);
out:
    return rc;
}

static void name_caller(char out[64], const reel_caller *caller)
{
    const char *kind = caller->kind == REEL_CALLER_KEY ? "a key" : "account";

    if (caller->account > 0)
        (void)snprintf(out, 64, "%s%s %" PRId64, kind,
                       caller->kind == REEL_CALLER_KEY ? " of account" : "", caller->account);
    else
        (void)snprintf(out, 64, "%s", caller->kind == REEL_CALLER_KEY ? kind : "nobody");
}

reel_code reel__handle_job_ask(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    char by[64];
    int64_t id = 0;
    reel_code rc;

    name_caller(by, &exchange->caller);
    REEL_TRY(reel__job_ask(store_of(context), exchange->body, exchange->body_length, by, &id, err));
    reel__jobs_look(context->app->jobs);
    REEL_TRY(reel__job_write(&context->json, store_of(context), id, NULL, err));
    (void)snprintf(exchange->own_location, sizeof exchange->own_location, "/api/v1/jobs/%" PRId64,
                   id);
    exchange->location = exchange->own_location;
    exchange->status = 202;
out:
    return rc;
}

reel_code reel__handle_job(reel_context *context, reel_err *err)
{
    return reel__job_write(&context->json, store_of(context), context->exchange->id, NULL, err);
}

reel_code reel__handle_job_cancel(reel_context *context, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__job_cancel(store_of(context), context->exchange->id, err));
    reel__jobs_look(context->app->jobs);
    rc = reel__job_write(&context->json, store_of(context), context->exchange->id, NULL, err);
out:
    return rc;
}

reel_code reel__handle_job_log(reel_context *context, reel_err *err)
{
    context->exchange->answer_type = "text/plain; charset=utf-8";
    return reel__job_log(&context->exchange->answer, store_of(context), context->exchange->id, err);
}

static reel_watch_state next_event(void *watch, reel_buf *out, const reel_waiter *waiter)
{
    return reel__watch_next(watch, out, waiter);
}

static void close_watch(void *watch)
{
    reel__watch_close(watch);
}

reel_code reel__handle_job_events(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_watch *watch = NULL;
    reel_code rc;

    if (context->app->jobs == NULL)
        return reel_fail(err, REEL_E_STORE,
                         "no jobs are done here: nothing of them can be watched");
    rc = reel__watch_open(&watch, context->app->jobs, exchange->id, err);
    if (rc != REEL_OK)
        return rc;
    exchange->source = (reel_stream){next_event, close_watch, watch};
    exchange->answer_type = "text/event-stream";
    return REEL_OK;
}
