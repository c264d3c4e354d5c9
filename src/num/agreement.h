/* num/agreement.h - how far two rows of ratings agree on what both have rated.
 *   msd      1 / (1 + mean (a - b)^2)
 *   cosine   sum a b / sqrt(sum a^2 sum b^2)
 *   pearson  the same of values less their means, or, residuals, of values as they are
 * each over what both have rated, times (n - 1) / (n - 1 + shrinkage) with shrinkage above 0.
 * Layer: num. Threads: no state.
 */
#ifndef REEL_NUM_AGREEMENT_H
#define REEL_NUM_AGREEMENT_H

#include <stdbool.h>

#include "reel/csr.h"
#include "reel/err.h"

typedef enum reel_agreement {
    REEL_AGREE_MSD,
    REEL_AGREE_COSINE,
    REEL_AGREE_PEARSON,
    REEL_AGREE_RESIDUALS
} reel_agreement;

/* Sums over what both have rated; one vector, so that a pair of ratings is one instruction. */
enum { REEL_AGREE_N, REEL_AGREE_AB, REEL_AGREE_AA, REEL_AGREE_BB, REEL_AGREE_A, REEL_AGREE_B };
enum { REEL_AGREE_LANES = 8 };
typedef struct reel_agree {
    float of[REEL_AGREE_LANES]; /* n, a b, a^2, b^2, a, b and two unused */
} reel_agree;

/* One row has rated something `a`, with a weight; for the others that have rated it, `col` with
 * `val`, add this to their sums. sums: 32-byte aligned, one for each row */
void reel__agree_add(reel_agree *sums, const reel_index *col, const float *val, reel_nnz count,
                     float a, float weight);

/* Similarities of n sums; 0 where nothing is in common or nothing varies. */
void reel__agree_similarities(reel_agreement kind, double shrinkage, const reel_agree *sums,
                              reel_index n, float *out);

/* Every item with all those before it. */
typedef struct reel_agree_pairs {
    reel_csr_view by_person, by_item; /* the same values in both orders */
    int threads;                      /* 0 = all cores */
    /* Takes the sums of item i, `a`, with items 0 .. i - 1, `b`; called from any thread. */
    void (*take)(void *user, reel_index i, const reel_agree *sums);
    void *user;
    /* Called from one thread now and then with a share in [0, 1]; false ends the work. */
    bool (*step)(double share, const void *context);
    const void *context;
} reel_agree_pairs;

/* Errors: E_NOMEM, E_CANCELLED. Cost: half the sum over people of their squared entries. */
REEL_MUST_USE reel_code reel__agree_all(const reel_agree_pairs *job, reel_err *err);

#endif
