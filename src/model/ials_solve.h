/* model/ials_solve.h - half a step of implicit alternating least squares: the rows of one side
 * solved with the factors y_i of the other side held. (G + r I + sum_i c_i y_i y_i^T) x = sum_i b_i
 * y_i,    G = sum over all i of w_i y_i y_i^T by conjugate gradients, preconditioned with the part
 * that all rows share. Layer: model. Threads: a prepared half step is immutable; work is one thread
 * at a time.
 */
#ifndef REEL_MODEL_IALS_SOLVE_H
#define REEL_MODEL_IALS_SOLVE_H

#include <stdbool.h>

#include "base/tensors.h"
#include "num/rows.h"
#include "reel/err.h"

static inline size_t ials_round_up(size_t factors)
{
    return (factors + REEL_ROWS_UNIT - 1) / REEL_ROWS_UNIT * REEL_ROWS_UNIT;
}

/* What the rows of a half step share. */
typedef struct ials_half {
    size_t d;             /* a multiple of REEL_ROWS_UNIT */
    const float *factors; /* [n x d] y_i */
    const float *gram;    /* [d x d] G */
    const float *inverse; /* [d x d] (G + ridge I)^-1 */
    double ridge;
} ials_half;

/* One row's equations. */
typedef struct ials_row {
    reel_rows rows; /* y_i, c_i, b_i */
    double ridge;   /* r */
} ials_row;

/* Make gram and inverse [d x d each] of the n rows of factors. weight [n], or NULL = 1.
 * Errors: E_NOMEM; E_INVALID (not positive definite: ridge too small for these factors). */
REEL_MUST_USE reel_code reel__ials_prepare(ials_half *out, float *gram, float *inverse,
                                           const float *weight, reel_index n, int threads,
                                           reel_err *err);

/* Rows are solved for in groups, which share reads of what the rows share. */
enum { IALS_GROUP = REEL_ROWS_LANES };

/* Bytes of work, to be 64-byte aligned. */
size_t reel__ials_work_size(size_t d);
/* Each x nearer to its row's solution by `steps` steps, from what it is. rows and x [count], count
 * from 1 to IALS_GROUP; x[i] [d]. */
void reel__ials_step(const ials_half *half, const ials_row *rows, size_t count, int steps,
                     float *const *x, void *work);
/* Solve to working precision, whatever the rest of the group. False when a row has no solution in
 * finite numbers; its x is 0 then. */
bool reel__ials_solve(const ials_half *half, const ials_row *rows, size_t count, float *const *x,
                      void *work);

/* Whether an entry outweighs another by more than single precision leaves room for. */
bool reel__ials_lopsided(const reel_rows *rows);
/* One row to the end in double, for histories like that: an entry that weighs a million others.
 * wide [d + d x d]: the right side and, below and on the diagonal, the matrix, both without the
 * row's entries, which are added here (to the right side where `pulls`); the solution is in wide
 * [d] then, and in x. False when it is not of finite numbers. */
bool reel__ials_solve_wide(const reel_rows *rows, bool pulls, double *wide, float *x);

/* A matrix of a file, rows x d numbers of a sensible size. Errors: E_FORMAT. */
REEL_MUST_USE reel_code reel__ials_matrix(const float **out, int64_t rows, size_t d,
                                          const reel_tensors *tensors, const char *prefix,
                                          const char *name, reel_err *err);

/* The panels (num/panels.h) of film vectors [movies x d], owned by the caller. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__ials_panels(float **out, const float *films, int64_t movies, size_t d,
                                          reel_err *err);

#endif
