/* index_priv.h - the inside of a search index: lexicons, trigrams, entries. */
#ifndef REEL_SEARCH_INDEX_PRIV_H
#define REEL_SEARCH_INDEX_PRIV_H

#include "base/map.h"
#include "search/search.h"
#include "search/words_priv.h"

/* ---- lexicon.c: words in order, each with the items that have it ---------------------------- */

typedef struct reel_lexeme {
    uint32_t at, length;
    uint32_t first; /* of its items; the next lexeme's first ends them */
} reel_lexeme;

typedef struct reel_lexicon {
    char *text;         /* all words, each closed by a NUL */
    reel_lexeme *words; /* [count + 1], ascending */
    size_t count, text_bytes;
    uint32_t *items; /* ascending for each word */
} reel_lexicon;

/* Words as they come, items ascending. */
typedef struct reel_lexicon_maker {
    reel_intern *words;
    uint64_t *pairs; /* word << 32 | item */
    size_t count, capacity;
    uint32_t *last; /* [last_capacity] the item + 1 each word came with last */
    size_t last_capacity;
} reel_lexicon_maker;

REEL_MUST_USE reel_code reel__lexicon_add(reel_lexicon_maker *maker, const char *text,
                                          size_t length, uint32_t item, reel_err *err);
REEL_MUST_USE reel_code reel__lexicon_make(reel_lexicon *out, reel_lexicon_maker *maker,
                                           reel_err *err);
void reel__lexicon_maker_fini(reel_lexicon_maker *maker);
void reel__lexicon_fini(reel_lexicon *lexicon);
size_t reel__lexicon_bytes(const reel_lexicon *lexicon);
/* The first word that is not before text, and whether a word is text or begins with it. */
size_t reel__lexicon_from(const reel_lexicon *lexicon, const char *text, size_t length);
static inline const char *reel__lexicon_word(const reel_lexicon *lexicon, size_t word)
{
    return lexicon->text + lexicon->words[word].at;
}
bool reel__lexicon_begins(const reel_lexicon *lexicon, size_t word, const char *text,
                          size_t length);

/* ---- grams.c: items by the trigrams of their letters ---------------------------------------- */

typedef struct reel_grams {
    uint32_t *ptr; /* [65536 + 1] by hashed trigram */
    uint32_t *items;
    uint8_t *units;   /* of the items, one after the other */
    uint32_t *at;     /* [count] where those of an item begin */
    uint8_t *lengths; /* [count] */
    size_t unit_count;
    size_t count; /* items there are, with those that have no trigrams */
} reel_grams;

enum { REEL_GRAMS_MAX = REEL_UNITS_MAX + 2 };
/* The distinct trigrams of units with two blanks before and, unless open, after. */
size_t reel__grams_of(uint16_t out[REEL_GRAMS_MAX], const uint8_t *units, size_t length, bool open);
/* Fills units with those of an item; 0 leaves it out. */
typedef size_t reel_units_fn(const void *user, uint32_t item, uint8_t units[REEL_UNITS_MAX]);
REEL_MUST_USE reel_code reel__grams_make(reel_grams *out, size_t items, reel_units_fn *units_of,
                                         const void *user, reel_err *err);
void reel__grams_fini(reel_grams *grams);
size_t reel__grams_bytes(const reel_grams *grams);

typedef struct reel_gram_work {
    uint8_t *shared;   /* [items], all 0 between searches */
    uint32_t *touched; /* [items] */
} reel_gram_work;
/* The items that may be within `edits` of units, in work->touched; returns how many. An edit
 * changes at most three trigrams, a swap of neighbours four. */
size_t reel__grams_near(const reel_grams *grams, reel_gram_work *work, const uint8_t *units,
                        size_t length, size_t edits, bool open);

/* ---- the index ------------------------------------------------------------------------------ */

/* A name things are called by: a title of a film, a person, a keyword. */
typedef struct reel_search_entry {
    uint64_t head; /* its first eight bytes: most comparisons end here */
    uint32_t at;
    uint16_t length;
    uint8_t grade;   /* titles: reel_title_grade */
    uint8_t article; /* bytes of the article in front with its space */
} reel_search_entry;

/* Up to eight bytes, the first in the lowest bits. */
static inline uint64_t reel__search_head(const char *text, size_t length)
{
    uint64_t head = 0;

    for (size_t i = 0; i < 8 && i < length; i++)
        head |= (uint64_t)(unsigned char)text[i] << (8 * i);
    return head;
}

struct reel_search_index {
    const reel_dataset *dataset;
    reel_index movies;
    char *text; /* of all entries, in plain words, each closed by a NUL */
    size_t text_bytes;
    reel_search_entry *entries;    /* titles by film, then people, then keywords */
    uint32_t titles, named, count; /* entries before the first person, the first keyword, the end */
    uint32_t *title_ptr;           /* [movies + 1] */
    reel_index *title_movie;       /* [titles] */
    uint32_t *cast_ptr;            /* [count - titles + 1] */
    reel_index *cast;              /* films of each person and keyword, ascending */
    reel_lexicon words;            /* -> entries */
    reel_lexicon overviews;        /* -> films */
    reel_grams word_grams;         /* words of titles and people */
    reel_grams title_grams;        /* titles, each as one run of letters */
    uint32_t *rank;                /* [movies] 0 = the most popular */
    reel_index *by_rank;           /* [movies] */
    int32_t *years;                /* [movies] */
};

/* ---- entries.c: gathering them -------------------------------------------------------------- */

typedef struct reel_building {
    reel_search_index *index;
    reel_buf text;                /* of the entries */
    reel_buf room;                /* while words are folded */
    reel_buf plain, joined, name; /* one entry while it is made */
    size_t entry_capacity, title_capacity;
    reel_lexicon_maker words, overviews;
    reel_intern *names[2]; /* people and keywords as the catalogue writes them */
    uint64_t *pairs[2];    /* name << 32 | film */
    size_t pair_count[2], pair_capacity[2];
    reel_code rc; /* of a callback */
    reel_err *err;
} reel_building;

REEL_MUST_USE reel_code reel__building_add_film(reel_building *b, reel_index film);
REEL_MUST_USE reel_code reel__building_add_names(reel_building *b);

/* Room for one more element, twice as much each time. */
REEL_MUST_USE bool reel__search_grow(void **array, size_t count, size_t *capacity, size_t size);
REEL_MUST_USE reel_code reel__search_no_memory(reel_err *err);

#endif
