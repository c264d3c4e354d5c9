/* key_sort.c - insertion for a few, else one pass for each byte that is in use. */
#include "data/key_sort.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

enum { FEW = 40, LEAST_ROOM = 256, BUCKETS = 256, UPPER = 32, BYTE = 8 };

reel_code reel__key_sorter_room(reel_key_sorter *sorter, size_t count, reel_err *err)
{
    const size_t room = count < LEAST_ROOM ? LEAST_ROOM : 2 * count;

    if (count <= sorter->room)
        return REEL_OK;
    reel__key_sorter_fini(sorter);
    sorter->keys = reel__alloc_array(room, sizeof *sorter->keys);
    sorter->spare = reel__alloc_array(room, sizeof *sorter->spare);
    if (sorter->keys == NULL || sorter->spare == NULL) {
        reel__key_sorter_fini(sorter);
        return reel_fail(err, REEL_E_NOMEM, "no memory to sort %zu ratings of a person", count);
    }
    sorter->room = room;
    return REEL_OK;
}

void reel__key_sorter_fini(reel_key_sorter *sorter)
{
    reel__free(sorter->keys);
    reel__free(sorter->spare);
    *sorter = (reel_key_sorter){0};
}

static void insert_all(uint64_t *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint64_t key = keys[i];
        size_t at = i;

        for (; at > 0 && keys[at - 1] >> UPPER > key >> UPPER; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

static void sort_by_byte(const uint64_t *from, uint64_t *to, size_t count, int shift)
{
    uint32_t next[BUCKETS + 1] = {0};

    for (size_t i = 0; i < count; i++)
        next[(from[i] >> shift & (BUCKETS - 1)) + 1]++;
    for (size_t b = 1; b < BUCKETS; b++)
        next[b] += next[b - 1];
    for (size_t i = 0; i < count; i++)
        to[next[from[i] >> shift & (BUCKETS - 1)]++] = from[i];
}

const uint64_t *reel__key_sorter_sort(reel_key_sorter *sorter, size_t count)
{
    uint64_t used = 0, last = 0;
    bool sorted = true;

    for (size_t i = 0; i < count; i++) {
        const uint64_t upper = sorter->keys[i] >> UPPER;

        sorted &= upper >= last;
        last = upper;
        used |= upper;
    }
    if (sorted)
        return sorter->keys;
    if (count <= FEW) {
        insert_all(sorter->keys, count);
        return sorter->keys;
    }
    for (int shift = UPPER; used != 0; shift += BYTE, used >>= BYTE) {
        uint64_t *other = sorter->keys;

        sort_by_byte(sorter->keys, sorter->spare, count, shift);
        sorter->keys = sorter->spare;
        sorter->spare = other;
    }
    return sorter->keys;
}
