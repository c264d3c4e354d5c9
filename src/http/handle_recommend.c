/* handle_recommend.c - lists and the reasons for them, from the query string or a JSON body. */
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/mistakes.h"
#include "http/list_body.h"
#include "http/routes.h"
#include "service/lists/list_id.h"

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

/* What is asked for, what is wrong with it as far as that is known, and the experiment it is in. */
typedef struct asking {
    reel_request request;
    int64_t *exclude; /* of a query; the request's */
    reel_err wrong;
    reel_trial trial;
} asking;

/* Whether a list for this person, or visitor, has a say when it is told of. An account may look at
 * lists of the data set's people, but is none of them; and an address is not any number of people.
 */
static bool may_speak(const reel_context *context, const reel_request *request)
{
    char who[REEL_UNIT], network[REEL_ADDRESS_TEXT];

    if (request->user >= 0 && request->asked_by >= 0 && request->user != request->asked_by)
        return false;
    reel__list_id_who(who, request);
    return who[0] == '\0' ||
           reel__visitors_admit(context->app->visitors,
                                reel__exchange_network(context->exchange, network), who);
}

/* For whom the id of a new list is signed. A server of whoever runs this may ask first, and say
 * later whom it showed the list. */
static void set_signature(const reel_context *context, reel_request *request)
{
    const reel_caller *caller = &context->exchange->caller;
    const bool believed = reel__caller_is_believed(caller);

    request->for_anyone = believed && caller->account == 0;
    if (caller->account > 0 && !caller->is_public)
        request->asked_by = REEL_ACCOUNT_PERSON + caller->account;
    request->is_unsigned = !believed && request->list_id == NULL && !may_speak(context, request);
}

static void enter_experiment(const reel_context *context, asking *own)
{
    reel__experiments_enter(context->app->experiments, &own->trial, &own->request,
                            context->app->engine);
}

/* A request that is refused is told all that is wrong with it. rc: what it was refused with. */
static reel_code refuse(const reel_context *context, asking *own, reel_code rc, reel_err *err)
{
    const reel_code met = reel__request_mistakes(context->session, &own->request, &own->wrong, err);

    if (met != REEL_OK)
        return met;
    return own->wrong.code == REEL_OK ? rc : reel_fail(err, own->wrong.code, "%s", own->wrong.msg);
}

static reel_code make_list(const reel_context *context, asking *own, const reel_list **out,
                           reel_err *err)
{
    const int64_t begin = reel__clock_steady_us();
    reel_code rc;

    *out = NULL;
    if (own->wrong.code != REEL_OK)
        return refuse(context, own, own->wrong.code, err);
    rc = reel__recommend(context->session, &own->request, out, err);
    if (reel__is_mistake(rc))
        return refuse(context, own, rc, err);
    if (rc == REEL_OK)
        reel__metrics_list(context->app->metrics, *out,
                           (double)(reel__clock_steady_us() - begin) / 1e6);
    return rc;
}

static reel_code answer_list(reel_context *context, asking *own, reel_err *err)
{
    const reel_request *request = &own->request;
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
    enter_experiment(context, own);
    set_signature(context, &own->request);
    REEL_TRY(make_list(context, own, &list, err));
    REEL_TRY(
        reel__list_next_path(&next, &context->app->key, context->app->engine, list, request, err));
    reel__write_list(&context->json, context->session, list, next.length > 0 ? next.data : NULL);
    if (request->log)
        rc = reel__list_log(context, list, err);
out:
    reel__buf_fini(&next);
    return rc;
}

/* What only a question for reasons may have wrong. */
static void check_explained(const reel_context *context, asking *own, int64_t movie)
{
    reel_err one = {REEL_OK, ""}, inner = {REEL_OK, ""};
    reel_index film;

    if (movie < 0)
        (void)reel_fail(&one, REEL_E_INVALID, "movie: the film to explain must be given");
    else if (reel__engine_find_movie(context->app->engine, movie, &film, &inner) != REEL_OK)
        (void)reel__mistake_within(&one, &inner, "movie");
    (void)reel__mistake_add(&own->wrong, &one);
}

