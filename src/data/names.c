/* names.c - texts by their bytes, found by halving. */
#include "data/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

typedef struct sorted {
    const char *text;
    int32_t id;
} sorted;

static int compare(const void *a, const void *b)
{
    return strcmp(((const sorted *)a)->text, ((const sorted *)b)->text);
}

/* Texts of an interner by their bytes; NULL without memory. */
static sorted *sort_texts(const reel_intern *texts, size_t *size_bytes)
{
    const int32_t count = reel__intern_count(texts);
    sorted *all = reel__alloc_array((size_t)count, sizeof *all);

    *size_bytes = 0;
    for (int32_t i = 0; all != NULL && i < count; i++) {
        all[i] = (sorted){reel__intern_text(texts, i), i};
        *size_bytes += strlen(all[i].text) + 1;
    }
    if (all != NULL)
        qsort(all, (size_t)count, sizeof *all, compare);
    return all;
}

reel_code reel__names_sort(reel_names *out, int64_t *rank, const reel_intern *texts, reel_err *err)
{
    const int32_t count = reel__intern_count(texts);
    size_t size = 0, used = 0;
    sorted *all = sort_texts(texts, &size);
    int64_t *begin = reel__alloc_array((size_t)count + 1, sizeof *begin);
    char *bytes = reel__alloc_array(size, 1);

    *out = (reel_names){bytes, begin, count};
    if (all == NULL || begin == NULL || bytes == NULL) {
        reel__names_fini(out);
        reel__free(all);
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d names", (int)count);
    }
    for (int32_t i = 0; i < count; i++) {
        const size_t length = strlen(all[i].text) + 1;

        memcpy(bytes + used, all[i].text, length);
        begin[i] = (int64_t)used;
        rank[all[i].id] = i;
        used += length;
    }
    begin[count] = (int64_t)used;
    reel__free(all);
    return REEL_OK;
}

void reel__names_fini(reel_names *names)
{
    reel__free((void *)(uintptr_t)names->bytes);
    reel__free((void *)(uintptr_t)names->begin);
    *names = (reel_names){0};
}

reel_index reel__names_find(const reel_names *names, const char *text)
{
    reel_index begin = 0, end = names->count;

    while (begin < end) {
        const reel_index middle = begin + (end - begin) / 2;
        const int order = strcmp(reel__names_text(names, middle), text);

        if (order == 0)
            return middle;
        if (order < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return -1;
}

bool reel__names_sound(const reel_names *names, int64_t size_bytes)
{
    if (names->begin[0] != 0 || names->begin[names->count] != size_bytes)
        return false;
    for (reel_index i = 0; i < names->count; i++)
        if (names->begin[i] < 0 || names->begin[i + 1] > size_bytes ||
            names->begin[i + 1] <= names->begin[i] || names->bytes[names->begin[i + 1] - 1] != '\0')
            return false;
    for (reel_index i = 1; i < names->count; i++)
        if (strcmp(reel__names_text(names, i - 1), reel__names_text(names, i)) >= 0)
            return false;
    return true;
}
