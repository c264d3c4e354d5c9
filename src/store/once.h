/* store/once.h - requests that are done once however often they are sent: by the key a client gave,
 * what it sent with it and what it was answered. In the store, so that every server knows; no part
 * of copies or backups, and gone where one takes the place of what was there: what was done is
 * undone then. Layer: store. Threads: as store.h.
 */
#ifndef REEL_STORE_ONCE_H
#define REEL_STORE_ONCE_H

#include "base/buf.h"
#include "store/store.h"

enum {
    REEL_ONCE_HASH = 65,      /* room for a SHA-256 in hex */
    REEL_ONCE_KEPT = 1000,    /* requests that are remembered, the latest */
    REEL_ONCE_ABANDONED = 600 /* seconds after which one that never ended may be done again */
};

typedef struct reel_once {
    char key[REEL_ONCE_HASH];  /* of who asked for what, under which key */
    char body[REEL_ONCE_HASH]; /* of what came with it */
    int64_t at;                /* seconds since 1970 */
} reel_once;

typedef struct reel_once_answer {
    int64_t status; /* 0 = it is being done */
    char location[64];
    char body[REEL_ONCE_HASH]; /* of what came with the first */
    reel_buf text;             /* owned by the caller */
} reel_once_answer;

/* Begin what nobody began with this key since asked->at - seconds. mine [out]: it is to be done
 * now; else `there` is what is known of the first, and its text is appended. Exactly one of several
 * who ask at a time is told to. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__store_begin_once(reel_store *store, const reel_once *asked,
                                               int64_t seconds, bool *mine, reel_once_answer *there,
                                               reel_err *err);
/* What it was answered. */
REEL_MUST_USE reel_code reel__store_end_once(reel_store *store, const char *key,
                                             const reel_once_answer *answer, reel_err *err);
/* Those of before now - seconds go, and those that never ended. */
REEL_MUST_USE reel_code reel__store_sweep_once(reel_store *store, int64_t now, int64_t seconds,
                                               reel_err *err);
/* It came to nothing: the next who asks does it. */
REEL_MUST_USE reel_code reel__store_drop_once(reel_store *store, const char *key, reel_err *err);

#endif
