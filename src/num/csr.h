/* num/csr.h - owned sparse matrices and what is done with them.
 * Layer: num. Threads: threads = 0 means all cores; results never depend on it.
 */
#ifndef REEL_NUM_CSR_H
#define REEL_NUM_CSR_H

#include "reel/csr.h"
#include "reel/err.h"

typedef struct reel_csr {
    reel_index rows, cols;
    reel_nnz *ptr;
    reel_index *col;
    float *val;
} reel_csr;

REEL_MUST_USE reel_code reel__csr_init(reel_csr *out, reel_index rows, reel_index cols,
                                       reel_nnz nnz, reel_err *err);
void reel__csr_fini(reel_csr *matrix);
reel_csr_view reel__csr_view(const reel_csr *matrix);
REEL_MUST_USE reel_code reel__csr_transpose(reel_csr *out, reel_csr_view matrix, reel_err *err);
/* Euclidean length of each row. out [rows] */
void reel__csr_row_norms(reel_csr_view matrix, float *out);
/* Divide each row by its length; empty rows stay empty. val may be matrix.val. */
void reel__csr_normalise_rows(reel_csr_view matrix, float *val);
/* Check what a view promises: monotone ptr, increasing columns in range, finite values.
 * Errors: E_FORMAT naming the row. For data from files: col and val must hold ptr[rows] entries,
 * which the caller has compared with the bytes present. */
REEL_MUST_USE reel_code reel__csr_check(reel_csr_view matrix, reel_err *err);

#endif
