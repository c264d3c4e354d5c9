/* service/engine/reload.h - keeps the published engine that of the store: one thread that opens the
 * next engine beside the one that answers, when it is asked to or when the store says that
 * something was trained or loaded, and publishes it. Layer: service. Threads: locked inside.
 */
#ifndef REEL_SERVICE_RELOAD_H
#define REEL_SERVICE_RELOAD_H

#include "service/engine/publish.h"

typedef struct reel_reload reel_reload;

typedef struct reel_reload_opts {
    reel_engine_opts engine; /* with its store; texts are borrowed */
    int every_ms;            /* how often the store is looked at; 0 = only when asked */
    reel_notice notice;      /* what became of it, from the thread */
} reel_reload_opts;

/* Open the first engine and publish it, in the caller's thread. Errors: those of an engine. */
REEL_MUST_USE reel_code reel__reload_new(reel_reload **out, const reel_reload_opts *opts,
                                         reel_err *err);
/* Begin to watch. Errors: E_NOMEM (no thread). */
REEL_MUST_USE reel_code reel__reload_start(reel_reload *reload, reel_err *err);
reel_publisher *reel__reload_publisher(const reel_reload *reload);
/* Take up what is there now, whether it looks new or not; models that are missing are trained. What
 * the store says by itself is taken up once every model has a file that fits. Returns at once. */
void reel__reload_ask(reel_reload *reload);
/* Look at the store now: something was put in service. Returns at once. */
void reel__reload_look(reel_reload *reload);
/* Ends the thread, after what it is at. NULL allowed. */
void reel__reload_free(reel_reload *reload);

#endif
