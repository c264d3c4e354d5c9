/* bayes_fit.c - the Gibbs sampler of bayes as a whole: what it needs, a sweep, and what is kept of
 * it. One sweep draws, each given all the rest: people's vectors, what time explains and what lies
 * behind the ratings, people's noise and prior; films' vectors, noise and prior; the precision.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/bayes_fit.h"
#include "num/par.h"

#define START_STDDEV 0.1
/* Ratings that all lie within this share of their size count as equal. */
#define UNIT_MIN 1e-6
enum { TARGETS_AT_ONCE = 1024 };

static reel_code no_memory(const bayes_sampler *s, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to fit \"bayes\" to %lld ratings",
                     (long long)s->count);
}

/* ---- the sampler's memory ------------------------------------------------------------------ */

static bool make_side(bayes_side *side, reel_csr_view matrix, const bayes_shape *shape,
                      bool implicit)
{
    const size_t rows = (size_t)matrix.rows, others = (size_t)matrix.cols, stride = shape->stride;

    side->rows = matrix.rows;
    side->ptr = matrix.ptr;
    side->col = matrix.col;
    side->vectors = reel__alloc_aligned(rows * stride, sizeof(float));
    side->expected = reel__alloc_aligned(rows * stride, sizeof(float));
    side->rest = reel__alloc_aligned(rows * stride, sizeof(float));
    side->mean = reel__alloc_zero(3 * stride, sizeof(double));
    side->precision_f = reel__alloc_zero(stride, sizeof(float));
    side->share = reel__alloc_array(3 * rows, sizeof(float));
    side->partial = reel__alloc_zero(rows * BAYES_PARTIALS, sizeof(double));
    if (implicit)
        side->implied = reel__alloc_aligned(others * stride, sizeof(float));
    if (side->vectors == NULL || side->expected == NULL || side->rest == NULL ||
        side->mean == NULL || side->precision_f == NULL || side->share == NULL ||
        side->partial == NULL || (implicit && side->implied == NULL))
        return false;
    side->precision = side->mean + stride;
    side->implied_precision = side->precision + stride;
    side->noise = side->share + rows;
    side->root_noise = side->noise + rows;
    memset(side->vectors, 0, rows * stride * sizeof(float));
    memset(side->expected, 0, rows * stride * sizeof(float));
    memset(side->rest, 0, rows * stride * sizeof(float));
    if (implicit)
        memset(side->implied, 0, others * stride * sizeof(float));
    return true;
}

static void fini_side(bayes_side *side)
{
    reel__free(side->vectors);
    reel__free(side->expected);
    reel__free(side->rest);
    reel__free(side->mean);
    reel__free(side->precision_f);
    reel__free(side->share);
    reel__free(side->partial);
    reel__free(side->implied);
}

/* Small vectors, and priors that are soon forgotten. */
static void start_side(bayes_sampler *s, bayes_side *side, uint64_t which)
{
    const size_t stride = s->shape.stride;

    side->noise_shape = 10;
    for (size_t f = 0; f < stride; f++) {
        side->precision[f] = f == s->shape.width ? 1 : 10;
        side->precision_f[f] = (float)side->precision[f];
        side->implied_precision[f] = 100;
    }
    for (reel_index r = 0; r < side->rows; r++) {
        const reel_nnz count = side->ptr[r + 1] - side->ptr[r];
        float *vector = side->vectors + (size_t)r * stride;

        side->share[r] = count > 0 ? 1 / sqrtf((float)count) : 0;
        side->noise[r] = side->root_noise[r] = 1;
        reel__bayes_normals(reel__bayes_key(s, BAYES_FOR_START, 2 * (uint64_t)r + which), vector,
                            s->shape.rank);
        for (size_t f = 0; f < s->shape.rank; f++)
            vector[f] *= (float)START_STDDEV;
    }
}

/* Where each rating by film stands by person. */
static bool find_places(bayes_sampler *s)
{
    const bayes_side *people = &s->people, *films = &s->films;
    reel_nnz *next = reel__alloc_array((size_t)films->rows, sizeof *next);

    if (next == NULL)
        return false;
    memcpy(next, films->ptr, (size_t)films->rows * sizeof *next);
    for (reel_nnz k = 0; k < people->ptr[people->rows]; k++)
        s->place[next[people->col[k]]++] = (uint32_t)k;
    reel__free(next);
    return true;
}

