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
    int attempts;          /* without gain, one after the other; 0 = 5 */
    int pause_ms;          /* the first pause between attempts; 0 = 500; later ones double */
    int stall_seconds;     /* give an attempt up after so long below 1 KB/s; 0 = 30 */
    const reel_progress *progress;
} reel_download;

/* Resumes where an earlier call (or process) stopped, if the server says that the file is still the
 * same one. Nothing is done when path already has the MD5. Only http and https. Errors: E_NOTFOUND
 * (404), E_STORE (network or disk; the part file is kept for the next try), E_FORMAT (the checksum
 * differs: both are named, the part file is removed), E_TOOLARGE, E_CONFLICT (another process is
 * downloading it), E_INVALID (no such URL), E_NOMEM. */
REEL_MUST_USE reel_code reel__download(const reel_download *download, reel_err *err);

#endif
