/* bayes_rows.c - one half of a sweep of bayes: a side's vectors given the other's, and how noisy
 * each row's ratings are.
 * Given the other side the rows are independent of each other, so they are drawn in parallel, each
 * from a random stream of its own, and the result is the same for any number of threads. A vector
 * and its bias are drawn jointly: chains mix better than number by number, at the same cost.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "model/bayes.h"
#include "num/par.h"

/* Ratings whose equations are worth a thread. */
#define GRAIN 20000.0
/* The prior of the noise's degrees of freedom falls off with this mean. */
#define SHAPE_MEAN 100.0
enum { SHAPE_STEPS = 3, ROWS_AT_ONCE = 16 };

/* ---- random streams ------------------------------------------------------------------------ */

static uint64_t stream(const bayes_sampler *s, bayes_purpose purpose, uint64_t row)
{
    return (s->sweep << 36) ^ ((uint64_t)purpose << 32) ^ row;
}

reel_rng reel__bayes_rng(const bayes_sampler *s, bayes_purpose purpose, uint64_t row)
{
    return reel__rng_make(s->seed, stream(s, purpose, row));
}

uint64_t reel__bayes_key(const bayes_sampler *s, bayes_purpose purpose, uint64_t row)
{
    reel_rng rng = reel__bayes_rng(s, purpose, row);

    return reel__rng_next(&rng);
}

/* Marsaglia and Tsang 2000, "A simple method for generating gamma variables". */
double reel__bayes_gamma(reel_rng *rng, double shape)
{
    const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);
    const double boost = shape < 1 ? pow(1 - reel__rng_unit(rng), 1 / shape) : 1;

    for (;;) {
        const double x = reel__rng_normal(rng), u = 1 - reel__rng_unit(rng);
        const double root = 1 + c * x, v = root * root * root;

        if (root > 0 && log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return boost * d * v;
    }
}

/* ---- vectors ------------------------------------------------------------------------------- */

static bayes_row row_of(const bayes_sampler *s, bool people, reel_index r)
{
    const bayes_side *own = people ? &s->people : &s->films;
    const bayes_side *other = people ? &s->films : &s->people;
    const reel_nnz from = own->ptr[r];

    return (bayes_row){.vectors = other->vectors,
                       .others = own->col + from,
                       .targets = (people ? s->target : s->film_target) + from,
                       .roots = s->noise_varies ? other->root_noise : NULL,
                       .count = (size_t)(own->ptr[r + 1] - from)};
}

static void draw_row(bayes_sampler *s, bool people, reel_index r, bayes_equations *e,
                     float *normals)
{
    bayes_side *own = people ? &s->people : &s->films;
    const size_t stride = s->shape.stride;
    const bayes_row row = row_of(s, people, r);
    const bayes_prior prior = {own->expected + (size_t)r * stride, own->precision_f,
                               (float)(s->alpha * (double)own->noise[r])};
    float *vector = own->vectors + (size_t)r * stride;

    reel__bayes_normals(
        reel__bayes_key(s, people ? BAYES_FOR_PEOPLE : BAYES_FOR_FILMS, (uint64_t)r), normals,
        s->shape.rank + 1);
    reel__bayes_accumulate(e, &row);
    reel__bayes_draw(e, &prior, normals, vector);
    own->partial[(size_t)r * BAYES_PARTIALS + BAYES_SQUARES] = reel__bayes_residuals(
        &row, vector, &s->shape, (people ? s->residual : s->film_target) + own->ptr[r]);
}

reel_code reel__bayes_draw_rows(bayes_sampler *s, bool people, reel_err *err)
{
    const reel_index rows = people ? s->people.rows : s->films.rows;
    const size_t floats = reel__bayes_equations_size(&s->shape) + s->shape.stride;
    const int threads = reel__par_threads((double)s->count + (double)rows, GRAIN, s->threads);
    float *memory = reel__alloc_aligned((size_t)threads * floats, sizeof *memory);

    if (memory == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the equations of \"bayes\"");
#pragma omp parallel num_threads(threads)
    {
        bayes_equations e;
        float *own = memory + (size_t)omp_get_thread_num() * floats;

        reel__bayes_equations_open(&e, &s->shape, own + s->shape.stride);
#pragma omp for schedule(dynamic, ROWS_AT_ONCE)
        for (reel_index r = 0; r < rows; r++)
            draw_row(s, people, r, &e, own);
    }
    reel__free(memory);
    return REEL_OK;
}

void reel__bayes_gather_films(bayes_sampler *s)
{
#pragma omp parallel for schedule(static)                                                          \
    num_threads(reel__par_threads((double)s->count, 10 * GRAIN, s->threads))
    for (reel_nnz k = 0; k < s->count; k++)
        s->film_target[k] = s->target[s->place[k]];
}

/* ---- noise --------------------------------------------------------------------------------- */

/* Log density of the noise precisions g under Gamma(v / 2, v / 2), and of v itself; sum is that of
 * log g - g over the rows. */
static double shape_density(double v, double rows, double sum)
{
    return rows * (v / 2 * log(v / 2) - lgamma(v / 2)) + v / 2 * sum + log(v) - v / SHAPE_MEAN;
}

static void draw_shape(bayes_side *side, double sum, reel_rng *rng)
{
    for (int i = 0; i < SHAPE_STEPS; i++) {
        const double proposed = side->noise_shape * exp(0.1 * reel__rng_normal(rng));
        const double gain = shape_density(proposed, side->rows, sum) -
                            shape_density(side->noise_shape, side->rows, sum);

        if (proposed > 1e-3 && proposed < 1e6 && log(1 - reel__rng_unit(rng)) < gain)
            side->noise_shape = proposed;
    }
}

void reel__bayes_draw_noise(bayes_sampler *s, bool people)
{
    bayes_side *side = people ? &s->people : &s->films;
    const bayes_purpose purpose = people ? BAYES_FOR_PEOPLE_NOISE : BAYES_FOR_FILMS_NOISE;
    reel_rng rng = reel__bayes_rng(s, purpose, UINT32_MAX);
    double sum = 0;

#pragma omp parallel for schedule(static)                                                          \
    num_threads(reel__par_threads((double)side->rows, GRAIN / 10, s->threads))
    for (reel_index r = 0; r < side->rows; r++) {
        reel_rng own = reel__bayes_rng(s, purpose, (uint64_t)r);
        double *partial = side->partial + (size_t)r * BAYES_PARTIALS;
        const double count = (double)(side->ptr[r + 1] - side->ptr[r]);
        const double g = reel__bayes_gamma(&own, (side->noise_shape + count) / 2) /
                         ((side->noise_shape + s->alpha * partial[BAYES_SQUARES]) / 2);

        side->noise[r] = (float)fmin(fmax(g, 1e-6), 1e6);
        side->root_noise[r] = sqrtf(side->noise[r]);
        partial[BAYES_LOG_NOISE] = log((double)side->noise[r]) - (double)side->noise[r];
    }
    for (reel_index r = 0; r < side->rows; r++)
        sum += side->partial[(size_t)r * BAYES_PARTIALS + BAYES_LOG_NOISE];
    draw_shape(side, sum, &rng);
}
