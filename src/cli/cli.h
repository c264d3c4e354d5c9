/* cli/cli.h - the command line: one subcommand table, one file per subcommand.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_CLI_H
#define REEL_CLI_CLI_H

/* Run the program; returns its exit code (docs/errors.md). */
int reel__cli_run(int argc, char **argv);
/* By REEL_LOG and REEL_LOG_FORMAT. */
void reel__cli_set_up_log(void);

#endif
