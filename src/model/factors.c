/* factors.c - how biased factor models start, answer and are stored; see factors.h. */
#include "model/factors.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/ridge.h"
#include "num/kernels.h"
#include "num/par.h"

enum { SLOT_STATE, SLOT_SHARES, SLOT_SOLVE };
enum { STREAM_PERSON = 1, STREAM_MOVIE, STREAM_IMPLICIT };
#define VALUES_PER_THREAD 200000.0
/* Above any factor of a fit that stayed finite, and small enough that a product of two of them, a
 * thousand times over, is a float. */
#define FACTOR_MAX 1e12F
#define REG_MIN    1e-6 /* of the fold-in, which needs some */

/* What score worked out about a query; aligned like the rows of factors. */
typedef struct state {
    uint64_t key;
    float bias;
    float padding[13];
    float z[]; /* [stride] */
} state;

/* What each entry of a query has in its folded-in person: z . q_j + bias =
 * sum_i share_i (1 + q_i . q_j) + spread_i (y_i . q_j) */
typedef struct shares {
    uint64_t key;
    double share[];
} shares;

/* ---- starting ------------------------------------------------------------------------------ */

static size_t stride_of(double rank)
{
    return ((size_t)rank + REEL_FACTORS_UNIT - 1) / REEL_FACTORS_UNIT * REEL_FACTORS_UNIT;
}

double reel__factors_bytes(const reel_dataset *dataset, double rank, bool implicit)
{
    const double people = reel_dataset_people(dataset), movies = reel_dataset_movies(dataset);

    return ((double)stride_of(rank) * (people + (implicit ? 2 : 1) * movies) + people + movies) *
           (double)sizeof(float);
}

/* Sums of four uniform 16-bit numbers: as good as normal ones to start from, and cheap. */
static void draw(float *row, int rank, double std, reel_rng rng)
{
    const float scale = (float)(std * sqrt(3.0) / 65536.0);

    for (int f = 0; f < rank; f++) {
        const uint64_t bits = reel__rng_next(&rng);
        const int sum = (int)(bits & 65535) + (int)(bits >> 16 & 65535) +
                        (int)(bits >> 32 & 65535) + (int)(bits >> 48);

        row[f] = scale * (float)(sum - 131070);
    }
}

static float *start(reel_index rows, size_t stride, const reel_factors_opts *opts, uint64_t stream)
{
    float *values = reel__alloc_aligned((size_t)rows * stride, sizeof *values);
    const int team = reel__par_threads((double)rows * (double)stride, VALUES_PER_THREAD, 0);

    (void)team; /* a build without OpenMP */
    if (values == NULL)
        return NULL;
#pragma omp parallel for schedule(static) num_threads(team)
    for (reel_index i = 0; i < rows; i++) {
        float *row = values + (size_t)i * stride;

        memset(row, 0, stride * sizeof *row);
        draw(row, opts->rank, opts->init_std,
             reel__rng_make(opts->seed, stream << 32 | (uint64_t)i));
    }
    return values;
}

static double mean_of(reel_csr_view ratings)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    double sum = 0;

    for (reel_nnz k = 0; k < count; k++)
        sum += (double)ratings.val[k];
    return sum / (double)count;
}

reel_code reel__factors_init(reel_factors *out, reel_csr_view ratings,
                             const reel_factors_opts *opts, reel_err *err)
{
    const size_t stride = stride_of(opts->rank);

    *out = (reel_factors){.people = ratings.rows,
                          .movies = ratings.cols,
                          .stride = stride,
                          .mean = mean_of(ratings),
                          .reg = opts->reg,
                          .owned = true};
    out->person_bias = reel__alloc_zero((size_t)ratings.rows, sizeof(float));
    out->movie_bias = reel__alloc_zero((size_t)ratings.cols, sizeof(float));
    out->person = start(ratings.rows, stride, opts, STREAM_PERSON);
    out->movie = start(ratings.cols, stride, opts, STREAM_MOVIE);
    if (opts->implicit)
        out->implicit = start(ratings.cols, stride, opts, STREAM_IMPLICIT);
    if (out->person_bias == NULL || out->movie_bias == NULL || out->person == NULL ||
        out->movie == NULL || (opts->implicit && out->implicit == NULL))
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d factors of %d people and %d films",
                         opts->rank, (int)ratings.rows, (int)ratings.cols);
    return REEL_OK;
}