static reel_code answer_explanation(reel_context *context, asking *own, int64_t movie,
                                    reel_err *err)
{
    reel_recommendation item;
    reel_code rc;

    context->exchange->person = own->request.user;
    REEL_TRY(check_people(context, &own->request, err));
    enter_experiment(context, own);
    check_explained(context, own, movie);
    if (own->wrong.code != REEL_OK)
        return refuse(context, own, own->wrong.code, err);
    rc = reel__explain(context->session, &own->request, movie, &item, err);
    if (reel__is_mistake(rc))
        return refuse(context, own, rc, err);
    if (rc == REEL_OK)
        reel__write_explanation(&context->json, context->session, &item);
out:
    return rc;
}

/* Both POST handlers: parse the body, then answer. */
static reel_code with_body(reel_context *context, bool explain, reel_err *err)
{
    const reel_exchange *exchange = context->exchange;
    reel_list_body body = {.request = reel__request_default(), .explains = explain, .movie = -1};
    asking own = {.wrong = {REEL_OK, ""}};
    json_t *json = NULL;
    reel_code rc;

    if (explain)
        body.request.reasons = REEL_REASONS_MAX;
    REEL_TRY(reel__json_parse(&json, exchange->body, exchange->body_length, REEL_LIST_DEPTH, err));
    REEL_TRY(reel__list_body_read(&body, json, &own.wrong, err));
    own.request = body.request;
    rc = explain ? answer_explanation(context, &own, body.movie, err)
                 : answer_list(context, &own, err);
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
    asking own = {.wrong = {REEL_OK, ""}};
    json_t *json = NULL;
    reel_code rc;

    REEL_TRY(reel__list_next_read(&body, &json, &context->app->key, context->exchange->token,
                                  context->exchange->token_length, err));
    own.request = body.request;
    rc = answer_list(context, &own, err);
out:
    reel__list_body_fini(&body);
    json_decref(json);
    return rc;
}

reel_code reel__handle_explain(reel_context *context, reel_err *err)
{
    return with_body(context, true, err);
}

/* ---- from the query string ----------------------------------------------------------------- */

static reel_code read_texts(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    (void)err;
    out->model = reel__exchange_get(exchange, "model");
    out->filter = reel__exchange_get(exchange, "filter");
    out->boost = reel__exchange_get(exchange, "boost");
    return REEL_OK;
}

static reel_code read_user(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    return reel__exchange_get_int(exchange, "user", 0, INT64_MAX, &out->user, err);
}

static reel_code read_limit(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    int64_t limit = (int64_t)out->limit;
    const reel_code rc = reel__exchange_get_int(exchange, "limit", 1, REEL_LIST_LIMIT, &limit, err);

    out->limit = (size_t)limit;
    return rc;
}

static reel_code read_reasons(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    int64_t reasons = out->reasons;
    const reel_code rc =
        reel__exchange_get_int(exchange, "reasons", 0, REEL_REASONS_MAX, &reasons, err);

    out->reasons = (int)reasons;
    return rc;
}

/* After `reasons`, which it overrules. */
static reel_code read_explain(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    const char *text = reel__exchange_get(exchange, "explain");

    if (text == NULL || strcmp(text, "true") == 0)
        return REEL_OK;
    if (strcmp(text, "false") != 0)
        return reel_fail(err, REEL_E_INVALID, "explain: expected true or false");
    out->reasons = 0;
    return REEL_OK;
}

static reel_code read_scenario(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    return reel__list_set_scenario(out, reel__exchange_get(exchange, "scenario"), err);
}

static reel_code read_visitor(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    return reel__list_set_visitor(out, reel__exchange_get(exchange, "visitor"), err);
}

static reel_code read_diversity(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    return reel__exchange_get_real(exchange, "diversity", &out->diversity, err);
}

