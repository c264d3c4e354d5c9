/* search/search.h - films by what people type: title, other title, person, keyword, words of the
 * overview, year. One index in memory over a dataset; docs/search.md says what it finds, in which
 * order. Layer: search. Threads: an index is immutable; a work belongs to one thread at a time.
 */
#ifndef REEL_SEARCH_SEARCH_H
#define REEL_SEARCH_SEARCH_H

#include <stdbool.h>

#include "base/buf.h"
#include "reel/dataset.h"

/* ---- index --------------------------------------------------------------------------------- */

typedef struct reel_search_index reel_search_index;
/* The dataset must outlive the index. Errors: E_NOMEM, E_TOOLARGE. */
REEL_MUST_USE reel_code reel__search_index_new(reel_search_index **out, const reel_dataset *dataset,
                                               reel_err *err);
void reel__search_index_free(reel_search_index *index);

typedef struct reel_search_size {
    size_t titles, people, keywords; /* entries of each kind */
    size_t words, overview_words;    /* distinct */
    size_t bytes, overview_bytes;    /* overview_bytes are part of bytes */
} reel_search_size;
reel_search_size reel__search_index_size(const reel_search_index *index);

/* ---- finding ------------------------------------------------------------------------------- */

typedef enum reel_search_field {
    REEL_FOUND_NOTHING, /* nothing was typed: the films are the most popular ones */
    REEL_FOUND_TITLE,
    REEL_FOUND_OTHER_TITLE,
    REEL_FOUND_PERSON,
    REEL_FOUND_KEYWORD,
    REEL_FOUND_OVERVIEW,
    REEL_FOUND_YEAR
} reel_search_field;

typedef enum reel_search_how {
    REEL_FOUND_EXACT,  /* it is what was typed */
    REEL_FOUND_PREFIX, /* it begins so */
    REEL_FOUND_WORDS,  /* it has the words, in any order */
    REEL_FOUND_TYPO,   /* with a letter or two wrong */
    REEL_FOUND_SOME    /* it has most of the words */
} reel_search_how;

typedef struct reel_found {
    reel_index movie;
    float match;   /* 1 = the title itself; orders the answer */
    uint8_t field; /* reel_search_field: where most of it was found */
    uint8_t how;   /* reel_search_how */
} reel_found;

typedef struct reel_search_opts {
    size_t offset, limit;
    bool titles_only;
    const uint64_t *hidden; /* one bit for each film, set: not to be found; NULL: none are */
} reel_search_opts;

/* The hits live in the work until its next search. */
typedef struct reel_search_hits {
    const reel_found *items; /* [count] */
    size_t count;
    size_t total;  /* films that fit and are not hidden, on all pages */
    size_t hidden; /* films that fit all the same */
} reel_search_hits;

enum { REEL_SEARCH_QUERY_MAX = 4096 }; /* bytes */

typedef struct reel_search_work reel_search_work;
REEL_MUST_USE reel_code reel__search_work_new(reel_search_work **out,
                                              const reel_search_index *index, reel_err *err);
void reel__search_work_free(reel_search_work *work);

/* Best first: by match, then by popularity. Malformed bytes of the query part words.
 * Errors: E_INVALID (over REEL_SEARCH_QUERY_MAX bytes), E_NOMEM. */
REEL_MUST_USE reel_code reel__search_find(reel_search_work *work, const char *query,
                                          const reel_search_opts *opts, reel_search_hits *out,
                                          reel_err *err);

/* ---- what matched -------------------------------------------------------------------------- */

enum { REEL_MATCHED_TEXTS = 4, REEL_MATCHED_MARKS = 16 };

typedef struct reel_mark {
    uint32_t at, length; /* characters (code points) */
} reel_mark;

/* One text of a film that has words of the query. */
typedef struct reel_matched {
    const char *field; /* title, other_title, director, cast, keyword, tag, genre, overview, year */
    const char *text;  /* of the dataset; not closed by a NUL */
    size_t length;
    bool cut_front, cut_back; /* of an overview, a part is shown */
    reel_mark marks[REEL_MATCHED_MARKS];
    size_t mark_count;
    char year[8];
} reel_matched;

/* The texts that together have the words of the last query of this work. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__search_matched(reel_search_work *work, const reel_found *hit,
                                             reel_matched out[REEL_MATCHED_TEXTS], size_t *count,
                                             reel_err *err);

/* ---- titles as keys ------------------------------------------------------------------------ */

/* For matching whole titles (imports): every way each film is called, in plain words. */
typedef enum reel_title_grade {
    REEL_TITLE_FULL,
    REEL_TITLE_BARE, /* without its article */
    REEL_TITLE_OTHER
} reel_title_grade;

typedef struct reel_title_key {
    const char *text;
    size_t length;
    reel_index movie;
    reel_title_grade grade;
} reel_title_key;

size_t reel__search_title_count(const reel_search_index *index);
reel_title_key reel__search_title(const reel_search_index *index, size_t key);
/* Films in the order of popularity: 0 = the most popular. */
uint32_t reel__search_rank(const reel_search_index *index, reel_index movie);

/* Append a text as words of folded letters and digits with single spaces between them: "Amélie's
 * X-Files" -> "amelies x files". A text of signs only is kept, folded. */
void reel__search_plain(reel_buf *out, const char *text, size_t length);
/* Length of a leading article with its space in plain text, or 0. */
size_t reel__search_article(const char *text, size_t length);

#endif
