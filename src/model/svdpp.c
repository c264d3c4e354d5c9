/* svdpp.c - factors that also know which films a person rated, whatever the rating.
 *   s_uj = mean + b_u + b_j + q_j . (p_u + sum_{i in N(u)} y_i / sqrt(n_u))
 * Method: Koren, "Factorization meets the neighborhood", 2008. With step=constant it is SVD++ of
 * Surprise, update for update, where factors=20 lr=.007 reg=.02 reg_implicit=.02 init_std=.1 are
 * its defaults: RMSE .8615 on MovieLens 1M in five folds (theirs .862). A person's films all move
 * by the same step, so their sum is moved instead: the cost of a rating does not grow with the
 * history. People are gone through one after the other, on one thread.
 *
 * Defaults: RMSE on a tenth of the training part of fold 0 of MovieLens 1M (bench_ratings RATINGS
 * FOLDS svdpp fold=0 validate=1), 128 factors, 20 epochs, lr .025, accumulator .2, by
 * lr_implicit / reg / reg_implicit / init_std:
 *     .001 / .035 / .01 / .01   .8414     .0004 / .04 / .01 / .01   .8420
 *     .001 / .04 / .01 / .01    .8416     .0004 / .04 / 0 / .02     .8447
 *     .0025 / .04 / .01 / .01   .8423     .004 / .045 / .01 / .02   .8437
 * With 64 factors and lr_implicit = lr it was .8488. Constant steps: .8518 (32 factors, 30 epochs,
 * lr .007, reg .04). reg_fold_in .06: .8423 for strangers where stored vectors have .8420.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/factors.h"
#include "num/kernels.h"

enum {
    PARAM_FACTORS,
    PARAM_EPOCHS,
    PARAM_STEP,
    PARAM_LR,
    PARAM_LR_IMPLICIT,
    PARAM_ACCUMULATOR,
    PARAM_REG,
    PARAM_REG_IMPLICIT,
    PARAM_INIT_STD,
    PARAM_REG_FOLD_IN
};
enum { STEP_ADAGRAD, STEP_CONSTANT };

static const reel_param_spec param_specs[] = {
    [PARAM_FACTORS] = {"factors", "how many factors", REEL_PARAM_INT, 128, 1, REEL_FACTORS_MAX,
                       NULL},
    [PARAM_EPOCHS] = {"epochs", "passes over the ratings", REEL_PARAM_INT, 20, 1, 10000, NULL},
    [PARAM_STEP] = {"step", "learning rates of their own for people and films, or one for all",
                    REEL_PARAM_CHOICE, STEP_ADAGRAD, 0, 1, "adagrad|constant"},
    [PARAM_LR] = {"lr", "learning rate", REEL_PARAM_REAL, 0.025, 0, 1, NULL},
    [PARAM_LR_IMPLICIT] = {"lr_implicit", "adagrad: learning rate of the implicit factors",
                           REEL_PARAM_REAL, 0.001, 0, 1, NULL},
    [PARAM_ACCUMULATOR] = {"accumulator", "adagrad: what the sums of squared gradients start from",
                           REEL_PARAM_REAL, 0.2, 1e-6, 1e6, NULL},
    [PARAM_REG] = {"reg", "L2 weight of one rating", REEL_PARAM_REAL, 0.035, 0, 10, NULL},
    [PARAM_REG_IMPLICIT] = {"reg_implicit", "L2 weight of the implicit factors in one rating",
                            REEL_PARAM_REAL, 0.01, 0, 10, NULL},
    [PARAM_INIT_STD] = {"init_std", "deviation of the factors at the start", REEL_PARAM_REAL, 0.005,
                        0, 10, NULL},
    [PARAM_REG_FOLD_IN] = {"reg_fold_in", "L2 weight of one rating when a history is folded in",
                           REEL_PARAM_REAL, 0.06, 0, 10, NULL},
};

/* ---- one person ---------------------------------------------------------------------------- */

