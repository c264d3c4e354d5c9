/* handle_recommend.c - lists and the reasons for them, from the query string or a JSON body. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "http/routes.h"
#include "service/recommend.h"

enum { LIST_LIMIT = 100, JSON_DEPTH = 8, EXCLUDE_MAX = 1000 };
static const double CALIBRATE_USUAL = 0.5;

/* A request as its body says it, with the arrays it points to. */
typedef struct body_request {
    reel_request request;
    reel_given *given, *edits;
    int64_t *exclude;
    int64_t movie; /* explanations: the film asked about */
} body_request;

static reel_code read_given(const json_t *entry, reel_given *out, reel_err *err)
{
    reel_code rc;

    *out = (reel_given){.movie = -1, .rating = (double)NAN, .weight = 1};
    if (!json_is_object(entry))
        return reel_fail(err, REEL_E_INVALID, "expected an object");
    REEL_TRY(reel__json_get_int(entry, "movie", &out->movie, err));
    REEL_TRY(reel__json_get_real(entry, "rating", &out->rating, err));
    REEL_TRY(reel__json_get_real(entry, "weight", &out->weight, err));
    if (out->movie < 0)
        rc = reel_fail(err, REEL_E_INVALID, "movie must be given");
out:
    return rc;
}

/* An array of films with what was given to them; an edit may leave the rating as it is. */
static reel_code read_films(const json_t *body, const char *member, bool rated, reel_given **out,
                            size_t *count, reel_err *err)
{
    const json_t *list = json_object_get(body, member);
    const size_t length = json_array_size(list);

    if (list == NULL || json_is_null(list))
        return REEL_OK;
    if (!json_is_array(list))
        return reel_fail(err, REEL_E_INVALID, "%s: expected an array", member);
    if (length > REEL_HISTORY_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "%s: more than %d entries", member,
                         REEL_HISTORY_MAX);
    *out = reel__alloc_array(length, sizeof **out);
    if (*out == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %s of %zu entries", member, length);
    for (size_t i = 0; i < length; i++) {
        reel_err inner = {REEL_OK, ""};
        reel_code rc = read_given(json_array_get(list, i), &(*out)[i], &inner);

        if (rc == REEL_OK && rated && isnan((*out)[i].rating))
            rc = reel_fail(&inner, REEL_E_INVALID, "rating must be given");
        if (rc != REEL_OK)
            return reel_fail(err, rc, "%s[%zu]: %.400s", member, i, inner.msg);
    }
    *count = length;
    return REEL_OK;
}

static reel_code read_histories(const json_t *body, body_request *out, reel_err *err)
{
    reel_code rc;

    REEL_TRY(read_films(body, "history", true, &out->given, &out->request.given_count, err));
    REEL_TRY(read_films(body, "edits", false, &out->edits, &out->request.edit_count, err));
    out->request.given = out->given;
    out->request.edits = out->edits;
out:
    return rc;
}

static reel_code read_exclude(const json_t *body, body_request *out, reel_err *err)
{
    const json_t *list = json_object_get(body, "exclude");
    const size_t count = json_array_size(list);

    if (list == NULL || json_is_null(list))
        return REEL_OK;
    if (!json_is_array(list) || count > EXCLUDE_MAX)
        return reel_fail(err, REEL_E_INVALID, "exclude: expected an array of at most %d film ids",
                         EXCLUDE_MAX);
    out->exclude = reel__alloc_array(count, sizeof *out->exclude);
    if (out->exclude == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to exclude %zu films", count);
    for (size_t i = 0; i < count; i++) {
        const json_t *id = json_array_get(list, i);
        if (!json_is_integer(id))
            return reel_fail(err, REEL_E_INVALID, "exclude[%zu]: expected a film id", i);
        out->exclude[i] = json_integer_value(id);
    }
    out->request.exclude = out->exclude;
    out->request.exclude_count = count;
    return REEL_OK;
}

static reel_code set_seen(const char *seen, reel_request *request, reel_err *err)
{
    request->show_seen = strcmp(seen, "show") == 0;
    if (!request->show_seen && strcmp(seen, "hide") != 0)
        return reel_fail(err, REEL_E_INVALID, "seen: expected \"hide\" or \"show\"");
    return REEL_OK;
}

static reel_code read_limits(const json_t *body, body_request *out, reel_err *err)
{
    int64_t limit = 10, reasons = out->request.reasons;
    const char *seen = "hide";
    reel_code rc;

    REEL_TRY(reel__json_get_int(body, "limit", &limit, err));
    REEL_TRY(reel__json_get_int(body, "reasons", &reasons, err));
    REEL_TRY(reel__json_get_text(body, "seen", &seen, err));
    if (limit < 1 || limit > LIST_LIMIT)
        return reel_fail(err, REEL_E_INVALID, "limit: expected 1 to %d", LIST_LIMIT);
    if (reasons < 0 || reasons > REEL_REASONS_MAX)
        return reel_fail(err, REEL_E_INVALID, "reasons: expected 0 to %d", REEL_REASONS_MAX);
    out->request.limit = (size_t)limit;
    out->request.reasons = (int)reasons;
    rc = set_seen(seen, &out->request, err);
out:
    return rc;
}

/* true is half of everything, false nothing of it. */
static reel_code read_calibrate(const json_t *body, double *out, reel_err *err)
{
    const json_t *member = json_object_get(body, "calibrate");

    if (!json_is_boolean(member))
        return reel__json_get_real(body, "calibrate", out, err);
    *out = json_is_true(member) ? CALIBRATE_USUAL : 0;
    return REEL_OK;
}

static reel_code read_rules(const json_t *body, reel_request *request, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__json_get_text(body, "filter", &request->filter, err));
    REEL_TRY(reel__json_get_text(body, "boost", &request->boost, err));
    REEL_TRY(reel__json_get_real(body, "diversity", &request->diversity, err));
    REEL_TRY(reel__json_get_real(body, "novelty", &request->novelty, err));
    REEL_TRY(read_calibrate(body, &request->calibrate, err));
out:
    return rc;
}

static reel_code read_body(const json_t *body, body_request *out, reel_err *err)
{
    reel_code rc;

    if (!json_is_object(body))
        return reel_fail(err, REEL_E_INVALID, "expected a JSON object");
    REEL_TRY(reel__json_get_int(body, "user", &out->request.user, err));
    REEL_TRY(reel__json_get_int(body, "movie", &out->movie, err));
    REEL_TRY(reel__json_get_text(body, "model", &out->request.model, err));
    REEL_TRY(read_limits(body, out, err));
    REEL_TRY(read_exclude(body, out, err));
    REEL_TRY(read_rules(body, &out->request, err));
    REEL_TRY(read_histories(body, out, err));
    if (out->request.user < 0 && out->request.given == NULL)
        return reel_fail(err, REEL_E_INVALID, "give either user or history");
    if (out->request.user >= 0 && out->request.given != NULL)
        return reel_fail(err, REEL_E_INVALID, "give user or history, not both");
out:
    return rc;
}

static reel_code answer_list(reel_context *context, const reel_request *request, reel_err *err)
{
    const reel_list *list;
    const reel_code rc = reel__recommend(context->session, request, &list, err);

    if (rc == REEL_OK)
        reel__write_list(&context->json, context->session, list);
    return rc;
}

static reel_code answer_explanation(reel_context *context, const body_request *body, reel_err *err)
{
    reel_recommendation item;
    reel_code rc;

    if (body->movie < 0)
        return reel_fail(err, REEL_E_INVALID, "movie: the film to explain must be given");
    rc = reel__explain(context->session, &body->request, body->movie, &item, err);
    if (rc == REEL_OK)
        reel__write_explanation(&context->json, context->session, &item);
    return rc;
}

/* Both POST handlers: parse the body, then answer. */
static reel_code with_body(reel_context *context, bool explain, reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    body_request body = {.request = reel__request_default(), .movie = -1};
    json_t *json = NULL;
    reel_code rc;

    if (explain)
        body.request.reasons = REEL_REASONS_MAX;
    REEL_TRY(reel__json_parse(&json, exchange->body, exchange->body_length, JSON_DEPTH, err));
    REEL_TRY(read_body(json, &body, err));
    rc = explain ? answer_explanation(context, &body, err)
                 : answer_list(context, &body.request, err);
out:
    reel__free(body.given);
    reel__free(body.edits);
    reel__free(body.exclude);
    json_decref(json);
    return rc;
}

reel_code reel__handle_recommend_post(reel_context *context, reel_err *err)
{
    return with_body(context, false, err);
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
        rc = set_seen(seen, request, err);
out:
    return rc;
}

static reel_code read_query(const reel_context *context, reel_request *request, reel_err *err)
{
    int64_t limit = 10, reasons = request->reasons;
    reel_code rc;

    REEL_TRY(reel__exchange_get_int(context->exchange, "limit", 1, LIST_LIMIT, &limit, err));
    REEL_TRY(
        reel__exchange_get_int(context->exchange, "reasons", 0, REEL_REASONS_MAX, &reasons, err));
    request->limit = (size_t)limit;
    request->reasons = (int)reasons;
    request->model = reel__exchange_get(context->exchange, "model");
    rc = read_query_rules(context->exchange, request, err);
out:
    return rc;
}

reel_code reel__handle_recommend_get(reel_context *context, reel_err *err)
{
    reel_request request = reel__request_default();
    reel_code rc;

    REEL_TRY(read_query(context, &request, err));
    if (reel__exchange_get(context->exchange, "user") == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "user: whose list? For an anonymous history use POST");
    REEL_TRY(reel__exchange_get_int(context->exchange, "user", 0, INT64_MAX, &request.user, err));
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
