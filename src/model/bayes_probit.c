/* bayes_probit.c - ratings as steps of a scale in bayes: the ordered probit likelihood.
 *   rating = v_r  where  t_{r-1} < z < t_r,   z ~ N(prediction, (a g_u h_i)^-1)
 * z takes the rating's place in everything else. The lowest and the highest threshold stay where
 * they are, which fixes the scale; those between are drawn with z integrated out (Cowles 1996),
 * every second one at a time, as no rating touches two of them. Proposals find their width while
 * the chain burns in. Draws further than about five deviations out use the exponential tail.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/bayes.h"
#include "num/par.h"

enum { CHUNK = 128 };
#define GRAIN 20.0
#define FAR   40.0F  /* deviations that stand for infinity */
#define TAIL  2e-7F  /* probabilities below are beyond the quantile's polynomials */
#define LEAST 1e-37F /* of a probability whose logarithm is taken */

struct bayes_levels {
    size_t count;
    double value[BAYES_LEVELS_MAX];     /* ratings, ascending */
    double threshold[BAYES_LEVELS_MAX]; /* [count - 1] in units */
    double proposed[BAYES_LEVELS_MAX];  /* [count - 1] */
    double width[BAYES_LEVELS_MAX];     /* of proposals */
    uint8_t *level;                     /* [ratings] by person */
    double *gains;                      /* [people][count] log likelihoods, new less old */
};

void reel__bayes_levels_free(bayes_levels *l)
{
    if (l == NULL)
        return;
    reel__free(l->level);
    reel__free(l->gains);
    reel__free(l);
}

/* The distinct ratings in order; false: more than there is room for. */
static bool find_levels(bayes_levels *l, const float *ratings, reel_nnz count)
{
    for (reel_nnz k = 0; k < count; k++) {
        const double x = (double)ratings[k];
        size_t at = 0;

        while (at < l->count && l->value[at] < x)
            at++;
        if (at < l->count && l->value[at] == x)
            continue;
        if (l->count == BAYES_LEVELS_MAX)
            return false;
        memmove(l->value + at + 1, l->value + at, (l->count - at) * sizeof *l->value);
        l->value[at] = x;
        l->count++;
    }
    return true;
}

static size_t level_of(const bayes_levels *l, double rating)
{
    size_t at = 0;

    while (at + 1 < l->count && l->value[at] < rating)
        at++;
    return at;
}

reel_code reel__bayes_levels_open(bayes_levels **out, const bayes_sampler *s, const float *ratings,
                                  reel_err *err)
{
    bayes_levels *l = reel__alloc_zero(1, sizeof *l);

    *out = l;
    if (l == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for levels of ratings");
    if (!find_levels(l, ratings, s->count) || l->count < 2)
        return reel_fail(err, REEL_E_INVALID,
                         "likelihood \"probit\" wants 2 to %d different ratings; take \"gaussian\"",
                         (int)BAYES_LEVELS_MAX);
    l->level = reel__alloc_array((size_t)s->count, sizeof *l->level);
    l->gains = reel__alloc_zero((size_t)s->people.rows * l->count, sizeof *l->gains);
    if (l->level == NULL || l->gains == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for levels of %lld ratings",
                         (long long)s->count);
    for (reel_nnz k = 0; k < s->count; k++)
        l->level[k] = (uint8_t)level_of(l, (double)ratings[k]);
    for (size_t i = 0; i + 1 < l->count; i++) {
        l->threshold[i] = ((l->value[i] + l->value[i + 1]) / 2 - s->mean) / s->unit;
        l->width[i] = 0.1 * (l->value[i + 1] - l->value[i]) / s->unit;
    }
    return REEL_OK;
}

/* ---- intervals ----------------------------------------------------------------------------- */

/* Some ratings of a person: the ends of the interval of z in deviations from the prediction, seen
 * from the side where both are more below than above, and what lies below them. */
typedef struct interval {
    float low[CHUNK], high[CHUNK], below_low[CHUNK], below_high[CHUNK];
    float fitted[CHUNK], root[CHUNK]; /* prediction, and root of the rating's precision */
    bool flipped[CHUNK];
} interval;

static void fit_interval(interval *v, const bayes_sampler *s, reel_index u, reel_nnz from,
                         size_t count)
{
    const double alpha = s->alpha * (double)s->people.noise[u];

    for (size_t i = 0; i < count; i++) {
        const reel_nnz k = from + (reel_nnz)i;

        v->fitted[i] = s->latent[k] - s->residual[k];
        v->root[i] = (float)sqrt(alpha * (double)s->films.noise[s->people.col[k]]);
    }
}

static float end_of(const double *thresholds, const interval *v, size_t i, size_t at)
{
    const float x = ((float)thresholds[at] - v->fitted[i]) * v->root[i];

    return fmaxf(-FAR, fminf(FAR, x));
}

static void measure(interval *v, const bayes_levels *l, const double *thresholds, reel_nnz from,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t level = l->level[from + (reel_nnz)i];
        const float low = level == 0 ? -FAR : end_of(thresholds, v, i, level - 1);
        const float high = level + 1 == l->count ? FAR : end_of(thresholds, v, i, level);

        v->flipped[i] = low + high > 0;
        v->low[i] = v->flipped[i] ? -high : low;
        v->high[i] = v->flipped[i] ? -low : high;
    }
    reel__bayes_below(v->low, v->below_low, count);
    reel__bayes_below(v->high, v->below_high, count);
}

