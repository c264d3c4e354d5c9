/* service/models/source.h - one set of ratings from wherever it lies.
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_SOURCE_H
#define REEL_SERVICE_SOURCE_H

#include "base/progress.h"
#include "data/readers.h"
#include "reel/dataset.h"

/* Just one of: */
typedef struct reel_source {
    const char *movielens; /* a folder of any generation */
    const char *database;  /* a store */
    const char *train;     /* rows of user item [rating [time]]; a wrong row is an error */
    bool whole;            /* of a store: not to fit models on, so whatever REEL_TMDB_TRAIN says */
} reel_source;

/* Errors: E_INVALID (none given, or more than one), those of reading. */
REEL_MUST_USE reel_code reel__source_read(reel_dataset **out, const reel_source *source,
                                          const reel_progress *progress, reel_err *err);

/* A MovieLens folder, with the texts of its films where they are given and may be used. */
typedef struct reel_folder {
    const char *path;
    const char *tmdb, *links; /* or NULL */
    bool strict;              /* a wrong row of ratings is an error */
    const reel_progress *progress;
} reel_folder;

/* The films of a folder. */
REEL_MUST_USE reel_code reel__folder_films(reel_catalogue **out, reel_generation *generation,
                                           const reel_folder *folder, reel_err *err);
/* All of it. ratings [out]: those of its file in their order; the caller's even after an error. */
REEL_MUST_USE reel_code reel__folder_read(reel_dataset **out, reel_ratings *ratings,
                                          const reel_folder *folder, reel_err *err);
/* All of a store, for models to be fitted on. */
REEL_MUST_USE reel_code reel__source_store(reel_dataset **out, const char *path,
                                           const reel_progress *progress, reel_err *err);

#endif
