/* service/files/sample.h - the bundled films and simulated people who rate them.
 * How the people rate is described in docs/sample.md.
 * Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_SAMPLE_H
#define REEL_SERVICE_SAMPLE_H

#include <stdbool.h>

#include "base/progress.h"
#include "num/csr.h"
#include "reel/dataset.h"

/* data/sample/films.jsonl, embedded in the program; not NUL-terminated. */
const char *reel__sample_text(size_t *length);

/* What the simulation needs of a film. */
typedef struct reel_sample_film {
    int64_t id;
    int64_t imdb_id, tmdb_id; /* 0 = unknown */
    char *title;              /* "Metropolis (1927)" */
    char *genres;             /* "Drama|Sci-Fi" */
    int year;
} reel_sample_film;

/* Films and their features (genres, keywords, directors, actors, decade) as a sparse matrix films x
 * features, weighted by how telling a feature is, rows of length 1. */
typedef struct reel_sample_films {
    reel_sample_film *films;
    reel_index count;
    reel_csr features;
    reel_index feature_count;
} reel_sample_films;
REEL_MUST_USE reel_code reel__sample_films(reel_sample_films *out, reel_err *err);
void reel__sample_films_fini(reel_sample_films *films);

/* Ratings by `people` simulated persons (ids 1 .. people), by person, then time; owned by the
 * caller (reel__free). Same films, people and seed: same ratings. shuffled: the same ratings given
 * to films drawn from the same popularity, so that no taste is left in them. */
typedef struct reel_sample_people {
    int people;
    uint64_t seed;
    bool shuffled;
} reel_sample_people;
REEL_MUST_USE reel_code reel__sample_ratings(reel_rating **out, size_t *count,
                                             const reel_sample_films *films,
                                             const reel_sample_people *people, reel_err *err);

/* A file of ratings as large as wanted, for measuring (docs/sample.md). Memory does not grow with
 * the number of ratings. */
typedef struct reel_zipf_opts {
    const char *output;    /* rows of user item rating time, tabs between */
    int64_t ratings;       /* exactly; nobody rates a film twice */
    int64_t people, films; /* 0 = as many as real data of that size have */
    uint64_t seed;
    const reel_progress *progress;
    const volatile bool *cancel; /* may be NULL */
} reel_zipf_opts;
typedef struct reel_zipf_report {
    int64_t people, films;
} reel_zipf_report;
/* Errors: E_INVALID (too many for so few people and films), E_STORE, E_NOMEM, E_CANCELLED. */
REEL_MUST_USE reel_code reel__sample_zipf(const reel_zipf_opts *opts, reel_zipf_report *report,
                                          reel_err *err);

#endif
