/* model/blocks.h - ratings in a fixed grid of blocks, for gradient descent on many threads.
 * Blocks of one diagonal share no person and no film, so that they may run side by side: one
 * diagonal after the other gives the same numbers whatever the number of threads. (Gemulla et al.
 * 2011, "stratified" SGD.) The grid depends on the data alone.
 * Layer: model. Threads: immutable once made.
 */
#ifndef REEL_MODEL_BLOCKS_H
#define REEL_MODEL_BLOCKS_H

#include "reel/csr.h"
#include "reel/err.h"

typedef struct reel_block_entry {
    reel_index person, movie;
    float value; /* the rating less the mean */
} reel_block_entry;

typedef struct reel_blocks {
    int side;      /* the grid is side x side */
    reel_nnz *ptr; /* [side x side + 1] */
    reel_block_entry *entries;
} reel_blocks;

/* People and films are dealt to the blocks at random by seed; inside a block the ratings of a
 * person stand together. Errors: E_NOMEM; out needs reel__blocks_fini whatever happens. */
REEL_MUST_USE reel_code reel__blocks_init(reel_blocks *out, reel_csr_view ratings, double mean,
                                          uint64_t seed, reel_err *err);
void reel__blocks_fini(reel_blocks *blocks);

/* The block that step `at` of diagonal `diagonal` works on; both in [0, side). */
static inline int reel__blocks_at(const reel_blocks *blocks, int diagonal, int at)
{
    return at * blocks->side + (at + diagonal) % blocks->side;
}

#endif
