/* handle_keys.c - API keys, by admins: made, listed, rotated and revoked. */
#include <stdio.h>
#include <string.h>

#include "http/handle_account.h"
#include "service/accounts/keys.h"

enum { PAGE = 50, PAGE_MOST = 200, GRACE_MOST_S = 366 * 86400 };

/* The {key} of the path: what one begins with. One that is too long is none. */
static void take_id(char out[REEL_KEY_PREFIX], const reel_exchange *exchange)
{
    const size_t length = exchange->token_length < REEL_KEY_PREFIX ? exchange->token_length : 0;

    memcpy(out, exchange->token, length);
    out[length] = '\0';
}

/* ---- reading ------------------------------------------------------------------------------- */

enum { BEGINNING = 16 };

/* Keys come newest first, those of the same second in the order of their hashes, of which a cursor
 * has the beginning: too little to be of use to anybody. */
typedef struct listing {
    reel_json *json;
    int64_t left;   /* of the page */
    int64_t before; /* the key before it: when that was made */
    char hash[BEGINNING + 1];
    bool more;
} listing;

static bool write_row(void *user, const reel_api_key *key)
{
    listing *l = user;

    if (key->created_at > l->before ||
        (key->created_at == l->before && strncmp(key->hash, l->hash, BEGINNING) <= 0))
        return true;
    l->more = l->left == 0;
    if (l->more)
        return false;
    reel__key_write(l->json, key, NULL);
    l->before = key->created_at;
    (void)snprintf(l->hash, sizeof l->hash, "%.*s", (int)BEGINNING, key->hash);
    l->left--;
    return true;
}

/* k1795000000_0123456789abcdef: the last key of the page before. */
static reel_code read_cursor(reel_exchange *exchange, listing *out, reel_err *err)
{
    char text[REEL_CURSOR];
    long long before;
    int end = 0;
    const reel_code rc = reel__exchange_cursor(text, exchange, err);

    if (rc != REEL_OK || *text == '\0')
        return rc;
    if (sscanf(text, "k%lld_%16[0-9a-f]%n", &before, out->hash, &end) != 2 || text[end] != '\0')
        return reel__exchange_cursor_wrong(exchange, text, err);
    out->before = before;
    return REEL_OK;
}

reel_code reel__handle_keys(reel_context *context, reel_err *err)
{
    listing l = {.json = &context->json, .left = PAGE, .before = INT64_MAX};
    reel_exchange *exchange = context->exchange;
    char next[REEL_CURSOR];
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__exchange_get_int(exchange, "limit", 1, PAGE_MOST, &l.left, err));
    REEL_TRY(read_cursor(exchange, &l, err));
    reel__json_object(l.json);
    reel__json_key(l.json, "items");
    reel__json_array(l.json);
    REEL_TRY(reel__keys_scan(context->app->accounts, write_row, &l, err));
    reel__json_array_end(l.json);
    (void)snprintf(next, sizeof next, "k%lld_%s", (long long)l.before, l.hash);
    reel__exchange_next_text(exchange, l.json, l.more ? next : NULL);
    reel__json_object_end(l.json);
out:
    return rc;
}

reel_code reel__handle_key(reel_context *context, reel_err *err)
{
    char id[REEL_KEY_PREFIX];
    reel_api_key key;
    reel_code rc;

    take_id(id, context->exchange);
    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__keys_get(context->app->accounts, id, &key, err));
    reel__key_write(&context->json, &key, NULL);
out:
    return rc;
}

/* ---- what is asked for --------------------------------------------------------------------- */

/* Each text of an array, to take; a member that is missing or null is empty. */
typedef reel_code text_fn(reel_key_wish *wish, const char *text, reel_err *err);

static reel_code each_text(const json_t *body, const char *name, text_fn *take, reel_key_wish *wish,
                           reel_err *err)
{
    const json_t *array = json_object_get(body, name);
    reel_code rc = REEL_OK;

    if (array != NULL && !json_is_null(array) && !json_is_array(array))
        return reel_fail(err, REEL_E_INVALID, "%s: expected an array of texts", name);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));

        if (text == NULL)
            return reel_fail(err, REEL_E_INVALID, "%s[%zu]: expected a text", name, i);
        REEL_TRY(take(wish, text, err));
    }
