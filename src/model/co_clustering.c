/* co_clustering.c - groups of people and groups of films, and what one thinks of the other.
 *   s_uj = block(g, h) + (mean_u - mean(g)) + (mean_j - mean(h))      u in group g, j in group h
 * Method: George and Merugu 2005; steps and defaults are those of CoClustering in Surprise, whose
 * published errors (RMSE .915 on MovieLens 1M, .963 on 100K) it gives.
 * People are not kept: whoever asks goes to the group that fits the history best, so that folding
 * in is exact. Someone without ratings gets the means of films.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/vtable.h"
#include "num/par.h"

enum { PARAM_PERSON_CLUSTERS, PARAM_MOVIE_CLUSTERS, PARAM_EPOCHS };
enum { CLUSTERS_MAX = 64, STREAM_PEOPLE = 1, STREAM_MOVIES };
#define RATINGS_PER_THREAD 100000.0

typedef struct co_clustering {
    reel_model base;
    /* owned unless base.tensors is set */
    const double *movie_mean;     /* [movies] */
    const int32_t *movie_cluster; /* [movies] */
    const double *averages;       /* [people clusters + film clusters + their product + 1] */
} co_clustering;

static const reel_param_spec param_specs[] = {
    [PARAM_PERSON_CLUSTERS] = {"person_clusters", "groups of people", REEL_PARAM_INT, 3, 1,
                               CLUSTERS_MAX, NULL},
    [PARAM_MOVIE_CLUSTERS] = {"movie_clusters", "groups of films", REEL_PARAM_INT, 3, 1,
                              CLUSTERS_MAX, NULL},
    [PARAM_EPOCHS] = {"epochs", "times people and films choose a group", REEL_PARAM_INT, 20, 1,
                      1000, NULL},
};

/* ---- averages ------------------------------------------------------------------------------ */

typedef struct averages {   /* views into one array */
    int people, movies;     /* clusters */
    double *person, *movie; /* [people] [movies] mean rating of a cluster */
    double *block;          /* [people][movies] */
    double *all;            /* [1] */
} averages;

static size_t averages_count(const reel_model *model)
{
    const size_t people = (size_t)model->params[PARAM_PERSON_CLUSTERS];
    const size_t movies = (size_t)model->params[PARAM_MOVIE_CLUSTERS];

    return people + movies + people * movies + 1;
}

static averages averages_view(const reel_model *model, const double *array)
{
    const size_t people = (size_t)model->params[PARAM_PERSON_CLUSTERS];
    const size_t movies = (size_t)model->params[PARAM_MOVIE_CLUSTERS];
    double *at = (double *)(uintptr_t)array;

    return (averages){(int)people, (int)movies,          at,
                      at + people, at + people + movies, at + people + movies + people * movies};
}

static void divide(double *sums, const double *counts, int n, double fallback)
{
    for (int i = 0; i < n; i++)
        sums[i] = counts[i] > 0 ? sums[i] / counts[i] : fallback;
}

static void average(const averages *a, reel_csr_view ratings, const int32_t *person_cluster,
                    const int32_t *movie_cluster)
{
    double people[CLUSTERS_MAX] = {0}, movies[CLUSTERS_MAX] = {0};
    double blocks[CLUSTERS_MAX * CLUSTERS_MAX] = {0};

    memset(a->person, 0, (size_t)a->people * sizeof *a->person);
    memset(a->movie, 0, (size_t)a->movies * sizeof *a->movie);
    memset(a->block, 0, (size_t)a->people * (size_t)a->movies * sizeof *a->block);
    for (reel_index u = 0; u < ratings.rows; u++) {
        const int32_t g = person_cluster[u];

        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++) {
            const int32_t h = movie_cluster[ratings.col[k]];
            const double r = (double)ratings.val[k];

            a->person[g] += r;
            a->movie[h] += r;
            a->block[g * a->movies + h] += r;
            people[g]++;
            movies[h]++;
            blocks[g * a->movies + h]++;
        }
    }
    divide(a->person, people, a->people, *a->all);
    divide(a->movie, movies, a->movies, *a->all);
    divide(a->block, blocks, a->people * a->movies, *a->all);
}

