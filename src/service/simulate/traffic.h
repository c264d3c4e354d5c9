/* service/simulate/traffic.h - made-up people at a server's door: each asks for a list over HTTP,
 * looks at it, sends what they did as feedback, and comes back. A load with clicks, and ratings, in
 * it; what they give stays in that server's database.
 * Layer: service. Threads: one.
 */
#ifndef REEL_SERVICE_TRAFFIC_H
#define REEL_SERVICE_TRAFFIC_H

#include "service/simulate/viewer.h"

typedef struct reel_traffic_opts {
    const char *url, *key; /* http://host:port; an API key, or NULL */
    reel_index people;     /* the ids 1 .. people of the server's data */
    int visits;            /* of each */
    int list, parallel;    /* films of a list; requests at a time */
    double rate;           /* requests a second at most */
    reel_manner manner;
    uint64_t seed;
    const volatile bool *cancel;
} reel_traffic_opts;

typedef struct reel_traffic {
    int64_t lists, calls, failed;  /* lists and calls of feedback that were answered with 2xx */
    int64_t shown, clicked, rated; /* films */
    double seconds;
    double list_ms[3]; /* half, 95 and 99 of a hundred lists took at most this; NaN = none came */
    char why[200];     /* of the first that failed */
} reel_traffic;

/* Films are liked as those of an invented world are (world.h), by their ids. A request that fails
 * is counted, and its visit over. Errors: E_INVALID (an address), E_CANCELLED, E_NOMEM. */
REEL_MUST_USE reel_code reel__traffic(reel_traffic *out, const reel_traffic_opts *opts,
                                      reel_err *err);

#endif
