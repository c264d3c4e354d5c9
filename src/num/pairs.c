/* pairs.c - the most alike of every item.
 * Items are put in order of their entries. The few with the most hold half of all entries: they
 * make a dense matrix people x items, whose rows are added whole, sixteen items to an instruction;
 * the others are added one by one. s is symmetric but for factors, so the products of an item with
 * those before it are enough: they make a triangle, and a list reads its row and its column. Where
 * the triangle would be too large, every item is multiplied with all of them.
 */
#include "num/pairs.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "num/kernels.h"
#include "num/nearest.h"
#include "num/par.h"

enum {
    DENSE_SHARE =
        20, /* dense: rated by one in so many, where sixteen at once cost as much as one */
    DENSE_BYTES = 32,    /* of the dense matrix, at the most, for each entry */
    BLOCK = 16,          /* items whose lists are made together */
    TRIANGLE_MAX = 16384 /* items: 512 MB */
};

typedef struct plan {
    const reel_pairs *job;
    reel_index count, people, dense; /* items; people; items in the dense matrix */
    size_t stride;                   /* of the dense matrix */
    bool triangular;
    reel_index *item; /* [count] by rank */
    float *from, *to; /* [count] by rank */
    float *matrix;    /* [people][stride] x_ui of the dense items, by rank */
    reel_nnz *ptr;    /* [people + 1] the other entries */
    reel_index *rank; /* [ptr[people]] ascending for each person */
    float *val;       /* [ptr[people]] */
    uint32_t *place;  /* [entries] where an entry stands in rank, modulo 2^32 */
    float *triangle;  /* [count (count - 1) / 2] */
    bool stopped;
} plan;

static reel_nnz entries_of(reel_csr_view items, reel_index item)
{
    return items.ptr[item + 1] - items.ptr[item];
}

/* ---- order --------------------------------------------------------------------------------- */

/* Most entries first; a counting sort, which keeps equal ones in order. */
static bool rank_items(plan *p)
{
    const reel_csr_view items = p->job->items;
    reel_index *start = reel__alloc_zero((size_t)p->people + 2, sizeof *start);

    if (start == NULL)
        return false;
    for (reel_index i = 0; i < p->count; i++)
        start[p->people - (reel_index)entries_of(items, i) + 1]++;
    for (reel_index n = 0; n <= p->people; n++)
        start[n + 1] += start[n];
    for (reel_index i = 0; i < p->count; i++)
        p->item[start[p->people - (reel_index)entries_of(items, i)]++] = i;
    reel__free(start);
    for (reel_index r = 0; r < p->count; r++) {
        p->from[r] = p->job->from[p->item[r]];
        p->to[r] = p->job->to[p->item[r]];
    }
    return true;
}

static reel_index choose_dense(const plan *p)
{
    const reel_csr_view items = p->job->items;
    const double most = (double)items.ptr[p->count] * DENSE_BYTES / ((double)p->people * 4);
    reel_index dense = 0;

    while (dense < p->count && dense < most &&
           entries_of(items, p->item[dense]) * DENSE_SHARE >= p->people)
        dense++;
    return dense;
}

static void fill_dense(plan *p)
{
    const reel_csr_view items = p->job->items;

    for (reel_index r = 0; r < p->dense; r++)
        for (reel_nnz k = items.ptr[p->item[r]]; k < items.ptr[p->item[r] + 1]; k++)
            p->matrix[(size_t)items.col[k] * p->stride + (size_t)r] = items.val[k];
}

/* The other entries by person, in order of rank; while filling, ptr[u + 1] is where the next one
 * of u goes. */
static void fill_sparse(plan *p)
{
    const reel_csr_view items = p->job->items;
    reel_nnz *ptr = p->ptr, before = 0;

    for (reel_index r = p->dense; r < p->count; r++)
        for (reel_nnz k = items.ptr[p->item[r]]; k < items.ptr[p->item[r] + 1]; k++)
            ptr[items.col[k] + 1]++;
    for (reel_index u = 0; u < p->people; u++) {
        const reel_nnz length = ptr[u + 1];

        ptr[u + 1] = before;
        before += length;
    }
    for (reel_index r = p->dense; r < p->count; r++)
        for (reel_nnz k = items.ptr[p->item[r]]; k < items.ptr[p->item[r] + 1]; k++) {
            const reel_index u = items.col[k];
            const reel_nnz to = ptr[u + 1]++;

            p->rank[to] = r;
            p->val[to] = items.val[k];
            p->place[k] = (uint32_t)to;
        }
}

