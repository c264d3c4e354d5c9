/* model/bayes_kernels.h - the dense loops of bayes: normal equations of one row, a draw from their
 * normal distribution, and blocks of random numbers.
 * Layer: model. Threads: no state; one bayes_equations a thread.
 */
#ifndef REEL_MODEL_BAYES_KERNELS_H
#define REEL_MODEL_BAYES_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"

/* Vectors are padded to whole lanes; the bias has a lane group of its own behind them. */
enum { BAYES_LANES = 16, BAYES_CHUNK = 128 };

typedef struct bayes_shape {
    size_t rank;
    size_t width;  /* rank, padded */
    size_t stride; /* width + BAYES_LANES */
} bayes_shape;

bayes_shape reel__bayes_shape(size_t rank);

/* Sums over the ratings of a row: g g' x x', with g the root of the other row's noise precision and
 * (x, 1) its vector with the person's or film's own bias as the last regressor. */
typedef struct bayes_equations {
    bayes_shape shape;
    float *chunk;        /* [BAYES_CHUNK][width] gathered g x */
    float *gram;         /* [width][width], the blocks on and below the diagonal */
    float *border;       /* [width] sum of g^2 x */
    float *right;        /* [width] sum of g^2 x y */
    float *upper;        /* [rank + 1][stride] the factor */
    float *draw;         /* [stride] */
    double weight, pull; /* sums of g^2 and g^2 y */
} bayes_equations;

/* Floats that an equations' arrays take together; open lays them out in memory of that size. */
size_t reel__bayes_equations_size(const bayes_shape *shape);
void reel__bayes_equations_open(bayes_equations *out, const bayes_shape *shape, float *memory);

/* The ratings of one row. */
typedef struct bayes_row {
    const float *vectors;     /* the other side's, [][stride] */
    const reel_index *others; /* [count] */
    const float *targets;     /* [count] */
    const float *roots;       /* root of the noise precision by other row, or NULL = 1 */
    size_t count;
} bayes_row;

/* Sum a row's equations anew. */
void reel__bayes_accumulate(bayes_equations *equations, const bayes_row *row);

/* What the sums are weighed against. All arrays as long as a stride, the bias at [width]. */
typedef struct bayes_prior {
    const float *mean, *precision;
    float alpha; /* precision of the row's ratings */
} bayes_prior;

/* Draw (vector, bias) from the posterior with standard normals [rank + 1], or give its mean where
 * normals is NULL. out [stride]. */
void reel__bayes_draw(bayes_equations *equations, const bayes_prior *prior, const float *normals,
                      float *out);

/* residuals[k] = target - prediction of each rating; their weighted sum of squares. */
double reel__bayes_residuals(const bayes_row *row, const float *own, const bayes_shape *shape,
                             float *residuals);

/* n standard normals, or uniform numbers in (0, 1), from a key. */
void reel__bayes_normals(uint64_t key, float *out, size_t n);
void reel__bayes_uniforms(uint64_t key, float *out, size_t n);
/* x = the normal quantile of x in [2e-7, 1); out = the normal distribution below x. */
void reel__bayes_quantiles(float *x, size_t n);
void reel__bayes_below(const float *x, float *out, size_t n);

/* One lane group of implicit features of one other row j, from the rows that it is implied by:
 * sums[l] = sum of share_u rest_u[l]; and rest_u -= share_u delta. rest points to the lane group.
 */
void reel__bayes_pull_implied(const float *rest, size_t stride, const float *share,
                              const reel_index *rows, size_t count, float *sums);
void reel__bayes_push_implied(float *rest, size_t stride, const float *share,
                              const reel_index *rows, size_t count, const float *delta);

#endif
