/* base/tensors.h - safetensors files: a JSON header and raw little-endian tensors.
 * Every tensor starts on a 64-byte boundary of the file, so mapped data can be used where it lies.
 * Format: docs/model-format.md. Layer: base. Threads: a reader is immutable; a writer is one thread
 * at a time.
 */
#ifndef REEL_BASE_TENSORS_H
#define REEL_BASE_TENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/err.h"

typedef enum reel_dtype {
    REEL_U8,
    REEL_I8,
    REEL_U16,
    REEL_I32,
    REEL_I64,
    REEL_F16, /* as uint16_t: num/half.h */
    REEL_F32,
    REEL_F64
} reel_dtype;
enum { REEL_TENSOR_DIMS = 4 };

/* Collects tensors, then writes them. Data are borrowed until the write. */
typedef struct reel_tensors_writer reel_tensors_writer;
REEL_MUST_USE reel_code reel__tensors_writer_new(reel_tensors_writer **out, reel_err *err);
void reel__tensors_writer_free(reel_tensors_writer *writer);
/* Put before every name and key added from now on ("" or "content/"); copied. */
REEL_MUST_USE reel_code reel__tensors_prefix(reel_tensors_writer *writer, const char *prefix,
                                             reel_err *err);
REEL_MUST_USE reel_code reel__tensors_meta(reel_tensors_writer *writer, const char *key,
                                           const char *value, reel_err *err);
/* A vector of count elements. */
REEL_MUST_USE reel_code reel__tensors_add(reel_tensors_writer *writer, const char *name,
                                          reel_dtype dtype, const void *data, int64_t count,
                                          reel_err *err);
/* rows x cols, row-major. */
REEL_MUST_USE reel_code reel__tensors_add_matrix(reel_tensors_writer *writer, const char *name,
                                                 reel_dtype dtype, const void *data, int64_t rows,
                                                 int64_t cols, reel_err *err);
/* Add "checksum": 16 hexadecimal digits over the tensors added so far, for damage that leaves a
 * file well-formed. Called last, without a prefix. */
REEL_MUST_USE reel_code reel__tensors_checksum(reel_tensors_writer *writer, reel_err *err);
/* Atomic over an existing file (base/file.h). */
REEL_MUST_USE reel_code reel__tensors_write(reel_tensors_writer *writer, const char *path,
                                            reel_err *err);

/* A mapped file, shared by reference count. Header size, offsets, shapes and dtypes are checked
 * against the bytes present when it is opened. */
typedef struct reel_tensors reel_tensors;
/* Errors: E_NOTFOUND, E_FORMAT (says what is wrong), E_STORE, E_NOMEM. */
REEL_MUST_USE reel_code reel__tensors_open(reel_tensors **out, const char *path, reel_err *err);
reel_tensors *reel__tensors_ref(reel_tensors *tensors);
void reel__tensors_free(reel_tensors *tensors);
const char *reel__tensors_path(const reel_tensors *tensors);
/* Read every tensor and compare with "checksum". Errors: E_FORMAT (another one, or none). */
REEL_MUST_USE reel_code reel__tensors_verify(const reel_tensors *tensors, reel_err *err);
/* Metadata of "prefix" + "key", or NULL. */
const char *reel__tensors_get_meta(const reel_tensors *tensors, const char *prefix,
                                   const char *key);
/* Whether there is a tensor "prefix" + "name". */
bool reel__tensors_has(const reel_tensors *tensors, const char *prefix, const char *name);
/* Data and element count of "prefix" + "name". A missing tensor or another dtype is E_FORMAT. */
REEL_MUST_USE reel_code reel__tensors_get(const reel_tensors *tensors, const char *prefix,
                                          const char *name, reel_dtype dtype, const void **data,
                                          int64_t *count, reel_err *err);
/* The same of a matrix; shape gets rows and columns. */
REEL_MUST_USE reel_code reel__tensors_get_matrix(const reel_tensors *tensors, const char *prefix,
                                                 const char *name, reel_dtype dtype,
                                                 const void **data, int64_t shape[2],
                                                 reel_err *err);

#endif
