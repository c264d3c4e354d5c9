/* rating_knn_fit.c - what the rating kNN models keep, and their files.
 * By item: similarities of all pairs of films, a triangle; each film meets, by way of its raters,
 * the films before it. By user: the ratings by film alone; whom a history is like is found when it
 * asks, so nothing of size people x people is ever held.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/rating_knn.h"

/* ---- what is kept -------------------------------------------------------------------------- */

static reel_code no_memory(const reel_model *model, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory for \"%s\" over %d people and %d films",
                     model->ops->info.name, (int)model->people, (int)model->movies);
}

static double mean_of_row(reel_csr_view matrix, reel_index row, double otherwise)
{
    const reel_nnz begin = matrix.ptr[row], end = matrix.ptr[row + 1];
    double sum = 0;

    for (reel_nnz k = begin; k < end; k++)
        sum += (double)matrix.val[k];
    return end > begin ? sum / (double)(end - begin) : otherwise;
}

/* val[k] = what the biases leave of an entry. matrix by film (raters) or by person */
static void take_residuals(const reel_biases *biases, reel_csr_view matrix, bool by_film,
                           float *val)
{
    for (reel_index r = 0; r < matrix.rows; r++)
        for (reel_nnz k = matrix.ptr[r]; k < matrix.ptr[r + 1]; k++) {
            const reel_index person = by_film ? matrix.col[k] : r;
            const reel_index movie = by_film ? r : matrix.col[k];

            val[k] = (float)((double)matrix.val[k] - biases->mean - (double)biases->person[person] -
                             (double)biases->movie[movie]);
        }
}

/* ---- by user ------------------------------------------------------------------------------- */

static double person_base(const rating_knn *self, reel_csr_view ratings, reel_index person)
{
    switch (reel__rating_knn_base(&self->base)) {
    case RATING_KNN_MEAN:
        return mean_of_row(ratings, person, self->biases.mean);
    case RATING_KNN_BIASES:
        return (double)self->biases.person[person];
    case RATING_KNN_ZERO:
    default:
        return 0;
    }
}

static reel_code keep_people(rating_knn *self, const reel_dataset *dataset, reel_err *err)
{
    const reel_csr_view raters = reel_dataset_raters(dataset);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const size_t nnz = (size_t)raters.ptr[raters.rows];
    reel_nnz *ptr = reel__alloc_array((size_t)raters.rows + 1, sizeof *ptr);
    reel_index *col = reel__alloc_array(nnz, sizeof *col);
    float *val = reel__alloc_array(nnz, sizeof *val);
    float *lift = reel__alloc_array((size_t)raters.cols, sizeof *lift);

    self->ptr = ptr;
    self->col = col;
    self->val = val;
    self->lift = lift;
    if (ptr == NULL || col == NULL || val == NULL || lift == NULL)
        return no_memory(&self->base, err);
    memcpy(ptr, raters.ptr, ((size_t)raters.rows + 1) * sizeof *ptr);
    memcpy(col, raters.col, nnz * sizeof *col);
    memcpy(val, raters.val, nnz * sizeof *val);
    if (rating_knn_residuals(self))
        take_residuals(&self->biases, raters, true, val);
    for (reel_index v = 0; v < raters.cols; v++) {
        const double left = rating_knn_residuals(self) ? (double)self->biases.person[v] : 0;

        lift[v] = (float)(left - person_base(self, ratings, v));
    }
    return REEL_OK;
}

/* ---- by item ------------------------------------------------------------------------------- */

static bool step(double share, const void *context)
{
    return reel__fit_step(context, 0.1 + 0.9 * share);
}

static void take(void *user, reel_index i, const reel_agree *sums)
{
    const rating_knn *self = user;
    const double *params = self->base.params;
    float *row = (float *)(uintptr_t)self->triangle + rating_knn_at(i, 0);

    reel__agree_similarities((reel_agreement)params[RATING_KNN_SIMILARITY],
                             params[RATING_KNN_SHRINKAGE], sums, i, row);
}

static reel_code keep_films(rating_knn *self, const reel_dataset *dataset,
                            const reel_fit_context *context, reel_err *err)
{
    reel_agree_pairs job = {.by_person = reel_dataset_ratings(dataset),
                            .by_item = reel_dataset_raters(dataset),
                            .threads = context->threads,
                            .take = take,
                            .user = self,
                            .step = step,
                            .context = context};
    const reel_index movies = job.by_item.rows;
    const size_t nnz = (size_t)job.by_item.ptr[movies];
    float *film = reel__alloc_array((size_t)movies, sizeof *film);
    float *val = reel__alloc_array(2 * nnz, sizeof *val);
    reel_code rc;

    self->film = film;
    self->triangle = reel__alloc_array((size_t)rating_knn_at(movies, 0), sizeof(float));
    if (film == NULL || val == NULL || self->triangle == NULL) {
        reel__free(val);
        return no_memory(&self->base, err);
    }
    for (reel_index j = 0; j < movies; j++)
        film[j] = (float)mean_of_row(job.by_item, j, self->biases.mean);
    if (rating_knn_residuals(self)) {
        take_residuals(&self->biases, job.by_person, false, val);
        take_residuals(&self->biases, job.by_item, true, val + nnz);
        job.by_person.val = val;
        job.by_item.val = val + nnz;
    }
    rc = reel__agree_all(&job, err);
    reel__free(val);
    return rc;
}

