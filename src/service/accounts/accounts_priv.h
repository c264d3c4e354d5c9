/* accounts_priv.h - what the files of accounts share. */
#ifndef REEL_SERVICE_ACCOUNTS_PRIV_H
#define REEL_SERVICE_ACCOUNTS_PRIV_H

#include <pthread.h>

#include "service/accounts/accounts.h"
#include "service/accounts/throttle.h"

enum { REEL_SESSIONS_KEPT = 1024, REEL_KEYS_SETS = 128, REEL_KEYS_WAYS = 4 };

/* Who a session was, a moment ago. */
typedef struct reel_session_kept {
    char hash[REEL_TOKEN_HASH];
    int64_t until_us;
    reel_caller caller;
} reel_session_kept;

/* A key that was used, and what it may still do. Its place goes to another when it was used longest
 * ago of its set. */
typedef struct reel_key_kept {
    reel_api_key key;   /* scopes: those its account may have; prefix "" = a free place */
    bool idle;          /* its account may not sign in */
    int64_t until_ms;   /* read again from then on */
    int64_t asked_ms;   /* last */
    int64_t touched_at; /* when its last use was written, or handed over for that */
    double left;        /* requests that may come at once */
    int64_t filled_ms;  /* when `left` was counted; 0 = never */
} reel_key_kept;

struct reel_accounts {
    reel_store *store;
    reel_aside *aside;
    reel_throttle *throttle;
    bool sign_up;
    int64_t (*now_ms)(void);
    pthread_mutex_t lock;
    uint64_t changes; /* raised by what may end a session or a key, or change who it is */
    int64_t swept_at;
    reel_session_kept kept[REEL_SESSIONS_KEPT];
    reel_key_kept keys[REEL_KEYS_SETS][REEL_KEYS_WAYS];
    char *origins;            /* of every good public key, with spaces between; NULL = not read */
    int64_t origins_until_ms; /* read again from then on */
};

/* From here on every session and key is read anew. */
void reel__accounts_changed(reel_accounts *accounts);
/* Compare the attempt's password with an account's, found by name or by id; counted, and with the
 * same work whether there is one. *out is only good with REEL_OK. Errors: wrong (the caller's code
 * for it), E_BUSY, E_STORE. */
REEL_MUST_USE reel_code reel__accounts_prove(reel_accounts *accounts, reel_attempt *attempt,
                                             reel_account *out, reel_code wrong, reel_err *err);
REEL_MUST_USE reel_code reel__accounts_admit(reel_accounts *accounts, const reel_account *account,
                                             const char *older, reel_signed_in *out, reel_err *err);
/* Give an account an address, or none, and ask there whether it is theirs. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__accounts_set_email(reel_accounts *accounts, int64_t id,
                                                 const reel_attempt *attempt, reel_err *err);
/* Count a try. Errors: E_BUSY. */
REEL_MUST_USE reel_code reel__accounts_try(reel_accounts *accounts, reel_attempt *attempt,
                                           reel_throttle_kind kind, const char *who, reel_err *err);

#endif
