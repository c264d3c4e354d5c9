/* data/builder_priv.h - what a dataset builder has collected, shared by adding (builder.c) and
 * finishing (builder_finish.c). Layer: data.
 */
#ifndef REEL_DATA_BUILDER_PRIV_H
#define REEL_DATA_BUILDER_PRIV_H

#include "base/buf.h"
#include "base/map.h"
#include "data/dataset_priv.h"

/* Outside ids numbered 0, 1, 2, ... in the order they came. */
typedef struct id_list {
    int64_t *ids;
    size_t count, capacity;
    reel_map *map;
    int64_t last_id; /* files are grouped by person: the id before this one, mostly the same */
    reel_index last;
} id_list;

/* A rating waiting for its place. */
typedef struct entry {
    int64_t time;
    reel_index person, movie; /* numbers in the id lists; once placed, rows and columns */
    float value;
} entry;

typedef struct film {
    int64_t id, imdb_id, tmdb_id;
    int32_t year, runtime, vote_count;
    float vote_average, popularity;
    size_t text; /* start of its TEXT_FIELDS texts in the heap, each closed by NUL */
    size_t text_size;
} film;

struct reel_dataset_builder {
    id_list people, rated; /* rated: movies as ratings name them */
    entry *entries;
    size_t entries_count, entries_capacity;
    film *films;
    size_t films_count, films_capacity;
    reel_map *film_ids;
    reel_buf heap;
    char *source;
    bool simulated;
    bool plain; /* films without what TMDb says of them */
    int64_t generation;
};

/* Back to how reel_dataset_builder_new made it. */
void reel__builder_empty(reel_dataset_builder *builder);
REEL_MUST_USE reel_code reel__builder_no_memory(reel_err *err, const char *what);

#endif
