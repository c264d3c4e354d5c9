/* base/file_priv.h - what file.c and file_writer.c share.
 * Layer: base, inside only.
 */
#ifndef REEL_BASE_FILE_PRIV_H
#define REEL_BASE_FILE_PRIV_H

#include "reel/err.h"

/* "PATH: cannot VERB: reason; what to do". E_STORE, or E_NOMEM for ENOMEM. */
reel_code reel__file_fail(reel_err *err, const char *verb, const char *path, int error);

#endif