static reel_code read_novelty(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    return reel__exchange_get_real(exchange, "novelty", &out->novelty, err);
}

static reel_code read_calibrate(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    const char *text = reel__exchange_get(exchange, "calibrate");
    const bool on = text != NULL && strcmp(text, "true") == 0;

    if (on || (text != NULL && strcmp(text, "false") == 0)) {
        out->calibrate = on ? REEL_CALIBRATE_USUAL : 0;
        return REEL_OK;
    }
    return reel__exchange_get_real(exchange, "calibrate", &out->calibrate, err);
}

static reel_code read_seen(const reel_exchange *exchange, reel_request *out, reel_err *err)
{
    const char *seen = reel__exchange_get(exchange, "seen");

    return seen == NULL ? REEL_OK : reel__list_set_seen(out, seen, err);
}

/* Ids with commas between them. */
static reel_code read_exclude(const char *text, asking *own, reel_err *err)
{
    const size_t length = strlen(text);
    size_t count = 1;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < length; i++)
        count += text[i] == ',';
    if (count > REEL_EXCLUDE_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "exclude: more than %d films", REEL_EXCLUDE_MAX);
    own->exclude = reel__alloc_array(count, sizeof *own->exclude);
    if (own->exclude == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu films", count);
    for (size_t i = 0; i < count; i++) {
        const size_t size = strcspn(text, ",");

        if (!reel__id_read(&own->exclude[i], text, size))
            REEL_TRY(reel_fail(err, REEL_E_INVALID,
                               "exclude: expected film ids with commas between them, such as "
                               "858,1221"));
        text += size + 1;
    }
    own->request.exclude = own->exclude;
    own->request.exclude_count = count;
out:
    return rc;
}

/* own is to be released by asking_fini, also where this fails. */
static reel_code read_query(asking *own, const reel_exchange *exchange, reel_err *err)
{
    const char *exclude = reel__exchange_get(exchange, "exclude");
    static reel_code (*const readers[])(const reel_exchange *exchange, reel_request *out,
                                        reel_err *err) = {
        read_texts,   read_user,      read_limit,   read_reasons,   read_explain, read_scenario,
        read_visitor, read_diversity, read_novelty, read_calibrate, read_seen};
    reel_err one = {REEL_OK, ""};

    *own = (asking){.request = reel__request_default(), .wrong = {REEL_OK, ""}};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        one = (reel_err){REEL_OK, ""};
        if (readers[i](exchange, &own->request, &one) != REEL_OK)
            (void)reel__mistake_add(&own->wrong, &one);
    }
    one = (reel_err){REEL_OK, ""};
    if (exclude != NULL && read_exclude(exclude, own, &one) != REEL_OK &&
        reel__mistake_add(&own->wrong, &one) != REEL_OK)
        return reel_fail(err, one.code, "%s", one.msg);
    return REEL_OK;
}

static void asking_fini(asking *own)
{
    reel__free(own->exclude);
}

reel_code reel__handle_recommend_get(reel_context *context, reel_err *err)
{
    asking own;
    reel_err one = {REEL_OK, ""};
    reel_code rc;

    REEL_TRY(read_query(&own, context->exchange, err));
    if (reel__exchange_get(context->exchange, "user") == NULL) {
        (void)reel_fail(&one, REEL_E_INVALID,
                        "user: whose list? For an anonymous history use POST");
        (void)reel__mistake_add(&own.wrong, &one);
    }
    rc = answer_list(context, &own, err);
out:
    asking_fini(&own);
    return rc;
}

reel_code reel__handle_similar(reel_context *context, reel_err *err)
{
    asking own;
    reel_index film;
    reel_code rc;

    REEL_TRY(read_query(&own, context->exchange, err));
    REEL_TRY(reel__engine_find_movie(context->app->engine, context->exchange->id, &film, err));
    own.request.source_movie = context->exchange->id;
    rc = answer_list(context, &own, err);
out:
    asking_fini(&own);
    return rc;
}
