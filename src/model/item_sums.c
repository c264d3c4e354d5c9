/* item_sums.c - scores, reasons and files of models that keep a sparse matrix films x films; see
 * item_sums.h. A score of all films adds one row for each film of the history; a reason looks one
 * film up in each of those rows.
 */
#include "model/item_sums.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* No weight that was fitted is beyond this; a sum over a history of them stays finite. */
#define WEIGHT_MAX 1e9F

/* ---- making -------------------------------------------------------------------------------- */

void reel__item_sums_take(reel_item_sums *self, reel_csr *matrix)
{
    self->ptr = matrix->ptr;
    self->col = matrix->col;
    self->val = matrix->val;
    *matrix = (reel_csr){0};
}

/* Each list becomes a column; columns are added in order, so they ascend in every row. */
static reel_code gather_columns(reel_csr *out, const reel_scored *lists, const reel_index *counts,
                                reel_index movies, reel_index width, reel_err *err)
{
    reel_nnz nnz = 0, before = 0, *ptr;
    reel_code rc;

    for (reel_index j = 0; j < movies; j++)
        nnz += counts[j];
    rc = reel__csr_init(out, movies, movies, nnz, err);
    if (rc != REEL_OK)
        return rc;
    ptr = out->ptr;
    for (reel_index j = 0; j < movies; j++)
        for (reel_index n = 0; n < counts[j]; n++)
            ptr[lists[(size_t)j * (size_t)width + (size_t)n].index + 1]++;
    for (reel_index i = 0; i < movies; i++) {
        const reel_nnz length = ptr[i + 1];

        ptr[i + 1] = before;
        before += length;
    }
    for (reel_index j = 0; j < movies; j++)
        for (reel_index n = 0; n < counts[j]; n++) {
            const reel_scored *item = &lists[(size_t)j * (size_t)width + (size_t)n];
            const reel_nnz to = ptr[item->index + 1]++;

            out->col[to] = j;
            out->val[to] = item->score;
        }
    return REEL_OK;
}

/* Keep the `width` largest entries of every row, of equal ones the first. top [width] */
static void prune_rows(reel_csr *matrix, reel_index width, reel_scored *top)
{
    reel_nnz begin = 0, at = 0;

    for (reel_index r = 0; r < matrix->rows; r++) {
        const reel_nnz end = matrix->ptr[r + 1];
        const size_t kept =
            reel__topk(matrix->val + begin, (reel_index)(end - begin), NULL, (size_t)width, top);
        const reel_scored last = kept > 0 ? top[kept - 1] : (reel_scored){0};
        reel_index place = 0;

        for (reel_nnz k = begin; k < end; k++, place++) {
            const float value = matrix->val[k];

            if (value < last.score || (value == last.score && place > last.index))
                continue;
            matrix->col[at] = matrix->col[k];
            matrix->val[at++] = value;
        }
        matrix->ptr[r + 1] = at;
        begin = end;
    }
}

reel_code reel__item_sums_from_lists(reel_item_sums *self, const reel_scored *lists,
                                     const reel_index *counts, reel_index width, reel_keep keep,
                                     reel_err *err)
{
    reel_csr columns = {0}, rows = {0};
    reel_scored *top = reel__alloc_array((size_t)width, sizeof *top);
    reel_code rc = top == NULL
                       ? reel_fail(err, REEL_E_NOMEM, "no memory for %d weights", (int)width)
                       : gather_columns(&columns, lists, counts, self->base.movies, width, err);

    if (rc == REEL_OK && keep == REEL_KEEP_BOTH)
        prune_rows(&columns, width, top);
    if (rc == REEL_OK && keep != REEL_KEEP_TARGET) {
        rc = reel__csr_transpose(&rows, reel__csr_view(&columns), err);
        reel__csr_fini(&columns);
        columns = rows;
    }
    if (rc == REEL_OK)
        reel__item_sums_take(self, &columns);
    reel__free(top);
    return rc;
}

/* The value of a parameter by its name; 0 where the model has none of it. */
static double param_named(const reel_model *model, const char *name)
{
    const reel_model_info *info = &model->ops->info;

    for (size_t i = 0; i < info->param_count; i++)
        if (strcmp(info->params[i].name, name) == 0)
            return model->params[i];
    return 0;
}

reel_code reel__item_sums_liked(reel_csr *out, reel_item_sums *self, const reel_dataset *dataset,
                                reel_err *err)
{
    const reel_csr_view raters = reel_dataset_raters(dataset);

    self->evidence = reel__evidence_learn(raters, param_named(&self->base, "liked"));
    return reel__evidence_select(out, raters, &self->evidence, true, err);
}

/* ---- scores and reasons -------------------------------------------------------------------- */

static float entry_weight(const reel_item_sums *self, const reel_entry *entry, float disliked)
{
    return reel__evidence_likes(&self->evidence, entry) ? entry->weight : entry->weight * disliked;
}

