/* biases.c - biases of people and films; see biases.h.
 *   als: b_j = sum_u (r_uj - mean - b_u) / (reg_i + n_j)
 *        b_u = sum_j (r_uj - mean - b_j) / (reg_u + n_u)      in turns (Koren 2010, section 2.1)
 *   sgd: b += lr (e - reg b) for both biases of each rating, e = r - mean - b_u - b_j
 * Either ends with an exact step for the people, so that a person's bias is a function of their
 * history and the biases of films alone.
 */
#include "model/biases.h"

#include <math.h>

#include "base/alloc.h"
#include "num/par.h"

#define BIAS_MAX           1e12F /* above any bias of ratings in range; a damaged file may say anything */
#define RATINGS_PER_THREAD 200000.0

reel_bias_opts reel__bias_opts_default(void)
{
    return (reel_bias_opts){
        .method = REEL_BIASES_ALS, .epochs = 10, .reg_i = 10, .reg_u = 15, .share = 1};
}

/* sum / (reg + weight), or 0 where there is nothing to go by. */
static double shrink(double sum, double weight, double reg)
{
    return weight + reg > 0 ? sum / (reg + weight) : 0;
}

/* One side given the other. */
static void solve(float *bias, reel_csr_view ratings, const float *other, double mean, double reg,
                  int threads)
{
    const int team =
        reel__par_threads((double)ratings.ptr[ratings.rows], RATINGS_PER_THREAD, threads);

    (void)team; /* a build without OpenMP */
#pragma omp parallel for schedule(dynamic, 64) num_threads(team)
    for (reel_index u = 0; u < ratings.rows; u++) {
        double sum = 0;

        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++)
            sum += (double)ratings.val[k] - mean - (double)other[ratings.col[k]];
        bias[u] = (float)shrink(sum, (double)(ratings.ptr[u + 1] - ratings.ptr[u]), reg);
    }
}

static void descend(float *person, float *movie, reel_csr_view ratings, double mean,
                    const reel_bias_opts *opts)
{
    const float lr = (float)opts->lr, reg = (float)opts->reg, middle = (float)mean;

    for (reel_index u = 0; u < ratings.rows; u++) {
        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++) {
            float *b = &movie[ratings.col[k]];
            const float e = ratings.val[k] - middle - person[u] - *b;

            person[u] += lr * (e - reg * person[u]);
            *b += lr * (e - reg * *b);
        }
    }
}

static double mean_of(reel_csr_view ratings)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    double sum = 0;

    for (reel_nnz k = 0; k < count; k++)
        sum += (double)ratings.val[k];
    return sum / (double)count;
}

static reel_code check_finite(const float *bias, reel_index count, reel_err *err)
{
    for (reel_index j = 0; j < count; j++)
        if (!(fabsf(bias[j]) <= BIAS_MAX))
            return reel_fail(err, REEL_E_INVALID,
                             "the biases left the finite numbers; lower lr or take method als");
    return REEL_OK;
}

reel_code reel__biases_fit(reel_biases *out, const reel_dataset *dataset,
                           const reel_bias_opts *opts, const reel_fit_context *context,
                           reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_csr_view raters = reel_dataset_raters(dataset);
    float *person = reel__alloc_zero((size_t)ratings.rows, sizeof *person);
    float *movie = reel__alloc_zero((size_t)ratings.cols, sizeof *movie);

    *out = (reel_biases){.mean = mean_of(ratings),
                         .owned = true,
                         .person = person,
                         .movie = movie,
                         .reg_u = opts->reg_u};
    if (person == NULL || movie == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the biases of %d people and %d films",
                         (int)ratings.rows, (int)ratings.cols);
    for (int epoch = 0; epoch < opts->epochs; epoch++) {
        if (opts->method == REEL_BIASES_SGD) {
            descend(person, movie, ratings, out->mean, opts);
        } else {
            solve(movie, raters, person, out->mean, opts->reg_i, context->threads);
            solve(person, ratings, movie, out->mean, opts->reg_u, context->threads);
        }
        if (!reel__fit_step(context, opts->share * (epoch + 1) / opts->epochs))
            return reel_fail(err, REEL_E_CANCELLED, "fitting the biases was cancelled");
    }
    solve(person, ratings, movie, out->mean, opts->reg_u, context->threads);
    return check_finite(movie, ratings.cols, err);
}

void reel__biases_fini(reel_biases *biases)
{
    if (!biases->owned)
        return;
    reel__free((void *)(uintptr_t)biases->person);
    reel__free((void *)(uintptr_t)biases->movie);
}

double reel__biases_of_query(const reel_biases *biases, const reel_query *query,
                             double *contributions)
{
    double sum = 0, weight = 0, bias;

    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const double left = (double)e->value - biases->mean - (double)biases->movie[e->movie];

        if (e->kind == REEL_ENTRY_CLICK)
            continue;
        sum += (double)e->weight * left;
        weight += (double)e->weight;
    }
    bias = (double)(float)shrink(sum, weight, biases->reg_u);
    for (size_t i = 0; contributions != NULL && i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const double left = (double)e->value - biases->mean - (double)biases->movie[e->movie];

        contributions[i] = e->kind == REEL_ENTRY_CLICK
                               ? 0
                               : shrink((double)e->weight * left, weight, biases->reg_u);
    }
    return bias;
}

reel_code reel__biases_save(const reel_biases *biases, reel_index movies,
                            reel_tensors_writer *writer, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_add(writer, "mean", REEL_F64, &biases->mean, 1, err));
    REEL_TRY(reel__tensors_add(writer, "movie_bias", REEL_F32, biases->movie, movies, err));
out:
    return rc;
}

reel_code reel__biases_load(reel_biases *out, reel_index movies, double reg_u,
                            const reel_tensors *tensors, const char *prefix, reel_err *err)
{
    const void *mean = NULL, *movie = NULL;
    int64_t means = 0, count = 0;
    reel_code rc = REEL_OK;

    *out = (reel_biases){.reg_u = reg_u};
    REEL_TRY(reel__tensors_get(tensors, prefix, "mean", REEL_F64, &mean, &means, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "movie_bias", REEL_F32, &movie, &count, err));
    if (means != 1 || count != movies)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld means and %lld biases for %d films",
                         reel__tensors_path(tensors), (long long)means, (long long)count,
                         (int)movies);
    out->mean = *(const double *)mean;
    out->movie = movie;
    if (!(fabs(out->mean) <= (double)REEL_VALUE_MAX))
        return reel_fail(err, REEL_E_FORMAT, "%s: the mean is no rating",
                         reel__tensors_path(tensors));
    for (reel_index j = 0; j < movies; j++)
        if (!(fabsf(out->movie[j]) <= BIAS_MAX))
            return reel_fail(err, REEL_E_FORMAT, "%s: movie_bias[%d] is no bias",
                             reel__tensors_path(tensors), (int)j);
out:
    return rc;
}
