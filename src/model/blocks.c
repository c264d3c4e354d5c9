/* blocks.c - see blocks.h. */
#include "model/blocks.h"

#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"

enum { STREAM_PEOPLE = 1, STREAM_MOVIES };
enum { SIDE_MAX = 64, FEW_RATINGS = 4096 };

/* One block where all ratings are few: order costs less than waiting. */
static int choose_side(reel_csr_view ratings)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    const reel_index least = ratings.rows < ratings.cols ? ratings.rows : ratings.cols;
    int side = 1;

    while (side < SIDE_MAX && count / ((reel_nnz)4 * side * side) >= FEW_RATINGS &&
           8 * side < least)
        side *= 2;
    return side;
}

/* A random order of count things. */
static void shuffle(reel_index *order, reel_index count, reel_rng rng)
{
    for (reel_index i = 0; i < count; i++)
        order[i] = i;
    reel__rng_shuffle(&rng, order, (size_t)count);
}

typedef struct deal {   /* working memory */
    reel_index *people; /* [rows] in the order they are gone through */
    reel_index *movies; /* [cols] the same */
    reel_index *column; /* [cols] block column of a film */
    reel_nnz *next;     /* [side x side] */
} deal;

static void deal_fini(deal *d)
{
    reel__free(d->people);
    reel__free(d->movies);
    reel__free(d->column);
    reel__free(d->next);
}

static void place(reel_blocks *out, deal *d, reel_csr_view ratings, double mean)
{
    const int side = out->side;

    for (reel_index j = 0; j < ratings.cols; j++)
        d->column[d->movies[j]] = (reel_index)((int64_t)j * side / ratings.cols);
    for (reel_index i = 0; i < ratings.rows; i++) {
        const reel_index u = d->people[i];
        const int row = (int)((int64_t)i * side / ratings.rows);

        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++)
            out->ptr[row * side + d->column[ratings.col[k]] + 1]++;
    }
    for (int b = 0; b < side * side; b++) {
        d->next[b] = out->ptr[b];
        out->ptr[b + 1] += out->ptr[b];
    }
    for (reel_index i = 0; i < ratings.rows; i++) {
        const reel_index u = d->people[i];
        const int row = (int)((int64_t)i * side / ratings.rows);

        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++)
            out->entries[d->next[row * side + d->column[ratings.col[k]]]++] =
                (reel_block_entry){u, ratings.col[k], (float)((double)ratings.val[k] - mean)};
    }
}

reel_code reel__blocks_init(reel_blocks *out, reel_csr_view ratings, double mean, uint64_t seed,
                            reel_err *err)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    const int side = choose_side(ratings);
    const size_t blocks = (size_t)side * (size_t)side;
    deal d = {.people = reel__alloc_array((size_t)ratings.rows, sizeof(reel_index)),
              .movies = reel__alloc_array((size_t)ratings.cols, sizeof(reel_index)),
              .column = reel__alloc_array((size_t)ratings.cols, sizeof(reel_index)),
              .next = reel__alloc_array(blocks, sizeof(reel_nnz))};
    reel_code rc = REEL_OK;

    *out = (reel_blocks){.side = side,
                         .ptr = reel__alloc_zero(blocks + 1, sizeof *out->ptr),
                         .entries = reel__alloc_array((size_t)count, sizeof *out->entries)};
    if (d.people == NULL || d.movies == NULL || d.column == NULL || d.next == NULL ||
        out->ptr == NULL || out->entries == NULL) {
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to arrange %lld ratings", (long long)count);
    } else {
        shuffle(d.people, ratings.rows, reel__rng_make(seed, STREAM_PEOPLE));
        shuffle(d.movies, ratings.cols, reel__rng_make(seed, STREAM_MOVIES));
        place(out, &d, ratings, mean);
    }
    deal_fini(&d);
    return rc;
}

void reel__blocks_fini(reel_blocks *blocks)
{
    reel__free(blocks->ptr);
    reel__free(blocks->entries);
}
