/* export.c - matrices for notebooks. A row is made, written and forgotten: no matrix of all pairs
 * is ever in memory. Dense .npy holds every value, sparse .npz the ratings or each row's nearest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "num/csr.h"
#include "num/topk.h"
#include "service/engine/state.h"
#include "service/files/load.h"
#include "service/files/npy.h"

enum { NEAREST = 100, HEADER_MOST = 1 << 10 };

typedef struct exporting exporting;
/* Fill row [cols]. */
typedef reel_code row_fn(exporting *e, reel_index index, float *row, reel_err *err);

struct exporting {
    const reel_engine *engine;
    row_fn *make;
    reel_index rows, cols;
    const int64_t *row_ids, *col_ids;
    float *row;   /* [cols] */
    float *norms; /* user-similarity: [people] */
    reel_scratch *scratch;
};

/* ---- rows ---------------------------------------------------------------------------------- */

static reel_code make_ratings(exporting *e, reel_index index, float *row, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(e->engine->dataset);

    (void)err;
    memset(row, 0, (size_t)e->cols * sizeof *row);
    for (reel_nnz i = ratings.ptr[index]; i < ratings.ptr[index + 1]; i++)
        row[ratings.col[i]] = ratings.val[i];
    return REEL_OK;
}

/* Cosines of one person's ratings with everybody's. */
static reel_code make_people(exporting *e, reel_index index, float *row, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(e->engine->dataset);
    const reel_csr_view raters = reel_dataset_raters(e->engine->dataset);

    (void)err;
    memset(row, 0, (size_t)e->cols * sizeof *row);
    for (reel_nnz i = ratings.ptr[index]; i < ratings.ptr[index + 1]; i++) {
        const reel_index movie = ratings.col[i];
        const float own = ratings.val[i] / e->norms[index];

        for (reel_nnz j = raters.ptr[movie]; j < raters.ptr[movie + 1]; j++)
            row[raters.col[j]] += own * raters.val[j];
    }
    for (reel_index i = 0; i < e->cols; i++)
        row[i] = e->norms[i] > 0 ? row[i] / e->norms[i] : 0;
    return REEL_OK;
}

/* Cosines of one film's text with every film's: what the content model answers to that film. */
static reel_code make_films(exporting *e, reel_index index, float *row, reel_err *err)
{
    const reel_entry entry = {.movie = index, .value = (float)e->engine->scale.max, .weight = 1};
    const reel_query query = {.entries = &entry, .count = 1, .row = -1};

    return reel_model_score(e->engine->models[MODEL_CONTENT], &query, e->scratch, row, err);
}

/* ---- dense --------------------------------------------------------------------------------- */

static reel_code write_dense(exporting *e, const char *output, reel_err *err)
{
    const reel_npy_shape shape = {.descr = "<f4", .dims = 2, .size = {e->rows, e->cols}};
    reel_file_writer *file = NULL, *done;
    reel_buf header;
    reel_code rc = REEL_OK;

    reel__buf_init(&header, HEADER_MOST);
    reel__npy_header(&header, shape);
    REEL_TRY(reel__buf_check(&header, err));
    REEL_TRY(reel__file_writer_open(&file, output, err));
    REEL_TRY(reel__file_writer_write(file, header.data, header.length, err));
    for (reel_index i = 0; i < e->rows; i++) {
        REEL_TRY(e->make(e, i, e->row, err));
        REEL_TRY(reel__file_writer_write(file, e->row, (size_t)e->cols * sizeof *e->row, err));
    }
    done = file;
    file = NULL;
    REEL_TRY(reel__file_writer_commit(done, err));
out:
    reel__file_writer_abort(file);
    reel__buf_fini(&header);
    return rc;
}

/* ---- sparse -------------------------------------------------------------------------------- */