static void plan_fini(plan *p)
{
    reel__free(p->item);
    reel__free(p->from);
    reel__free(p->to);
    reel__free(p->matrix);
    reel__free(p->ptr);
    reel__free(p->rank);
    reel__free(p->val);
    reel__free(p->place);
    reel__free(p->triangle);
}

static size_t triangle_size(size_t count)
{
    return count * (count - (count > 0)) / 2;
}

static bool plan_init(plan *p, const reel_pairs *job)
{
    const size_t nnz = (size_t)job->items.ptr[job->items.rows];
    const size_t count = (size_t)job->items.rows, people = (size_t)job->items.cols;
    size_t sparse = nnz;

    p->job = job;
    p->count = job->items.rows;
    p->people = job->items.cols;
    p->triangular = p->count <= TRIANGLE_MAX;
    p->item = reel__alloc_array(count, sizeof *p->item);
    p->from = reel__alloc_array(count, sizeof *p->from);
    p->to = reel__alloc_array(count, sizeof *p->to);
    if (p->item == NULL || p->from == NULL || p->to == NULL || !rank_items(p))
        return false;
    p->dense = choose_dense(p);
    p->stride = ((size_t)p->dense + BLOCK - 1) / BLOCK * BLOCK;
    for (reel_index r = 0; r < p->dense; r++)
        sparse -= (size_t)entries_of(job->items, p->item[r]);
    p->matrix = reel__alloc_aligned(people * p->stride, sizeof *p->matrix);
    p->ptr = reel__alloc_zero(people + 1, sizeof *p->ptr);
    p->rank = reel__alloc_array(sparse, sizeof *p->rank);
    p->val = reel__alloc_array(sparse, sizeof *p->val);
    p->place = reel__alloc_array(nnz, sizeof *p->place);
    p->triangle =
        reel__alloc_aligned(p->triangular ? triangle_size(count) + BLOCK : 1, sizeof(float));
    if (p->matrix == NULL || p->ptr == NULL || p->rank == NULL || p->val == NULL ||
        p->place == NULL || p->triangle == NULL)
        return false;
    memset(p->matrix, 0, people * p->stride * sizeof *p->matrix);
    fill_dense(p);
    fill_sparse(p);
    return true;
}

double reel__pairs_memory(reel_csr_view items)
{
    const double count = items.rows, nnz = (double)items.ptr[items.rows];
    const double pairs =
        items.rows <= TRIANGLE_MAX ? 4 * (double)triangle_size((size_t)items.rows) : 0;

    return pairs + nnz * (DENSE_BYTES + 12) + 16.0 * items.cols + 1024 * count;
}

/* ---- products ------------------------------------------------------------------------------ */

/* y += the sum of four rows, each times a factor */
REEL_KERNEL static void add_four(float *y, const float *const rows[4], const float factors[4],
                                 size_t n)
{
    const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    const float fa = factors[0], fb = factors[1], fc = factors[2], fd = factors[3];

#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] += fa * a[i] + fb * b[i] + fc * c[i] + fd * d[i];
}

/* d of an item with the dense items before `end`, added to y */
static void add_dense(const plan *p, reel_index rank, reel_index end, float *y)
{
    const reel_csr_view items = p->job->items;
    const reel_nnz last = items.ptr[p->item[rank] + 1];
    reel_nnz k = items.ptr[p->item[rank]];

    while (k < last) {
        const float *rows[4];
        float factors[4];

        for (int q = 0; q < 4; q++) {
            const reel_index u = items.col[k < last ? k : last - 1];

            rows[q] = p->matrix + (size_t)u * p->stride;
            factors[q] = k < last ? p->job->weights[u] * items.val[k] : 0;
            k++;
        }
        add_four(y, rows, factors, (size_t)end);
    }
}

/* The same with the other items, those before it or all of them. */
static void add_sparse(const plan *p, reel_index rank, bool all, float *y)
{
    const reel_csr_view items = p->job->items;

    for (reel_nnz k = items.ptr[p->item[rank]]; k < items.ptr[p->item[rank] + 1]; k++) {
        const reel_index u = items.col[k];
        const float factor = p->job->weights[u] * items.val[k];
        const reel_nnz begin = p->ptr[u];
        const reel_nnz count =
            all ? p->ptr[u + 1] - begin : (uint32_t)(p->place[k] - (uint32_t)begin);
        const reel_index *to = p->rank + begin;
        const float *val = p->val + begin;

        for (reel_nnz i = 0; i < count; i++)
            y[to[i]] += factor * val[i];
    }
}

static void multiply(const plan *p, reel_index rank, reel_index end, float *y)
{
    const reel_index dense = end < p->dense ? end : p->dense;

    memset(y, 0, (size_t)end * sizeof *y);
    if (dense > 0)
        add_dense(p, rank, dense, y);
    if (end > p->dense)
        add_sparse(p, rank, end == p->count, y);
}