/* Ratings less their mean in units of their deviation. */
static void standardise(bayes_sampler *s, const float *ratings)
{
    double sum = 0, squares = 0;

    for (reel_nnz k = 0; k < s->count; k++)
        sum += (double)ratings[k];
    s->mean = sum / (double)s->count;
    for (reel_nnz k = 0; k < s->count; k++)
        squares += ((double)ratings[k] - s->mean) * ((double)ratings[k] - s->mean);
    s->unit = sqrt(squares / (double)s->count);
    if (!(s->unit > UNIT_MIN * fmax(1, fabs(s->mean))))
        s->unit = 1;
    for (reel_nnz k = 0; k < s->count; k++)
        s->latent[k] = s->target[k] = (float)(((double)ratings[k] - s->mean) / s->unit);
}

reel_code reel__bayes_open(bayes_sampler *s, const reel_dataset *dataset, const bayes_plan *plan,
                           reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_nnz count = ratings.ptr[ratings.rows];
    reel_code rc = REEL_OK;

    memset(s, 0, sizeof *s);
    s->shape = reel__bayes_shape(plan->rank);
    s->count = count;
    s->seed = plan->seed;
    s->threads = plan->threads;
    s->noise_varies = plan->noise_varies;
    s->burn_in = plan->burn_in;
    s->alpha = 1;
    if (count > UINT32_MAX)
        return reel_fail(err, REEL_E_BUDGET, "model \"bayes\" takes at most %lld ratings",
                         (long long)UINT32_MAX);
    s->latent = reel__alloc_array((size_t)count, sizeof(float));
    s->target = reel__alloc_array((size_t)count, sizeof(float));
    s->film_target = reel__alloc_array((size_t)count, sizeof(float));
    s->residual = reel__alloc_array((size_t)count, sizeof(float));
    s->place = reel__alloc_array((size_t)count, sizeof *s->place);
    if (s->latent == NULL || s->target == NULL || s->film_target == NULL || s->residual == NULL ||
        s->place == NULL || !make_side(&s->people, ratings, &s->shape, plan->svdpp) ||
        !make_side(&s->films, reel_dataset_raters(dataset), &s->shape, plan->flipped) ||
        !find_places(s))
        return no_memory(s, err);
    standardise(s, ratings.val);
    start_side(s, &s->people, 0);
    start_side(s, &s->films, 1);
    if (plan->time)
        REEL_TRY(reel__bayes_time_open(&s->time, s, reel_dataset_times(dataset), err));
    if (plan->probit) {
        REEL_TRY(reel__bayes_levels_open(&s->levels, s, ratings.val, err));
        s->alpha_fixed = reel__bayes_levels_count(s->levels) == 2;
    }
out:
    return rc;
}

void reel__bayes_close(bayes_sampler *s)
{
    fini_side(&s->people);
    fini_side(&s->films);
    reel__free(s->latent);
    reel__free(s->target);
    reel__free(s->film_target);
    reel__free(s->residual);
    reel__free(s->place);
    reel__bayes_time_free(s->time);
    reel__bayes_levels_free(s->levels);
}

/* ---- a sweep ------------------------------------------------------------------------------- */

/* The precision of a usual rating, from the squares that films' residuals left. */
static void draw_alpha(bayes_sampler *s)
{
    reel_rng rng = reel__bayes_rng(s, BAYES_FOR_REST, 0);
    double squares = 0;

    for (reel_index j = 0; j < s->films.rows; j++)
        squares += (double)s->films.noise[j] * s->films.partial[(size_t)j * BAYES_PARTIALS];
    s->alpha = reel__bayes_gamma(&rng, (1 + (double)s->count) / 2) / ((1 + squares) / 2);
}

reel_code reel__bayes_sweep(bayes_sampler *s, reel_err *err)
{
    reel_code rc = REEL_OK;

    s->sweep++;
    REEL_TRY(reel__bayes_draw_rows(s, true, err));
    if (s->time != NULL)
        reel__bayes_draw_time(s);
    if (s->levels != NULL)
        reel__bayes_draw_levels(s, s->sweep <= s->burn_in);
    if (s->noise_varies)
        reel__bayes_draw_noise(s, true);
    reel__bayes_draw_prior(s, true);
    reel__bayes_gather_films(s);
    REEL_TRY(reel__bayes_draw_rows(s, false, err));
    if (s->noise_varies)
        reel__bayes_draw_noise(s, false);
    reel__bayes_draw_prior(s, false);
    if (!s->alpha_fixed)
        draw_alpha(s);
out:
    return rc;
}

