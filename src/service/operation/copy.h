/* service/operation/copy.h - whole databases: into another of any kind, into a backup, and back.
 * Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_COPY_H
#define REEL_SERVICE_COPY_H

#include "store/store.h"

typedef struct reel_copy_opts {
    const char *from, *to; /* paths or URLs */
    bool replace;          /* what the target holds may go */
    const reel_progress *progress;
} reel_copy_opts;

typedef struct reel_copy_report {
    reel_store_digest digest; /* of what was copied, and of what was read back */
    bool already;             /* the target was such a copy; nothing was written */
    double seconds;
    char from[REEL_STORE_NAME], to[REEL_STORE_NAME]; /* to be shown */
} reel_copy_report;

/* Everything of `from` into `to`, in one transaction that a failure or an end of the program
 * undoes, so it can be run again; verified by reading back. Errors: those of both stores;
 * E_CONFLICT where the target holds something else and not replace. */
REEL_MUST_USE reel_code reel__migrate_store(const reel_copy_opts *opts, reel_copy_report *report,
                                            reel_err *err);
/* The same into a file that appears when it is complete and verified, while the database is in use.
 * An older backup of that name is replaced, nothing else (E_CONFLICT). */
REEL_MUST_USE reel_code reel__backup(const reel_copy_opts *opts, reel_copy_report *report,
                                     reel_err *err);
/* The same from such a file, which is verified first. Errors: also E_FORMAT (damaged or changed),
 * E_INVALID (no backup). */
REEL_MUST_USE reel_code reel__restore(const reel_copy_opts *opts, reel_copy_report *report,
                                      reel_err *err);

#endif
