/* ials_side.c - vectors for films that nobody rated, from what the catalogue says of them.
 * Ridge regression of the other films' vectors on their features t_i (side.h), solved in its dual:
 *   (T T^T + ridge I) Z = Y,   y_j = t_j.(T^T Z)
 * by conjugate gradients, for all columns of Y at once.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/ials.h"
#include "model/side.h"
#include "num/kernels.h"

enum { STEPS = 25 };

typedef struct regression {
    reel_csr features, terms; /* films x terms, and the other way round; known films only */
    size_t d;
    int threads;
    float ridge;
    float *z, *r, *p, *ap; /* [films x d] */
    float *w;              /* [terms x d] */
} regression;

/* out = matrix in. in [cols x d], out [rows x d] */
static void multiply(reel_csr_view matrix, const float *in, size_t d, int threads, float *out)
{
#pragma omp parallel for schedule(dynamic, 64) num_threads(threads)
    for (reel_index row = 0; row < matrix.rows; row++) {
        float *y = out + (size_t)row * d;

        memset(y, 0, d * sizeof *y);
        for (reel_nnz k = matrix.ptr[row]; k < matrix.ptr[row + 1]; k++)
            reel__axpy(y, matrix.val[k], in + (size_t)matrix.col[k] * d, d);
    }
}

/* sum over rows of a b, for each column. */
REEL_KERNEL static void column_dots(const float *a, const float *b, size_t n, size_t d, double *out)
{
    for (size_t f = 0; f < d; f++)
        out[f] = 0;
    for (size_t i = 0; i < n; i++)
#pragma omp simd
        for (size_t f = 0; f < d; f++)
            out[f] += (double)a[i * d + f] * (double)b[i * d + f];
}

/* y += a x with a factor for each column, or y = x + a y. */
static void column_add(float *y, const double *a, const float *x, size_t n, size_t d)
{
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < d; f++)
            y[i * d + f] += (float)a[f] * x[i * d + f];
}

static void column_scale_add(float *y, const double *a, const float *x, size_t n, size_t d)
{
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < d; f++)
            y[i * d + f] = x[i * d + f] + (float)a[f] * y[i * d + f];
}

static void divide(double *out, const double *a, const double *b, size_t d, double sign)
{
    for (size_t f = 0; f < d; f++)
        out[f] = b[f] > 0 ? sign * a[f] / b[f] : 0;
}

/* Z for the right side in r; scalars [4 x d]. */
static void descend(regression *g, double *scalars)
{
    const size_t n = (size_t)g->features.rows, d = g->d;
    double *rr = scalars, *next = rr + d, *pap = next + d, *alpha = pap + d;

    memset(g->z, 0, n * d * sizeof *g->z);
    memcpy(g->p, g->r, n * d * sizeof *g->p);
    column_dots(g->r, g->r, n, d, rr);
    for (int step = 0; step < STEPS; step++) {
        multiply(reel__csr_view(&g->terms), g->p, d, g->threads, g->w);
        multiply(reel__csr_view(&g->features), g->w, d, g->threads, g->ap);
        reel__axpy(g->ap, g->ridge, g->p, n * d);
        column_dots(g->p, g->ap, n, d, pap);
        divide(alpha, rr, pap, d, 1);
        column_add(g->z, alpha, g->p, n, d);
        divide(alpha, rr, pap, d, -1);
        column_add(g->r, alpha, g->ap, n, d);
        column_dots(g->r, g->r, n, d, next);
        divide(alpha, next, rr, d, 1);
        column_scale_add(g->p, alpha, g->r, n, d);
        memcpy(rr, next, d * sizeof *rr);
    }
    multiply(reel__csr_view(&g->terms), g->z, d, g->threads, g->w);
}

static bool is_rated(reel_csr_view raters, reel_index movie)
{
    return raters.ptr[movie + 1] > raters.ptr[movie];
}

