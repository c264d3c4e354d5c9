/* tune_priv.h - what the files of service/models/tune.h share.
 * Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_TUNE_PRIV_H
#define REEL_SERVICE_TUNE_PRIV_H

#include "base/file.h"
#include "eval/rating_errors.h"
#include "service/models/tune.h"

/* ---- validation ---------------------------------------------------------------------------- */

/* What the trials of one rung learn from and are judged by. */
typedef struct reel_tune_rung {
    reel_split split;
    reel_fit_targets targets; /* of predicted ratings */
    reel_index *rows;         /* [targets.count] */
    float *predicted;
} reel_tune_rung;

/* Share of the effort, or of the people, that a rung takes: 1, 1/3, 1/9 ... */
double reel__tune_share(const reel_tuning *tuning, int rung);
/* Errors: E_INVALID (too little data), E_NOMEM. */
REEL_MUST_USE reel_code reel__tune_rung_make(reel_tune_rung *out, const reel_tuning *tuning,
                                             const reel_dataset *whole, int rung, reel_err *err);
void reel__tune_rung_fini(reel_tune_rung *rung);

/* Fit and judge one configuration. metrics [out] [tuning->metric_count]. */
REEL_MUST_USE reel_code reel__tune_try(double *metrics, const reel_tuning *tuning,
                                       reel_tune_rung *rung, const reel_trial *trial,
                                       const reel_fit_context *context, reel_err *err);
/* All parameters of a trial as they are fitted: with the effort of its rung. */
void reel__tune_values(double *out, const reel_tuning *tuning, const reel_trial *trial);

/* ---- trials -------------------------------------------------------------------------------- */

/* Keep what came of the trial that the search asked for, and tell the search. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__tuning_keep(reel_tuning *tuning, const reel_tuned *tuned,
                                          reel_err *err);

/* ---- log ----------------------------------------------------------------------------------- */

/* Open, check and replay the log; write its first line where it is new. log->fd is -1 without one.
 */
REEL_MUST_USE reel_code reel__tune_log_open(reel_file_appender *log, reel_tuning *tuning,
                                            reel_err *err);
REEL_MUST_USE reel_code reel__tune_log_add(reel_file_appender *log, const reel_tuning *tuning,
                                           const reel_trial *trial, reel_err *err);
/* The members of a trial, in an open object: of the log and of the result. */
void reel__tune_write_trial(reel_json *json, const reel_tuning *tuning, const reel_trial *trial);
/* What makes two searches the same, as members of an open object. */
void reel__tune_write_search(reel_json *json, const reel_tuning *tuning);

#endif