/* ---- lists --------------------------------------------------------------------------------- */

REEL_KERNEL static void weigh(float *y, float from, const float *to, float shrinkage, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        const float factor = from * to[j];

        y[j] = y[j] * factor / (1 + shrinkage * factor);
    }
}

static void make_list(const plan *p, reel_index rank, float *y, reel_scored *out,
                      reel_index *counts)
{
    const reel_index item = p->item[rank];
    reel_scored *list = out + (size_t)item * (size_t)p->job->keep;
    size_t found;

    y[rank] = 0;
    weigh(y, p->from[rank], p->to, p->job->shrinkage, (size_t)p->count);
    found = reel__nearest(list, y, p->count, (size_t)p->job->keep);
    for (size_t n = 0; n < found; n++)
        list[n].index = p->item[list[n].index];
    counts[item] = (reel_index)found;
}

static float *row_of(const plan *p, reel_index rank)
{
    return p->triangle + triangle_size((size_t)rank);
}

/* Products of a block of items with all, out of the triangle. rows [BLOCK][stride] */
static void read_triangle(const plan *p, reel_index begin, reel_index end, float *rows,
                          size_t stride)
{
    for (reel_index r = begin; r < end; r++)
        memcpy(rows + (size_t)(r - begin) * stride, row_of(p, r), (size_t)r * sizeof *rows);
    for (reel_index j = begin + 1; j < p->count; j++) {
        const float *row = row_of(p, j) + begin;
        const reel_index width = (j < end ? j : end) - begin;

        for (reel_index r = 0; r < width; r++)
            rows[(size_t)r * stride + (size_t)j] = row[r];
    }
}

/* Ask whether to go on; one thread asks for all. */
static bool go_on(plan *p, double share)
{
    bool stopped;

    if (omp_get_thread_num() == 0 && p->job->step != NULL && !p->job->step(share, p->job->user)) {
#pragma omp atomic write
        p->stopped = true;
    }
#pragma omp atomic read
    stopped = p->stopped;
    return !stopped;
}

static void run(plan *p, reel_scored *out, reel_index *counts, float *room, size_t stride, int team)
{
    const reel_index blocks = (p->count + BLOCK - 1) / BLOCK;
    const size_t own = (BLOCK + REEL_NEAREST_ROOM) * stride;

#pragma omp parallel num_threads(team)
    {
        float *y = room + (size_t)omp_get_thread_num() * own,
              *rows = y + REEL_NEAREST_ROOM * stride;

#pragma omp for schedule(dynamic, 1)
        for (reel_index b = 0; b < (p->triangular ? blocks : 0); b++) {
            const reel_index end = p->count - b * BLOCK, begin = end > BLOCK ? end - BLOCK : 0;

            for (reel_index r = begin; r < end && go_on(p, 0.7 * b / blocks); r++)
                multiply(p, r, r, row_of(p, r));
        }
#pragma omp for schedule(dynamic, 1)
        for (reel_index b = 0; b < blocks; b++) {
            const reel_index begin = b * BLOCK, left = p->count - begin;
            const reel_index end = left > BLOCK ? begin + BLOCK : p->count;
            const double done = (double)b / blocks;

            if (!go_on(p, p->triangular ? 0.7 + 0.3 * done : done))
                continue;
            if (p->triangular)
                read_triangle(p, begin, end, rows, stride);
            for (reel_index r = begin; r < end; r++) {
                if (p->triangular)
                    memcpy(y, rows + (size_t)(r - begin) * stride, (size_t)p->count * sizeof *y);
                else
                    multiply(p, r, p->count, y);
                make_list(p, r, y, out, counts);
            }
        }
    }
}

reel_code reel__pairs_find(reel_scored *out, reel_index *counts, const reel_pairs *job,
                           reel_err *err)
{
    const double nnz = (double)job->items.ptr[job->items.rows];
    const int team = reel__par_threads(nnz, 2e4, job->threads);
    const size_t stride = ((size_t)job->items.rows + BLOCK - 1) / BLOCK * BLOCK + BLOCK;
    plan p = {0};
    float *room =
        reel__alloc_aligned((size_t)team * (BLOCK + REEL_NEAREST_ROOM) * stride, sizeof *room);
    reel_code rc = REEL_OK;

    if (room == NULL || !plan_init(&p, job))
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to compare %d items with each other",
                       (int)job->items.rows);
    else
        run(&p, out, counts, room, stride, team);
    if (p.stopped)
        rc = reel_fail(err, REEL_E_CANCELLED, "comparing items was cancelled");
    plan_fini(&p);
    reel__free(room);
    return rc;
}
