/* base/tensors_priv.h - what the writer and the reader of tensor files share.
 * Layer: base, inside only.
 */
#ifndef REEL_BASE_TENSORS_PRIV_H
#define REEL_BASE_TENSORS_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include "base/tensors.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensor files are little-endian and used as they lie in memory"
#endif

enum {
    TENSORS_ALIGNMENT = 64,
    TENSORS_LENGTH_BYTES = 8,          /* the header's length comes first */
    TENSORS_HEADER_MOST = 16 * 1048576 /* bytes */
};

#define TENSORS_METADATA "__metadata__"
#define TENSORS_CHECKSUM "checksum"
#define TENSORS_PADDING  "__pad" /* and a number: fills up to the next boundary */

typedef struct reel_dtype_row {
    const char *name; /* as safetensors writes it */
    int64_t size_bytes;
} reel_dtype_row;

enum { TENSORS_SUM_TEXT = 17 }; /* a checksum as text, with its NUL */

enum { TENSORS_DTYPES = 8 };
extern const reel_dtype_row reel__tensors_dtypes[TENSORS_DTYPES]; /* by reel_dtype */

#endif
