/* http/assets.h - the web front end, built by web/ and embedded into the program.
 * A build without Node embeds nothing: the count is zero and every search answers NULL.
 * Layer: http. Threads: immutable.
 */
#ifndef REEL_HTTP_ASSETS_H
#define REEL_HTTP_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct reel_asset {
    const char *path;          /* as requested: "/index.html", "/assets/index-B1x2.js" */
    const char *mime;          /* with the character set where there is one */
    const char *etag;          /* of the plain bytes, quoted, ready for the header */
    const unsigned char *data; /* [size] */
    const unsigned char *gzip; /* [gzip_size]; NULL where packing saves nothing */
    size_t size, gzip_size;
    bool immutable; /* its name changes with its bytes: may be cached for ever */
} reel_asset;

/* What the generated file defines, sorted by path. */
typedef struct reel_asset_table {
    const reel_asset *items;
    size_t count;
} reel_asset_table;

extern const reel_asset_table reel__asset_table;

/* The asset of exactly this path, or NULL. Which path "/" and unknown pages mean is the caller's.
 */
const reel_asset *reel__asset_find(const char *path);
size_t reel__asset_count(void);
const reel_asset *reel__asset_at(size_t index); /* NULL past the end */

#endif
