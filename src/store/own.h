/* store/own.h - what is kept of one person, in pages, for an export of it.
 * Layer: store. Ownership: records are borrowed during a call. Threads: as store.h.
 */
#ifndef REEL_STORE_OWN_H
#define REEL_STORE_OWN_H

#include "store/accounts.h"

/* What a person gave a film. */
typedef struct reel_own_film {
    reel_given_row given;
    const char *title; /* as it is shown; "" = the film is no longer there */
    int32_t year;      /* 0 = unknown */
} reel_own_film;
/* By ascending film, those above `after`. row returns false to stop; it may not use the store. */
typedef bool reel_own_film_fn(void *user, const reel_own_film *film);
REEL_MUST_USE reel_code reel__store_own_films(reel_store *store, int64_t person, int64_t after,
                                              reel_own_film_fn *row, void *user, reel_err *err);
/* Their events, oldest first, those after a sequence. */
REEL_MUST_USE reel_code reel__store_own_events(reel_store *store, int64_t person, int64_t after,
                                               reel_event_fn *row, void *user, reel_err *err);
/* The sessions of an account, also those that are over, oldest first. */
typedef bool reel_sign_in_fn(void *user, const reel_sign_in *session);
REEL_MUST_USE reel_code reel__store_own_sessions(reel_store *store, int64_t account,
                                                 reel_sign_in_fn *row, void *user, reel_err *err);
/* When its open password reset ends, 0 = there is none. */
REEL_MUST_USE reel_code reel__store_own_reset(reel_store *store, int64_t account,
                                              int64_t *expires_at, reel_err *err);

#endif
