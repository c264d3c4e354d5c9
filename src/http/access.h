/* http/access.h - what a request is called, and the line that the log has of it.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_ACCESS_H
#define REEL_HTTP_ACCESS_H

#include "http/exchange.h"

/* The caller's own id of a request: X-Request-Id when it is made of letters, digits and ._-, else
 * the trace of a traceparent (https://www.w3.org/TR/trace-context/). False: neither is there; out
 * is left alone. Each may be NULL. */
bool reel__request_id(char out[REEL_HTTP_REQUEST_ID], const char *x_request_id,
                      const char *traceparent);

typedef struct reel_access {
    const reel_exchange *exchange;
    const reel_seal_key *key; /* people are told apart by it, not known */
    bool head;
    size_t bytes; /* of the body that was sent */
    int64_t us;
    const char *ended; /* how, when it was not to the end; else NULL */
} reel_access;

/* Never a value of the query, a header or a path: the route's template, and of a person a keyed
 * hash. What only asks whether the server lives is a line for REEL_LOG_DEBUG. */
void reel__access_log(const reel_access *access);

#endif
