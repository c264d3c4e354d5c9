/* checks.c - what a request may ask for, member by member: before a list is made, and all of it at
 * once where something was wrong.
 */
#include "base/mistakes.h"
#include "service/engine/state.h"

/* ---- one member each ----------------------------------------------------------------------- */

static reel_code check_limit(reel_session *session, const reel_request *request, reel_err *err)
{
    (void)session;
    return request->limit >= 1 && request->limit <= REEL_LIST_MAX
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID, "limit: %zu is not from 1 to %d", request->limit,
                           (int)REEL_LIST_MAX);
}

static reel_code check_reasons(reel_session *session, const reel_request *request, reel_err *err)
{
    (void)session;
    return request->reasons >= 0 && request->reasons <= REEL_REASONS_MAX
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID, "reasons: %d is not from 0 to %d", request->reasons,
                           (int)REEL_REASONS_MAX);
}

static reel_code check_part(const char *member, double value, reel_err *err)
{
    return value >= 0 && value <= 1
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID, "%s: %g is not from 0 to 1", member, value);
}

static reel_code check_diversity(reel_session *session, const reel_request *request, reel_err *err)
{
    (void)session;
    return check_part("diversity", request->diversity, err);
}

static reel_code check_novelty(reel_session *session, const reel_request *request, reel_err *err)
{
    (void)session;
    return check_part("novelty", request->novelty, err);
}

static reel_code check_calibrate(reel_session *session, const reel_request *request, reel_err *err)
{
    (void)session;
    return check_part("calibrate", request->calibrate, err);
}

reel_code reel__session_model(reel_session *session, const char *name, reel_err *err)
{
    session->model = reel__engine_model(session->engine, name);
    if (session->model == NULL)
        return reel_fail(err, REEL_E_NOTFOUND, "model: none is called \"%s\"; there are %s", name,
                         reel__engine_models_text);
    return REEL_OK;
}

/* A person's taste is every model's matter; what films have in common is in their texts. */
static reel_code choose_model(reel_session *session, const reel_request *request, reel_err *err)
{
    if (request->blend_count > 0)
        return reel__session_blend(session, request, err);
    if (request->model != NULL)
        return reel__session_model(session, request->model, err);
    return reel__session_model(session, request->source_movie >= 0 ? "content" : "hybrid", err);
}

static reel_code check_filter(reel_session *session, const reel_request *request, reel_err *err)
{
    (void)session;
    return reel__order_check_filter(request->filter, err);
}

static reel_code check_boost(reel_session *session, const reel_request *request, reel_err *err)
{
    (void)session;
    return reel__order_check_boost(request->boost, err);
}

static reel_code check_source(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_err inner = {REEL_OK, ""};
    reel_index movie;

    if (request->source_movie < 0 ||
        reel__engine_find_movie(session->engine, request->source_movie, &movie, &inner) == REEL_OK)
        return REEL_OK;
    return reel__mistake_within(err, &inner, "source_movie");
}

static reel_code check_history(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_request own = *request;
    reel_err inner = {REEL_OK, ""};

    if (request->member_count > 0)
        return reel__household_check(session, request, err);
    if (request->user >= 0 && request->given_count > 0)
        return REEL_OK; /* whose list it is was asked where the request was read */
    own.source_movie = -1;
    if (reel__session_set_query(session, &own, &inner) == REEL_OK)
        return REEL_OK;
    if (reel__mistake_place(inner.msg) == 0 && reel__is_mistake(inner.code))
        return reel__mistake_within(err, &inner, "user");
    return reel_fail(err, inner.code, "%s", inner.msg);
}

/* ---- all of them --------------------------------------------------------------------------- */

typedef reel_code check_fn(reel_session *session, const reel_request *request, reel_err *err);

/* Those that cost nothing first; the others are made while a list is. */
static check_fn *const checks[] = {check_limit,   check_diversity, check_novelty, check_calibrate,
                                   check_reasons, choose_model,    check_filter,  check_boost,
                                   check_source,  check_history};
enum { CHECKS = sizeof checks / sizeof *checks, BEFORE = 6 };

reel_code reel__request_check(reel_session *session, const reel_request *request, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (int i = 0; rc == REEL_OK && i < BEFORE; i++)
        rc = checks[i](session, request, err);
    return rc;
}

reel_code reel__request_mistakes(reel_session *session, const reel_request *request, reel_err *all,
                                 reel_err *err)
{
    for (int i = 0; i < CHECKS; i++) {
        reel_err one = {REEL_OK, ""};
        reel_code rc;

        (void)checks[i](session, request, &one);
        rc = reel__mistake_add(all, &one);
        if (rc != REEL_OK)
            return reel_fail(err, rc, "%s", one.msg);
    }
    return REEL_OK;
}
