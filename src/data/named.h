/* data/named.h - rating lists whose people and items go by whole numbers or by texts.
 * A column whose every id is a whole number from 0 up, written without leading zeros, is one of
 * numbers; one id that is not ("u_17", "007", "-5") makes it a column of texts, told apart byte for
 * byte. Layer: data. Threads: one thread at a time.
 */
#ifndef REEL_DATA_NAMED_H
#define REEL_DATA_NAMED_H

#include "base/map.h"
#include "data/readers.h"

/* What the third column of a list is, where it has three. */
typedef enum reel_third { REEL_THIRD_RATING, REEL_THIRD_TIME, REEL_THIRD_GUESS } reel_third;

typedef struct reel_named {
    reel_ratings ratings; /* person and movie: numbers, or positions among the texts below */
    reel_intern *people;  /* in the order of the file; NULL = numbers */
    reel_intern *movies;  /* the same of the items */
    bool rated, timed;    /* whether the file has such a column */
    bool header;          /* the first line was left out as one */
} reel_named;

/* `user item [rating [time]]`, with tabs, commas or "::" between, header optional; third tells what
 * three columns are: REEL_THIRD_GUESS goes by the header, else by size: beyond REEL_RATING_MAX
 * they are times. Errors: as reel__read_ratings. */
REEL_MUST_USE reel_code reel__read_named(reel_named *out, const char *path, reel_third third,
                                         const reel_read_opts *opts, reel_read_report *report,
                                         reel_err *err);
/* The first column of each line, as ratings[].person; the rest of a line is not looked at. */
REEL_MUST_USE reel_code reel__read_named_people(reel_named *out, const char *path,
                                                const reel_read_opts *opts, reel_err *err);
/* Number the texts of several lists together, in the order of their bytes, so that the same id
 * means the same in all of them; texts of one list meet numbers of another as they are written. The
 * lists hold numbers only afterwards. Errors: E_NOMEM, E_TOOLARGE. */
REEL_MUST_USE reel_code reel__named_number(reel_named *const *lists, size_t count, reel_err *err);
void reel__named_fini(reel_named *named);

#endif
