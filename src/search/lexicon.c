/* lexicon.c - distinct words in order, each with the items that have it. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "search/index_priv.h"

bool reel__search_grow(void **array, size_t count, size_t *capacity, size_t size)
{
    const size_t wanted = *capacity < 512 ? 512 : *capacity * 2;
    void *grown;

    if (count < *capacity)
        return true;
    grown = reel__realloc_array(*array, wanted, size);
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

reel_code reel__search_no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "out of memory to index the catalogue for search");
}

reel_code reel__lexicon_add(reel_lexicon_maker *maker, const char *text, size_t length,
                            uint32_t item, reel_err *err)
{
    void *pairs = maker->pairs, *last = maker->last;
    const size_t known = maker->last_capacity;
    int32_t word;
    reel_code rc = REEL_OK;

    if (maker->words == NULL)
        REEL_TRY(reel__intern_new(&maker->words, err));
    REEL_TRY(reel__intern_add(maker->words, text, length, &word, err));
    if (!reel__search_grow(&last, (size_t)word, &maker->last_capacity, sizeof *maker->last))
        return reel__search_no_memory(err);
    maker->last = last;
    for (size_t i = known; i < maker->last_capacity; i++)
        maker->last[i] = 0;
    if (maker->last[word] == item + 1)
        return REEL_OK;
    maker->last[word] = item + 1;
    if (!reel__search_grow(&pairs, maker->count, &maker->capacity, sizeof *maker->pairs))
        return reel__search_no_memory(err);
    maker->pairs = pairs;
    maker->pairs[maker->count++] = (uint64_t)(uint32_t)word << 32 | item;
out:
    return rc;
}

typedef struct sorted {
    const char *text;
    uint32_t word;
} sorted;

static int by_text(const void *a, const void *b)
{
    return strcmp(((const sorted *)a)->text, ((const sorted *)b)->text);
}

/* The words in order; place [out] says where each went. */
static reel_code place_words(reel_lexicon *out, const reel_lexicon_maker *maker, uint32_t *place,
                             reel_err *err)
{
    sorted *order = reel__alloc_array(out->count, sizeof *order);
    size_t at = 0;

    if (order == NULL)
        return reel__search_no_memory(err);
    for (size_t i = 0; i < out->count; i++) {
        order[i] = (sorted){reel__intern_text(maker->words, (int32_t)i), (uint32_t)i};
        out->text_bytes += strlen(order[i].text) + 1;
    }
    qsort(order, out->count, sizeof *order, by_text);
    out->text = reel__alloc_array(out->text_bytes, 1);
    for (size_t i = 0; i < out->count && out->text != NULL; i++) {
        const size_t length = strlen(order[i].text);

        memcpy(out->text + at, order[i].text, length + 1);
        out->words[i] = (reel_lexeme){.at = (uint32_t)at, .length = (uint32_t)length};
        place[order[i].word] = (uint32_t)i;
        at += length + 1;
    }
    reel__free(order);
    return out->text != NULL ? REEL_OK : reel__search_no_memory(err);
}

/* Count each word's items, sum up, then place them; they stay in order. */
static void place_items(reel_lexicon *out, const reel_lexicon_maker *maker, const uint32_t *place)
{
    for (size_t i = 0; i < maker->count; i++)
        out->words[place[maker->pairs[i] >> 32] + 1].first++;
    for (size_t i = 0; i < out->count; i++)
        out->words[i + 1].first += out->words[i].first;
    for (size_t i = 0; i < maker->count; i++)
        out->items[out->words[place[maker->pairs[i] >> 32]].first++] = (uint32_t)maker->pairs[i];
    for (size_t i = out->count; i > 0; i--)
        out->words[i].first = out->words[i - 1].first;
    out->words[0].first = 0;
}

reel_code reel__lexicon_make(reel_lexicon *out, reel_lexicon_maker *maker, reel_err *err)
{
    const size_t count = maker->words == NULL ? 0 : (size_t)reel__intern_count(maker->words);
    uint32_t *place = reel__alloc_array(count, sizeof *place);
    reel_code rc = REEL_OK;

    *out = (reel_lexicon){.count = count};
    out->words = reel__alloc_zero(count + 1, sizeof *out->words);
    out->items = reel__alloc_array(maker->count, sizeof *out->items);
    if (place == NULL || out->words == NULL || out->items == NULL)
        REEL_TRY(reel__search_no_memory(err));
    if (maker->count > UINT32_MAX / 2)
        REEL_TRY(reel_fail(err, REEL_E_TOOLARGE, "too many words to search in"));
    REEL_TRY(place_words(out, maker, place, err));
    place_items(out, maker, place);
out:
    reel__free(place);
    if (rc != REEL_OK)
        reel__lexicon_fini(out);
    return rc;
}

void reel__lexicon_maker_fini(reel_lexicon_maker *maker)
{
    reel__intern_free(maker->words);
    reel__free(maker->pairs);
    reel__free(maker->last);
    *maker = (reel_lexicon_maker){0};
}

void reel__lexicon_fini(reel_lexicon *lexicon)
{
    reel__free(lexicon->text);
    reel__free(lexicon->words);
    reel__free(lexicon->items);
    *lexicon = (reel_lexicon){0};
}

size_t reel__lexicon_bytes(const reel_lexicon *lexicon)
{
    return lexicon->text_bytes + (lexicon->count + 1) * sizeof *lexicon->words +
           (lexicon->count > 0 ? lexicon->words[lexicon->count].first : 0) * sizeof(uint32_t);
}

size_t reel__lexicon_from(const reel_lexicon *lexicon, const char *text, size_t length)
{
    size_t low = 0, high = lexicon->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (strncmp(reel__lexicon_word(lexicon, middle), text, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool reel__lexicon_begins(const reel_lexicon *lexicon, size_t word, const char *text, size_t length)
{
    return word < lexicon->count && lexicon->words[word].length >= length &&
           memcmp(reel__lexicon_word(lexicon, word), text, length) == 0;
}