reel_code reel__rating_knn_fit(reel_model *model, const reel_dataset *dataset,
                               const reel_fit_context *context, reel_err *err)
{
    rating_knn *self = (rating_knn *)model;
    reel_bias_opts opts = reel__bias_opts_default();
    reel_code rc;

    opts.share = 0.1;
    rc = reel__biases_fit(&self->biases, dataset, &opts, context, err);
    if (rc != REEL_OK)
        return rc;
    return rating_knn_by_item(self) ? keep_films(self, dataset, context, err)
                                    : keep_people(self, dataset, err);
}

double reel__rating_knn_memory(const reel_model *model, const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const double nnz = (double)ratings.ptr[ratings.rows], movies = ratings.cols;

    if (rating_knn_by_item((const rating_knn *)model))
        return movies * movies * 2 + 8 * nnz + 1e4 * movies;
    return 8 * nnz + 32.0 * ratings.rows;
}

void reel__rating_knn_fini(reel_model *model)
{
    rating_knn *self = (rating_knn *)model;
    const void *const blocks[] = {self->ptr,  self->col,      self->val,
                                  self->lift, self->triangle, self->film};

    reel__biases_fini(&self->biases);
    for (size_t i = 0; model->tensors == NULL && i < sizeof blocks / sizeof *blocks; i++)
        reel__free((void *)(uintptr_t)blocks[i]);
}

/* ---- files --------------------------------------------------------------------------------- */

reel_code reel__rating_knn_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const rating_knn *self = (const rating_knn *)model;
    const reel_index movies = model->movies;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__biases_save(&self->biases, movies, writer, err));
    if (rating_knn_by_item(self)) {
        REEL_TRY(reel__tensors_add(writer, "similarities", REEL_F32, self->triangle,
                                   rating_knn_at(movies, 0), err));
        REEL_TRY(reel__tensors_add(writer, "film", REEL_F32, self->film, movies, err));
    } else {
        const reel_nnz nnz = self->ptr[movies];

        REEL_TRY(
            reel__tensors_add(writer, "raters.ptr", REEL_I64, self->ptr, (int64_t)movies + 1, err));
        REEL_TRY(reel__tensors_add(writer, "raters.col", REEL_I32, self->col, nnz, err));
        REEL_TRY(reel__tensors_add(writer, "raters.val", REEL_F32, self->val, nnz, err));
        REEL_TRY(reel__tensors_add(writer, "lift", REEL_F32, self->lift, model->people, err));
    }
out:
    return rc;
}

static reel_code get_floats(const float **out, int64_t expected, const reel_tensors *tensors,
                            const char *prefix, const char *name, reel_err *err)
{
    const void *data = NULL;
    int64_t count = 0;
    const reel_code rc = reel__tensors_get(tensors, prefix, name, REEL_F32, &data, &count, err);

    *out = data;
    if (rc != REEL_OK)
        return rc;
    if (count != expected)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld numbers in \"%s\", expected %lld",
                         reel__tensors_path(tensors), (long long)count, name, (long long)expected);
    for (int64_t i = 0; i < count; i++)
        if (!(fabsf((*out)[i]) <= 4 * REEL_VALUE_MAX))
            return reel_fail(err, REEL_E_FORMAT, "%s: number %lld of \"%s\" is out of range",
                             reel__tensors_path(tensors), (long long)i, name);
    return REEL_OK;
}

static reel_code load_people(rating_knn *self, const reel_tensors *tensors, const char *prefix,
                             reel_err *err)
{
    const char *path = reel__tensors_path(tensors);
    const reel_index movies = self->base.movies;
    const void *ptr = NULL, *col = NULL;
    int64_t rows = 0, nnz = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_get(tensors, prefix, "raters.ptr", REEL_I64, &ptr, &rows, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "raters.col", REEL_I32, &col, &nnz, err));
    self->ptr = ptr;
    self->col = col;
    REEL_TRY(get_floats(&self->lift, self->base.people, tensors, prefix, "lift", err));
    if (rows != (int64_t)movies + 1 || self->ptr[0] != 0 || self->ptr[movies] != nnz)
        return reel_fail(err, REEL_E_FORMAT, "%s: raters.ptr does not fit %d films and %lld raters",
                         path, (int)movies, (long long)nnz);
    for (reel_index j = 0; j < movies; j++)
        if (self->ptr[j + 1] < self->ptr[j] || self->ptr[j + 1] > nnz)
            return reel_fail(err, REEL_E_FORMAT, "%s: raters.ptr falls at film %d", path, (int)j);
    for (reel_nnz k = 0; k < nnz; k++)
        if (self->col[k] < 0 || self->col[k] >= self->base.people)
            return reel_fail(err, REEL_E_FORMAT, "%s: rater %lld is none of %d people", path,
                             (long long)k, (int)self->base.people);
    REEL_TRY(get_floats(&self->val, nnz, tensors, prefix, "raters.val", err));
out:
    return rc;
}

reel_code reel__rating_knn_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                                reel_err *err)
{
    rating_knn *self = (rating_knn *)model;
    const double reg_u = reel__bias_opts_default().reg_u;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__biases_load(&self->biases, model->movies, reg_u, tensors, prefix, err));
    if (!rating_knn_by_item(self))
        return load_people(self, tensors, prefix, err);
    REEL_TRY(get_floats(&self->triangle, rating_knn_at(model->movies, 0), tensors, prefix,
                        "similarities", err));
    REEL_TRY(get_floats(&self->film, model->movies, tensors, prefix, "film", err));
out:
    return rc;
}
