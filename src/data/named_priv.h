/* data/named_priv.h - the shape of a list of named ratings: what is between its fields, what its
 * columns are. Layer: data. Threads: no state.
 */
#ifndef REEL_DATA_NAMED_PRIV_H
#define REEL_DATA_NAMED_PRIV_H

#include "data/named.h"
#include "data/rows_priv.h"

enum { NAMED_FIELDS = 4, NAMED_ID_MOST = 1024 };

typedef struct reel_named_shape {
    char separator;
    size_t width;     /* 2 for "::" */
    int columns;      /* 2 .. 4 */
    int rating, time; /* which column is it, or -1 */
    bool guess;       /* the third column is either, and its values tell */
    bool header;
} reel_named_shape;

/* A field, and whether it was quoted with quotes inside, so that they stand there twice. */
typedef struct reel_field {
    reel_slice text;
    bool doubled;
} reel_field;

/* Look at the first line that is not blank without taking it, unless it is a header.
 * Errors: E_FORMAT. */
REEL_MUST_USE reel_code reel__named_shape(reel_named_shape *out, reel_rows *rows, reel_third third,
                                          reel_err *err);
/* Split a line into at most NAMED_FIELDS + 1 fields; how many there are, NAMED_FIELDS + 1 for more,
 * -1 where a quote is not closed. */
int reel__named_split(reel_slice line, const reel_named_shape *shape,
                      reel_field fields[NAMED_FIELDS + 1]);

/* A word that headers have above people. */
bool reel__named_heads_people(reel_slice field);
/* Digits without leading zeros that fit: an id that is a number. */
bool reel__slice_id(reel_slice field, int64_t *out);

#endif
