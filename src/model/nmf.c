/* nmf.c - matrix factorisation whose factors are never negative.
 *   s_uj = q_j . p_u >= 0
 *   p_uf *= sum_i q_if r_i / (sum_i q_if s_i + reg n_u p_uf)      and the same for q over people
 * Method: Luo, Zhou, Xia, Zhu 2014; steps and defaults are those of NMF in Surprise, whose
 * published errors (RMSE .916 on MovieLens 1M, .963 on 100K) it gives. People are not kept: whoever
 * asks starts from the mean person and takes the steps above with the films as they are, so that
 * folding in is exact. The last step is a sum over the history.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/vtable.h"
#include "num/par.h"

enum { PARAM_FACTORS, PARAM_EPOCHS, PARAM_REG, PARAM_INIT_HIGH };
enum { STREAM_PERSON = 1, STREAM_MOVIE };
enum { SLOT_PERSON, SLOT_WORK };
enum { FACTORS_MAX = 256, FOLD_IN_STEPS = 30 };
#define FLOPS_PER_THREAD 1e6
#define FACTOR_MAX       1e9F /* above any factor of ratings in range */

typedef struct nmf {
    reel_model base;
    const float *movie;  /* [movies][factors], as the next owned unless base.tensors is set */
    const float *middle; /* [factors] the mean person */
} nmf;

static const reel_param_spec param_specs[] = {
    [PARAM_FACTORS] = {"factors", "how many factors", REEL_PARAM_INT, 15, 1, FACTORS_MAX, NULL},
    [PARAM_EPOCHS] = {"epochs", "steps of people and films", REEL_PARAM_INT, 50, 1, 1000, NULL},
    [PARAM_REG] = {"reg", "L2 weight of one rating", REEL_PARAM_REAL, 0.06, 1e-6, 10, NULL},
    [PARAM_INIT_HIGH] = {"init_high", "factors start uniformly between 0 and this", REEL_PARAM_REAL,
                         1, 1e-6, 100, NULL},
};

static int rank_of(const reel_model *model)
{
    return (int)model->params[PARAM_FACTORS];
}

/* ---- fitting ------------------------------------------------------------------------------- */

/* New rows given those of the columns; a row without ratings stays. */
static void step_rows(const reel_model *model, reel_csr_view ratings, const float *old,
                      const float *other, float *out, int threads)
{
    const int rank = rank_of(model);
    const double reg = model->params[PARAM_REG];
    const double work = (double)ratings.ptr[ratings.rows] * rank;
    const int team = reel__par_threads(work, FLOPS_PER_THREAD, threads);

    (void)team; /* a build without OpenMP */
#pragma omp parallel for schedule(dynamic, 64) num_threads(team)
    for (reel_index u = 0; u < ratings.rows; u++) {
        const float *p = old + (size_t)u * (size_t)rank;
        float *to = out + (size_t)u * (size_t)rank, up[FACTORS_MAX], down[FACTORS_MAX];
        const double count = (double)(ratings.ptr[u + 1] - ratings.ptr[u]);

        memset(up, 0, sizeof up);
        memset(down, 0, sizeof down);
        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++) {
            const float *q = other + (size_t)ratings.col[k] * (size_t)rank;
            float s = 0;

            for (int f = 0; f < rank; f++)
                s += p[f] * q[f];
            for (int f = 0; f < rank; f++) {
                up[f] += q[f] * ratings.val[k];
                down[f] += q[f] * s;
            }
        }
        for (int f = 0; f < rank; f++) {
            const double below = (double)down[f] + reg * count * (double)p[f];

            to[f] = below > 0 ? (float)((double)p[f] * (double)up[f] / below) : p[f];
        }
    }
}

static void start(float *rows, reel_index count, const reel_model *model, uint64_t stream)
{
    const int rank = rank_of(model);

    for (reel_index i = 0; i < count; i++) {
        reel_rng rng = reel__rng_make(model->seed, stream << 32 | (uint64_t)i);

        for (int f = 0; f < rank; f++)
            rows[(size_t)i * (size_t)rank + (size_t)f] =
                (float)(model->params[PARAM_INIT_HIGH] * reel__rng_unit(&rng));
    }
}

/* The mean of the rows that have ratings. */
static void mean_row(reel_csr_view ratings, const float *rows, int rank, float *out)
{
    double sum[FACTORS_MAX] = {0}, count = 0;

    for (reel_index i = 0; i < ratings.rows; i++) {
        if (ratings.ptr[i] == ratings.ptr[i + 1])
            continue;
        count++;
        for (int f = 0; f < rank; f++)
            sum[f] += (double)rows[(size_t)i * (size_t)rank + (size_t)f];
    }
    for (int f = 0; f < rank; f++)
        out[f] = (float)(sum[f] / count);
}

