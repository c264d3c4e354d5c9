/* service/lists/genre_counts.h - ratings by the genres of their films. Layer: service.
 * Threads: one at a time for each.
 */
#ifndef REEL_SERVICE_GENRE_COUNTS_H
#define REEL_SERVICE_GENRE_COUNTS_H

#include "base/json.h"

enum { REEL_GENRES_MOST = 64 }; /* what comes after them is left out */

typedef struct reel_genre_count {
    const char *name; /* of the data, not ended by NUL */
    size_t length;
    int64_t ratings;
    double sum; /* of the ratings */
} reel_genre_count;

/* Begins as {0}. The names belong to the data set. */
typedef struct reel_genre_counts {
    reel_genre_count genre[REEL_GENRES_MOST];
    size_t count;
} reel_genre_counts;

/* Count ratings of a film for each of its genres, "Action|Sci-Fi". */
void reel__genre_counts_add(reel_genre_counts *all, const char *genres, int64_t ratings,
                            double sum);
/* [{"genre","ratings","mean"}], the most rated first, then by name. */
void reel__genre_counts_write(reel_json *json, const reel_genre_counts *all);

#endif