typedef struct descent {
    const reel_factors *factors;
    reel_csr_view ratings;
    reel_index *order;   /* [people] in which they are gone through */
    float *person_sum;   /* [people] adagrad: sums of squared gradients */
    float *movie_sum;    /* [movies] */
    float *implicit_sum; /* [movies] */
    float *start, *now;  /* [stride] implicit part of a person, at the start and moved on */
    float *pull;         /* [stride] sum of e q */
    float lr, lr_implicit, reg, reg_implicit, share;
} descent;

static const float *sum_implicit(const descent *d, reel_index u, float scale, float *out)
{
    const reel_csr_view r = d->ratings;
    const size_t stride = d->factors->stride;

    memset(out, 0, stride * sizeof *out);
    for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++)
        reel__axpy(out, scale, d->factors->implicit + (size_t)r.col[k] * stride, stride);
    return out;
}

/* (p + z) . q */
REEL_KERNEL static float dot_sum(const float *p, const float *z, const float *q, size_t n)
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t f = 0; f < n; f++)
        sum += (p[f] + z[f]) * q[f];
    return sum;
}

/* One rating; keep = 1 - lr reg, gain = lr e. */
REEL_KERNEL static void step_constant(float *restrict p, float *restrict z, float *restrict q,
                                      const float step[3], size_t n)
{
    const float keep = step[0], keep_z = step[1], gain = step[2];

#pragma omp simd
    for (size_t f = 0; f < n; f++) {
        const float pf = p[f], zf = z[f], qf = q[f];

        p[f] = keep * pf + gain * qf;
        z[f] = keep_z * zf + gain * qf;
        q[f] = keep * qf + gain * (pf + zf);
    }
}

REEL_KERNEL static void scale_add(float *restrict y, float scale, float a, const float *restrict x,
                                  size_t n)
{
#pragma omp simd
    for (size_t f = 0; f < n; f++)
        y[f] = scale * y[f] + a * x[f];
}

/* A person's ratings one after the other. At each, all y of the person take the same step,
 *   y = keep y + gain q / sqrt(n),
 * so that their sum over sqrt(n), z, takes z = keep z + gain q, and after all of them
 *   y = decay y + (z - decay z at the start) / sqrt(n):  a step for each film once, not once for
 * each rating. */
static void descend_constant(const descent *d, reel_index u)
{
    const reel_factors *f = d->factors;
    const reel_csr_view r = d->ratings;
    const size_t stride = f->stride;
    const float root = sqrtf((float)(r.ptr[u + 1] - r.ptr[u]));
    const float keep = 1 - d->lr * d->reg, keep_z = 1 - d->lr * d->reg_implicit;
    float *p = f->person + (size_t)u * stride, *b = &f->person_bias[u], decay = 1;

    memcpy(d->start, sum_implicit(d, u, 1 / root, d->now), stride * sizeof *d->start);
    for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++) {
        float *q = f->movie + (size_t)r.col[k] * stride, *c = &f->movie_bias[r.col[k]];
        const float e = r.val[k] - (float)f->mean - *b - *c - dot_sum(p, d->now, q, stride);

        *b = keep * *b + d->lr * e;
        *c = keep * *c + d->lr * e;
        step_constant(p, d->now, q, (const float[]){keep, keep_z, d->lr * e}, stride);
        decay *= keep_z;
    }
    scale_add(d->now, 1, -decay, d->start, stride);
    for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++)
        scale_add(f->implicit + (size_t)r.col[k] * stride, decay, 1 / root, d->now, stride);
}

typedef struct rating_rows { /* [n] each, all apart */
    float *p, *q, *pull;
    const float *z;
    size_t n;
} rating_rows;

/* One rating with rates of their own: rates = {lr_p, lr_q, reg, e}; squares [out]: of both
 * gradients. */
