/* service/accounts/accounts.h - accounts: signing up, in and out, passwords, what is kept of a
 * person, and who a session or an API key is. What compares or makes a password takes some 10 ms of
 * a processor and may wait for the store: run it aside (reel__accounts_aside). Layer: service.
 * Ownership: made by reel__accounts_open; store is borrowed. Threads: locked inside.
 */
#ifndef REEL_SERVICE_ACCOUNTS_H
#define REEL_SERVICE_ACCOUNTS_H

#include "base/aside.h"
#include "service/accounts/caller.h"
#include "service/accounts/secrets.h"

typedef struct reel_accounts reel_accounts;

typedef struct reel_accounts_opts {
    reel_store *store;
    bool sign_up;            /* anybody may make an account */
    int64_t (*now_ms)(void); /* of pauses between tries, and of rates; NULL = the steady clock */
} reel_accounts_opts;

enum {
    REEL_SESSION_IDLE_S = 14 * 24 * 3600, /* a session nobody used this long ends */
    REEL_SESSION_LAST_S = 90 * 24 * 3600, /* and any session after this */
    REEL_RESET_S = 30 * 60,               /* how long a reset is good for */
    REEL_CONFIRM_S = 24 * 3600,           /* and the confirmation of an address */
    REEL_SESSIONS_MOST = 50               /* open ones of an account; then all end */
};

REEL_MUST_USE reel_code reel__accounts_open(reel_accounts **out, const reel_accounts_opts *opts,
                                            reel_err *err);
void reel__accounts_close(reel_accounts *accounts); /* NULL allowed */
/* Two threads for what takes long. */
reel_aside *reel__accounts_aside(reel_accounts *accounts);
bool reel__accounts_sign_up_open(const reel_accounts *accounts);
/* A page of somebody at this address reports a mistake of its own: 0 = it is heard, else how many
 * seconds nothing more is heard from there. */
int reel__accounts_report_wait(reel_accounts *accounts, const char *address);

/* Somebody who says who they are. */
typedef struct reel_attempt {
    const char *name, *password;
    const char *address;  /* where it comes from; "" = from the operator, who is not counted */
    const char *older;    /* the session this browser had, which ends; NULL = none */
    const char *email;    /* where mail is to go; NULL = nothing is said of it, "" = nowhere */
    const char *language; /* of letters: "en" or "es" */
    int wait_s;           /* out: with E_BUSY, how long to wait */
} reel_attempt;

/* Who is signed in from here on. */
typedef struct reel_signed_in {
    reel_account account;
    char token[REEL_TOKEN_TEXT]; /* for the browser alone */
    int64_t expires_at;
} reel_signed_in;

/* Errors: E_INVALID (name or password), E_CONFLICT (the name is taken), E_DENIED (sign-up is
 * closed), E_BUSY (too often: wait_s). */
REEL_MUST_USE reel_code reel__accounts_sign_up(reel_accounts *accounts, reel_attempt *attempt,
                                               reel_signed_in *out, reel_err *err);
/* The same answer, after the same work, for a wrong password, a name there is not, and an account
 * that may not sign in: E_UNAUTH. Errors: also E_BUSY. */
REEL_MUST_USE reel_code reel__accounts_sign_in(reel_accounts *accounts, reel_attempt *attempt,
                                               reel_signed_in *out, reel_err *err);
/* token NULL: nothing. */
REEL_MUST_USE reel_code reel__accounts_sign_out(reel_accounts *accounts, const char *token,
                                                reel_err *err);
REEL_MUST_USE reel_code reel__accounts_sign_out_all(reel_accounts *accounts, int64_t account,
                                                    reel_err *err);
REEL_MUST_USE reel_code reel__accounts_count_sessions(reel_accounts *accounts, int64_t account,
                                                      int64_t *out, reel_err *err);
/* Who has this session: one read, or what was read less than four seconds ago. Errors: E_UNAUTH,
 * E_STORE. */
