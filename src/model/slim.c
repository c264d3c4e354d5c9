/* slim.c - SLIM: each film predicted from a few others, by an elastic net.
 *   min_w  1/2 |x_j - X w|^2 + l2/2 |w|^2 + l1 |w|_1      w_j = 0, w >= 0      s_j = sum_i x_i w_ij
 * Paper: Ning and Karypis 2011, "SLIM: Sparse Linear Methods for Top-N Recommender Systems"; solved
 * over the Gram matrix (slim_fit.c). People may weigh by the length of their history as in ease.c.
 * The scikit-learn terms (alpha, l1_ratio, n people) are l1 = n alpha l1_ratio and
 * l2 = n alpha (1 - l1_ratio).
 *
 * Defaults: recall_min@20, ndcg@10, ndcg@100 on a validation part cut from the training part of the
 * fixed MovieLens 1M split (1,334 films, a fifth of each person's liked films), weighting 0.5:
 *   l1 5, l2 1000: .3188 .2463 .3813 (weighting 0)    l1 5, l2 600: .3236 .2496 .3859
 *   l1 2, l2 400:  .3290 .2531 .3920                  l1 5, l2 300: .3266 .2523 .3889
 *   l1 1, l2 200:  .3306 .2549 .3937                  l1 0.5, l2 300: .3318 .2547 .3938
 *   l1 1, l2 300, weighting 0.7: .3329 .2541 .3937    l1 2, l2 400, negative: .3330 .2550 .3941
 */
#include "model/slim.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "model/evidence.h"
#include "num/gram.h"
#include "num/par.h"

enum { PARAM_LIKED, PARAM_L1, PARAM_L2, PARAM_TOP, PARAM_NEGATIVE, PARAM_WEIGHTING };
enum { NEGATIVE_NO, NEGATIVE_YES };
enum { CHUNK = 256 };       /* films between two looks at `cancel` */
#define COST_PER_FILM   1e6 /* about what a film costs, */
#define COST_PER_THREAD 1e7 /* and what one thread does while another one wakes */
#define WEIGHT_MAX      1e12F

static const reel_param_spec param_specs[] = {
    [PARAM_LIKED] = REEL_EVIDENCE_PARAM,
    [PARAM_L1] = {"l1", "absolute regularisation: more of it, fewer weights", REEL_PARAM_REAL, 1, 0,
                  1e9, NULL, 0.1, 20, true},
    [PARAM_L2] = {"l2", "squared regularisation", REEL_PARAM_REAL, 300, 1e-3, 1e9, NULL, 10, 10000,
                  true},
    [PARAM_TOP] = {"top", "how many weights a film keeps at the most", REEL_PARAM_INT, 500, 1,
                   REEL_SLIM_ACTIVE, NULL},
    [PARAM_NEGATIVE] = {"negative", "whether weights may be below 0", REEL_PARAM_CHOICE,
                        NEGATIVE_NO, 0, 1, "no|yes"},
    [PARAM_WEIGHTING] = {"weighting", "a person of n films counts n^-weighting", REEL_PARAM_REAL,
                         0.7, 0, 2, NULL, 0, 1},
};

typedef struct slim {
    reel_model base;
    reel_evidence evidence;
    reel_csr_view weights; /* movies x movies: row i is what film i of a history adds */
    reel_csr owned;        /* of a fitted model */
} slim;

/* ---- scores -------------------------------------------------------------------------------- */

static reel_code slim_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                            float *scores, reel_err *err)
{
    const slim *self = (const slim *)model;
    const reel_csr_view *weights = &self->weights;
    const size_t movies = (size_t)model->movies;
    double *sum = reel__scratch_get(scratch, 0, movies * sizeof *sum);

    if (sum == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to score %zu films", movies);
    memset(sum, 0, movies * sizeof *sum);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const double weight = (double)e->weight;

        if (!reel__evidence_likes(&self->evidence, e))
            continue;
        for (reel_nnz k = weights->ptr[e->movie]; k < weights->ptr[e->movie + 1]; k++)
            sum[weights->col[k]] += weight * (double)weights->val[k];
    }
    for (size_t j = 0; j < movies; j++)
        scores[j] = (float)sum[j];
    return REEL_OK;
}

/* The weight from film i to film j. */
static double find_weight(reel_csr_view weights, reel_index i, reel_index j)
{
    reel_nnz from = weights.ptr[i], to = weights.ptr[i + 1];

    while (from < to) {
        const reel_nnz middle = from + (to - from) / 2;

        if (weights.col[middle] < j)
            from = middle + 1;
        else
            to = middle;
    }
    return from < weights.ptr[i + 1] && weights.col[from] == j ? (double)weights.val[from] : 0;
}