/* The same with the rows of films that nobody rated empty. */
static reel_code keep_rated(reel_csr *out, reel_csr_view all, reel_csr_view raters, reel_err *err)
{
    const reel_code rc = reel__csr_init(out, all.rows, all.cols, all.ptr[all.rows], err);
    reel_nnz kept = 0;

    if (rc != REEL_OK)
        return rc;
    for (reel_index j = 0; j < all.rows; j++) {
        out->ptr[j] = kept;
        for (reel_nnz k = all.ptr[j]; is_rated(raters, j) && k < all.ptr[j + 1]; k++) {
            out->col[kept] = all.col[k];
            out->val[kept++] = all.val[k];
        }
    }
    out->ptr[all.rows] = kept;
    return REEL_OK;
}

/* Give the films without raters their vectors. all: features of every film. */
static void place(const regression *g, reel_csr_view all, reel_csr_view raters, float *films)
{
    for (reel_index j = 0; j < raters.rows; j++) {
        float *y = films + (size_t)j * g->d;

        if (is_rated(raters, j))
            continue;
        memset(y, 0, g->d * sizeof *y);
        for (reel_nnz k = all.ptr[j]; k < all.ptr[j + 1]; k++)
            reel__axpy(y, all.val[k], g->w + (size_t)all.col[k] * g->d, g->d);
    }
}

static reel_code make_room(regression *g, const float *films, double **scalars, reel_err *err)
{
    const size_t n = (size_t)g->features.rows, d = g->d;

    g->z = reel__alloc_aligned(n * d, sizeof *g->z);
    g->r = reel__alloc_aligned(n * d, sizeof *g->r);
    g->p = reel__alloc_aligned(n * d, sizeof *g->p);
    g->ap = reel__alloc_aligned(n * d, sizeof *g->ap);
    g->w = reel__alloc_aligned(((size_t)g->features.cols + 1) * d, sizeof *g->w);
    *scalars = reel__alloc_array(4 * d, sizeof **scalars);
    if (g->z == NULL || g->r == NULL || g->p == NULL || g->ap == NULL || g->w == NULL ||
        *scalars == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to learn the vectors of %zu films", n);
    for (reel_index j = 0; j < g->features.rows; j++) {
        const bool known = g->features.ptr[j + 1] > g->features.ptr[j];

        if (known)
            memcpy(g->r + (size_t)j * d, films + (size_t)j * d, d * sizeof *g->r);
        else
            memset(g->r + (size_t)j * d, 0, d * sizeof *g->r);
    }
    return REEL_OK;
}

reel_code reel__ials_side(const ials *self, const reel_dataset *dataset, int threads, float *films,
                          reel_err *err)
{
    const reel_csr_view raters = reel_dataset_raters(dataset);
    regression g = {
        .d = self->d, .threads = threads, .ridge = (float)self->base.params[IALS_SIDE_RIDGE]};
    reel_csr all = {0};
    double *scalars = NULL;
    reel_index cold = 0;
    reel_code rc = REEL_OK;

    for (reel_index j = 0; j < raters.rows; j++)
        cold += !is_rated(raters, j);
    if (cold == 0 || g.ridge == 0)
        return REEL_OK;
    REEL_TRY(reel__side_features(&all, dataset, err));
    REEL_TRY(keep_rated(&g.features, reel__csr_view(&all), raters, err));
    REEL_TRY(reel__csr_transpose(&g.terms, reel__csr_view(&g.features), err));
    REEL_TRY(make_room(&g, films, &scalars, err));
    descend(&g, scalars);
    place(&g, reel__csr_view(&all), raters, films);
out:
    reel__csr_fini(&all);
    reel__csr_fini(&g.features);
    reel__csr_fini(&g.terms);
    reel__free(g.z);
    reel__free(g.r);
    reel__free(g.p);
    reel__free(g.ap);
    reel__free(g.w);
    reel__free(scalars);
    return rc;
}
