/* model/bayes.h - what the parts of bayes share: the model, and the state of its Gibbs sampler.
 * Layer: model. Threads: a fitted model is immutable; the sampler's steps share one bayes_sampler
 * and write disjoint rows of it.
 */
#ifndef REEL_MODEL_BAYES_H
#define REEL_MODEL_BAYES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "model/bayes_kernels.h"
#include "model/vtable.h"
#include "reel/model.h"

enum {
    BAYES_RANK,
    BAYES_SAMPLES,
    BAYES_BURN_IN,
    BAYES_FEATURES,
    BAYES_LIKELIHOOD,
    BAYES_NOISE,
    BAYES_KEPT,
    BAYES_PARAMS
};
enum { BAYES_NONE, BAYES_SVDPP, BAYES_FLIPPED, BAYES_BOTH, BAYES_ALL }; /* choices of features */
enum { BAYES_RANK_MAX = 256, BAYES_LEVELS_MAX = 20 };
#define BAYES_KEPT_BYTES ((size_t)64 << 20)

/* ---- the model ----------------------------------------------------------------------------- */

/* The numbers of one kept sample beside its vectors. */
enum { BAYES_ALPHA, BAYES_NOISE_SHAPE, BAYES_THRESHOLDS, BAYES_NUMBERS = 2 + BAYES_LEVELS_MAX };

typedef struct bayes {
    reel_model base;
    size_t d;              /* rank + 1: a vector with its bias behind it */
    size_t kept;           /* samples */
    size_t levels;         /* distinct ratings of the ordered probit; 0 = Gaussian */
    bool implicit;         /* has `implied` */
    const float *films;    /* [kept][movies][d] */
    const float *implied;  /* [kept][movies][d] what having rated a film says of a person */
    const float *noise;    /* [kept][movies] precision of a film's ratings, 1 = usual */
    const double *prior;   /* [kept][2][d] mean and precision of people's vectors */
    const double *numbers; /* [kept][BAYES_NUMBERS] */
    const double *level;   /* [levels + 2] mean and unit of the ratings, then the levels */
} bayes;

reel_code reel__bayes_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                            float *scores, reel_err *err);
reel_code reel__bayes_predict(const reel_model *model, const reel_query *query,
                              const reel_index *movies, size_t count, reel_scratch *scratch,
                              float *out, reel_err *err);
reel_code reel__bayes_interval(const reel_model *model, const reel_query *query,
                               const reel_index *movies, size_t count, reel_scratch *scratch,
                               reel_rating_interval *out, reel_err *err);
reel_code reel__bayes_explain(const reel_model *model, const reel_query *query, reel_index movie,
                              reel_scratch *scratch, double *contributions, reel_explanation *out,
                              reel_err *err);

/* ---- the sampler --------------------------------------------------------------------------- */

/* People, or films. Rows of `stride` floats hold the vector, zeros up to `width`, the bias, zeros.
 */
typedef struct bayes_side {
    reel_index rows;
    const reel_nnz *ptr;
    const reel_index *col; /* the other side's rows */
    float *vectors;        /* [rows][stride] */
    float *expected;       /* [rows][stride] prior means, the implicit features' share in them */
    float *rest;           /* [rows][stride] vectors - expected */
    double *mean;          /* [stride] of the prior */
    double *precision;     /* [stride] */
    float *precision_f;    /* [stride] the same for the kernels */
    float *implied;        /* [the other side's rows][stride], or NULL */
    double *implied_precision; /* [stride] */
    float *share;              /* [rows] 1 / sqrt(ratings) */
    float *noise;              /* [rows] precision of the row's ratings, 1 = usual */
    float *root_noise;         /* [rows] */
    double noise_shape;        /* degrees of freedom of the noise's prior */
    double *partial;           /* [rows][BAYES_PARTIALS] sums to be added in order of the rows */
} bayes_side;

enum { BAYES_SQUARES, BAYES_LOG_NOISE, BAYES_PARTIALS };

typedef struct bayes_time bayes_time;     /* bayes_time.c: sessions and drift */
typedef struct bayes_levels bayes_levels; /* bayes_probit.c: thresholds */

