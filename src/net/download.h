/* net/download.h - a file over HTTP: resumed when broken off, checked, with progress.
 * Layer: net; the only room that includes libcurl. Threads: one thread at a time.
 */
#ifndef REEL_NET_DOWNLOAD_H
#define REEL_NET_DOWNLOAD_H

#include "base/progress.h"
#include "reel/err.h"

typedef struct reel_download {
    const char *url;
    const char *path;      /* appears when complete; until then path + ".part" grows */
    const char *md5;       /* 32 hex digits, or NULL */
    int64_t maximum_bytes; /* more is refused; 0 = 8 GiB */
    int attempts;          /* 0 = 5; pauses grow, with jitter */
    const reel_progress *progress;
} reel_download;

/* Errors: E_NOTFOUND (404), E_STORE (network or disk; the part file is kept for the next try),
 * E_FORMAT (the checksum differs: both are named, the file is removed), E_TOOLARGE. */
REEL_MUST_USE reel_code reel__download(const reel_download *download, reel_err *err);

#endif
