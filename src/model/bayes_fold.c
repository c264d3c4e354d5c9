/* bayes_fold.c - a history folded into a fitted bayes model, what it predicts, and why.
 * In each kept sample the person's vector has, given the films' vectors, a normal distribution; its
 * mean is taken, which is the average over all draws:
 *   A = a g sum_i w_i h_i q_i q_i' + diag(p)
 *   x = A^-1 (a g sum_i w_i h_i (r_i - b_i) q_i + p (m + sum_i w_i y_i / sqrt(sum w)))
 * with q a film's vector with 1 for the person's bias, h its noise precision, y its implicit
 * vector, w the entries' weights. The person's own noise precision g, and with the ordered probit
 * what lies behind the ratings r, come from a few steps of their mean-field fixed point. All is
 * linear in the history given A and g, so the contribution of an entry to film j is q_j' A^-1 times
 * its term, averaged over the samples.
 */
#include <math.h>
#include <string.h>

#include "model/bayes.h"
#include "num/kernels.h"
#include "num/spd.h"

enum { SLOT_PEOPLE, SLOT_INVERSES, SLOT_WORK, SLOT_SUMS, SLOT_TARGETS };
enum { STEPS = 3 };
#define TAIL   0.025              /* on either side of an interval */
#define BEYOND 1.9599639845400545 /* deviations that leave so much */

/* A history in one of the kept samples. */
typedef struct fold {
    const bayes *self;
    const reel_query *query;
    const float *films, *implied, *noise; /* of the sample */
    const double *prior, *numbers;
    double share;    /* 1 / sqrt(sum of weights) */
    double rated;    /* sum of the weights of ratings */
    double *gram;    /* [d][d] sum of w h q q' */
    double *right;   /* [d] sum of w h (r - b) q */
    double *centre;  /* [d] p (m + implicit) */
    double *vector;  /* [d] */
    double *targets; /* [entries] the ratings in units, or what lies behind them */
    double *room;    /* [d][d] */
} fold;

/* What is kept of a query in the scratch: people [kept][d], noise [kept]. */
typedef struct folded {
    uint64_t key;
    double values[];
} folded;

static reel_code no_memory(const bayes *self, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no working memory for model \"%s\"", self->base.id);
}

/* ---- one sample ---------------------------------------------------------------------------- */

/* targets: [kept][entries] */
static void open_sample(fold *f, const bayes *self, const reel_query *query, size_t n, double *work,
                        double *targets)
{
    const size_t d = self->d, movies = (size_t)self->base.movies;
    double weights = 0;

    *f = (fold){.self = self, .query = query};
    f->films = self->films + n * movies * d;
    f->implied = self->implicit ? self->implied + n * movies * d : NULL;
    f->noise = self->noise + n * movies;
    f->prior = self->prior + n * 2 * d;
    f->numbers = self->numbers + n * BAYES_NUMBERS;
    f->targets = targets + n * query->count;
    f->gram = work;
    f->right = f->gram + d * d;
    f->centre = f->right + d;
    f->vector = f->centre + d;
    f->room = f->vector + d;
    for (size_t i = 0; i < query->count; i++) {
        weights += (double)query->entries[i].weight;
        if (query->entries[i].kind == REEL_ENTRY_RATING)
            f->rated += (double)query->entries[i].weight;
    }
    f->share = weights > 0 ? 1 / sqrt(weights) : 0;
}

/* The weight of an entry in the equations; 0 for a click. */
static double entry_weight(const fold *f, const reel_entry *e)
{
    return e->kind == REEL_ENTRY_RATING ? (double)e->weight * (double)f->noise[e->movie] : 0;
}

/* What is left to explain of an entry's rating by the person. */
static double entry_target(const fold *f, size_t i)
{
    const size_t d = f->self->d;

    return f->targets[i] - (double)f->films[(size_t)f->query->entries[i].movie * d + d - 1];
}

