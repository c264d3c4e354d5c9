/* service/operation/jobs.h - long work beside answering: asked for in the store, done by a child
 * process of a server over it, one at a time; and watched by any number of people. Layer: service.
 * Ownership: opened and closed by the door. Threads: locked inside.
 */
#ifndef REEL_SERVICE_JOBS_H
#define REEL_SERVICE_JOBS_H

#include "base/cron.h"
#include "base/histogram.h"
#include "base/json.h"
#include "service/engine/engine.h"
#include "service/engine/reload.h"

/* ---- asking and reading; all that it takes is a store -------------------------------------- */

/* Queue what a body asks for: {"kind":"train","model":"ease","params":{"lambda":300}}, with
 * "accept":true if what is trained is to serve without a comparison (engine/gate.h). asked_by:
 * for people to read. Errors: E_SYNTAX, E_INVALID (no such work, model or parameter), E_NOTFOUND
 * (no such model). */
REEL_MUST_USE reel_code reel__job_ask(reel_store *store, const char *body, size_t length,
                                      const char *asked_by, int64_t *id, reel_err *err);
/* Elements of a JSON array, newest first; next [out]: for the page after, or -1. */
REEL_MUST_USE reel_code reel__jobs_write(reel_json *json, reel_store *store, int64_t before,
                                         size_t limit, int64_t *next, reel_err *err);
/* One as a JSON object. ended may be NULL. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__job_write(reel_json *json, reel_store *store, int64_t id, bool *ended,
                                        reel_err *err);
/* What it said, appended. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__job_log(reel_buf *out, reel_store *store, int64_t id, reel_err *err);
/* Errors: E_NOTFOUND, E_CONFLICT (it has ended). */
REEL_MUST_USE reel_code reel__job_cancel(reel_store *store, int64_t id, reel_err *err);

/* ---- doing it ------------------------------------------------------------------------------ */

typedef struct reel_jobs reel_jobs;

/* When a server asks for a training of all models by itself. Of several over one store, one does.
 */
typedef struct reel_train_plan {
    bool scheduled;
    reel_cron schedule; /* what is missed while no server runs is not made up for */
    int64_t after;      /* so many new ratings; 0 = however many */
} reel_train_plan;

/* How long after its deletion an account may stay in models and data files, if nobody asks before;
 * what comes meanwhile goes with it. */
enum { REEL_FORGET_AFTER_S = 12 * 3600 };

typedef struct reel_jobs_opts {
    reel_store *store;    /* borrowed */
    const char *database; /* for the child, in its environment: it may hold a password */
    const char *models_dir;
    const char *program; /* NULL = this one */
    bool alone;          /* no other server serves the store: what runs in it was left behind */
    reel_reload *reload; /* to be told of what was trained; may be NULL */
    int64_t memory;      /* bytes of address space that a child may use, 0 = any */
    reel_train_plan plan;
    int64_t forget_after;     /* seconds; 0 = REEL_FORGET_AFTER_S */
    double online_drop;       /* that takes a version back (online.h); 0 = none does */
    reel_notice notice;       /* what became of each, from the thread */
    int beat_ms, patience_ms; /* 0 = half a second; ten seconds */
    int online_ms;            /* how often it is looked for; 0 = ten minutes */
} reel_jobs_opts;

REEL_MUST_USE reel_code reel__jobs_open(reel_jobs **out, const reel_jobs_opts *opts, reel_err *err);
/* Nobody watches any longer, and nobody begins to. */
void reel__jobs_end_watches(reel_jobs *jobs);
/* What runs is ended, and given back: the next server begins it anew. NULL allowed. */
void reel__jobs_close(reel_jobs *jobs);
/* Something was asked for or cancelled: look now. */
void reel__jobs_look(reel_jobs *jobs);

enum { REEL_TRAIN_REASONS = 16 };

/* What a server counts of its jobs. */
typedef struct reel_jobs_facts {
    int64_t done, failed, cancelled; /* of those it ran */
    int64_t planned;                 /* trainings it asked for by itself */
    int64_t taken_back;              /* versions that people took up less */
    int64_t next_training;           /* seconds since 1970, 0 = none is scheduled */
    int64_t unlearning;              /* people whose accounts are gone and who are in models yet */
    int64_t unlearning_since;        /* when the first of them went, 0 = nobody waits */
    int64_t new_ratings;             /* up to the number that makes a training; -1 = not counted */
} reel_jobs_facts;
reel_jobs_facts reel__jobs_facts(reel_jobs *jobs);

/* Trainings it ran, by model, for monitoring. */
typedef struct reel_train_facts {
    const char *model;        /* "all": those that were to train every model, and could not */
    reel_histogram durations; /* of the fits that ended well, by reel__histogram_long */
    /* Those that did not, by why; the last counts what has no code. */
    atomic_uint_fast64_t failures[REEL_TRAIN_REASONS];
} reel_train_facts;
const reel_train_facts *reel__jobs_trained(const reel_jobs *jobs, size_t model); /* or NULL */
const char *reel__train_reason(size_t reason); /* "E_NOMEM"; NULL past the last */

/* ---- watching ------------------------------------------------------------------------------ */

/* A text/event-stream of one job: what is new is one event, however slow the reader. */
typedef struct reel_watch reel_watch;
typedef enum reel_watch_state {
    REEL_WATCH_MORE,
    REEL_WATCH_WAIT,
    REEL_WATCH_OVER
} reel_watch_state;

/* Errors: E_NOTFOUND, E_BUSY (too many watch), E_NOMEM. */
REEL_MUST_USE reel_code reel__watch_open(reel_watch **out, reel_jobs *jobs, int64_t id,
                                         reel_err *err);
/* Append what is new. WAIT: nothing is; then sleep(user) was called, and wake(user) will be, once,
 * when it is worth asking again. Both are called with a lock held: they may not ask. */
typedef struct reel_waiter {
    void (*sleep)(void *user);
    void (*wake)(void *user);
    void *user;
} reel_waiter;
reel_watch_state reel__watch_next(reel_watch *watch, reel_buf *out, const reel_waiter *waiter);
void reel__watch_close(reel_watch *watch); /* NULL allowed */

#endif
