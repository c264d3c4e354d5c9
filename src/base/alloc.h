/* base/alloc.h - the only way to get memory: overflow-checked, countable, made to fail in tests.
 * Layer: base. Threads: locked inside (the test counters are atomic).
 */
#ifndef REEL_BASE_ALLOC_H
#define REEL_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* count * size bytes, not cleared / cleared / resized; NULL on overflow or when there is none.
 * A count of 0 gives a unique pointer that may be freed. */
void *reel__alloc_array(size_t count, size_t size);
void *reel__alloc_zero(size_t count, size_t size);
/* On failure the old block stays as it was. */
void *reel__realloc_array(void *old, size_t count, size_t size);
/* 64-byte aligned, for kernels. Free with reel__free. */
void *reel__alloc_aligned(size_t count, size_t size);
char *reel__strdup(const char *text);
char *reel__strndup(const char *text, size_t length);
void reel__free(void *block); /* NULL allowed */

/* Test builds: the n-th allocation from now fails, and all after it; -1 switches that off. */
void reel__alloc_fail_after(long n);
void reel__alloc_fail_once(long n); /* that one alone */
bool reel__alloc_failed(void);      /* whether it has come to that one */
long reel__alloc_live(void);        /* blocks not yet freed */

#endif
