/* http/probe.h - asking a server whether it is ready, as a client.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_PROBE_H
#define REEL_HTTP_PROBE_H

#include "reel/err.h"

/* where: "http://127.0.0.1:8080", "127.0.0.1:8080", "[::1]:8080"; 0.0.0.0 and :: are this machine.
 * Errors: E_INVALID (no address; https, which is not spoken here), E_STORE (nobody answers in time,
 * or it is not ready, with what it said). */
REEL_MUST_USE reel_code reel__probe_ready(const char *where, int timeout_s, reel_err *err);

/* "libmicrohttpd 0.9.75, GnuTLS 3.7.9"; static. */
const char *reel__probe_versions(void);

#endif
