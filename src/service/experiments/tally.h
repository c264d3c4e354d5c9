/* tally.h - the events of an experiment as one row for each person (store/trials.h), counted as the
 * log goes on. Layer: service. Threads: no state but the caller's;
 * of several who count the same, one does.
 */
#ifndef REEL_SERVICE_EXPERIMENTS_TALLY_H
#define REEL_SERVICE_EXPERIMENTS_TALLY_H

#include "service/experiments/experiments.h"

/* Count what waits of one experiment, at most so many events; counted [out]. told [optional]: who
 * keeps how many outcomes there were, for metrics. A store that is open for reading only is left as
 * it is. Errors: E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__trial_count(reel_store *store, const reel_experiment *experiment,
                                          size_t most, reel_experiments *told, size_t *counted,
                                          reel_err *err);
/* The same for every experiment of the store. counted: the most of any. Cost while nothing waits:
 * one query (reel__trials_waiting); no definition is read. */
REEL_MUST_USE reel_code reel__trials_count(reel_experiments *experiments, size_t most,
                                           size_t *counted, reel_err *err);

#endif