REEL_MUST_USE reel_code reel__accounts_session(reel_accounts *accounts, const char *token,
                                               size_t length, reel_caller *out, reel_err *err);

REEL_MUST_USE reel_code reel__accounts_get(reel_accounts *accounts, int64_t id, reel_account *out,
                                           reel_err *err);
/* The account of a name, however it is written. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__accounts_named(reel_accounts *accounts, const char *name,
                                             reel_account *out, reel_err *err);

/* What only the person may do, who says the password once more (attempt->password; the name is not
 * looked at). Errors: E_DENIED (it is wrong), E_BUSY, E_NOTFOUND, and those of what they do. */
REEL_MUST_USE reel_code reel__accounts_change_password(reel_accounts *accounts, int64_t id,
                                                       reel_attempt *attempt, const char *password,
                                                       reel_signed_in *out, reel_err *err);
/* Another name (NULL = it stays), another address (attempt->email), which is asked to confirm it.
 */
REEL_MUST_USE reel_code reel__accounts_change(reel_accounts *accounts, int64_t id,
                                              reel_attempt *attempt, const char *name,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__accounts_delete_own(reel_accounts *accounts, int64_t id,
                                                  reel_attempt *attempt, reel_err *err);

/* ---- by mail ------------------------------------------------------------------------------- */

/* Somebody (attempt->name: a name or an address) cannot sign in: whoever it is gets a reset by
 * mail, where an address is confirmed. One write, the same for a name there is not. Errors:
 * E_INVALID (no name), E_BUSY (too often: wait_s; or the queue is full), E_STORE. */
REEL_MUST_USE reel_code reel__accounts_forgot(reel_accounts *accounts, reel_attempt *attempt,
                                              reel_err *err);
/* A token that confirms the account's address, once, within a day. */
REEL_MUST_USE reel_code reel__accounts_confirmation(reel_accounts *accounts,
                                                    const reel_account *account,
                                                    char token[REEL_TOKEN_TEXT], reel_err *err);
/* Use it. Errors: E_UNAUTH (no such token, used, too old, or the address is another now), E_BUSY.
 */
REEL_MUST_USE reel_code reel__accounts_confirm_email(reel_accounts *accounts, const char *token,
                                                     reel_attempt *attempt, reel_err *err);

/* ---- for the operator and admins ----------------------------------------------------------- */

/* password NULL: nobody can sign in until it is reset. Errors: E_INVALID, E_CONFLICT. */
REEL_MUST_USE reel_code reel__accounts_add(reel_accounts *accounts, const char *name,
                                           const char *password, reel_role role, reel_account *out,
                                           reel_err *err);
/* By ascending id, those above `after` whose name has part in it, however it is written; "" = all.
 */
REEL_MUST_USE reel_code reel__accounts_scan(reel_accounts *accounts, const char *part,
                                            int64_t after, size_t limit, reel_account_fn *row,
                                            void *user, reel_err *err);
/* Errors: E_NOTFOUND, E_CONFLICT (the last admin who can sign in). */
REEL_MUST_USE reel_code reel__accounts_set(reel_accounts *accounts, int64_t id,
                                           const reel_account_change *change, reel_err *err);
REEL_MUST_USE reel_code reel__accounts_delete(reel_accounts *accounts, int64_t id, reel_err *err);
/* A token that sets a new password, once, within half an hour. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__accounts_reset(reel_accounts *accounts, int64_t id,
                                             char token[REEL_TOKEN_TEXT], reel_err *err);
/* Use it. Every session of the account ends. Errors: E_UNAUTH (no such token, used, or too old),
 * E_INVALID (the password; the token stays good), E_BUSY. */
REEL_MUST_USE reel_code reel__accounts_confirm(reel_accounts *accounts, const char *token,
                                               const char *password, reel_attempt *attempt,
                                               reel_err *err);

#endif
