/* num/rows.h - sums over some rows of a matrix of factors, a row loaded once for both uses of it.
 * Rows are `d` floats, d a multiple of REEL_ROWS_UNIT, 64-byte aligned.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_ROWS_H
#define REEL_NUM_ROWS_H

#include <stddef.h>

#include "reel/csr.h"

enum { REEL_ROWS_UNIT = 16, REEL_ROWS_LANES = 8, REEL_ROWS_MANY = 16 };

/* Some rows y_i of a matrix, each with a weight c_i and a pull b_i. */
typedef struct reel_rows {
    const float *factors;
    size_t d;
    const reel_index *index; /* [count] */
    const float *weight;     /* [count]; dots need none */
    const float *pull;       /* [count], or NULL = 0 */
    size_t count;
} reel_rows;

/* out += sum_i (b_i - c_i y_i.x) y_i. x and out [d] */
void reel__rows_pull(const reel_rows *rows, const float *x, float *out);
/* sum_i c_i (y_i.x)^2. x [d] */
double reel__rows_squares(const reel_rows *rows, const float *x);
/* The same matrix times each of REEL_ROWS_LANES vectors. matrix [d x d] symmetric; x and out
 * [REEL_ROWS_LANES x d]. What a vector gives does not depend on its neighbours. */
void reel__rows_multiply(const float *matrix, size_t d, const float *x, float *out);
/* The same for one vector, to the bit. x and out [d] */
void reel__rows_multiply_one(const float *matrix, size_t d, const float *x, float *out);
/* y_i.x for each of REEL_ROWS_MANY vectors that lie side by side; rows need no weights. What a
 * vector gives does not depend on the others. x [d x MANY], dots [(count + 7) x MANY], the last
 * seven rows are room; 64-byte aligned. */
void reel__rows_dots_many(const reel_rows *rows, const float *x, float *dots);
/* out[i] = y_i.x. out [count] */
void reel__rows_dots(const reel_rows *rows, const float *x, float *out);

#endif
