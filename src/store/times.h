/* store/times.h - how long a store takes, by kind of what it is asked. Measured at the table of
 * functions that every call goes through, whatever the back end; with the wait for its turn or for
 * a connection, and with what the caller does with each row. Layer: store. Threads: as
 * base/histogram.h.
 */
#ifndef REEL_STORE_TIMES_H
#define REEL_STORE_TIMES_H

#include "base/histogram.h"
#include "store/store.h"

typedef enum reel_store_op {
    REEL_STORE_FACTS,      /* what is loaded, and how much */
    REEL_STORE_DATASET,    /* everything a snapshot is made of */
    REEL_STORE_LOAD,       /* a load, from its begin to its end: films that are changed, too */
    REEL_STORE_GIVEN_READ, /* what people gave since */
    REEL_STORE_GIVEN_WRITE,
    REEL_STORE_EVENTS_READ, /* feedback */
    REEL_STORE_EVENTS_WRITE,
    REEL_STORE_READ, /* anything else: accounts, sessions, keys, jobs, records */
    REEL_STORE_WRITE,
    REEL_STORE_OPS
} reel_store_op;

/* "given_read"; NULL past the last. */
const char *reel__store_op_name(size_t op);
/* Times of one kind, by reel__histogram_short. Borrowed from the store. */
const reel_histogram *reel__store_times(const reel_store *store, reel_store_op op);

/* Put the clock before the back end's functions; once, when it was opened. */
void reel__store_time(reel_store *store);

#endif
