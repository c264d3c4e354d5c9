/* reel/dataset.h - the immutable in-memory dataset: catalogue, people and ratings.
 * Model: people x movies as CSR (person-major) with its transpose, and one record per movie.
 * Rows are people by ascending id, columns are movies by ascending id; inside only dense reel_index
 * numbers are used. A dataset is either built in memory or mapped from a `dataset.reel` file.
 * Layer: data. Ownership: made by reel_dataset_builder_finish or reel_dataset_open, shared by
 * reference count. Threads: a dataset is immutable; a builder is one thread at a time.
 */
#ifndef REEL_DATASET_H
#define REEL_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"
#include "reel/err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct reel_dataset reel_dataset;
typedef struct reel_dataset_builder reel_dataset_builder;

/* One rating as it comes from a file or a store. */
typedef struct reel_rating {
    int64_t person, movie; /* outside ids, >= 0 */
    int64_t time;          /* seconds since 1970 UTC; 0 = unknown */
    float value;           /* finite, on the scale of its source (0.5 .. 5 for MovieLens) */
} reel_rating;

/* One film. Text fields are UTF-8, never NULL, "" where unknown; lists are joined by '|'. */
typedef struct reel_movie {
    int64_t id;         /* outside id (MovieLens movieId), >= 0 */
    int64_t imdb_id;    /* the digits of ttNNNNNNN; 0 = unknown */
    int64_t tmdb_id;    /* 0 = unknown */
    const char *title;  /* as its source writes it: "Matrix, The (1999)" */
    const char *name;   /* as a person reads it: "The Matrix" */
    const char *genres; /* "Action|Sci-Fi", MovieLens names where known */
    const char *overview;
    const char *tagline;
    const char *keywords;
    const char *cast; /* leading actors in order of billing */
    const char *directors;
    const char *tags; /* people's tags (tags.csv), most used first */
    const char *original_title;
    const char *language;     /* ISO 639-1 */
    const char *release_date; /* ISO 8601, may be cut to YYYY or YYYY-MM */
    const char *poster_path;
    const char *backdrop_path;
    const char *trailer_key; /* YouTube video id */
    int32_t year;            /* 0 = unknown */
    int32_t runtime;         /* minutes; 0 = unknown */
    int32_t vote_count;      /* TMDb; 0 = none */
    float vote_average;      /* TMDb, 0 .. 10; NaN = unknown */
    float popularity;        /* TMDb; NaN = unknown */
} reel_movie;

/* What a builder counted while it made a dataset. */
typedef struct reel_dataset_report {
    int64_t ratings;    /* kept */
    int64_t duplicates; /* (person, movie) given twice: the later time won, then the later row */
    int64_t unknown_movies; /* ratings left out because the catalogue lacks the movie */
} reel_dataset_report;

/* ---- reading ------------------------------------------------------------------------------- */

REEL_PUBLIC reel_index reel_dataset_people(const reel_dataset *dataset);
REEL_PUBLIC reel_index reel_dataset_movies(const reel_dataset *dataset);

/* people x movies, ratings as values. */
REEL_PUBLIC reel_csr_view reel_dataset_ratings(const reel_dataset *dataset);
/* movies x people: the transpose of the same matrix. */
REEL_PUBLIC reel_csr_view reel_dataset_raters(const reel_dataset *dataset);
/* [ptr[people]] times, aligned with reel_dataset_ratings. */
REEL_PUBLIC const int64_t *reel_dataset_times(const reel_dataset *dataset);

/* [movies] and [people] outside ids, ascending. */
REEL_PUBLIC const int64_t *reel_dataset_movie_ids(const reel_dataset *dataset);
REEL_PUBLIC const int64_t *reel_dataset_person_ids(const reel_dataset *dataset);

/* Index of an outside id, or -1. O(log n). */
REEL_PUBLIC reel_index reel_dataset_find_movie(const reel_dataset *dataset, int64_t id);
REEL_PUBLIC reel_index reel_dataset_find_person(const reel_dataset *dataset, int64_t id);

/* The film at an index in [0, movies); its texts live as long as the dataset. O(1), no allocation.
 */
REEL_PUBLIC reel_movie reel_dataset_movie(const reel_dataset *dataset, reel_index movie);

/* "sha256:" and 64 hex digits over catalogue and ratings; equal data give an equal hash whatever
 * the order it was added in. */
REEL_PUBLIC const char *reel_dataset_hash(const reel_dataset *dataset);
/* The label of where the data came from ("MovieLens 1M", "simulated sample"), "" if not set, and
 * whether the people in it are simulated. */
REEL_PUBLIC const char *reel_dataset_source(const reel_dataset *dataset);
REEL_PUBLIC bool reel_dataset_simulated(const reel_dataset *dataset);
/* Store generation the dataset was read from; 0 when it was not read from a store. */
REEL_PUBLIC int64_t reel_dataset_generation(const reel_dataset *dataset);

REEL_PUBLIC reel_dataset *reel_dataset_ref(reel_dataset *dataset); /* one more owner */
REEL_PUBLIC void reel_dataset_free(reel_dataset *dataset); /* one owner less; NULL allowed */

/* ---- files --------------------------------------------------------------------------------- */

/* Write `dataset.reel` (safetensors, docs/model-format.md) atomically over path.
 * Errors: E_STORE (disk, permissions), E_NOMEM. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_dataset_save(const reel_dataset *dataset, const char *path,
                                                      reel_err *err);
/* Map a file written by reel_dataset_save. Every index in it is checked once. Errors: E_NOTFOUND,
 * E_FORMAT (damaged, foreign or of another format version; the message says which), E_NOMEM. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_dataset_open(reel_dataset **out, const char *path,
                                                      reel_err *err);

/* ---- building ------------------------------------------------------------------------------ */

REEL_PUBLIC REEL_MUST_USE reel_code reel_dataset_builder_new(reel_dataset_builder **out,
                                                             reel_err *err);
/* Copies the record. Errors: E_CONFLICT (id given before), E_INVALID (negative id), E_NOMEM. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_dataset_builder_add_movie(reel_dataset_builder *builder,
                                                                   const reel_movie *movie,
                                                                   reel_err *err);
/* Errors: E_INVALID (negative id, value not finite), E_NOMEM. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_dataset_builder_add_ratings(reel_dataset_builder *builder,
                                                                     const reel_rating *ratings,
                                                                     size_t count, reel_err *err);
/* Labels as read by reel_dataset_source, _simulated and _generation. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_dataset_builder_label(reel_dataset_builder *builder,
                                                               const char *source, bool simulated,
                                                               int64_t generation, reel_err *err);
/* Sort, remove duplicates, index, hash. With no movie added, the catalogue is the set of movies
 * rated (their name is the id). The builder is emptied. report [out, optional].
 * Errors: E_INVALID (nothing was added), E_NOMEM. Cost: O(n log n) in the ratings at worst; input
 * already grouped by person is O(n). */
REEL_PUBLIC REEL_MUST_USE reel_code reel_dataset_builder_finish(reel_dataset **out,
                                                                reel_dataset_builder *builder,
                                                                reel_dataset_report *report,
                                                                reel_err *err);
REEL_PUBLIC void reel_dataset_builder_free(reel_dataset_builder *builder);

#ifdef __cplusplus
}
#endif
#endif