/* ---- fitting ------------------------------------------------------------------------------- */

static void row_means(reel_csr_view ratings, double fallback, double *out)
{
    for (reel_index u = 0; u < ratings.rows; u++) {
        const reel_nnz count = ratings.ptr[u + 1] - ratings.ptr[u];
        double sum = 0;

        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++)
            sum += (double)ratings.val[k];
        out[u] = count > 0 ? sum / (double)count : fallback;
    }
}

/* One side chooses: rows with a mean of their own, columns in clusters. block is [rows' clusters]
 * [columns' clusters] by the steps given. */
typedef struct choice {
    reel_csr_view ratings;
    const double *row_mean, *col_mean;
    const double *row_average, *col_average; /* of clusters */
    const double *block;
    int row_step, col_step; /* in block */
    int clusters;
    const int32_t *col_cluster;
} choice;

static int32_t choose(const choice *c, reel_index row)
{
    const reel_csr_view r = c->ratings;
    double least = 0;
    int32_t best = 0;

    for (int g = 0; g < c->clusters; g++) {
        double sum = 0;

        for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++) {
            const reel_index j = r.col[k];
            const int32_t h = c->col_cluster[j];
            const double e = (double)r.val[k] - c->block[g * c->row_step + h * c->col_step] -
                             (c->row_mean[row] - c->row_average[g]) -
                             (c->col_mean[j] - c->col_average[h]);

            sum += e * e;
        }
        if (g == 0 || sum < least) {
            least = sum;
            best = g;
        }
    }
    return best;
}

static void choose_all(const choice *c, int32_t *out, int threads)
{
    const int team = reel__par_threads((double)c->ratings.ptr[c->ratings.rows] * c->clusters,
                                       RATINGS_PER_THREAD, threads);

    (void)team; /* a build without OpenMP */
#pragma omp parallel for schedule(dynamic, 64) num_threads(team)
    for (reel_index u = 0; u < c->ratings.rows; u++)
        out[u] = choose(c, u);
}

static void deal(int32_t *out, reel_index count, int clusters, reel_rng rng)
{
    for (reel_index i = 0; i < count; i++)
        out[i] = (int32_t)reel__rng_below(&rng, (uint64_t)clusters);
}

typedef struct work { /* of a fit */
    double *person_mean, *movie_mean;
    int32_t *person_cluster, *movie_cluster;
    averages a;
} work;

static reel_code run(const reel_model *model, work *w, const reel_dataset *dataset,
                     const reel_fit_context *context, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_csr_view raters = reel_dataset_raters(dataset);
    const averages *a = &w->a;
    const int epochs = (int)model->params[PARAM_EPOCHS];
    const choice people = {ratings,   w->person_mean,  w->movie_mean, a->person,
                           a->movie,  a->block,        a->movies,     1,
                           a->people, w->movie_cluster};
    const choice movies = {
        raters, w->movie_mean, w->person_mean, a->movie,         a->person, a->block,
        1,      a->movies,     a->movies,      w->person_cluster};

    *a->all = 0;
    for (reel_nnz k = 0; k < ratings.ptr[ratings.rows]; k++)
        *a->all += (double)ratings.val[k];
    *a->all /= (double)ratings.ptr[ratings.rows];
    row_means(ratings, *a->all, w->person_mean);
    row_means(raters, *a->all, w->movie_mean);
    deal(w->person_cluster, ratings.rows, a->people, reel__rng_make(model->seed, STREAM_PEOPLE));
    deal(w->movie_cluster, ratings.cols, a->movies, reel__rng_make(model->seed, STREAM_MOVIES));
    for (int epoch = 0; epoch < epochs; epoch++) {
        average(a, ratings, w->person_cluster, w->movie_cluster);
        choose_all(&people, w->person_cluster, context->threads);
        choose_all(&movies, w->movie_cluster, context->threads);
        if (!reel__fit_step(context, (double)(epoch + 1) / epochs))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"co-clustering\" was cancelled");
    }
    average(a, ratings, w->person_cluster, w->movie_cluster);
    return REEL_OK;
}

