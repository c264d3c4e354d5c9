/* data/key_sort.h - short runs of numbers sorted by their upper half, those of equal ones as they
 * came. Layer: data, inside only. Threads: one thread at a time per sorter.
 */
#ifndef REEL_DATA_KEY_SORT_H
#define REEL_DATA_KEY_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef struct reel_key_sorter { /* zeroed = empty */
    uint64_t *keys, *spare;      /* [room] */
    size_t room;
} reel_key_sorter;

/* Room for count keys. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__key_sorter_room(reel_key_sorter *sorter, size_t count, reel_err *err);
/* Sort keys[0 .. count) by their upper 32 bits; returns where they are, in memory of the sorter. */
const uint64_t *reel__key_sorter_sort(reel_key_sorter *sorter, size_t count);
void reel__key_sorter_fini(reel_key_sorter *sorter);

#endif
