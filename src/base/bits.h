/* base/bits.h - sets of small numbers, a bit for each. Layer: base. Threads: no state. */
#ifndef REEL_BASE_BITS_H
#define REEL_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t reel__bit_words(int32_t count)
{
    return ((size_t)count + 63) / 64;
}
static inline void reel__bit_set(uint64_t *bits, int32_t i)
{
    bits[i >> 6] |= UINT64_C(1) << (i & 63);
}
static inline bool reel__bit_get(const uint64_t *bits, int32_t i)
{
    return (bits[i >> 6] >> (i & 63) & 1) != 0;
}

#endif
