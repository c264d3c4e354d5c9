/* bpr_walk.c - one vector learning from comparisons of the films of a history with others. */
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "model/bpr.h"
#include "num/kernels.h"

REEL_KERNEL void reel__bpr_adagrad(float *x, float *squares, const float *gradient, float rate,
                                   float reg, size_t d)
{
    const float least = 1e-8F;

#pragma omp simd
    for (size_t f = 0; f < d; f++) {
        const float g = gradient[f] - reg * x[f];

        squares[f] += g * g;
        x[f] += rate * g / sqrtf(squares[f] + least);
    }
}

void reel__bpr_start(const bpr *self, bpr_walk *walk)
{
    const uint64_t hash =
        reel__hash64(walk->liked, walk->liked_count * sizeof *walk->liked, walk->liked_count);

    walk->rng = reel__rng_make(self->base.seed, hash);
    memset(walk->x, 0, self->d * sizeof *walk->x);
    memset(walk->squares, 0, self->d * sizeof *walk->squares);
}

static bool is_known(const bpr_walk *walk, reel_index film)
{
    size_t low = 0, high = walk->known_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (walk->known[middle] < film)
            low = middle + 1;
        else
            high = middle;
    }
    return low < walk->known_count && walk->known[low] == film;
}

/* The one with the highest score of a few films that are not in the history; -1 = found none. */
static reel_index pick_rival(const bpr *self, bpr_walk *walk, float *score)
{
    const size_t wanted = (size_t)self->base.params[BPR_CANDIDATES];
    reel_index films[BPR_CANDIDATES_MAX] = {0};
    float scores[BPR_CANDIDATES_MAX];
    reel_rows rows = {.factors = self->films, .d = self->d, .index = films};
    size_t best = 0;

    for (size_t n = 0; n < 4 * wanted + 16 && rows.count < wanted; n++) {
        const reel_index film =
            (reel_index)reel__rng_below(&walk->rng, (uint64_t)self->base.movies);

        if (!is_known(walk, film))
            films[rows.count++] = film;
    }
    if (rows.count == 0)
        return -1;
    reel__rows_dots(&rows, walk->x, scores);
    for (size_t n = 1; n < rows.count; n++)
        if (scores[n] > scores[best])
            best = n;
    *score = scores[best];
    return films[best];
}

bpr_move reel__bpr_compare(const bpr *self, bpr_walk *walk, size_t i)
{
    const float rate = (float)self->base.params[BPR_LEARNING_RATE];
    const float reg = (float)self->base.params[BPR_REG];
    const size_t d = self->d;
    const float *better = self->films + (size_t)walk->liked[i] * d, *worse;
    float rival_score = 0;
    bpr_move move = {walk->liked[i], pick_rival(self, walk, &rival_score), 0};

    if (move.worse < 0)
        return move;
    worse = self->films + (size_t)move.worse * d;
    move.size = (walk->weight == NULL ? 1 : walk->weight[i]) /
                (1 + expf(reel__dot(walk->x, better, d) - rival_score));
    for (size_t f = 0; f < d; f++)
        walk->gradient[f] = move.size * (better[f] - worse[f]);
    reel__bpr_adagrad(walk->x, walk->squares, walk->gradient, rate, reg, d);
    return move;
}
