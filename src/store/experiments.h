/* store/experiments.h - experiments of this installation. A definition never changes: an experiment
 * is added, and ends. The id of a list says which experiment it is of, by the tag, so nothing is
 * kept of who was in it but the events that everybody leaves (store/trials.h); who goes takes
 * theirs along. Layer: store. Ownership: texts are borrowed. Threads: as store.h.
 */
#ifndef REEL_STORE_EXPERIMENTS_H
#define REEL_STORE_EXPERIMENTS_H

#include "store/store.h"

/* The id of a list in an experiment: "x_", the tag, and what the experiment makes of the rest. */
#define REEL_EXPERIMENT_MARK "x_"
enum {
    REEL_EXPERIMENT_TAG = 9, /* with its NUL: 8 hex digits */
    REEL_EXPERIMENTS_KEPT = 1000
};

/* Texts are never NULL, "" where absent. Times in seconds since 1970. */
typedef struct reel_experiment_record {
    const char *name;       /* the key */
    const char *tag;        /* no other experiment has it */
    const char *scenario;   /* of the lists it is about; "" = of any */
    const char *definition; /* JSON */
    int64_t made, starts;
    int64_t ends; /* as planned, or when it was ended */
    bool stopped; /* it was ended before its time */
} reel_experiment_record;

/* Errors: E_CONFLICT (the name or the tag is taken, or it would be about the same lists as another
 * at the same time, which is named; too many are kept). */
REEL_MUST_USE reel_code reel__store_add_experiment(reel_store *store,
                                                   const reel_experiment_record *experiment,
                                                   reel_err *err);
/* One that has not begun is taken away, one that goes on ends now. Errors: E_NOTFOUND, E_CONFLICT
 * (it has ended). */
REEL_MUST_USE reel_code reel__store_end_experiment(reel_store *store, const char *name, int64_t now,
                                                   reel_err *err);
/* Newest start first. row returns false to stop; it may not use the store. */
typedef bool reel_experiment_fn(void *user, const reel_experiment_record *experiment);
REEL_MUST_USE reel_code reel__store_scan_experiments(reel_store *store, reel_experiment_fn *row,
                                                     void *user, reel_err *err);

#endif
