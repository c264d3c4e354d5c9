/* service/analytics/stats.h - what was shown and what people did with it, as reports: each is the
 * members of a JSON object, with rows in `items`, and the same rows are a table (CSV).
 * Layer: service. Threads: any.
 */
#ifndef REEL_SERVICE_STATS_H
#define REEL_SERVICE_STATS_H

#include "base/json.h"
#include "service/engine/engine.h"
#include "store/stats.h"

/* What is asked. */
typedef struct reel_stats_ask {
    const reel_engine *engine;
    reel_store *store;
    reel_stats_range range;
    reel_stats_range against;         /* the range it is compared with; to 0 = none */
    const char *by;                   /* of the report's own; NULL = its first */
    const char *method;               /* of `times`: NULL = any */
    size_t limit;                     /* of `films`: rows; 0 = 50 */
    int64_t after_count, after_movie; /* of `films`: go on behind it; after_movie -1 = the top */
    int64_t *next_count, *next_movie; /* [out, optional]: where it goes on; next_movie -1 = ends */
} reel_stats_ask;

typedef struct reel_stats_report {
    const char *name;    /* "rates" */
    const char *summary; /* a line */
    const char *by;      /* what `by` may say, "method|model|scenario|rank"; NULL = nothing */
    const char *alone;   /* why no other range can stand beside it; NULL = one can */
    reel_code (*write)(reel_json *json, const reel_stats_ask *ask, reel_err *err);
    /* An item of nothing, which has the members of all; NULL where there always is one. */
    void (*blank)(reel_json *json, const reel_stats_ask *ask);
} reel_stats_report;
const reel_stats_report *reel__stats_report_at(size_t index); /* NULL past the last */
/* Errors: E_NOTFOUND naming those there are. */
REEL_MUST_USE reel_code reel__stats_report_find(const reel_stats_report **out, const char *name,
                                                reel_err *err);

/* A range as it is written: "2026-10-01..2026-10-31" (both days are in it), "2026-10-01", "28d"
 * (that many days up to today) or "all". NULL: 28d. today: by UTC. Errors: E_INVALID, those of the
 * store. */
REEL_MUST_USE reel_code reel__stats_range_read(reel_stats_range *out, reel_store *store,
                                               const char *text, reel_err *err);
/* What a range is compared with: such a range, or "previous", as many days before it. NULL:
 * nothing.
 */
REEL_MUST_USE reel_code reel__stats_against_read(reel_stats_ask *ask, const char *text,
                                                 reel_err *err);

/* The whole report as members: "range", "against", "waiting" (events that are not counted yet) and
 * its own. Errors: E_INVALID (`by`, `against`), E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__stats_write(reel_json *json, const reel_stats_report *report,
                                          const reel_stats_ask *ask, reel_err *err);
/* The `items` of a report that was read back, as CSV with a heading, also where there are none;
 * members of members have names with a dot. Errors: E_NOMEM, E_TOOLARGE. */
REEL_MUST_USE reel_code reel__stats_csv(reel_buf *out, const reel_stats_report *report,
                                        const reel_stats_ask *ask, const json_t *answer,
                                        reel_err *err);

#endif