/* Add w q q' (its upper triangle), where q is a film's vector with 1 at its end. */
REEL_KERNEL static void add_film(double *gram, const float *film, size_t d, double w)
{
    for (size_t a = 0; a < d; a++) {
        const double qa = a + 1 < d ? (double)film[a] : 1, by = w * qa;
        double *restrict row = gram + a * d;

#pragma omp simd
        for (size_t b = a; b < d - 1; b++)
            row[b] += by * (double)film[b];
        row[d - 1] += by;
    }
}

static void sum_equations(const fold *f)
{
    const size_t d = f->self->d;

    memset(f->gram, 0, d * d * sizeof *f->gram);
    memcpy(f->centre, f->prior, d * sizeof *f->centre);
    for (size_t i = 0; i < f->query->count; i++) {
        const reel_entry *e = &f->query->entries[i];
        const double weight = entry_weight(f, e);

        f->targets[i] = ((double)e->value - f->self->level[0]) / f->self->level[1];
        if (weight > 0)
            add_film(f->gram, f->films + (size_t)e->movie * d, d, weight);
        for (size_t k = 0; f->implied != NULL && k < d; k++)
            f->centre[k] +=
                f->share * (double)e->weight * (double)f->implied[(size_t)e->movie * d + k];
    }
    for (size_t k = 0; k < d; k++)
        f->centre[k] *= f->prior[d + k];
}

static void sum_right(const fold *f)
{
    const size_t d = f->self->d;

    memset(f->right, 0, d * sizeof *f->right);
    for (size_t i = 0; i < f->query->count; i++) {
        const reel_entry *e = &f->query->entries[i];
        const float *film = f->films + (size_t)e->movie * d;
        const double pull = entry_weight(f, e) * entry_target(f, i);

        for (size_t k = 0; k + 1 < d; k++)
            f->right[k] += pull * (double)film[k];
        f->right[d - 1] += pull;
    }
}

/* inverse = (scale G + diag(p))^-1 and the vector that follows. */
static bool solve(const fold *f, double scale, double *inverse)
{
    const size_t d = f->self->d;

    for (size_t a = 0; a < d; a++) {
        for (size_t b = a; b < d; b++)
            inverse[b * d + a] = scale * f->gram[a * d + b];
        inverse[a * d + a] += f->prior[d + a];
    }
    if (!reel__spd_invert(inverse, d, f->room))
        return false;
    for (size_t a = 0; a < d; a++) {
        double sum = 0;

        for (size_t b = 0; b < d; b++)
            sum += inverse[a * d + b] * (scale * f->right[b] + f->centre[b]);
        f->vector[a] = sum;
    }
    return true;
}

/* What lies behind the ratings, revised; the weighted squares of what they leave unexplained, with
 * the uncertainty of both them and the vector. */
static double revise(const fold *f, double scale, const double *inverse)
{
    const bayes *self = f->self;
    const bayes_scale levels = {self->level + 2, f->numbers + BAYES_THRESHOLDS, self->levels};
    const size_t d = self->d;
    double squares = 0, spread = (double)d;

    for (size_t i = 0; i < f->query->count; i++) {
        const reel_entry *e = &f->query->entries[i];
        const float *film = f->films + (size_t)e->movie * d;
        const double weight = entry_weight(f, e);
        double fitted = f->vector[d - 1] + (double)film[d - 1], rest, variance = 0;

        for (size_t k = 0; k + 1 < d; k++)
            fitted += (double)film[k] * f->vector[k];
        if (self->levels > 0 && weight > 0)
            f->targets[i] =
                reel__bayes_truncated_mean(&levels, (double)e->value, fitted,
                                           sqrt(scale * (double)f->noise[e->movie]), &variance);
        rest = f->targets[i] - fitted;
        squares += weight * (rest * rest + variance);
    }
    for (size_t a = 0; a < d; a++)
        spread -= inverse[a * d + a] * f->prior[d + a];
    return squares + fmax(0, spread) / scale;
}

