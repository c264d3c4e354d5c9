/* handle_operation.c - whether it lives, whether it is ready, and what it counts. */
#include <string.h>

#include "http/routes.h"
#include "service/engine/about.h"

static void answer_text(reel_exchange *exchange, const char *type)
{
    exchange->answer_type = type;
    exchange->cache_control = "no-store";
}

/* That it answers is the answer. */
reel_code reel__handle_live(reel_context *context, reel_err *err)
{
    (void)err;
    answer_text(context->exchange, "text/plain; charset=utf-8");
    reel__buf_text(&context->exchange->answer, "ok\n");
    return REEL_OK;
}

/* The status says it to machines, the lines to people: [+]database ok. Why is for the operator: it
 * names files and hosts. */
reel_code reel__handle_ready(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    const bool verbose = reel__exchange_get(exchange, "verbose") != NULL;
    reel_ready_check checks[REEL_READY_CHECKS];
    bool ready = true;

    (void)err;
    reel__ready(context->app->engine, checks);
    for (int i = 0; i < REEL_READY_CHECKS; i++)
        ready = ready && checks[i].ok;
    answer_text(exchange, "text/plain; charset=utf-8");
    for (int i = 0; i < REEL_READY_CHECKS; i++)
        if (verbose || !checks[i].ok)
            reel__buf_format(&exchange->answer, "[%c]%s %s\n", checks[i].ok ? '+' : '-',
                             checks[i].name,
                             checks[i].ok          ? "ok"
                             : context->app->admin ? checks[i].why
                                                   : "is not well");
    reel__buf_text(&exchange->answer, ready ? "ready\n" : "not ready\n");
    exchange->status = ready ? 200 : 503;
    return REEL_OK;
}

static void put_checks(const reel_context *context, reel_json *json, bool whole)
{
    reel_ready_check checks[REEL_READY_CHECKS];

    reel__ready(context->app->engine, checks);
    reel__json_key(json, "checks");
    reel__json_array(json);
    for (int i = 0; i < REEL_READY_CHECKS; i++) {
        reel__json_object(json);
        reel__json_put_text(json, "name", checks[i].name);
        reel__json_put_bool(json, "ok", checks[i].ok);
        reel__json_put_text(json, "why", whole && !checks[i].ok ? checks[i].why : NULL);
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_queue(const reel_forward *forward, reel_json *json, bool whole)
{
    static const char *const states[] = {
        [REEL_FORWARD_UNKNOWN] = "unknown",
        [REEL_FORWARD_WELL] = "well",
        [REEL_FORWARD_FAILING] = "failing",
        [REEL_FORWARD_ELSEWHERE] = "elsewhere",
    };
    reel_forward_facts facts;

    reel__json_key(json, "queue");
    if (forward == NULL) {
        reel__json_null(json);
        return;
    }
    reel__forward_facts(forward, &facts);
    reel__json_object(json);
    reel__json_put_text(json, "state", states[facts.state]);
    reel__json_put_text(json, "why", whole && *facts.reason != '\0' ? facts.reason : NULL);
    reel__json_put_int(json, "waiting", facts.waiting);
    if (facts.oldest_ms > 0)
        reel__json_put_time_ms(json, "oldest_at", facts.oldest_ms);
    else
        reel__json_put_text(json, "oldest_at", NULL);
    reel__json_put_int(json, "delivered", facts.delivered);
    reel__json_put_int(json, "refused", facts.refused);
    reel__json_put_int(json, "damaged", facts.damaged);
    reel__json_put_int(json, "forgetting", facts.forgetting);
    reel__json_object_end(json);
}

/* What is wrong names files and hosts: that is for who may change something. */
reel_code reel__handle_system(reel_context *context, reel_err *err)
{
    const bool whole = (context->exchange->caller.scopes & REEL_SCOPE_ADMIN) != 0;

    (void)err;
    context->exchange->cache_control = "no-store";
    reel__json_object(&context->json);
    reel__json_put_text(&context->json, "version", reel_version());
    put_checks(context, &context->json, whole);
    put_queue(context->app->forward, &context->json, whole);
    reel__disks_write(&context->json, context->app->engine);
    reel__json_object_end(&context->json);
    return REEL_OK;
}

/* What clients of the older service ask. */
reel_code reel__handle_ok(reel_context *context, reel_err *err)
{
    (void)err;
    reel__json_object(&context->json);
    reel__json_put_text(&context->json, "status", "ok");
    reel__json_object_end(&context->json);
    return REEL_OK;
}

reel_code reel__handle_metrics(reel_context *context, reel_err *err)
{
    if (context->app->metrics == NULL)
        return reel_fail(err, REEL_E_NOTFOUND, "nothing is counted here");
    answer_text(context->exchange, "text/plain; version=0.0.4; charset=utf-8");
    reel__metrics_write(context->app->metrics, context->app->engine, &context->exchange->answer);
    if (context->app->forward != NULL)
        reel__metrics_forward(context->app->forward, &context->exchange->answer);
    reel__metrics_recent(context->app->counter, &context->exchange->answer);
    reel__metrics_experiments(context->app->experiments, &context->exchange->answer);
    reel__metrics_write_jobs(context->app->jobs, &context->exchange->answer);
    return REEL_OK;
}
