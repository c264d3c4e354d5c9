/* slope_one.c - how much better than the films of a history a film is rated by those who know both.
 *   s_uj   = mean_u + sum_i c_ij dev_ji / sum_i c_ij      dev_ji = mean over both's raters (r_j -
 * r_i) over the films i of the history that share a rater with j. c_ij is the entry's weight,
 * times, by default, the number of those raters. Method: Lemire, Maclachlan 2005; "weighted slope
 * one" where raters are counted, and not counting them as in Surprise.
 */
#include <math.h>

#include "base/alloc.h"
#include "model/vtable.h"
#include "num/agreement.h"

enum { PARAM_WEIGHTED };

typedef struct slope_one {
    reel_model base;
    double mean;             /* of all ratings */
    const float *deviations; /* [movies (movies - 1) / 2] of film i from those before it */
    const uint16_t *counts;  /* the same: raters in common, 65535 = as many or more */
} slope_one;

static const reel_param_spec param_specs[] = {
    [PARAM_WEIGHTED] = {"weighted", "count the people who rated both films", REEL_PARAM_CHOICE, 0,
                        0, 1, "no|yes"},
};

static int64_t triangle_at(int64_t i, int64_t j)
{
    return i * (i - 1) / 2 + j;
}

/* ---- fitting ------------------------------------------------------------------------------- */

static bool step(double share, const void *context)
{
    return reel__fit_step(context, share);
}

static void take(void *user, reel_index i, const reel_agree *sums)
{
    const slope_one *self = user;
    float *deviations = (float *)(uintptr_t)self->deviations + triangle_at(i, 0);
    uint16_t *counts = (uint16_t *)(uintptr_t)self->counts + triangle_at(i, 0);

    for (reel_index j = 0; j < i; j++) {
        const double n = (double)sums[j].of[REEL_AGREE_N];

        counts[j] = (uint16_t)fmin(n, UINT16_MAX);
        deviations[j] =
            n > 0
                ? (float)(((double)sums[j].of[REEL_AGREE_A] - (double)sums[j].of[REEL_AGREE_B]) / n)
                : 0;
    }
}

static reel_code slope_fit(reel_model *model, const reel_dataset *dataset,
                           const reel_fit_context *context, reel_err *err)
{
    slope_one *self = (slope_one *)model;
    const reel_agree_pairs job = {.by_person = reel_dataset_ratings(dataset),
                                  .by_item = reel_dataset_raters(dataset),
                                  .threads = context->threads,
                                  .take = take,
                                  .user = self,
                                  .step = step,
                                  .context = context};
    const reel_nnz nnz = job.by_item.ptr[job.by_item.rows];
    const size_t pairs = (size_t)triangle_at(model->movies, 0);

    self->deviations = reel__alloc_array(pairs, sizeof *self->deviations);
    self->counts = reel__alloc_array(pairs, sizeof *self->counts);
    if (self->deviations == NULL || self->counts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the differences of %d films",
                         (int)model->movies);
    for (reel_nnz k = 0; k < nnz; k++)
        self->mean += (double)job.by_item.val[k];
    self->mean /= (double)nnz;
    return reel__agree_all(&job, err);
}

static double slope_memory(const reel_model *model, const reel_dataset *dataset)
{
    (void)dataset;
    return 6.0 * (double)triangle_at(model->movies, 0) + 1e4 * (double)model->movies;
}

/* ---- scores and reasons -------------------------------------------------------------------- */

/* How much an entry counts for a film, and how much better the film is. */
static double compare(const slope_one *self, const reel_entry *entry, reel_index movie,
                      double *deviation)
{
    const bool after = movie > entry->movie;
    const int64_t at = after ? triangle_at(movie, entry->movie) : triangle_at(entry->movie, movie);

    if (movie == entry->movie || entry->kind == REEL_ENTRY_CLICK || self->counts[at] == 0)
        return 0;
    *deviation = after ? (double)self->deviations[at] : -(double)self->deviations[at];
    return (double)entry->weight * (self->base.params[PARAM_WEIGHTED] != 0 ? self->counts[at] : 1);
}

/* sum of the weights of ratings; mean [out] of the history */
static double weigh(const slope_one *self, const reel_query *query, double *mean)
{
    double weight = 0, sum = 0;

    for (size_t n = 0; n < query->count; n++) {
        const reel_entry *e = &query->entries[n];

        if (e->kind == REEL_ENTRY_CLICK)
            continue;
        weight += (double)e->weight;
        sum += (double)e->weight * (double)e->value;
    }
    *mean = weight > 0 ? sum / weight : self->mean;
    return weight;
}

