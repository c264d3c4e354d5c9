/* tally.c - an open hash table over rows that lie one after the other. */
#include "store/tally.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { FIRST = 256 };

struct reel_tally {
    size_t keys, width;
    size_t count, capacity; /* of rows */
    int64_t *rows;
    size_t slots;   /* a power of two */
    uint32_t *slot; /* a row + 1; 0 = free */
};

reel_code reel__tally_new(reel_tally **out, size_t keys, size_t values, reel_err *err)
{
    reel_tally *tally = reel__alloc_zero(1, sizeof *tally);

    *out = NULL;
    if (tally == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count");
    tally->keys = keys;
    tally->width = keys + values;
    *out = tally;
    return REEL_OK;
}

void reel__tally_free(reel_tally *tally)
{
    if (tally == NULL)
        return;
    reel__free(tally->rows);
    reel__free(tally->slot);
    reel__free(tally);
}

static size_t place_of(const reel_tally *tally, const int64_t *key)
{
    return (size_t)reel__hash64(key, tally->keys * sizeof *key, 0) & (tally->slots - 1);
}

/* The slot of a key, or the free one where it would be. */
static size_t look(const reel_tally *tally, const int64_t *key)
{
    size_t at = place_of(tally, key);

    while (tally->slot[at] != 0 && memcmp(tally->rows + (tally->slot[at] - 1) * tally->width, key,
                                          tally->keys * sizeof *key) != 0)
        at = (at + 1) & (tally->slots - 1);
    return at;
}

static bool grow(reel_tally *tally)
{
    const size_t capacity = tally->capacity == 0 ? FIRST : tally->capacity * 2;
    int64_t *rows = reel__realloc_array(tally->rows, capacity, tally->width * sizeof *rows);
    uint32_t *slot;

    if (rows == NULL)
        return false;
    tally->rows = rows;
    slot = reel__alloc_zero(capacity * 2, sizeof *slot);
    if (slot == NULL)
        return false;
    reel__free(tally->slot);
    tally->slot = slot;
    tally->slots = capacity * 2;
    tally->capacity = capacity;
    for (size_t i = 0; i < tally->count; i++)
        slot[look(tally, rows + i * tally->width)] = (uint32_t)i + 1;
    return true;
}

int64_t *reel__tally_at(reel_tally *tally, const int64_t *key)
{
    size_t at;
    int64_t *row;

    if (tally->count == tally->capacity && !grow(tally))
        return NULL;
    at = look(tally, key);
    if (tally->slot[at] == 0) {
        tally->slot[at] = (uint32_t)++tally->count;
        row = tally->rows + (tally->count - 1) * tally->width;
        memset(row, 0, tally->width * sizeof *row);
        memcpy(row, key, tally->keys * sizeof *key);
    }
    return tally->rows + (tally->slot[at] - 1) * tally->width + tally->keys;
}

int64_t *reel__tally_find(const reel_tally *tally, const int64_t *key)
{
    size_t at;

    if (tally->count == 0)
        return NULL;
    at = look(tally, key);
    return tally->slot[at] == 0 ? NULL
                                : tally->rows + (tally->slot[at] - 1) * tally->width + tally->keys;
}

size_t reel__tally_count(const reel_tally *tally)
{
    return tally->count;
}

size_t reel__tally_width(const reel_tally *tally)
{
    return tally->width;
}

const int64_t *reel__tally_row(const reel_tally *tally, size_t row)
{
    return tally->rows + row * tally->width;
}