/* ---- thresholds ---------------------------------------------------------------------------- */

/* The threshold at a rating's level that is under proposal, or -1. */
static int64_t active_of(const bayes_levels *l, size_t level, size_t parity)
{
    const int64_t at = (int64_t)level - (level % 2 != parity);

    return at < 1 || at + 2 >= (int64_t)l->count ? -1 : at;
}

static void compare_person(bayes_sampler *s, reel_index u, size_t parity)
{
    bayes_levels *l = s->levels;
    double *gains = l->gains + (size_t)u * l->count;
    const reel_nnz end = s->people.ptr[u + 1];
    interval old = {0}, new;

    memset(gains, 0, l->count * sizeof *gains);
    for (reel_nnz from = s->people.ptr[u]; from < end; from += CHUNK) {
        const size_t count = (size_t)(end - from < CHUNK ? end - from : CHUNK);

        fit_interval(&old, s, u, from, count);
        new = old;
        measure(&old, l, l->threshold, from, count);
        measure(&new, l, l->proposed, from, count);
        for (size_t i = 0; i < count; i++) {
            const int64_t at = active_of(l, l->level[from + (reel_nnz)i], parity);

            if (at >= 0)
                gains[at] += (double)(logf(fmaxf(LEAST, new.below_high[i] - new.below_low[i])) -
                                      logf(fmaxf(LEAST, old.below_high[i] - old.below_low[i])));
        }
    }
}

static void draw_thresholds(bayes_sampler *s, size_t parity, bool burning_in)
{
    bayes_levels *l = s->levels;
    reel_rng rng = reel__bayes_rng(s, BAYES_FOR_LATENT, UINT32_MAX - parity);

    memcpy(l->proposed, l->threshold, sizeof l->proposed);
    for (size_t i = 1; i + 2 < l->count; i++)
        if (i % 2 == parity)
            l->proposed[i] += l->width[i] * reel__rng_normal(&rng);
#pragma omp parallel for schedule(dynamic, 16)                                                     \
    num_threads(reel__par_threads((double)s->people.rows, GRAIN, s->threads))
    for (reel_index u = 0; u < s->people.rows; u++)
        compare_person(s, u, parity);
    for (size_t i = 1; i + 2 < l->count; i++) {
        const bool inside =
            l->proposed[i] > l->threshold[i - 1] && l->proposed[i] < l->threshold[i + 1];
        double gain = 0;
        bool taken;

        if (i % 2 != parity)
            continue;
        for (reel_index u = 0; u < s->people.rows; u++)
            gain += l->gains[(size_t)u * l->count + i];
        taken = inside && log(1 - reel__rng_unit(&rng)) < gain;
        if (taken)
            l->threshold[i] = l->proposed[i];
        if (burning_in)
            l->width[i] *= taken ? 1.5 : 0.8;
    }
}

/* ---- latent ratings ------------------------------------------------------------------------ */

/* A normal below `high` (far below 0) and above `low`, from a uniform number: near an end far out
 * its distance is exponential. */
static float tail_draw(float low, float high, float uniform)
{
    const float rate = fmaxf(1, -high), most = 1 - expf(-rate * (high - low));

    return high + logf(fmaxf(LEAST, 1 - uniform * most)) / rate;
}

