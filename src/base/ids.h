/* base/ids.h - ids as digits, and in ascending order. Layer: base. Threads: no state. */
#ifndef REEL_BASE_IDS_H
#define REEL_BASE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits alone, of a number that fits. */
static inline bool reel__id_read(int64_t *id, const char *digits, size_t count)
{
    int64_t value = 0;

    for (size_t i = 0; i < count; i++)
        if (digits[i] < '0' || digits[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digits[i] - '0', &value))
            return false;
    *id = value;
    return count > 0;
}

/* How many of them are smaller than an id; O(log count). */
static inline size_t reel__ids_below(const int64_t *ids, size_t count, int64_t id)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Where an id is, -1 = nowhere. */
static inline int32_t reel__ids_find(const int64_t *ids, int32_t count, int64_t id)
{
    const size_t at = reel__ids_below(ids, (size_t)count, id);

    return at < (size_t)count && ids[at] == id ? (int32_t)at : -1;
}

#endif
