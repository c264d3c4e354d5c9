/* num/blas.h - OpenBLAS, one thread a call: threads are ours, so that the same work gives the same
 * bits whatever their number, and a request never waits for a pool.
 * Layer: num. Threads: locked inside; any number of threads may call BLAS at once.
 */
#ifndef REEL_NUM_BLAS_H
#define REEL_NUM_BLAS_H

#include <cblas.h>

#include "reel/err.h"

/* Before the first BLAS call of a piece of work. Cheap when done before. */
void reel__blas_init(void);

/* Where the address space is limited (ulimit -v), the calling thread, and the team it works with
 * where threads is not 1 (0 = a thread for each core), get what OpenBLAS works in now: a call that
 * finds no room for that later does not fail but tries for ever. Errors: E_NOMEM: there is no room;
 * nothing of OpenBLAS may be called. Costs nothing without a limit.
 */
REEL_MUST_USE reel_code reel__blas_reserve(int threads, reel_err *err);

#endif
