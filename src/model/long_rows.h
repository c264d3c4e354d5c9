/* model/long_rows.h - the long rows of a packed matrix once more, with all columns side by side, so
 * that adding one to a vector looks no column up. They are bytes, no more than eight for each
 * entry of the matrix; values that are no bytes have none.
 * Layer: model. Threads: immutable once made.
 */
#ifndef REEL_MODEL_LONG_ROWS_H
#define REEL_MODEL_LONG_ROWS_H

#include "model/packed.h"

typedef struct reel_long_rows {
    const reel_packed *matrix; /* borrowed */
    size_t stride;             /* from one to the next */
    int32_t *place;            /* [rows] which of them a row is; negative: it is not long */
    uint8_t *values;           /* [long rows x stride], 0 where the matrix has no entry */
} reel_long_rows;

/* Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__long_rows_make(reel_long_rows *out, const reel_packed *matrix,
                                             reel_err *err);
void reel__long_rows_fini(reel_long_rows *rows);

/* [cols] the values of a row, or NULL where it is not long. */
static inline const uint8_t *reel__long_row(const reel_long_rows *rows, reel_index row)
{
    return rows->place[row] < 0 ? NULL : rows->values + (size_t)rows->place[row] * rows->stride;
}

/* y += sum_k a_k row_k, in this order for each column: what reel__packed_scatter of one after the
 * other gives. row and a [count], y [cols] */
void reel__long_rows_add(const reel_long_rows *rows, const reel_index *row, const float *a,
                         size_t count, float *y);

#endif
