/* http/listen.h - from "ADDRESS:PORT" to a bound socket, then a listening one, with errors a person
 * can act on.
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

/* Take the address; nobody can connect yet. Errors: E_INVALID, E_CONFLICT, E_DENIED, E_STORE. */
REEL_MUST_USE reel_code reel__listen_bind(reel_listener *out, const char *address, reel_err *err);
/* The same for a socket that another program bound (and may listen on). Errors: E_INVALID: it is no
 * such socket. */
REEL_MUST_USE reel_code reel__listen_take(reel_listener *out, int fd, reel_err *err);
void reel__listen_encrypted(reel_listener *listener); /* its URL is one of https */
/* Let connections in. Errors: E_CONFLICT (another program was quicker), E_STORE. */
REEL_MUST_USE reel_code reel__listen_start(const reel_listener *listener, reel_err *err);

#endif