/* ---- predictions --------------------------------------------------------------------------- */

/* The rating for what vectors predict: in units, or in full where there are levels. */
static double rate(const bayes_sampler *s, const reel_fit_targets *targets, size_t t, double latent)
{
    const double noise =
        (double)s->people.noise[targets->rows[t]] * (double)s->films.noise[targets->movies[t]];

    if (s->time != NULL)
        latent += reel__bayes_time_of(s->time, t);
    return s->levels == NULL
               ? latent
               : reel__bayes_levels_expected(s->levels, latent, sqrt(s->alpha * noise));
}

/* Add what this sample predicts for each target. */
static void add_predictions(const bayes_sampler *s, const reel_fit_targets *targets, double *sums)
{
    const bayes_shape *shape = &s->shape;

#pragma omp parallel for schedule(static)                                                          \
    num_threads(reel__par_threads((double)targets->count, 4 * TARGETS_AT_ONCE, s->threads))
    for (size_t t = 0; t < targets->count; t++) {
        const reel_index film = targets->movies[t];
        const float *person = s->people.vectors + (size_t)targets->rows[t] * shape->stride;
        const float zero = 0;
        const bayes_row row = {s->films.vectors, &film, &zero, NULL, 1};
        float residual = 0;

        (void)reel__bayes_residuals(&row, person, shape, &residual);
        sums[t] += rate(s, targets, t, -(double)residual);
    }
}

static void finish_predictions(const bayes_sampler *s, const reel_model *model,
                               const reel_fit_targets *targets, const double *sums, size_t samples)
{
    for (size_t t = 0; t < targets->count; t++) {
        const double mean = sums[t] / (double)samples;
        const double rating = s->levels == NULL ? s->mean + s->unit * mean : mean;

        targets->out[t] = (float)fmax((double)model->low, fmin((double)model->high, rating));
    }
}

/* ---- what is kept -------------------------------------------------------------------------- */

static void pack(const bayes_shape *shape, const float *vectors, size_t rows, float *out)
{
    const size_t d = shape->rank + 1;

    for (size_t r = 0; r < rows; r++) {
        memcpy(out + r * d, vectors + r * shape->stride, shape->rank * sizeof *out);
        out[r * d + shape->rank] = vectors[r * shape->stride + shape->width];
    }
}

static void keep_sample(bayes *self, const bayes_sampler *s, size_t n)
{
    const size_t movies = (size_t)self->base.movies, d = self->d, rank = s->shape.rank;
    double *prior = (double *)(uintptr_t)self->prior + n * 2 * d;
    double *numbers = (double *)(uintptr_t)self->numbers + n * BAYES_NUMBERS;

    pack(&s->shape, s->films.vectors, movies, (float *)(uintptr_t)self->films + n * movies * d);
    if (self->implicit)
        pack(&s->shape, s->people.implied, movies,
             (float *)(uintptr_t)self->implied + n * movies * d);
    memcpy((float *)(uintptr_t)self->noise + n * movies, s->films.noise, movies * sizeof(float));
    for (size_t f = 0; f < d; f++) {
        prior[f] = s->people.mean[f < rank ? f : s->shape.width];
        prior[d + f] = s->people.precision[f < rank ? f : s->shape.width];
    }
    /* A history's drift is not known when it is folded in: it is part of the noise then. */
    numbers[BAYES_ALPHA] =
        s->time == NULL ? s->alpha : 1 / (1 / s->alpha + reel__bayes_time_variance(s->time));
    numbers[BAYES_NOISE_SHAPE] = s->noise_varies ? s->people.noise_shape : 0;
    if (s->levels != NULL)
        self->levels = reel__bayes_levels_copy(s->levels, (double *)(uintptr_t)self->level + 2,
                                               numbers + BAYES_THRESHOLDS);
}

