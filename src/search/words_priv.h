/* words_priv.h - texts as folded words, and as units to compare letter by letter. */
#ifndef REEL_SEARCH_WORDS_PRIV_H
#define REEL_SEARCH_WORDS_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* A word of a text, folded. */
typedef struct reel_word {
    const char *text;
    size_t length;
    size_t at, bytes; /* where it stands in the source */
    bool unspaced;    /* a run of a script that writes no spaces between words */
} reel_word;

/* Called for each word in order; false ends. The word's text lives during the call. */
typedef bool reel_word_fn(void *user, const reel_word *word);

/* room is working memory, cleared first. Signs inside a word fall away ("M*A*S*H", "Ocean's",
 * "E.T."), others part words, & is the word "and". A text of signs only is one word. Returns false
 * when word did; running out of memory shows in room. */
bool reel__words_each(reel_buf *room, const char *text, size_t length, reel_word_fn *word,
                      void *user);

/* The pieces under which a word is kept in an index: itself, or each two neighbours of a run
 * without spaces (and its last character, which a one-character query finds). */
typedef bool reel_piece_fn(void *user, const char *text, size_t length);
bool reel__word_pieces(const char *text, size_t length, bool unspaced, bool closed,
                       reel_piece_fn *piece, void *user);

/* Words that say little about a film: articles, prepositions, pronouns. */
bool reel__word_is_small(const char *text, size_t length);

enum { REEL_UNITS_MAX = 64 };
/* One byte for each letter, without spaces: ASCII as it is, others by their low seven bits, which
 * tell the letters of one script apart. At most REEL_UNITS_MAX. */
size_t reel__word_units(uint8_t out[REEL_UNITS_MAX], const char *text, size_t length);

/* ---- edits.c ------------------------------------------------------------------------------- */

/* Edits (insert, delete, replace, swap neighbours) from one text to others, by bit-parallel steps
 * (Hyyro 2003). */
typedef struct reel_pattern {
    uint64_t places[256]; /* bit i of places[c]: unit i of the pattern is c */
    size_t length;
} reel_pattern;
void reel__pattern_init(reel_pattern *pattern, const uint8_t *units, size_t length);
/* whole: distance to the text; begun: smallest distance to a beginning of it about as long. */
typedef struct reel_edits {
    size_t whole, begun;
} reel_edits;
reel_edits reel__pattern_edits(const reel_pattern *pattern, const uint8_t *units, size_t length);
/* One from four letters on, two from eight on. */
size_t reel__edits_allowed(size_t letters);

#endif
