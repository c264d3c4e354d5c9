/* service/analytics/recent.h - how the last seven days went, in a few numbers for who watches a
 * server: of each recommender how many of the films it showed were clicked, and how much of the
 * catalogue was shown. Layer: service. Threads: any.
 */
#ifndef REEL_SERVICE_RECENT_H
#define REEL_SERVICE_RECENT_H

#include "service/engine/engine.h"

enum { REEL_RECENT_DAYS = 7, REEL_RECENT_METHODS = 16, REEL_RECENT_NAME = 80 };

typedef struct reel_recent_method {
    char name[REEL_RECENT_NAME]; /* as events name it, in 32 bytes at the most */
    int64_t shown, clicked;      /* films in lists */
} reel_recent_method;

typedef struct reel_recent {
    int64_t at;     /* when it was read, seconds since 1970; 0 = not yet */
    int64_t events; /* of the log, whenever they were */
    int64_t films;  /* different films that were shown */
    int64_t catalogue;
    size_t count;
    reel_recent_method methods[REEL_RECENT_METHODS]; /* those that showed most */
} reel_recent;

/* From the sums (store/stats.h). Errors: E_STORE, E_NOMEM. Cost: by all hours that were counted and
 * by the films of seven days, so it is nothing for each request. */
REEL_MUST_USE reel_code reel__recent_read(reel_recent *out, const reel_engine *engine,
                                          reel_store *store, reel_err *err);

#endif
