/* net/url.h - addresses of servers as settings have them: only what can be told for sure is one.
 * Layer: net. Threads: no state.
 */
#ifndef REEL_NET_URL_H
#define REEL_NET_URL_H

#include <stddef.h>

#include "reel/err.h"

enum {
    REEL_URL_HOST = 254,    /* room for a host */
    REEL_URL_SETTING = 500, /* bytes of an address */
};

/* What text begins with: "host", "host:25" or "[::1]:25". host: without brackets and port. Its end,
 * or NULL where that is no host. */
const char *reel__url_host(char host[REEL_URL_HOST], const char *text);

/* That a setting is http:// or https://, a host and perhaps a path, with neither a login nor a
 * query. such: an example. Errors: E_INVALID naming the setting. */
REEL_MUST_USE reel_code reel__url_check(const char *setting, const char *url, const char *such,
                                        reel_err *err);

/* Its bytes without a / at its end, so that a path can follow. */
size_t reel__url_length(const char *url);

#endif
