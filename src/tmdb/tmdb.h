/* tmdb/tmdb.h - the addresses of TMDb's API, and which of its films a title and year mean.
 * Layer: tmdb. Threads: no state.
 */
#ifndef REEL_TMDB_TMDB_H
#define REEL_TMDB_TMDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef struct reel_tmdb_api {
    const char *url;    /* https://api.themoviedb.org/3 */
    const char *key;    /* v3, part of the address; NULL with a token */
    const char *bearer; /* v4, sent as a header; NULL with a key */
} reel_tmdb_api;

/* From the text of TMDB_API_KEY: 32 hex digits are a v3 key, a long text with two dots is a v4
 * token. Errors: E_INVALID (neither; the text is not part of the message). */
REEL_MUST_USE reel_code reel__tmdb_api(reel_tmdb_api *out, const char *url, const char *secret,
                                       reel_err *err);
/* Addresses, cut when too long for size. */
void reel__tmdb_movie_url(char *out, size_t size, const reel_tmdb_api *api, int64_t tmdb_id);
void reel__tmdb_find_url(char *out, size_t size, const reel_tmdb_api *api, int64_t imdb_id);
void reel__tmdb_search_url(char *out, size_t size, const reel_tmdb_api *api, const char *title,
                           int32_t year);

/* The film of an answer of find, 0 = none. Errors: E_SYNTAX, E_INVALID. */
REEL_MUST_USE reel_code reel__tmdb_found(int64_t *tmdb_id, const char *text, size_t length,
                                         reel_err *err);

/* The best of a search. */
enum { REEL_TMDB_REASON = 320 };
typedef struct reel_tmdb_guess {
    int64_t tmdb_id;               /* 0 = none */
    double score;                  /* 0 .. 1 */
    bool sure;                     /* high, and far above the second */
    char reason[REEL_TMDB_REASON]; /* which film it is, and how alike; "" = none */
} reel_tmdb_guess;
REEL_MUST_USE reel_code reel__tmdb_guess(reel_tmdb_guess *out, const char *title, int32_t year,
                                         const char *text, size_t length, reel_err *err);

#endif
