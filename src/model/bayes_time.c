/* bayes_time.c - what the time of a rating says in bayes: a person's mood.
 * A session is what a person rated in one day. Each has a level of its own, and inside it ratings
 * drift, in the order they were given:
 *   t_k = s + d_k      s ~ N(0, 1 / l)      d_k = f d_{k-1} + N(0, v),  d_1 ~ N(0, v / (1 - f^2))
 * The drift of a session is drawn at once, by a Kalman filter forward and draws backward (Carter
 * and Kohn 1994). A rating to predict takes the level of the session it falls in, and what its
 * neighbours in time make likely of the drift. Only the day and the order within it are used.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/bayes.h"
#include "num/par.h"

enum { DAY = 86400 };
#define GRAIN     50.0
#define DECAY_MAX 0.995

enum { LEVELS, FIRST, NEXT, PRODUCT, LAST, SUMS }; /* sums of squares over a person's sessions */

struct bayes_time {
    reel_nnz *session;        /* [people + 1] a person's sessions */
    reel_nnz *start;          /* [sessions + 1] their ratings in `order` */
    uint32_t *order;          /* places of ratings with a time, by person and time */
    int64_t *times;           /* [ratings in order] */
    float *level;             /* [sessions] */
    float *drift;             /* [ratings in order] */
    float *filtered, *spread; /* [ratings in order] the filter's mean and variance */
    double *sums;             /* [people][SUMS] */
    double level_precision, decay, variance;
    size_t target_count;
    int64_t *target_session, *target_before; /* [targets] -1 = none; the place in order before it */
};

typedef struct timed {
    int64_t time;
    uint32_t place;
} timed;

static int by_time(const void *a, const void *b)
{
    const timed *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int64_t day_of(int64_t time)
{
    return time >= 0 ? time / DAY : -((DAY - 1 - time) / DAY);
}

void reel__bayes_time_free(bayes_time *t)
{
    if (t == NULL)
        return;
    reel__free(t->session);
    reel__free(t->start);
    reel__free(t->order);
    reel__free(t->times);
    reel__free(t->level);
    reel__free(t->drift);
    reel__free(t->filtered);
    reel__free(t->spread);
    reel__free(t->sums);
    reel__free(t->target_session);
    reel__free(t->target_before);
    reel__free(t);
}

/* ---- sessions ------------------------------------------------------------------------------ */

static bool make_arrays(bayes_time *t, const bayes_sampler *s)
{
    const size_t count = (size_t)s->count, people = (size_t)s->people.rows;

    t->session = reel__alloc_zero(people + 1, sizeof *t->session);
    t->start = reel__alloc_array(count + 1, sizeof *t->start);
    t->order = reel__alloc_array(count, sizeof *t->order);
    t->times = reel__alloc_array(count, sizeof *t->times);
    t->level = reel__alloc_zero(count, sizeof *t->level);
    t->drift = reel__alloc_zero(count, sizeof *t->drift);
    t->filtered = reel__alloc_array(count, sizeof *t->filtered);
    t->spread = reel__alloc_array(count, sizeof *t->spread);
    t->sums = reel__alloc_zero(people * SUMS, sizeof *t->sums);
    return t->session != NULL && t->start != NULL && t->order != NULL && t->times != NULL &&
           t->level != NULL && t->drift != NULL && t->filtered != NULL && t->spread != NULL &&
           t->sums != NULL;
}

static void find_sessions(bayes_time *t, const bayes_side *people, const int64_t *times,
                          timed *room)
{
    reel_nnz sessions = 0, at = 0;

    for (reel_index u = 0; u < people->rows; u++) {
        size_t count = 0;

        t->session[u] = sessions;
        for (reel_nnz k = people->ptr[u]; k < people->ptr[u + 1]; k++)
            if (times[k] != 0)
                room[count++] = (timed){times[k], (uint32_t)k};
        qsort(room, count, sizeof *room, by_time);
        for (size_t i = 0; i < count; i++) {
            if (i == 0 || day_of(room[i].time) != day_of(room[i - 1].time))
                t->start[sessions++] = at;
            t->order[at] = room[i].place;
            t->times[at++] = room[i].time;
        }
    }
    t->session[people->rows] = sessions;
    t->start[sessions] = at;
}

reel_code reel__bayes_time_open(bayes_time **out, const bayes_sampler *s, const int64_t *times,
                                reel_err *err)
{
    bayes_time *t = reel__alloc_zero(1, sizeof *t);
    timed *room = reel__alloc_array((size_t)s->films.rows, sizeof *room);
    reel_code rc = REEL_OK;

    *out = t;
    if (t == NULL || room == NULL || !make_arrays(t, s)) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory for the times of %lld ratings",
                       (long long)s->count);
    } else {
        t->level_precision = 10;
        t->decay = 0.9;
        t->variance = 0.01;
        find_sessions(t, &s->people, times, room);
    }
    reel__free(room);
    return rc;
}

