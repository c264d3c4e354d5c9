/* model/slim.h - private to slim.c and slim_fit.c: the weights of one film after another.
 * Layer: model. Threads: a solver is one thread at a time; the Gram matrix is shared.
 */
#ifndef REEL_MODEL_SLIM_H
#define REEL_MODEL_SLIM_H

#include <stdbool.h>
#include <stddef.h>

#include "num/topk.h"
#include "reel/err.h"

enum { REEL_SLIM_ACTIVE = 1536 }; /* a film has at most so many weights */

typedef struct slim_problem {
    const float *gram; /* [movies x movies] X^T W X, whole */
    size_t movies;
    double l1, l2;
    bool negative; /* weights may be below 0 */
    size_t top;    /* how many of the largest are kept */
} slim_problem;

typedef struct slim_solver slim_solver;

/* NULL without memory. */
slim_solver *reel__slim_solver_new(const slim_problem *problem);
void reel__slim_solver_free(slim_solver *solver);
/* The weights of the films that predict film j, by ascending film. out [out] [REEL_SLIM_ACTIVE];
 * how many. */
size_t reel__slim_solve(slim_solver *solver, size_t j, reel_scored *out);

#endif