static bool make_kept(bayes *self, const bayes_sampler *s, const bayes_plan *plan)
{
    const size_t d = plan->rank + 1, movies = (size_t)self->base.movies;
    const size_t each = movies * ((plan->svdpp ? 2 : 1) * d + 1);
    const size_t most = BAYES_KEPT_BYTES / sizeof(float) / each;
    double *level = reel__alloc_zero(2 + BAYES_LEVELS_MAX, sizeof *level);

    self->level = level;
    self->d = d;
    self->implicit = plan->svdpp;
    self->kept = plan->kept < plan->samples ? plan->kept : plan->samples;
    if (self->kept > most)
        self->kept = most > 0 ? most : 1;
    self->films = reel__alloc_aligned(self->kept * movies * d, sizeof(float));
    if (plan->svdpp)
        self->implied = reel__alloc_aligned(self->kept * movies * d, sizeof(float));
    self->noise = reel__alloc_array(self->kept * movies, sizeof(float));
    self->prior = reel__alloc_array(self->kept * 2 * d, sizeof(double));
    self->numbers = reel__alloc_zero(self->kept * BAYES_NUMBERS, sizeof(double));
    if (level == NULL || self->films == NULL || (plan->svdpp && self->implied == NULL) ||
        self->noise == NULL || self->prior == NULL || self->numbers == NULL)
        return false;
    level[0] = s->mean;
    level[1] = s->unit;
    return true;
}

/* ---- fitting ------------------------------------------------------------------------------- */

static reel_code run(bayes *self, bayes_sampler *s, const bayes_plan *plan,
                     const reel_fit_context *context, double *sums, reel_err *err)
{
    const size_t sweeps = plan->burn_in + plan->samples;
    size_t kept = 0;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < sweeps; i++) {
        const size_t sample = i < plan->burn_in ? 0 : i - plan->burn_in + 1;

        if (!reel__fit_step(context, (double)i / (double)sweeps))
            return reel_fail(err, REEL_E_CANCELLED, "fitting \"bayes\" was cancelled");
        REEL_TRY(reel__bayes_sweep(s, err));
        if (sample == 0)
            continue;
        if (sums != NULL)
            add_predictions(s, context->targets, sums);
        if (kept < self->kept && sample * self->kept / plan->samples > kept)
            keep_sample(self, s, kept++);
    }
out:
    return rc;
}

static bayes_plan plan_of(const reel_model *model, const reel_fit_context *context)
{
    const double *p = model->params;
    const int features = (int)p[BAYES_FEATURES];

    return (bayes_plan){.rank = (size_t)p[BAYES_RANK],
                        .samples = (size_t)p[BAYES_SAMPLES],
                        .burn_in = (size_t)p[BAYES_BURN_IN],
                        .kept = (size_t)p[BAYES_KEPT],
                        .svdpp = features == BAYES_SVDPP || features >= BAYES_BOTH,
                        .flipped = features == BAYES_FLIPPED || features >= BAYES_BOTH,
                        .time = features == BAYES_ALL,
                        .noise_varies = p[BAYES_NOISE] != 0,
                        .probit = p[BAYES_LIKELIHOOD] != 0,
                        .seed = model->seed,
                        .threads = context->threads};
}

reel_code reel__bayes_fit(reel_model *model, const reel_dataset *dataset,
                          const reel_fit_context *context, reel_err *err)
{
    bayes *self = (bayes *)model;
    const bayes_plan plan = plan_of(model, context);
    const reel_fit_targets *targets = context->targets;
    bayes_sampler sampler;
    double *sums = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__bayes_open(&sampler, dataset, &plan, err));
    if (!make_kept(self, &sampler, &plan))
        REEL_TRY(no_memory(&sampler, err));
    if (targets != NULL) {
        sums = reel__alloc_zero(targets->count, sizeof *sums);
        if (sums == NULL)
            REEL_TRY(no_memory(&sampler, err));
        if (sampler.time != NULL)
            REEL_TRY(reel__bayes_time_place(sampler.time, targets, err));
    }
    REEL_TRY(run(self, &sampler, &plan, context, sums, err));
    if (targets != NULL)
        finish_predictions(&sampler, model, targets, sums, plan.samples);
    if (!reel__fit_step(context, 1))
        rc = reel_fail(err, REEL_E_CANCELLED, "fitting \"bayes\" was cancelled");
out:
    reel__free(sums);
    reel__bayes_close(&sampler);
    return rc;
}
