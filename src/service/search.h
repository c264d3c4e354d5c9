/* service/search.h - title search over the snapshot: prefixes, diacritics, articles, typos, year.
 * Layer: service. Threads: an index is immutable.
 */
#ifndef REEL_SERVICE_SEARCH_H
#define REEL_SERVICE_SEARCH_H

#include "base/json.h"
#include "service/engine.h"

typedef struct reel_hit {
    reel_index movie;
    float match; /* 1 = the title itself, above .7 = certain enough to take without asking */
} reel_hit;

/* Films whose title fits what was typed, best first (match, then number of ratings, then index).
 * "amelie" finds Amélie, "matrix, the" and "the matrix" find The Matrix, "toy stroy" finds Toy
 * Story, "heat 1995" prefers that year. An empty query gives the films with the most ratings.
 * The page is cut from a stable order; the hits live in the session until its next search.
 * Errors: E_INVALID (over 4096 bytes), E_NOMEM. */
typedef struct reel_hits {
    const reel_hit *items; /* [count] */
    size_t count;
    size_t total; /* films that fit, on all pages */
} reel_hits;
REEL_MUST_USE reel_code reel__search(reel_session *session, const char *query, reel_page page,
                                     reel_hits *out, reel_err *err);

/* One search result: a short movie with its match. */
void reel__write_hit(reel_json *json, const reel_engine *engine, const reel_hit *hit);

/* The one film a person means by a title, or by an id in digits. Errors: E_NOTFOUND, with up to
 * five suggestions in the message; E_CONFLICT when several fit equally well, naming them. */
REEL_MUST_USE reel_code reel__search_one(reel_session *session, const char *text, reel_index *movie,
                                         reel_err *err);

#endif
