/* accounts_mail.c - an account's address, and what is mailed there: a confirmation, and a reset for
 * who forgot the password. Nothing is sent here: it waits in the store for the mailer.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "net/mail.h"
#include "service/accounts/accounts_priv.h"
#include "service/accounts/letters.h"
#include "store/mails.h"

static reel_code queue(reel_accounts *accounts, reel_letter_kind kind, reel_mail_row *row,
                       const char *language, reel_err *err)
{
    (void)snprintf(row->kind, sizeof row->kind, "%s", reel__letter_kind_name(kind));
    (void)snprintf(row->language, sizeof row->language, "%s", language == NULL ? "" : language);
    row->created_ms = reel__clock_now_ms();
    return reel__store_put_mail(accounts->store, row, err);
}

reel_code reel__accounts_set_email(reel_accounts *accounts, int64_t id, const reel_attempt *attempt,
                                   reel_err *err)
{
    reel_mail_row row = {.account = id};
    reel_code rc;

    REEL_TRY(reel__store_set_email(accounts->store, id, attempt->email, err));
    if (attempt->email[0] == '\0')
        goto out;
    (void)snprintf(row.who, sizeof row.who, "%s", attempt->email);
    rc = queue(accounts, REEL_LETTER_CONFIRM, &row, attempt->language, err);
out:
    return rc;
}

/* As accounts are found by it: a name and an address fold the same way. */
static reel_code fold(char out[REEL_ACCOUNT_FOLDED], const char *name, reel_err *err)
{
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, REEL_ACCOUNT_FOLDED - 1);
    reel__utf8_fold(&text, name, strlen(name));
    rc = reel__buf_check(&text, err);
    if (rc == REEL_E_TOOLARGE || (rc == REEL_OK && text.length == 0))
        rc =
            reel_fail(err, REEL_E_INVALID, "name: expected the name of an account, or its address");
    if (rc == REEL_OK)
        memcpy(out, text.data, text.length + 1);
    reel__buf_fini(&text);
    return rc;
}

reel_code reel__accounts_forgot(reel_accounts *accounts, reel_attempt *attempt, reel_err *err)
{
    reel_mail_row row = {.account = 0};
    reel_code rc;

    REEL_TRY(fold(row.who, attempt->name, err));
    REEL_TRY(reel__accounts_try(accounts, attempt, REEL_THROTTLE_ADDRESS, attempt->address, err));
    REEL_TRY(reel__accounts_try(accounts, attempt, REEL_THROTTLE_RESET, row.who, err));
    rc = queue(accounts, REEL_LETTER_RESET, &row, attempt->language, err);
out:
    return rc;
}

reel_code reel__accounts_confirmation(reel_accounts *accounts, const reel_account *account,
                                      char token[REEL_TOKEN_TEXT], reel_err *err)
{
    char hash[REEL_TOKEN_HASH];
    reel_code rc;

    REEL_TRY(reel__secret_token(token, err));
    reel__secret_hash(hash, token, strlen(token));
    rc = reel__store_put_confirmation(accounts->store, hash, account->id, account->email,
                                      reel__clock_now() + REEL_CONFIRM_S, err);
out:
    return rc;
}

reel_code reel__accounts_confirm_email(reel_accounts *accounts, const char *token,
                                       reel_attempt *attempt, reel_err *err)
{
    char hash[REEL_TOKEN_HASH];
    reel_code rc;

    REEL_TRY(reel__accounts_try(accounts, attempt, REEL_THROTTLE_ADDRESS, attempt->address, err));
    reel__secret_hash(hash, token, strlen(token));
    rc = reel__store_take_confirmation(accounts->store, hash, reel__clock_now(), err);
    if (rc == REEL_E_NOTFOUND)
        rc = reel_fail(err, REEL_E_UNAUTH,
                       "this confirmation was used, is older than a day, or is of another address; "
                       "give the address once more");
out:
    return rc;
}