void reel__factors_fini(reel_factors *factors)
{
    if (!factors->owned)
        return;
    reel__free(factors->person_bias);
    reel__free(factors->movie_bias);
    reel__free(factors->person);
    reel__free(factors->movie);
    reel__free(factors->implicit);
}

/* ---- folding in ---------------------------------------------------------------------------- */

static const float *movie_row(const reel_factors *factors, reel_index movie)
{
    return factors->movie + (size_t)movie * factors->stride;
}

static double total_weight(const reel_query *query)
{
    double sum = 0;

    for (size_t i = 0; i < query->count; i++)
        sum += (double)query->entries[i].weight;
    return sum;
}

/* What the implicit factor of an entry is multiplied with. */
static double implicit_part(const reel_entry *entry, double total)
{
    return total > 0 ? (double)entry->weight / sqrt(total) : 0;
}

static void sum_implicit(const reel_factors *factors, const reel_query *query, float *z)
{
    const double total = total_weight(query);

    memset(z, 0, factors->stride * sizeof *z);
    for (size_t i = 0; factors->implicit != NULL && i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        reel__axpy(z, (float)implicit_part(e, total),
                   factors->implicit + (size_t)e->movie * factors->stride, factors->stride);
    }
}

/* Row i of the regression: 1 for the bias, then the film's factors. */
static void fill_row(const reel_factors *factors, reel_index movie, double *row)
{
    const float *q = movie_row(factors, movie);

    row[0] = 1;
    for (size_t f = 0; f < factors->stride; f++)
        row[1 + f] = (double)q[f];
}

/* The regression of a query's ratings; z holds the implicit part. used [out]: which entries. */
static void pose(const reel_factors *factors, const reel_query *query, const float *z,
                 reel_ridge *ridge, size_t *used)
{
    double *w = ridge->work, *y = w + query->count, total = 0;

    ridge->w = w;
    ridge->y = y;
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        if (e->kind == REEL_ENTRY_CLICK)
            continue;
        used[ridge->n] = i;
        w[ridge->n] = (double)e->weight;
        y[ridge->n] = (double)e->value - factors->mean - (double)factors->movie_bias[e->movie] -
                      (double)reel__dot(z, movie_row(factors, e->movie), factors->stride);
        total += (double)e->weight;
        fill_row(factors, e->movie, ridge->a + ridge->n * ridge->d);
        ridge->n++;
    }
    ridge->work = y + query->count;
    ridge->lambda = fmax(factors->reg, REG_MIN) * total;
}

