/* service/accounts/keys.h - API keys: made, shown once, found again by what a request brings, and
 * how often each may be used. A key that is used is kept in memory for some seconds, so a request
 * with a key reads nothing from the store; what this process changes holds at once, what another
 * one changes (`reel key revoke`) within REEL_KEY_KEPT_S.
 * Layer: service. Ownership: as accounts.h. Threads: locked inside.
 */
#ifndef REEL_SERVICE_KEYS_H
#define REEL_SERVICE_KEYS_H

#include "base/json.h"
#include "service/accounts/accounts.h"
#include "service/accounts/key_text.h"

enum {
    REEL_KEY_KEPT_S = 4,         /* how old what is known of a key may be */
    REEL_KEY_USED_S = 60,        /* how exactly its last use is known */
    REEL_KEY_GRACE_S = 24 * 3600 /* how long an old key is good for after a rotation, unasked */
};

/* What came of a key. */
typedef struct reel_key_use {
    reel_caller caller;
    int32_t rate; /* of the key, as reel__rate_parse has it; 0 = any number */
    int left;     /* how many requests may follow at once */
    int wait_s;   /* with E_BUSY: until the next may come; else until `left` is whole again */
    bool listed;  /* the page that asks is one of the key's */
} reel_key_use;

/* Who a key is, and count one use. origin: of the page that asks, NULL = none said. *out is good
 * with REEL_OK and E_BUSY. Errors: E_UNAUTH (no key, revoked, expired), E_DENIED (a public key from
 * a page that is not one of its own), E_BUSY (more often than it may), E_STORE. */
REEL_MUST_USE reel_code reel__keys_use(reel_accounts *accounts, const char *key, size_t length,
                                       const char *origin, reel_key_use *out, reel_err *err);

/* Whether a good public key names this origin; the origins of all are read at most every
 * REEL_KEY_KEPT_S. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__keys_name(reel_accounts *accounts, const char *origin, bool *listed,
                                        reel_err *err);

/* What a new key is to be. */
typedef struct reel_key_wish {
    const char *label; /* 1 to 100 characters */
    unsigned scopes;   /* 0 for a public key: read and feedback:write */
    bool is_public;
    char origins[REEL_KEY_ORIGINS]; /* by reel__origin_add; a public key has one at least */
    int32_t rate;
    int64_t account; /* whose it is; 0 = the operator's */
    int days;        /* how long it is good for; 0 = until it is revoked */
} reel_key_wish;

enum { REEL_KEY_DAYS_MOST = 3660 };

/* text: the key, which is kept nowhere: show it once, then wipe it. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__keys_add(reel_accounts *accounts, const reel_key_wish *wish,
                                       reel_api_key *out, char text[REEL_KEY_TEXT], reel_err *err);
/* Another key for the same, good for as long as the old one was made for; the old one ends in
 * grace_s seconds. Errors: E_NOTFOUND, E_CONFLICT (it was revoked, or has expired). */
REEL_MUST_USE reel_code reel__keys_rotate(reel_accounts *accounts, const char *prefix,
                                          int64_t grace_s, reel_api_key *out,
                                          char text[REEL_KEY_TEXT], reel_err *err);
/* Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__keys_revoke(reel_accounts *accounts, const char *prefix,
                                          reel_err *err);
/* Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__keys_get(reel_accounts *accounts, const char *prefix,
                                       reel_api_key *out, reel_err *err);
/* Newest first; row may not use the store. */
REEL_MUST_USE reel_code reel__keys_scan(reel_accounts *accounts, reel_api_key_fn *row, void *user,
                                        reel_err *err);
/* "good", "revoked" or "expired". */
const char *reel__key_state(const reel_api_key *key, int64_t now);
/* The schema ApiKey. text: the key itself, where it was just made; else NULL. */
void reel__key_write(reel_json *json, const reel_api_key *key, const char *text);
/* "read,feedback:write" (or with blanks) as scopes. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__scopes_read(unsigned *out, const char *text, reel_err *err);

#endif
