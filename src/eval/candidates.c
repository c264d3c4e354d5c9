/* candidates.c - see candidates.h. */
#include "eval/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"

/* Beside the ids that other draws of a seed use as streams. */
static const uint64_t stream_mask = 0x5a5a000000000000U;

typedef struct drawing {
    const reel_dataset *dataset;
    bool *rated;      /* [films] by this person */
    reel_index *pool; /* [films] */
    uint64_t wanted, seed;
} drawing;

static int by_index(const void *a, const void *b)
{
    const reel_index left = *(const reel_index *)a, right = *(const reel_index *)b;

    return (left > right) - (left < right);
}

/* Films that this person did not rate and others did, into the pool; returns how many. */
static uint64_t fill_pool(const drawing *d, reel_index person)
{
    const reel_csr_view r = reel_dataset_ratings(d->dataset);
    const reel_nnz *raters = reel_dataset_raters(d->dataset).ptr;
    uint64_t count = 0;

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        d->rated[r.col[k]] = true;
    for (reel_index j = 0; j < r.cols; j++)
        if (!d->rated[j] && raters[j + 1] > raters[j])
            d->pool[count++] = j;
    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        d->rated[r.col[k]] = false;
    return count;
}

/* held [count] and the drawn films, ascending, into out; returns how many. */
static reel_nnz draw_candidates(const drawing *d, reel_index person, const reel_index *held,
                                reel_nnz count, reel_index *out)
{
    const uint64_t id = (uint64_t)reel_dataset_person_ids(d->dataset)[person];
    const uint64_t pool = fill_pool(d, person), wanted = pool < d->wanted ? pool : d->wanted;
    reel_rng rng = reel__rng_make(d->seed, id ^ stream_mask);

    memcpy(out, held, (size_t)count * sizeof *out);
    for (uint64_t i = 0; i < wanted; i++) {
        const uint64_t other = i + reel__rng_below(&rng, pool - i);
        const reel_index film = d->pool[other];

        d->pool[other] = d->pool[i];
        out[count++] = film;
    }
    qsort(out, (size_t)count, sizeof *out, by_index);
    return count;
}

static reel_code draw_all(reel_csr *out, const drawing *d, const reel_split *split, reel_err *err)
{
    const reel_csr *test = &split->held.test;
    const reel_index people = reel_dataset_people(d->dataset);
    const reel_nnz room = test->ptr[test->rows] + (reel_nnz)d->wanted * test->rows;
    reel_nnz at = 0;
    reel_index row = 0;
    const reel_code rc = reel__csr_init(out, people, test->cols, room, err);

    if (rc != REEL_OK)
        return rc;
    for (reel_index p = 0; p < people; p++) {
        out->ptr[p] = at;
        if (row == test->rows || split->held.person[row] != p)
            continue;
        if (test->ptr[row + 1] > test->ptr[row])
            at += draw_candidates(d, p, test->col + test->ptr[row],
                                  test->ptr[row + 1] - test->ptr[row], out->col + at);
        row++;
    }
    out->ptr[people] = at;
    return REEL_OK;
}

reel_code reel__candidates_sample(reel_csr *out, const reel_dataset *dataset,
                                  const reel_split *split, int wanted, uint64_t seed, reel_err *err)
{
    const size_t films = (size_t)reel_dataset_movies(dataset);
    drawing d = {.dataset = dataset,
                 .rated = reel__alloc_zero(films, sizeof *d.rated),
                 .pool = reel__alloc_array(films, sizeof *d.pool),
                 .wanted = wanted > 0 ? (uint64_t)wanted : 0,
                 .seed = seed};
    reel_code rc;

    *out = (reel_csr){0};
    if (d.rated == NULL || d.pool == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to draw among %zu films", films);
    else
        rc = draw_all(out, &d, split, err);
    if (rc != REEL_OK)
        reel__csr_fini(out);
    reel__free(d.rated);
    reel__free(d.pool);
    return rc;
}
