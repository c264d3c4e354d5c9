/* cli/simulate_experiments.h - `reel simulate --experiment`: how often experiments err, as a table
 * or as JSON. Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_SIMULATE_EXPERIMENTS_H
#define REEL_CLI_SIMULATE_EXPERIMENTS_H

#include "service/simulate/repeats.h"

/* On standard output. Errors: those of reel__repeats. */
REEL_MUST_USE reel_code reel__simulate_experiments(const reel_repeats_opts *opts, bool json,
                                                   reel_err *err);

#endif
