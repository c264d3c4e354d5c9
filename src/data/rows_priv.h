/* data/rows_priv.h - what every line-based reader shares: the mapped file, the count of good and
 * bad rows, and how a bad one is reported. Layer: data. Threads: one thread at a time.
 */
#ifndef REEL_DATA_ROWS_PRIV_H
#define REEL_DATA_ROWS_PRIV_H

#include "base/buf.h"
#include "base/file.h"
#include "data/readers.h"

enum {
    ROWS_REPORTED = 20,         /* bad rows handed to opts->bad_row; the rest are only counted */
    ROWS_TEXT = 60,             /* bytes of the row shown in a report */
    ROWS_LINE_MAXIMUM = 1 << 16 /* longest line of a table, in bytes */
};

/* A piece of the mapped file, not closed by NUL. */
typedef struct reel_slice {
    const char *text;
    size_t length;
} reel_slice;

typedef struct reel_rows {
    const char *path, *stage; /* borrowed */
    const reel_read_opts *opts;
    reel_file_map map;
    const char *at, *end; /* what is still to be read */
    int64_t line;         /* number of the line last taken */
    int64_t rows, bad_rows;
    int64_t *reported;   /* of all files of one reading; see ROWS_REPORTED */
    reel_slice text;     /* the line last taken, without its end */
    bool cut;            /* that line is the last one and has no line end */
    int64_t progress_at; /* line of the last progress report */
    char first_bad[256]; /* the first bad row, for the error when no row is good */
} reel_rows;

/* Map a file and check that it is text: not empty, no NUL. A byte order mark is left out.
 * stage is what progress calls the work; reported may be NULL. Errors: E_NOTFOUND, E_FORMAT,
 * E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__rows_open(reel_rows *out, const char *path, const char *stage,
                                        const reel_read_opts *opts, reel_err *err);
void reel__rows_close(reel_rows *rows);
/* Next line that is not blank, into rows->text; false at the end. */
bool reel__rows_next(reel_rows *rows);
/* The current line cannot be used: report and count it. Returns REEL_OK (go on with the next one),
 * or E_FORMAT when strict. */
REEL_MUST_USE reel_code reel__rows_bad(reel_rows *rows, reel_err *err, const char *format, ...)
    REEL_PRINTF(3, 4);
/* After the last line: E_FORMAT when there were rows and all were bad, or none at all. Adds the
 * counts to report (may be NULL). */
REEL_MUST_USE reel_code reel__rows_end(const reel_rows *rows, reel_read_report *report,
                                       reel_err *err);

/* Append text with control characters and malformed UTF-8 escaped, cut to limit bytes. */
void reel__rows_escape(char *out, size_t size, const char *text, size_t length, size_t limit);

/* A whole number >= 0. On failure reason [64 bytes] says why: `"abc" is not a whole number`. */
enum { ROWS_REASON = 128, ROWS_FAULT = 256 };
bool reel__slice_int(reel_slice field, int64_t *out, char reason[ROWS_REASON]);
/* A finite decimal number ("4", "4.5", "-1e2"; no hex, no "nan", no "inf"). */
bool reel__slice_real(reel_slice field, double *out, char reason[ROWS_REASON]);
/* Without blanks at both ends. */
reel_slice reel__slice_trim(reel_slice field);
bool reel__slice_is(reel_slice field, const char *text);

#endif
