/* net/download_priv.h - what download.c and part.c share: the unfinished file and its record.
 * Layer: net, inside only.
 */
#ifndef REEL_NET_DOWNLOAD_PRIV_H
#define REEL_NET_DOWNLOAD_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

enum { VALIDATOR_LENGTH = 256 };

/* PATH.part, locked while open, and PATH.part.meta: the URL and the validator (ETag or
 * Last-Modified) of the version of the file it is a beginning of. */
typedef struct reel_part {
    char *path, *part_path, *meta_path;
    const char *url;
    int fd;
    bool locked;                      /* it is ours to change and remove */
    int64_t size;                     /* bytes in the part file */
    char validator[VALIDATOR_LENGTH]; /* "" = the part may not be resumed */
} reel_part;

/* Whether the finished file is there already, with this MD5. */
bool reel__part_done(const char *path, const char *md5);
/* Errors: E_CONFLICT (locked by another process), E_STORE, E_NOMEM. Close in any case. */
REEL_MUST_USE reel_code reel__part_open(reel_part *part, const char *path, const char *url,
                                        reel_err *err);
void reel__part_close(reel_part *part); /* keeps the files */
/* Start over as a version of the file that validator names ("" = cannot be resumed). */
REEL_MUST_USE reel_code reel__part_restart(reel_part *part, const char *validator, reel_err *err);
REEL_MUST_USE reel_code reel__part_append(reel_part *part, const char *data, size_t length,
                                          reel_err *err);
/* Compare with an MD5 in hex. E_FORMAT when it differs; the part files are removed then. */
REEL_MUST_USE reel_code reel__part_check(reel_part *part, const char *md5, reel_err *err);
/* On disk under its final name. */
REEL_MUST_USE reel_code reel__part_publish(reel_part *part, reel_err *err);
void reel__part_remove(reel_part *part);

#endif
