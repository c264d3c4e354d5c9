/* service/films/tmdb_use.h - what TMDb's data may be used for, by the settings REEL_TMDB and
 * REEL_TMDB_TRAIN, and where it is asked. Layer: service. Threads: reads the environment.
 */
#ifndef REEL_SERVICE_TMDB_USE_H
#define REEL_SERVICE_TMDB_USE_H

#include <stdbool.h>

#include "net/url.h"
#include "reel/err.h"

typedef struct reel_tmdb_use {
    bool shown;  /* REEL_TMDB is not off: asked for, shown, searched */
    bool fitted; /* nor is REEL_TMDB_TRAIN: models may be fitted on its texts */
} reel_tmdb_use;

/* Each is "on" (as when unset) or "off". Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__tmdb_use(reel_tmdb_use *out, reel_err *err);

/* Where it is asked: REEL_TMDB_URL and REEL_TMDB_IMAGES, or TMDb itself; without a / at the end. */
typedef struct reel_tmdb_servers {
    char api[REEL_URL_SETTING + 1], images[REEL_URL_SETTING + 1];
} reel_tmdb_servers;

/* Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__tmdb_servers(reel_tmdb_servers *out, reel_err *err);

/* What TMDb asks everyone to say where its data are shown. */
extern const char reel__tmdb_notice[];

#endif
