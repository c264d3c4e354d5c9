/* service/operation/once.h - a request that is done once however often it is sent, by the key its
 * sender gave it; for a day, and known to all servers over the store. Layer: service. Threads: any.
 */
#ifndef REEL_SERVICE_ONCE_H
#define REEL_SERVICE_ONCE_H

#include "store/once.h"

enum { REEL_ONCE_PARTS = 4 };

typedef struct reel_once_request {
    const char *parts[REEL_ONCE_PARTS]; /* who asks for what, and under which key; NULL = nothing */
    const char *body;
    size_t length;
} reel_once_request;

typedef enum reel_once_state {
    REEL_ONCE_MINE, /* to be done now, then reel__once_end */
    REEL_ONCE_RUNNING,
    REEL_ONCE_DONE,
    REEL_ONCE_OTHER /* the same key came with another body */
} reel_once_state;

/* key [out]: for the end. there [out]: what was answered, where it is done; its text is the
 * caller's, which was made ready before. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__once_begin(char key[REEL_ONCE_HASH], reel_store *store,
                                         const reel_once_request *request, reel_once_state *state,
                                         reel_once_answer *there, reel_err *err);
/* What is a day old goes. */
REEL_MUST_USE reel_code reel__once_sweep(reel_store *store, reel_err *err);
/* answer NULL: it came to nothing, and may be tried again. False: that could not be kept. */
bool reel__once_end(reel_store *store, const char *key, const reel_once_answer *answer);

#endif
