/* num/pairs.h - how alike all pairs of items are, and the most alike of each.
 *   d_ij = sum_u w_u x_ui x_uj        s_ij = f_i g_j d_ij / (1 + shrinkage f_i g_j)
 * Cosine, TF-IDF, BM25 and walks of three steps are choices of w, f and g.
 * Layer: num. Threads: no state; results never depend on their number.
 */
#ifndef REEL_NUM_PAIRS_H
#define REEL_NUM_PAIRS_H

#include <stdbool.h>

#include "num/topk.h"
#include "reel/csr.h"
#include "reel/err.h"

typedef struct reel_pairs {
    reel_csr_view items;    /* items x people: x_ui by item */
    const float *weights;   /* [items.cols] w_u */
    const float *from, *to; /* [items.rows] f and g, not negative */
    float shrinkage;        /* not negative */
    reel_index keep;        /* at least 1 */
    int threads;            /* 0 = all cores */
    /* Called from one thread now and then with a share in [0, 1]; false ends the work. */
    bool (*step)(double share, const void *user);
    const void *user;
} reel_pairs;

/* Bytes that reel__pairs_find needs at its peak, beside the items and what it gives. */
double reel__pairs_memory(reel_csr_view items);

/* The `keep` items j with the largest s_ij > 0 of every item i, itself left out, largest first; of
 * equal ones first the item with more entries, then the lower index.
 * out [items.rows x keep]; counts [items.rows]. Errors: E_NOMEM, E_CANCELLED. */
REEL_MUST_USE reel_code reel__pairs_find(reel_scored *out, reel_index *counts,
                                         const reel_pairs *job, reel_err *err);

#endif
