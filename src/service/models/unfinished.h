/* service/models/unfinished.h - what a training has made so far, kept as files until it ends: where
 * its process was killed, the next one goes on from there. Fits depend on nothing but model,
 * parameters, seed and data, of which a model's id is the hash, so a file under the id of a fit is
 * that fit, and what comes of a training that was interrupted is what would have come of it
 * otherwise, bit for bit. In the folder `unfinished` of the models' folder: `begun` (the program's
 * version), the data as they were then (engine_data.c), and a file for each fit. Layer: service.
 * Threads: one at a time.
 */
#ifndef REEL_SERVICE_UNFINISHED_H
#define REEL_SERVICE_UNFINISHED_H

#include <stdbool.h>

#include "reel/model.h"

/* After so many hours a training begins anew: its ratings would be old. */
enum { REEL_UNFINISHED_HOURS = 24 };

typedef struct reel_unfinished {
    char *folder;    /* owned; NULL: nothing is kept, and a fit is only a fit */
    bool resumes;    /* there is something of an earlier process */
    size_t taken;    /* fits that were found */
    reel_err failed; /* why one could not be kept; msg "" = all are. It is no error to a training */
} reel_unfinished;

/* Make the folder. What an earlier process left there stays when `resume` and when it was begun by
 * this version of the program and not long ago, and goes otherwise. A folder that cannot be made is
 * told in `failed`. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__unfinished_open(reel_unfinished *out, const char *models_dir,
                                              bool resume, reel_err *err);
void reel__unfinished_fini(reel_unfinished *unfinished); /* the files stay */
/* Remove all files of it. NULL folder allowed. */
void reel__unfinished_clear(const reel_unfinished *unfinished);
/* The same, by who has none open. */
void reel__unfinished_remove(const char *models_dir);

/* A file of the folder; the caller's. NULL: out of memory. */
char *reel__unfinished_path(const reel_unfinished *unfinished, const char *name);

/* As reel_model_fit, or what an earlier process fitted. unfinished: may be NULL; its `context` has
 * no targets. */
REEL_MUST_USE reel_code reel__unfinished_fit(reel_model **out, reel_unfinished *unfinished,
                                             const char *name, const reel_dataset *dataset,
                                             const reel_params *params,
                                             const reel_fit_context *context, reel_err *err);

#endif
