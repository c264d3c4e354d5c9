/* assets.c - search in the table of embedded files. */
#include "http/assets.h"

#include <stdlib.h>
#include <string.h>

static int by_path(const void *path, const void *asset)
{
    return strcmp(path, ((const reel_asset *)asset)->path);
}

const reel_asset *reel__asset_find(const char *path)
{
    const reel_asset_table *table = &reel__asset_table;

    if (table->count == 0)
        return NULL;
    return bsearch(path, table->items, table->count, sizeof *table->items, by_path);
}

size_t reel__asset_count(void)
{
    return reel__asset_table.count;
}

const reel_asset *reel__asset_at(size_t index)
{
    return index < reel__asset_table.count ? &reel__asset_table.items[index] : NULL;
}
