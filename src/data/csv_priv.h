/* data/csv_priv.h - rows of comma-separated values with quotes, on top of reel_rows.
 * A quoted field may hold commas, doubled quotes and, within limits, line ends. A quote that is
 * never closed costs the one row it stands in, not the rest of the file.
 * Layer: data. Threads: one thread at a time.
 */
#ifndef REEL_DATA_CSV_PRIV_H
#define REEL_DATA_CSV_PRIV_H

#include "data/rows_priv.h"

enum { CSV_FIELDS = 24 };

typedef struct reel_csv {
    reel_rows *rows;
    char separator;               /* ',' unless the caller sets another */
    reel_buf unquoted;            /* fields that had doubled quotes */
    int count;                    /* fields of the row; those from CSV_FIELDS on are counted only */
    reel_slice field[CSV_FIELDS]; /* valid until the next row */
    const char *fault;            /* why the row is malformed, or NULL */
    int64_t more_lines;           /* line ends inside the row's quotes */
} reel_csv;

void reel__csv_init(reel_csv *out, reel_rows *rows);
void reel__csv_fini(reel_csv *csv);
/* Next row, well-formed or with a fault; false at the end. Errors: E_NOMEM stays in csv->unquoted
 * (reel__buf_check). */
bool reel__csv_next(reel_csv *csv);

#endif
