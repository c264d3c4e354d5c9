/* store/online.h - how people took the lists of a version of a model, beside those of the versions
 * before it, from the log of events: those that are trusted alone. Layer: store. Ownership:
 * borrowed. Threads: as store.h.
 */
#ifndef REEL_STORE_ONLINE_H
#define REEL_STORE_ONLINE_H

#include "store/store.h"

typedef struct reel_online_question {
    const char *model;      /* "ease": of which the others are versions */
    const char *version;    /* its id */
    int64_t from_ms, to_ms; /* when lists were shown; to is the first moment that is not asked */
    int64_t events;         /* only the newest so many of the log */
} reel_online_question;

/* One value for each person: the share of their lists in which they took up a film, by a click, a
 * rating, the watchlist or a trailer. */
typedef struct reel_online_answer {
    int64_t people;
    double sum, squares;
} reel_online_answer;

/* out[0]: versions other than that one, out[1]: that one. Cost: one pass over the newest events.
 * Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__store_online(reel_store *store, const reel_online_question *question,
                                           reel_online_answer out[2], reel_err *err);

#endif
