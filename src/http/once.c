/* once.c - Idempotency-Key: what makes something is done once however often it is sent, and the
 * first answer comes again.
 */
#include <stdio.h>
#include <string.h>

#include "http/routes.h"
#include "service/accounts/key_text.h"
#include "service/operation/once.h"

enum { KEY_MOST = 255, RETRY_S = 1, WHO_MOST = 64 + REEL_KEY_TEXT };

/* Visible ASCII; a client's own name for what it wants done. */
static bool is_key(const char *key)
{
    const size_t length = strlen(key);

    for (size_t i = 0; i < length; i++)
        if (key[i] < '!' || key[i] > '~')
            return false;
    return length > 0 && length <= KEY_MOST;
}

static reel_code answer_again(reel_exchange *exchange, const reel_once_answer *there, reel_err *err)
{
    exchange->status = (int)there->status;
    reel__buf_append(&exchange->answer, there->text.data, there->text.length);
    if (there->location[0] != '\0') {
        (void)snprintf(exchange->own_location, sizeof exchange->own_location, "%.47s",
                       there->location);
        exchange->location = exchange->own_location;
    }
    return reel__buf_check(&exchange->answer, err);
}

/* Do it, and keep what came of it; a refusal is not kept, so that it may be tried again. What was
 * done is done: that it could not be remembered does not undo it. */
static reel_code do_once(reel_context *context, const reel_route *route, const char *key,
                         reel_err *err)
{
    reel_store *store = reel__engine_store(context->app->engine);
    reel_exchange *exchange = context->exchange;
    reel_once_answer answer = {.status = 0};
    reel_code rc = route->handler(context, err);

    if (rc == REEL_OK)
        rc = reel__buf_check(&exchange->answer, err);
    answer.status = exchange->status;
    answer.text = exchange->answer;
    if (rc == REEL_OK && exchange->location != NULL)
        (void)snprintf(answer.location, sizeof answer.location, "%s", exchange->location);
    (void)reel__once_end(store, key, rc == REEL_OK ? &answer : NULL);
    return rc;
}

static reel_code by_state(reel_context *context, reel_once_state state,
                          const reel_once_answer *there, reel_err *err)
{
    if (state == REEL_ONCE_DONE)
        return answer_again(context->exchange, there, err);
    if (state == REEL_ONCE_OTHER)
        return reel_fail(err, REEL_E_INVALID,
                         "Idempotency-Key: it was sent with another body before; take a new key "
                         "for another request");
    reel__exchange_retry(context->exchange, RETRY_S);
    return reel_fail(err, REEL_E_CONFLICT,
                     "Idempotency-Key: the first request is not done yet; send it again in %d s",
                     (int)RETRY_S);
}

/* By a key: the same whichever header brings it. */
static reel_code name_caller(char out[WHO_MOST], const reel_exchange *exchange, reel_err *err)
{
    const reel_caller *caller = &exchange->caller;
    const char *key = NULL;
    size_t length = 0;
    reel_code rc = REEL_OK;

    if (caller->kind == REEL_CALLER_KEY)
        REEL_TRY(reel__exchange_key(exchange, &key, &length, err));
    (void)snprintf(out, WHO_MOST, "%d %lld %.*s", (int)caller->kind, (long long)caller->account,
                   key == NULL ? 0 : (int)length, key == NULL ? "" : key);
out:
    return rc;
}

reel_code reel__exchange_once(reel_context *context, const reel_route *route, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    char who[WHO_MOST], key[REEL_ONCE_HASH];
    const reel_once_request request = {
        .parts = {who, exchange->path, exchange->content_type, exchange->idempotency_key},
        .body = exchange->body,
        .length = exchange->body_length};
    reel_once_answer there = {.status = 0};
    reel_once_state state;
    reel_code rc;

    if (route->repeat == REEL_REPEAT_SECRET) {
        exchange->status = 400;
        return reel_fail(err, REEL_E_INVALID,
                         "Idempotency-Key: not for %s %s, whose answer has a secret that is not "
                         "kept; send it without one, and look what came of it before you send it "
                         "again",
                         route->method, route->path);
    }
    if (!is_key(exchange->idempotency_key)) {
        exchange->status = 400;
        return reel_fail(err, REEL_E_INVALID,
                         "Idempotency-Key: expected 1 to %d visible characters", (int)KEY_MOST);
    }
    REEL_TRY(name_caller(who, exchange, err));
    reel__buf_init(&there.text, REEL_HTTP_ANSWER_MAX);
    REEL_TRY(reel__once_begin(key, reel__engine_store(context->app->engine), &request, &state,
                              &there, err));
    rc = state == REEL_ONCE_MINE ? do_once(context, route, key, err)
                                 : by_state(context, state, &there, err);
out:
    reel__buf_fini(&there.text);
    return rc;
}
