/* service/films/films_mongo.h - films with metadata in MongoDB (movies_db.movies_enriched, as the
 * prototype kept them): written there, and read back as a file. Layer: service. Threads: one thread
 * at a time.
 */
#ifndef REEL_SERVICE_FILMS_MONGO_H
#define REEL_SERVICE_FILMS_MONGO_H

#include <stdint.h>

#include "reel/err.h"

/* Each film of a database that has metadata, by its id; what is there of a film is renewed. count:
 * how many. Errors: E_NOTFOUND (no film has metadata), E_STORE, E_INVALID (the URI). */
REEL_MUST_USE reel_code reel__films_to_mongo(const char *database, const char *uri, int64_t *count,
                                             reel_err *err);

typedef struct reel_mongo_films {
    int64_t films, skipped; /* skipped: documents without a movieId that is a number */
} reel_mongo_films;
/* A TMDb-shaped line for each film there. Errors: E_NOTFOUND (there is none), E_STORE. */
REEL_MUST_USE reel_code reel__films_from_mongo(const char *uri, const char *output,
                                               reel_mongo_films *report, reel_err *err);

#endif
