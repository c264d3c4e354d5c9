/* ref_bayes.c - see ref_bayes.h. A rating's prediction is linear in each number alone, so its slope
 * is the prediction with the number 1 less the one with the number 0.
 */
#include "support/ref_bayes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

enum { RATINGS = REF_BAYES_ROWS * REF_BAYES_ROWS };

/* One side: own deviations, common mean, and what the other side's rows say of it. */
typedef struct part {
    int rows;
    double own[REF_BAYES_ROWS][REF_BAYES_D], implied[REF_BAYES_ROWS][REF_BAYES_D];
    double mean[REF_BAYES_D], precision[REF_BAYES_D], implied_precision[REF_BAYES_D];
    double noise[REF_BAYES_ROWS], shape;
    bool implicit;
} part;

typedef struct chain {
    const ref_bayes *how;
    reel_csr_view matrix;
    part sides[2]; /* people, films */
    int count, ends[RATINGS][2];
    double target[RATINGS], alpha, centre, unit;
    reel_rng rng;
} chain;

/* Sum of n squared normals over 2: gamma with shape n / 2. */
static double half_gamma(chain *c, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++) {
        const double x = reel__rng_normal(&c->rng);

        sum += x * x;
    }
    return sum / 2;
}

/* Gamma with a real shape >= 1 by rejection from the Cauchy (Ahrens and Dieter 1974, GC). */
static double gamma_of(chain *c, double a)
{
    const double b = a - 1, spread = sqrt(2 * a - 1);

    for (;;) {
        const double t = tan(3.14159265358979 * reel__rng_unit(&c->rng));
        const double x = spread * t + b;

        if (x > 0 &&
            reel__rng_unit(&c->rng) < (1 + t * t) * exp((b > 0 ? b * log(x / b) : 0) - spread * t))
            return x;
    }
}

static double vector_at(const chain *c, int side, int row, int f)
{
    const part *p = &c->sides[side];
    double sum = p->mean[f] + p->own[row][f], implied = 0;
    int n = 0;

    for (int k = 0; k < c->count; k++)
        if (c->ends[k][side] == row) {
            implied += p->implied[c->ends[k][1 - side]][f];
            n++;
        }
    return p->implicit && n > 0 ? sum + implied / sqrt(n) : sum;
}

static double predict(const chain *c, int person, int film)
{
    const int rank = c->how->rank;
    double sum = vector_at(c, 0, person, rank) + vector_at(c, 1, film, rank);

    for (int f = 0; f < rank; f++)
        sum += vector_at(c, 0, person, f) * vector_at(c, 1, film, f);
    return sum;
}

static double precision_at(const chain *c, int k)
{
    return c->alpha * c->sides[0].noise[c->ends[k][0]] * c->sides[1].noise[c->ends[k][1]];
}

/* Draw one number whose prior is N(0, 1 / precision). */
static void draw(chain *c, double *number, double precision)
{
    double weight = precision, pull = 0;

    for (int k = 0; k < c->count; k++) {
        double without, slope;

        *number = 0;
        without = predict(c, c->ends[k][0], c->ends[k][1]);
        *number = 1;
        slope = predict(c, c->ends[k][0], c->ends[k][1]) - without;
        weight += precision_at(c, k) * slope * slope;
        pull += precision_at(c, k) * slope * (c->target[k] - without);
    }
    *number = pull / weight + reel__rng_normal(&c->rng) / sqrt(weight);
}

static void draw_side(chain *c, int side)
{
    part *p = &c->sides[side];
    const int others = c->sides[1 - side].rows;

    for (int f = 0; f <= c->how->rank; f++) {
        double squares = 0, implied = 0;

        for (int r = 0; r < p->rows; r++) {
            draw(c, &p->own[r][f], p->precision[f]);
            squares += p->own[r][f] * p->own[r][f];
        }
        draw(c, &p->mean[f], p->precision[f]);
        squares += p->mean[f] * p->mean[f];
        p->precision[f] = half_gamma(c, p->rows + 2) / ((1 + squares) / 2);
        if (!p->implicit)
            continue;
        for (int j = 0; j < others; j++) {
            draw(c, &p->implied[j][f], p->implied_precision[f]);
            implied += p->implied[j][f] * p->implied[j][f];
        }
        p->implied_precision[f] = half_gamma(c, others + 1) / ((1 + implied) / 2);
    }
}

