/* svd.c - biased matrix factorisation by stochastic gradient descent.
 *   s_uj = mean + b_u + b_j + q_j . p_u
 *   min sum (r_uj - s_uj)^2 + reg (b_u^2 + b_j^2 + |q_j|^2 + |p_u|^2)      over the ratings
 * Method: Koren, Bell, Volinsky, "Matrix factorization techniques", 2009; sgd.h has the steps. With
 * step=constant, factors=100, lr=.005, reg=.02, init_std=.1 it is SVD of Surprise with its
 * defaults, whose published errors (RMSE .873, .934) it gives on MovieLens 1M and 100K.
 *
 * Defaults: RMSE on a tenth of the training part of fold 0 of MovieLens 1M (bench_ratings RATINGS
 * FOLDS svd fold=0 validate=1), 128 factors, 20 epochs, by lr / accumulator / reg / init_std:
 *     .025 / .2 / .04 / .005  .8455     .02 / .1 / .04 / .01   .8457     .03 / .1 / .05 / .01 .8483
 *     .025 / .2 / .04 / .003  .8454     .02 / .1 / .05 / .01   .8473     .05 / 1 / .05 / .025 .8540
 *     .02 / .2 / .04 / .005   .8455     .02 / .1 / .035 / .01  .8462     .03 / .1 / .04 / .01 .8516
 * A small start lets the biases be learned before the factors; the best constant step (.03, falling
 * by 8 % an epoch, reg .07) gave .8547. reg_fold_in, history folded in: .04 .8489, .06 .8473,
 * .08 .8480 where stored vectors have .8455.
 */
#include "model/factors.h"
#include "model/sgd.h"

enum {
    PARAM_FACTORS,
    PARAM_EPOCHS,
    PARAM_STEP,
    PARAM_LR,
    PARAM_ACCUMULATOR,
    PARAM_REG,
    PARAM_INIT_STD,
    PARAM_REG_FOLD_IN
};
enum { STEP_ADAGRAD, STEP_CONSTANT };

static const reel_param_spec param_specs[] = {
    [PARAM_FACTORS] = {"factors", "how many factors", REEL_PARAM_INT, 128, 1, REEL_FACTORS_MAX,
                       NULL, 16, 256, true},
    [PARAM_EPOCHS] = {"epochs", "passes over the ratings", REEL_PARAM_INT, 20, 1, 10000, NULL},
    [PARAM_STEP] = {"step", "learning rates of their own for people and films, or one for all",
                    REEL_PARAM_CHOICE, STEP_ADAGRAD, 0, 1, "adagrad|constant"},
    [PARAM_LR] = {"lr", "learning rate", REEL_PARAM_REAL, 0.025, 0, 1, NULL, 0.003, 0.1, true},
    [PARAM_ACCUMULATOR] = {"accumulator", "adagrad: what the sums of squared gradients start from",
                           REEL_PARAM_REAL, 0.2, 1e-6, 1e6, NULL, 0.02, 2, true},
    [PARAM_REG] = {"reg", "L2 weight of one rating", REEL_PARAM_REAL, 0.04, 0, 10, NULL, 0.01, 0.3,
                   true},
    [PARAM_INIT_STD] = {"init_std", "deviation of the factors at the start", REEL_PARAM_REAL, 0.005,
                        0, 10, NULL, 1e-3, 0.1, true},
    [PARAM_REG_FOLD_IN] = {"reg_fold_in", "L2 weight of one rating when a history is folded in",
                           REEL_PARAM_REAL, 0.06, 0, 10, NULL, 0.01, 0.3, true},
};

/* ---- fitting ------------------------------------------------------------------------------- */

static reel_factors_opts factors_opts(const reel_model *model)
{
    return (reel_factors_opts){.rank = (int)model->params[PARAM_FACTORS],
                               .init_std = model->params[PARAM_INIT_STD],
                               .reg = model->params[PARAM_REG_FOLD_IN],
                               .seed = model->seed};
}

static reel_sgd_opts sgd_opts(const reel_model *model)
{
    const double *params = model->params;

    return (reel_sgd_opts){.lr = params[PARAM_LR],
                           .reg = params[PARAM_REG],
                           .adagrad = (int)params[PARAM_STEP] == STEP_ADAGRAD,
                           .accumulator = params[PARAM_ACCUMULATOR],
                           .rank = (int)params[PARAM_FACTORS]};
}

static reel_code descend(reel_factor_model *self, reel_sgd *sgd, const reel_fit_context *context,
                         reel_err *err)
{
    const int epochs = (int)self->base.params[PARAM_EPOCHS];

    for (int epoch = 0; epoch < epochs; epoch++) {
        reel__sgd_epoch(sgd, context->threads);
        if (!reel__fit_step(context, (double)(epoch + 1) / epochs))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"svd\" was cancelled");
    }
    reel__sgd_finish(sgd, &self->factors);
    return reel__factors_check(&self->factors, "svd", err);
}

static reel_code svd_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err)
{
    reel_factor_model *self = (reel_factor_model *)model;
    const reel_factors_opts opts = factors_opts(model);
    const reel_sgd_opts steps = sgd_opts(model);
    reel_sgd sgd = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__factors_init(&self->factors, reel_dataset_ratings(dataset), &opts, err));
    REEL_TRY(reel__sgd_init(&sgd, &self->factors, reel_dataset_ratings(dataset), &steps,
                            model->seed, err));
    REEL_TRY(descend(self, &sgd, context, err));
out:
    reel__sgd_fini(&sgd);
    return rc;
}

static double svd_memory(const reel_model *model, const reel_dataset *dataset)
{
    return reel__factors_bytes(dataset, model->params[PARAM_FACTORS], false) +
           reel__sgd_bytes(dataset);
}

static reel_code svd_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    const reel_factors_opts opts = factors_opts(model);

    return reel__factors_load(model, &opts, tensors, prefix, err);
}

const reel_model_ops reel__model_svd = {
    .info = {.name = "svd",
             .summary = "biases and factors of taste by gradient descent; predicts ratings",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_APPROXIMATE,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(reel_factor_model),
    .memory = svd_memory,
    .lighter = "baseline",
    .fit = svd_fit,
    .score = reel__factors_score,
    .predict = reel__factors_predict,
    .explain = reel__factors_explain,
    .save = reel__factors_save,
    .load = svd_load,
    .fini = reel__factors_release,
};
