/* alloc.c - counted, overflow-checked allocation that tests can make fail.
 * The two counters cost one relaxed atomic operation per call, so they are in every build: a test
 * then sweeps the same code that ships.
 */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

static atomic_long allowed = -1; /* allocations left before they fail; -1 = no limit */
static atomic_bool once;         /* there is memory again after the one that fails */
static atomic_long live;

void reel__alloc_fail_after(long n)
{
    atomic_store(&once, false);
    atomic_store(&allowed, n);
}

void reel__alloc_fail_once(long n)
{
    atomic_store(&once, true);
    atomic_store(&allowed, n);
}

bool reel__alloc_failed(void)
{
    return atomic_load(&allowed) < 0;
}

long reel__alloc_live(void)
{
    return atomic_load(&live);
}

static bool may_allocate(void)
{
    long left = atomic_load_explicit(&allowed, memory_order_relaxed);

    while (left > 0)
        if (atomic_compare_exchange_weak(&allowed, &left, left - 1))
            return true;
    if (left == 0 && atomic_load(&once))
        atomic_store(&allowed, -1);
    return left < 0;
}

/* The bytes to ask for, or 0 when the request overflows or must fail. */
static size_t request_bytes(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX || !may_allocate())
        return 0;
    return bytes == 0 ? 1 : bytes;
}

static void *count_block(void *block)
{
    if (block != NULL)
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    return block;
}

void *reel__alloc_array(size_t count, size_t size)
{
    const size_t bytes = request_bytes(count, size);

    return bytes == 0 ? NULL : count_block(malloc(bytes));
}

void *reel__alloc_zero(size_t count, size_t size)
{
    const size_t bytes = request_bytes(count, size);

    return bytes == 0 ? NULL : count_block(calloc(1, bytes));
}

void *reel__realloc_array(void *old, size_t count, size_t size)
{
    const size_t bytes = request_bytes(count, size);

    if (bytes == 0)
        return NULL;
    return old == NULL ? count_block(malloc(bytes)) : realloc(old, bytes);
}

void *reel__alloc_aligned(size_t count, size_t size)
{
    const size_t bytes = request_bytes(count, size);
    size_t rounded;

    if (bytes == 0 || __builtin_add_overflow(bytes, ALIGNMENT - 1, &rounded))
        return NULL;
    return count_block(aligned_alloc(ALIGNMENT, rounded / ALIGNMENT * ALIGNMENT));
}

char *reel__strndup(const char *text, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : reel__alloc_array(length + 1, 1);

    if (copy == NULL)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *reel__strdup(const char *text)
{
    return reel__strndup(text, strlen(text));
}

void reel__free(void *block)
{
    if (block == NULL)
        return;
    atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
    free(block);
}
