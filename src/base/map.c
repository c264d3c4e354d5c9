/* map.c - open addressing with linear probing, and strings numbered in the order they came.
 * Tables hold a power of two of slots and are at most two thirds full. Texts lie in blocks that
 * never move, so a pointer to one stays good while the interner grows.
 */
#include "base/map.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { FIRST_SLOTS = 16, BLOCK_BYTES = 1 << 16 };

/* ---- numbers ------------------------------------------------------------------------------- */

#define EMPTY_KEY INT64_MIN /* marks a free slot; the value of this one key is kept apart */

typedef struct slot {
    int64_t key, value;
} slot;

struct reel_map {
    slot *slots;
    size_t mask, count;
    int64_t empty_key_value;
    bool has_empty_key;
};

static size_t mix_key(int64_t key)
{
    uint64_t bits = (uint64_t)key;

    bits = (bits ^ (bits >> 32)) * UINT64_C(0x9E3779B97F4A7C15);
    bits = (bits ^ (bits >> 29)) * UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)(bits ^ (bits >> 32));
}

static slot *find_slot(slot *slots, size_t mask, int64_t key)
{
    size_t at = mix_key(key) & mask;

    while (slots[at].key != key && slots[at].key != EMPTY_KEY)
        at = (at + 1) & mask;
    return &slots[at];
}

static slot *make_slots(size_t count)
{
    slot *slots = reel__alloc_array(count, sizeof *slots);

    for (size_t i = 0; slots != NULL && i < count; i++)
        slots[i] = (slot){EMPTY_KEY, 0};
    return slots;
}

reel_code reel__map_new(reel_map **out, size_t expected, reel_err *err)
{
    reel_map *map;
    size_t size = FIRST_SLOTS;

    *out = NULL;
    while (size / 3 * 2 < expected && size <= SIZE_MAX / 4)
        size *= 2;
    map = reel__alloc_zero(1, sizeof *map);
    if (map != NULL)
        map->slots = make_slots(size);
    if (map == NULL || map->slots == NULL) {
        reel__free(map);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a table of %zu keys", expected);
    }
    map->mask = size - 1;
    *out = map;
    return REEL_OK;
}

void reel__map_free(reel_map *map)
{
    if (map == NULL)
        return;
    reel__free(map->slots);
    reel__free(map);
}

