/* service/engine/versions.h - what was trained and is kept: the versions of each model, which of
 * them is in service, and how another takes its place. The store says which one is: every server
 * over it takes up what is said there (service/engine/reload.h). Layer: service. Threads: as the
 * engine.
 */
#ifndef REEL_SERVICE_VERSIONS_H
#define REEL_SERVICE_VERSIONS_H

#include "base/json.h"
#include "service/engine/engine.h"

enum { REEL_VERSION_ID = 64 };
/* How the reason of a version begins that people took up less (service/operation/online.h). */
#define REEL_VERSION_TAKEN_BACK "taken back"

/* Versions as elements of a JSON array, newest first. name: of one model, or NULL. before: only
 * those with a smaller number, 0 = from the newest. next [out]: for the page after this, or -1. */
REEL_MUST_USE reel_code reel__versions_write(reel_json *json, const reel_engine *engine,
                                             const char *name, int64_t before, size_t limit,
                                             int64_t *next, reel_err *err);
/* Everything about one. word: its id, or a model's name for the version in service. Errors:
 * E_NOTFOUND. */
REEL_MUST_USE reel_code reel__version_write(reel_json *json, const reel_engine *engine,
                                            const char *word, reel_err *err);

/* The model of a version. Errors: E_INVALID (no id), those of reading its file. */
REEL_MUST_USE reel_code reel__version_load(reel_model **out, const reel_engine *engine,
                                           const char *id, reel_err *err);

/* Put a version in service, for the data that the engine holds. It must have been fitted on these
 * data; or on others with the same films and people, but for those who came since; histories are
 * compared one by one when people ask. Errors: E_NOTFOUND; E_CONFLICT (its file is missing, or it
 * does not fit: says why); those of reading it. */
REEL_MUST_USE reel_code reel__version_activate(const reel_engine *engine, const char *id,
                                               reel_err *err);
/* The id of the version trained before the one in service. Errors: E_NOTFOUND (no such model),
 * E_CONFLICT (there is none). */
REEL_MUST_USE reel_code reel__version_before(char out[REEL_VERSION_ID], const reel_engine *engine,
                                             const char *name, reel_err *err);

#endif
