/* baseline.c - how well a film is rated and how generous a person is, nothing of taste.
 *   s_uj = mean + b_u + b_j      (biases.c has how they are estimated)
 * Method: Koren, "Factor in the neighbors", 2010, section 2.1; als and sgd and their defaults as in
 * Surprise (BaselineOnly), whose published error (.909) they give: RMSE .9088 on MovieLens 1M in
 * five folds (bench/ratings.c). A person's bias is a sum over their history, so folding in is exact
 * and the reason is arithmetic.
 */
#include "model/biases.h"

enum { PARAM_METHOD, PARAM_EPOCHS, PARAM_REG_I, PARAM_REG_U, PARAM_LR, PARAM_REG };

typedef struct baseline {
    reel_model base;
    reel_biases biases;
} baseline;

static const reel_param_spec param_specs[] = {
    [PARAM_METHOD] = {"method", "alternating least squares or stochastic gradient descent",
                      REEL_PARAM_CHOICE, REEL_BIASES_ALS, 0, 1, "als|sgd"},
    [PARAM_EPOCHS] = {"epochs", "passes over the ratings", REEL_PARAM_INT, 10, 1, 1000, NULL},
    [PARAM_REG_I] = {"reg_i", "als: how many ratings at no bias each film is given",
                     REEL_PARAM_REAL, 10, 0, 1e6, NULL},
    [PARAM_REG_U] = {"reg_u", "how many ratings at no bias each person is given", REEL_PARAM_REAL,
                     15, 0, 1e6, NULL},
    [PARAM_LR] = {"lr", "sgd: learning rate", REEL_PARAM_REAL, 0.005, 0, 1, NULL},
    [PARAM_REG] = {"reg", "sgd: L2 weight of one rating", REEL_PARAM_REAL, 0.02, 0, 1, NULL},
};

static reel_code baseline_fit(reel_model *model, const reel_dataset *dataset,
                              const reel_fit_context *context, reel_err *err)
{
    const double *params = model->params;
    const reel_bias_opts opts = {.method = (reel_bias_method)params[PARAM_METHOD],
                                 .epochs = (int)params[PARAM_EPOCHS],
                                 .reg_i = params[PARAM_REG_I],
                                 .reg_u = params[PARAM_REG_U],
                                 .lr = params[PARAM_LR],
                                 .reg = params[PARAM_REG],
                                 .share = 1};

    return reel__biases_fit(&((baseline *)model)->biases, dataset, &opts, context, err);
}

static double predict_one(const reel_biases *biases, double person, reel_index movie)
{
    return (double)(float)(biases->mean + person + (double)biases->movie[movie]);
}

static reel_code baseline_score(const reel_model *model, const reel_query *query,
                                reel_scratch *scratch, float *scores, reel_err *err)
{
    const reel_biases *biases = &((const baseline *)model)->biases;
    const double person = reel__biases_of_query(biases, query, NULL);

    (void)scratch;
    (void)err;
    for (reel_index j = 0; j < model->movies; j++)
        scores[j] = (float)predict_one(biases, person, j);
    return REEL_OK;
}

static reel_code baseline_predict(const reel_model *model, const reel_query *query,
                                  const reel_index *movies, size_t count, reel_scratch *scratch,
                                  float *out, reel_err *err)
{
    const reel_biases *biases = &((const baseline *)model)->biases;
    const double person = reel__biases_of_query(biases, query, NULL);

    (void)scratch;
    (void)err;
    for (size_t i = 0; i < count; i++)
        out[i] = (float)predict_one(biases, person, movies[i]);
    return REEL_OK;
}

static reel_code baseline_explain(const reel_model *model, const reel_query *query,
                                  reel_index movie, reel_scratch *scratch, double *contributions,
                                  reel_explanation *out, reel_err *err)
{
    const reel_biases *biases = &((const baseline *)model)->biases;

    (void)scratch;
    (void)err;
    out->score = predict_one(biases, reel__biases_of_query(biases, query, contributions), movie);
    out->baseline = biases->mean + (double)biases->movie[movie];
    return REEL_OK;
}

static reel_code baseline_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    return reel__biases_save(&((const baseline *)model)->biases, model->movies, writer, err);
}

static reel_code baseline_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                               reel_err *err)
{
    return reel__biases_load(&((baseline *)model)->biases, model->movies,
                             model->params[PARAM_REG_U], tensors, prefix, err);
}

static void baseline_fini(reel_model *model)
{
    reel__biases_fini(&((baseline *)model)->biases);
}

const reel_model_ops reel__model_baseline = {
    .info = {.name = "baseline",
             .summary = "how well a film is rated and how generous a person is; predicts ratings",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(baseline),
    .fit = baseline_fit,
    .score = baseline_score,
    .predict = baseline_predict,
    .explain = baseline_explain,
    .save = baseline_save,
    .load = baseline_load,
    .fini = baseline_fini,
};
