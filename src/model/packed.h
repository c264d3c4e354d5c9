/* model/packed.h - a ratings matrix in few bytes, kept inside a model and its file.
 * Columns are 16-bit where they fit; values are bytes counting half stars where all are whole
 * numbers of them (every MovieLens generation). MovieLens 1M takes 3 bytes a rating so, not 8.
 * Inside, values are counted in `unit`: what functions take and give is value / unit.
 * Layer: model. Threads: immutable once made.
 */
#ifndef REEL_MODEL_PACKED_H
#define REEL_MODEL_PACKED_H

#include <stdbool.h>

#include "base/tensors.h"
#include "reel/csr.h"

typedef struct reel_packed {
    reel_index rows, cols;
    bool wide, real;     /* columns are int32_t, not uint16_t; values are float, not uint8_t */
    bool owned;          /* made by reel__packed_make, not mapped from a file */
    const reel_nnz *ptr; /* [rows + 1] */
    const void *col;     /* [ptr[rows]] ascending inside a row */
    const void *val;     /* [ptr[rows]] */
} reel_packed;

/* Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__packed_make(reel_packed *out, reel_csr_view matrix, reel_err *err);
void reel__packed_fini(reel_packed *matrix);

/* The rating that a value of 1 stands for: 0.5, or 1 when values are real. */
float reel__packed_unit(const reel_packed *matrix);

/* y[col] += a x value over a row. y [cols] */
void reel__packed_scatter(const reel_packed *matrix, reel_index row, float a, float *y);
/* Sum of x[col] x value over a row, in double and in a fixed order. x [cols] */
double reel__packed_dot(const reel_packed *matrix, reel_index row, const float *x);
/* Euclidean length of a row. */
double reel__packed_norm(const reel_packed *matrix, reel_index row);
/* Columns and values of a row, unpacked. col and val [ptr[row + 1] - ptr[row]]; how many. */
reel_index reel__packed_row(const reel_packed *matrix, reel_index row, reel_index *col, float *val);
/* The entries of a row whose column has a place: their places and values, in order; how many. place
 * [cols], negative = has none; place_out and val_out have room for one entry more than there are.
 */
reel_index reel__packed_select(const reel_packed *matrix, reel_index row, const reel_index *place,
                               reel_index *place_out, float *val_out);

/* Under name "ptr", "col" and "val", after `name` and a dot. */
REEL_MUST_USE reel_code reel__packed_save(const reel_packed *matrix, const char *name,
                                          reel_tensors_writer *writer, reel_err *err);
/* Every index is checked once. Errors: E_FORMAT naming the row. */
REEL_MUST_USE reel_code reel__packed_load(reel_packed *out, reel_index rows, reel_index cols,
                                          const reel_tensors *tensors, const char *prefix,
                                          const char *name, reel_err *err);

#endif
