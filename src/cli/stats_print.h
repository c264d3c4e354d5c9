/* cli/stats_print.h - reports of feedback on a terminal. Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_STATS_PRINT_H
#define REEL_CLI_STATS_PRINT_H

#include "base/json.h"

/* A report of service/analytics/stats.h that was read back. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__stats_print(const char *name, const json_t *report, reel_err *err);

#endif
