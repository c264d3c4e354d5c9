/* model/biases.h - how much better than the mean a film is rated and how generous a person is.
 *   b_uj = mean + b_u + b_j
 * Shared by `baseline` and by the models that predict what is left over.
 * Layer: model. Threads: immutable once fitted.
 */
#ifndef REEL_MODEL_BIASES_H
#define REEL_MODEL_BIASES_H

#include "base/tensors.h"
#include "model/vtable.h"

typedef enum reel_bias_method { REEL_BIASES_ALS, REEL_BIASES_SGD } reel_bias_method;

typedef struct reel_bias_opts {
    reel_bias_method method;
    int epochs;
    double reg_i, reg_u; /* how many ratings at no bias each film and each person is given */
    double lr, reg;      /* sgd: learning rate and L2 weight of one rating */
    double share;        /* of the progress of the whole fit */
} reel_bias_opts;
/* als, 10 epochs, reg_i 10, reg_u 15, the whole progress. */
reel_bias_opts reel__bias_opts_default(void);

typedef struct reel_biases {
    double mean;
    bool owned;          /* made by reel__biases_fit, not mapped from a file */
    const float *person; /* [people] of the training data; NULL when loaded */
    const float *movie;  /* [movies] 0 for a film that nobody rated */
    double reg_u;        /* what a person's bias is solved with */
} reel_biases;

/* Errors: E_NOMEM, E_CANCELLED, E_INVALID (sgd left the finite numbers). out needs
 * reel__biases_fini whatever happens. Cost: O(epochs x ratings). */
REEL_MUST_USE reel_code reel__biases_fit(reel_biases *out, const reel_dataset *dataset,
                                         const reel_bias_opts *opts,
                                         const reel_fit_context *context, reel_err *err);
void reel__biases_fini(reel_biases *biases);

/* The bias of whoever has this history, given those of films: for a trained person the very number
 * in `person`. Clicks say nothing about generosity and are left out. contributions [out, optional]
 * [count]: what each entry added to it. */
double reel__biases_of_query(const reel_biases *biases, const reel_query *query,
                             double *contributions);

/* Under "mean" and "movie_bias"; the people are left to their histories. */
REEL_MUST_USE reel_code reel__biases_save(const reel_biases *biases, reel_index movies,
                                          reel_tensors_writer *writer, reel_err *err);
/* Errors: E_FORMAT. */
REEL_MUST_USE reel_code reel__biases_load(reel_biases *out, reel_index movies, double reg_u,
                                          const reel_tensors *tensors, const char *prefix,
                                          reel_err *err);

#endif
