/* eval/genres.h - lists by the genres of their films: how unlike the films are, and how far the
 * mix is from that of the person's history. Films without genres are left out of both.
 * Layer: eval. Ownership: genres are the caller's. Threads: immutable once made.
 */
#ifndef REEL_EVAL_GENRES_H
#define REEL_EVAL_GENRES_H

#include "reel/dataset.h"

enum { REEL_GENRES_MAX = 64 };

typedef struct reel_genres {
    uint64_t *of; /* [films] one bit for each genre */
    int count;    /* of genres; 0: the catalogue has none */
} reel_genres;

/* Names are told apart as they are written; "(no genres listed)" is none, and those beyond the
 * first REEL_GENRES_MAX are left out. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__genres_init(reel_genres *out, const reel_dataset *dataset,
                                          reel_err *err);
void reel__genres_fini(reel_genres *genres);

/* Mean over all pairs of the first k films of 1 - cosine of their genre vectors (0 or 1 for each
 * genre); 0 for fewer than two films. */
double reel__intra_list_distance(const reel_genres *genres, const reel_index *list, size_t listed,
                                 size_t k);

/* The mix of genres of some films: each film shares 1 among its genres, then the mean. */
typedef struct reel_genre_mix {
    double share[REEL_GENRES_MAX]; /* sums to 1, or to 0 without films that have genres */
} reel_genre_mix;
reel_genre_mix reel__genre_mix(const reel_genres *genres, const reel_index *films, size_t count);

/* Kullback-Leibler divergence of the history's mix p from that of the first k films, q smoothed to
 * .99 q + .01 p, in nats (Steck 2018): 0 = the same mix, at most ln 100. */
double reel__calibration(const reel_genres *genres, const reel_genre_mix *history,
                         const reel_index *list, size_t listed, size_t k);

#endif
