/* packed.c - packing a ratings matrix, and the loops over its rows.
 * The loops exist once for each pair of column and value type, made by one macro and picked by a
 * table. Sums run over LANES partial sums in a fixed order, so that they are the same on every CPU;
 * products are made several at a time before any of them is used, so that they can be vectors.
 */
#include "model/packed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/vtable.h"
#include "num/kernels.h"

enum { NARROW_COLUMNS = 65536, HALF_STARS_MAX = 255, NAME_SIZE = 64 };
enum { LANES = 8, BLOCK = 256 };

/* ---- loops --------------------------------------------------------------------------------- */

typedef struct loops {
    void (*scatter)(const void *col, const void *val, reel_nnz n, float a, float *y);
    double (*dot)(const void *col, const void *val, reel_nnz n, const float *x);
    void (*unpack)(const void *col, const void *val, reel_nnz n, reel_index *col_out,
                   float *val_out);
    reel_index (*select)(const void *col, const void *val, reel_nnz n, const reel_index *place,
                         reel_index *place_out, float *val_out);
} loops;

#define PACKED_LOOPS(tag, column, value)                                                           \
    REEL_KERNEL static void scatter_##tag(const void *col, const void *val, reel_nnz n, float a,   \
                                          float *y)                                                \
    {                                                                                              \
        const column *c = col;                                                                     \
        const value *v = val;                                                                      \
        float part[LANES];                                                                         \
        reel_nnz k = 0;                                                                            \
                                                                                                   \
        for (; k + LANES <= n; k += LANES) {                                                       \
            for (int lane = 0; lane < LANES; lane++)                                               \
                part[lane] = a * (float)v[k + lane];                                               \
            for (int lane = 0; lane < LANES; lane++)                                               \
                y[c[k + lane]] += part[lane];                                                      \
        }                                                                                          \
        for (; k < n; k++)                                                                         \
            y[c[k]] += a * (float)v[k];                                                            \
    }                                                                                              \
    REEL_KERNEL static double dot_##tag(const void *col, const void *val, reel_nnz n,              \
                                        const float *x)                                            \
    {                                                                                              \
        const column *c = col;                                                                     \
        const value *v = val;                                                                      \
        double s[LANES] = {0};                                                                     \
        float block[BLOCK];                                                                        \
                                                                                                   \
        for (reel_nnz from = 0; from < n; from += BLOCK) {                                         \
            const int m = n - from < BLOCK ? (int)(n - from) : BLOCK;                              \
            int k = 0;                                                                             \
                                                                                                   \
            for (; k < m; k++)                                                                     \
                block[k] = x[c[from + k]] * (float)v[from + k];                                    \
            for (; k % LANES != 0; k++)                                                            \
                block[k] = 0;                                                                      \
            for (int at = 0; at < k; at += LANES)                                                  \
                for (int lane = 0; lane < LANES; lane++)                                           \
                    s[lane] += (double)block[at + lane];                                           \
        }                                                                                          \
        return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));                  \
    }                                                                                              \
    static void unpack_##tag(const void *col, const void *val, reel_nnz n, reel_index *col_out,    \
                             float *val_out)                                                       \
    {                                                                                              \
        const column *c = col;                                                                     \
        const value *v = val;                                                                      \
                                                                                                   \
        for (reel_nnz k = 0; k < n; k++) {                                                         \
            col_out[k] = c[k];                                                                     \
            val_out[k] = (float)v[k];                                                              \
        }                                                                                          \
    }                                                                                              \
    static reel_index select_##tag(const void *col, const void *val, reel_nnz n,                   \
                                   const reel_index *place, reel_index *place_out, float *val_out) \
    {                                                                                              \
        const column *c = col;                                                                     \
        const value *v = val;                                                                      \
        reel_index count = 0;                                                                      \
                                                                                                   \
        for (reel_nnz k = 0; k < n; k++) {                                                         \
            place_out[count] = place[c[k]];                                                        \
            val_out[count] = (float)v[k];                                                          \
            count += place[c[k]] >= 0;                                                             \
        }                                                                                          \
        return count;                                                                              \
    }

PACKED_LOOPS(narrow_half, uint16_t, uint8_t)
PACKED_LOOPS(narrow_real, uint16_t, float)
PACKED_LOOPS(wide_half, int32_t, uint8_t)
PACKED_LOOPS(wide_real, int32_t, float)

static const loops loop_table[2][2] = {
    {{scatter_narrow_half, dot_narrow_half, unpack_narrow_half, select_narrow_half},
     {scatter_narrow_real, dot_narrow_real, unpack_narrow_real, select_narrow_real}},
    {{scatter_wide_half, dot_wide_half, unpack_wide_half, select_wide_half},
     {scatter_wide_real, dot_wide_real, unpack_wide_real, select_wide_real}},
};