static reel_code slim_explain(const reel_model *model, const reel_query *query, reel_index movie,
                              reel_scratch *scratch, double *contributions, reel_explanation *out,
                              reel_err *err)
{
    const slim *self = (const slim *)model;

    (void)scratch;
    (void)err;
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        if (reel__evidence_likes(&self->evidence, e))
            contributions[i] = (double)e->weight * find_weight(self->weights, e->movie, movie);
        out->score += contributions[i];
    }
    return REEL_OK;
}

/* ---- fitting ------------------------------------------------------------------------------- */

typedef struct column {
    reel_scored *items; /* by ascending film */
    size_t count;
} column;

static double slim_memory(const reel_model *model, const reel_dataset *dataset)
{
    const double n = (double)model->movies, most = fmin(n, REEL_SLIM_ACTIVE);
    const double weights = n * fmin(n, model->params[PARAM_TOP]);

    return n * n * sizeof(float) + 64 * most * most * sizeof(float) + 16 * weights +
           24.0 * (double)reel_dataset_ratings(dataset).ptr[reel_dataset_people(dataset)];
}

/* The upper triangle from the lower one. */
static void mirror(float *gram, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            gram[j * n + i] = gram[i * n + j];
}

static reel_code make_gram(float *gram, const slim *self, const reel_dataset *dataset, int threads,
                           reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    float *people = reel__alloc_array((size_t)ratings.rows, sizeof *people);
    reel_csr liked = {0};
    reel_code rc = REEL_OK;

    if (people == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %d people", (int)ratings.rows));
    REEL_TRY(reel__evidence_select(&liked, ratings, &self->evidence, true, err));
    reel__gram_weights(people, reel__csr_view(&liked), self->base.params[PARAM_WEIGHTING]);
    REEL_TRY(
        reel__gram_add(gram, (size_t)ratings.cols, reel__csr_view(&liked), people, threads, err));
    mirror(gram, (size_t)ratings.cols);
out:
    reel__csr_fini(&liked);
    reel__free(people);
    return rc;
}

/* Films [from, to). False without memory. */
static bool solve_some(const slim_problem *problem, column *columns, long from, long to,
                       int threads)
{
    atomic_bool failed = false;

#pragma omp parallel num_threads(threads)
    {
        slim_solver *solver = reel__slim_solver_new(problem);
        reel_scored *found = reel__alloc_array(REEL_SLIM_ACTIVE, sizeof *found);

        if (solver == NULL || found == NULL)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 4)
        for (long j = from; j < to; j++) {
            if (atomic_load(&failed))
                continue;
            columns[j].count = reel__slim_solve(solver, (size_t)j, found);
            columns[j].items = reel__alloc_array(columns[j].count, sizeof *found);
            if (columns[j].items == NULL)
                atomic_store(&failed, true);
            else if (found != NULL)
                memcpy(columns[j].items, found, columns[j].count * sizeof *found);
        }
        reel__free(found);
        reel__slim_solver_free(solver);
    }
    return !atomic_load(&failed);
}

static reel_code solve_all(const slim_problem *problem, column *columns,
                           const reel_fit_context *context, reel_err *err)
{
    const long movies = (long)problem->movies;

    for (long from = 0; from < movies; from += CHUNK) {
        const long to = from + CHUNK < movies ? from + CHUNK : movies;
        const int threads = reel__par_threads((double)(to - from) * COST_PER_FILM, COST_PER_THREAD,
                                              context->threads);

        if (!reel__fit_step(context, 0.1 + 0.9 * (double)from / (double)movies))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"slim\" was cancelled");
        if (!solve_some(problem, columns, from, to, threads))
            return reel_fail(err, REEL_E_NOMEM, "no memory for the weights of %ld films", movies);
    }
    return REEL_OK;
}

