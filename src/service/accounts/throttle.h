/* service/accounts/throttle.h - how often somebody may try: some tries for nothing, then a pause
 * that doubles. A table of fixed size; who has not tried for long is forgotten first. Layer:
 * service. Threads: locked inside.
 */
#ifndef REEL_SERVICE_THROTTLE_H
#define REEL_SERVICE_THROTTLE_H

#include <stdint.h>

#include "reel/err.h"

typedef struct reel_throttle reel_throttle;

typedef enum reel_throttle_kind {
    REEL_THROTTLE_ACCOUNT, /* passwords for one name */
    REEL_THROTTLE_ADDRESS, /* passwords from one address */
    REEL_THROTTLE_SIGN_UP, /* new accounts from one address */
    REEL_THROTTLE_RESET,   /* mails with a reset, for one name */
    REEL_THROTTLE_REPORT,  /* mistakes of pages, from one address */
    REEL_THROTTLE_KINDS
} reel_throttle_kind;

/* now_ms: a clock that does not go back; NULL = the steady one. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__throttle_new(reel_throttle **out, int64_t (*now_ms)(void),
                                           reel_err *err);
void reel__throttle_free(reel_throttle *throttle); /* NULL allowed */

/* A try, counted before it is known how it ends, so that many at once are no way around. 0 = go on;
 * else it does not count, and this many milliseconds are to be waited. */
int64_t reel__throttle_try(reel_throttle *throttle, reel_throttle_kind kind, const char *who);
/* It ended well: an account begins anew, an address gets this try back. */
void reel__throttle_well(reel_throttle *throttle, reel_throttle_kind kind, const char *who);
/* There is nobody of this name any more. */
void reel__throttle_forget(reel_throttle *throttle, const char *who);

#endif
