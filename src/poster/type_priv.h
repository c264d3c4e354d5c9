/* poster/type_priv.h - setting a title: characters and their widths, lines, sizes.
 * Layer: poster, inside only.
 */
#ifndef REEL_POSTER_TYPE_PRIV_H
#define REEL_POSTER_TYPE_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* widths.c: thousandths of an em, 0 = not in the font. */
extern const uint16_t reel__type_serif_20[352], reel__type_sans_20[352];
extern const uint16_t reel__type_serif_2010[23], reel__type_sans_2010[23];

typedef enum reel_face { FACE_SERIF, FACE_SANS } reel_face;

enum { TYPE_LETTERS = 160, TYPE_LINES = 6 };

typedef struct reel_letter {
    int32_t code;
    int16_t width;    /* thousandths of an em, spacing included */
    bool break_after; /* a line may end behind it */
} reel_letter;

/* A text as a row of letters: valid, without what XML or a poster cannot show, blanks collapsed,
 * cut with an ellipsis when it is longer than TYPE_LETTERS. */
typedef struct reel_text {
    reel_letter letters[TYPE_LETTERS];
    int count;
    bool right_to_left;
    bool tall;  /* a script that reaches higher or lower than Latin does */
    bool plain; /* Latin or Cyrillic: may be set in capitals */
} reel_text;

/* Reads any bytes. spacing: thousandths of an em added to each letter. */
void reel__type_read(reel_text *out, const char *bytes, size_t length);
void reel__type_measure(reel_text *text, reel_face face, bool capitals, int spacing);
/* Width of letters [from, to) in em, blanks at the end not counted. */
double reel__type_width(const reel_text *text, int from, int to);
/* Append letters [from, to) as XML text. */
void reel__type_write(reel_buf *out, const reel_text *text, int from, int to);
/* Cut behind a letter, with an ellipsis. */
void reel__type_cut(reel_text *text, int count);

/* A block of lines. */
typedef struct reel_block {
    int lines, from[TYPE_LINES], to[TYPE_LINES];
    double width[TYPE_LINES]; /* in em */
    double size;              /* pixels an em */
    double leading;           /* line distance in em */
    bool uneven;              /* one line is much shorter than another */
} reel_block;

typedef struct reel_fit {
    double width, height; /* the room there is */
    double least, most;   /* sizes */
    int lines;            /* at most, <= TYPE_LINES */
} reel_fit;

/* The largest even setting of a text in a room. false: it does not fit at the least size. */
bool reel__layout_fit(reel_block *out, const reel_text *text, const reel_fit *fit);

#endif