/* shared [out, optional] [query->count] */
static reel_code fold_in(const reel_factors *factors, const reel_query *query,
                         reel_scratch *scratch, float *bias, float *z, double *shared,
                         reel_err *err)
{
    const size_t n = query->count, d = factors->stride + 1;
    const size_t doubles = n * d + reel__ridge_work(n, d) + 3 * n + d;
    double *a =
        reel__scratch_get(scratch, SLOT_SOLVE, doubles * sizeof(double) + n * sizeof(size_t));
    double *x = a + n * d, *share = x + d;
    size_t *used = (size_t *)(void *)(a + doubles);
    reel_ridge ridge = {.d = d, .a = a, .work = share + n};

    if (a == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to fold in a history of %zu films", n);
    sum_implicit(factors, query, z);
    pose(factors, query, z, &ridge, used);
    reel__ridge_solve(&ridge, x, share);
    *bias = (float)x[0];
    for (size_t f = 0; f < factors->stride; f++)
        z[f] += (float)x[1 + f];
    if (shared == NULL)
        return REEL_OK;
    memset(shared, 0, n * sizeof *shared);
    for (size_t k = 0; k < ridge.n; k++)
        shared[used[k]] = share[k];
    return REEL_OK;
}

reel_code reel__factors_solve(const reel_factors *factors, const reel_query *query,
                              reel_scratch *scratch, float *bias, float *row, reel_err *err)
{
    return fold_in(factors, query, scratch, bias, row, NULL, err);
}

static const reel_factors *factors_of(const reel_model *model)
{
    return &((const reel_factor_model *)model)->factors;
}

/* Who asks: the stored person, or the history folded in. Both slots are filled where it is. */
static reel_code open_state(state **out, const reel_model *model, const reel_query *query,
                            reel_scratch *scratch, reel_err *err)
{
    const reel_factors *factors = factors_of(model);
    const uint64_t key = reel__query_key(model, query);
    const reel_index row = reel__model_row(model, query);
    state *person = reel__scratch_get(scratch, SLOT_STATE,
                                      2 * (sizeof *person + factors->stride * sizeof(float)));
    shares *of =
        reel__scratch_get(scratch, SLOT_SHARES, sizeof *of + query->count * sizeof of->share[0]);
    reel_code rc = REEL_OK;

    if (person == NULL || of == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to score %d films", (int)factors->movies);
    *out = person;
    if (person->key == key)
        return REEL_OK;
    person->key = 0;
    if (row >= 0) {
        person->bias = factors->person_bias[row];
        memcpy(person->z, factors->person + (size_t)row * factors->stride,
               factors->stride * sizeof person->z[0]);
    } else {
        of->key = 0;
        rc = fold_in(factors, query, scratch, &person->bias, person->z, of->share, err);
        of->key = rc == REEL_OK ? key : 0;
    }
    person->key = rc == REEL_OK ? key : 0;
    return rc;
}

/* ---- answering ----------------------------------------------------------------------------- */

float reel__factors_rate(const reel_factors *factors, float bias, const float *row,
                         reel_index movie)
{
    return (float)(factors->mean + (double)factors->movie_bias[movie] + (double)bias +
                   (double)reel__dot(row, movie_row(factors, movie), factors->stride));
}

static float predict_one(const reel_factors *factors, const state *person, reel_index movie)
{
    return reel__factors_rate(factors, person->bias, person->z, movie);
}

reel_code reel__factors_score(const reel_model *model, const reel_query *query,
                              reel_scratch *scratch, float *scores, reel_err *err)
{
    const reel_factors *factors = factors_of(model);
    state *person = NULL;
    const reel_code rc = open_state(&person, model, query, scratch, err);

    for (reel_index j = 0; rc == REEL_OK && j < factors->movies; j++)
        scores[j] = predict_one(factors, person, j);
    return rc;
}

reel_code reel__factors_predict(const reel_model *model, const reel_query *query,
                                const reel_index *movies, size_t count, reel_scratch *scratch,
                                float *out, reel_err *err)
{
    const reel_factors *factors = factors_of(model);
    state *person = NULL;
    const reel_code rc = open_state(&person, model, query, scratch, err);

    for (size_t i = 0; rc == REEL_OK && i < count; i++)
        out[i] = predict_one(factors, person, movies[i]);
    return rc;
}

/* A trained person's stored vector is not the folded-in one: what they differ by is shared out by
 * size. Without anything to share it with it is the film's. */
static void share_rest(double *contributions, size_t count, reel_explanation *out)
{
    double sum = 0, size = 0, rest;

    for (size_t i = 0; i < count; i++) {
        sum += contributions[i];
        size += fabs(contributions[i]);
    }
    rest = out->score - out->baseline - sum;
    for (size_t i = 0; i < count && size > 0; i++)
        contributions[i] += rest * (fabs(contributions[i]) / size);
    if (size <= 0)
        out->baseline = out->score;
}

reel_code reel__factors_explain(const reel_model *model, const reel_query *query, reel_index movie,
                                reel_scratch *scratch, double *contributions, reel_explanation *out,
                                reel_err *err)
{
    const reel_factors *factors = factors_of(model);
    const float *q = movie_row(factors, movie);
    const double total = total_weight(query);
    const uint64_t key = reel__query_key(model, query);
    state *person = NULL, *folded;
    shares *of;
    reel_code rc = open_state(&person, model, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    of = reel__scratch_get(scratch, SLOT_SHARES, sizeof *of + query->count * sizeof of->share[0]);
    folded = (state *)(void *)((char *)person + sizeof *person + factors->stride * sizeof(float));
    if (of->key != key) {
        of->key = 0;
        rc = fold_in(factors, query, scratch, &folded->bias, folded->z, of->share, err);
        if (rc != REEL_OK)
            return rc;
        of->key = key;
    }
    out->score = (double)predict_one(factors, person, movie);
    out->baseline = factors->mean + (double)factors->movie_bias[movie];
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const double near = 1 + (double)reel__dot(q, movie_row(factors, e->movie), factors->stride);

        contributions[i] = of->share[i] * near;
        if (factors->implicit != NULL)
            contributions[i] +=
                implicit_part(e, total) *
                (double)reel__dot(q, factors->implicit + (size_t)e->movie * factors->stride,
                                  factors->stride);
    }
    share_rest(contributions, query->count, out);
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

typedef struct part { /* one tensor */
    const char *name;
    float **data;
    reel_index rows;
    bool matrix;
} part;

enum { PARTS = 5 };

static size_t list_parts(part parts[PARTS], reel_factors *f, bool implicit)
{
    parts[0] = (part){"person_bias", &f->person_bias, f->people, false};
    parts[1] = (part){"movie_bias", &f->movie_bias, f->movies, false};
    parts[2] = (part){"person_factors", &f->person, f->people, true};
    parts[3] = (part){"movie_factors", &f->movie, f->movies, true};
    parts[4] = (part){"implicit_factors", &f->implicit, f->movies, true};
    return implicit ? PARTS : PARTS - 1;
}

/* Index of the first value that no fit gives, or -1. */
static int64_t find_bad(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(values[i]) <= FACTOR_MAX))
            return (int64_t)i;
    return -1;
}

reel_code reel__factors_check(const reel_factors *factors, const char *name, reel_err *err)
{
    reel_factors copy = *factors;
    part parts[PARTS];
    const size_t count = list_parts(parts, &copy, factors->implicit != NULL);

    for (size_t i = 0; i < count; i++)
        if (find_bad(*parts[i].data,
                     (size_t)parts[i].rows * (parts[i].matrix ? factors->stride : 1)) >= 0)
            return reel_fail(err, REEL_E_INVALID,
                             "fitting \"%s\" left the finite numbers; lower lr or raise reg", name);
    return REEL_OK;
}

reel_code reel__factors_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const reel_factors *factors = factors_of(model);
    reel_factors copy = *factors;
    part parts[PARTS];
    const size_t count = list_parts(parts, &copy, factors->implicit != NULL);
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_add(writer, "mean", REEL_F64, &factors->mean, 1, err));
    for (size_t i = 0; i < count; i++) {
        const part *p = &parts[i];

        if (p->matrix)
            REEL_TRY(reel__tensors_add_matrix(writer, p->name, REEL_F32, *p->data, p->rows,
                                              (int64_t)factors->stride, err));
        else
            REEL_TRY(reel__tensors_add(writer, p->name, REEL_F32, *p->data, p->rows, err));
    }
