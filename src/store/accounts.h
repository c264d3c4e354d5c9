/* store/accounts.h - who may sign in: accounts, their sessions, password resets and API keys.
 * Secrets are never stored: passwords as an Argon2id text, tokens as a hash in hexadecimal.
 * Layer: store. Ownership: records are values without pointers. Threads: as store.h.
 */
#ifndef REEL_STORE_ACCOUNTS_H
#define REEL_STORE_ACCOUNTS_H

#include "store/store.h"

enum {
    REEL_ACCOUNT_NAME = 256,     /* rooms for texts, with their NUL */
    REEL_ACCOUNT_FOLDED = 800,   /* one character may fold into three */
    REEL_ACCOUNT_PASSWORD = 160, /* "$argon2id$..." */
    REEL_TOKEN_HASH = 65,
    REEL_ACCOUNT_EMAIL = 256,
    REEL_KEY_PREFIX = 24,
    REEL_KEY_LABEL = 128,
    REEL_KEY_ORIGINS = 512
};

/* An account is a person whose id is this plus the account's: no id of a data set reaches it. */
#define REEL_ACCOUNT_PERSON (INT64_C(1) << 40)

typedef enum reel_role { REEL_ROLE_PERSON, REEL_ROLE_ANALYST, REEL_ROLE_ADMIN } reel_role;
/* "person", "analyst", "admin"; false for another text. */
const char *reel__role_name(reel_role role);
bool reel__role_parse(reel_role *out, const char *text);

typedef struct reel_account {
    int64_t id; /* from 1, never used twice */
    reel_role role;
    bool disabled;                        /* may not sign in */
    int64_t created_at, password_at;      /* seconds since 1970 */
    int64_t email_at;                     /* when the address was confirmed; 0 = it was not */
    char name[REEL_ACCOUNT_NAME];         /* as it was given: shown */
    char folded[REEL_ACCOUNT_FOLDED];     /* the key: the name without case and diacritics */
    char password[REEL_ACCOUNT_PASSWORD]; /* hash; "" = nobody can sign in with one */
    char email[REEL_ACCOUNT_EMAIL];       /* where mail goes; "" = nowhere */
} reel_account;

/* id is an output. Errors: E_CONFLICT (the name is taken). */
REEL_MUST_USE reel_code reel__store_add_account(reel_store *store, reel_account *account,
                                                reel_err *err);
/* Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_account(reel_store *store, int64_t id, reel_account *out,
                                            reel_err *err);
REEL_MUST_USE reel_code reel__store_account_named(reel_store *store, const char *folded,
                                                  reel_account *out, reel_err *err);
/* By ascending id, those above `after` whose folded name has `part` in it ("" = all). row returns
 * false to stop; it may not use the store. */
typedef bool reel_account_fn(void *user, const reel_account *account);
REEL_MUST_USE reel_code reel__store_scan_accounts(reel_store *store, const char *part,
                                                  int64_t after, size_t limit, reel_account_fn *row,
                                                  void *user, reel_err *err);
/* A new password ends every session and open reset of the account, but for `session` (the hash of
 * its token; NULL = none is kept). Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_set_password(reel_store *store, int64_t id,
                                                 const char *password, int64_t now,
                                                 const char *session, reel_err *err);
/* Name and folded name. Errors: E_NOTFOUND, E_CONFLICT. */
REEL_MUST_USE reel_code reel__store_rename_account(reel_store *store, int64_t id, const char *name,
                                                   const char *folded, reel_err *err);
/* Another address, or none (""), that is not confirmed; tokens of an earlier one are over. Errors:
 * E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_set_email(reel_store *store, int64_t id, const char *email,
                                              reel_err *err);
/* Accounts with this confirmed address, whatever its case, by ascending id, at most a few. row
 * returns false to stop; it may not use the store. */
enum { REEL_ACCOUNTS_OF_EMAIL = 8 };
REEL_MUST_USE reel_code reel__store_accounts_of_email(reel_store *store, const char *email,
                                                      reel_account_fn *row, void *user,
                                                      reel_err *err);
/* What becomes of an account; the rest stays, whoever changes it at the same moment. */
typedef struct reel_account_change {
    const reel_role *role; /* NULL: stays */
    int disabled;          /* 0 or 1; -1: stays */
} reel_account_change;
/* An account that is disabled has no sessions left. The last admin who may sign in stays one
 * (E_CONFLICT). Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_change_account(reel_store *store, int64_t id,
                                                   const reel_account_change *change,
                                                   reel_err *err);
/* With everything that is known of the person: sessions, resets, keys, mails, ratings, feedback and
 * what it added to the sums (store/stats.h). Errors: E_NOTFOUND, E_CONFLICT (the last admin who may
 * sign in; unless `last`). */
REEL_MUST_USE reel_code reel__store_delete_account(reel_store *store, int64_t id, bool last,
                                                   reel_err *err);