static reel_code co_fit(reel_model *model, const reel_dataset *dataset,
                        const reel_fit_context *context, reel_err *err)
{
    co_clustering *self = (co_clustering *)model;
    const size_t people = (size_t)model->people, movies = (size_t)model->movies;
    double *array = reel__alloc_zero(averages_count(model), sizeof *array);
    work w = {.person_mean = reel__alloc_array(people, sizeof(double)),
              .movie_mean = reel__alloc_array(movies, sizeof(double)),
              .person_cluster = reel__alloc_array(people, sizeof(int32_t)),
              .movie_cluster = reel__alloc_array(movies, sizeof(int32_t))};
    reel_code rc = REEL_OK;

    self->movie_mean = w.movie_mean;
    self->movie_cluster = w.movie_cluster;
    self->averages = array;
    if (array == NULL || w.person_mean == NULL || w.movie_mean == NULL ||
        w.person_cluster == NULL || w.movie_cluster == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to group %zu people and %zu films", people,
                       movies);
    } else {
        w.a = averages_view(model, array);
        rc = run(model, &w, dataset, context, err);
    }
    reel__free(w.person_mean);
    reel__free(w.person_cluster);
    return rc;
}

/* ---- answering ----------------------------------------------------------------------------- */

typedef struct person { /* who asks */
    int cluster;        /* -1: nothing was rated */
    double mean, total;
} person;

static double error_in(const co_clustering *self, const averages *a, const reel_query *query,
                       const person *p, int g)
{
    double sum = 0;

    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const int32_t h = self->movie_cluster[e->movie];
        const double left = (double)e->value - a->block[g * a->movies + h] -
                            (p->mean - a->person[g]) - (self->movie_mean[e->movie] - a->movie[h]);

        if (e->kind != REEL_ENTRY_CLICK)
            sum += (double)e->weight * left * left;
    }
    return sum;
}

static person place(const co_clustering *self, const averages *a, const reel_query *query)
{
    person p = {.cluster = -1};
    double sum = 0, least = 0;

    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        if (e->kind == REEL_ENTRY_CLICK)
            continue;
        p.total += (double)e->weight;
        sum += (double)e->weight * (double)e->value;
    }
    if (p.total <= 0)
        return p;
    p.mean = sum / p.total;
    for (int g = 0; g < a->people; g++) {
        const double error = error_in(self, a, query, &p, g);

        if (p.cluster < 0 || error < least) {
            least = error;
            p.cluster = g;
        }
    }
    return p;
}

/* What a film is worth to a group, but for the person. */
static double base_of(const co_clustering *self, const averages *a, const person *p,
                      reel_index movie)
{
    const int32_t h = self->movie_cluster[movie];

    if (p->cluster < 0)
        return self->movie_mean[movie];
    return a->block[p->cluster * a->movies + h] + self->movie_mean[movie] - a->movie[h];
}

static float predict_one(const co_clustering *self, const averages *a, const person *p,
                         reel_index movie)
{
    const double own = p->cluster < 0 ? 0 : p->mean - a->person[p->cluster];

    return (float)(base_of(self, a, p, movie) + own);
}

static reel_code co_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                          float *scores, reel_err *err)
{
    const co_clustering *self = (const co_clustering *)model;
    const averages a = averages_view(model, self->averages);
    const person p = place(self, &a, query);

    (void)scratch;
    (void)err;
    for (reel_index j = 0; j < model->movies; j++)
        scores[j] = predict_one(self, &a, &p, j);
    return REEL_OK;
}

static reel_code co_predict(const reel_model *model, const reel_query *query,
                            const reel_index *movies, size_t count, reel_scratch *scratch,
                            float *out, reel_err *err)
{
    const co_clustering *self = (const co_clustering *)model;
    const averages a = averages_view(model, self->averages);
    const person p = place(self, &a, query);

    (void)scratch;
    (void)err;
    for (size_t i = 0; i < count; i++)
        out[i] = predict_one(self, &a, &p, movies[i]);
    return REEL_OK;
}

