/* bayes.c - Bayesian factorisation by Gibbs sampling: the model and its file.
 *   r_ui ~ N(c + b_u + b_i + x_u.q_i + t_ui, (a g_u h_i)^-1)
 *   (x_u, b_u) ~ N(m + sum_{j rated by u} y_j / sqrt(n_u), diag(p)^-1)      "svdpp"
 *   (q_i, b_i) ~ N(m' + sum_{v rated i} z_v / sqrt(n_i), diag(p')^-1)       "flipped"
 * It is the factorisation machine of Rendle, Zhang and Koren 2019, "On the Difficulty of Evaluating
 * Baselines" (arXiv 1905.01395), whose implicit features stand in the priors' means: the same model
 * in coordinates in which people are independent of each other given the films, so that whole
 * vectors are drawn at once and in parallel, and the implicit features never meet the ratings
 * (bayes_rows.c, bayes_prior.c). Predictions are averaged over the samples of all parameters, after
 * Salakhutdinov and Mnih 2008, "Bayesian probabilistic matrix factorization". People and films
 * differ in how noisy their ratings are (g, h). t is a person's mood, by day and order of the
 * ratings (bayes_time.c).
 */
#include "model/bayes.h"

#include <math.h>

#include "base/alloc.h"
#include "model/bayes_fit.h"

/* Larger numbers in a file are damage. */
#define NUMBER_MAX 1e9

static const reel_param_spec param_specs[BAYES_PARAMS] = {
    [BAYES_RANK] = {"rank", "length of a person's and of a film's vector", REEL_PARAM_INT, 32, 1,
                    BAYES_RANK_MAX, NULL},
    [BAYES_SAMPLES] = {"samples", "sweeps that predictions are averaged over", REEL_PARAM_INT, 512,
                       1, 100000, NULL},
    [BAYES_BURN_IN] = {"burn_in", "sweeps before those", REEL_PARAM_INT, 32, 0, 100000, NULL},
    [BAYES_FEATURES] = {"features",
                        "what else tells of people (svdpp: the films they rated) and films "
                        "(flipped: who rated them); all: and time",
                        REEL_PARAM_CHOICE, BAYES_ALL, 0, BAYES_ALL,
                        "none|svdpp|flipped|svdpp+flipped|all"},
    [BAYES_LIKELIHOOD] = {"likelihood",
                          "gaussian, or probit: ratings are steps of a scale, at most 20",
                          REEL_PARAM_CHOICE, 0, 0, 1, "gaussian|probit"},
    [BAYES_NOISE] = {"noise", "whether people and films differ in how noisy their ratings are",
                     REEL_PARAM_CHOICE, 1, 0, 1, "equal|varied"},
    [BAYES_KEPT] = {"kept", "samples in the model file, spread over all; at most 64 MB of them",
                    REEL_PARAM_INT, 32, 1, 1024, NULL},
};

static void bayes_fini(reel_model *model)
{
    bayes *self = (bayes *)model;

    if (model->tensors != NULL)
        return;
    reel__free((void *)(uintptr_t)self->films);
    reel__free((void *)(uintptr_t)self->implied);
    reel__free((void *)(uintptr_t)self->noise);
    reel__free((void *)(uintptr_t)self->prior);
    reel__free((void *)(uintptr_t)self->numbers);
    reel__free((void *)(uintptr_t)self->level);
}

