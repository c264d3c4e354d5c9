/* http/hosts.h - the names that a server answers to. A page of another site may have its own name
 * lead to this machine (DNS rebinding) and then ask as if it were ours; it cannot change that the
 * browser says that name in Host.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_HOSTS_H
#define REEL_HTTP_HOSTS_H

#include <stdbool.h>

#include "reel/err.h"

enum { REEL_HOSTS_MAX = 32, REEL_HOST_TEXT = 254 };

/* Beside those of this machine itself. */
typedef struct reel_hosts {
    char name[REEL_HOSTS_MAX][REEL_HOST_TEXT];
    int count;
} reel_hosts;

/* Names and addresses without a port, parted by commas or blanks: "reel.example.org, 192.0.2.7".
 * Errors: E_INVALID naming the one that is none. */
REEL_MUST_USE reel_code reel__hosts_read(reel_hosts *out, const char *text, reel_err *err);
/* host: a Host header, with or without a port; NULL: the request has none, as no browser's. This
 * machine's own (localhost, 127.0.0.0/8, [::1]) are always among them. */
bool reel__hosts_have(const reel_hosts *hosts, const char *host);

#endif
