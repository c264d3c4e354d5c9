/* model/factors.h - what a biased factor model keeps and how it answers.
 *   s_uj = mean + b_u + b_j + q_j . z_u      z_u = p_u + sum_i w_i y_i / sqrt(sum_i w_i)
 * y are the implicit factors of SVD++; without them z_u = p_u. A trained person's b_u and z_u are
 * stored; for any other history they are the ridge solution given the films:
 *   min sum_i w_i (r_i - s_ui)^2 + reg W (b_u^2 + |p_u|^2)      W = sum_i w_i
 * which is linear in the ratings, so that each has its share in every score.
 * Layer: model. Threads: immutable once fitted.
 */
#ifndef REEL_MODEL_FACTORS_H
#define REEL_MODEL_FACTORS_H

#include "base/tensors.h"
#include "model/vtable.h"

enum { REEL_FACTORS_MAX = 1024, REEL_FACTORS_UNIT = 16 };

typedef struct reel_factors {
    reel_index people, movies;
    size_t stride; /* floats of a row: the rank rounded up to the unit, 0 beyond the rank */
    double mean;
    double reg;         /* fold-in: L2 weight of one rating */
    bool owned;         /* made by reel__factors_init, not mapped from a file */
    float *person_bias; /* [people] */
    float *movie_bias;  /* [movies] */
    float *person;      /* [people][stride] z_u; while fitting p_u */
    float *movie;       /* [movies][stride] q_j */
    float *implicit;    /* [movies][stride] y_j, or NULL */
} reel_factors;

/* The struct of every model that answers by its factors alone. */
typedef struct reel_factor_model {
    reel_model base;
    reel_factors factors;
} reel_factor_model;

typedef struct reel_factors_opts {
    int rank;
    bool implicit;
    double init_std; /* of the normal distribution the factors start from */
    double reg;      /* as in reel_factors */
    uint64_t seed;
} reel_factors_opts;

/* Biases 0, the mean of the ratings (rows are people), random factors that depend on the seed and
 * the row alone. out needs reel__factors_fini whatever happens. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__factors_init(reel_factors *out, reel_csr_view ratings,
                                           const reel_factors_opts *opts, reel_err *err);
void reel__factors_fini(reel_factors *factors);
/* Bytes that reel__factors_init takes. */
double reel__factors_bytes(const reel_dataset *dataset, double rank, bool implicit);
/* Errors: E_INVALID where fitting has left the finite numbers. */
REEL_MUST_USE reel_code reel__factors_check(const reel_factors *factors, const char *name,
                                            reel_err *err);

/* The bias and the row [stride] that folding a query in gives. Slot 2 is used. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__factors_solve(const reel_factors *factors, const reel_query *query,
                                            reel_scratch *scratch, float *bias, float *row,
                                            reel_err *err);

/* What whoever has this bias and row [stride] rates a film, outside the scale, too. */
float reel__factors_rate(const reel_factors *factors, float bias, const float *row,
                         reel_index movie);

/* Operations of vtable.h for a reel_factor_model. Slots 0 to 2 are used. */
REEL_MUST_USE reel_code reel__factors_score(const reel_model *model, const reel_query *query,
                                            reel_scratch *scratch, float *scores, reel_err *err);
REEL_MUST_USE reel_code reel__factors_predict(const reel_model *model, const reel_query *query,
                                              const reel_index *movies, size_t count,
                                              reel_scratch *scratch, float *out, reel_err *err);
REEL_MUST_USE reel_code reel__factors_explain(const reel_model *model, const reel_query *query,
                                              reel_index movie, reel_scratch *scratch,
                                              double *contributions, reel_explanation *out,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__factors_save(const reel_model *model, reel_tensors_writer *writer,
                                           reel_err *err);
void reel__factors_release(reel_model *model);
/* Errors: E_FORMAT. */
REEL_MUST_USE reel_code reel__factors_load(reel_model *model, const reel_factors_opts *opts,
                                           const reel_tensors *tensors, const char *prefix,
                                           reel_err *err);

#endif
