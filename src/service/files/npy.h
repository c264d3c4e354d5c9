/* service/files/npy.h - NumPy's .npy arrays and .npz archives (stored, not compressed),
 * version 1.0. Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_NPY_H
#define REEL_SERVICE_NPY_H

#include "base/buf.h"
#include "base/file.h"

typedef struct reel_npy_shape {
    const char *descr; /* "<f4", "<i4", "<i8", "|S3" */
    int dims;          /* 0 .. 2 */
    int64_t size[2];
} reel_npy_shape;

/* The bytes before the data of an array in row-major order. */
void reel__npy_header(reel_buf *out, reel_npy_shape shape);

typedef struct reel_npz {
    reel_file_writer *file;
    reel_buf directory; /* what ends the archive */
    uint64_t offset;
    int entries;
} reel_npz;
REEL_MUST_USE reel_code reel__npz_open(reel_npz *out, const char *path, reel_err *err);
/* An array under name (without ".npy"). Errors: E_TOOLARGE (over 4 GiB in all). */
REEL_MUST_USE reel_code reel__npz_add(reel_npz *npz, const char *name, reel_npy_shape shape,
                                      const void *data, size_t size_bytes, reel_err *err);
REEL_MUST_USE reel_code reel__npz_commit(reel_npz *npz, reel_err *err);
void reel__npz_abort(reel_npz *npz); /* a zeroed or committed one is fine */

#endif
