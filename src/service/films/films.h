/* service/films/films.h - films put, changed and taken away through the service. Each write is a
 * load of its own: the generation rises, and who serves opens the next engine over it
 * (service/engine/reload.h), whose models are fitted anew. Until then nobody knows of it. Layer:
 * service. Threads: any.
 */
#ifndef REEL_SERVICE_FILMS_H
#define REEL_SERVICE_FILMS_H

#include "base/json.h"
#include "service/engine/engine.h"

enum { REEL_FILMS_MAX = 10000 }; /* of one batch */

/* A film from {"title":...,"year":...,...}; members as GET /movies/{id} has them. patch: what is
 * left out stays, null takes away (RFC 7396). created [out]: the engine knows none of this id.
 * Errors: E_SYNTAX, E_INVALID naming the member, E_NOTFOUND (patch), E_CONFLICT (patch, and an
 * earlier change is not in service yet; or another load goes on), those of a load. */
typedef struct reel_film_change {
    int64_t id;
    const char *body; /* not for a deletion */
    size_t length;
    bool patch;
    bool unchanged; /* E_CONFLICT where the store holds other films than the engine, by whomever */
} reel_film_change;
REEL_MUST_USE reel_code reel__film_put(const reel_engine *engine, const reel_film_change *change,
                                       bool *created, reel_err *err);
/* That the engine has every change of the films. Errors: E_CONFLICT, those of the store. */
REEL_MUST_USE reel_code reel__films_current(const reel_engine *engine, reel_err *err);
/* Its ratings stay, and count again when it comes back. Errors: E_NOTFOUND, E_CONFLICT (or
 * the engine does not know it yet), those of a load. */
REEL_MUST_USE reel_code reel__film_delete(const reel_engine *engine, const reel_film_change *change,
                                          reel_err *err);
/* A film a line, each with "movie"; those that are right are put in one load. Writes a report with
 * a line for each. Errors: E_INVALID (no line), E_TOOLARGE, those of a load. */
REEL_MUST_USE reel_code reel__films_put(reel_json *json, const reel_engine *engine,
                                        const char *body, size_t length, reel_err *err);

#endif