out:
    return rc;
}

static reel_code load_part(const part *p, size_t stride, const reel_tensors *tensors,
                           const char *prefix, reel_err *err)
{
    const void *data = NULL;
    int64_t shape[2] = {0, 1}, bad;
    reel_code rc = REEL_OK;

    if (p->matrix)
        REEL_TRY(reel__tensors_get_matrix(tensors, prefix, p->name, REEL_F32, &data, shape, err));
    else
        REEL_TRY(reel__tensors_get(tensors, prefix, p->name, REEL_F32, &data, &shape[0], err));
    if (shape[0] != p->rows || (p->matrix && shape[1] != (int64_t)stride))
        return reel_fail(err, REEL_E_FORMAT, "%s: %s is %lld x %lld, expected %d x %zu",
                         reel__tensors_path(tensors), p->name, (long long)shape[0],
                         (long long)shape[1], (int)p->rows, p->matrix ? stride : 1);
    bad = find_bad(data, (size_t)shape[0] * (size_t)shape[1]);
    if (bad >= 0)
        return reel_fail(err, REEL_E_FORMAT, "%s: %s[%lld] is no factor",
                         reel__tensors_path(tensors), p->name, (long long)bad);
    *p->data = (float *)(uintptr_t)data;
out:
    return rc;
}

void reel__factors_release(reel_model *model)
{
    reel__factors_fini(&((reel_factor_model *)model)->factors);
}

reel_code reel__factors_load(reel_model *model, const reel_factors_opts *opts,
                             const reel_tensors *tensors, const char *prefix, reel_err *err)
{
    reel_factors *out = &((reel_factor_model *)model)->factors;
    const void *mean = NULL;
    int64_t means = 0;
    part parts[PARTS];
    reel_code rc = REEL_OK;
    size_t count;

    *out = (reel_factors){.people = model->people,
                          .movies = model->movies,
                          .stride = stride_of(opts->rank),
                          .reg = opts->reg};
    REEL_TRY(reel__tensors_get(tensors, prefix, "mean", REEL_F64, &mean, &means, err));
    if (means != 1 || !(fabs(*(const double *)mean) <= (double)REEL_VALUE_MAX))
        return reel_fail(err, REEL_E_FORMAT, "%s: the mean is no rating",
                         reel__tensors_path(tensors));
    out->mean = *(const double *)mean;
    count = list_parts(parts, out, opts->implicit);
    for (size_t i = 0; i < count; i++)
        REEL_TRY(load_part(&parts[i], out->stride, tensors, prefix, err));
out:
    return rc;
}
