/* http/listen.h - from "ADDRESS:PORT" to a listening socket, with errors a person can act on.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_LISTEN_H
#define REEL_HTTP_LISTEN_H

#include <stdbool.h>

#include "reel/err.h"

typedef struct reel_listener {
    int fd;
    bool loopback;
    char url[96]; /* "http://127.0.0.1:8080", with the port really used */
} reel_listener;

REEL_MUST_USE reel_code reel__listen(reel_listener *out, const char *address, bool allow_any,
                                     reel_err *err);

#endif