static double bayes_memory(const reel_model *model, const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const double stride = (double)reel__bayes_shape((size_t)model->params[BAYES_RANK]).stride;
    const double rows = (double)ratings.rows + (double)ratings.cols;

    return rows * 4 * stride * sizeof(float) + (double)ratings.ptr[ratings.rows] * 60 +
           (double)BAYES_KEPT_BYTES;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code bayes_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const bayes *self = (const bayes *)model;
    const int64_t kept = (int64_t)self->kept, d = (int64_t)self->d, movies = model->movies;
    reel_code rc = REEL_OK;

    REEL_TRY(
        reel__tensors_add_matrix(writer, "films", REEL_F32, self->films, kept * movies, d, err));
    if (self->implicit)
        REEL_TRY(reel__tensors_add_matrix(writer, "implied", REEL_F32, self->implied, kept * movies,
                                          d, err));
    REEL_TRY(reel__tensors_add_matrix(writer, "noise", REEL_F32, self->noise, kept, movies, err));
    REEL_TRY(reel__tensors_add_matrix(writer, "prior", REEL_F64, self->prior, kept * 2, d, err));
    REEL_TRY(reel__tensors_add_matrix(writer, "numbers", REEL_F64, self->numbers, kept,
                                      BAYES_NUMBERS, err));
    REEL_TRY(reel__tensors_add(writer, "levels", REEL_F64, self->level, (int64_t)(2 + self->levels),
                               err));
out:
    return rc;
}

static reel_code damaged(const reel_tensors *tensors, const char *name, double value, reel_err *err)
{
    return reel_fail(err, REEL_E_FORMAT, "%s: \"%s\" holds %g", reel__tensors_path(tensors), name,
                     value);
}

/* Where a matrix of the model's file is found, and what it must be like. */
typedef struct wanted {
    const char *name;
    reel_dtype dtype;
    int64_t rows, cols;
    double least; /* of its numbers */
} wanted;

static reel_code get_matrix(const void **out, const wanted *w, const reel_tensors *tensors,
                            const char *prefix, reel_err *err)
{
    int64_t shape[2] = {0};
    const reel_code rc =
        reel__tensors_get_matrix(tensors, prefix, w->name, w->dtype, out, shape, err);

    if (rc != REEL_OK)
        return rc;
    if (shape[0] != w->rows || shape[1] != w->cols)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: \"%s\" is %lld x %lld where %lld x %lld is needed",
                         reel__tensors_path(tensors), w->name, (long long)shape[0],
                         (long long)shape[1], (long long)w->rows, (long long)w->cols);
    for (int64_t i = 0; i < w->rows * w->cols; i++) {
        const double x =
            w->dtype == REEL_F32 ? (double)((const float *)*out)[i] : ((const double *)*out)[i];

        if (!(x >= w->least && x <= NUMBER_MAX))
            return damaged(tensors, w->name, x, err);
    }
    return REEL_OK;
}

/* Precisions must be positive, or the equations of a history have no solution. */
static reel_code check_numbers(const bayes *self, const reel_tensors *tensors, reel_err *err)
{
    for (size_t n = 0; n < self->kept; n++) {
        const double *numbers = self->numbers + n * BAYES_NUMBERS;

        for (size_t k = 0; k < self->d; k++)
            if (!(self->prior[(2 * n + 1) * self->d + k] > 1e-9))
                return damaged(tensors, "prior", self->prior[(2 * n + 1) * self->d + k], err);
        if (!(numbers[BAYES_ALPHA] > 1e-9))
            return damaged(tensors, "numbers", numbers[BAYES_ALPHA], err);
        if (!(numbers[BAYES_NOISE_SHAPE] >= 0))
            return damaged(tensors, "numbers", numbers[BAYES_NOISE_SHAPE], err);
        for (size_t i = 1; i + 1 < self->levels; i++)
            if (!(numbers[BAYES_THRESHOLDS + i] > numbers[BAYES_THRESHOLDS + i - 1]))
                return damaged(tensors, "numbers", numbers[BAYES_THRESHOLDS + i], err);
    }
    return REEL_OK;
}