REEL_KERNEL static void step_adagrad(const rating_rows *rows, const float rates[4],
                                     float squares[2])
{
    float *restrict p = rows->p, *restrict q = rows->q, *restrict pull = rows->pull;
    const float *restrict z = rows->z;
    const float lp = rates[0], lq = rates[1], reg = rates[2], e = rates[3];
    float sum_p = 0, sum_q = 0;

#pragma omp simd reduction(+ : sum_p, sum_q)
    for (size_t f = 0; f < rows->n; f++) {
        const float slope_p = e * q[f] - reg * p[f], slope_q = e * (p[f] + z[f]) - reg * q[f];

        pull[f] += e * q[f];
        sum_p += slope_p * slope_p;
        sum_q += slope_q * slope_q;
        p[f] += lp * slope_p;
        q[f] += lq * slope_q;
    }
    squares[0] = sum_p;
    squares[1] = sum_q;
}

/* y += lr / sqrt(G) (a pull - reg y), G grown first. */
REEL_KERNEL static float step_implicit(float *restrict y, const float *restrict pull,
                                       const float rates[4], size_t n, float sum)
{
    const float lr = rates[0], a = rates[1], reg = rates[2], share = rates[3];
    float squares = 0, rate;

#pragma omp simd reduction(+ : squares)
    for (size_t f = 0; f < n; f++) {
        const float slope = a * pull[f] - reg * y[f];

        squares += slope * slope;
    }
    sum += squares * share;
    rate = lr / sqrtf(sum);
#pragma omp simd
    for (size_t f = 0; f < n; f++)
        y[f] += rate * (a * pull[f] - reg * y[f]);
    return sum;
}

/* The implicit part of a person stands still during their ratings and takes one step after them. */
static void descend_adagrad(const descent *d, reel_index u)
{
    const reel_factors *f = d->factors;
    const reel_csr_view r = d->ratings;
    const size_t stride = f->stride;
    const float count = (float)(r.ptr[u + 1] - r.ptr[u]), root = sqrtf(count);
    float *p = f->person + (size_t)u * stride, *b = &f->person_bias[u];

    (void)sum_implicit(d, u, 1 / root, d->now);
    memset(d->pull, 0, stride * sizeof *d->pull);
    for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++) {
        const reel_index j = r.col[k];
        float *q = f->movie + (size_t)j * stride, *c = &f->movie_bias[j], squares[2];
        const float e = r.val[k] - (float)f->mean - *b - *c - dot_sum(p, d->now, q, stride);
        const float lp = d->lr / sqrtf(d->person_sum[u]), lq = d->lr / sqrtf(d->movie_sum[j]);

        *b += lp * (e - d->reg * *b);
        *c += lq * (e - d->reg * *c);
        step_adagrad(&(rating_rows){p, q, d->pull, d->now, stride},
                     (const float[]){lp, lq, d->reg, e}, squares);
        d->person_sum[u] += squares[0] * d->share;
        d->movie_sum[j] += squares[1] * d->share;
    }
    for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++) {
        float *sum = &d->implicit_sum[r.col[k]];

        *sum = step_implicit(f->implicit + (size_t)r.col[k] * stride, d->pull,
                             (const float[]){d->lr_implicit, 1 / root, d->reg_implicit, d->share},
                             stride, *sum);
    }
}

/* ---- fitting ------------------------------------------------------------------------------- */

static void fill(float *values, reel_index count, double value)
{
    for (reel_index i = 0; i < count; i++)
        values[i] = (float)value;
}

static void descent_fini(descent *d)
{
    reel__free(d->person_sum);
    reel__free(d->movie_sum);
    reel__free(d->implicit_sum);
    reel__free(d->start);
    reel__free(d->now);
    reel__free(d->pull);
}

