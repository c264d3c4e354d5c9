/* num/panels.h - products of all rows of a matrix with many vectors, without sums across lanes.
 * A matrix of n rows of d floats is kept as panels: REEL_PANEL rows at a time, column by column, so
 * that one load has the same column of 16 rows. Rows are padded with zeros to whole panels.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_PANELS_H
#define REEL_NUM_PANELS_H

#include <stddef.h>

enum { REEL_PANEL = 64 };

/* Floats that the panels of n rows take. */
static inline size_t reel__panels_size(size_t n, size_t d)
{
    return (n + REEL_PANEL - 1) / REEL_PANEL * REEL_PANEL * d;
}

/* The panels of a matrix, to be freed with reel__free; NULL without memory. */
float *reel__panels_make(const float *rows, size_t n, size_t d);

/* out[p x n + i] = row i . x[p], for `count` vectors x[p] of d floats. A row and a vector give the
 * same bits whichever other vectors there are. One thread; the panels stream through once for all
 * vectors, so give as many as have room for their results in L2. */
void reel__panels_multiply(const float *panels, size_t n, size_t d, const float *const *x,
                           size_t count, float *out);

#endif
