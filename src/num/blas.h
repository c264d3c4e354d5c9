/* num/blas.h - OpenBLAS, one thread a call: threads are ours, so that the same work gives the same
 * bits whatever their number, and a request never waits for a pool.
 * Layer: num. Threads: locked inside; any number of threads may call BLAS at once.
 */
#ifndef REEL_NUM_BLAS_H
#define REEL_NUM_BLAS_H

#include <cblas.h>

/* Before the first BLAS call of a piece of work. Cheap when done before. */
void reel__blas_init(void);

#endif
