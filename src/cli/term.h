/* cli/term.h - how the program speaks to a person: tables, notices and progress on a terminal.
 * Layer: cli. Threads: the main thread only, but for notices of the engine's own opening.
 */
#ifndef REEL_CLI_TERM_H
#define REEL_CLI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"
#include "service/engine/engine.h"

/* To standard output; a write that fails is remembered and reported by reel__term_close. */
void reel__term_print(const char *format, ...) REEL_PRINTF(1, 2);
void reel__term_write(const reel_buf *text);
/* Flush. Errors: E_STORE (disk full, a closed pipe). */
REEL_MUST_USE reel_code reel__term_close(reel_err *err);
/* Whether the reader of standard output left, as `head` does when it has enough. */
bool reel__term_left(void);

/* Colours only where they are seen: standard output is a terminal and NO_COLOR is unset. */
const char *reel__term_bold(void);
const char *reel__term_dim(void);
const char *reel__term_plain(void);

/* "1,000,209" into out. Returns out. */
enum { REEL_COUNT_TEXT = 32 };
const char *reel__term_count(char out[REEL_COUNT_TEXT], int64_t count);
/* "0.4 MB" into out. */
const char *reel__term_size(char out[REEL_COUNT_TEXT], int64_t bytes);

/* A table: columns as wide as their content, the widest ones cut to fit the terminal. */
enum { REEL_COLUMNS_MAX = 8 };
typedef struct reel_table reel_table;
/* headings [columns]; a heading that starts with '>' stands right. */
REEL_MUST_USE reel_code reel__table_new(reel_table **out, const char *const *headings, int columns,
                                        reel_err *err);
REEL_MUST_USE reel_code reel__table_cell(reel_table *table, reel_err *err, const char *format, ...)
    REEL_PRINTF(3, 4);
void reel__table_print(const reel_table *table);
void reel__table_free(reel_table *table);

/* Notices and progress on standard error; both silent when quiet, progress also when standard error
 * is no terminal. */
reel_notice reel__term_notice(bool quiet);
const reel_progress *reel__term_progress(bool quiet);

/* From here on standard error has lines of the log and no others: notices are some, and nobody is
 * shown progress. */
void reel__term_log(void);
bool reel__term_logs(void);

/* A line of one's own where the progress bar stands, drawn over by the next one; NULL takes it
 * away. Lines that come faster than they can be read are left out. */
void reel__term_status(bool quiet, const char *line);

#endif