static size_t column_size(const reel_packed *matrix)
{
    return matrix->wide ? sizeof(int32_t) : sizeof(uint16_t);
}

static size_t value_size(const reel_packed *matrix)
{
    return matrix->real ? sizeof(float) : sizeof(uint8_t);
}

typedef struct row_view {
    const loops *loops;
    const void *col, *val;
    reel_nnz count;
} row_view;

static row_view row_of(const reel_packed *matrix, reel_index row)
{
    const reel_nnz at = matrix->ptr[row];

    return (row_view){
        .loops = &loop_table[matrix->wide][matrix->real],
        .col = (const char *)matrix->col + (size_t)at * column_size(matrix),
        .val = (const char *)matrix->val + (size_t)at * value_size(matrix),
        .count = matrix->ptr[row + 1] - at,
    };
}

float reel__packed_unit(const reel_packed *matrix)
{
    return matrix->real ? 1.0F : 0.5F;
}

void reel__packed_scatter(const reel_packed *matrix, reel_index row, float a, float *y)
{
    const row_view r = row_of(matrix, row);

    r.loops->scatter(r.col, r.val, r.count, a, y);
}

double reel__packed_dot(const reel_packed *matrix, reel_index row, const float *x)
{
    const row_view r = row_of(matrix, row);

    return r.loops->dot(r.col, r.val, r.count, x);
}

reel_index reel__packed_row(const reel_packed *matrix, reel_index row, reel_index *col, float *val)
{
    const row_view r = row_of(matrix, row);

    r.loops->unpack(r.col, r.val, r.count, col, val);
    return (reel_index)r.count;
}

reel_index reel__packed_select(const reel_packed *matrix, reel_index row, const reel_index *place,
                               reel_index *place_out, float *val_out)
{
    const row_view r = row_of(matrix, row);

    return r.loops->select(r.col, r.val, r.count, place, place_out, val_out);
}

double reel__packed_norm(const reel_packed *matrix, reel_index row)
{
    const row_view r = row_of(matrix, row);
    const float *real = r.val;
    const uint8_t *half = r.val;
    double sum = 0;

    for (reel_nnz k = 0; k < r.count; k++) {
        const double v = matrix->real ? (double)real[k] : (double)half[k];

        sum += v * v;
    }
    return sqrt(sum);
}

/* ---- making -------------------------------------------------------------------------------- */

static bool whole_half_stars(reel_csr_view matrix)
{
    const reel_nnz nnz = matrix.ptr[matrix.rows];

    for (reel_nnz k = 0; k < nnz; k++) {
        const float halves = matrix.val[k] * 2;

        if (!(halves >= 0 && halves <= HALF_STARS_MAX && halves == (float)(int)halves))
            return false;
    }
    return true;
}

static void pack(reel_packed *out, reel_csr_view matrix, void *col, void *val)
{
    const reel_nnz nnz = matrix.ptr[matrix.rows];
    uint16_t *narrow = col;
    uint8_t *half = val;

    if (out->wide)
        memcpy(col, matrix.col, (size_t)nnz * sizeof(int32_t));
    else
        for (reel_nnz k = 0; k < nnz; k++)
            narrow[k] = (uint16_t)matrix.col[k];
    if (out->real)
        memcpy(val, matrix.val, (size_t)nnz * sizeof(float));
    else
        for (reel_nnz k = 0; k < nnz; k++)
            half[k] = (uint8_t)(matrix.val[k] * 2);
}

reel_code reel__packed_make(reel_packed *out, reel_csr_view matrix, reel_err *err)
{
    const size_t nnz = (size_t)matrix.ptr[matrix.rows];
    const size_t pointers = (size_t)matrix.rows + 1;
    reel_nnz *ptr;
    void *col, *val;

    *out = (reel_packed){.rows = matrix.rows, .cols = matrix.cols, .owned = true};
    out->wide = matrix.cols > NARROW_COLUMNS;
    out->real = !whole_half_stars(matrix);
    ptr = reel__alloc_array(pointers, sizeof *ptr);
    col = reel__alloc_array(nnz, column_size(out));
    val = reel__alloc_array(nnz, value_size(out));
    out->ptr = ptr;
    out->col = col;
    out->val = val;
    if (ptr == NULL || col == NULL || val == NULL) {
        reel__packed_fini(out);
        return reel_fail(err, REEL_E_NOMEM, "no memory for a copy of %zu ratings", nnz);
    }
    memcpy(ptr, matrix.ptr, pointers * sizeof *ptr);
    pack(out, matrix, col, val);
    return REEL_OK;
}

void reel__packed_fini(reel_packed *matrix)
{
    if (matrix->owned) {
        reel__free((void *)(uintptr_t)matrix->ptr);
        reel__free((void *)(uintptr_t)matrix->col);
        reel__free((void *)(uintptr_t)matrix->val);
    }
    *matrix = (reel_packed){0};
}

