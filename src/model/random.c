/* random.c - ratings drawn from the normal distribution of those in the data; the yardstick of
 * chance, for ratings and for lists.
 *   s_uj ~ N(mean, deviation^2), drawn anew for each seed, history and film
 * As NormalPredictor of Surprise, whose published errors (RMSE 1.504 on MovieLens 1M, 1.518 on
 * 100K) it gives. Equal histories get equal lists.
 */
#include <math.h>

#include "base/rng.h"
#include "model/vtable.h"

typedef struct normal { /* as it is stored */
    double mean, deviation;
} normal;

typedef struct random_model {
    reel_model base;
    normal normal;
} random_model;

static reel_code random_fit(reel_model *model, const reel_dataset *dataset,
                            const reel_fit_context *context, reel_err *err)
{
    normal *n = &((random_model *)model)->normal;
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_nnz count = ratings.ptr[ratings.rows];
    double sum = 0, squares = 0;

    for (reel_nnz k = 0; k < count; k++)
        sum += (double)ratings.val[k];
    n->mean = sum / (double)count;
    for (reel_nnz k = 0; k < count; k++)
        squares += ((double)ratings.val[k] - n->mean) * ((double)ratings.val[k] - n->mean);
    n->deviation = sqrt(squares / (double)count);
    if (n->deviation <= 0) /* all ratings are one: lists need an order all the same */
        n->deviation = 1;
    if (!reel__fit_step(context, 1))
        return reel_fail(err, REEL_E_CANCELLED, "fitting \"random\" was cancelled");
    return REEL_OK;
}

static float draw(const reel_model *model, uint64_t history, reel_index movie)
{
    const normal *n = &((const random_model *)model)->normal;
    reel_rng rng = reel__rng_make(model->seed ^ history, (uint64_t)model->movie_ids[movie]);

    return (float)(n->mean + n->deviation * reel__rng_normal(&rng));
}

static reel_code random_score(const reel_model *model, const reel_query *query,
                              reel_scratch *scratch, float *scores, reel_err *err)
{
    const uint64_t history = reel_query_hash(query);

    (void)scratch;
    (void)err;
    for (reel_index j = 0; j < model->movies; j++)
        scores[j] = draw(model, history, j);
    return REEL_OK;
}

static reel_code random_predict(const reel_model *model, const reel_query *query,
                                const reel_index *movies, size_t count, reel_scratch *scratch,
                                float *out, reel_err *err)
{
    const uint64_t history = reel_query_hash(query);

    (void)scratch;
    (void)err;
    for (size_t i = 0; i < count; i++)
        out[i] = draw(model, history, movies[i]);
    return REEL_OK;
}

static reel_code random_explain(const reel_model *model, const reel_query *query, reel_index movie,
                                reel_scratch *scratch, double *contributions, reel_explanation *out,
                                reel_err *err)
{
    (void)scratch;
    (void)contributions;
    (void)err;
    out->score = out->baseline = (double)draw(model, reel_query_hash(query), movie);
    return REEL_OK;
}

static reel_code random_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    return reel__tensors_add(writer, "normal", REEL_F64, &((const random_model *)model)->normal, 2,
                             err);
}

static reel_code random_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                             reel_err *err)
{
    normal *n = &((random_model *)model)->normal;
    const void *data = NULL;
    int64_t count = 0;
    const reel_code rc = reel__tensors_get(tensors, prefix, "normal", REEL_F64, &data, &count, err);

    if (rc != REEL_OK)
        return rc;
    if (count == 2)
        *n = *(const normal *)data;
    if (count != 2 || !(fabs(n->mean) <= (double)REEL_VALUE_MAX) ||
        !(n->deviation > 0 && n->deviation <= 2 * (double)REEL_VALUE_MAX))
        return reel_fail(err, REEL_E_FORMAT, "%s: no mean and deviation of ratings",
                         reel__tensors_path(tensors));
    return REEL_OK;
}

static void random_fini(reel_model *model)
{
    (void)model;
}

const reel_model_ops reel__model_random = {
    .info = {.name = "random",
             .summary = "ratings drawn from the normal distribution of those in the data: chance",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = NULL,
             .param_count = 0},
    .struct_size = sizeof(random_model),
    .fit = random_fit,
    .score = random_score,
    .predict = random_predict,
    .explain = random_explain,
    .save = random_save,
    .load = random_load,
    .fini = random_fini,
};
