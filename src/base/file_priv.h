/* base/file_priv.h - what the files about files share.
 * Layer: base, inside only.
 */
#ifndef REEL_BASE_FILE_PRIV_H
#define REEL_BASE_FILE_PRIV_H

#include "reel/err.h"

/* "PATH: cannot VERB: reason; what to do". E_STORE, or E_NOMEM for ENOMEM. */
reel_code reel__file_fail(reel_err *err, const char *verb, const char *path, int error);
/* fsync, where files are to last (reel__file_set_lasting). */
int reel__file_sync(int fd);
/* Names in it are safe on disk. */
reel_code reel__file_sync_folder(const char *folder, reel_err *err);

#endif
