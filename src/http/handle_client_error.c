/* handle_client_error.c - a page's own mistake, written to the log: anybody may send one, so it is
 * short, quoted, and few are heard from one address. */
#include <string.h>

#include "base/log.h"
#include "http/handle_account.h"

enum { MESSAGE_MOST = 300, PAGE_MOST = 200, AT_MOST = 400, QUOTED_MOST = 2048 };

static reel_code check_length(const char *name, const char *text, size_t most, reel_err *err)
{
    return text == NULL || strlen(text) <= most
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID, "%s: is longer than %zu bytes", name, most);
}

static reel_code read_error(const json_t *body, const char **message, const char **page,
                            const char **at, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__json_get_text(body, "message", message, err));
    REEL_TRY(reel__json_get_text(body, "page", page, err));
    REEL_TRY(reel__json_get_text(body, "at", at, err));
    if (*message == NULL || (*message)[0] == '\0')
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "message: say what went wrong"));
    REEL_TRY(check_length("message", *message, MESSAGE_MOST, err));
    REEL_TRY(check_length("page", *page, PAGE_MOST, err));
    rc = check_length("at", *at, AT_MOST, err);
out:
    return rc;
}

/* Counted before it is read, so that a wrong one is no way around. */
static reel_code take_turn(const reel_context *context, reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    char address[REEL_ADDRESS_TEXT];
    int wait_s;
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    reel__client_network(address, &exchange->client);
    wait_s = reel__accounts_report_wait(context->app->accounts, address);
    if (wait_s > 0) {
        reel__exchange_retry(exchange, wait_s);
        rc = reel_fail(err, REEL_E_BUSY, "too many reports; wait %d seconds", wait_s);
    }
out:
    return rc;
}

reel_code reel__handle_client_error(reel_context *context, reel_err *err)
{
    static const char *const names[] = {"message", "page", "at", NULL};
    reel_exchange *exchange = context->exchange;
    const char *message = NULL, *page = NULL, *at = NULL;
    char said[QUOTED_MOST], where[QUOTED_MOST], from[QUOTED_MOST];
    json_t *body = NULL;
    reel_code rc;

    REEL_TRY(take_turn(context, err));
    REEL_TRY(reel__exchange_body(&body, exchange, names, err));
    REEL_TRY(read_error(body, &message, &page, &at, err));
    reel__log(REEL_LOG_WARN, "page_error", "id=%s client=%s page=%s text=%s at=%s",
              exchange->request_id, exchange->client.text,
              reel__log_quote(where, sizeof where, page == NULL ? "" : page),
              reel__log_quote(said, sizeof said, message),
              reel__log_quote(from, sizeof from, at == NULL ? "" : at));
    exchange->status = 202;
    reel__json_object(&context->json);
    reel__json_put_bool(&context->json, "heard", true);
    reel__json_object_end(&context->json);
out:
    json_decref(body);
    return rc;
}