static void draw_latent(bayes_sampler *s, reel_index u)
{
    const bayes_levels *l = s->levels;
    const reel_nnz end = s->people.ptr[u + 1];
    const uint64_t key = reel__bayes_key(s, BAYES_FOR_LATENT, (uint64_t)u);
    double squares = 0;
    interval v = {0};
    float uniform[CHUNK], z[CHUNK];

    for (reel_nnz from = s->people.ptr[u]; from < end; from += CHUNK) {
        const size_t count = (size_t)(end - from < CHUNK ? end - from : CHUNK);

        fit_interval(&v, s, u, from, count);
        measure(&v, l, l->threshold, from, count);
        reel__bayes_uniforms(key ^ (uint64_t)(from - s->people.ptr[u]), uniform, count);
        for (size_t i = 0; i < count; i++)
            z[i] = fmaxf(TAIL, v.below_low[i] + uniform[i] * (v.below_high[i] - v.below_low[i]));
        reel__bayes_quantiles(z, count);
        for (size_t i = 0; i < count; i++) {
            const reel_nnz k = from + (reel_nnz)i;
            const float explained = s->latent[k] - s->target[k];
            const float far = v.below_high[i] < TAIL ? tail_draw(v.low[i], v.high[i], uniform[i])
                                                     : fmaxf(v.low[i], fminf(v.high[i], z[i]));

            s->residual[k] = (v.flipped[i] ? -far : far) / v.root[i];
            s->latent[k] = v.fitted[i] + s->residual[k];
            s->target[k] = s->latent[k] - explained;
            squares += (double)s->films.noise[s->people.col[k]] * (double)s->residual[k] *
                       (double)s->residual[k];
        }
    }
    s->people.partial[(size_t)u * BAYES_PARTIALS + BAYES_SQUARES] = squares;
}

void reel__bayes_draw_levels(bayes_sampler *s, bool burning_in)
{
    if (s->levels->count > 3)
        draw_thresholds(s, s->sweep % 2, burning_in);
#pragma omp parallel for schedule(dynamic, 16)                                                     \
    num_threads(reel__par_threads((double)s->people.rows, GRAIN, s->threads))
    for (reel_index u = 0; u < s->people.rows; u++)
        draw_latent(s, u);
}

/* ---- predictions --------------------------------------------------------------------------- */

double reel__bayes_expected(const double *value, const double *threshold, size_t levels,
                            double latent, double root)
{
    double sum = value[0];

    for (size_t i = 0; i + 1 < levels; i++)
        sum += (value[i + 1] - value[i]) * 0.5 * erfc((threshold[i] - latent) * root * M_SQRT1_2);
    return sum;
}

double reel__bayes_levels_expected(const bayes_levels *l, double latent, double root)
{
    return reel__bayes_expected(l->value, l->threshold, l->count, latent, root);
}

size_t reel__bayes_levels_count(const bayes_levels *l)
{
    return l->count;
}

size_t reel__bayes_levels_copy(const bayes_levels *l, double *value, double *threshold)
{
    memcpy(value, l->value, l->count * sizeof *value);
    memcpy(threshold, l->threshold, l->count * sizeof *threshold);
    return l->count;
}

double reel__bayes_truncated_mean(const bayes_scale *scale, double rating, double latent,
                                  double root, double *variance)
{
    const double far = (double)FAR;
    size_t level = 0;
    double low, high, mass, at_low, at_high, mean;

    while (level + 1 < scale->levels && scale->value[level] < rating)
        level++;
    low = level == 0 ? -far : (scale->threshold[level - 1] - latent) * root;
    high = level + 1 == scale->levels ? far : (scale->threshold[level] - latent) * root;
    mass = low > 0 ? 0.5 * (erfc(low * M_SQRT1_2) - erfc(high * M_SQRT1_2))
                   : 0.5 * (erfc(-high * M_SQRT1_2) - erfc(-low * M_SQRT1_2));
    *variance = 0;
    if (!(mass > 1e-12)) /* too far out to tell: the near end */
        return latent + fmax(-far, fmin(far, low > 0 ? low : high)) / root;
    at_low = exp(-low * low / 2) / (2.5066282746310002 * mass);
    at_high = exp(-high * high / 2) / (2.5066282746310002 * mass);
    mean = at_low - at_high;
    *variance = fmax(0, 1 + low * at_low - high * at_high - mean * mean) / (root * root);
    return latent + mean / root;
}
