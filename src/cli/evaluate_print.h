/* cli/evaluate_print.h - an evaluation as tables for a person.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_EVALUATE_PRINT_H
#define REEL_CLI_EVALUATE_PRINT_H

#include "cli/args.h"
#include "service/measure/evaluate.h"

REEL_MUST_USE reel_code reel__evaluation_print(const reel_evaluation *evaluation, reel_err *err);

/* The options as they could be typed again; what a shell would not take as it is stands in quotes.
 */
enum { REEL_COMMAND_LINE = 1000 };
void reel__command_line(char *out, size_t size, const reel_args *args);

#endif