static reel_code get_levels(bayes *self, const reel_tensors *tensors, const char *prefix,
                            reel_err *err)
{
    const void *data = NULL;
    int64_t count = 0;
    const reel_code rc = reel__tensors_get(tensors, prefix, "levels", REEL_F64, &data, &count, err);

    if (rc != REEL_OK)
        return rc;
    self->level = data;
    self->levels = self->base.params[BAYES_LIKELIHOOD] == 0 || count < 2 ? 0 : (size_t)count - 2;
    if (count != (int64_t)self->levels + 2 || self->levels == 1 || self->levels > BAYES_LEVELS_MAX)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld numbers as levels",
                         reel__tensors_path(tensors), (long long)count);
    for (size_t i = 0; i < self->levels; i++)
        if (!(fabs(self->level[2 + i]) <= NUMBER_MAX) ||
            (i > 0 && self->level[2 + i] <= self->level[1 + i]))
            return damaged(tensors, "levels", self->level[2 + i], err);
    if (!(fabs(self->level[0]) <= NUMBER_MAX))
        return damaged(tensors, "levels", self->level[0], err);
    if (!(self->level[1] > 1e-9 && self->level[1] <= NUMBER_MAX))
        return damaged(tensors, "levels", self->level[1], err);
    return REEL_OK;
}

static reel_code bayes_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                            reel_err *err)
{
    bayes *self = (bayes *)model;
    const int features = (int)model->params[BAYES_FEATURES];
    const int64_t movies = model->movies;
    int64_t d, shape[2] = {0};
    const void *data = NULL;
    reel_code rc = REEL_OK;

    d = (int64_t)model->params[BAYES_RANK] + 1;
    self->d = (size_t)d;
    self->implicit = features == BAYES_SVDPP || features >= BAYES_BOTH;
    REEL_TRY(reel__tensors_get_matrix(tensors, prefix, "noise", REEL_F32, &data, shape, err));
    if (shape[0] < 1 || shape[0] > (int64_t)model->params[BAYES_KEPT])
        REEL_TRY(reel_fail(err, REEL_E_FORMAT, "%s: %lld samples where 1 to %d are needed",
                           reel__tensors_path(tensors), (long long)shape[0],
                           (int)model->params[BAYES_KEPT]));
    self->kept = (size_t)shape[0];
    {
        const int64_t kept = shape[0];
        const wanted films = {"films", REEL_F32, kept * movies, d, -NUMBER_MAX};
        const wanted implied = {"implied", REEL_F32, kept * movies, d, -NUMBER_MAX};
        const wanted noise = {"noise", REEL_F32, kept, movies, 0};
        const wanted prior = {"prior", REEL_F64, kept * 2, d, -NUMBER_MAX};
        const wanted numbers = {"numbers", REEL_F64, kept, BAYES_NUMBERS, -NUMBER_MAX};

        REEL_TRY(get_matrix(&data, &films, tensors, prefix, err));
        self->films = data;
        if (self->implicit)
            REEL_TRY(get_matrix(&data, &implied, tensors, prefix, err));
        self->implied = data;
        REEL_TRY(get_matrix(&data, &noise, tensors, prefix, err));
        self->noise = data;
        REEL_TRY(get_matrix(&data, &prior, tensors, prefix, err));
        self->prior = data;
        REEL_TRY(get_matrix(&data, &numbers, tensors, prefix, err));
        self->numbers = data;
    }
    REEL_TRY(get_levels(self, tensors, prefix, err));
    REEL_TRY(check_numbers(self, tensors, err));
out:
    return rc;
}

const reel_model_ops reel__model_bayes = {
    .info = {.name = "bayes",
             .summary = "Predicts ratings by averaging over samples of a Bayesian factorisation",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = BAYES_PARAMS},
    .struct_size = sizeof(bayes),
    .memory = bayes_memory,
    .lighter = "baseline",
    .fit = reel__bayes_fit,
    .score = reel__bayes_score,
    .predict = reel__bayes_predict,
    .interval = reel__bayes_interval,
    .fills_targets = true,
    .explain = reel__bayes_explain,
    .save = bayes_save,
    .load = bayes_load,
    .fini = bayes_fini,
};
