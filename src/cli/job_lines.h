/* cli/job_lines.h - how a command tells a program how far it is, and what became of it: a JSON
 * object a line on standard output (--progress-json). Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_JOB_LINES_H
#define REEL_CLI_JOB_LINES_H

#include "cli/commands.h"

void reel__say_line(reel_json_writer *write, const void *what);
/* {"step":"training ease","progress":0.5} */
void reel__say_step(const char *step, double progress);
/* {"error":{"code":...,"detail":...}}; what a command ends with. */
REEL_MUST_USE reel_code reel__say_error(reel_code rc, const reel_err *why, reel_err *err);

#endif