/* Columns of weights become rows. */
static reel_code turn(reel_csr *out, const column *columns, reel_index movies, reel_err *err)
{
    reel_nnz total = 0;
    reel_code rc;

    for (reel_index j = 0; j < movies; j++)
        total += (reel_nnz)columns[j].count;
    rc = reel__csr_init(out, movies, movies, total, err);
    if (rc != REEL_OK)
        return rc;
    for (reel_index j = 0; j < movies; j++)
        for (size_t k = 0; k < columns[j].count; k++)
            out->ptr[columns[j].items[k].index + 1]++;
    for (reel_index i = 0; i < movies; i++)
        out->ptr[i + 1] += out->ptr[i];
    for (reel_index j = 0; j < movies; j++)
        for (size_t k = 0; k < columns[j].count; k++) {
            const reel_nnz at = out->ptr[columns[j].items[k].index]++;

            out->col[at] = j;
            out->val[at] = columns[j].items[k].score;
        }
    memmove(out->ptr + 1, out->ptr, (size_t)movies * sizeof *out->ptr); /* ends became starts */
    out->ptr[0] = 0;
    return REEL_OK;
}

static reel_code slim_fit(reel_model *model, const reel_dataset *dataset,
                          const reel_fit_context *context, reel_err *err)
{
    slim *self = (slim *)model;
    const double *params = model->params;
    const size_t movies = (size_t)model->movies;
    float *gram = reel__alloc_zero(movies * movies, sizeof *gram);
    column *columns = reel__alloc_zero(movies, sizeof *columns);
    const slim_problem problem = {.gram = gram,
                                  .movies = movies,
                                  .l1 = params[PARAM_L1],
                                  .l2 = params[PARAM_L2],
                                  .negative = (int)params[PARAM_NEGATIVE] == NEGATIVE_YES,
                                  .top = (size_t)params[PARAM_TOP]};
    reel_code rc = REEL_OK;

    self->evidence = reel__evidence_learn(reel_dataset_ratings(dataset), params[PARAM_LIKED]);
    if (gram == NULL || columns == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu x %zu weights", movies, movies));
    REEL_TRY(make_gram(gram, self, dataset, context->threads, err));
    REEL_TRY(solve_all(&problem, columns, context, err));
    REEL_TRY(turn(&self->owned, columns, model->movies, err));
    self->weights = reel__csr_view(&self->owned);
    if (!reel__fit_step(context, 1))
        rc = reel_fail(err, REEL_E_CANCELLED, "fitting \"slim\" was cancelled");
out:
    for (size_t j = 0; columns != NULL && j < movies; j++)
        reel__free(columns[j].items);
    reel__free(columns);
    reel__free(gram);
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code slim_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const slim *self = (const slim *)model;
    const reel_csr_view *w = &self->weights;
    const int64_t count = w->ptr[w->rows];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_save(&self->evidence, writer, err));
    REEL_TRY(reel__tensors_add(writer, "weights.ptr", REEL_I64, w->ptr, w->rows + 1, err));
    REEL_TRY(reel__tensors_add(writer, "weights.col", REEL_I32, w->col, count, err));
    REEL_TRY(reel__tensors_add(writer, "weights.val", REEL_F32, w->val, count, err));
out:
    return rc;
}

static reel_code slim_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                           reel_err *err)
{
    slim *self = (slim *)model;
    const void *ptr = NULL, *col = NULL, *val = NULL;
    int64_t ends = 0, cols = 0, vals = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_load(&self->evidence, tensors, prefix, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "weights.ptr", REEL_I64, &ptr, &ends, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "weights.col", REEL_I32, &col, &cols, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "weights.val", REEL_F32, &val, &vals, err));
    if (ends != (int64_t)model->movies + 1 || cols != vals ||
        ((const reel_nnz *)ptr)[model->movies] != cols)
        return reel_fail(err, REEL_E_FORMAT, "%s: weights do not fit %d films",
                         reel__tensors_path(tensors), (int)model->movies);
    self->weights = (reel_csr_view){model->movies, model->movies, ptr, col, val};
    REEL_TRY(reel__csr_check(self->weights, err));
    for (int64_t k = 0; k < vals; k++)
        if (!(fabsf(self->weights.val[k]) <= WEIGHT_MAX))
            return reel_fail(err, REEL_E_FORMAT, "%s: weight %lld is no number in range",
                             reel__tensors_path(tensors), (long long)k);
out:
    return rc;
}

static void slim_fini(reel_model *model)
{
    reel__csr_fini(&((slim *)model)->owned);
}

const reel_model_ops reel__model_slim = {
    .info = {.name = "slim",
             .summary = "each film predicted from a few others; linear and sparse",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(slim),
    .memory = slim_memory,
    .lighter = "ials or item-knn",
    .fit = slim_fit,
    .score = slim_score,
    .explain = slim_explain,
    .save = slim_save,
    .load = slim_load,
    .fini = slim_fini,
};
