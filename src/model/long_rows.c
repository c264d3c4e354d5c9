/* long_rows.c - see long_rows.h. A row of one entry in sixteen columns takes as long to add either
 * way, out of L1; but there are more bytes of it, and from one in eight on it is shorter in all.
 */
#include "model/long_rows.h"

#include "base/alloc.h"
#include "num/kernels.h"

enum { LONG = 8, LINE = 64, TOGETHER = 4 };

static bool is_long(const reel_packed *matrix, reel_index row)
{
    const reel_nnz count = matrix->ptr[row + 1] - matrix->ptr[row];

    return !matrix->real && count > 0 && count * LONG >= matrix->cols;
}

static void fill(const reel_packed *matrix, reel_index row, uint8_t *out)
{
    const uint16_t *narrow = matrix->col;
    const int32_t *wide = matrix->col;
    const uint8_t *value = matrix->val;

    for (reel_nnz k = matrix->ptr[row]; k < matrix->ptr[row + 1]; k++)
        out[matrix->wide ? wide[k] : (int32_t)narrow[k]] = value[k];
}

reel_code reel__long_rows_make(reel_long_rows *out, const reel_packed *matrix, reel_err *err)
{
    int32_t count = 0;

    *out = (reel_long_rows){.matrix = matrix,
                            .stride = ((size_t)matrix->cols + LINE - 1) / LINE * LINE};
    out->place = reel__alloc_array((size_t)matrix->rows, sizeof *out->place);
    for (reel_index i = 0; out->place != NULL && i < matrix->rows; i++)
        out->place[i] = is_long(matrix, i) ? count++ : -1;
    out->values = reel__alloc_zero((size_t)count * out->stride + 1, sizeof *out->values);
    if (out->place == NULL || out->values == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d long rows of %d numbers", (int)count,
                         (int)matrix->cols);
    for (reel_index i = 0; i < matrix->rows; i++)
        if (out->place[i] >= 0)
            fill(matrix, i, out->values + (size_t)out->place[i] * out->stride);
    return REEL_OK;
}

void reel__long_rows_fini(reel_long_rows *rows)
{
    reel__free(rows->place);
    reel__free(rows->values);
    *rows = (reel_long_rows){0};
}

/* Some long rows that are yet to be added. */
typedef struct held_rows {
    const uint8_t *row[TOGETHER];
    float a[TOGETHER];
    size_t count;
} held_rows;

REEL_KERNEL static void add_four(const held_rows *held, float *restrict y, size_t n)
{
    const uint8_t *r = held->row[0], *s = held->row[1], *t = held->row[2], *u = held->row[3];
    const float a = held->a[0], b = held->a[1], c = held->a[2], d = held->a[3];

#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = (((y[i] + a * (float)r[i]) + b * (float)s[i]) + c * (float)t[i]) + d * (float)u[i];
}

static void add_held(held_rows *held, float *y, size_t n)
{
    if (held->count == 0)
        return;
    for (size_t k = held->count; k < TOGETHER; k++) {
        held->row[k] = held->row[0];
        held->a[k] = 0;
    }
    add_four(held, y, n);
    held->count = 0;
}

void reel__long_rows_add(const reel_long_rows *rows, const reel_index *row, const float *a,
                         size_t count, float *y)
{
    const size_t n = (size_t)rows->matrix->cols;
    held_rows held = {.count = 0};

    for (size_t k = 0; k < count; k++) {
        const uint8_t *values = reel__long_row(rows, row[k]);

        if (values == NULL || held.count == TOGETHER)
            add_held(&held, y, n);
        if (values == NULL) {
            reel__packed_scatter(rows->matrix, row[k], a[k], y);
            continue;
        }
        held.row[held.count] = values;
        held.a[held.count++] = a[k];
    }
    add_held(&held, y, n);
}
