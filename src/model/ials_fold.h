/* model/ials_fold.h - a history's vector of a fitted ials, and what its entries add to scores.
 * Factors lie in the basis in which what all people share is diagonal, so that a row's matrix is
 *   A = D + r I + sum_i c_i y_i y_i^T      D = diag(spectrum)
 * and M = D + r I preconditions it without a product.
 * Layer: model. Threads: the basis is immutable; work is one thread at a time.
 */
#ifndef REEL_MODEL_IALS_FOLD_H
#define REEL_MODEL_IALS_FOLD_H

#include "model/ials_solve.h"
#include "reel/model.h"

typedef struct ials_basis {
    size_t d;              /* a multiple of REEL_ROWS_UNIT */
    const float *films;    /* [movies x d] y_i */
    const float *spectrum; /* [d] D, >= 0 */
} ials_basis;

/* Bytes of work, to be 64-byte aligned. */
size_t reel__ials_fold_size(size_t d);
/* x with A x = sum_i b_i y_i, to working precision. x [d]. False when there is none in finite
 * numbers; x is 0 then. */
bool reel__ials_fold(const ials_basis *basis, const ials_row *row, float *x, void *work);
/* Bytes of work for reasons of `count` entries, to be 64-byte aligned. */
size_t reel__ials_reasons_size(size_t d, size_t count);
/* What each entry adds to the scores x.y_j of some films, REEL_ROWS_MANY at the most; x: what
 * reel__ials_fold gave. out [movies->count x row->rows.count], their sum is a film's score. False
 * where there is no solution in finite numbers. */
bool reel__ials_reasons(const ials_basis *basis, const ials_row *row, const float *x,
                        const reel_films *movies, double *out, void *work);

#endif
