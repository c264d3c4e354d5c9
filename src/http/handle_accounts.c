/* handle_accounts.c - accounts of other people, by admins. */
#include <string.h>

#include "base/clock.h"
#include "http/routes.h"
#include "service/accounts/export.h"

enum { PAGE = 50, PAGE_MOST = 200, BODY_DEPTH = 4 };

static reel_code need_accounts(const reel_context *context, reel_err *err)
{
    context->exchange->cache_control = "no-store";
    return context->app->accounts != NULL
               ? REEL_OK
               : reel_fail(err, REEL_E_NOTFOUND, "there are no accounts here");
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef struct listing {
    reel_json *json;
    int64_t left, last;
    bool more;
} listing;

static bool write_row(void *user, const reel_account *account)
{
    listing *l = user;

    l->more = l->left == 0;
    if (l->more)
        return false;
    reel__account_write_for_others(l->json, account);
    l->last = account->id;
    l->left--;
    return true;
}

reel_code reel__handle_accounts(reel_context *context, reel_err *err)
{
    const char *part = reel__exchange_get(context->exchange, "q");
    reel_paging page = {.kind = 'a', .limit = PAGE};
    listing l = {.json = &context->json};
    reel_code rc;

    REEL_TRY(need_accounts(context, err));
    reel__json_object(l.json);
    REEL_TRY(reel__exchange_page(context->exchange, l.json, &page, PAGE_MOST, err));
    l.left = page.limit;
    REEL_TRY(reel__accounts_scan(context->app->accounts, part == NULL ? "" : part, page.at,
                                 (size_t)page.limit + 1, write_row, &l, err));
    reel__exchange_page_end(context->exchange, l.json, &page, l.more ? l.last : -1);
    reel__json_object_end(l.json);
out:
    return rc;
}

static reel_code write_account(reel_context *context, reel_err *err)
{
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__accounts_get(context->app->accounts, context->exchange->id, &account, err));
    reel__account_write_for_others(&context->json, &account);
out:
    return rc;
}

reel_code reel__handle_account(reel_context *context, reel_err *err)
{
    reel_code rc;

    REEL_TRY(need_accounts(context, err));
    rc = write_account(context, err);
out:
    return rc;
}

/* ---- changing ------------------------------------------------------------------------------ */

/* Members that are there are taken, any but these is a mistake. */
static reel_code read_change(const reel_exchange *exchange, reel_role *role, bool *disabled,
                             reel_err *err)
{
    json_t *body = NULL;
    const char *name, *said = NULL;
    json_t *value;
    reel_code rc;

    REEL_TRY(reel__json_parse(&body, exchange->body, exchange->body_length, BODY_DEPTH, err));
    if (!json_is_object(body))
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "expected a JSON object"));
    json_object_foreach(body, name, value)
    {
        const bool is_disabled = strcmp(name, "disabled") == 0;

        if (!is_disabled && strcmp(name, "role") != 0)
            REEL_TRY(reel_fail(err, REEL_E_INVALID,
                               "\"%.40s\" cannot be changed; there are role and disabled", name));
        if (is_disabled && !json_is_boolean(value))
            REEL_TRY(reel_fail(err, REEL_E_INVALID, "disabled: expected true or false"));
        if (is_disabled)
            *disabled = json_is_true(value);
    }
    REEL_TRY(reel__json_get_text(body, "role", &said, err));
    if (said != NULL && !reel__role_parse(role, said))
        rc = reel_fail(err, REEL_E_INVALID,
                       "role: there is no \"%.40s\"; there are person, analyst and admin", said);
out:
    json_decref(body);
    return rc;
}

reel_code reel__handle_account_change(reel_context *context, reel_err *err)
{
    const int64_t id = context->exchange->id;
    reel_accounts *accounts = context->app->accounts;
    reel_account account;
    reel_code rc;

    REEL_TRY(need_accounts(context, err));
    REEL_TRY(reel__accounts_get(accounts, id, &account, err));
    REEL_TRY(read_change(context->exchange, &account.role, &account.disabled, err));
    REEL_TRY(reel__accounts_set(accounts, id, account.role, account.disabled, err));
    rc = write_account(context, err);
out:
    return rc;
}

reel_code reel__handle_account_reset(reel_context *context, reel_err *err)
{
    char token[REEL_TOKEN_TEXT], until[REEL_TIME_TEXT];
    reel_json *json = &context->json;
    reel_code rc;

    REEL_TRY(need_accounts(context, err));
    REEL_TRY(reel__accounts_reset(context->app->accounts, context->exchange->id, token, err));
    reel__clock_text(reel__clock_now() + REEL_RESET_S, until);
    context->exchange->status = 201;
    reel__json_object(json);
    reel__json_put_text(json, "token", token);
    reel__json_put_text(json, "expires_at", until);
    reel__json_object_end(json);
    reel__secret_wipe(token, sizeof token);
out:
    return rc;
}

reel_code reel__handle_account_delete(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_code rc;

    REEL_TRY(need_accounts(context, err));
    REEL_TRY(reel__accounts_delete(context->app->accounts, exchange->id, err));
    exchange->status = 204;
    exchange->answer_type = NULL; /* nothing follows */
out:
    return rc;
}
