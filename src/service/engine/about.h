/* service/engine/about.h - what is loaded, which models serve, whose work is inside, and posters.
 * Layer: service. Threads: no state of its own.
 */
#ifndef REEL_SERVICE_ABOUT_H
#define REEL_SERVICE_ABOUT_H

#include "base/histogram.h"
#include "base/json.h"
#include "service/engine/engine.h"

/* The whole object of GET /health (docs/api.md). */
void reel__health_write(reel_json *json, const reel_engine *engine);

/* Whether requests can be answered: the database says what is loaded, and what was loaded is what
 * is served. why [of those that are not ok]: one line. */
enum { REEL_READY_CHECKS = 3 };
typedef struct reel_ready_check {
    const char *name;
    bool ok;
    char why[256];
} reel_ready_check;
void reel__ready(const reel_engine *engine, reel_ready_check out[REEL_READY_CHECKS]);

/* The array `disks` of GET /system: what database and models take, and what room is left. */
void reel__disks_write(reel_json *json, const reel_engine *engine);

/* The members of `items` of GET /models. Errors: E_STORE. */
REEL_MUST_USE reel_code reel__models_write(reel_json *json, const reel_engine *engine,
                                           reel_err *err);

/* When a model in service was trained, in seconds since 1970; 0 = the store does not say. */
int64_t reel__model_trained_at(const reel_engine *engine, const reel_model *model);
/* How long the store took over one kind of question (store/times.h), by reel__histogram_short, and
 * what that is called; NULL past the last. */
const reel_histogram *reel__engine_store_times(const reel_engine *engine, size_t op,
                                               const char **name);

/* The generated poster of a film. Errors: E_NOTFOUND, E_NOMEM. */
REEL_MUST_USE reel_code reel__movie_poster(reel_buf *svg, const reel_engine *engine, int64_t movie,
                                           reel_err *err);

/* Notices of everything embedded in the program, as plain text; NUL-terminated, static. */
const char *reel__licenses(void);

#endif