/* ---- sessions and resets ------------------------------------------------------------------- */

typedef struct reel_sign_in {
    char token[REEL_TOKEN_HASH];
    int64_t account, created_at, seen_at, expires_at;
} reel_sign_in;

REEL_MUST_USE reel_code reel__store_put_session(reel_store *store, const reel_sign_in *session,
                                                reel_err *err);
/* One that has not expired, of an account that may sign in. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_session(reel_store *store, const char *token, int64_t now,
                                            reel_sign_in *out, reel_account *account,
                                            reel_err *err);
REEL_MUST_USE reel_code reel__store_touch_session(reel_store *store, const char *token,
                                                  int64_t seen_at, int64_t expires_at,
                                                  reel_err *err);
/* Nothing happens when there is none. */
REEL_MUST_USE reel_code reel__store_end_session(reel_store *store, const char *token,
                                                reel_err *err);
REEL_MUST_USE reel_code reel__store_end_sessions(reel_store *store, int64_t account, reel_err *err);
/* The open sessions of an account. */
REEL_MUST_USE reel_code reel__store_count_sessions(reel_store *store, int64_t account, int64_t now,
                                                   int64_t *out, reel_err *err);
/* What has expired goes: sessions and resets; and what came of an account after it was deleted. */
REEL_MUST_USE reel_code reel__store_sweep_sessions(reel_store *store, int64_t now, reel_err *err);

/* In the place of an earlier one of the account. */
REEL_MUST_USE reel_code reel__store_put_reset(reel_store *store, const char *token, int64_t account,
                                              int64_t expires_at, reel_err *err);
/* Use it up: it is answered once. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_take_reset(reel_store *store, const char *token, int64_t now,
                                               int64_t *account, reel_err *err);

/* The same for an address: its token says that the person reads what is sent there. In the place of
 * an earlier one of the account. */
REEL_MUST_USE reel_code reel__store_put_confirmation(reel_store *store, const char *token,
                                                     int64_t account, const char *email,
                                                     int64_t expires_at, reel_err *err);
/* Use it up: the address is confirmed, if it is the account's still. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_take_confirmation(reel_store *store, const char *token,
                                                      int64_t now, reel_err *err);

/* ---- API keys ------------------------------------------------------------------------------ */

enum {
    REEL_SCOPE_READ = 1,
    REEL_SCOPE_FEEDBACK = 2,
    REEL_SCOPE_ITEMS = 4,
    REEL_SCOPE_ADMIN = 8,
    REEL_SCOPES_ALL = 15
};

typedef struct reel_api_key {
    char prefix[REEL_KEY_PREFIX]; /* what it begins with: shown, and how it is found */
    char hash[REEL_TOKEN_HASH];
    char label[REEL_KEY_LABEL];
    char origins[REEL_KEY_ORIGINS]; /* of a public key: pages it may be used from, with spaces */
    int64_t account;                /* its owner, 0 = the operator */
    unsigned scopes;
    bool is_public; /* for browsers: it may be seen by anyone */
    int32_t rate;   /* requests a minute, or as a negative number a second; 0 = any number */
    int64_t created_at, used_at, expires_at, revoked_at; /* 0 = never */
} reel_api_key;

/* "read feedback:write": names of scopes with spaces; false for a name there is not. */
void reel__scopes_write(char out[64], unsigned scopes);
bool reel__scopes_parse(unsigned *out, const char *text);

/* Errors: E_CONFLICT (the prefix is taken). */
REEL_MUST_USE reel_code reel__store_put_key(reel_store *store, const reel_api_key *key,
                                            reel_err *err);
/* Whatever its state. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_key(reel_store *store, const char *prefix, reel_api_key *out,
                                        reel_err *err);
/* Newest first; account 0 = of everyone. row returns false to stop; it may not use the store. */
typedef bool reel_api_key_fn(void *user, const reel_api_key *key);
REEL_MUST_USE reel_code reel__store_scan_keys(reel_store *store, int64_t account,
                                              reel_api_key_fn *row, void *user, reel_err *err);
REEL_MUST_USE reel_code reel__store_key_used(reel_store *store, const char *prefix, int64_t now,
                                             reel_err *err);
/* From `at` on it is good for nothing. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_revoke_key(reel_store *store, const char *prefix, int64_t at,
                                               reel_err *err);
/* Put a key in the place of the one that begins with older, which is good until `until` at most.
 * Errors: E_NOTFOUND, E_CONFLICT (the older one was revoked or has expired), E_STORE (also when the
 * new prefix is taken); then nothing was changed. */
REEL_MUST_USE reel_code reel__store_rotate_key(reel_store *store, const char *older, int64_t now,
                                               int64_t until, const reel_api_key *key,
                                               reel_err *err);

#endif
