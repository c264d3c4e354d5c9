/* base/map.h - hash table from 64-bit keys to 64-bit values, and a string interner on top of it.
 * Layer: base. Threads: one thread at a time for changes; any number may read.
 */
#ifndef REEL_BASE_MAP_H
#define REEL_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef struct reel_map reel_map;
REEL_MUST_USE reel_code reel__map_new(reel_map **out, size_t expected, reel_err *err);
void reel__map_free(reel_map *map);
/* Add or replace. */
REEL_MUST_USE reel_code reel__map_put(reel_map *map, int64_t key, int64_t value, reel_err *err);
/* false when the key is not there. */
bool reel__map_get(const reel_map *map, int64_t key, int64_t *value);
size_t reel__map_count(const reel_map *map);

/* Distinct strings numbered 0, 1, 2, ... in the order they came. */
typedef struct reel_intern reel_intern;
REEL_MUST_USE reel_code reel__intern_new(reel_intern **out, reel_err *err);
void reel__intern_free(reel_intern *intern);
REEL_MUST_USE reel_code reel__intern_add(reel_intern *intern, const char *text, size_t length,
                                         int32_t *id, reel_err *err);
/* The number of a string, or -1. */
int32_t reel__intern_find(const reel_intern *intern, const char *text, size_t length);
const char *reel__intern_text(const reel_intern *intern, int32_t id); /* NUL-terminated, borrowed */
int32_t reel__intern_count(const reel_intern *intern);

#endif