out:
    return rc;
}

static reel_code take_scope(reel_key_wish *wish, const char *text, reel_err *err)
{
    unsigned scope = 0;
    const reel_code rc = reel__scopes_read(&scope, text, err);

    wish->scopes |= rc == REEL_OK ? scope : 0;
    return rc;
}

static reel_code take_origin(reel_key_wish *wish, const char *text, reel_err *err)
{
    return reel__origin_add(wish->origins, text, err);
}

static reel_code read_wish(reel_key_wish *out, const json_t *body, reel_err *err)
{
    const char *rate = NULL;
    int64_t days = 0;
    reel_code rc;

    *out = (reel_key_wish){.label = ""};
    REEL_TRY(reel__json_get_text(body, "name", &out->label, err));
    REEL_TRY(each_text(body, "scopes", take_scope, out, err));
    REEL_TRY(each_text(body, "origins", take_origin, out, err));
    REEL_TRY(reel__json_get_text(body, "rate", &rate, err));
    if (rate != NULL)
        REEL_TRY(reel__rate_parse(&out->rate, rate, err));
    REEL_TRY(reel__json_get_int(body, "expires_days", &days, err));
    if (days < 0 || days > REEL_KEY_DAYS_MOST)
        return reel_fail(err, REEL_E_INVALID, "expires_days: expected 1 to %d",
                         (int)REEL_KEY_DAYS_MOST);
    out->days = (int)days;
    rc = reel__json_get_bool(body, "public", &out->is_public, err);
out:
    return rc;
}

/* ---- changing ------------------------------------------------------------------------------ */

/* The only answer that has the key itself. */
static void show(reel_context *context, const reel_api_key *key, char text[REEL_KEY_TEXT])
{
    reel_exchange *exchange = context->exchange;

    exchange->status = 201;
    (void)snprintf(exchange->own_location, sizeof exchange->own_location, "/api/v1/keys/%s",
                   key->prefix);
    exchange->location = exchange->own_location;
    reel__key_write(&context->json, key, text);
    reel__secret_wipe(text, REEL_KEY_TEXT);
}

reel_code reel__handle_key_make(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"name", "scopes",       "public", "origins",
                                        "rate", "expires_days", NULL};
    char text[REEL_KEY_TEXT];
    json_t *body = NULL;
    reel_key_wish wish;
    reel_api_key key;
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__exchange_body(&body, context->exchange, names, err));
    REEL_TRY(read_wish(&wish, body, err));
    wish.account = context->exchange->caller.account;
    REEL_TRY(reel__keys_add(context->app->accounts, &wish, &key, text, err));
    show(context, &key, text);
out:
    json_decref(body);
    return rc;
}

reel_code reel__handle_key_rotate(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"grace_seconds", NULL};
    char id[REEL_KEY_PREFIX], text[REEL_KEY_TEXT];
    int64_t grace_s = REEL_KEY_GRACE_S;
    json_t *body = NULL;
    reel_api_key key;
    reel_code rc;

    take_id(id, context->exchange);
    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__exchange_body(&body, context->exchange, names, err));
    REEL_TRY(reel__json_get_int(body, "grace_seconds", &grace_s, err));
    if (grace_s < 0 || grace_s > GRACE_MOST_S)
        REEL_TRY(
            reel_fail(err, REEL_E_INVALID, "grace_seconds: expected 0 to %d", (int)GRACE_MOST_S));
    REEL_TRY(reel__keys_rotate(context->app->accounts, id, grace_s, &key, text, err));
    show(context, &key, text);
out:
    json_decref(body);
    return rc;
}

reel_code reel__handle_key_revoke(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    char id[REEL_KEY_PREFIX];
    reel_code rc;

    take_id(id, exchange);
    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__keys_revoke(context->app->accounts, id, err));
    reel__exchange_nothing(exchange);
out:
    return rc;
}
