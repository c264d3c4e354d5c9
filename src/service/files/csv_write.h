/* service/files/csv_write.h - CSV files that appear under their name only when complete (RFC 4180,
 * '\n'). Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_CSV_WRITE_H
#define REEL_SERVICE_CSV_WRITE_H

#include "base/buf.h"
#include "base/file.h"

typedef struct reel_csv_writer {
    reel_file_writer *file;
    reel_buf row; /* gathered before it goes to the file */
    bool comma;   /* the next field needs one */
} reel_csv_writer;

/* folder/name (or name, when folder is NULL) with its first line; free what was opened with
 * reel__csv_abort. */
REEL_MUST_USE reel_code reel__csv_open(reel_csv_writer *out, const char *folder, const char *name,
                                       const char *header, reel_err *err);
/* In memory alone: the rows gather in `row`, and nothing is committed. */
void reel__csv_begin(reel_csv_writer *out, const char *header);
void reel__csv_text(reel_csv_writer *csv, const char *text); /* quoted where it must be */
/* The same for a text of others: a spreadsheet takes what begins like a formula (= + - @) for one,
 * so there is an apostrophe before it. */
void reel__csv_cell(reel_csv_writer *csv, const char *text);
void reel__csv_int(reel_csv_writer *csv, int64_t value);
void reel__csv_real(reel_csv_writer *csv, float value); /* shortest that reads back */
REEL_MUST_USE reel_code reel__csv_end_row(reel_csv_writer *csv, reel_err *err);
REEL_MUST_USE reel_code reel__csv_commit(reel_csv_writer *csv, reel_err *err);
void reel__csv_abort(reel_csv_writer *csv); /* a zeroed or committed one is fine */

#endif
