/* num/inverse.h - inverses of symmetric positive definite matrices, in place, the same bits for any
 * number of threads.
 * Layer: num. Threads: threads = 0 means all cores; results never depend on it.
 */
#ifndef REEL_NUM_INVERSE_H
#define REEL_NUM_INVERSE_H

#include <stdbool.h>
#include <stddef.h>

#include "reel/err.h"

/* Called between steps with the share done; false ends the work. */
typedef struct reel_inverse_opts {
    int threads;
    bool (*step)(double share, void *user); /* or NULL */
    void *user;
} reel_inverse_opts;

/* a [in, out] n x n, row-major; the lower triangle is read, and the whole matrix is replaced by
 * its inverse. Cost: n^3 flops; memory beside a: reel__spd_inverse_bytes(n).
 * Errors: E_INVALID (not positive definite, or too near to it for float), E_NOMEM, E_CANCELLED
 * (step said so); a is spoilt then. */
REEL_MUST_USE reel_code reel__spd_inverse(float *a, size_t n, const reel_inverse_opts *opts,
                                          reel_err *err);
double reel__spd_inverse_bytes(size_t n);

#endif
