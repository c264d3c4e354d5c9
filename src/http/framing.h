/* http/framing.h - whether a request says in one way alone where it ends and whom it is for. What a
 * proxy and a server could read differently lets one client put words into the request of another
 * (request smuggling, RFC 9112 section 11.2), so it is refused and the connection closed.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_FRAMING_H
#define REEL_HTTP_FRAMING_H

#include <stdbool.h>

#include "reel/err.h"

typedef struct reel_framing {
    int lengths, codings, hosts; /* lines of Content-Length, Transfer-Encoding, Host */
    bool other_coding;           /* one that is not "chunked" */
    bool blank_name;             /* a name with white space in it or before it, or none at all */
} reel_framing;

/* One line of the head; all zero before the first. value may be NULL (empty). */
void reel__framing_see(reel_framing *framing, const char *name, const char *value);
/* After the last. version: "HTTP/1.1"; with 1.0 a Host is not asked for, and nothing is in chunks.
 * Errors: E_SYNTAX, which says what is wrong. */
REEL_MUST_USE reel_code reel__framing_check(const reel_framing *framing, const char *version,
                                            reel_err *err);

#endif
