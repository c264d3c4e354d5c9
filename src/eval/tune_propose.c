/* tune_propose.c - points of the unit cube worth a trial.
 * A Gaussian process with a Matern 5/2 kernel and a length of its own in each dimension is put
 * through the results (Rasmussen & Williams 2006, 2.2 and 5.4); the next point is the one with the
 * largest expected improvement (Jones et al. 1998, eq. 15; Snoek et al. 2012) on the last rung. The
 * rung is one more dimension, so that cheap trials teach as much as they agree with dear ones
 * (Kandasamy et al. 2017). Plain loops in doubles: the same results on every number of threads.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/tune_priv.h"

enum { SEEN_MOST = 160, STREAM_SHIFT = 1 << 30 };
enum { LENGTHS = REEL_TUNE_DIMS + 1, ROUNDS = 5, CANDIDATES = 800, NEAR = 100, NEAR_BEST = 3 };
static const double length_start = 0.5, noise_start = 1e-3, noise_least = 1e-6;
/* Scores this many times as far below the middle as the best is above it are all as bad. */
static const double tail = 3;

/* Additive recurrence by the generalised golden ratio (Roberts 2018): even in every dimension and
 * for every number of points. */
void reel__tune_spread(double *unit, size_t dims, uint64_t seed, int index)
{
    reel_rng rng = reel__rng_make(seed, STREAM_SHIFT);
    double phi = 2, step = 1;

    for (int i = 0; i < 40; i++)
        phi = pow(1 + phi, 1 / ((double)dims + 1));
    for (size_t i = 0; i < dims; i++) {
        double whole;

        step /= phi;
        unit[i] = modf(reel__rng_unit(&rng) + (double)index * step, &whole);
    }
}

/* ---- the process --------------------------------------------------------------------------- */

typedef struct process {
    const reel_tune_space *space;
    const reel_tune_observation *seen; /* [n] by falling score */
    size_t n;
    int top;         /* the last rung */
    double *score;   /* [n] mean 0, variance 1 */
    double *factor;  /* [n][n] lower triangle of the correlations' Cholesky factor */
    double *weights; /* [n] */
    double *row;     /* [n] */
    double length[LENGTHS], noise, variance;
} process;

static bool is_choice(const reel_tune_space *space, size_t dim)
{
    return space->info->params[space->dims[dim].param].type == REEL_PARAM_CHOICE;
}

static double correlation(const process *p, const reel_tune_observation *a,
                          const reel_tune_observation *b)
{
    const size_t dims = p->space->count;
    double square = 0, r;

    for (size_t d = 0; d < dims; d++) {
        const double apart = a->unit[d] - b->unit[d];
        const double same = is_choice(p->space, d) ? (apart != 0 ? 1 : 0) : apart * apart;

        square += same / (p->length[d] * p->length[d]);
    }
    if (a->rung != b->rung) {
        const double apart = (a->rung - b->rung) / (double)p->top;

        square += apart * apart / (p->length[dims] * p->length[dims]);
    }
    r = sqrt(5 * square);
    return (1 + r + r * r / 3) * exp(-r);
}

/* The factor of the correlations; false where they are singular. */
static bool factorise(process *p)
{
    const size_t n = p->n;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double *own = p->factor + i * n, *other = p->factor + j * n;
            double sum = correlation(p, &p->seen[i], &p->seen[j]) + (i == j ? p->noise : 0);

            for (size_t k = 0; k < j; k++)
                sum -= own[k] * other[k];
            if (i == j && !(sum > 0))
                return false;
            own[j] = i == j ? sqrt(sum) : sum / other[j];
        }
    return true;
}

static void solve_forward(const process *p, double *x)
{
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < i; k++)
            x[i] -= p->factor[i * p->n + k] * x[k];
        x[i] /= p->factor[i * p->n + i];
    }
}

static void solve_backward(const process *p, double *x)
{
    for (size_t i = p->n; i-- > 0;) {
        for (size_t k = i + 1; k < p->n; k++)
            x[i] -= p->factor[k * p->n + i] * x[k];
        x[i] /= p->factor[i * p->n + i];
    }
}

/* Log likelihood with the best variance, and a mild opinion about lengths and noise. */
static double likelihood(process *p)
{
    double fit = 0, sum = 0;

    if (!factorise(p))
        return -(double)INFINITY;
    memcpy(p->weights, p->score, p->n * sizeof *p->weights);
    solve_forward(p, p->weights);
    for (size_t i = 0; i < p->n; i++) {
        fit += p->weights[i] * p->weights[i];
        sum -= log(p->factor[i * p->n + i]);
    }
    p->variance = fmax(fit / (double)p->n, 1e-12);
    sum -= (double)p->n / 2 * log(p->variance);
    for (size_t d = 0; d <= p->space->count; d++)
        sum -= pow(log(p->length[d] / length_start), 2) / 2;
    return sum - pow(log(p->noise / noise_start), 2) / 8;
}

/* Better one way or the other: a step in one length or the noise. */
static double improve(process *p, double *value, double factor, double least, double now)
{
    const double before = *value;

    for (int way = 0; way < 2; way++) {
        double then;

        *value = way == 0 ? before * factor : fmax(before / factor, least);
        then = likelihood(p);
        if (then > now)
            return then;
    }
    *value = before;
    return now;
}

