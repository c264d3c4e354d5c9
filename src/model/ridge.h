/* model/ridge.h - weighted ridge regression of a few ratings on the factors of their films.
 *   min_x sum_i w_i (y_i - a_i . x)^2 + lambda |x|^2
 * Solved in double by Cholesky, on the side that is smaller: factors or ratings.
 * Layer: model. Threads: no state.
 */
#ifndef REEL_MODEL_RIDGE_H
#define REEL_MODEL_RIDGE_H

#include <stddef.h>

typedef struct reel_ridge {
    size_t n, d;
    double *a;       /* [n x d] rows a_i; spoilt */
    const double *w; /* [n] > 0 */
    const double *y; /* [n] */
    double lambda;   /* > 0 */
    double *work;    /* [reel__ridge_work(n, d)] */
} reel_ridge;

size_t reel__ridge_work(size_t n, size_t d);
/* x [d] the solution; share [n]: x = sum_i share_i a_i. */
void reel__ridge_solve(const reel_ridge *ridge, double *x, double *share);

#endif