typedef struct bayes_sampler {
    bayes_shape shape;
    bayes_side people, films;
    reel_nnz count;
    const float *ratings; /* [count] by person */
    float *latent;        /* [count] by person: (rating - mean) / unit; probit: what lies behind */
    float *target;        /* [count] by person: latent less what time explains */
    float *film_target;   /* [count] by film; the residuals once films are drawn */
    float *residual;      /* [count] by person: target less the prediction */
    uint32_t *place;      /* [count] by film: the place by person */
    bool alpha_fixed;     /* two levels fix no scale */
    double alpha;         /* precision of a usual rating */
    double mean, unit;    /* of the ratings */
    bool noise_varies;
    bayes_time *time;     /* or NULL */
    bayes_levels *levels; /* or NULL: Gaussian */
    uint64_t seed;
    uint64_t sweep, burn_in;
    int threads;
} bayes_sampler;

/* A random stream of its own for each purpose, sweep and row. */
typedef enum bayes_purpose {
    BAYES_FOR_START,
    BAYES_FOR_PEOPLE,
    BAYES_FOR_FILMS,
    BAYES_FOR_PEOPLE_PRIOR,
    BAYES_FOR_FILMS_PRIOR,
    BAYES_FOR_PEOPLE_NOISE,
    BAYES_FOR_FILMS_NOISE,
    BAYES_FOR_TIME,
    BAYES_FOR_LATENT,
    BAYES_FOR_REST
} bayes_purpose;

reel_rng reel__bayes_rng(const bayes_sampler *sampler, bayes_purpose purpose, uint64_t row);
uint64_t reel__bayes_key(const bayes_sampler *sampler, bayes_purpose purpose, uint64_t row);
/* Gamma with this shape and scale 1. */
double reel__bayes_gamma(reel_rng *rng, double shape);

/* Draw every vector of a side given the other (bayes_rows.c); residuals go to `residual` or
 * `film_target`, the sums of their squares to `partial`. */
reel_code reel__bayes_draw_rows(bayes_sampler *sampler, bool people, reel_err *err);
void reel__bayes_gather_films(bayes_sampler *sampler); /* film_target from target */
/* Draw the precision of each row's ratings, and the shape of their prior. */
void reel__bayes_draw_noise(bayes_sampler *sampler, bool people);
/* Draw a side's prior: means, precisions and implicit features (bayes_prior.c). */
void reel__bayes_draw_prior(bayes_sampler *sampler, bool people);

/* ---- time (bayes_time.c) ------------------------------------------------------------------- */

/* times [count] by person. Errors: E_NOMEM; free it in any case. */
reel_code reel__bayes_time_open(bayes_time **out, const bayes_sampler *sampler,
                                const int64_t *times, reel_err *err);
void reel__bayes_time_free(bayes_time *time); /* NULL allowed */
/* Draw what time explains, after people's vectors; residuals, targets and squares follow. */
void reel__bayes_draw_time(bayes_sampler *sampler);
/* Of the drift. */
double reel__bayes_time_variance(const bayes_time *time);
/* Find where targets fall among the sessions; then what time adds to one. Errors: E_NOMEM. */
reel_code reel__bayes_time_place(bayes_time *time, const reel_fit_targets *targets, reel_err *err);
double reel__bayes_time_of(const bayes_time *time, size_t target);

/* ---- levels (bayes_probit.c) --------------------------------------------------------------- */

/* ratings [count] by person. Errors: E_INVALID (too many different ones, or all the same), E_NOMEM;
 * free it in any case. */
reel_code reel__bayes_levels_open(bayes_levels **out, const bayes_sampler *sampler,
                                  const float *ratings, reel_err *err);
void reel__bayes_levels_free(bayes_levels *levels); /* NULL allowed */
/* Draw thresholds and latent ratings, after people's vectors; residuals, targets and squares
 * follow. */
void reel__bayes_draw_levels(bayes_sampler *sampler, bool burning_in);
/* The expected rating; root is that of the rating's precision. */
double reel__bayes_levels_expected(const bayes_levels *levels, double latent, double root);
double reel__bayes_expected(const double *value, const double *threshold, size_t levels,
                            double latent, double root);
size_t reel__bayes_levels_count(const bayes_levels *levels);
/* Values and thresholds [BAYES_LEVELS_MAX]; how many levels. */
size_t reel__bayes_levels_copy(const bayes_levels *levels, double *value, double *threshold);

/* The levels of one kept sample. */
typedef struct bayes_scale {
    const double *value, *threshold;
    size_t levels;
} bayes_scale;

/* What lies behind a rating, on average, where `latent` is predicted, and its variance. */
double reel__bayes_truncated_mean(const bayes_scale *scale, double rating, double latent,
                                  double root, double *variance);

#endif