/* A film that nobody rated is the mean film. */
static void settle(float *rows, reel_csr_view raters, int rank)
{
    float middle[FACTORS_MAX];

    mean_row(raters, rows, rank, middle);
    for (reel_index j = 0; j < raters.rows; j++)
        if (raters.ptr[j] == raters.ptr[j + 1])
            memcpy(rows + (size_t)j * (size_t)rank, middle, (size_t)rank * sizeof *rows);
}

static bool all_factors(const float *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(values[i] >= 0 && values[i] <= FACTOR_MAX))
            return false;
    return true;
}

typedef struct buffers { /* of a fit: rows as they are and as they become */
    float *person[2], *movie[2];
} buffers;

static reel_code run(nmf *self, buffers *b, const reel_dataset *dataset,
                     const reel_fit_context *context, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_csr_view raters = reel_dataset_raters(dataset);
    const int epochs = (int)self->base.params[PARAM_EPOCHS];

    start(b->person[0], ratings.rows, &self->base, STREAM_PERSON);
    start(b->movie[0], ratings.cols, &self->base, STREAM_MOVIE);
    for (int epoch = 0; epoch < epochs; epoch++) {
        const buffers held = *b;

        step_rows(&self->base, ratings, b->person[0], b->movie[0], b->person[1], context->threads);
        step_rows(&self->base, raters, b->movie[0], b->person[0], b->movie[1], context->threads);
        *b = (buffers){{held.person[1], held.person[0]}, {held.movie[1], held.movie[0]}};
        if (!reel__fit_step(context, (double)(epoch + 1) / epochs))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"nmf\" was cancelled");
    }
    settle(b->movie[0], raters, rank_of(&self->base));
    if (!all_factors(b->movie[0], (int64_t)ratings.cols * rank_of(&self->base)))
        return reel_fail(err, REEL_E_INVALID, "fitting \"nmf\" left the finite numbers; raise reg");
    return REEL_OK;
}

static reel_code check_signs(reel_csr_view ratings, reel_err *err)
{
    for (reel_nnz k = 0; k < ratings.ptr[ratings.rows]; k++)
        if (ratings.val[k] < 0)
            return reel_fail(err, REEL_E_INVALID,
                             "nmf predicts no ratings below 0, the data hold %g; take svd",
                             (double)ratings.val[k]);
    return REEL_OK;
}

static reel_code nmf_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err)
{
    nmf *self = (nmf *)model;
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const size_t rank = (size_t)rank_of(model), people = (size_t)ratings.rows;
    float *middle = reel__alloc_array(rank, sizeof *middle);
    buffers b;
    reel_code rc = check_signs(ratings, err);

    self->middle = middle;
    for (int i = 0; i < 2; i++) {
        b.person[i] = reel__alloc_array(people, rank * sizeof(float));
        b.movie[i] = reel__alloc_array((size_t)ratings.cols, rank * sizeof(float));
    }
    if (rc == REEL_OK && (middle == NULL || b.person[0] == NULL || b.person[1] == NULL ||
                          b.movie[0] == NULL || b.movie[1] == NULL))
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for %zu factors of %zu people", rank, people);
    if (rc == REEL_OK)
        rc = run(self, &b, dataset, context, err);
    if (rc == REEL_OK)
        mean_row(ratings, b.person[0], (int)rank, middle);
    self->movie = b.movie[0];
    reel__free(b.movie[1]);
    reel__free(b.person[0]);
    reel__free(b.person[1]);
    return rc;
}

static double nmf_memory(const reel_model *model, const reel_dataset *dataset)
{
    return 2 * (double)sizeof(float) * model->params[PARAM_FACTORS] *
           ((double)reel_dataset_people(dataset) + (double)reel_dataset_movies(dataset));
}

/* ---- folding in ---------------------------------------------------------------------------- */

typedef struct person { /* who asks */
    uint64_t key;
    double total; /* weight of the ratings */
    double now[FACTORS_MAX];
    double below[FACTORS_MAX]; /* before[f] / the denominator of the last step */
} person;

static const float *row_of(const nmf *self, reel_index movie)
{
    return self->movie + (size_t)movie * (size_t)rank_of(&self->base);
}

/* What one entry adds to the numerators: its rating, none below 0, by its weight. */
static double pull_of(const reel_entry *e)
{
    return e->kind == REEL_ENTRY_CLICK ? 0 : (double)e->weight * fmax(0, (double)e->value);
}

static void step_person(const nmf *self, const reel_query *query, person *p)
{
    const int rank = rank_of(&self->base);
    double up[FACTORS_MAX] = {0}, down[FACTORS_MAX] = {0};

    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const float *q = row_of(self, e->movie);
        const double pull = pull_of(e);
        double s = 0;

        if (e->kind == REEL_ENTRY_CLICK)
            continue;
        for (int f = 0; f < rank; f++)
            s += p->now[f] * (double)q[f];
        for (int f = 0; f < rank; f++) {
            up[f] += pull * (double)q[f];
            down[f] += (double)e->weight * s * (double)q[f];
        }
    }
    for (int f = 0; f < rank; f++) {
        const double below = down[f] + self->base.params[PARAM_REG] * p->total * p->now[f];

        p->below[f] = below > 0 ? p->now[f] / below : 0;
        p->now[f] = p->below[f] * up[f];
    }
}