/* Fold the history in; noise [out] the person's precision. False: not to be solved. */
static bool fold_in(const fold *f, double *noise, double *inverse)
{
    const double alpha = f->numbers[BAYES_ALPHA], shape = f->numbers[BAYES_NOISE_SHAPE];
    const bool revised = f->rated > 0 && (shape > 0 || f->self->levels > 0);

    sum_equations(f);
    *noise = 1;
    for (int step = 0;; step++) {
        double squares;

        sum_right(f);
        if (!solve(f, alpha * *noise, inverse))
            return false;
        if (step == STEPS || !revised)
            return true;
        squares = revise(f, alpha * *noise, inverse);
        if (shape > 0)
            *noise = (shape + f->rated) / (shape + alpha * squares);
    }
}

/* ---- all samples --------------------------------------------------------------------------- */

static size_t work_size(size_t d)
{
    return 3 * d * d + 3 * d;
}

/* What is folded in does not depend on when it is asked for. */
static uint64_t key_of(const bayes *self, const reel_query *query)
{
    reel_query timeless = *query;

    timeless.now = 0;
    return reel__query_key(&self->base, &timeless);
}

/* Vectors and noise of a query in every sample, from the last call or folded in anew. inverses
 * [out, optional] [kept][d][d]. */
static reel_code open_folded(folded **out, double **inverses, const bayes *self,
                             const reel_query *query, reel_scratch *scratch, reel_err *err)
{
    const size_t d = self->d, kept = self->kept;
    const uint64_t key = key_of(self, query);
    folded *people =
        reel__scratch_get(scratch, SLOT_PEOPLE, sizeof *people + kept * (d + 1) * sizeof(double));
    double *work = reel__scratch_get(scratch, SLOT_WORK, work_size(d) * sizeof *work);
    double *targets =
        reel__scratch_get(scratch, SLOT_TARGETS, (kept * query->count + 1) * sizeof *targets);
    folded *kept_inverses = NULL;

    if (inverses != NULL) {
        kept_inverses = reel__scratch_get(scratch, SLOT_INVERSES,
                                          sizeof *people + kept * d * d * sizeof(double));
        if (kept_inverses == NULL)
            return no_memory(self, err);
        *inverses = kept_inverses->values;
    }
    if (people == NULL || work == NULL || targets == NULL)
        return no_memory(self, err);
    *out = people;
    if (people->key == key && (inverses == NULL || kept_inverses->key == key))
        return REEL_OK;
    people->key = 0;
    for (size_t n = 0; n < kept; n++) {
        double *inverse = inverses != NULL ? *inverses + n * d * d : work + 2 * d * d + 3 * d;
        fold f;

        open_sample(&f, self, query, n, work, targets);
        if (!fold_in(&f, &people->values[kept * d + n], inverse))
            return reel_fail(err, REEL_E_INVALID,
                             "model \"%s\" finds no vector for a history with such weights",
                             self->base.id);
        memcpy(people->values + n * d, f.vector, d * sizeof(double));
    }
    people->key = key;
    if (kept_inverses != NULL)
        kept_inverses->key = key;
    return REEL_OK;
}

/* sums[j] += what one sample predicts of each film, in units. person [d], its bias at the end. */
REEL_KERNEL static void add_scores(const float *films, const double *person, size_t d, size_t n,
                                   double *sums)
{
    for (size_t j = 0; j < n; j++) {
        const float *restrict film = films + j * d;
        double sum = 0;

#pragma omp simd reduction(+ : sum)
        for (size_t k = 0; k < d - 1; k++)
            sum += (double)film[k] * person[k];
        sums[j] += sum + (double)film[d - 1] + person[d - 1];
    }
}

reel_code reel__bayes_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                            float *scores, reel_err *err)
{
    const bayes *self = (const bayes *)model;
    const size_t movies = (size_t)model->movies, d = self->d;
    double *sums = reel__scratch_get(scratch, SLOT_SUMS, movies * sizeof *sums);
    folded *people = NULL;
    reel_code rc = REEL_OK;

    if (sums == NULL)
        return no_memory(self, err);
    REEL_TRY(open_folded(&people, NULL, self, query, scratch, err));
    memset(sums, 0, movies * sizeof *sums);
    for (size_t n = 0; n < self->kept; n++)
        add_scores(self->films + n * movies * d, people->values + n * d, d, movies, sums);
    for (size_t j = 0; j < movies; j++)
        scores[j] = (float)(self->level[0] + self->level[1] * sums[j] / (double)self->kept);
out:
    return rc;
}

