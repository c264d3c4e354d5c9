/* cli/job_lines.h - how a command tells a program how far it is, and what became of it: a JSON
 * object a line on standard output (--progress-json). Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_JOB_LINES_H
#define REEL_CLI_JOB_LINES_H

#include "cli/commands.h"

void reel__say_line(reel_json_writer *write, const void *what);
/* {"step":"training ease","progress":0.5} */
void reel__say_step(const char *step, double progress);
/* How far a training is, of all models or of one. Begins with only and compares, all else 0. */
typedef struct reel_training_lines {
    const char *only; /* NULL = all */
    bool compares;    /* what was fitted is compared with what is in service */
    char step[64];
    double before, share; /* of the steps that are over, and of this one; of 1 */
    double said;          /* the last progress */
} reel_training_lines;
/* Run a command that trains, with its progress on the terminal (lines NULL), or in lines that end
 * with its error. */
typedef reel_code reel_training_run(const reel_args *args, const reel_progress *progress,
                                    reel_err *err);
REEL_MUST_USE reel_code reel__run_training(const reel_args *args, reel_training_lines *lines,
                                           reel_training_run *run, reel_err *err);
/* {"error":{"code":...,"detail":...}}; what a command ends with. */
REEL_MUST_USE reel_code reel__say_error(reel_code rc, const reel_err *why, reel_err *err);

#endif