/* The person's mean is a sum over the history; the group is taken as given. */
static reel_code co_explain(const reel_model *model, const reel_query *query, reel_index movie,
                            reel_scratch *scratch, double *contributions, reel_explanation *out,
                            reel_err *err)
{
    const co_clustering *self = (const co_clustering *)model;
    const averages a = averages_view(model, self->averages);
    const person p = place(self, &a, query);

    (void)scratch;
    (void)err;
    out->score = (double)predict_one(self, &a, &p, movie);
    out->baseline = base_of(self, &a, &p, movie);
    for (size_t i = 0; p.cluster >= 0 && i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        if (e->kind != REEL_ENTRY_CLICK)
            contributions[i] =
                (double)e->weight / p.total * ((double)e->value - a.person[p.cluster]);
    }
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code co_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const co_clustering *self = (const co_clustering *)model;
    reel_code rc = REEL_OK;

    REEL_TRY(
        reel__tensors_add(writer, "movie_mean", REEL_F64, self->movie_mean, model->movies, err));
    REEL_TRY(reel__tensors_add(writer, "movie_cluster", REEL_I32, self->movie_cluster,
                               model->movies, err));
    REEL_TRY(reel__tensors_add(writer, "averages", REEL_F64, self->averages,
                               (int64_t)averages_count(model), err));
out:
    return rc;
}

static bool all_ratings(const double *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(fabs(values[i]) <= (double)REEL_VALUE_MAX))
            return false;
    return true;
}

static reel_code co_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                         reel_err *err)
{
    co_clustering *self = (co_clustering *)model;
    const void *mean = NULL, *cluster = NULL, *array = NULL;
    int64_t means = 0, clusters = 0, count = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_get(tensors, prefix, "movie_mean", REEL_F64, &mean, &means, err));
    REEL_TRY(
        reel__tensors_get(tensors, prefix, "movie_cluster", REEL_I32, &cluster, &clusters, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "averages", REEL_F64, &array, &count, err));
    self->movie_mean = mean;
    self->movie_cluster = cluster;
    self->averages = array;
    if (means != model->movies || clusters != model->movies ||
        count != (int64_t)averages_count(model))
        return reel_fail(err, REEL_E_FORMAT, "%s: no groups of %d films",
                         reel__tensors_path(tensors), (int)model->movies);
    if (!all_ratings(self->movie_mean, means) || !all_ratings(self->averages, count))
        return reel_fail(err, REEL_E_FORMAT, "%s: a mean is no rating",
                         reel__tensors_path(tensors));
    for (reel_index j = 0; j < model->movies; j++)
        if (self->movie_cluster[j] < 0 ||
            self->movie_cluster[j] >= (int32_t)model->params[PARAM_MOVIE_CLUSTERS])
            return reel_fail(err, REEL_E_FORMAT, "%s: film %d is in group %d of %d",
                             reel__tensors_path(tensors), (int)j, (int)self->movie_cluster[j],
                             (int)model->params[PARAM_MOVIE_CLUSTERS]);
out:
    return rc;
}

static void co_fini(reel_model *model)
{
    co_clustering *self = (co_clustering *)model;

    if (model->tensors != NULL)
        return;
    reel__free((void *)(uintptr_t)self->movie_mean);
    reel__free((void *)(uintptr_t)self->movie_cluster);
    reel__free((void *)(uintptr_t)self->averages);
}

const reel_model_ops reel__model_co_clustering = {
    .info = {.name = "co-clustering",
             .summary = "groups of people and of films, and what one thinks of the other",
             .task = REEL_TASK_RATING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(co_clustering),
    .fit = co_fit,
    .score = co_score,
    .predict = co_predict,
    .explain = co_explain,
    .save = co_save,
    .load = co_load,
    .fini = co_fini,
};
