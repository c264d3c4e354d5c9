/* data/tmdb_priv.h - one TMDb-shaped JSON object and what it says of a film. Layer: data.
 * Threads: no state but the catalogue's.
 */
#ifndef REEL_DATA_TMDB_PRIV_H
#define REEL_DATA_TMDB_PRIV_H

#include "base/json.h"
#include "data/catalogue_priv.h"

/* The ids an object can be joined by; 0 (movie_id: -1) where it has none. */
typedef struct reel_tmdb_ids {
    int64_t tmdb_id, imdb_id, movie_id;
} reel_tmdb_ids;

/* Errors: E_INVALID (a member of the wrong type or shape; the message names it). */
REEL_MUST_USE reel_code reel__tmdb_ids(reel_tmdb_ids *out, const json_t *object, reel_err *err);
/* Year of release_date, 0 = unknown. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__tmdb_year(int32_t *out, const json_t *object, reel_err *err);
/* Seconds of fetched_at ("2026-11-23T08:15:00Z"), 0 = it has none. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__tmdb_fetched(int64_t *out, const json_t *object, reel_err *err);
/* Fill in the film with what the object knows; texts are kept by the catalogue. On failure the film
 * stays as it was. Errors: E_INVALID, E_NOMEM. */
REEL_MUST_USE reel_code reel__tmdb_fill(reel_catalogue *catalogue, reel_movie *film,
                                        const json_t *object, reel_err *err);

/* Append text with HTML entities decoded, runs of blanks and control characters made one blank, and
 * none at the ends. */
void reel__text_clean(reel_buf *out, const char *text, size_t length);

#endif
