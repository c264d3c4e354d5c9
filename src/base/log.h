/* base/log.h - log lines to stderr as logfmt or JSON, by level. Only doors (cli, http) and jobs
 * log. Layer: base. Threads: locked inside. A log that cannot be written is dropped and counted.
 */
#ifndef REEL_BASE_LOG_H
#define REEL_BASE_LOG_H

#include <stdbool.h>
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
/* event is a short constant ("request"); the rest are fields written as logfmt: key=value. */
void reel__log(reel_log_level level, const char *event, const char *format, ...) REEL_PRINTF(3, 4);
int64_t reel__log_dropped(void);

#endif
