/* service/films/tmdb_use.h - what TMDb's data may be used for, by the settings REEL_TMDB and
 * REEL_TMDB_TRAIN. Layer: service. Threads: reads the environment.
 */
#ifndef REEL_SERVICE_TMDB_USE_H
#define REEL_SERVICE_TMDB_USE_H

#include <stdbool.h>

#include "reel/err.h"

typedef struct reel_tmdb_use {
    bool shown;  /* REEL_TMDB is not off: asked for, shown, searched */
    bool fitted; /* nor is REEL_TMDB_TRAIN: models may be fitted on its texts */
} reel_tmdb_use;

/* Each is "on" (as when unset) or "off". Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__tmdb_use(reel_tmdb_use *out, reel_err *err);

/* What TMDb asks everyone to say where its data are shown. */
extern const char reel__tmdb_notice[];

#endif