/* Under the keys scipy.sparse.save_npz uses; the ids of rows and columns lie beside them. */
static reel_code write_csr(const exporting *e, const char *output, reel_csr_view matrix,
                           reel_err *err)
{
    const reel_nnz count = matrix.ptr[matrix.rows];
    const int64_t shape[2] = {matrix.rows, matrix.cols};
    int32_t *ptr = reel__alloc_array((size_t)matrix.rows + 1, sizeof *ptr);
    reel_npz npz = {0};
    reel_code rc = REEL_OK;

    if (ptr == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to write %s", output);
    if (count > INT32_MAX)
        REEL_TRY(reel_fail(err, REEL_E_TOOLARGE, "%s: %lld values are too many for one archive",
                           output, (long long)count));
    for (reel_index i = 0; i <= matrix.rows; i++)
        ptr[i] = (int32_t)matrix.ptr[i];
    REEL_TRY(reel__npz_open(&npz, output, err));
    REEL_TRY(reel__npz_add(&npz, "indices", (reel_npy_shape){"<i4", 1, {count, 0}}, matrix.col,
                           (size_t)count * sizeof *matrix.col, err));
    REEL_TRY(reel__npz_add(&npz, "indptr",
                           (reel_npy_shape){"<i4", 1, {(int64_t)matrix.rows + 1, 0}}, ptr,
                           ((size_t)matrix.rows + 1) * sizeof *ptr, err));
    REEL_TRY(reel__npz_add(&npz, "format", (reel_npy_shape){"|S3", 0, {0, 0}}, "csr", 3, err));
    REEL_TRY(
        reel__npz_add(&npz, "shape", (reel_npy_shape){"<i8", 1, {2, 0}}, shape, sizeof shape, err));
    REEL_TRY(reel__npz_add(&npz, "data", (reel_npy_shape){"<f4", 1, {count, 0}}, matrix.val,
                           (size_t)count * sizeof *matrix.val, err));
    REEL_TRY(reel__npz_add(&npz, "row_ids", (reel_npy_shape){"<i8", 1, {matrix.rows, 0}},
                           e->row_ids, (size_t)matrix.rows * sizeof *e->row_ids, err));
    REEL_TRY(reel__npz_add(&npz, "col_ids", (reel_npy_shape){"<i8", 1, {matrix.cols, 0}},
                           e->col_ids, (size_t)matrix.cols * sizeof *e->col_ids, err));
    REEL_TRY(reel__npz_commit(&npz, err));
out:
    reel__npz_abort(&npz);
    reel__free(ptr);
    return rc;
}

static int by_index(const void *a, const void *b)
{
    const reel_index left = ((const reel_scored *)a)->index;
    const reel_index right = ((const reel_scored *)b)->index;

    return (left > right) - (left < right);
}

/* The nearest of a row, itself left out, by ascending column. */
static void keep_nearest(const exporting *e, reel_index index, uint64_t *skip, reel_csr *out)
{
    reel_scored nearest[NEAREST];
    reel_nnz at = out->ptr[index];
    size_t count;

    reel__bit_set(skip, index);
    count = reel__topk(e->row, e->cols, skip, NEAREST, nearest);
    skip[index >> 6] = 0;
    while (count > 0 && !(nearest[count - 1].score > 0))
        count--;
    qsort(nearest, count, sizeof *nearest, by_index);
    for (size_t i = 0; i < count; i++, at++) {
        out->col[at] = nearest[i].index;
        out->val[at] = nearest[i].score;
    }
    out->ptr[index + 1] = at;
}

static reel_code write_nearest(exporting *e, const char *output, reel_err *err)
{
    const reel_index most = e->cols < NEAREST ? e->cols : NEAREST;
    uint64_t *skip = reel__alloc_zero(((size_t)e->cols + 63) / 64, sizeof *skip);
    reel_csr nearest = {0};
    reel_code rc = REEL_OK;

    if (skip == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to write %s", output);
    REEL_TRY(reel__csr_init(&nearest, e->rows, e->cols, (reel_nnz)e->rows * most, err));
    nearest.ptr[0] = 0;
    for (reel_index i = 0; i < e->rows; i++) {
        REEL_TRY(e->make(e, i, e->row, err));
        keep_nearest(e, i, skip, &nearest);
    }
    REEL_TRY(write_csr(e, output, reel__csr_view(&nearest), err));
out:
    reel__csr_fini(&nearest);
    reel__free(skip);
    return rc;
}

/* ---- the door ------------------------------------------------------------------------------ */

static reel_code set_up(exporting *e, const char *what, reel_err *err)
{
    const reel_dataset *dataset = e->engine->dataset;
    const reel_index people = reel_dataset_people(dataset), movies = reel_dataset_movies(dataset);
    const bool by_film = strcmp(what, "content-similarity") == 0;
    reel_code rc = REEL_OK;

    e->rows = by_film ? movies : people;
    e->cols = strcmp(what, "user-similarity") == 0 ? people : movies;
    e->row_ids = by_film ? reel_dataset_movie_ids(dataset) : reel_dataset_person_ids(dataset);
    e->col_ids = reel_dataset_movie_ids(dataset);
    e->row = reel__alloc_aligned((size_t)e->cols, sizeof *e->row);
    if (e->row == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to export %s", what);
    if (strcmp(what, "user-item") == 0) {
        e->make = make_ratings;
    } else if (strcmp(what, "user-similarity") == 0) {
        e->col_ids = e->row_ids;
        e->make = make_people;
        e->norms = reel__alloc_array((size_t)people, sizeof *e->norms);
        if (e->norms == NULL)
            return reel_fail(err, REEL_E_NOMEM, "out of memory to export %s", what);
        reel__csr_row_norms(reel_dataset_ratings(dataset), e->norms);
    } else if (by_film) {
        e->make = make_films;
        REEL_TRY(reel_scratch_new(&e->scratch, err));
        if (e->engine->models[MODEL_CONTENT] == NULL)
            rc = reel_fail(err, REEL_E_NOTFOUND, "the content model is not loaded");
    } else {
        rc = reel_fail(err, REEL_E_INVALID,
                       "\"%s\" cannot be exported; there are user-item, user-similarity and "
                       "content-similarity",
                       what);
    }
out:
    return rc;
}

static bool ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), own = strlen(ending);

    return length > own && strcmp(text + length - own, ending) == 0;
}

reel_code reel__export_matrix(const reel_engine *engine, const char *what, const char *output,
                              reel_err *err)
{
    exporting e = {.engine = engine};
    reel_code rc = REEL_OK;

    if (!ends_with(output, ".npy") && !ends_with(output, ".npz"))
        return reel_fail(err, REEL_E_INVALID,
                         "%s: the name must end in .npy (dense) or .npz (sparse)", output);
    REEL_TRY(set_up(&e, what, err));
    if (ends_with(output, ".npy"))
        REEL_TRY(write_dense(&e, output, err));
    else if (e.make == make_ratings)
        REEL_TRY(write_csr(&e, output, reel_dataset_ratings(engine->dataset), err));
    else
        REEL_TRY(write_nearest(&e, output, err));
out:
    reel_scratch_free(e.scratch);
    reel__free(e.norms);
    reel__free(e.row);
    return rc;
}
