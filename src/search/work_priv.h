/* work_priv.h - a query as it was read, and what a search knows of entries and films while it runs.
 */
#ifndef REEL_SEARCH_WORK_PRIV_H
#define REEL_SEARCH_WORK_PRIV_H

#include "search/index_priv.h"

/* ---- query.c -------------------------------------------------------------------------------- */

enum { REEL_QUERY_WORDS = 16, REEL_QUERY_YEARS = 2 };

/* A word of the query, or a piece of a run without spaces. */
typedef struct reel_query_word {
    const char *text;
    uint32_t length, letters;
    bool prefix;         /* it may be the beginning of a word */
    bool unspaced;       /* spelled as it is: no typos */
    const char *same[2]; /* other ways to write a number, or NULL: "2" is "ii" and "two" */
} reel_query_word;

typedef struct reel_query_text {
    const char *text;
    size_t length;
    const char *bare; /* without an article in front or behind */
    size_t bare_length;
    uint64_t head, bare_head;
} reel_query_text;

typedef struct reel_query {
    reel_buf plain, texts, room;
    reel_query_word words[REEL_QUERY_WORDS];
    size_t count;
    uint16_t all, needed; /* bits of words; those not needed say little, or are years */
    uint16_t years;       /* which may be the year of a film, if the title lacks them */
    size_t year_count;
    int32_t year[REEL_QUERY_YEARS];
    uint16_t year_bit[REEL_QUERY_YEARS];
    uint16_t begun_bit;       /* of "199", which may become a year; 0 = none */
    int32_t begun, begun_per; /* 199 and 10: years from 1990 on, fewer than 2000 */
    bool begun_alone;         /* nothing else was typed */
    /* Without the years whose bits are set in the place. */
    reel_query_text without[1 << REEL_QUERY_YEARS];
    size_t letters; /* of all words but years */
} reel_query;

/* Errors: E_INVALID, E_NOMEM. */
REEL_MUST_USE reel_code reel__query_read(reel_query *query, const char *text, reel_err *err);
/* The text with digits and letters parted; false where they nowhere meet, or it gets too long. */
bool reel__query_part_numbers(reel_buf *out, const char *text);
void reel__query_init(reel_query *query);
void reel__query_fini(reel_query *query);
/* The text for an entry that has the words of mask: years it lacks are left out. */
const reel_query_text *reel__query_text(const reel_query *query, uint16_t mask);
/* How well a word of a text fits one of the query: whole, as beginning, or not. */
typedef enum reel_fit { REEL_FIT_NONE, REEL_FIT_BEGUN, REEL_FIT_WHOLE } reel_fit;
reel_fit reel__query_fit(const reel_query_word *word, const char *text, size_t length);

/* ---- find.c --------------------------------------------------------------------------------- */

/* Cells are small, for a search for one letter sees most of them. Their stamp is that of the search
 * that wrote them last. */
typedef struct reel_entry_cell {
    uint16_t stamp;
    uint16_t mask; /* words of the query it has */
} reel_entry_cell;

typedef struct reel_film_cell {
    uint16_t stamp;
    uint8_t field, how;
    float match;
} reel_film_cell;

enum { REEL_MASK_TITLE, REEL_MASK_PERSON, REEL_MASK_KEYWORD, REEL_MASK_OVERVIEW, REEL_MASKS };

/* Words in several places of a film. */
typedef struct reel_spread_cell {
    uint16_t stamp;
    uint16_t mask[REEL_MASKS];
} reel_spread_cell;

struct reel_search_work {
    const reel_search_index *index;
    reel_query query;
    uint16_t stamp;
    reel_entry_cell *entries; /* [index->count] */
    uint8_t *edits;           /* [index->count] all 0 between searches */
    uint32_t *misspelt;       /* entries with edits, [index->named] */
    size_t misspelt_count;
    uint32_t *touched; /* entries, [index->count] */
    size_t touched_count;
    reel_film_cell *films; /* [movies] */
    reel_index *seen;      /* films, [movies] */
    size_t seen_count;
    reel_spread_cell *spread; /* [movies] */
    reel_index *in_places;    /* films with such a cell, [movies] */
    size_t in_places_count;
    size_t title_hits; /* films found by title */
    size_t named_hits; /* by title or person, and keywords of several films */
    bool titles_only;
    bool exact;  /* a title or a person is called as it was typed */
    bool raised; /* nothing is called as it was typed: whole titles with typos go up */
    reel_gram_work word_grams, title_grams;
    reel_found *best;
    size_t best_capacity;
    reel_buf room; /* for what matched */
};

/* The cell of a film, cleared when this search sees it first. */
static inline reel_film_cell *reel__work_film(reel_search_work *work, reel_index film)
{
    reel_film_cell *cell = &work->films[film];

    if (cell->stamp != work->stamp) {
        *cell = (reel_film_cell){.stamp = work->stamp};
        work->seen[work->seen_count++] = film;
    }
    return cell;
}

static inline reel_spread_cell *reel__work_spread(reel_search_work *work, reel_index film)
{
    reel_spread_cell *cell = &work->spread[film];

    if (cell->stamp != work->stamp) {
        *cell = (reel_spread_cell){.stamp = work->stamp};
        work->in_places[work->in_places_count++] = film;
    }
    return cell;
}

static inline reel_entry_cell *reel__work_entry(reel_search_work *work, uint32_t entry)
{
    reel_entry_cell *cell = &work->entries[entry];

    if (cell->stamp != work->stamp) {
        *cell = (reel_entry_cell){.stamp = work->stamp};
        work->touched[work->touched_count++] = entry;
    }
    return cell;
}

/* Entries that have the words that are needed; then, of those touched, which have the others. */
void reel__find_words(reel_search_work *work, bool needed);

/* The films of a person or keyword. */
static inline const reel_index *reel__entry_films(const reel_search_index *index, uint32_t entry,
                                                  size_t *count)
{
    const uint32_t *ptr = &index->cast_ptr[entry - index->titles];

    *count = ptr[1] - ptr[0];
    return index->cast + ptr[0];
}

/* ---- judge.c -------------------------------------------------------------------------------- */

/* Films of all entries that were touched, then those whose words stand in several places. */
void reel__judge_entries(reel_search_work *work);
void reel__judge_films(reel_search_work *work);
/* Entries that fit with typos; their edits are cleared. */
void reel__judge_misspelt(reel_search_work *work);
/* A title that as a whole is so many edits from the query; mask: its years that were counted. */
void reel__judge_whole(reel_search_work *work, uint32_t entry, size_t edits, uint16_t mask);
/* Films with most of the words. */
void reel__judge_some(reel_search_work *work);
/* Films of the year that was typed alone. */
void reel__judge_year(reel_search_work *work);

/* ---- typos.c -------------------------------------------------------------------------------- */

void reel__typos_whole(reel_search_work *work);
void reel__typos_words(reel_search_work *work);

#endif
