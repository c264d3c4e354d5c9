/* eval/significance.h - how far a mean over people can be trusted, and whether two models differ.
 * Percentile bootstrap over people (Efron & Tibshirani 1993): means of people drawn with
 * replacement, the same people for every column and, with one seed, for every model.
 * Layer: eval. Threads: threads = 0 means all cores; results never depend on it.
 */
#ifndef REEL_EVAL_SIGNIFICANCE_H
#define REEL_EVAL_SIGNIFICANCE_H

#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"
#include "reel/err.h"

typedef struct reel_bootstrap_opts {
    int resamples; /* 1 .. 100000   default 1000 */
    uint64_t seed; /*               default 1 */
    int threads;
} reel_bootstrap_opts;
reel_bootstrap_opts reel__bootstrap_opts_default(void);

typedef struct reel_interval {
    double mean, low, high; /* 95 % between low and high */
} reel_interval;

/* A table of numbers, one row for each person; rows whose first number is NaN are left out. */
typedef struct reel_sample_view {
    const double *each; /* [rows][columns] */
    reel_index rows;
    size_t columns;
} reel_sample_view;

/* Means. out [columns]. Errors: E_INVALID (no row, resamples out of range), E_NOMEM. */
REEL_MUST_USE reel_code reel__bootstrap(reel_interval *out, reel_sample_view sample,
                                        const reel_bootstrap_opts *opts, reel_err *err);

typedef struct reel_comparison {
    reel_interval difference; /* a - b */
    double p;                 /* two-sided, of no difference; at least 2 / (resamples + 1) */
} reel_comparison;

/* Paired: people who have both numbers. a, b [people]. Errors: as reel__bootstrap. */
REEL_MUST_USE reel_code reel__compare(reel_comparison *out, const double *a, const double *b,
                                      reel_index people, const reel_bootstrap_opts *opts,
                                      reel_err *err);

/* ---- predicted ratings: errors pooled over all of them, drawn by person -------------------- */

/* What the errors of one person's predicted ratings add up to. */
enum { REEL_ERRORS_COUNT, REEL_ERRORS_SQUARES, REEL_ERRORS_ABSOLUTES, REEL_ERRORS };

/* Root of the mean squared error and mean absolute error over all ratings of the people drawn; each
 * [people][REEL_ERRORS], people with a count of 0 are left out. Errors: as reel__bootstrap. */
REEL_MUST_USE reel_code reel__bootstrap_errors(reel_interval *rmse, reel_interval *mae,
                                               const double *each, reel_index people,
                                               const reel_bootstrap_opts *opts, reel_err *err);
/* RMSE of a less that of b, over the same ratings. Errors: as reel__bootstrap. */
REEL_MUST_USE reel_code reel__compare_errors(reel_comparison *out, const double *a, const double *b,
                                             reel_index people, const reel_bootstrap_opts *opts,
                                             reel_err *err);

#endif