/* ---- files --------------------------------------------------------------------------------- */

static const char *part_name(char out[NAME_SIZE], const char *name, const char *part)
{
    (void)snprintf(out, NAME_SIZE, "%s.%s", name, part);
    return out;
}

reel_code reel__packed_save(const reel_packed *matrix, const char *name,
                            reel_tensors_writer *writer, reel_err *err)
{
    const reel_nnz nnz = matrix->ptr[matrix->rows];
    reel_code rc = REEL_OK;
    char part[NAME_SIZE];

    REEL_TRY(reel__tensors_meta(writer, part_name(part, name, "values"),
                                matrix->real ? "real" : "half-stars", err));
    REEL_TRY(reel__tensors_add(writer, part_name(part, name, "ptr"), REEL_I64, matrix->ptr,
                               (int64_t)matrix->rows + 1, err));
    REEL_TRY(reel__tensors_add(writer, part_name(part, name, "col"),
                               matrix->wide ? REEL_I32 : REEL_U16, matrix->col, nnz, err));
    REEL_TRY(reel__tensors_add(writer, part_name(part, name, "val"),
                               matrix->real ? REEL_F32 : REEL_U8, matrix->val, nnz, err));
out:
    return rc;
}

/* Columns of one row ascend and stay in range; values are finite. */
static bool row_is_sound(const reel_packed *matrix, reel_index row)
{
    const int32_t *wide = matrix->col;
    const uint16_t *narrow = matrix->col;
    const float *real = matrix->val;
    int32_t before = -1;

    for (reel_nnz k = matrix->ptr[row]; k < matrix->ptr[row + 1]; k++) {
        const int32_t col = matrix->wide ? wide[k] : (int32_t)narrow[k];

        if (col <= before || col >= matrix->cols ||
            (matrix->real && !(fabsf(real[k]) <= REEL_VALUE_MAX)))
            return false;
        before = col;
    }
    return true;
}

static reel_code check(const reel_packed *matrix, const int64_t counts[3],
                       const reel_tensors *tensors, const char *name, reel_err *err)
{
    const char *path = reel__tensors_path(tensors);

    if (counts[0] != (int64_t)matrix->rows + 1 || counts[1] != counts[2])
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: \"%s\" has parts of sizes that do not fit: %lld, %lld, %lld", path,
                         name, (long long)counts[0], (long long)counts[1], (long long)counts[2]);
    if (matrix->ptr[0] != 0 || matrix->ptr[matrix->rows] != counts[1])
        return reel_fail(err, REEL_E_FORMAT, "%s: \"%s.ptr\" does not cover its entries", path,
                         name);
    for (reel_index row = 0; row < matrix->rows; row++)
        if (matrix->ptr[row] > matrix->ptr[row + 1] || matrix->ptr[row + 1] > counts[1])
            return reel_fail(err, REEL_E_FORMAT, "%s: \"%s.ptr\" falls at row %d", path, name,
                             (int)row);
    for (reel_index row = 0; row < matrix->rows; row++)
        if (!row_is_sound(matrix, row))
            return reel_fail(err, REEL_E_FORMAT, "%s: row %d of \"%s\" is damaged", path, (int)row,
                             name);
    return REEL_OK;
}

reel_code reel__packed_load(reel_packed *out, reel_index rows, reel_index cols,
                            const reel_tensors *tensors, const char *prefix, const char *name,
                            reel_err *err)
{
    reel_code rc = REEL_OK;
    char part[NAME_SIZE];
    const char *values = reel__tensors_get_meta(tensors, prefix, part_name(part, name, "values"));
    const void *ptr = NULL;
    int64_t counts[3] = {0, 0, 0};

    *out = (reel_packed){.rows = rows, .cols = cols};
    out->wide = cols > NARROW_COLUMNS;
    if (values == NULL || (strcmp(values, "real") != 0 && strcmp(values, "half-stars") != 0))
        return reel_fail(err, REEL_E_FORMAT, "%s: the header has no \"%s\"",
                         reel__tensors_path(tensors), part);
    out->real = strcmp(values, "real") == 0;
    REEL_TRY(reel__tensors_get(tensors, prefix, part_name(part, name, "ptr"), REEL_I64, &ptr,
                               &counts[0], err));
    out->ptr = ptr;
    REEL_TRY(reel__tensors_get(tensors, prefix, part_name(part, name, "col"),
                               out->wide ? REEL_I32 : REEL_U16, &out->col, &counts[1], err));
    REEL_TRY(reel__tensors_get(tensors, prefix, part_name(part, name, "val"),
                               out->real ? REEL_F32 : REEL_U8, &out->val, &counts[2], err));
    REEL_TRY(check(out, counts, tensors, name, err));
out:
    return rc;
}
