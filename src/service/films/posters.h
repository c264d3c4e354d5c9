/* service/films/posters.h - photographed posters, kept beside the database so that pages ask nobody
 * else for them: FOLDER/w342/NAME.jpg, named as TMDb names them. Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_POSTERS_H
#define REEL_SERVICE_POSTERS_H

#include "base/buf.h"
#include "base/progress.h"
#include "service/engine/engine.h"

/* The sizes that are kept, NULL at the end: "w92", "w154", "w342", "w500". */
extern const char *const reel__poster_sizes[];

typedef struct reel_posters_opts {
    const char *database;
    const char *url; /* of TMDb's images: https://image.tmdb.org/t/p */
    double rate;     /* requests a second, 0 = 40 */
    int pause_ms;    /* the first pause after a failure, 0 = 500 */
    bool all;        /* also those that are there */
    const volatile bool *cancel;
    const reel_progress *progress;
} reel_posters_opts;

typedef struct reel_posters {
    int64_t films;                 /* that have a poster */
    int64_t fetched, kept, failed; /* images, size by size */
    char folder[512];              /* cut to fit */
} reel_posters;

/* Images that are not there, or older than TMDb's terms allow. Each is whole as it appears: a run
 * that is killed goes on where it was. Errors: E_STORE (the host is not there, disk full),
 * E_CANCELLED, E_INVALID (REEL_TMDB is off), those of the store. */
REEL_MUST_USE reel_code reel__posters_fetch(const reel_posters_opts *opts, reel_posters *report,
                                            reel_err *err);

/* The image of a film in one of the sizes, appended to out; mime [out] its type, or NULL when there
 * is none in the folder. Errors: E_NOTFOUND (no such film or size), E_NOMEM. */
REEL_MUST_USE reel_code reel__posters_read(reel_buf *out, const char **mime,
                                           const reel_engine *engine, const char *size,
                                           int64_t movie, reel_err *err);

/* The file's name in a TMDb path ("/abc.jpg"), or NULL when it is none a folder may hold. */
const char *reel__poster_name(const char *path);

#endif
