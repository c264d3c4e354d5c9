/* handle_recommend.c - lists and the reasons for them, from the query string or a JSON body. */
#include "base/clock.h"
#include "http/list_body.h"
#include "http/routes.h"

enum { NEXT_MAX = 1 << 19 };

/* Whoever's history the answer would show. */
static reel_code check_people(const reel_context *context, const reel_request *request,
                              reel_err *err)
{
    const reel_caller *caller = &context->exchange->caller;
    reel_code rc = reel__caller_check_person(caller, request->user, err);

    for (size_t i = 0; rc == REEL_OK && i < request->member_count; i++)
        rc = reel__caller_check_person(caller, request->members[i].user, err);
    return rc;
}

static reel_code answer_list(reel_context *context, const reel_request *request, reel_err *err)
{
    const int64_t begin = reel__clock_steady_us();
    const reel_list *list;
    reel_buf next;
    reel_code rc;

    context->exchange->person = request->user;
    context->exchange->cache_control =
        "private, no-cache"; /* no tag: its id makes it one of a kind */
    reel__buf_init(&next, NEXT_MAX);
    REEL_TRY(check_people(context, request, err));
    if (request->log)
        REEL_TRY(reel__list_log_check(context, err));
    REEL_TRY(reel__recommend(context->session, request, &list, err));
    reel__metrics_list(context->app->metrics, list,
                       (double)(reel__clock_steady_us() - begin) / 1e6);
    REEL_TRY(
        reel__list_next_path(&next, &context->app->key, context->app->engine, list, request, err));
    reel__write_list(&context->json, context->session, list, next.length > 0 ? next.data : NULL);
    if (request->log)
        rc = reel__list_log(context, list, err);
out:
    reel__buf_fini(&next);
    return rc;
}

static reel_code answer_explanation(reel_context *context, const reel_list_body *body,
                                    reel_err *err)
{
    reel_recommendation item;
    reel_code rc;

    context->exchange->person = body->request.user;
    if (body->movie < 0)
        return reel_fail(err, REEL_E_INVALID, "movie: the film to explain must be given");
    rc = check_people(context, &body->request, err);
    if (rc == REEL_OK)
        rc = reel__explain(context->session, &body->request, body->movie, &item, err);
    if (rc == REEL_OK)
        reel__write_explanation(&context->json, context->session, &item);
    return rc;
}

/* Both POST handlers: parse the body, then answer. */
static reel_code with_body(reel_context *context, bool explain, reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    reel_list_body body = {.request = reel__request_default(), .movie = -1};
    json_t *json = NULL;
    reel_code rc;

    if (explain)
        body.request.reasons = REEL_REASONS_MAX;
    REEL_TRY(reel__json_parse(&json, exchange->body, exchange->body_length, REEL_LIST_DEPTH, err));
    REEL_TRY(reel__list_body_read(&body, json, err));
    rc = explain ? answer_explanation(context, &body, err)
                 : answer_list(context, &body.request, err);
out:
    reel__list_body_fini(&body);
    json_decref(json);
    return rc;
}

reel_code reel__handle_recommend_post(reel_context *context, reel_err *err)
{
    return with_body(context, false, err);
}

reel_code reel__handle_recommend_next(reel_context *context, reel_err *err)
{
    reel_list_body body = {.request = reel__request_default(), .movie = -1};
    json_t *json = NULL;
    reel_code rc;

    REEL_TRY(reel__list_next_read(&body, &json, &context->app->key, context->exchange->token,
                                  context->exchange->token_length, err));
    rc = answer_list(context, &body.request, err);
out:
    reel__list_body_fini(&body);
    json_decref(json);
    return rc;
}

reel_code reel__handle_explain(reel_context *context, reel_err *err)
{
    return with_body(context, true, err);
}

static reel_code read_query_rules(const reel_exchange *exchange, reel_request *request,
                                  reel_err *err)
{
    const char *seen = reel__exchange_get(exchange, "seen");
    reel_code rc;

    request->filter = reel__exchange_get(exchange, "filter");
    request->boost = reel__exchange_get(exchange, "boost");
    REEL_TRY(reel__exchange_get_real(exchange, "diversity", &request->diversity, err));
    REEL_TRY(reel__exchange_get_real(exchange, "novelty", &request->novelty, err));
    REEL_TRY(reel__exchange_get_real(exchange, "calibrate", &request->calibrate, err));
    if (seen != NULL)
        rc = reel__list_set_seen(request, seen, err);
out:
    return rc;
}

static reel_code read_query(const reel_context *context, reel_request *request, reel_err *err)
{
    int64_t limit = 10, reasons = request->reasons;
    reel_code rc;

    REEL_TRY(reel__exchange_get_int(context->exchange, "limit", 1, REEL_LIST_LIMIT, &limit, err));
    REEL_TRY(
        reel__exchange_get_int(context->exchange, "reasons", 0, REEL_REASONS_MAX, &reasons, err));
    request->limit = (size_t)limit;
    request->reasons = (int)reasons;
    request->model = reel__exchange_get(context->exchange, "model");
    REEL_TRY(
        reel__list_set_scenario(request, reel__exchange_get(context->exchange, "scenario"), err));
    REEL_TRY(reel__exchange_get_int(context->exchange, "user", 0, INT64_MAX, &request->user, err));
    rc = read_query_rules(context->exchange, request, err);
out:
    return rc;
}

reel_code reel__handle_recommend_get(reel_context *context, reel_err *err)
{
    reel_request request = reel__request_default();
    reel_code rc;

    REEL_TRY(read_query(context, &request, err));
    if (request.user < 0)
        return reel_fail(err, REEL_E_INVALID,
                         "user: whose list? For an anonymous history use POST");
    rc = answer_list(context, &request, err);
out:
    return rc;
}

reel_code reel__handle_similar(reel_context *context, reel_err *err)
{
    reel_request request = reel__request_default();
    reel_code rc;

    REEL_TRY(read_query(context, &request, err));
    request.source_movie = context->exchange->id;
    rc = answer_list(context, &request, err);
out:
    return rc;
}
