/* data/names.h - texts that stand for people or items, in the order of their bytes.
 * The position of a text is its id, so that the same data give the same ids whatever the order of
 * the rows. Layer: data. Threads: immutable once made.
 */
#ifndef REEL_DATA_NAMES_H
#define REEL_DATA_NAMES_H

#include <stdbool.h>

#include "base/map.h"
#include "reel/csr.h"

/* Texts closed by NUL, one behind the other. All zero: there are none, ids are numbers. */
typedef struct reel_names {
    const char *bytes;
    const int64_t *begin; /* [count + 1] where each starts; the end of the last */
    reel_index count;
} reel_names;

/* The texts of an interner, sorted; rank [intern count] gets the position of each.
 * Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__names_sort(reel_names *out, int64_t *rank, const reel_intern *texts,
                                         reel_err *err);
void reel__names_fini(reel_names *names); /* of those that were sorted, not mapped */
/* The position of a text, or -1. */
reel_index reel__names_find(const reel_names *names, const char *text);
static inline const char *reel__names_text(const reel_names *names, reel_index index)
{
    return names->bytes + names->begin[index];
}
/* Whether arrays from a file are what the struct promises: size_bytes of text, count + 1 begins. */
bool reel__names_sound(const reel_names *names, int64_t size_bytes);

#endif
