/* service/engine/overlay.h - what people gave since the snapshot was made, kept near: a bounded
 * cache of the store's rows, by person. It outlives snapshots: history = row of the snapshot with
 * these rows in its place. Most people gave nothing since; of those it knows so without a lock (a
 * Bloom filter of everybody who did). A person's rows are dropped at once when this process writes
 * some, and within half a second when another process over the same database does. Layer: service.
 * Ownership: opened over a store that outlives it. Threads: locked inside.
 */
#ifndef REEL_SERVICE_OVERLAY_H
#define REEL_SERVICE_OVERLAY_H

#include "store/store.h"

typedef struct reel_overlay reel_overlay;

typedef struct reel_overlay_opts {
    size_t bytes_max; /* of rows kept; 0 = 64 MiB */
    bool follow;      /* a thread looks for what other processes wrote */
} reel_overlay_opts;

/* Errors: E_NOMEM, those of reading the store. */
REEL_MUST_USE reel_code reel__overlay_open(reel_overlay **out, reel_store *store,
                                           const reel_overlay_opts *opts, reel_err *err);
void reel__overlay_close(reel_overlay *overlay); /* NULL allowed */

reel_store *reel__overlay_store(const reel_overlay *overlay);

/* Rows of one person, in memory that grows as needed. */
typedef struct reel_given_rows {
    reel_given_row *rows; /* [count], by ascending film; of person and version nothing is said */
    size_t count, capacity;
} reel_given_rows;
void reel__given_rows_fini(reel_given_rows *rows);

/* What a person gave since, as a copy. overlay NULL: nobody gave anything.
 * Errors: E_NOMEM, those of reading the store where the rows are not kept. */
REEL_MUST_USE reel_code reel__overlay_read(reel_overlay *overlay, int64_t person,
                                           reel_given_rows *out, reel_err *err);
/* Write rows to the store; the next read sees them. Errors: those of reel__store_put_given. */
REEL_MUST_USE reel_code reel__overlay_put(reel_overlay *overlay, const reel_given_row *rows,
                                          size_t count, reel_err *err);
/* Take everything of a person away. */
REEL_MUST_USE reel_code reel__overlay_forget(reel_overlay *overlay, int64_t person, reel_err *err);
/* Look for what others wrote, now. */
REEL_MUST_USE reel_code reel__overlay_follow(reel_overlay *overlay, reel_err *err);

typedef struct reel_overlay_counts {
    int64_t version;       /* of the last change seen */
    int64_t people, bytes; /* kept */
    int64_t reads, misses; /* of people who may have given something; from the store */
} reel_overlay_counts;
reel_overlay_counts reel__overlay_count(const reel_overlay *overlay);

#endif
