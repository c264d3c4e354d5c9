/* tests/support/ref_bayes.h - bayes the slow, obvious way: one number after the other, in doubles,
 * with the implicit features where the factorisation machine has them, not in the priors' means.
 * Threads: no state.
 */
#ifndef TESTS_SUPPORT_REF_BAYES_H
#define TESTS_SUPPORT_REF_BAYES_H

#include <stdbool.h>

#include "reel/dataset.h"

enum { REF_BAYES_ROWS = 16, REF_BAYES_D = 4 };

typedef struct ref_bayes {
    int rank, sweeps;
    bool svdpp, flipped, noise_varies;
    uint64_t seed;
} ref_bayes;

/* The mean prediction of every pair over all sweeps. out [people * movies] */
void ref_bayes_predict(const ref_bayes *how, const reel_dataset *dataset, double *out);

#endif
