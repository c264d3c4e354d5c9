/* service/lists/prototype.h - the lists of the service that Reel replaces, for the API that is kept
 * beside our own: films that share genres, and what similar people liked. Layer: service. Threads:
 * one session per thread.
 */
#ifndef REEL_SERVICE_PROTOTYPE_H
#define REEL_SERVICE_PROTOTYPE_H

#include "service/engine/engine.h"
#include "service/lists/recommend.h"

enum { REEL_PROTOTYPE_MOST = 20 };

typedef struct reel_prototype_film {
    reel_index movie;
    bool alike; /* similarity says something */
    double similarity;
} reel_prototype_film;

/* The films whose genres are most like a film's: |A and B| / |A or B| (Jaccard), 0 where neither
 * has any; equals by ascending id. out [limit], limit <= REEL_PROTOTYPE_MOST. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__prototype_content(reel_session *session, reel_index movie,
                                                size_t limit, reel_prototype_film *out,
                                                size_t *count, reel_err *err);
/* What people like a person rated; for a person nobody knows the films with the best vote_average
 * at TMDb, equals by ascending id. list [out]: what it was made of; NULL = for nobody it knows.
 * Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__prototype_collaborative(reel_session *session, int64_t person,
                                                      size_t limit, reel_prototype_film *out,
                                                      const reel_list **list, size_t *count,
                                                      reel_err *err);

#endif
