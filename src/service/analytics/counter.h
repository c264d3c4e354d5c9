/* service/analytics/counter.h - the log of events on its way into sums (store/stats.h): a thread
 * counts what came, every few seconds. Of several servers over one database any does; an event
 * counts once. Layer: service. Ownership: opened and closed by the door. Threads: locked inside.
 */
#ifndef REEL_SERVICE_COUNTER_H
#define REEL_SERVICE_COUNTER_H

#include "service/analytics/recent.h"
#include "service/engine/publish.h"

typedef struct reel_counter reel_counter;

typedef struct reel_counter_opts {
    reel_store *store;                    /* borrowed */
    reel_publisher *published;            /* whose catalogue knows the genres; borrowed */
    struct reel_experiments *experiments; /* counted, too; borrowed; NULL = none */
    reel_notice notice;                   /* that it fails, and that it is over */
    int every_ms;                         /* 0 = two seconds */
} reel_counter_opts;

/* Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__counter_open(reel_counter **out, const reel_counter_opts *opts,
                                           reel_err *err);
void reel__counter_close(reel_counter *counter); /* NULL allowed */

/* What is known of the last days, as it was a minute ago at the most. NULL allowed: nothing. */
void reel__counter_recent(reel_counter *counter, reel_recent *out);

/* Count what waits by the caller's thread, at most so many events; counted [out]. A store that is
 * open for reading only is left as it is. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__count_events(const reel_engine *engine, reel_store *store,
                                           size_t most, size_t *counted, reel_err *err);

#endif
