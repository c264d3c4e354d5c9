/* data/dataset_priv.h - the insides of a dataset, shared by its accessors, its file and its
 * builder. A dataset is a fixed list of flat arrays; everything done to all of them (saving,
 * mapping, checking, hashing, freeing) is a loop over one table. Layer: data.
 */
#ifndef REEL_DATA_DATASET_PRIV_H
#define REEL_DATA_DATASET_PRIV_H

#include <stdatomic.h>

#include "base/tensors.h"
#include "reel/dataset.h"

/* The order is part of the data hash: everything up to RATINGS_TIME is hashed. */
enum {
    ARRAY_MOVIE_ID,
    ARRAY_IMDB_ID,
    ARRAY_TMDB_ID,
    ARRAY_YEAR,
    ARRAY_RUNTIME,
    ARRAY_VOTE_COUNT,
    ARRAY_VOTE_AVERAGE,
    ARRAY_POPULARITY,
    ARRAY_TEXT_OFFSET,
    ARRAY_TEXT,
    ARRAY_PERSON_ID,
    ARRAY_RATINGS_PTR,
    ARRAY_RATINGS_COL,
    ARRAY_RATINGS_VAL,
    ARRAY_RATINGS_TIME,
    ARRAY_RATERS_PTR,
    ARRAY_RATERS_COL,
    ARRAY_RATERS_VAL,
    /* Only where there are signals (data/signals.h); hashed then, too. */
    ARRAY_SIGNALS_PTR,
    ARRAY_SIGNALS_COL,
    ARRAY_SIGNALS_VAL,
    ARRAY_COUNT,
    ARRAY_HASHED = ARRAY_RATERS_PTR
};

/* Which size an array has; SIZE_TEXT is what the heap happens to hold. */
enum dataset_size {
    SIZE_MOVIES,
    SIZE_MOVIES_PTR,
    SIZE_TEXTS,
    SIZE_TEXT,
    SIZE_PEOPLE,
    SIZE_PEOPLE_PTR,
    SIZE_RATINGS,
    SIZE_SIGNALS
};

typedef struct reel_dataset_array {
    const char *name;
    size_t width; /* bytes of an element */
    reel_dtype dtype;
    enum dataset_size size;
} reel_dataset_array;
extern const reel_dataset_array reel__dataset_arrays[ARRAY_COUNT];

/* Where the text fields lie in a reel_movie, in the order their texts have in the heap. */
enum { TEXT_FIELDS = 15 };
extern const size_t reel__dataset_text_fields[TEXT_FIELDS];

enum { HASH_TEXT = 72 }; /* "sha256:" + 64 digits + NUL */

struct reel_dataset {
    atomic_int owners;
    reel_index people, movies;
    const void *array[ARRAY_COUNT];
    int64_t count[ARRAY_COUNT]; /* elements */
    reel_tensors *file;         /* the mapped file the arrays lie in; NULL = they are on the heap */
    char hash[HASH_TEXT];
    char *source;
    bool simulated;
    int64_t generation;
};

/* An empty dataset with one owner, no arrays and a copy of the label; NULL without memory. */
reel_dataset *reel__dataset_new(const char *source, bool simulated, int64_t generation);
/* How many elements an array of this size class must have; -1 for SIZE_TEXT. */
int64_t reel__dataset_expect(const reel_dataset *dataset, enum dataset_size size);
/* How many arrays it has: ARRAY_COUNT, or those before the signals'. */
int reel__dataset_array_count(const reel_dataset *dataset);
/* Fill in dataset->hash from the arrays. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__dataset_hash_arrays(reel_dataset *dataset, reel_err *err);
/* reel_dataset_open that can leave out the checksum (not the checks of structure), so that the
 * checks themselves can be fuzzed. */
REEL_MUST_USE reel_code reel__dataset_open(reel_dataset **out, const char *path, bool checksum,
                                           reel_err *err);

#endif
