/* service/lists/people.h - people: who there is, what they rated.
 * Layer: service. Threads: no state of its own.
 */
#ifndef REEL_SERVICE_PEOPLE_H
#define REEL_SERVICE_PEOPLE_H

#include "base/json.h"
#include "service/engine/engine.h"

/* People by ascending id whose id in digits starts with prefix ("" = all), from those with an id
 * greater than after (-1 = from the first). Writes the members of `items` of GET /people
 * (docs/api.md) and sets next to the last id written when there are more, else to -1. limit: 1 ..
 * 200. */
void reel__people_write(reel_json *json, const reel_engine *engine, const char *prefix,
                        int64_t after, size_t limit, int64_t *next);

/* GET /people/{id}. Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__person_write(reel_json *json, const reel_engine *engine,
                                           int64_t person, reel_err *err);

/* Where a row stands among what a person gave: best first, then newest, then by film. */
typedef struct reel_rated_key {
    float value; /* -1 = no rating was given */
    int64_t time, movie;
} reel_rated_key;

typedef struct reel_rated_page {
    unsigned kinds; /* 1 << a reel_given_kind for each that is asked for */
    size_t limit;
    bool goes_on; /* behind `after`, whether or not that row is there still */
    reel_rated_key after;
} reel_rated_page;

/* What they gave, since the data were loaded too, as short movies with your_rating, kind and time.
 * last [out] the last row written, as it was where none is; may be page->after; more [out] whether
 * others follow. Errors: E_NOTFOUND, E_NOMEM, those of reading the store. */
REEL_MUST_USE reel_code reel__person_write_ratings(reel_json *json, const reel_engine *engine,
                                                   int64_t person, const reel_rated_page *page,
                                                   reel_rated_key *last, bool *more, reel_err *err);

#endif
