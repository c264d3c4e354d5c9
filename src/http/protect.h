/* http/protect.h - what every answer tells a browser: that it is what it says it is, who may use
 * it, and what a page of ours may load and do. No page needs more than its own files, posters and a
 * trailer.
 * Layer: http. Threads: no state.
 */
#ifndef REEL_HTTP_PROTECT_H
#define REEL_HTTP_PROTECT_H

#include "http/exchange.h"

enum { REEL_PROTECTIONS = 8, REEL_HSTS_S = 31536000 };

typedef struct reel_protection {
    const char *name, *value;
} reel_protection;

/* The headers of this answer; their number. posters: photographs come from here alone. hsts: the
 * value of Strict-Transport-Security, said where the request came encrypted. Values are static, or
 * hsts. */
int reel__protect(reel_protection out[REEL_PROTECTIONS], const reel_exchange *exchange,
                  bool posters, const char *hsts);

#endif
