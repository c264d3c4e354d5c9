/* grams.c - items by the trigrams of their letters: what may be within a few edits of a word shares
 * most of its trigrams; the edits are counted afterwards. Trigrams are hashed to 16 bits, so that
 * another may come along: it is one more that is counted and dropped.
 */
#include <string.h>

#include "base/alloc.h"
#include "search/index_priv.h"

enum { BUCKETS = 1 << 16, BLANK = 1, PER_EDIT = 4 };

static uint16_t bucket_of(uint32_t a, uint32_t b, uint32_t c)
{
    return (uint16_t)(((a << 16 | b << 8 | c) * UINT32_C(2654435761)) >> 16);
}

size_t reel__grams_of(uint16_t out[REEL_GRAMS_MAX], const uint8_t *units, size_t length, bool open)
{
    const size_t all = length + (open ? 0 : 2);
    uint32_t first = BLANK, second = BLANK;
    size_t count = 0;

    for (size_t i = 0; i < all; i++) {
        const uint32_t third = i < length ? units[i] : BLANK;
        const uint16_t gram = bucket_of(first, second, third);
        size_t k = 0;

        while (k < count && out[k] != gram)
            k++;
        if (k == count)
            out[count++] = gram;
        first = second;
        second = third;
    }
    return count;
}

/* The units of all items, and how many items each trigram has, summed up. False without memory. */
static bool count_items(reel_grams *grams, reel_units_fn *units_of, const void *user)
{
    uint16_t buckets[REEL_GRAMS_MAX];
    size_t used = 0, capacity = 0;

    for (size_t item = 0; item < grams->count; item++) {
        void *units = grams->units;
        size_t length, count;

        if (!reel__search_grow(&units, used + REEL_UNITS_MAX, &capacity, 1))
            return false;
        grams->units = units;
        grams->at[item] = (uint32_t)used;
        length = units_of(user, (uint32_t)item, grams->units + used);
        grams->lengths[item] = (uint8_t)length;
        count = length > 0 ? reel__grams_of(buckets, grams->units + used, length, false) : 0;
        for (size_t i = 0; i < count; i++)
            grams->ptr[buckets[i] + 1]++;
        used += length;
    }
    grams->unit_count = used;
    for (size_t i = 0; i < BUCKETS; i++)
        grams->ptr[i + 1] += grams->ptr[i];
    return true;
}

static void place_items(reel_grams *grams)
{
    uint16_t buckets[REEL_GRAMS_MAX];

    for (size_t item = 0; item < grams->count; item++) {
        const size_t length = grams->lengths[item];
        const size_t count =
            length > 0 ? reel__grams_of(buckets, grams->units + grams->at[item], length, false) : 0;

        for (size_t i = 0; i < count; i++)
            grams->items[grams->ptr[buckets[i]]++] = (uint32_t)item;
    }
    for (size_t i = BUCKETS; i > 0; i--)
        grams->ptr[i] = grams->ptr[i - 1];
    grams->ptr[0] = 0;
}

reel_code reel__grams_make(reel_grams *out, size_t items, reel_units_fn *units_of, const void *user,
                           reel_err *err)
{
    *out = (reel_grams){.count = items};
    out->ptr = reel__alloc_zero(BUCKETS + 1, sizeof *out->ptr);
    out->at = reel__alloc_array(items, sizeof *out->at);
    out->lengths = reel__alloc_array(items, sizeof *out->lengths);
    if (out->ptr == NULL || out->at == NULL || out->lengths == NULL ||
        !count_items(out, units_of, user)) {
        reel__grams_fini(out);
        return reel__search_no_memory(err);
    }
    out->items = reel__alloc_array(out->ptr[BUCKETS], sizeof *out->items);
    if (out->items == NULL) {
        reel__grams_fini(out);
        return reel__search_no_memory(err);
    }
    place_items(out);
    return REEL_OK;
}

void reel__grams_fini(reel_grams *grams)
{
    reel__free(grams->ptr);
    reel__free(grams->items);
    reel__free(grams->units);
    reel__free(grams->at);
    reel__free(grams->lengths);
    *grams = (reel_grams){0};
}

size_t reel__grams_bytes(const reel_grams *grams)
{
    const size_t items = grams->ptr[BUCKETS];

    return (BUCKETS + 1 + items + grams->count) * sizeof *grams->ptr + grams->count +
           grams->unit_count;
}

/* Shortest lists first. */
static void order_lists(const reel_grams *grams, uint16_t *buckets, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint16_t moved = buckets[i];
        const uint32_t own = grams->ptr[moved + 1U] - grams->ptr[moved];
        size_t at = i;

        for (; at > 0 && grams->ptr[buckets[at - 1] + 1U] - grams->ptr[buckets[at - 1]] > own; at--)
            buckets[at] = buckets[at - 1];
        buckets[at] = moved;
    }
}

/* What shares `need` of the trigrams is in one of all lists but the last need - 1: those, the
 * longest, only add to what was seen. */
size_t reel__grams_near(const reel_grams *grams, reel_gram_work *work, const uint8_t *units,
                        size_t length, size_t edits, bool open)
{
    uint16_t buckets[REEL_GRAMS_MAX];
    const size_t count = reel__grams_of(buckets, units, length, open);
    const size_t need = count > PER_EDIT * edits ? count - PER_EDIT * edits : 1;
    size_t touched = 0, kept = 0;

    order_lists(grams, buckets, count);
    for (size_t i = 0; i < count; i++) {
        const uint32_t end = grams->ptr[buckets[i] + 1U];
        const bool opens = i + need <= count;

        for (uint32_t k = grams->ptr[buckets[i]]; k < end; k++) {
            const uint32_t item = grams->items[k];

            if (work->shared[item] > 0) {
                work->shared[item]++;
            } else if (opens && grams->lengths[item] + edits >= length &&
                       (open || grams->lengths[item] <= length + edits)) {
                work->shared[item] = 1;
                work->touched[touched++] = item;
            }
        }
    }
    for (size_t i = 0; i < touched; i++) {
        const uint32_t item = work->touched[i];

        if (work->shared[item] >= need)
            work->touched[kept++] = item;
        work->shared[item] = 0;
    }
    return kept;
}