/* ---- draws --------------------------------------------------------------------------------- */

/* A session at work. */
typedef struct session {
    const bayes_sampler *sampler;
    bayes_time *time;
    reel_nnz from, to;
    double precision; /* of the person's ratings */
} session;

static double weight_at(const session *w, reel_nnz i)
{
    const bayes_sampler *s = w->sampler;

    return w->precision * (double)s->films.noise[s->people.col[w->time->order[i]]];
}

/* What time has to explain of a rating: `residual` holds that while a person is at work. */
static double rest_at(const session *w, reel_nnz i)
{
    return (double)w->sampler->residual[w->time->order[i]];
}

static double draw_level(const session *w, reel_rng *rng)
{
    const bayes_time *t = w->time;
    double precision = t->level_precision, pull = 0;

    for (reel_nnz i = w->from; i < w->to; i++) {
        precision += weight_at(w, i);
        pull += weight_at(w, i) * (rest_at(w, i) - (double)t->drift[i]);
    }
    return pull / precision + reel__rng_normal(rng) / sqrt(precision);
}

static void draw_drift(const session *w, double level, reel_rng *rng, double *sums)
{
    bayes_time *t = w->time;
    const double f = t->decay, v = t->variance;
    double mean = 0, spread = v / (1 - f * f), x;

    for (reel_nnz i = w->from; i < w->to; i++) {
        double gain;

        if (i > w->from) {
            mean *= f;
            spread = f * f * spread + v;
        }
        gain = spread * weight_at(w, i) / (1 + spread * weight_at(w, i));
        mean += gain * (rest_at(w, i) - level - mean);
        spread *= 1 - gain;
        t->filtered[i] = (float)mean;
        t->spread[i] = (float)spread;
    }
    x = mean + sqrt(spread) * reel__rng_normal(rng);
    t->drift[w->to - 1] = (float)x;
    for (reel_nnz i = w->to - 1; i-- > w->from;) {
        const double m = (double)t->filtered[i], p = (double)t->spread[i];
        const double ahead = f * f * p + v, back = p * f / ahead;
        const double own = m + back * (x - f * m) + sqrt(p * v / ahead) * reel__rng_normal(rng);

        sums[NEXT] += x * x;
        sums[PRODUCT] += x * own;
        sums[LAST] += own * own;
        t->drift[i] = (float)own;
        x = own;
    }
    sums[FIRST] += x * x;
}

/* All sessions of a person. The residuals then lack what time explains, the target too. */
static void draw_person(bayes_sampler *s, reel_index u)
{
    bayes_time *t = s->time;
    reel_rng rng = reel__bayes_rng(s, BAYES_FOR_TIME, (uint64_t)u);
    double *sums = t->sums + (size_t)u * SUMS, squares = 0;

    memset(sums, 0, SUMS * sizeof *sums);
    for (reel_nnz n = t->session[u]; n < t->session[u + 1]; n++) {
        const session w = {s, t, t->start[n], t->start[n + 1],
                           s->alpha * (double)s->people.noise[u]};
        double level;

        for (reel_nnz i = w.from; i < w.to; i++) {
            const uint32_t k = t->order[i];

            s->residual[k] += s->latent[k] - s->target[k];
        }
        level = draw_level(&w, &rng);
        draw_drift(&w, level, &rng, sums);
        t->level[n] = (float)level;
        sums[LEVELS] += level * level;
        for (reel_nnz i = w.from; i < w.to; i++) {
            const uint32_t k = t->order[i];
            const float explained = t->level[n] + t->drift[i];

            s->residual[k] -= explained;
            s->target[k] = s->latent[k] - explained;
        }
    }
    for (reel_nnz k = s->people.ptr[u]; k < s->people.ptr[u + 1]; k++)
        squares += (double)s->films.noise[s->people.col[k]] * (double)s->residual[k] *
                   (double)s->residual[k];
    s->people.partial[(size_t)u * BAYES_PARTIALS + BAYES_SQUARES] = squares;
}