static reel_code open_person(person **out, const nmf *self, const reel_query *query,
                             reel_scratch *scratch, reel_err *err)
{
    const uint64_t key = reel__query_key(&self->base, query);
    person *p = reel__scratch_get(scratch, SLOT_PERSON, sizeof *p);

    *out = p;
    if (p == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to fold in %zu films", query->count);
    if (p->key == key)
        return REEL_OK;
    p->total = 0;
    for (size_t i = 0; i < query->count; i++)
        if (query->entries[i].kind != REEL_ENTRY_CLICK)
            p->total += (double)query->entries[i].weight;
    for (int f = 0; f < rank_of(&self->base); f++)
        p->now[f] = (double)self->middle[f];
    for (int step = 0; step < FOLD_IN_STEPS && p->total > 0; step++)
        step_person(self, query, p);
    p->key = key;
    return REEL_OK;
}

static float predict_one(const nmf *self, const person *p, reel_index movie)
{
    const float *q = row_of(self, movie);
    double s = 0;

    for (int f = 0; f < rank_of(&self->base); f++)
        s += p->now[f] * (double)q[f];
    return (float)s;
}

static reel_code nmf_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                           float *scores, reel_err *err)
{
    const nmf *self = (const nmf *)model;
    person *p = NULL;
    const reel_code rc = open_person(&p, self, query, scratch, err);

    for (reel_index j = 0; rc == REEL_OK && j < model->movies; j++)
        scores[j] = predict_one(self, p, j);
    return rc;
}

static reel_code nmf_predict(const reel_model *model, const reel_query *query,
                             const reel_index *movies, size_t count, reel_scratch *scratch,
                             float *out, reel_err *err)
{
    const nmf *self = (const nmf *)model;
    person *p = NULL;
    const reel_code rc = open_person(&p, self, query, scratch, err);

    for (size_t i = 0; rc == REEL_OK && i < count; i++)
        out[i] = predict_one(self, p, movies[i]);
    return rc;
}

static reel_code nmf_explain(const reel_model *model, const reel_query *query, reel_index movie,
                             reel_scratch *scratch, double *contributions, reel_explanation *out,
                             reel_err *err)
{
    const nmf *self = (const nmf *)model;
    const float *q = row_of(self, movie);
    person *p = NULL;
    const reel_code rc = open_person(&p, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    out->score = (double)predict_one(self, p, movie);
    if (p->total <= 0) {
        out->baseline = out->score;
        return REEL_OK;
    }
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const float *other = row_of(self, e->movie);
        double sum = 0;

        for (int f = 0; f < rank_of(model); f++)
            sum += p->below[f] * (double)other[f] * (double)q[f];
        contributions[i] = pull_of(e) * sum;
    }
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code nmf_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const nmf *self = (const nmf *)model;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_add_matrix(writer, "movie_factors", REEL_F32, self->movie, model->movies,
                                      rank_of(model), err));
    REEL_TRY(reel__tensors_add(writer, "mean_person", REEL_F32, self->middle, rank_of(model), err));
out:
    return rc;
}

static reel_code nmf_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    nmf *self = (nmf *)model;
    const void *movie = NULL, *middle = NULL;
    int64_t shape[2] = {0, 0}, count = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(
        reel__tensors_get_matrix(tensors, prefix, "movie_factors", REEL_F32, &movie, shape, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "mean_person", REEL_F32, &middle, &count, err));
    self->movie = movie;
    self->middle = middle;
    if (shape[0] != model->movies || shape[1] != rank_of(model) || count != rank_of(model))
        return reel_fail(err, REEL_E_FORMAT, "%s: no %d factors of %d films",
                         reel__tensors_path(tensors), rank_of(model), (int)model->movies);
    if (!all_factors(self->movie, shape[0] * shape[1]) || !all_factors(self->middle, count))
        return reel_fail(err, REEL_E_FORMAT, "%s: a factor is negative or no number",
                         reel__tensors_path(tensors));
out:
    return rc;
}

static void nmf_fini(reel_model *model)
{
    nmf *self = (nmf *)model;

    if (model->tensors == NULL) {
        reel__free((void *)(uintptr_t)self->movie);
        reel__free((void *)(uintptr_t)self->middle);
    }
}

const reel_model_ops reel__model_nmf = {
    .info = {.name = "nmf",
             .summary = "factors that are never negative; predicts ratings",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(nmf),
    .memory = nmf_memory,
    .lighter = "baseline",
    .fit = nmf_fit,
    .score = nmf_score,
    .predict = nmf_predict,
    .explain = nmf_explain,
    .save = nmf_save,
    .load = nmf_load,
    .fini = nmf_fini,
};