static reel_code descent_init(descent *out, const reel_factor_model *model, reel_csr_view ratings,
                              reel_err *err)
{
    const double *params = model->base.params;
    const size_t stride = model->factors.stride;

    *out = (descent){.factors = &model->factors,
                     .ratings = ratings,
                     .person_sum = reel__alloc_array((size_t)ratings.rows, sizeof(float)),
                     .movie_sum = reel__alloc_array((size_t)ratings.cols, sizeof(float)),
                     .implicit_sum = reel__alloc_array((size_t)ratings.cols, sizeof(float)),
                     .start = reel__alloc_aligned(stride, sizeof(float)),
                     .now = reel__alloc_aligned(stride, sizeof(float)),
                     .pull = reel__alloc_aligned(stride, sizeof(float)),
                     .lr = (float)params[PARAM_LR],
                     .lr_implicit = (float)params[PARAM_LR_IMPLICIT],
                     .reg = (float)params[PARAM_REG],
                     .reg_implicit = (float)params[PARAM_REG_IMPLICIT],
                     .share = 1 / (float)params[PARAM_FACTORS]};
    if (out->person_sum == NULL || out->movie_sum == NULL || out->implicit_sum == NULL ||
        out->start == NULL || out->now == NULL || out->pull == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to learn from %lld ratings",
                         (long long)ratings.ptr[ratings.rows]);
    fill(out->person_sum, ratings.rows, params[PARAM_ACCUMULATOR]);
    fill(out->movie_sum, ratings.cols, params[PARAM_ACCUMULATOR]);
    fill(out->implicit_sum, ratings.cols, params[PARAM_ACCUMULATOR]);
    return REEL_OK;
}

/* People get what their films add: a stored vector answers alone. */
static void add_implicit(const descent *d)
{
    const reel_factors *f = d->factors;

    for (reel_index u = 0; u < f->people; u++) {
        const reel_nnz count = d->ratings.ptr[u + 1] - d->ratings.ptr[u];

        if (count > 0)
            reel__axpy(f->person + (size_t)u * f->stride, 1,
                       sum_implicit(d, u, 1 / sqrtf((float)count), d->now), f->stride);
    }
}

static reel_code descend(const descent *d, const reel_model *model, const reel_fit_context *context,
                         reel_err *err)
{
    const bool adagrad = (int)model->params[PARAM_STEP] == STEP_ADAGRAD;
    const int epochs = (int)model->params[PARAM_EPOCHS];

    for (int epoch = 0; epoch < epochs; epoch++) {
        for (reel_index u = 0; u < d->factors->people; u++) {
            if (adagrad)
                descend_adagrad(d, u);
            else
                descend_constant(d, u);
        }
        if (!reel__fit_step(context, (double)(epoch + 1) / epochs))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"svdpp\" was cancelled");
    }
    add_implicit(d);
    return reel__factors_check(d->factors, "svdpp", err);
}

static reel_factors_opts factors_opts(const reel_model *model)
{
    return (reel_factors_opts){.rank = (int)model->params[PARAM_FACTORS],
                               .implicit = true,
                               .init_std = model->params[PARAM_INIT_STD],
                               .reg = model->params[PARAM_REG_FOLD_IN],
                               .seed = model->seed};
}

static reel_code svdpp_fit(reel_model *model, const reel_dataset *dataset,
                           const reel_fit_context *context, reel_err *err)
{
    reel_factor_model *self = (reel_factor_model *)model;
    const reel_factors_opts opts = factors_opts(model);
    descent d = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__factors_init(&self->factors, reel_dataset_ratings(dataset), &opts, err));
    REEL_TRY(descent_init(&d, self, reel_dataset_ratings(dataset), err));
    REEL_TRY(descend(&d, model, context, err));
out:
    descent_fini(&d);
    return rc;
}

static double svdpp_memory(const reel_model *model, const reel_dataset *dataset)
{
    return reel__factors_bytes(dataset, model->params[PARAM_FACTORS], true);
}

static reel_code svdpp_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                            reel_err *err)
{
    const reel_factors_opts opts = factors_opts(model);

    return reel__factors_load(model, &opts, tensors, prefix, err);
}

const reel_model_ops reel__model_svdpp = {
    .info = {.name = "svdpp",
             .summary = "factors that also know which films were rated; predicts ratings",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_APPROXIMATE,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(reel_factor_model),
    .memory = svdpp_memory,
    .lighter = "svd",
    .fit = svdpp_fit,
    .score = reel__factors_score,
    .predict = reel__factors_predict,
    .explain = reel__factors_explain,
    .save = reel__factors_save,
    .load = svdpp_load,
    .fini = reel__factors_release,
};