reel_code reel__item_sums_score(const reel_model *model, const reel_query *query,
                                reel_scratch *scratch, float *scores, reel_err *err)
{
    const reel_item_sums *self = (const reel_item_sums *)model;
    const float disliked = (float)param_named(model, "disliked");

    (void)scratch;
    (void)err;
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    for (size_t n = 0; n < query->count; n++) {
        const reel_index i = query->entries[n].movie;
        const float weight = entry_weight(self, &query->entries[n], disliked);

        if (weight == 0)
            continue;
        for (reel_nnz k = self->ptr[i]; k < self->ptr[i + 1]; k++)
            scores[self->col[k]] += weight * self->val[k];
    }
    return REEL_OK;
}

/* W_ij, 0 where it is not kept */
static float look_up(const reel_item_sums *self, reel_index i, reel_index j)
{
    reel_nnz low = self->ptr[i], high = self->ptr[i + 1];

    while (low < high) {
        const reel_nnz middle = low + (high - low) / 2;

        if (self->col[middle] < j)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->ptr[i + 1] && self->col[low] == j ? self->val[low] : 0;
}

reel_code reel__item_sums_explain(const reel_model *model, const reel_query *query,
                                  reel_index movie, reel_scratch *scratch, double *contributions,
                                  reel_explanation *out, reel_err *err)
{
    const reel_item_sums *self = (const reel_item_sums *)model;
    const float disliked = (float)param_named(model, "disliked");

    (void)scratch;
    (void)err;
    for (size_t n = 0; n < query->count; n++) {
        const reel_entry *e = &query->entries[n];
        const float weight = entry_weight(self, e, disliked);

        contributions[n] = (double)weight * (double)look_up(self, e->movie, movie);
        out->score += contributions[n];
    }
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

reel_code reel__item_sums_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const reel_item_sums *self = (const reel_item_sums *)model;
    const reel_nnz nnz = self->ptr[model->movies];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_save(&self->evidence, writer, err));
    REEL_TRY(reel__tensors_add(writer, "weights.ptr", REEL_I64, self->ptr,
                               (int64_t)model->movies + 1, err));
    REEL_TRY(reel__tensors_add(writer, "weights.col", REEL_I32, self->col, nnz, err));
    REEL_TRY(reel__tensors_add(writer, "weights.val", REEL_F32, self->val, nnz, err));
out:
    return rc;
}

static reel_code check_shape(const reel_item_sums *self, const int64_t counts[3], const char *path,
                             reel_err *err)
{
    const reel_index movies = self->base.movies;

    if (counts[0] != (int64_t)movies + 1 || self->ptr[0] != 0)
        return reel_fail(err, REEL_E_FORMAT, "%s: weights.ptr does not fit %d films", path,
                         (int)movies);
    for (reel_index i = 0; i < movies; i++)
        if (self->ptr[i + 1] < self->ptr[i] || self->ptr[i + 1] > counts[1])
            return reel_fail(err, REEL_E_FORMAT, "%s: weights.ptr falls or runs out at row %d",
                             path, (int)i);
    if (self->ptr[movies] != counts[1] || counts[1] != counts[2])
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld columns and %lld values for %lld weights",
                         path, (long long)counts[1], (long long)counts[2],
                         (long long)self->ptr[movies]);
    return REEL_OK;
}

reel_code reel__item_sums_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                               reel_err *err)
{
    reel_item_sums *self = (reel_item_sums *)model;
    const char *path = reel__tensors_path(tensors);
    const void *ptr = NULL, *col = NULL, *val = NULL;
    int64_t counts[3] = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_load(&self->evidence, tensors, prefix, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "weights.ptr", REEL_I64, &ptr, &counts[0], err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "weights.col", REEL_I32, &col, &counts[1], err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "weights.val", REEL_F32, &val, &counts[2], err));
    self->ptr = ptr;
    self->col = col;
    self->val = val;
    REEL_TRY(check_shape(self, counts, path, err));
    for (reel_index i = 0; i < model->movies; i++)
        for (reel_nnz k = self->ptr[i]; k < self->ptr[i + 1]; k++) {
            if (self->col[k] < 0 || self->col[k] >= model->movies ||
                (k > self->ptr[i] && self->col[k] <= self->col[k - 1]))
                return reel_fail(err, REEL_E_FORMAT, "%s: weights.col is wrong in row %d", path,
                                 (int)i);
            if (!(fabsf(self->val[k]) <= WEIGHT_MAX))
                return reel_fail(err, REEL_E_FORMAT, "%s: a weight of row %d is no number of a fit",
                                 path, (int)i);
        }
out:
    return rc;
}

void reel__item_sums_fini(reel_model *model)
{
    reel_item_sums *self = (reel_item_sums *)model;

    if (model->tensors != NULL)
        return;
    reel__free((void *)(uintptr_t)self->ptr);
    reel__free((void *)(uintptr_t)self->col);
    reel__free((void *)(uintptr_t)self->val);
}
