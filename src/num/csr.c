/* csr.c - owned sparse matrices. */
#include "num/csr.h"

#include <math.h>
#include <stddef.h>

#include "base/alloc.h"

reel_code reel__csr_init(reel_csr *out, reel_index rows, reel_index cols, reel_nnz nnz,
                         reel_err *err)
{
    *out = (reel_csr){.rows = rows, .cols = cols};
    if (rows < 0 || cols < 0 || nnz < 0)
        return reel_fail(err, REEL_E_INVALID, "impossible matrix: %d x %d with %lld entries", rows,
                         cols, (long long)nnz);
    out->ptr = reel__alloc_zero((size_t)rows + 1, sizeof *out->ptr);
    out->col = reel__alloc_array((size_t)nnz, sizeof *out->col);
    out->val = reel__alloc_array((size_t)nnz, sizeof *out->val);
    if (out->ptr != NULL && out->col != NULL && out->val != NULL)
        return REEL_OK;
    reel__csr_fini(out);
    return reel_fail(err, REEL_E_NOMEM, "out of memory for a matrix of %d x %d with %lld entries",
                     rows, cols, (long long)nnz);
}

void reel__csr_fini(reel_csr *matrix)
{
    reel__free(matrix->ptr);
    reel__free(matrix->col);
    reel__free(matrix->val);
    *matrix = (reel_csr){0};
}

reel_csr_view reel__csr_view(const reel_csr *matrix)
{
    return (reel_csr_view){.rows = matrix->rows,
                           .cols = matrix->cols,
                           .ptr = matrix->ptr,
                           .col = matrix->col,
                           .val = matrix->val};
}

/* Counting sort by column. Rows are walked in order, so columns of the result increase. While
 * filling, ptr[c + 1] is where the next entry of row c goes; at the end that is where it ends. */
reel_code reel__csr_transpose(reel_csr *out, reel_csr_view matrix, reel_err *err)
{
    const reel_nnz nnz = matrix.ptr[matrix.rows];
    reel_nnz *ptr, before = 0;
    const reel_code rc = reel__csr_init(out, matrix.cols, matrix.rows, nnz, err);

    if (rc != REEL_OK)
        return rc;
    ptr = out->ptr;
    for (reel_nnz i = 0; i < nnz; i++)
        ptr[matrix.col[i] + 1]++;
    for (reel_index c = 0; c < matrix.cols; c++) {
        const reel_nnz length = ptr[c + 1];

        ptr[c + 1] = before;
        before += length;
    }
    for (reel_index r = 0; r < matrix.rows; r++)
        for (reel_nnz i = matrix.ptr[r]; i < matrix.ptr[r + 1]; i++) {
            const reel_nnz to = ptr[matrix.col[i] + 1]++;

            out->col[to] = r;
            out->val[to] = matrix.val[i];
        }
    return REEL_OK;
}

static double row_norm(reel_csr_view matrix, reel_index row)
{
    double sum = 0;

    for (reel_nnz i = matrix.ptr[row]; i < matrix.ptr[row + 1]; i++)
        sum += (double)matrix.val[i] * (double)matrix.val[i];
    return sqrt(sum);
}

void reel__csr_row_norms(reel_csr_view matrix, float *out)
{
    for (reel_index r = 0; r < matrix.rows; r++)
        out[r] = (float)row_norm(matrix, r);
}

void reel__csr_normalise_rows(reel_csr_view matrix, float *val)
{
    for (reel_index r = 0; r < matrix.rows; r++) {
        const double norm = row_norm(matrix, r);

        for (reel_nnz i = matrix.ptr[r]; i < matrix.ptr[r + 1]; i++)
            val[i] = norm > 0 ? (float)((double)matrix.val[i] / norm) : 0.0F;
    }
}

static reel_code check_row(reel_csr_view matrix, reel_index row, reel_err *err)
{
    reel_index last = -1;

    for (reel_nnz i = matrix.ptr[row]; i < matrix.ptr[row + 1]; i++) {
        if (matrix.col[i] <= last || matrix.col[i] >= matrix.cols)
            return reel_fail(err, REEL_E_FORMAT,
                             "row %d: column %d after column %d in a matrix of %d columns", row,
                             matrix.col[i], last, matrix.cols);
        if (!isfinite(matrix.val[i]))
            return reel_fail(err, REEL_E_FORMAT, "row %d: the value in column %d is not finite",
                             row, matrix.col[i]);
        last = matrix.col[i];
    }
    return REEL_OK;
}

reel_code reel__csr_check(reel_csr_view matrix, reel_err *err)
{
    if (matrix.rows < 0 || matrix.cols < 0 || matrix.ptr[0] != 0)
        return reel_fail(err, REEL_E_FORMAT, "row 0: a matrix of %d x %d starts at entry %lld",
                         matrix.rows, matrix.cols, (long long)matrix.ptr[0]);
    /* All of ptr first: only then is every entry known to lie before ptr[rows]. */
    for (reel_index r = 0; r < matrix.rows; r++)
        if (matrix.ptr[r + 1] < matrix.ptr[r])
            return reel_fail(err, REEL_E_FORMAT, "row %d: it ends before it starts", r);
    for (reel_index r = 0; r < matrix.rows; r++) {
        const reel_code rc = check_row(matrix, r, err);

        if (rc != REEL_OK)
            return rc;
    }
    return REEL_OK;
}
