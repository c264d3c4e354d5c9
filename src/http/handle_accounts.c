/* handle_accounts.c - accounts of other people, by admins. */
#include "base/clock.h"
#include "http/handle_account.h"
#include "service/accounts/export.h"

enum { PAGE = 50, PAGE_MOST = 200 };

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

    REEL_TRY(reel__need_accounts(context, err));
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

    REEL_TRY(reel__need_accounts(context, err));
    rc = write_account(context, err);
out:
    return rc;
}

/* ---- changing ------------------------------------------------------------------------------ */

/* What is left out stays. */
static reel_code read_change(const reel_exchange *exchange, reel_account_change *out,
                             reel_role *role, reel_err *err)
{
    static const char *const names[] = {"role", "disabled", NULL};
    const char *said = NULL;
    bool disabled = false;
    json_t *body = NULL;
    reel_code rc;

    *out = (reel_account_change){.disabled = -1};
    REEL_TRY(reel__exchange_body(&body, exchange, names, err));
    REEL_TRY(reel__json_get_bool(body, "disabled", &disabled, err));
    if (json_is_boolean(json_object_get(body, "disabled")))
        out->disabled = disabled;
    REEL_TRY(reel__json_get_text(body, "role", &said, err));
    if (said != NULL && reel__role_parse(role, said))
        out->role = role;
    else if (said != NULL)
        rc = reel_fail(err, REEL_E_INVALID,
                       "role: there is no \"%.40s\"; there are person, analyst and admin", said);
out:
    json_decref(body);
    return rc;
}

reel_code reel__handle_account_change(reel_context *context, reel_err *err)
{
    const int64_t id = context->exchange->id;
    reel_account_change change;
    reel_role role;
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(read_change(context->exchange, &change, &role, err));
    REEL_TRY(reel__accounts_set(context->app->accounts, id, &change, err));
    rc = write_account(context, err);
out:
    return rc;
}

reel_code reel__handle_account_reset(reel_context *context, reel_err *err)
{
    char token[REEL_TOKEN_TEXT];
    reel_json *json = &context->json;
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__accounts_reset(context->app->accounts, context->exchange->id, token, err));
    context->exchange->status = 201;
    reel__json_object(json);
    reel__json_put_text(json, "token", token);
    reel__json_put_time(json, "expires_at", reel__clock_now() + REEL_RESET_S);
    reel__json_object_end(json);
    reel__secret_wipe(token, sizeof token);
out:
    return rc;
}

reel_code reel__handle_account_delete(reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    REEL_TRY(reel__accounts_delete(context->app->accounts, exchange->id, err));
    reel__exchange_nothing(exchange);
out:
    return rc;
}
