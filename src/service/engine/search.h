/* service/engine/search.h - search over the snapshot (search/search.h, docs/search.md).
 * Layer: service. Threads: one session per thread.
 */
#ifndef REEL_SERVICE_SEARCH_H
#define REEL_SERVICE_SEARCH_H

#include "base/json.h"
#include "search/search.h"
#include "service/engine/place.h"

/* Films that fit what was typed, best first. An empty query gives the films with the most ratings.
 * The hits live in the session until its next search.
 * Errors: E_INVALID (over 4096 bytes), E_NOMEM. */
REEL_MUST_USE reel_code reel__search(reel_session *session, const char *query, reel_page page,
                                     reel_search_hits *out, reel_err *err);

/* The same of the films that a filter (docs/expressions.md; NULL = none) is true for, from a place
 * of what was found, which is put right by the films it knows. Errors: also E_GONE. */
REEL_MUST_USE reel_code reel__search_from(reel_session *session, const char *query,
                                          const char *filter, reel_place *place,
                                          reel_search_hits *out, reel_err *err);

/* One of the last search's results: a short movie with its match and what of it was found.
 * Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__write_hit(reel_json *json, reel_session *session,
                                        const reel_found *hit, reel_err *err);
/* "cast: Tom Hanks", where something else than the title was found; else "". */
REEL_MUST_USE reel_code reel__hit_text(reel_buf *out, reel_session *session, const reel_found *hit,
                                       reel_err *err);

/* The one film a person means by a title, or by an id in digits. Errors: E_NOTFOUND, with up to
 * five suggestions in the message; E_CONFLICT when several fit equally well, naming them. */
REEL_MUST_USE reel_code reel__search_one(reel_session *session, const char *text, reel_index *movie,
                                         reel_err *err);

/* Make the index now, not in the first search: it takes a second for a large catalogue.
 * Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__search_prepare(const reel_engine *engine, reel_err *err);

#endif