/* What one sample says of a rating, in units; precision [out] of the rating about that. */
static double latent_one(const bayes *self, const folded *people, size_t n, reel_index movie,
                         double *precision)
{
    const size_t d = self->d, row = n * (size_t)self->base.movies + (size_t)movie;
    double latent = 0;

    add_scores(self->films + row * d, people->values + n * d, d, 1, &latent);
    *precision = self->numbers[n * BAYES_NUMBERS + BAYES_ALPHA] *
                 people->values[self->kept * d + n] * (double)self->noise[row];
    return latent;
}

/* The rating that one sample expects. */
static double predict_one(const bayes *self, const folded *people, size_t n, reel_index movie)
{
    const double *thresholds = self->numbers + n * BAYES_NUMBERS + BAYES_THRESHOLDS;
    double precision;
    const double latent = latent_one(self, people, n, movie, &precision);

    if (self->levels == 0)
        return self->level[0] + self->level[1] * latent;
    return reel__bayes_expected(self->level + 2, thresholds, self->levels, latent, sqrt(precision));
}

reel_code reel__bayes_predict(const reel_model *model, const reel_query *query,
                              const reel_index *movies, size_t count, reel_scratch *scratch,
                              float *out, reel_err *err)
{
    const bayes *self = (const bayes *)model;
    folded *people = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(open_folded(&people, NULL, self, query, scratch, err));
    for (size_t i = 0; i < count; i++) {
        double sum = 0;

        for (size_t n = 0; n < self->kept; n++)
            sum += predict_one(self, people, n, movies[i]);
        out[i] = (float)(sum / (double)self->kept);
    }
out:
    return rc;
}

/* ---- intervals ----------------------------------------------------------------------------- */

/* The variance that one sample gives a rating: q' A^-1 q, what the history leaves open of the
 * person, and the noise. */
static double rating_variance(const bayes *self, const double *inverses, size_t n, reel_index movie,
                              double precision)
{
    const size_t d = self->d;
    const float *film = self->films + (n * (size_t)self->base.movies + (size_t)movie) * d;
    const double *inverse = inverses + n * d * d;
    double open = 0;

    for (size_t a = 0; a < d; a++) {
        double sum = inverse[a * d + d - 1];

        for (size_t b = 0; b + 1 < d; b++)
            sum += inverse[a * d + b] * (double)film[b];
        open += a + 1 < d ? sum * (double)film[a] : sum;
    }
    return fmax(0, open) + 1 / precision;
}

/* That of a normal with the mean and the variance of the mixture of the samples. */
static reel_rating_interval normal_interval(const bayes *self, const folded *people,
                                            const double *inverses, reel_index movie)
{
    const double kept = (double)self->kept;
    double mean = 0, squares = 0, variance = 0, reach;

    for (size_t n = 0; n < self->kept; n++) {
        double precision;
        const double latent = latent_one(self, people, n, movie, &precision);
        const double from = latent - mean;

        mean += from / (double)(n + 1);
        squares += from * (latent - mean);
        variance += rating_variance(self, inverses, n, movie, precision) / kept;
    }
    reach = BEYOND * sqrt(variance + squares / fmax(1, kept - 1));
    return (reel_rating_interval){(float)(self->level[0] + self->level[1] * (mean - reach)),
                                  (float)(self->level[0] + self->level[1] * (mean + reach))};
}