static reel_code grow_map(reel_map *map, reel_err *err)
{
    const size_t size = (map->mask + 1) * 2;
    slot *slots = make_slots(size);

    if (slots == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a table of %zu slots", size);
    for (size_t i = 0; i <= map->mask; i++)
        if (map->slots[i].key != EMPTY_KEY)
            *find_slot(slots, size - 1, map->slots[i].key) = map->slots[i];
    reel__free(map->slots);
    map->slots = slots;
    map->mask = size - 1;
    return REEL_OK;
}

reel_code reel__map_put(reel_map *map, int64_t key, int64_t value, reel_err *err)
{
    slot *place;
    reel_code rc;

    if (key == EMPTY_KEY) {
        map->count += map->has_empty_key ? 0 : 1;
        map->has_empty_key = true;
        map->empty_key_value = value;
        return REEL_OK;
    }
    place = find_slot(map->slots, map->mask, key);
    if (place->key == EMPTY_KEY && map->count + 1 > (map->mask + 1) / 3 * 2) {
        rc = grow_map(map, err);
        if (rc != REEL_OK)
            return rc;
        place = find_slot(map->slots, map->mask, key);
    }
    map->count += place->key == EMPTY_KEY ? 1 : 0;
    *place = (slot){key, value};
    return REEL_OK;
}

bool reel__map_get(const reel_map *map, int64_t key, int64_t *value)
{
    const slot *place;

    if (key == EMPTY_KEY) {
        if (map->has_empty_key)
            *value = map->empty_key_value;
        return map->has_empty_key;
    }
    place = find_slot(map->slots, map->mask, key);
    if (place->key == EMPTY_KEY)
        return false;
    *value = place->value;
    return true;
}

size_t reel__map_count(const reel_map *map)
{
    return map->count;
}

/* ---- strings ------------------------------------------------------------------------------- */

typedef struct block {
    struct block *before;
    size_t used, size;
    char text[];
} block;

typedef struct entry {
    const char *text;
    uint64_t hash;
    size_t length;
} entry;

struct reel_intern {
    block *blocks;  /* the newest */
    entry *entries; /* [capacity] */
    int32_t *slots; /* [mask + 1] id, or -1 */
    size_t mask, capacity;
    int32_t count;
};

static int32_t *find_id(const reel_intern *intern, const char *text, size_t length, uint64_t hash)
{
    size_t at = (size_t)hash & intern->mask;

    for (;; at = (at + 1) & intern->mask) {
        const int32_t id = intern->slots[at];
        const entry *known = id < 0 ? NULL : &intern->entries[id];

        if (known == NULL || (known->hash == hash && known->length == length &&
                              memcmp(known->text, text, length) == 0))
            return &intern->slots[at];
    }
}

static int32_t *make_ids(size_t count)
{
    int32_t *slots = reel__alloc_array(count, sizeof *slots);

    if (slots != NULL)
        memset(slots, 0xFF, count * sizeof *slots);
    return slots;
}

reel_code reel__intern_new(reel_intern **out, reel_err *err)
{
    reel_intern *intern = reel__alloc_zero(1, sizeof *intern);

    *out = NULL;
    if (intern != NULL)
        intern->slots = make_ids(FIRST_SLOTS);
    if (intern == NULL || intern->slots == NULL) {
        reel__free(intern);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a table of strings");
    }
    intern->mask = FIRST_SLOTS - 1;
    *out = intern;
    return REEL_OK;
}

void reel__intern_free(reel_intern *intern)
{
    if (intern == NULL)
        return;
    while (intern->blocks != NULL) {
        block *before = intern->blocks->before;

        reel__free(intern->blocks);
        intern->blocks = before;
    }
    reel__free(intern->entries);
    reel__free(intern->slots);
    reel__free(intern);
}

/* A NUL-terminated copy in a block, or NULL. */
static const char *store_text(reel_intern *intern, const char *text, size_t length)
{
    block *top = intern->blocks;
    char *copy;

    if (top == NULL || top->size - top->used <= length) {
        const size_t size = length >= BLOCK_BYTES ? length + 1 : BLOCK_BYTES;

        top = reel__alloc_array(sizeof *top + size, 1);
        if (top == NULL)
            return NULL;
        *top = (block){.before = intern->blocks, .size = size};
        intern->blocks = top;
    }
    copy = top->text + top->used;
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    top->used += length + 1;
    return copy;
}

/* Room for one more entry and one more slot. */
static bool make_room(reel_intern *intern)
{
    const size_t count = (size_t)intern->count, size = (intern->mask + 1) * 2;
    int32_t *slots, *old = intern->slots;

    if (count == intern->capacity) {
        const size_t capacity = count == 0 ? FIRST_SLOTS : count * 2;
        entry *entries = reel__realloc_array(intern->entries, capacity, sizeof *entries);

        if (entries == NULL)
            return false;
        intern->entries = entries;
        intern->capacity = capacity;
    }
    if (count + 1 <= size / 2 / 3 * 2)
        return true;
    slots = make_ids(size);
    if (slots == NULL)
        return false;
    intern->slots = slots;
    intern->mask = size - 1;
    for (int32_t id = 0; id < intern->count; id++) {
        const entry *known = &intern->entries[id];

        *find_id(intern, known->text, known->length, known->hash) = id;
    }
    reel__free(old);
    return true;
}

reel_code reel__intern_add(reel_intern *intern, const char *text, size_t length, int32_t *id,
                           reel_err *err)
{
    const uint64_t hash = reel__hash64(text, length, 0);
    int32_t *place = find_id(intern, text, length, hash);
    const char *copy;

    if (*place >= 0) {
        *id = *place;
        return REEL_OK;
    }
    if (intern->count == INT32_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "more than %d different strings", INT32_MAX);
    copy = make_room(intern) ? store_text(intern, text, length) : NULL;
    if (copy == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for string number %d", intern->count);
    *id = intern->count++;
    intern->entries[*id] = (entry){.text = copy, .hash = hash, .length = length};
    *find_id(intern, text, length, hash) = *id;
    return REEL_OK;
}

int32_t reel__intern_find(const reel_intern *intern, const char *text, size_t length)
{
    return *find_id(intern, text, length, reel__hash64(text, length, 0));
}

const char *reel__intern_text(const reel_intern *intern, int32_t id)
{
    return intern->entries[id].text;
}

int32_t reel__intern_count(const reel_intern *intern)
{
    return intern->count;
}
