/* cli/cli.h - the command line: one subcommand table, one file per subcommand.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_CLI_H
#define REEL_CLI_CLI_H

#include "reel/err.h"

/* Run the program; returns its exit code (docs/errors.md). */
int reel__cli_run(int argc, char **argv);
/* By REEL_LOG and REEL_LOG_FORMAT. Errors: E_INVALID, and nothing is changed. */
REEL_MUST_USE reel_code reel__cli_set_up_log(reel_err *err);

#endif
