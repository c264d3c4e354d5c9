/* store/jobs.h - work that servers do beside answering, asked for by anyone who may write to the
 * store. One runs at a time. Who runs it beats: a number that no longer rises is of a process that
 * died. They are of this installation, so a copy of a store leaves them alone.
 * Layer: store. Ownership: texts are borrowed. Threads: as store.h.
 */
#ifndef REEL_STORE_JOBS_H
#define REEL_STORE_JOBS_H

#include "store/store.h"

typedef enum reel_job_state {
    REEL_JOB_QUEUED,
    REEL_JOB_RUNNING,
    REEL_JOB_DONE,
    REEL_JOB_FAILED,
    REEL_JOB_CANCELLED
} reel_job_state;
/* "queued", ... */
const char *reel__job_state_name(reel_job_state state);

enum { REEL_JOBS_KEPT = 500, REEL_JOB_OWNER = 33 };

/* Texts are never NULL, "" where absent. Times in milliseconds since 1970, 0 = not yet. */
typedef struct reel_job {
    int64_t id; /* from 1, never used twice */
    const char *kind, *model;
    const char *parameters; /* a JSON object */
    const char *asked_by;
    reel_job_state state;
    double progress; /* 0 .. 1 */
    const char *step;
    const char *owner; /* whose process runs it */
    int64_t beat;
    bool cancel; /* someone asked for its end */
    int64_t created_ms, started_ms, finished_ms;
    const char *code, *reason; /* of a failure: E_BUDGET, a line */
    const char *result;        /* JSON */
} reel_job;

/* Queue one: kind, model, parameters, asked_by and created_ms are taken, id is an output. Of those
 * that have ended the newest REEL_JOBS_KEPT stay, and the last training that ended well. */
REEL_MUST_USE reel_code reel__store_add_job(reel_store *store, reel_job *job, reel_err *err);

/* The same for what asks by itself: one job for each slot, of whichever server comes first. id 0:
 * there was one for the slot, or one of its kind and model waits already. */
REEL_MUST_USE reel_code reel__store_plan_job(reel_store *store, reel_job *job, const char *slot,
                                             reel_err *err);
/* How many ratings were given since all models were last asked to be trained, counted up to most;
 * since [out]: the version then. */
REEL_MUST_USE reel_code reel__store_ratings_since(reel_store *store, int64_t most, int64_t *since,
                                                  int64_t *count, reel_err *err);

typedef struct reel_job_filter {
    int64_t id;     /* just this one; 0 = any */
    int64_t before; /* only smaller ids; 0 = from the newest */
    bool running;   /* only the one that runs */
    size_t limit;
} reel_job_filter;
/* Newest first. row returns false to stop; it may not use the store. */
typedef bool reel_job_fn(void *user, const reel_job *job);
REEL_MUST_USE reel_code reel__store_scan_jobs(reel_store *store, const reel_job_filter *filter,
                                              reel_job_fn *row, void *user, reel_err *err);
/* How those of a kind do, whatever stands beside them. Ended: since a time. */
typedef struct reel_job_sum {
    int64_t waiting, running, done, failed;
    int64_t last_started_ms, last_finished_ms; /* of the newest that ended well; 0 = none */
} reel_job_sum;
REEL_MUST_USE reel_code reel__store_sum_jobs(reel_store *store, const char *kind, int64_t since_ms,
                                             reel_job_sum *out, reel_err *err);
/* What it said, appended to out. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__store_job_log(reel_store *store, int64_t id,
                                            void (*take)(void *user, const char *log), void *user,
                                            reel_err *err);

/* Make the oldest that waits the caller's, unless one runs. id [out]: 0 = none. */
REEL_MUST_USE reel_code reel__store_claim_job(reel_store *store, const char *owner, int64_t now_ms,
                                              int64_t *id, reel_err *err);
/* Say that it goes on, and how far it is. held [out]: whether it is the caller's still; cancel
 * [out]: whether someone asked for its end. log NULL: as it was. */
typedef struct reel_job_beat {
    int64_t id;
    const char *owner;
    double progress;
    const char *step, *log;
} reel_job_beat;
REEL_MUST_USE reel_code reel__store_beat_job(reel_store *store, const reel_job_beat *beat,
                                             bool *held, bool *cancel, reel_err *err);
/* It ended: state, progress, step, code, reason, result and finished_ms of job are kept, if it is
 * the owner's still. log NULL: as it was. A state of QUEUED gives it back. */
REEL_MUST_USE reel_code reel__store_end_job(reel_store *store, const reel_job *job, const char *log,
                                            reel_err *err);
/* Its process is dead: failed, if it has not beaten since. */
REEL_MUST_USE reel_code reel__store_abandon_job(reel_store *store, const reel_job *job,
                                                int64_t now_ms, reel_err *err);
/* One that waits is cancelled; of one that runs its owner is told. Errors: E_NOTFOUND, E_CONFLICT
 * (it has ended). */
REEL_MUST_USE reel_code reel__store_cancel_job(reel_store *store, int64_t id, int64_t now_ms,
                                               reel_err *err);

#endif
