/* sequential.c - see sequential.h. With D the difference of the means, V its variance and t the
 * spread squared, the log of the mixture's likelihood ratio is
 *
 *     log(V / (V + t)) / 2 + t D^2 / (2 V (V + t))
 *
 * and the interval are the differences that it does not speak against by more than log(1 / alpha).
 * Means of groups of unequal and growing size have the increments this needs, in the time 1 / V
 * (Jennison and Turnbull 2000, "Group Sequential Methods", chapter 11).
 */
#include "eval/sequential.h"

#include <math.h>

enum { NEWTON_STEPS = 60 };

/* An arm's variance as if two more people had been there, one at each end of the values: a few
 * people that are all alike do not say that everybody is. */
static double variance_of(const reel_moments *m, const reel_sequential_opts *opts)
{
    const double count = (double)m->count + 2;
    const double mean = (m->sum + opts->low + opts->high) / count;
    const double squares = m->squares + opts->low * opts->low + opts->high * opts->high;

    return squares / count - mean * mean;
}

static double mean_of(const reel_moments *m)
{
    return m->sum / (double)m->count;
}

static bool enough(const reel_sequential *s)
{
    return s->arms[1].count >= REEL_SEQUENTIAL_LEAST &&
           (s->opts.paired || s->arms[0].count >= REEL_SEQUENTIAL_LEAST);
}

static double difference_of(const reel_sequential *s)
{
    return s->opts.paired ? mean_of(&s->arms[1]) : mean_of(&s->arms[1]) - mean_of(&s->arms[0]);
}

static double variance_of_difference(const reel_sequential *s)
{
    double sum = variance_of(&s->arms[1], &s->opts) / (double)s->arms[1].count;

    if (!s->opts.paired)
        sum += variance_of(&s->arms[0], &s->opts) / (double)s->arms[0].count;
    return sum;
}

/* Half the width of the interval. */
static double half_width(const reel_sequential_opts *opts, double variance)
{
    const double t = opts->spread * opts->spread, whole = variance + t;

    return sqrt(variance * whole / t * (log(whole / variance) - 2 * log(opts->alpha)));
}

/* The point of the normal law with this much above it, by Newton's method in steps of 1 at most. */
static double normal_quantile(double above)
{
    double x = 0;

    for (int i = 0; i < NEWTON_STEPS; i++) {
        const double tail = erfc(x / sqrt(2)) / 2;
        const double density = exp(-x * x / 2) / sqrt(2 * M_PI);
        const double step = (tail - above) / density;

        x += step > 1 ? 1 : step < -1 ? -1 : step;
    }
    return x;
}

void reel__sequential_init(reel_sequential *out, const reel_sequential_opts *opts)
{
    *out = (reel_sequential){
        .opts = *opts, .quantile = normal_quantile(opts->alpha / 2), .most = -INFINITY};
}

static void judge(reel_sequential *s)
{
    const double t = s->opts.spread * s->opts.spread;
    const double variance = variance_of_difference(s), difference = difference_of(s);
    const double ratio = log(variance / (variance + t)) / 2 +
                         t * difference * difference / (2 * variance * (variance + t));
    const int64_t people = s->arms[0].count + s->arms[1].count;

    s->most = ratio > s->most ? ratio : s->most;
    if (s->differs_at == 0 && ratio >= -log(s->opts.alpha)) {
        s->differs_at = people;
        s->which = difference > 0 ? 1 : -1;
    }
    if (s->same_at == 0 && fabs(difference) + half_width(&s->opts, variance) < s->opts.smallest)
        s->same_at = people;
}

void reel__sequential_add(reel_sequential *s, int arm, double value)
{
    reel_moments *m = &s->arms[arm];

    m->count++;
    m->sum += value;
    m->squares += value * value;
    if (enough(s))
        judge(s);
}

reel_effect reel__sequential_look(const reel_sequential *s)
{
    reel_effect out = {(double)NAN, -INFINITY, INFINITY, -INFINITY, INFINITY, 1};
    double variance, half;

    if (s->arms[1].count == 0 || (!s->opts.paired && s->arms[0].count == 0))
        return out;
    out.difference = difference_of(s);
    if (!enough(s))
        return out;
    variance = variance_of_difference(s);
    half = half_width(&s->opts, variance);
    out.low = out.difference - half;
    out.high = out.difference + half;
    half = s->quantile * sqrt(variance);
    out.fixed_low = out.difference - half;
    out.fixed_high = out.difference + half;
    out.p = fmin(1, exp(-s->most));
    return out;
}

double reel__sequential_people(const reel_sequential_opts *opts, double variance, double power)
{
    const double both = normal_quantile(opts->alpha / 2) + normal_quantile(1 - power);

    return ceil((opts->paired ? 1 : 2) * variance * both * both /
                (opts->smallest * opts->smallest));
}
