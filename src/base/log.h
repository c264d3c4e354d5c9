/* base/log.h - log lines to stderr as logfmt or JSON, by level. Only doors (cli, http) and jobs
 * log. Layer: base. Threads: locked inside. A line that cannot be written is dropped and counted.
 */
#ifndef REEL_BASE_LOG_H
#define REEL_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef enum reel_log_level {
    REEL_LOG_ERROR,
    REEL_LOG_WARN,
    REEL_LOG_INFO,
    REEL_LOG_DEBUG
} reel_log_level;

void reel__log_setup(reel_log_level level, bool json);
bool reel__log_enabled(reel_log_level level);
bool reel__log_is_json(void);
/* event is a short constant ("request"); the rest are fields written as logfmt: key=value. Text
 * from outside goes through reel__log_quote first, so that it cannot forge fields. */
void reel__log(reel_log_level level, const char *event, const char *format, ...) REEL_PRINTF(3, 4);
/* text as a quoted logfmt value, cut to fit out [size]. Returns out. */
const char *reel__log_quote(char *out, size_t size, const char *text);
int64_t reel__log_dropped(void);

/* From here on a thread of its own writes the lines, so that whoever logs waits for no disk, pipe
 * or terminal. What finds a megabyte waiting is dropped and counted, and a line says how many.
 * Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__log_start(reel_err *err);
/* Write what waits, for a second at most; from here on lines are written at once again. */
void reel__log_stop(void);

#endif