static double rest_squared(const chain *c, int k)
{
    const double rest = c->target[k] - predict(c, c->ends[k][0], c->ends[k][1]);

    return rest * rest;
}

static double shape_density(const part *p, double v)
{
    double sum = log(v) - v / 100;

    for (int r = 0; r < p->rows; r++)
        sum += v / 2 * log(v / 2) - lgamma(v / 2) + v / 2 * (log(p->noise[r]) - p->noise[r]);
    return sum;
}

static void draw_noise(chain *c, int side)
{
    part *p = &c->sides[side];

    for (int r = 0; r < p->rows; r++) {
        double squares = 0;
        int n = 0;

        for (int k = 0; k < c->count; k++)
            if (c->ends[k][side] == r) {
                squares += precision_at(c, k) / p->noise[r] * rest_squared(c, k);
                n++;
            }
        p->noise[r] = gamma_of(c, (p->shape + n) / 2) / ((p->shape + squares) / 2);
    }
    for (int i = 0; i < 10; i++) {
        const double v = p->shape * exp(0.5 * reel__rng_normal(&c->rng));

        if (v > 1e-3 &&
            log(reel__rng_unit(&c->rng)) < shape_density(p, v) - shape_density(p, p->shape))
            p->shape = v;
    }
}

static void start(chain *c, const reel_dataset *dataset)
{
    double sum = 0, squares = 0;

    c->matrix = reel_dataset_ratings(dataset);
    c->sides[0].rows = c->matrix.rows;
    c->sides[1].rows = c->matrix.cols;
    c->sides[0].implicit = c->how->svdpp;
    c->sides[1].implicit = c->how->flipped;
    c->alpha = 1;
    c->rng = reel__rng_make(c->how->seed, 1);
    for (int side = 0; side < 2; side++) {
        part *p = &c->sides[side];

        p->shape = 10;
        for (int r = 0; r < p->rows; r++) {
            p->noise[r] = 1;
            for (int f = 0; f < c->how->rank; f++)
                p->own[r][f] = reel__rng_normal(&c->rng);
        }
        for (int f = 0; f <= c->how->rank; f++)
            p->precision[f] = p->implied_precision[f] = 1;
    }
    for (reel_index u = 0; u < c->matrix.rows; u++)
        for (reel_nnz k = c->matrix.ptr[u]; k < c->matrix.ptr[u + 1]; k++) {
            c->ends[c->count][0] = u;
            c->ends[c->count][1] = c->matrix.col[k];
            c->target[c->count++] = (double)c->matrix.val[k];
            sum += (double)c->matrix.val[k];
        }
    c->centre = sum / c->count;
    for (int k = 0; k < c->count; k++)
        squares += (c->target[k] - c->centre) * (c->target[k] - c->centre);
    c->unit = sqrt(squares / c->count);
    for (int k = 0; k < c->count; k++)
        c->target[k] = (c->target[k] - c->centre) / c->unit;
}

void ref_bayes_predict(const ref_bayes *how, const reel_dataset *dataset, double *out)
{
    chain *c = calloc(1, sizeof *c);
    const int burn_in = how->sweeps / 8;

    c->how = how;
    start(c, dataset);
    memset(out, 0, (size_t)(c->matrix.rows * c->matrix.cols) * sizeof *out);
    for (int sweep = 0; sweep < how->sweeps + burn_in; sweep++) {
        double squares = 0;

        for (int side = 0; side < 2; side++) {
            draw_side(c, side);
            if (how->noise_varies)
                draw_noise(c, side);
        }
        for (int k = 0; k < c->count; k++)
            squares += precision_at(c, k) / c->alpha * rest_squared(c, k);
        c->alpha = half_gamma(c, c->count + 1) / ((1 + squares) / 2);
        for (int u = 0; sweep >= burn_in && u < c->matrix.rows; u++)
            for (int i = 0; i < c->matrix.cols; i++)
                out[u * c->matrix.cols + i] +=
                    (c->centre + c->unit * predict(c, u, i)) / how->sweeps;
    }
    free(c);
}
