/* service/engine/engine.h - the engine snapshot: dataset + fitted models + search index + store,
 * from which every request is answered. Layer: service. Ownership: opened and closed by the door.
 * Threads: an engine may be used by any number of threads; each brings a session (its own scratch
 * memory), one thread at a time.
 */
#ifndef REEL_SERVICE_ENGINE_H
#define REEL_SERVICE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "reel/dataset.h"
#include "reel/model.h"
#include "store/store.h"

typedef struct reel_engine reel_engine;
typedef struct reel_overlay reel_overlay; /* service/engine/overlay.h */

/* How a line of what happened reaches the person: "user-knn: trained in 0.21 s". May be NULL. */
typedef struct reel_notice {
    void (*line)(void *user, const char *text);
    void *user;
} reel_notice;

typedef struct reel_signal_weights reel_signal_weights; /* service/feedback/signals.h */

typedef struct reel_engine_opts {
    const char *database; /* path or sqlite:PATH */
    reel_store
        *store; /* borrowed, outlives every engine over it; NULL = the engine opens its own */
    const char *models_dir; /* NULL = <database>.models */
    reel_overlay *overlay;  /* borrowed: what people gave since; NULL = nothing is known of it */
    const char *only; /* NULL = every model; else train and load just this one (and members) */
    const reel_params *params; /* of `only`; NULL = the model's own */
    bool exclusive;            /* serve */
    bool read_only;
    bool retrain;   /* `reel train --force`: fit again what is up to date too */
    bool learn;     /* `reel train`: a hybrid that is made learns its weights */
    bool as_served; /* with retrain: each under the parameters of the version in service */
    bool gate;      /* with retrain: keep nothing of it unless it may take over (gate.h) */
    struct reel_gate_report *verdict; /* [out] what was judged, also where opening fails by it */
    bool keep_fits;  /* until it has ended: a training that takes long (models/unfinished.h) */
    bool resume;     /* with keep_fits: go on with one that was interrupted, on its data */
    bool ready_only; /* fit nothing: what has no file that fits is left out */
    const reel_signal_weights *signals; /* NULL = by REEL_SIGNALS */
    int busy_timeout_ms;                /* of the store; 0 = its default */
    int threads;
    const reel_progress *progress;
    const volatile bool *cancel; /* may be NULL; once true, what is being fitted ends soon */
    reel_notice notice;
} reel_engine_opts;

/* The store an engine opens by these opts, for who opens it first: feedback, say, outlives an
 * engine.
 */
REEL_MUST_USE reel_code reel__engine_open_store(reel_store **out, const reel_engine_opts *opts,
                                                reel_err *err);
void reel__engine_close_store(reel_store *store); /* NULL allowed */

/* Open the store, map (or build) dataset.reel, map (or train) the models. A model file that is
 * missing is trained; one that is stale (other film ids, another format version, an older store
 * generation) or damaged is refused with its reason in a notice and rebuilt.
 * Errors: those of the store; E_INVALID (the store holds no ratings: says how to load some). */
REEL_MUST_USE reel_code reel__engine_open(reel_engine **out, const reel_engine_opts *opts,
                                          reel_err *err);
/* Lets go of one reference; the last one frees. NULL allowed. */
void reel__engine_close(reel_engine *engine);
/* One reference more, for someone else to close. */
reel_engine *reel__engine_ref(reel_engine *engine);

const reel_dataset *reel__engine_dataset(const reel_engine *engine);
reel_store *reel__engine_store(const reel_engine *engine);
reel_overlay *reel__engine_overlay(const reel_engine *engine); /* that of its opts */
/* Fitted model by name, or NULL. */
const reel_model *reel__engine_model(const reel_engine *engine, const char *name);
size_t reel__engine_model_count(const reel_engine *engine);
const reel_model *reel__engine_model_at(const reel_engine *engine, size_t index);

/* The folder of the model files, and the scale ratings are given on: that of MovieLens (whole or
 * half stars) when the ratings fit it, else what was seen; step 0 = any value between. */
const char *reel__engine_models_dir(const reel_engine *engine);
/* Whether there was a folder of posters when it was opened (service/films/posters.h). */
bool reel__engine_has_posters(const reel_engine *engine);
/* NULL when every model in use is on disk, else why not ("no space left ..."): they serve from
 * memory and are gone with the process. */
const char *reel__engine_unsaved(const reel_engine *engine);
typedef struct reel_scale {
    double min, max, step;
} reel_scale;
reel_scale reel__engine_scale(const reel_engine *engine);
/* Whether TMDb metadata is shown, so that a page can carry the attribution. */
bool reel__engine_has_tmdb(const reel_engine *engine);
/* How many people rated a film, and the mean of their ratings (NaN when nobody did; may be
 * NULL). */
int64_t reel__engine_rated(const reel_engine *engine, reel_index movie, double *mean);
/* Index of a film or person. Errors: E_NOTFOUND naming the id. */
REEL_MUST_USE reel_code reel__engine_find_movie(const reel_engine *engine, int64_t id,
                                                reel_index *out, reel_err *err);
REEL_MUST_USE reel_code reel__engine_find_person(const reel_engine *engine, int64_t id,
                                                 reel_index *out, reel_err *err);

/* A part of a longer list. */
typedef struct reel_page {
    size_t offset, limit;
} reel_page;

/* Working memory of one thread. */
typedef struct reel_session reel_session;
REEL_MUST_USE reel_code reel__session_new(reel_session **out, const reel_engine *engine,
                                          reel_err *err);
void reel__session_free(reel_session *session);
/* Whether the session was made for this engine, and not for one that was here before. */
bool reel__session_fits(const reel_session *session, const reel_engine *engine);
/* Until when lists and reasons asked for from now on must be made, by a steady clock in
 * microseconds (NULL = reel__clock_steady_us); 0 = whenever they are. It is looked at before each
 * stage of a list, and the answer is E_CANCELLED once it is over. */
typedef int64_t reel_steady(void);
void reel__session_due(reel_session *session, int64_t due_us, reel_steady *clock);

#endif
