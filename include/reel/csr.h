/* reel/csr.h - the index types and the sparse-matrix view every room shares.
 * Layer: num. Ownership: a view borrows; whoever made the arrays keeps them alive.
 * Threads: immutable.
 */
#ifndef REEL_CSR_H
#define REEL_CSR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t reel_index; /* row or column number, 0-based; -1 = none */
typedef int64_t reel_nnz;   /* count of entries, or position in them */

/* Compressed sparse rows. */
typedef struct reel_csr_view {
    reel_index rows, cols;
    const reel_nnz *ptr;   /* [rows + 1], ptr[0] == 0, non-decreasing */
    const reel_index *col; /* [ptr[rows]], increasing inside a row */
    const float *val;      /* [ptr[rows]], finite */
} reel_csr_view;

#ifdef __cplusplus
}
#endif
#endif
