/* data/import_priv.h - what the readers of imports share. Layer: data. */
#ifndef REEL_DATA_IMPORT_PRIV_H
#define REEL_DATA_IMPORT_PRIV_H

#include "base/buf.h"
#include "base/map.h"
#include "data/import.h"
#include "data/rows_priv.h"

struct reel_import {
    reel_import_format format;
    reel_import_row *rows;
    size_t count, capacity;
    reel_intern *texts;
    int64_t not_films;
    const char *converted;
    bool told; /* the file being read is one that is known */
};

/* An empty row of this place. */
reel_import_row reel__import_blank(const char *file, int64_t line);
/* Keep a row; file and title are copied. Errors: E_TOOLARGE, E_NOMEM. */
REEL_MUST_USE reel_code reel__import_add(reel_import *import, reel_import_row row, reel_err *err);
/* The first format that is met names the import. */
void reel__import_is(reel_import *import, reel_import_format format);

/* ---- import_text.c ------------------------------------------------------------------------- */

/* Append bytes as UTF-8 text; *converted says from what, or stays. Errors: E_FORMAT (NUL bytes, an
 * odd number of bytes), E_TOOLARGE, E_NOMEM. */
REEL_MUST_USE reel_code reel__import_decode(reel_buf *out, const char **converted, const char *file,
                                            const void *data, size_t length, reel_err *err);
/* "2024-03-01", "2024-03-01T20:15:00.000Z", "2024-03-01 20:15:00" as seconds since 1970; 0 for
 * anything else. */
int64_t reel__import_time(const char *text, size_t length);
/* "tt0133093" or "133093" as 133093; 0 for anything else. */
int64_t reel__import_imdb(const char *text, size_t length);
/* A rating of a scale that ends at `most`, on the scale of 5; NaN when it is not above 0 and at
 * most `most`. Below half a star it is half a star. */
double reel__import_rating(double value, double most);

/* ---- import_csv.c, import_json.c: a text in UTF-8 ------------------------------------------ */

/* The format of a table by its first line. */
reel_import_format reel__import_csv_format(const char *text, size_t length);
/* inside [in]: an entry of an archive, whose name tells what it is; what is not known is left out.
 */
REEL_MUST_USE reel_code reel__import_csv(reel_import *import, const char *file, bool inside,
                                         const reel_buf *text, reel_err *err);
REEL_MUST_USE reel_code reel__import_json(reel_import *import, const char *file, bool inside,
                                          const reel_buf *text, reel_err *err);
/* "a/b/ratings.csv" ends with the path "ratings.csv" but not with "s.csv". */
bool reel__import_named(const char *file, const char *end);

#endif
