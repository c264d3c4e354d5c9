/* model/item_pairs.h - item_sums models whose weights come from comparing all pairs of films.
 *   W_ij = S_ij^exponent for the largest S_ij of each film; S as in num/pairs.h
 * Layer: model. Threads: no state.
 */
#ifndef REEL_MODEL_ITEM_PAIRS_H
#define REEL_MODEL_ITEM_PAIRS_H

#include "model/item_sums.h"

typedef struct reel_item_pairs {
    float *weights;   /* [people] w_u */
    float *from, *to; /* [movies] f and g */
    double shrinkage, exponent;
    double neighbours; /* how many are kept */
    reel_keep keep;
    bool normalise; /* let the kept ones of each list sum to 1 */
} reel_item_pairs;

/* Fill self with what the liked ratings of dataset say: find them, let `describe` fill pairs (its
 * arrays are there, its numbers 0), compare.
 * describe [in] liked: films x people, values 1. Errors: E_NOMEM, E_CANCELLED. */
REEL_MUST_USE reel_code reel__item_pairs_fit(reel_item_sums *self, const reel_dataset *dataset,
                                             void (*describe)(const reel_model *model,
                                                              reel_csr_view liked,
                                                              reel_item_pairs *pairs),
                                             const reel_fit_context *context, reel_err *err);

/* Bytes that needs. */
double reel__item_pairs_memory(const reel_dataset *dataset, double neighbours);

/* How many films each person likes. out [liked.cols] */
void reel__item_pairs_count(reel_csr_view liked, float *out);

#endif
