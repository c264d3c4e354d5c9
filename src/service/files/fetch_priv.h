/* service/files/fetch_priv.h - what fetch.c and unpack.c share.
 * Layer: service, inside only.
 */
#ifndef REEL_SERVICE_FETCH_PRIV_H
#define REEL_SERVICE_FETCH_PRIV_H

#include <stdint.h>

#include "base/progress.h"
#include "reel/err.h"

/* Unpack an archive into OUTPUT/NAME, which appears complete or not at all. A single folder that
 * holds everything in the archive is taken off ("ml-10M100K/ratings.dat" -> "ratings.dat").
 * Errors: those of base/zip.h; E_CONFLICT (another process is at it, or NAME is there). */
REEL_MUST_USE reel_code reel__unpack(const char *archive, const char *output, const char *name,
                                     int64_t maximum_bytes, const reel_progress *progress,
                                     reel_err *err);

#endif
