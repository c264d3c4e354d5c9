/* accounts.c - signing up, in and out, and who a session is. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/mail.h"
#include "service/accounts/accounts_priv.h"
#include "service/accounts/look_alikes.h"
#include "service/accounts/passwords.h"

enum {
    HASHING_THREADS = 2, /* 19 MiB each */
    KEPT_US = 4000000,
    TOUCH_S = 300, /* how exactly the last use of a session is known */
    SWEEP_S = 3600
};

static int64_t steady_ms(void)
{
    return reel__clock_steady_us() / 1000;
}

reel_code reel__accounts_open(reel_accounts **out, const reel_accounts_opts *opts, reel_err *err)
{
    reel_accounts *accounts = reel__alloc_zero(1, sizeof *accounts);
    reel_code rc;

    *out = NULL;
    if (accounts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for accounts");
    accounts->store = opts->store;
    accounts->sign_up = opts->sign_up;
    accounts->now_ms = opts->now_ms != NULL ? opts->now_ms : steady_ms;
    (void)pthread_mutex_init(&accounts->lock, NULL);
    REEL_TRY(reel__throttle_new(&accounts->throttle, opts->now_ms, err));
    REEL_TRY(reel__aside_open(&accounts->aside, HASHING_THREADS, err));
    *out = accounts;
    accounts = NULL;
out:
    reel__accounts_close(accounts);
    return rc;
}

void reel__accounts_close(reel_accounts *accounts)
{
    if (accounts == NULL)
        return;
    reel__aside_close(accounts->aside);
    reel__throttle_free(accounts->throttle);
    reel__free(accounts->origins);
    (void)pthread_mutex_destroy(&accounts->lock);
    reel__free(accounts);
}

reel_aside *reel__accounts_aside(reel_accounts *accounts)
{
    return accounts->aside;
}

bool reel__accounts_sign_up_open(const reel_accounts *accounts)
{
    return accounts->sign_up;
}

/* ---- tries --------------------------------------------------------------------------------- */

reel_code reel__accounts_try(reel_accounts *accounts, reel_attempt *attempt,
                             reel_throttle_kind kind, const char *who, reel_err *err)
{
    int64_t wait_ms;

    if (attempt->address[0] == '\0')
        return REEL_OK;
    wait_ms = reel__throttle_try(accounts->throttle, kind, who);
    if (wait_ms == 0)
        return REEL_OK;
    attempt->wait_s = (int)((wait_ms + 999) / 1000);
    return reel_fail(err, REEL_E_BUSY, "too many tries; wait %d seconds", attempt->wait_s);
}

int reel__accounts_report_wait(reel_accounts *accounts, const char *address)
{
    const int64_t wait_ms = reel__throttle_try(accounts->throttle, REEL_THROTTLE_REPORT, address);

    return (int)((wait_ms + 999) / 1000);
}

reel_code reel__accounts_prove(reel_accounts *accounts, reel_attempt *attempt, reel_account *out,
                               reel_code wrong, reel_err *err)
{
    char folded[REEL_ACCOUNT_FOLDED];
    reel_err inner = {REEL_OK, ""};
    const char *hash = reel__secret_nobody();
    bool may = false;
    reel_code rc = reel__name_fold(folded, attempt->name, &inner);

    if (rc == REEL_E_NOMEM)
        return reel_fail(err, rc, "%s", inner.msg);
    if (rc != REEL_OK) /* no account is called so; find that out the slow way, too */
        folded[0] = '\0';
    REEL_TRY(reel__accounts_try(accounts, attempt, REEL_THROTTLE_ADDRESS, attempt->address, err));
    REEL_TRY(reel__accounts_try(accounts, attempt, REEL_THROTTLE_ACCOUNT, folded, err));
    rc = reel__store_account_named(accounts->store, folded, out, &inner);
    if (rc != REEL_OK && rc != REEL_E_NOTFOUND)
        return reel_fail(err, rc, "%s", inner.msg);
    if (rc == REEL_OK && !out->disabled && out->password[0] != '\0') {
        hash = out->password;
        may = true;
    }
    if (!reel__secret_matches(hash, attempt->password) || !may)
        return reel_fail(err, wrong, "%s",
                         wrong == REEL_E_UNAUTH ? "the name or the password is wrong"
                                                : "the password is wrong");
    if (attempt->address[0] != '\0') {
        reel__throttle_well(accounts->throttle, REEL_THROTTLE_ADDRESS, attempt->address);
        reel__throttle_well(accounts->throttle, REEL_THROTTLE_ACCOUNT, folded);
    }
    rc = REEL_OK;
out:
    return rc;
}

/* ---- sessions ------------------------------------------------------------------------------ */

void reel__accounts_changed(reel_accounts *accounts)
{
    pthread_mutex_lock(&accounts->lock);
    accounts->changes++;
    memset(accounts->kept, 0, sizeof accounts->kept);
    accounts->origins_until_ms = 0;
    for (size_t i = 0; i < (size_t)REEL_KEYS_SETS * REEL_KEYS_WAYS; i++)
        accounts->keys[i / REEL_KEYS_WAYS][i % REEL_KEYS_WAYS].until_ms = 0;
    pthread_mutex_unlock(&accounts->lock);
}

/* What is over goes, now and then. */
static void sweep(reel_accounts *accounts, int64_t now)
{
    bool due;

    pthread_mutex_lock(&accounts->lock);
    due = now - accounts->swept_at >= SWEEP_S || now < accounts->swept_at;
    if (due)
        accounts->swept_at = now;
    pthread_mutex_unlock(&accounts->lock);
    if (due && reel__store_sweep_sessions(accounts->store, now, NULL) != REEL_OK)
        return; /* the next one, then */
}

static reel_code end_session(reel_accounts *accounts, const char *token, reel_err *err)
{
    char hash[REEL_TOKEN_HASH];
    reel_code rc;

    reel__secret_hash(hash, token, strlen(token));
    rc = reel__store_end_session(accounts->store, hash, err);
    reel__accounts_changed(accounts);
    return rc;
}

reel_code reel__accounts_admit(reel_accounts *accounts, const reel_account *account,
                               const char *older, reel_signed_in *out, reel_err *err)
{
    const int64_t now = reel__clock_now();
    reel_sign_in session = {.account = account->id,
                            .created_at = now,
                            .seen_at = now,
                            .expires_at = now + REEL_SESSION_IDLE_S};
    int64_t open = 0;
    reel_code rc;

    sweep(accounts, now);
    if (older != NULL)
        REEL_TRY(end_session(accounts, older, err));
    REEL_TRY(reel__store_count_sessions(accounts->store, account->id, now, &open, err));
    if (open >= REEL_SESSIONS_MOST)
        REEL_TRY(reel__accounts_sign_out_all(accounts, account->id, err));
    REEL_TRY(reel__secret_token(out->token, err));
    reel__secret_hash(session.token, out->token, strlen(out->token));
    REEL_TRY(reel__store_put_session(accounts->store, &session, err));
    out->account = *account;
    out->expires_at = session.expires_at;
out:
    return rc;
}

reel_code reel__accounts_sign_out(reel_accounts *accounts, const char *token, reel_err *err)
{
    return token == NULL ? REEL_OK : end_session(accounts, token, err);
}

reel_code reel__accounts_sign_out_all(reel_accounts *accounts, int64_t account, reel_err *err)
{
    const reel_code rc = reel__store_end_sessions(accounts->store, account, err);

    reel__accounts_changed(accounts);
    return rc;
}

reel_code reel__accounts_count_sessions(reel_accounts *accounts, int64_t account, int64_t *out,
                                        reel_err *err)
{
    return reel__store_count_sessions(accounts->store, account, reel__clock_now(), out, err);
}

static reel_session_kept *place_of(reel_accounts *accounts, const char *hash)
{
    uint32_t place = 0;

    for (int i = 0; i < 4; i++)
        place = place << 4 | (uint32_t)(hash[i] <= '9' ? hash[i] - '0' : hash[i] - 'a' + 10);
    return &accounts->kept[place % REEL_SESSIONS_KEPT];
}

/* What was read a moment ago; else false, and the count of changes to keep the next by. */
static bool look_up(reel_accounts *accounts, const char *hash, reel_caller *out, uint64_t *changes)
{
    const reel_session_kept *kept = place_of(accounts, hash);
    bool found;

    pthread_mutex_lock(&accounts->lock);
    found =
        memcmp(kept->hash, hash, REEL_TOKEN_HASH) == 0 && reel__clock_steady_us() < kept->until_us;
    if (found)
        *out = kept->caller;
    *changes = accounts->changes;
    pthread_mutex_unlock(&accounts->lock);
    return found;
}

static void keep(reel_accounts *accounts, const char *hash, const reel_caller *caller,
                 uint64_t changes)
{
    reel_session_kept *kept = place_of(accounts, hash);

    pthread_mutex_lock(&accounts->lock);
    if (changes == accounts->changes) {
        memcpy(kept->hash, hash, REEL_TOKEN_HASH);
        kept->until_us = reel__clock_steady_us() + KEPT_US;
        kept->caller = *caller;
    }
    pthread_mutex_unlock(&accounts->lock);
}

/* That a session was used: written aside, and not at each use. */
typedef struct touching {
    reel_store *store;
    reel_sign_in session;
} touching;

static void touch(void *user)
{
    touching *t = user;

    const reel_code rc = reel__store_touch_session(t->store, t->session.token, t->session.seen_at,
                                                   t->session.expires_at, NULL);

    (void)rc; /* the next use writes it */
    reel__free(t);
}

static void touch_later(reel_accounts *accounts, const reel_sign_in *session, int64_t now)
{
    const int64_t last = session->created_at + REEL_SESSION_LAST_S;
    touching *t;

    if (now - session->seen_at < TOUCH_S && now >= session->seen_at)
        return;
    t = reel__alloc_zero(1, sizeof *t);
    if (t == NULL)
        return;
    t->store = accounts->store;
    t->session = *session;
    t->session.seen_at = now;
    t->session.expires_at = now + REEL_SESSION_IDLE_S < last ? now + REEL_SESSION_IDLE_S : last;
    if (!reel__aside_run(accounts->aside, touch, t))
        reel__free(t);
}

reel_code reel__accounts_session(reel_accounts *accounts, const char *token, size_t length,
                                 reel_caller *out, reel_err *err)
{
    const int64_t now = reel__clock_now();
    char hash[REEL_TOKEN_HASH];
    reel_err inner = {REEL_OK, ""};
    reel_account account;
    reel_sign_in session;
    uint64_t changes;
    reel_code rc;

    if (length != REEL_TOKEN_TEXT - 1)
        return reel_fail(err, REEL_E_UNAUTH, "this session is over; sign in again");
    reel__secret_hash(hash, token, length);
    if (look_up(accounts, hash, out, &changes))
        return REEL_OK;
    rc = reel__store_session(accounts->store, hash, now, &session, &account, &inner);
    if (rc == REEL_E_NOTFOUND)
        return reel_fail(err, REEL_E_UNAUTH, "this session is over; sign in again");
    if (rc != REEL_OK)
        return reel_fail(err, rc, "%s", inner.msg);
    *out = reel__caller_account(&account);
    keep(accounts, hash, out, changes);
    touch_later(accounts, &session, now);
    return REEL_OK;
}

/* ---- signing up and in --------------------------------------------------------------------- */

reel_code reel__accounts_add(reel_accounts *accounts, const char *name, const char *password,
                             reel_role role, reel_account *out, reel_err *err)
{
    reel_code rc;

    *out = (reel_account){.role = role, .created_at = reel__clock_now()};
    out->password_at = out->created_at;
    REEL_TRY(reel__name_take(out->folded, name, err));
    REEL_TRY(reel__name_check_twins(accounts->store, out->folded, 0, err));
    (void)snprintf(out->name, sizeof out->name, "%s", name);
    if (password != NULL) {
        REEL_TRY(reel__password_check(password, out->folded, err));
        REEL_TRY(reel__secret_password(out->password, password, err));
    }
    REEL_TRY(reel__store_add_account(accounts->store, out, err));
out:
    return rc;
}

reel_code reel__accounts_sign_up(reel_accounts *accounts, reel_attempt *attempt,
                                 reel_signed_in *out, reel_err *err)
{
    const bool mailed = attempt->email != NULL && attempt->email[0] != '\0';
    reel_account account;
    reel_code rc;

    if (!accounts->sign_up)
        return reel_fail(err, REEL_E_DENIED,
                         "nobody makes their own account here; ask who runs this server");
    REEL_TRY(reel__accounts_try(accounts, attempt, REEL_THROTTLE_SIGN_UP, attempt->address, err));
    if (mailed)
        REEL_TRY(reel__mail_address_check(attempt->email, err));
    REEL_TRY(reel__accounts_add(accounts, attempt->name, attempt->password, REEL_ROLE_PERSON,
                                &account, err));
    if (mailed)
        REEL_TRY(reel__accounts_set_email(accounts, account.id, attempt, err));
    REEL_TRY(reel__store_account(accounts->store, account.id, &account, err));
    rc = reel__accounts_admit(accounts, &account, attempt->older, out, err);
out:
    return rc;
}

/* It was made with less than is asked for today; nothing is lost when this fails. */
static void hash_again(reel_accounts *accounts, const reel_account *account, const char *password)
{
    char hash[REEL_ACCOUNT_PASSWORD];

    if (reel__secret_outdated(account->password) &&
        reel__secret_password(hash, password, NULL) == REEL_OK &&
        reel__store_set_password(accounts->store, account->id, hash, account->password_at, NULL,
                                 NULL) == REEL_OK)
        reel__accounts_changed(accounts);
}

reel_code reel__accounts_sign_in(reel_accounts *accounts, reel_attempt *attempt,
                                 reel_signed_in *out, reel_err *err)
{
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__accounts_prove(accounts, attempt, &account, REEL_E_UNAUTH, err));
    hash_again(accounts, &account, attempt->password);
    rc = reel__accounts_admit(accounts, &account, attempt->older, out, err);
out:
    return rc;
}
