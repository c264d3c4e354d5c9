/* service/files/fetch.h - MovieLens data sets from GroupLens's server (or a mirror) into a folder.
 * Nothing is downloaded before the person has accepted the licence; the archive is checked against
 * the MD5 published beside it, and the folder appears complete or not at all.
 * Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_FETCH_H
#define REEL_SERVICE_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/progress.h"
#include "reel/err.h"
#include "service/engine/engine.h"

typedef struct reel_fetch_dataset {
    const char *name;    /* "ml-1m": also the name of its folder, and of its archive without .zip */
    const char *summary; /* "1,000,209 ratings of 3,883 films by 6,040 people (2003), 6 MB" */
    const char *license; /* the terms in our words, several lines */
} reel_fetch_dataset;

/* The data sets that are known, by index from 0; NULL behind the last. Immutable. */
const reel_fetch_dataset *reel__fetch_dataset(size_t index);
/* The licence terms of a data set in our words (several lines), or NULL when it is unknown. */
const char *reel__fetch_license(const char *dataset);

typedef struct reel_fetch_opts {
    const char *dataset;  /* a name of the list above */
    const char *output;   /* folder that gets a folder named like the data set; made when missing */
    const char *base_url; /* NULL = environment REEL_FETCH_URL, else GroupLens's server */
    bool accept_license;  /* the person has seen reel__fetch_license and agrees */
    int attempts;         /* of a download that gains nothing; 0 = 5 */
    int pause_ms;         /* first pause between attempts; 0 = 500 */
    int stall_seconds;    /* 0 = 30 */
    int64_t maximum_bytes; /* of the archive, and eightfold unpacked; 0 = 1 GiB */
    const reel_progress *progress;
    reel_notice notice;
} reel_fetch_opts;

/* Download, check, unpack to OUTPUT/DATASET. A folder that is already there is left as it is (with
 * a notice). After a broken download the same call goes on where it stopped.
 * Errors: E_DENIED (licence not accepted), E_INVALID (unknown data set), E_NOTFOUND (not on the
 * server), E_STORE (network or disk), E_FORMAT (wrong checksum, bad archive), E_TOOLARGE,
 * E_CONFLICT (another process is at it), E_NOMEM. */
REEL_MUST_USE reel_code reel__fetch(const reel_fetch_opts *opts, reel_err *err);

#endif
