/* popular.c - the same list for everyone: how often films were rated, or how well.
 *   count: s_j = n_j                          (n_j ratings, mean m_j)
 *   mean:  s_j = (n_j m_j + d m) / (n_j + d)  (m the mean of all ratings, d = damping)
 * The damped mean is the posterior mean of a film's rating under a normal prior worth d ratings.
 *
 * Defaults: NDCG@10 on validation lists of MovieLens 1M (an earlier grid): count .123; mean with
 * damping 0 .000, 5 .048, 25 .060, 100 .076, 400 .095, 1600 .111. It grows with the damping because
 * a strongly damped mean orders films by how often they were rated; 100 is where a list by quality
 * still differs from one by fame.
 */
#include <math.h>

#include "base/alloc.h"
#include "model/vtable.h"

enum { PARAM_BY, PARAM_DAMPING };
enum { BY_COUNT, BY_MEAN };
#define SCORE_MAX 1e12F /* above any count or mean; a damaged file may say anything */

typedef struct popular {
    reel_model base;
    const float *scores; /* [movies], owned unless base.tensors is set */
} popular;

static const reel_param_spec param_specs[] = {
    [PARAM_BY] = {"by", "rank films by how often or by how well they were rated", REEL_PARAM_CHOICE,
                  BY_COUNT, 0, 1, "count|mean"},
    [PARAM_DAMPING] = {"damping",
                       "by mean: how many ratings at the overall mean each film is given",
                       REEL_PARAM_REAL, 100, 0, 1e6, NULL},
};

static double film_sum(reel_csr_view raters, reel_index movie)
{
    double sum = 0;

    for (reel_nnz k = raters.ptr[movie]; k < raters.ptr[movie + 1]; k++)
        sum += (double)raters.val[k];
    return sum;
}

static reel_code popular_fit(reel_model *model, const reel_dataset *dataset,
                             const reel_fit_context *context, reel_err *err)
{
    popular *self = (popular *)model;
    const reel_csr_view raters = reel_dataset_raters(dataset);
    const double damping = model->params[PARAM_DAMPING];
    float *scores = reel__alloc_array((size_t)raters.rows, sizeof *scores);
    double total = 0;

    self->scores = scores;
    if (scores == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d scores", (int)raters.rows);
    for (reel_index j = 0; j < raters.rows; j++)
        total += film_sum(raters, j);
    total /= (double)raters.ptr[raters.rows];
    for (reel_index j = 0; j < raters.rows; j++) {
        const double count = (double)(raters.ptr[j + 1] - raters.ptr[j]);

        if ((int)model->params[PARAM_BY] == BY_COUNT)
            scores[j] = (float)count;
        else if (count + damping > 0)
            scores[j] = (float)((film_sum(raters, j) + damping * total) / (count + damping));
        else
            scores[j] = (float)total;
    }
    if (!reel__fit_step(context, 1))
        return reel_fail(err, REEL_E_CANCELLED, "fitting \"popular\" was cancelled");
    return REEL_OK;
}

static reel_code popular_score(const reel_model *model, const reel_query *query,
                               reel_scratch *scratch, float *scores, reel_err *err)
{
    const popular *self = (const popular *)model;

    (void)query;
    (void)scratch;
    (void)err;
    for (reel_index j = 0; j < model->movies; j++)
        scores[j] = self->scores[j];
    return REEL_OK;
}

static reel_code popular_explain(const reel_model *model, const reel_query *query, reel_index movie,
                                 reel_scratch *scratch, double *contributions,
                                 reel_explanation *out, reel_err *err)
{
    (void)query;
    (void)scratch;
    (void)contributions;
    (void)err;
    out->score = (double)((const popular *)model)->scores[movie];
    out->baseline = out->score;
    return REEL_OK;
}

static reel_code popular_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    return reel__tensors_add(writer, "scores", REEL_F32, ((const popular *)model)->scores,
                             model->movies, err);
}

static reel_code popular_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                              reel_err *err)
{
    popular *self = (popular *)model;
    const void *data = NULL;
    int64_t count = 0;
    const reel_code rc = reel__tensors_get(tensors, prefix, "scores", REEL_F32, &data, &count, err);

    if (rc != REEL_OK)
        return rc;
    self->scores = data;
    if (count != model->movies)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld scores for %d films",
                         reel__tensors_path(tensors), (long long)count, (int)model->movies);
    for (reel_index j = 0; j < model->movies; j++)
        if (!(fabsf(self->scores[j]) <= SCORE_MAX))
            return reel_fail(err, REEL_E_FORMAT, "%s: score %d is no count and no mean",
                             reel__tensors_path(tensors), (int)j);
    return REEL_OK;
}

static void popular_fini(reel_model *model)
{
    if (model->tensors == NULL)
        reel__free((void *)(uintptr_t)((popular *)model)->scores);
}

const reel_model_ops reel__model_popular = {
    .info = {.name = "popular",
             .summary = "the films most people rated, or rated best; the same for everyone",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(popular),
    .takes_signals = true,
    .fit = popular_fit,
    .score = popular_score,
    .explain = popular_explain,
    .neighbours = NULL,
    .save = popular_save,
    .load = popular_load,
    .fini = popular_fini,
};
