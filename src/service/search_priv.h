/* search_priv.h - the inside of title search: plain text, distances, the index, working memory. */
#ifndef REEL_SERVICE_SEARCH_PRIV_H
#define REEL_SERVICE_SEARCH_PRIV_H

#include "base/buf.h"
#include "reel/dataset.h"

/* ---- search_text.c ------------------------------------------------------------------------- */

/* Append a title as words of folded letters and digits with single spaces between them: "Amélie's
 * X-Files" -> "amelies x files". A title of signs only is kept as it is. */
void reel__search_plain(reel_buf *out, const char *text, size_t length);

/* Edits (insert, delete, replace, swap neighbours) from one text to others, by bit-parallel steps:
 * Hyyro 2003, for patterns of up to 64 bytes; longer ones are compared by their first 64. */
typedef struct reel_pattern {
    uint64_t places[256]; /* bit i of places[c]: byte i of the pattern is c */
    size_t length;
} reel_pattern;
void reel__pattern_init(reel_pattern *pattern, const char *text, size_t length);
/* whole: distance to the text; begun: smallest distance to a beginning of it about as long. */
typedef struct reel_edits {
    size_t whole, begun;
} reel_edits;
reel_edits reel__pattern_edits(const reel_pattern *pattern, const char *text, size_t length);

/* ---- search_index.c ------------------------------------------------------------------------ */

/* Where a key comes from, which says how much an exact match of it is worth. */
typedef enum reel_key_grade { REEL_KEY_TITLE, REEL_KEY_BARE, REEL_KEY_OTHER } reel_key_grade;

typedef struct reel_search_key {
    uint32_t at;
    uint16_t length;
    uint8_t grade; /* the title; without its article; another title */
} reel_search_key;

typedef struct reel_search_word {
    const char *text;
    uint32_t length;
    uint32_t first; /* of its films in `films`; the next word's first ends them */
} reel_search_word;

typedef struct reel_search_index {
    reel_index movies;
    char *text;            /* all keys, one after the other, each closed by a NUL */
    reel_search_key *keys; /* by film */
    uint32_t *key_ptr;     /* [movies + 1] */
    char *word_text;
    reel_search_word *words; /* [word_count + 1], ascending */
    size_t word_count;
    reel_index *films;
    reel_index *by_ratings; /* [movies], most rated first */
    int64_t *rated;         /* [movies] */
    int32_t *years;         /* [movies] */
} reel_search_index;

REEL_MUST_USE reel_code reel__search_index_new(reel_search_index **out, const reel_dataset *dataset,
                                               reel_err *err);
void reel__search_index_free(reel_search_index *index);

/* Length of a leading article with its space in plain text, or 0. */
size_t reel__search_article(const char *text, size_t length);

/* ---- search.c ------------------------------------------------------------------------------ */

/* What a search knows of a film while it runs. */
typedef struct reel_search_cell {
    uint32_t stamp; /* of the search that wrote it last */
    uint8_t word;   /* last word of the query that matched, 1-based */
    uint8_t whole;  /* words of the query that are words of the title */
    uint8_t begun;  /* those and the ones a word of the title begins with */
    float letters;  /* of that word, by how well they match */
    float cover;    /* of all words so far; in the end the match */
} reel_search_cell;

typedef struct reel_search_work {
    reel_search_cell *cells; /* [movies] */
    reel_index *touched;     /* [movies] */
    struct reel_hit *best;
    size_t best_capacity;
    uint32_t stamp;
    reel_buf query;
} reel_search_work;

void reel__search_work_fini(reel_search_work *work);

/* The index of an engine, made by the first who asks. */
struct reel_engine;
REEL_MUST_USE reel_code reel__search_get_index(const reel_search_index **out,
                                               const struct reel_engine *engine, reel_err *err);

#endif