/* log density of the first values of `sessions` drifts, by decay. */
static double first_density(const bayes_time *t, double decay, double sessions, double squares)
{
    const double rest = 1 - decay * decay;

    return sessions / 2 * log(rest) - squares * rest / (2 * t->variance);
}

/* Precision of the levels; decay, proposed from the steps and judged by the first values; variance
 * of the steps. */
static void draw_moments(bayes_sampler *s)
{
    bayes_time *t = s->time;
    reel_rng rng = reel__bayes_rng(s, BAYES_FOR_TIME, UINT32_MAX);
    const double sessions = (double)t->session[s->people.rows];
    const double ratings = (double)t->start[t->session[s->people.rows]];
    double sums[SUMS] = {0}, decay, squares;

    for (size_t i = 0; i < (size_t)s->people.rows * SUMS; i++)
        sums[i % SUMS] += t->sums[i];
    t->level_precision = reel__bayes_gamma(&rng, (1 + sessions) / 2) / ((1 + sums[LEVELS]) / 2);
    if (sums[LAST] > 0) {
        decay =
            sums[PRODUCT] / sums[LAST] + sqrt(t->variance / sums[LAST]) * reel__rng_normal(&rng);
        if (decay > 0 && decay < DECAY_MAX &&
            log(1 - reel__rng_unit(&rng)) < first_density(t, decay, sessions, sums[FIRST]) -
                                                first_density(t, t->decay, sessions, sums[FIRST]))
            t->decay = decay;
    }
    squares = sums[NEXT] - 2 * t->decay * sums[PRODUCT] + t->decay * t->decay * sums[LAST] +
              sums[FIRST] * (1 - t->decay * t->decay);
    t->variance = (0.01 + squares / 2) / reel__bayes_gamma(&rng, 1 + ratings / 2);
}

void reel__bayes_draw_time(bayes_sampler *s)
{
#pragma omp parallel for schedule(dynamic, 16)                                                     \
    num_threads(reel__par_threads((double)s->people.rows, GRAIN, s->threads))
    for (reel_index u = 0; u < s->people.rows; u++)
        draw_person(s, u);
    draw_moments(s);
}

double reel__bayes_time_variance(const bayes_time *t)
{
    return t->variance / (1 - t->decay * t->decay);
}

/* ---- predictions --------------------------------------------------------------------------- */

/* Where a time falls among a person's sessions. */
static void place_target(bayes_time *t, reel_index person, int64_t time, size_t target)
{
    t->target_session[target] = t->target_before[target] = -1;
    for (reel_nnz n = t->session[person]; time != 0 && n < t->session[person + 1]; n++) {
        reel_nnz i = t->start[n];

        if (day_of(t->times[i]) != day_of(time))
            continue;
        while (i < t->start[n + 1] && t->times[i] <= time)
            i++;
        t->target_session[target] = n;
        t->target_before[target] = i - 1;
        return;
    }
}

reel_code reel__bayes_time_place(bayes_time *t, const reel_fit_targets *targets, reel_err *err)
{
    t->target_session = reel__alloc_array(targets->count, sizeof *t->target_session);
    t->target_before = reel__alloc_array(targets->count, sizeof *t->target_before);
    if (t->target_session == NULL || t->target_before == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the times of %zu ratings",
                         targets->count);
    for (size_t i = 0; i < targets->count; i++)
        place_target(t, targets->rows[i], targets->times == NULL ? 0 : targets->times[i], i);
    return REEL_OK;
}

double reel__bayes_time_of(const bayes_time *t, size_t target)
{
    const int64_t n = t->target_session[target], before = t->target_before[target];
    const double f = t->decay;
    double drift = 0;

    if (n < 0)
        return 0;
    if (before >= t->start[n])
        drift = f * (double)t->drift[before];
    if (before + 1 < t->start[n + 1])
        drift += f * (double)t->drift[before + 1];
    if (before >= t->start[n] && before + 1 < t->start[n + 1])
        drift /= 1 + f * f;
    return (double)t->level[n] + drift;
}
