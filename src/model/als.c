/* als.c - biased matrix factorisation by alternating least squares.
 *   s_uj = mean + b_u + b_j + q_j . p_u
 *   min sum (r_uj - s_uj)^2 + reg (sum_u n_u (b_u^2 + |p_u|^2) + sum_j n_j (b_j^2 + |q_j|^2))
 * Method: Zhou, Wilkinson, Schreiber, Pan 2008 (ALS-WR), with biases solved together with the
 * factors. Each side is a ridge regression a row, given the other; the fit ends with the people, by
 * the very regression that folds a history in, so that folding in is exact.
 *
 * Defaults: RMSE on a tenth of the training part of fold 0 of MovieLens 1M (bench_ratings RATINGS
 * FOLDS als fold=0 validate=1), by factors / epochs / reg:
 *     64 / 10 / .08  .8555     32 / 12 / .07  .8577     32 / 12 / .09  .8583
 *     32 / 6 / .08   .8590     32 / 6 / .06   .8639
 */
#include <stdatomic.h>

#include "base/alloc.h"
#include "model/factors.h"
#include "num/par.h"

enum { PARAM_FACTORS, PARAM_EPOCHS, PARAM_REG, PARAM_INIT_STD };
#define FLOPS_PER_THREAD 1e6

static const reel_param_spec param_specs[] = {
    [PARAM_FACTORS] = {"factors", "how many factors", REEL_PARAM_INT, 64, 1, REEL_FACTORS_MAX,
                       NULL},
    [PARAM_EPOCHS] = {"epochs", "times films and people are solved", REEL_PARAM_INT, 10, 1, 1000,
                      NULL},
    [PARAM_REG] = {"reg", "L2 weight of one rating", REEL_PARAM_REAL, 0.08, 1e-6, 10, NULL},
    [PARAM_INIT_STD] = {"init_std", "deviation of the factors at the start", REEL_PARAM_REAL, 0.1,
                        0, 10, NULL},
};

/* ---- fitting ------------------------------------------------------------------------------- */

/* One side of the problem: rows to solve, given the factors of the columns. */
typedef struct side {
    reel_factors given; /* its `movie` parts are those of the columns */
    reel_csr_view ratings;
    float *bias, *rows;
} side;

static side people_side(const reel_factors *f, const reel_dataset *dataset)
{
    return (side){*f, reel_dataset_ratings(dataset), f->person_bias, f->person};
}

static side movies_side(const reel_factors *f, const reel_dataset *dataset)
{
    side s = {*f, reel_dataset_raters(dataset), f->movie_bias, f->movie};

    s.given.movies = f->people;
    s.given.movie = f->person;
    s.given.movie_bias = f->person_bias;
    return s;
}

static reel_code solve_row(const side *s, reel_index row, reel_entry *entries,
                           reel_scratch *scratch, reel_err *err)
{
    const reel_csr_view r = s->ratings;
    reel_query query = {.entries = entries, .row = -1};

    for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++)
        entries[query.count++] = (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
    return reel__factors_solve(&s->given, &query, scratch, &s->bias[row],
                               s->rows + (size_t)row * s->given.stride, err);
}

static reel_code solve_side(const side *s, int threads, reel_err *err)
{
    const reel_csr_view r = s->ratings;
    const double d = (double)s->given.stride, count = (double)r.ptr[r.rows];
    const int team = reel__par_threads(count * d * d, FLOPS_PER_THREAD, threads);
    atomic_int failed = REEL_OK;

    (void)team; /* a build without OpenMP */
#pragma omp parallel num_threads(team)
    {
        reel_entry *entries = reel__alloc_array((size_t)r.cols, sizeof *entries);
        reel_scratch *scratch = NULL;
        reel_err own = {REEL_OK, ""};
        reel_code rc = reel_scratch_new(&scratch, &own);

        if (entries == NULL)
            rc = REEL_E_NOMEM;
#pragma omp for schedule(dynamic, 16)
        for (reel_index i = 0; i < r.rows; i++)
            if (rc == REEL_OK)
                rc = solve_row(s, i, entries, scratch, &own);
        if (rc != REEL_OK)
            atomic_store(&failed, (int)rc);
        reel_scratch_free(scratch);
        reel__free(entries);
    }
    if (atomic_load(&failed) != REEL_OK)
        return reel_fail(err, REEL_E_NOMEM, "no memory to solve %d rows", (int)r.rows);
    return REEL_OK;
}

static reel_factors_opts factors_opts(const reel_model *model)
{
    return (reel_factors_opts){.rank = (int)model->params[PARAM_FACTORS],
                               .init_std = model->params[PARAM_INIT_STD],
                               .reg = model->params[PARAM_REG],
                               .seed = model->seed};
}

static reel_code als_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err)
{
    reel_factor_model *self = (reel_factor_model *)model;
    const reel_factors_opts opts = factors_opts(model);
    const int epochs = (int)model->params[PARAM_EPOCHS];
    side people, movies;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__factors_init(&self->factors, dataset, &opts, err));
    people = people_side(&self->factors, dataset);
    movies = movies_side(&self->factors, dataset);
    for (int epoch = 0; epoch < epochs; epoch++) {
        REEL_TRY(solve_side(&movies, context->threads, err));
        REEL_TRY(solve_side(&people, context->threads, err));
        if (!reel__fit_step(context, (double)(epoch + 1) / epochs))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"als\" was cancelled");
    }
    rc = reel__factors_check(&self->factors, "als", err);
out:
    return rc;
}

static double als_memory(const reel_model *model, const reel_dataset *dataset)
{
    return reel__factors_bytes(dataset, model->params[PARAM_FACTORS], false);
}

static reel_code als_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    const reel_factors_opts opts = factors_opts(model);

    return reel__factors_load(model, &opts, tensors, prefix, err);
}

const reel_model_ops reel__model_als = {
    .info = {.name = "als",
             .summary = "biases and factors of taste by least squares; predicts ratings",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(reel_factor_model),
    .memory = als_memory,
    .lighter = "baseline",
    .fit = als_fit,
    .score = reel__factors_score,
    .predict = reel__factors_predict,
    .explain = reel__factors_explain,
    .save = reel__factors_save,
    .load = als_load,
    .fini = reel__factors_release,
};
