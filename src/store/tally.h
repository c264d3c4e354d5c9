/* store/tally.h - sums by keys of a few numbers, in memory. Layer: store. Ownership: rows are
 * borrowed until the next one is made. Threads: one thread at a time.
 */
#ifndef REEL_STORE_TALLY_H
#define REEL_STORE_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef struct reel_tally reel_tally;

enum { REEL_TALLY_KEYS = 4, REEL_TALLY_VALUES = 12 };

/* keys 1 .. REEL_TALLY_KEYS, values 1 .. REEL_TALLY_VALUES. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__tally_new(reel_tally **out, size_t keys, size_t values,
                                        reel_err *err);
void reel__tally_free(reel_tally *tally); /* NULL allowed */
/* The values of a key, zeros where it is new; NULL = no memory. */
int64_t *reel__tally_at(reel_tally *tally, const int64_t *key);
/* The same, NULL where it is not there. */
int64_t *reel__tally_find(const reel_tally *tally, const int64_t *key);
size_t reel__tally_count(const reel_tally *tally);
size_t reel__tally_width(const reel_tally *tally); /* keys and values of a row */
/* A row by the order they came in: its keys, then its values. */
const int64_t *reel__tally_row(const reel_tally *tally, size_t row);

#endif