static float predict_one(const slope_one *self, const reel_query *query, double mean,
                         reel_index movie)
{
    double sum = 0, total = 0, deviation = 0;

    for (size_t n = 0; n < query->count; n++) {
        const double count = compare(self, &query->entries[n], movie, &deviation);

        total += count;
        sum += count * deviation;
    }
    return (float)(total > 0 ? mean + sum / total : mean);
}

static reel_code slope_predict(const reel_model *model, const reel_query *query,
                               const reel_index *movies, size_t count, reel_scratch *scratch,
                               float *out, reel_err *err)
{
    double mean;

    (void)scratch;
    (void)err;
    (void)weigh((const slope_one *)model, query, &mean);
    for (size_t i = 0; i < count; i++)
        out[i] = predict_one((const slope_one *)model, query, mean, movies[i]);
    return REEL_OK;
}

static reel_code slope_score(const reel_model *model, const reel_query *query,
                             reel_scratch *scratch, float *scores, reel_err *err)
{
    double mean;

    (void)scratch;
    (void)err;
    (void)weigh((const slope_one *)model, query, &mean);
    for (reel_index j = 0; j < model->movies; j++)
        scores[j] = predict_one((const slope_one *)model, query, mean, j);
    return REEL_OK;
}

static reel_code slope_explain(const reel_model *model, const reel_query *query, reel_index movie,
                               reel_scratch *scratch, double *contributions, reel_explanation *out,
                               reel_err *err)
{
    const slope_one *self = (const slope_one *)model;
    double mean, total = 0, deviation = 0;
    const double weight = weigh(self, query, &mean);

    (void)scratch;
    (void)err;
    for (size_t n = 0; n < query->count; n++)
        total += compare(self, &query->entries[n], movie, &deviation);
    out->score = (double)predict_one(self, query, mean, movie);
    out->baseline = out->score;
    for (size_t n = 0; n < query->count; n++) {
        const reel_entry *e = &query->entries[n];
        const double count = compare(self, e, movie, &deviation);
        const bool rated = e->kind != REEL_ENTRY_CLICK;

        contributions[n] = rated ? (double)e->weight * (double)e->value / weight : 0;
        contributions[n] += count > 0 ? count * deviation / total : 0;
        out->baseline -= contributions[n];
    }
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code slope_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const slope_one *self = (const slope_one *)model;
    const int64_t pairs = triangle_at(model->movies, 0);
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_add(writer, "mean", REEL_F64, &self->mean, 1, err));
    REEL_TRY(reel__tensors_add(writer, "deviations", REEL_F32, self->deviations, pairs, err));
    REEL_TRY(reel__tensors_add(writer, "counts", REEL_U16, self->counts, pairs, err));
out:
    return rc;
}

static reel_code slope_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                            reel_err *err)
{
    slope_one *self = (slope_one *)model;
    const char *path = reel__tensors_path(tensors);
    const int64_t pairs = triangle_at(model->movies, 0);
    const void *mean = NULL, *deviations = NULL, *counts = NULL;
    int64_t found[3] = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_get(tensors, prefix, "mean", REEL_F64, &mean, &found[0], err));
    REEL_TRY(
        reel__tensors_get(tensors, prefix, "deviations", REEL_F32, &deviations, &found[1], err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "counts", REEL_U16, &counts, &found[2], err));
    self->deviations = deviations;
    self->counts = counts;
    if (found[0] != 1 || found[1] != pairs || found[2] != pairs)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld deviations and %lld counts for %d films",
                         path, (long long)found[1], (long long)found[2], (int)model->movies);
    self->mean = *(const double *)mean;
    if (!(fabs(self->mean) <= (double)REEL_VALUE_MAX))
        return reel_fail(err, REEL_E_FORMAT, "%s: the mean is no rating", path);
    for (int64_t p = 0; p < pairs; p++)
        if (!(fabsf(self->deviations[p]) <= 2 * REEL_VALUE_MAX))
            return reel_fail(err, REEL_E_FORMAT, "%s: deviation %lld is out of range", path,
                             (long long)p);
out:
    return rc;
}

static void slope_fini(reel_model *model)
{
    slope_one *self = (slope_one *)model;

    if (model->tensors != NULL)
        return;
    reel__free((void *)(uintptr_t)self->deviations);
    reel__free((void *)(uintptr_t)self->counts);
}

const reel_model_ops reel__model_slope_one = {
    .info = {.name = "slope-one",
             .summary =
                 "how much better or worse than yours other films are rated; predicts ratings",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(slope_one),
    .memory = slope_memory,
    .lighter = "baseline",
    .fit = slope_fit,
    .score = slope_score,
    .predict = slope_predict,
    .explain = slope_explain,
    .save = slope_save,
    .load = slope_load,
    .fini = slope_fini,
};
