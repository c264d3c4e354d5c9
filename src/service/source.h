/* service/source.h - one set of ratings from wherever it lies.
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_SOURCE_H
#define REEL_SERVICE_SOURCE_H

#include "base/progress.h"
#include "reel/dataset.h"

/* Just one of: */
typedef struct reel_source {
    const char *movielens; /* a folder of any generation */
    const char *database;  /* a store */
    const char *train;     /* rows of user item [rating [time]]; a wrong row is an error */
} reel_source;

/* Errors: E_INVALID (none given, or more than one), those of reading. */
REEL_MUST_USE reel_code reel__source_read(reel_dataset **out, const reel_source *source,
                                          const reel_progress *progress, reel_err *err);

#endif
