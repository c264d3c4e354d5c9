/* cli/simulate_signals.h - `reel simulate --signals`: what weights of signals are worth, as a table
 * or as JSON. Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_SIMULATE_SIGNALS_H
#define REEL_CLI_SIMULATE_SIGNALS_H

#include "service/simulate/simulate.h"

/* sets: as REEL_SIGNALS has them, with ";" between; the first are REEL_SIGNALS' own. test: of
 * nobody that weights were chosen by. Errors: E_INVALID, those of reel__weigh. */
REEL_MUST_USE reel_code reel__simulate_signals(const reel_simulate_opts *world, bool test,
                                               const char *sets, bool json, reel_err *err);

#endif
