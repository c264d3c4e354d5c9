/* service/experiments/names.h - what the experiments and arms of lists are called, by the ids of
 * the lists: those there are at one moment. Layer: service. Ownership: names are borrowed until
 * fini. Threads: one at a time for reading from the store; any number may ask.
 */
#ifndef REEL_SERVICE_EXPERIMENT_NAMES_H
#define REEL_SERVICE_EXPERIMENT_NAMES_H

#include "service/experiments/experiments.h"

typedef struct reel_experiment_names {
    reel_experiment *all;
    size_t count;
} reel_experiment_names;

/* Errors: E_NOMEM, those of the store; out is empty then. */
REEL_MUST_USE reel_code reel__experiment_names_read(reel_experiment_names *out, reel_store *store,
                                                    reel_err *err);
void reel__experiment_names_fini(reel_experiment_names *names);
/* False: the list is of no experiment that is known. arm [out]: NULL where the list is of both. */
bool reel__experiment_names_find(const reel_experiment_names *names, const char *list_id,
                                 const char **experiment, const char **arm);

#endif
