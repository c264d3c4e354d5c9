/* store/unlearning.h - people whose accounts are gone, until the models and data files of this
 * installation are known to be without them (service/operation/forget.h). A copy of a store leaves
 * these rows where they are. Layer: store. Threads: as store.h.
 */
#ifndef REEL_STORE_UNLEARNING_H
#define REEL_STORE_UNLEARNING_H

#include "store/store.h"

typedef struct reel_unlearning {
    int64_t people;
    int64_t since; /* when the first of them went, in seconds since 1970; 0 = there is none */
} reel_unlearning;
REEL_MUST_USE reel_code reel__unlearning_count(reel_store *store, reel_unlearning *out,
                                               reel_err *err);

/* Who waits now is taken by whoever does it, under a name of its own; another who begins later
 * takes all of them over. */
REEL_MUST_USE reel_code reel__unlearning_begin(reel_store *store, const char *by, reel_err *err);
/* It is done for those that are still taken by this one: not for whom something came meanwhile
 * (reel__store_sweep_sessions), who waits anew. */
REEL_MUST_USE reel_code reel__unlearning_end(reel_store *store, const char *by, reel_err *err);

#endif
