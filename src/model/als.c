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
#include "model/calibration.h"
#include "model/factors.h"
#include "num/par.h"

enum { PARAM_FACTORS, PARAM_EPOCHS, PARAM_REG, PARAM_INIT_STD, PARAM_HELD_OUT };
#define FLOPS_PER_THREAD 1e6

static const reel_param_spec param_specs[] = {
    [PARAM_FACTORS] = {"factors", "how many factors", REEL_PARAM_INT, 64, 1, REEL_FACTORS_MAX,
                       NULL},
    [PARAM_EPOCHS] = {"epochs", "times films and people are solved", REEL_PARAM_INT, 10, 1, 1000,
                      NULL},
    [PARAM_REG] = {"reg", "L2 weight of one rating", REEL_PARAM_REAL, 0.08, 1e-6, 10, NULL},
    [PARAM_INIT_STD] = {"init_std", "deviation of the factors at the start", REEL_PARAM_REAL, 0.1,
                        0, 10, NULL},
    [PARAM_HELD_OUT] = {"held_out",
                        "share of the ratings that a fit beforehand leaves out, to learn how far "
                        "predictions are off; 0 = none",
                        REEL_PARAM_REAL, 0, 0, 0.5, NULL},
};

typedef struct als_model {
    reel_factor_model own; /* first: operations of factors.h take it for one */
    reel_calibration calibration;
} als_model;

/* ---- fitting ------------------------------------------------------------------------------- */

/* One side of the problem: rows to solve, given the factors of the columns. */
typedef struct side {
    reel_factors given; /* its `movie` parts are those of the columns */
    reel_csr_view ratings;
    float *bias, *rows;
} side;

static side people_side(const reel_factors *f, reel_csr_view ratings)
{
    return (side){*f, ratings, f->person_bias, f->person};
}

static side movies_side(const reel_factors *f, reel_csr_view raters)
{
    side s = {*f, raters, f->movie_bias, f->movie};

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

/* The same ratings by people and by films, and which part of the whole fit it is to learn them. */
typedef struct problem {
    reel_csr_view ratings, raters;
    double from, share; /* of the progress */
} problem;

static reel_code solve(reel_factors *factors, const reel_model *model, const problem *what,
                       const reel_fit_context *context, reel_err *err)
{
    const reel_factors_opts opts = factors_opts(model);
    const int epochs = (int)model->params[PARAM_EPOCHS];
    side people, movies;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__factors_init(factors, what->ratings, &opts, err));
    people = people_side(factors, what->ratings);
    movies = movies_side(factors, what->raters);
    for (int epoch = 0; epoch < epochs; epoch++) {
        REEL_TRY(solve_side(&movies, context->threads, err));
        REEL_TRY(solve_side(&people, context->threads, err));
        if (!reel__fit_step(context, what->from + what->share * (double)(epoch + 1) / epochs))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"als\" was cancelled");
    }
    rc = reel__factors_check(factors, "als", err);
out:
    return rc;
}

/* How far predictions are off, by those of a fit without some of the ratings. */
static reel_code calibrate(als_model *self, const reel_dataset *dataset,
                           const reel_fit_context *context, reel_err *err)
{
    const reel_model *model = &self->own.base;
    const reel_calibration_opts opts = {model->low, model->high, model->seed, context->threads};
    reel_factors factors = {0};
    reel_calibration_split split;
    problem part = {.share = 0.5};
    reel_code rc;

    REEL_TRY(reel__calibration_split_make(&split, reel_dataset_ratings(dataset),
                                          model->params[PARAM_HELD_OUT], model->seed, err));
    part.ratings = reel__csr_view(&split.train);
    part.raters = reel__csr_view(&split.raters);
    if (part.ratings.ptr[part.ratings.rows] == 0)
        goto out; /* nothing is left to learn from */
    REEL_TRY(solve(&factors, model, &part, context, err));
    REEL_TRY(reel__calibration_learn(&self->calibration, &factors, &split, &opts, err));
out:
    reel__factors_fini(&factors);
    reel__calibration_split_fini(&split);
    return rc;
}

static reel_code als_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err)
{
    als_model *self = (als_model *)model;
    problem whole = {reel_dataset_ratings(dataset), reel_dataset_raters(dataset), 0, 1};
    reel_code rc = REEL_OK;

    if (model->params[PARAM_HELD_OUT] > 0) {
        REEL_TRY(calibrate(self, dataset, context, err));
        whole.from = whole.share = 0.5;
    }
    REEL_TRY(solve(&self->own.factors, model, &whole, context, err));
out:
    return rc;
}

static double als_memory(const reel_model *model, const reel_dataset *dataset)
{
    const double factors = reel__factors_bytes(dataset, model->params[PARAM_FACTORS], false);
    const reel_csr_view whole = reel_dataset_ratings(dataset);
    const double held = model->params[PARAM_HELD_OUT] > 0;

    /* A second fit beside its own copies of the ratings: two and those held out. */
    return factors * (1 + held) + held * 24 * (double)whole.ptr[whole.rows];
}

static bool als_range(const reel_model *model, const reel_query *query, reel_films films,
                      const float *predicted, reel_rating_interval *out)
{
    const reel_calibration *calibration = &((const als_model *)model)->calibration;

    if (calibration->quantiles == NULL)
        return false;
    reel__calibration_range(calibration, query, films, predicted, out);
    return true;
}

static reel_code als_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__factors_save(model, writer, err));
    REEL_TRY(reel__calibration_save(&((const als_model *)model)->calibration, model->movies, writer,
                                    err));
out:
    return rc;
}

static reel_code als_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    const reel_factors_opts opts = factors_opts(model);
    reel_code rc;

    REEL_TRY(reel__factors_load(model, &opts, tensors, prefix, err));
    REEL_TRY(reel__calibration_load(&((als_model *)model)->calibration, model->movies, tensors,
                                    prefix, err));
out:
    return rc;
}

static void als_fini(reel_model *model)
{
    reel__calibration_fini(&((als_model *)model)->calibration);
    reel__factors_release(model);
}

const reel_model_ops reel__model_als = {
    .info = {.name = "als",
             .summary = "biases and factors of taste by least squares; predicts ratings",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(als_model),
    .memory = als_memory,
    .lighter = "baseline",
    .fit = als_fit,
    .score = reel__factors_score,
    .predict = reel__factors_predict,
    .range = als_range,
    .explain = reel__factors_explain,
    .save = als_save,
    .load = als_load,
    .fini = als_fini,
};
