/* base/log.h - log lines to stderr as logfmt or JSON, by level. Only doors (cli, http) and jobs
 * log. Layer: base. Threads: locked inside. A log that cannot be written is dropped and counted.
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
/* event is a short constant ("request"); the rest are fields written as logfmt: key=value. Text
 * from outside goes through reel__log_quote first, so that it cannot forge fields. */
void reel__log(reel_log_level level, const char *event, const char *format, ...) REEL_PRINTF(3, 4);
/* text as a quoted logfmt value, cut to fit out [size]. Returns out. */
const char *reel__log_quote(char *out, size_t size, const char *text);
int64_t reel__log_dropped(void);

#endif
