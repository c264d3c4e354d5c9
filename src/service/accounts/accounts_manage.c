/* accounts_manage.c - what becomes of an account: by its person, by an admin, by the operator. */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "net/mail.h"
#include "service/accounts/accounts_priv.h"
#include "service/accounts/look_alikes.h"
#include "service/accounts/passwords.h"
#include "store/mails.h"

reel_code reel__accounts_get(reel_accounts *accounts, int64_t id, reel_account *out, reel_err *err)
{
    return reel__store_account(accounts->store, id, out, err);
}

reel_code reel__accounts_named(reel_accounts *accounts, const char *name, reel_account *out,
                               reel_err *err)
{
    char folded[REEL_ACCOUNT_FOLDED];
    reel_code rc;

    REEL_TRY(reel__name_fold(folded, name, err));
    rc = reel__store_account_named(accounts->store, folded, out, err);
    if (rc == REEL_E_NOTFOUND)
        rc = reel_fail(err, rc, "there is no account \"%.100s\"", name);
out:
    return rc;
}

/* ---- by the person ------------------------------------------------------------------------- */

/* That it is still this person who sits there. */
static reel_code prove_own(reel_accounts *accounts, int64_t id, reel_attempt *attempt,
                           reel_account *out, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__store_account(accounts->store, id, out, err));
    {
        char name[REEL_ACCOUNT_NAME];

        memcpy(name, out->name, sizeof name);
        attempt->name = name;
        rc = reel__accounts_prove(accounts, attempt, out, REEL_E_DENIED, err);
        attempt->name = "";
    }
out:
    return rc;
}

reel_code reel__accounts_change_password(reel_accounts *accounts, int64_t id, reel_attempt *attempt,
                                         const char *password, reel_signed_in *out, reel_err *err)
{
    char hash[REEL_ACCOUNT_PASSWORD];
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__store_account(accounts->store, id, &account, err));
    REEL_TRY(reel__password_check(password, account.folded, err));
    REEL_TRY(prove_own(accounts, id, attempt, &account, err));
    REEL_TRY(reel__secret_password(hash, password, err));
    REEL_TRY(reel__store_set_password(accounts->store, id, hash, reel__clock_now(), NULL, err));
    reel__accounts_changed(accounts);
    REEL_TRY(reel__store_account(accounts->store, id, &account, err));
    rc = reel__accounts_admit(accounts, &account, NULL, out, err);
out:
    return rc;
}

reel_code reel__accounts_change(reel_accounts *accounts, int64_t id, reel_attempt *attempt,
                                const char *name, reel_err *err)
{
    char folded[REEL_ACCOUNT_FOLDED];
    reel_account account;
    reel_code rc = REEL_OK;

    if (name != NULL)
        REEL_TRY(reel__name_take(folded, name, err));
    if (attempt->email != NULL && attempt->email[0] != '\0')
        REEL_TRY(reel__mail_address_check(attempt->email, err));
    REEL_TRY(prove_own(accounts, id, attempt, &account, err));
    if (name != NULL)
        REEL_TRY(reel__name_check_twins(accounts->store, folded, id, err));
    if (name != NULL)
        REEL_TRY(reel__store_rename_account(accounts->store, id, name, folded, err));
    if (attempt->email != NULL)
        rc = reel__accounts_set_email(accounts, id, attempt, err);
out:
    return rc;
}

reel_code reel__accounts_delete_own(reel_accounts *accounts, int64_t id, reel_attempt *attempt,
                                    reel_err *err)
{
    reel_account account;
    reel_code rc;

    REEL_TRY(prove_own(accounts, id, attempt, &account, err));
    rc = reel__accounts_delete(accounts, id, err);
out:
    return rc;
}

/* ---- by others ----------------------------------------------------------------------------- */

reel_code reel__accounts_scan(reel_accounts *accounts, const char *part, int64_t after,
                              size_t limit, reel_account_fn *row, void *user, reel_err *err)
{
    reel_buf folded;
    reel_code rc;

    reel__buf_init(&folded, 16 * (strlen(part) + 1)); /* one character may become many */
    reel__utf8_fold(&folded, part, strlen(part));
    REEL_TRY(reel__buf_check(&folded, err));
    rc = reel__store_scan_accounts(accounts->store, folded.length == 0 ? "" : folded.data, after,
                                   limit, row, user, err);
out:
    reel__buf_fini(&folded);
    return rc;
}

reel_code reel__accounts_set(reel_accounts *accounts, int64_t id, const reel_account_change *change,
                             reel_err *err)
{
    const reel_code rc = reel__store_change_account(accounts->store, id, change, err);

    reel__accounts_changed(accounts);
    return rc;
}

reel_code reel__accounts_delete(reel_accounts *accounts, int64_t id, reel_err *err)
{
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__store_account(accounts->store, id, &account, err));
    rc = reel__store_delete_account(accounts->store, id, false, err);
    reel__accounts_changed(accounts);
    if (rc == REEL_OK)
        reel__throttle_forget(accounts->throttle, account.folded);
out:
    return rc;
}

reel_code reel__accounts_reset(reel_accounts *accounts, int64_t id, char token[REEL_TOKEN_TEXT],
                               reel_err *err)
{
    char hash[REEL_TOKEN_HASH];
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__store_account(accounts->store, id, &account, err));
    REEL_TRY(reel__secret_token(token, err));
    reel__secret_hash(hash, token, strlen(token));
    rc = reel__store_put_reset(accounts->store, hash, id, reel__clock_now() + REEL_RESET_S, err);
out:
    return rc;
}

/* A password that is the name is known only once the token is used up: then it is given back. */
static reel_code set_by_reset(reel_accounts *accounts, const char *token, int64_t id,
                              const char *password, reel_err *err)
{
    const int64_t now = reel__clock_now();
    char hash[REEL_ACCOUNT_PASSWORD];
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__store_account(accounts->store, id, &account, err));
    rc = reel__password_check(password, account.folded, err);
    if (rc == REEL_OK)
        rc = reel__secret_password(hash, password, err);
    if (rc != REEL_OK) {
        const reel_code kept =
            reel__store_put_reset(accounts->store, token, id, now + REEL_RESET_S, NULL);

        return kept == REEL_OK ? rc : reel_fail(err, kept, "ask for another reset");
    }
    rc = reel__store_set_password(accounts->store, id, hash, now, NULL, err);
    reel__accounts_changed(accounts);
out:
    return rc;
}

reel_code reel__accounts_confirm(reel_accounts *accounts, const char *token, const char *password,
                                 reel_attempt *attempt, reel_err *err)
{
    char hash[REEL_TOKEN_HASH];
    int64_t id = 0;
    reel_code rc;

    REEL_TRY(reel__password_check(password, "", err));
    REEL_TRY(reel__accounts_try(accounts, attempt, REEL_THROTTLE_ADDRESS, attempt->address, err));
    reel__secret_hash(hash, token, strlen(token));
    rc = reel__store_take_reset(accounts->store, hash, reel__clock_now(), &id, err);
    if (rc == REEL_E_NOTFOUND)
        rc = reel_fail(err, REEL_E_UNAUTH,
                       "this reset was used, or is older than half an hour; ask for another");
    if (rc == REEL_OK)
        rc = set_by_reset(accounts, hash, id, password, err);
out:
    return rc;
}
