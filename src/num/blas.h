/* num/blas.h - OpenBLAS, one thread a call: threads are ours, so that the same work gives the same
 * bits whatever their number, and a request never waits for a pool.
 * Layer: num. Threads: locked inside; any number of threads may call BLAS at once.
 */
#ifndef REEL_NUM_BLAS_H
#define REEL_NUM_BLAS_H

#include <cblas.h>
#include <stdbool.h>
#include <stddef.h>

#include "reel/err.h"

/* Before the first BLAS call of a piece of work. Cheap when done before. */
void reel__blas_init(void);

/* OpenBLAS knows the processors of its time. One that came later gets the loops of a very old one,
 * several times slower than it could have: the name of better ones is given then, for
 * OPENBLAS_CORETYPE in the environment, which is read when OpenBLAS is loaded, and never again.
 * NULL: it has chosen well, or was told what to choose. Static text. */
const char *reel__blas_better_core(void);
/* The same of a processor with these abilities and what OpenBLAS took for it. */
const char *reel__blas_core_for(const char *taken, bool avx2, bool avx512);

/* What is loaded, and the processor whose loops it uses: "OpenBLAS 0.3.21 for SkylakeX". */
void reel__blas_name(char *out, size_t size);

/* Where the address space is limited (ulimit -v), the calling thread, and the team it works with
 * where threads is not 1 (0 = a thread for each core), get what OpenBLAS works in now: a call that
 * finds no room for that later does not fail but tries for ever. Errors: E_NOMEM: there is no room;
 * nothing of OpenBLAS may be called. Costs nothing without a limit.
 */
REEL_MUST_USE reel_code reel__blas_reserve(int threads, reel_err *err);

#endif
