/* service/engine/place.h - where a list of films goes on that has no keys of its own, such as what
 * a search found or a chart: behind the last film that was given, wherever that stands by now.
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_PLACE_H
#define REEL_SERVICE_PLACE_H

#include <stdint.h>

#include "reel/err.h"
#include "service/engine/engine.h"

enum { REEL_PLACE_FILMS = 4 };

typedef struct reel_place {
    size_t offset, limit;
    int64_t films[REEL_PLACE_FILMS]; /* given last, the nearest first; -1 = none */
} reel_place;

/* The beginning of a list. */
reel_place reel__place_begin(size_t limit);
/* This film was given: the place is behind it. */
void reel__place_pass(reel_place *place, int64_t film);
/* Whether it is known what stands before: where this is false, the offset is right. */
bool reel__place_has_films(const reel_place *place);

/* A search through a whole list for where a place is now. */
typedef struct reel_placing {
    reel_place *place;
    int nearest; /* of its films, so far */
} reel_placing;
reel_placing reel__placing_begin(reel_place *place);
/* The film at a position of the list. */
void reel__placing_look(reel_placing *placing, size_t at, int64_t film);
/* Errors: E_GONE (none of its films is on the list). */
REEL_MUST_USE reel_code reel__placing_end(const reel_placing *placing, reel_err *err);

#endif
