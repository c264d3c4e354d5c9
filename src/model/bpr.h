/* model/bpr.h - private to bpr.c, bpr_walk.c and bpr_fit.c.
 * Layer: model. Threads: immutable once fitted; a walk is one thread at a time.
 */
#ifndef REEL_MODEL_BPR_H
#define REEL_MODEL_BPR_H

#include "base/rng.h"
#include "model/evidence.h"
#include "model/ials_solve.h"
#include "model/vtable.h"

enum {
    BPR_FACTORS,
    BPR_EPOCHS,
    BPR_LEARNING_RATE,
    BPR_REG,
    BPR_CANDIDATES,
    BPR_FOLD_EPOCHS,
    BPR_LIKED,
    BPR_PARAMS
};
enum { BPR_CANDIDATES_MAX = 64 };

typedef struct bpr {
    reel_model base;
    reel_evidence evidence;
    size_t d;            /* factors, rounded up to REEL_ROWS_UNIT; what is added is 0 */
    const float *films;  /* [movies x d]; both owned unless base.tensors is set */
    const float *people; /* [people x d] what their histories fold in to */
    float *panels;       /* of films (num/panels.h), for scoring; always owned */
} bpr;

/* A history and a vector that learns from it. */
typedef struct bpr_walk {
    const reel_index *known; /* [known_count] ascending; never a film to be beaten */
    size_t known_count;
    const reel_index *liked; /* [liked_count] */
    const float *weight;     /* [liked_count], or NULL = 1 */
    size_t liked_count;
    float *x, *squares; /* [d] the vector, AdaGrad's sums of squared gradients */
    float *gradient;    /* [d] working memory */
    reel_rng rng;
} bpr_walk;

/* One comparison: x moved by step * (size (y_better - y_worse) - reg x), element by element. */
typedef struct bpr_move {
    reel_index better, worse; /* worse is -1 when there is nothing to compare with */
    float size;
} bpr_move;

/* Compare liked film i with a rival, and move x. */
bpr_move reel__bpr_compare(const bpr *self, bpr_walk *walk, size_t i);
/* x += rate g / root of the sum of squares of g so far, g = gradient - reg x. */
void reel__bpr_adagrad(float *x, float *squares, const float *gradient, float rate, float reg,
                       size_t d);
/* The generator and the empty vector of a history: they depend on nothing else. */
void reel__bpr_start(const bpr *self, bpr_walk *walk);

double reel__bpr_memory(const reel_model *model, const reel_dataset *dataset);
reel_code reel__bpr_fit(reel_model *model, const reel_dataset *dataset,
                        const reel_fit_context *context, reel_err *err);

#endif
