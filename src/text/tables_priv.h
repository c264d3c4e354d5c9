/* text/tables_priv.h - the generated tables of this room (tools/text_tables.py writes them).
 * Layer: text. Threads: immutable.
 */
#ifndef REEL_TEXT_TABLES_PRIV_H
#define REEL_TEXT_TABLES_PRIV_H

#include <stddef.h>
#include <stdint.h>

typedef struct reel_code_range {
    uint32_t first, last; /* both included; tables are ascending and disjoint */
} reel_code_range;

/* Every step-th code point from first to last becomes itself + delta. */
typedef struct reel_lower_run {
    uint32_t first, last;
    int32_t step, delta;
} reel_lower_run;

extern const reel_code_range reel__word_ranges[], reel__cased_ranges[], reel__ignorable_ranges[];
extern const size_t reel__word_ranges_count, reel__cased_ranges_count, reel__ignorable_ranges_count;
extern const reel_lower_run reel__lower_runs[];
extern const size_t reel__lower_runs_count;

/* Sorted by strcmp. */
extern const char *const reel__stop_words[];
extern const size_t reel__stop_words_count;

#endif
