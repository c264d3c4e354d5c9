/* signals.c - see signals.h. */
#include "data/signals.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "data/dataset_priv.h"
#include "data/readers.h"

/* A signal in its place. */
typedef struct placed {
    reel_index row, col;
    size_t number; /* as it was given */
    float weight;
} placed;

reel_csr_view reel__dataset_signals(const reel_dataset *dataset)
{
    return (reel_csr_view){.rows = dataset->people,
                           .cols = dataset->movies,
                           .ptr = dataset->array[ARRAY_SIGNALS_PTR],
                           .col = dataset->array[ARRAY_SIGNALS_COL],
                           .val = dataset->array[ARRAY_SIGNALS_VAL]};
}

static int by_place(const void *a, const void *b)
{
    const placed *x = a, *y = b;

    if (x->row != y->row)
        return (x->row > y->row) - (x->row < y->row);
    if (x->col != y->col)
        return (x->col > y->col) - (x->col < y->col);
    return (x->number > y->number) - (x->number < y->number);
}

static bool is_rated(const reel_dataset *dataset, reel_index row, reel_index col)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    reel_nnz low = ratings.ptr[row], high = ratings.ptr[row + 1];

    while (low < high) {
        const reel_nnz middle = low + (high - low) / 2;

        if (ratings.col[middle] < col)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ratings.ptr[row + 1] && ratings.col[low] == col;
}

/* Those that count, in order, each pair once; how many. */
static reel_code place(placed *out, size_t *kept, const reel_dataset *dataset,
                       const reel_signal *signals, size_t count, reel_err *err)
{
    size_t found = 0, last = 0;

    for (size_t i = 0; i < count; i++) {
        const reel_signal *s = &signals[i];
        const placed p = {reel_dataset_find_person(dataset, s->person),
                          reel_dataset_find_movie(dataset, s->movie), i, s->weight};

        if (!(fabsf(s->weight) <= REEL_RATING_MAX))
            return reel_fail(err, REEL_E_INVALID,
                             "signal %zu: the weight %g is no number from -%g to %g", i,
                             (double)s->weight, (double)REEL_RATING_MAX, (double)REEL_RATING_MAX);
        if (p.row >= 0 && p.col >= 0 && !is_rated(dataset, p.row, p.col))
            out[found++] = p;
    }
    if (found > 1)
        qsort(out, found, sizeof *out, by_place);
    for (size_t i = 0; i < found; i++) {
        if (last > 0 && out[last - 1].row == out[i].row && out[last - 1].col == out[i].col)
            last--;
        out[last++] = out[i];
    }
    *kept = 0;
    for (size_t i = 0; i < last; i++)
        if (out[i].weight != 0)
            out[(*kept)++] = out[i];
    return REEL_OK;
}

static reel_code fill(reel_dataset *dataset, const placed *all, size_t count, reel_err *err)
{
    const size_t rows = (size_t)dataset->people;
    reel_nnz *ptr = reel__alloc_zero(rows + 1, sizeof *ptr);
    reel_index *col = reel__alloc_array(count, sizeof *col);
    float *val = reel__alloc_array(count, sizeof *val);

    dataset->array[ARRAY_SIGNALS_PTR] = ptr;
    dataset->array[ARRAY_SIGNALS_COL] = col;
    dataset->array[ARRAY_SIGNALS_VAL] = val;
    dataset->count[ARRAY_SIGNALS_PTR] = (int64_t)rows + 1;
    dataset->count[ARRAY_SIGNALS_COL] = dataset->count[ARRAY_SIGNALS_VAL] = (int64_t)count;
    if (ptr == NULL || col == NULL || val == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu signals", count);
    for (size_t i = 0; i < count; i++) {
        ptr[all[i].row + 1]++;
        col[i] = all[i].col;
        val[i] = all[i].weight;
    }
    for (size_t r = 0; r < rows; r++)
        ptr[r + 1] += ptr[r];
    return reel__dataset_hash_arrays(dataset, err);
}

reel_code reel__dataset_set_signals(reel_dataset *dataset, const reel_signal *signals, size_t count,
                                    reel_err *err)
{
    placed *all = reel__alloc_array(count, sizeof *all);
    size_t kept = 0;
    reel_code rc;

    assert(dataset->file == NULL && dataset->array[ARRAY_SIGNALS_PTR] == NULL);
    if (all == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu signals", count);
    rc = place(all, &kept, dataset, signals, count, err);
    if (rc == REEL_OK && kept > 0)
        rc = fill(dataset, all, kept, err);
    reel__free(all);
    return rc;
}

reel_code reel__dataset_copy_signals(reel_dataset *dataset, const reel_dataset *from, reel_err *err)
{
    const reel_csr_view signals = reel__dataset_signals(from);
    const int64_t *people = reel_dataset_person_ids(from), *movies = reel_dataset_movie_ids(from);
    const size_t count = signals.ptr == NULL ? 0 : (size_t)signals.ptr[signals.rows];
    reel_signal *all;
    reel_code rc;

    if (count == 0)
        return REEL_OK;
    all = reel__alloc_array(count, sizeof *all);
    if (all == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu signals", count);
    for (reel_index r = 0; r < signals.rows; r++)
        for (reel_nnz k = signals.ptr[r]; k < signals.ptr[r + 1]; k++)
            all[k] = (reel_signal){people[r], movies[signals.col[k]], signals.val[k]};
    rc = reel__dataset_set_signals(dataset, all, count, err);
    reel__free(all);
    return rc;
}