static void fit_process(process *p)
{
    double now;

    p->noise = noise_start;
    for (size_t d = 0; d <= p->space->count; d++)
        p->length[d] = length_start;
    now = likelihood(p);
    for (int round = 0; round < ROUNDS; round++) {
        const double factor = round < ROUNDS / 2 + 1 ? 1.8 : 1.25;

        for (size_t d = 0; d <= p->space->count; d++)
            now = improve(p, &p->length[d], factor, 0.05, now);
        now = improve(p, &p->noise, factor * factor * factor, noise_least, now);
    }
    (void)likelihood(p); /* the factor of the values kept */
    solve_backward(p, p->weights);
}

/* Mean and deviation at a point on the last rung. */
static void predict(const process *p, const double *unit, double *mean, double *deviation)
{
    reel_tune_observation at = {.rung = p->top};
    double explained = 0;

    memcpy(at.unit, unit, p->space->count * sizeof *unit);
    *mean = 0;
    for (size_t i = 0; i < p->n; i++) {
        p->row[i] = correlation(p, &at, &p->seen[i]);
        *mean += p->row[i] * p->weights[i];
    }
    solve_forward(p, p->row);
    for (size_t i = 0; i < p->n; i++)
        explained += p->row[i] * p->row[i];
    *deviation = sqrt(fmax(p->variance * (1 + p->noise - explained), 1e-12));
}

/* ---- choosing ------------------------------------------------------------------------------ */

static double expected_improvement(const process *p, const double *unit, double best)
{
    double mean, deviation, z;

    predict(p, unit, &mean, &deviation);
    z = (mean - best) / deviation;
    return deviation * (z * erfc(-z * M_SQRT1_2) / 2 + exp(-z * z / 2) / sqrt(2 * M_PI));
}

/* To the place of the value it stands for, so that what cannot differ does not. */
static void settle(double *unit, const reel_tune_space *space)
{
    for (size_t d = 0; d < space->count; d++)
        unit[d] = reel__tune_unit(space, d, reel__tune_value(space, d, unit[d]));
}

static double reflect(double x)
{
    x = fabs(x);
    return x > 1 ? fmax(2 - x, 0) : x;
}

/* Anywhere, or near one of the best: a step in all dimensions or in one. */
static void draw_candidate(double *unit, const process *p, int index, reel_rng *rng)
{
    const size_t dims = p->space->count;
    const double *from = p->seen[index / NEAR % NEAR_BEST].unit;
    const double step = index % 2 == 0 ? 0.1 : 0.03;
    const size_t only = (size_t)reel__rng_below(rng, 2 * dims);

    for (size_t d = 0; d < dims; d++) {
        if (index >= NEAR * NEAR_BEST || (only == d && is_choice(p->space, d)))
            unit[d] = reel__rng_unit(rng);
        else if (is_choice(p->space, d) || (only < dims && only != d))
            unit[d] = from[d];
        else
            unit[d] = reflect(from[d] + step * reel__rng_normal(rng));
    }
    settle(unit, p->space);
}

static void choose(double *unit, const process *p, reel_rng *rng)
{
    double best = -(double)INFINITY, most = -1;

    for (size_t i = 0; i < p->n; i++) {
        double mean, deviation;

        predict(p, p->seen[i].unit, &mean, &deviation);
        best = fmax(best, mean);
    }
    for (int i = 0; i < CANDIDATES; i++) {
        double drawn[REEL_TUNE_DIMS], worth;

        draw_candidate(drawn, p, i, rng);
        worth = expected_improvement(p, drawn, best);
        if (worth > most) {
            most = worth;
            memcpy(unit, drawn, p->space->count * sizeof *unit);
        }
    }
}

/* Mean 0 and variance 1; failures are as bad as the worst, and the worst no worse than need be. */
static void standardise(process *p)
{
    const double best = p->seen[0].score, middle = p->seen[p->n / 2].score;
    double least = best, mean = 0, square = 0;

    for (size_t i = 0; i < p->n; i++)
        if (p->seen[i].score > -(double)INFINITY)
            least = p->seen[i].score;
    if (middle > -(double)INFINITY && middle < best)
        least = fmax(least, middle - tail * (best - middle));
    for (size_t i = 0; i < p->n; i++) {
        p->score[i] = fmax(p->seen[i].score, least);
        mean += p->score[i] / (double)p->n;
    }
    for (size_t i = 0; i < p->n; i++) {
        p->score[i] -= mean;
        square += p->score[i] * p->score[i] / (double)p->n;
    }
    for (size_t i = 0; i < p->n && square > 0; i++)
        p->score[i] /= sqrt(square);
}

reel_code reel__tune_guess(double *unit, const reel_tune_space *space,
                           const reel_tune_observations *seen, reel_rng *rng, reel_err *err)
{
    const size_t n = seen->count < SEEN_MOST ? seen->count : SEEN_MOST;
    double *room = reel__alloc_array(n * (n + 3), sizeof *room);
    process p = {.space = space, .seen = seen->items, .n = n, .top = seen->top};

    if (room == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to learn from %zu trials", n);
    p.score = room;
    p.weights = room + n;
    p.row = room + 2 * n;
    p.factor = room + 3 * n;
    standardise(&p);
    fit_process(&p);
    choose(unit, &p, rng);
    reel__free(room);
    return REEL_OK;
}
