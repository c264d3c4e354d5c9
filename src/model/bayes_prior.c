/* bayes_prior.c - the priors of a side's vectors in bayes, learned like the vectors themselves.
 *   x_r ~ N(m + sum over what r rated (or who rated r) of y_j / sqrt(n), diag(p)^-1)
 * Given the vectors x this is a linear regression in which a rating's value does not occur, and
 * with a diagonal p each dimension has one of its own: lane groups of dimensions are drawn in
 * parallel, the y_j of a group one after the other, so the sampler is exact and the result the same
 * for any number of threads. A sweep over all y_j costs two passes over the matrix.
 */
#include <math.h>
#include <string.h>

#include "model/bayes.h"
#include "num/par.h"

/* Gamma(1/2, 1/2) on every precision, and one observation's worth of 0 on every mean, as libFM. */
#define PRIOR_SHAPE 1.0
#define PRIOR_RATE  1.0

/* Visits of a rating that are worth a thread. */
#define GRAIN 100000.0

/* One lane group of dimensions of one side. */
typedef struct group {
    const bayes_sampler *sampler;
    bayes_side *side;
    const bayes_side *other;
    bayes_purpose purpose;
    size_t from, used; /* first dimension; how many of the lanes are dimensions */
} group;

/* Means and precisions given what the implicit features explain. */
static void draw_moments(const group *g, reel_rng *rng)
{
    bayes_side *side = g->side;
    const size_t stride = g->sampler->shape.stride;
    const double rows = (double)side->rows;
    double sums[BAYES_LANES] = {0}, squares[BAYES_LANES] = {0};

    for (reel_index r = 0; r < side->rows; r++)
        for (size_t l = 0; l < g->used; l++) {
            const size_t at = (size_t)r * stride + g->from + l;

            sums[l] += (double)side->rest[at];
        }
    for (size_t l = 0; l < g->used; l++) {
        const size_t f = g->from + l;
        const double centre = side->mean[f] + sums[l] / rows;

        /* rest is less the old mean: sums / rows is how far the mean should move */
        sums[l] = centre * rows / (rows + 1) +
                  reel__rng_normal(rng) / sqrt(side->precision[f] * (rows + 1)) - side->mean[f];
        side->mean[f] += sums[l];
    }
    for (reel_index r = 0; r < side->rows; r++)
        for (size_t l = 0; l < g->used; l++) {
            float *rest = side->rest + (size_t)r * stride + g->from + l;

            *rest -= (float)sums[l];
            squares[l] += (double)*rest * (double)*rest;
        }
    for (size_t l = 0; l < g->used; l++) {
        const size_t f = g->from + l;
        const double m = side->mean[f];

        side->precision[f] = reel__bayes_gamma(rng, (PRIOR_SHAPE + rows + 1) / 2) /
                             ((PRIOR_RATE + squares[l] + m * m) / 2);
    }
}

/* The implicit features of every row of the other side, one after the other. */
static void draw_implied(const group *g, reel_rng *rng)
{
    bayes_side *side = g->side;
    const bayes_side *other = g->other;
    const size_t stride = g->sampler->shape.stride;
    double squares[BAYES_LANES] = {0};
    float sums[BAYES_LANES], delta[BAYES_LANES], normals[BAYES_LANES];

    for (reel_index j = 0; j < other->rows; j++) {
        const reel_index *rows = other->col + other->ptr[j];
        const size_t count = (size_t)(other->ptr[j + 1] - other->ptr[j]);
        float *y = side->implied + (size_t)j * stride + g->from;
        double weight = 0;

        memset(delta, 0, sizeof delta);
        reel__bayes_normals(reel__rng_next(rng), normals, g->used);
        reel__bayes_pull_implied(side->rest + g->from, stride, side->share, rows, count, sums);
        for (size_t k = 0; k < count; k++)
            weight += (double)side->share[rows[k]] * (double)side->share[rows[k]];
        for (size_t l = 0; l < g->used; l++) {
            const double given = side->precision[g->from + l];
            const double precision = side->implied_precision[g->from + l] + given * weight;
            const double centre = given * ((double)sums[l] + weight * (double)y[l]) / precision;
            const float drawn = (float)(centre + (double)normals[l] / sqrt(precision));

            delta[l] = drawn - y[l];
            y[l] = drawn;
            squares[l] += (double)drawn * (double)drawn;
        }
        reel__bayes_push_implied(side->rest + g->from, stride, side->share, rows, count, delta);
    }
    for (size_t l = 0; l < g->used; l++)
        side->implied_precision[g->from + l] =
            reel__bayes_gamma(rng, (PRIOR_SHAPE + (double)other->rows) / 2) /
            ((PRIOR_RATE + squares[l]) / 2);
}

static void draw_group(const group *g)
{
    bayes_side *side = g->side;
    const size_t stride = g->sampler->shape.stride;
    reel_rng rng = reel__bayes_rng(g->sampler, g->purpose, g->from);

    for (reel_index r = 0; r < side->rows; r++)
        for (size_t l = 0; l < g->used; l++) {
            const size_t at = (size_t)r * stride + g->from + l;

            side->rest[at] = side->vectors[at] - side->expected[at];
        }
    draw_moments(g, &rng);
    if (side->implied != NULL)
        draw_implied(g, &rng);
    for (reel_index r = 0; r < side->rows; r++)
        for (size_t l = 0; l < g->used; l++) {
            const size_t at = (size_t)r * stride + g->from + l;

            side->expected[at] = side->vectors[at] - side->rest[at];
        }
    for (size_t l = 0; l < g->used; l++)
        side->precision_f[g->from + l] = (float)side->precision[g->from + l];
}

void reel__bayes_draw_prior(bayes_sampler *s, bool people)
{
    const size_t groups = s->shape.stride / BAYES_LANES, width = s->shape.width;

#pragma omp parallel for schedule(dynamic, 1)                                                      \
    num_threads(reel__par_threads((double)s->count *(double)groups, GRAIN, s->threads))
    for (size_t i = 0; i < groups; i++) {
        const size_t from = i * BAYES_LANES;
        const size_t left = from == width ? 1 : s->shape.rank - from;
        const group g = {.sampler = s,
                         .side = people ? &s->people : &s->films,
                         .other = people ? &s->films : &s->people,
                         .purpose = people ? BAYES_FOR_PEOPLE_PRIOR : BAYES_FOR_FILMS_PRIOR,
                         .from = from,
                         .used = left < BAYES_LANES ? left : BAYES_LANES};

        draw_group(&g);
    }
}
