/* base/zip.h - reading ZIP archives that nobody vouches for: names that cannot leave a folder, and
 * limits on entries and expanded bytes. Contents are checked against their CRC-32 while read.
 * Layer: base; the only place that includes libzip. Threads: one thread at a time per archive.
 */
#ifndef REEL_BASE_ZIP_H
#define REEL_BASE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef struct reel_zip_limits {
    int64_t entries;        /* 0 = 10,000 */
    int64_t expanded_bytes; /* of all entries together; 0 = 8 GiB */
} reel_zip_limits;

typedef struct reel_zip_entry {
    const char *name; /* relative, parts joined by single '/', no "..", borrowed from the archive */
    int64_t size_bytes;
    bool folder; /* its name then ends without '/' */
} reel_zip_entry;

typedef struct reel_zip reel_zip;

/* Open and check every entry's name and declared size. limits [in, optional].
 * Errors: E_NOTFOUND, E_FORMAT (no archive, damaged, encrypted, a name that is absolute, has "..",
 * a backslash or control characters, a link or device), E_TOOLARGE, E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__zip_open(reel_zip **out, const char *path,
                                       const reel_zip_limits *limits, reel_err *err);
/* The same over bytes that stay valid until the archive is closed. */
REEL_MUST_USE reel_code reel__zip_open_memory(reel_zip **out, const void *data, size_t length,
                                              const reel_zip_limits *limits, reel_err *err);
void reel__zip_close(reel_zip *zip); /* NULL allowed */

size_t reel__zip_count(const reel_zip *zip);
reel_zip_entry reel__zip_entry(const reel_zip *zip, size_t index);

/* Hand the content of an entry over in pieces; another code than REEL_OK from the sink ends the
 * reading and is returned. Errors: E_FORMAT (damaged, or longer than declared), E_NOMEM. */
typedef reel_code (*reel_zip_sink)(void *user, const void *data, size_t length, reel_err *err);
REEL_MUST_USE reel_code reel__zip_read(reel_zip *zip, size_t index, reel_zip_sink sink, void *user,
                                       reel_err *err);

#endif
