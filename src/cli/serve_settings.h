/* cli/serve_settings.h - what the environment says of a server.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_SERVE_SETTINGS_H
#define REEL_CLI_SERVE_SETTINGS_H

#include "http/server.h"
#include "service/operation/forget.h"
#include "service/operation/jobs.h"

/* A switch that says on or off: value, else the environment's, else otherwise. name: for errors.
 * Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__setting_switch(bool *out, const char *name, const char *value,
                                             bool otherwise, reel_err *err);
/* What both addresses of a server share: proxies and limits. Errors: E_INVALID naming the variable.
 */
REEL_MUST_USE reel_code reel__serve_settings(reel_server_opts *out, reel_err *err);
/* Who counts visitors: REEL_VISITORS_PER_ADDRESS. Errors: E_INVALID, E_NOMEM. */
REEL_MUST_USE reel_code reel__visitor_settings(reel_visitors **out, reel_err *err);
/* When to train by itself: REEL_TRAIN_SCHEDULE, REEL_TRAIN_AFTER. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__plan_settings(reel_train_plan *out, reel_err *err);
/* Of a forgetting: the folder of backups (or REEL_BACKUPS) and REEL_BACKUP_DAYS. Errors: E_INVALID.
 */
REEL_MUST_USE reel_code reel__backup_settings(reel_forget_opts *out, const char *backups,
                                              reel_err *err);
/* Of the jobs: REEL_JOB_MEMORY, REEL_FORGET_AFTER, REEL_ROLLBACK_..., and these; what the jobs
 * read themselves is looked at, too. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__job_settings(reel_jobs_opts *out, reel_err *err);
/* Of the forwarder: MONGODB_URI (or MONGO_URI), NULL where none is set, and
 * REEL_FEEDBACK_TTL_DAYS. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__forward_settings(reel_forward_opts *out, reel_err *err);
/* Begin the experiments of the file REEL_EXPERIMENTS that are not there yet. Errors: those of
 * reading it, and of reel__experiments_take. */
REEL_MUST_USE reel_code reel__experiment_settings(reel_experiments *experiments, reel_err *err);
/* The certificate and key of --tls-cert and --tls-key, else of REEL_TLS_CERT and REEL_TLS_KEY.
 * Errors: E_INVALID (one without the other). */
REEL_MUST_USE reel_code reel__serve_tls(reel_server_opts *out, const char *certificate,
                                        const char *key, reel_err *err);
/* Say in the log which files with secrets others may read. */
void reel__serve_warn(const reel_server_opts *opts);
/* Read .env once more and take what can be taken while running; the log says what waits for the
 * next start. */
void reel__settings_again(void);

#endif