/* From the first level that is not wholly in the lower tail to the last not wholly in the upper. */
static reel_rating_interval level_interval(const bayes *self, const folded *people,
                                           const double *inverses, reel_index movie)
{
    const size_t last = self->levels - 1;
    double below[BAYES_LEVELS_MAX] = {0};
    size_t low = 0, high = 0;

    for (size_t n = 0; n < self->kept; n++) {
        const double *thresholds = self->numbers + n * BAYES_NUMBERS + BAYES_THRESHOLDS;
        double precision;
        const double latent = latent_one(self, people, n, movie, &precision);
        const double root = 1 / sqrt(rating_variance(self, inverses, n, movie, precision));

        for (size_t i = 0; i < last; i++)
            below[i] +=
                0.5 * erfc((latent - thresholds[i]) * root * M_SQRT1_2) / (double)self->kept;
    }
    while (low < last && below[low] <= TAIL)
        low++;
    while (high < last && below[high] < 1 - TAIL)
        high++;
    return (reel_rating_interval){(float)self->level[2 + low], (float)self->level[2 + high]};
}

reel_code reel__bayes_interval(const reel_model *model, const reel_query *query,
                               const reel_index *movies, size_t count, reel_scratch *scratch,
                               reel_rating_interval *out, reel_err *err)
{
    const bayes *self = (const bayes *)model;
    double *inverses = NULL;
    folded *people = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(open_folded(&people, &inverses, self, query, scratch, err));
    for (size_t i = 0; i < count; i++)
        out[i] = self->levels == 0 ? normal_interval(self, people, inverses, movies[i])
                                   : level_interval(self, people, inverses, movies[i]);
out:
    return rc;
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* What one sample adds to the contributions, in units of the ratings; the baseline's part of it. */
static double add_reasons(const fold *f, const double *inverse, double noise, reel_index movie,
                          double *contributions)
{
    const size_t d = f->self->d;
    const float *film = f->films + (size_t)movie * d;
    const double scale = f->numbers[BAYES_ALPHA] * noise;
    double *pull = f->vector, baseline = (double)film[d - 1];

    for (size_t a = 0; a < d; a++) {
        double sum = inverse[a * d + d - 1];

        for (size_t b = 0; b + 1 < d; b++)
            sum += inverse[a * d + b] * (double)film[b];
        pull[a] = sum;
        baseline += sum * f->prior[a] * f->prior[d + a];
    }
    for (size_t i = 0; i < f->query->count; i++) {
        const reel_entry *e = &f->query->entries[i];
        const size_t at = (size_t)e->movie * d;
        double rated = pull[d - 1], implied = 0;

        for (size_t k = 0; k + 1 < d; k++)
            rated += (double)f->films[at + k] * pull[k];
        for (size_t k = 0; f->implied != NULL && k < d; k++)
            implied += (double)f->implied[at + k] * pull[k] * f->prior[d + k];
        contributions[i] += scale * entry_weight(f, e) * entry_target(f, i) * rated +
                            f->share * (double)e->weight * implied;
    }
    return baseline;
}

reel_code reel__bayes_explain(const reel_model *model, const reel_query *query, reel_index movie,
                              reel_scratch *scratch, double *contributions, reel_explanation *out,
                              reel_err *err)
{
    const bayes *self = (const bayes *)model;
    const size_t d = self->d;
    const double unit = self->level[1] / (double)self->kept;
    double *inverses = NULL, *work, *targets, baseline = 0;
    folded *people = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(open_folded(&people, &inverses, self, query, scratch, err));
    work = reel__scratch_get(scratch, SLOT_WORK, work_size(d) * sizeof *work);
    targets =
        reel__scratch_get(scratch, SLOT_TARGETS, (self->kept * query->count + 1) * sizeof *targets);
    for (size_t n = 0; n < self->kept; n++) {
        fold f;

        open_sample(&f, self, query, n, work, targets);
        baseline += add_reasons(&f, inverses + n * d * d, people->values[self->kept * d + n], movie,
                                contributions);
    }
    out->baseline = self->level[0] + unit * baseline;
    out->score = out->baseline;
    for (size_t i = 0; i < query->count; i++) {
        contributions[i] *= unit;
        out->score += contributions[i];
    }
out:
    return rc;
}
