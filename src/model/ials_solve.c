/* ials_solve.c - conjugate gradients for one row of a factor model; see ials_solve.h.
 * With M = G + ridge I the matrix of a row is M + (r - ridge) I + sum c y y^T. A direction is
 * p = M^-1 r + beta p', so that M p = r + beta M p' comes without a product, and a step costs one
 * product with M^-1 and one pass over the row's y_i.
 */
#include "model/ials_solve.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/kernels.h"
#include "num/panels.h"
#include "num/spd.h"

/* Numbers of a file beyond this are damage. */
#define FACTOR_MAX 1e12F

/* ---- the shared part ----------------------------------------------------------------------- */

static bool invert_shared(const float *gram, double ridge, size_t d, double *matrix, float *inverse)
{
    for (size_t i = 0; i < d * d; i++)
        matrix[i] = (double)gram[i];
    for (size_t i = 0; i < d; i++)
        matrix[i * d + i] += ridge;
    if (!reel__spd_invert(matrix, d, matrix + d * d))
        return false;
    for (size_t i = 0; i < d * d; i++)
        inverse[i] = (float)matrix[i];
    return true;
}

reel_code reel__ials_prepare(ials_half *out, float *gram, float *inverse, const float *weight,
                             reel_index n, int threads, reel_err *err)
{
    const size_t d = out->d;
    double *matrix = reel__alloc_array(2 * d, d * sizeof *matrix);
    reel_code rc = REEL_OK;

    if (matrix == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu factors", d);
    REEL_TRY(reel__spd_gram(out->factors, weight, n, d, threads, gram, err));
    if (!invert_shared(gram, out->ridge, d, matrix, inverse))
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "the equations of the factors have no solution in finite numbers; raise "
                           "\"lambda\" or \"unobserved_weight\""));
    out->gram = gram;
    out->inverse = inverse;
out:
    reel__free(matrix);
    return rc;
}

/* ---- a group of rows ----------------------------------------------------------------------- */

/* Vectors of a group; all [IALS_GROUP x d]. */
typedef struct group {
    const ials_half *half;
    const ials_row *rows;
    size_t count, d;
    float *const *x;
    float *r, *z, *p, *mp; /* residual, M^-1 r, direction, M direction */
    float *ap;             /* [d] the matrix times a direction */
    double *wide;          /* [d x (d + 1)] for the dense solve */
    bool solved[IALS_GROUP];
} group;

size_t reel__ials_work_size(size_t d)
{
    return (4 * (size_t)IALS_GROUP + 2) * d * sizeof(float) + (d + 1) * d * sizeof(double);
}

static group open_group(const ials_half *half, const ials_row *rows, size_t count, float *const *x,
                        void *memory)
{
    const size_t d = half->d, all = IALS_GROUP * d;
    float *at = memory;
    group g = {.half = half, .rows = rows, .count = count, .d = d, .x = x};

    memset(at, 0, 4 * all * sizeof *at);
    g.r = at;
    g.z = at + all;
    g.p = at + 2 * all;
    g.mp = at + 3 * all;
    g.ap = at + 4 * all;
    g.wide = (double *)memory + (4 * all + 2 * d) / 2;
    return g;
}

static double dot(const float *a, const float *b, size_t d)
{
    return (double)reel__dot(a, b, d);
}

/* y = a y + x */
REEL_KERNEL static void scale_add(float *y, float a, const float *x, size_t d)
{
#pragma omp simd
    for (size_t f = 0; f < d; f++)
        y[f] = a * y[f] + x[f];
}

/* ap = M p + shift p - ap */
REEL_KERNEL static void combine(float *ap, const float *mp, const float *p, float shift, size_t d)
{
#pragma omp simd
    for (size_t f = 0; f < d; f++)
        ap[f] = mp[f] + shift * p[f] - ap[f];
}

/* r = -z - ridge x */
REEL_KERNEL static void start_residual(float *r, const float *z, const float *x, float ridge,
                                       size_t d)
{
#pragma omp simd
    for (size_t f = 0; f < d; f++)
        r[f] = -z[f] - ridge * x[f];
}

/* out = matrix x for each row of the group. */
static void multiply(const group *g, const float *matrix, const float *x, float *out)
{
    if (g->count == 1)
        reel__rows_multiply_one(matrix, g->d, x, out);
    else
        reel__rows_multiply(matrix, g->d, x, out);
}

/* What is missing of each row's right side at its x. */
static void find_residuals(group *g)
{
    const size_t d = g->d;

    for (size_t i = 0; i < g->count; i++)
        memcpy(g->p + i * d, g->x[i], d * sizeof *g->p);
    multiply(g, g->half->gram, g->p, g->z);
    for (size_t i = 0; i < g->count; i++) {
        const ials_row *row = &g->rows[i];

        start_residual(g->r + i * d, g->z + i * d, g->x[i], (float)row->ridge, d);
        reel__rows_pull(&row->rows, g->x[i], g->r + i * d);
    }
    memset(g->p, 0, 2 * (size_t)IALS_GROUP * d * sizeof *g->p); /* and mp */
}

/* The matrix of row i times its direction p, to ap; p.ap. */
static double direct(const group *g, size_t i)
{
    const size_t d = g->d;
    const ials_row *row = &g->rows[i];
    const float *p = g->p + i * d;
    reel_rows rows = row->rows;

    rows.pull = NULL;
    memset(g->ap, 0, d * sizeof *g->ap);
    reel__rows_pull(&rows, p, g->ap);
    combine(g->ap, g->mp + i * d, p, (float)(row->ridge - g->half->ridge), d);
    return dot(p, g->ap, d);
}

/* p.ap without ap, half the work: all that the last step needs. */
static double bend(const group *g, size_t i)
{
    const size_t d = g->d;
    const ials_row *row = &g->rows[i];
    const float *p = g->p + i * d;

    return dot(p, g->mp + i * d, d) + (row->ridge - g->half->ridge) * dot(p, p, d) +
           reel__rows_squares(&row->rows, p);
}

/* One step of row i along a new direction; rz and before: r.M^-1 r now and a step ago, 0 = none.
 * False when there is nowhere to go. */
static bool move(group *g, size_t i, double rz, double before, bool last)
{
    const size_t d = g->d;
    const float beta = before > 0 ? (float)(rz / before) : 0;
    float *r = g->r + i * d, *p = g->p + i * d, *mp = g->mp + i * d;
    double pap, alpha;

    scale_add(p, beta, g->z + i * d, d);
    scale_add(mp, beta, r, d);
    pap = last ? bend(g, i) : direct(g, i);
    alpha = rz / pap;
    if (!(pap > 0 && isfinite(alpha)))
        return false;
    reel__axpy(g->x[i], (float)alpha, p, d);
    if (!last)
        reel__axpy(r, (float)-alpha, g->ap, d);
    return true;
}

/* Conjugate gradients from the residuals. A row ends after `steps`, or when its residual has shrunk
 * by `shrink`, which is noted in `solved`. */
static void descend(group *g, int steps, double shrink)
{
    const size_t d = g->d;
    double target[IALS_GROUP], rz[IALS_GROUP] = {0};
    bool active[IALS_GROUP] = {false};
    size_t left = g->count;

    for (size_t i = 0; i < g->count; i++) {
        target[i] = shrink * shrink * dot(g->r + i * d, g->r + i * d, d);
        active[i] = true;
        g->solved[i] = false;
    }
    for (int step = 0; step < steps && left > 0; step++) {
        multiply(g, g->half->inverse, g->r, g->z);
        for (size_t i = 0; i < g->count; i++) {
            const double before = rz[i];
            const float *r = g->r + i * d;

            if (!active[i])
                continue;
            rz[i] = dot(r, g->z + i * d, d);
            g->solved[i] = rz[i] == 0;
            if (!(rz[i] > 0) || !move(g, i, rz[i], before, step + 1 == steps))
                active[i] = false;
            else if (shrink > 0 && dot(r, r, d) <= target[i])
                active[i] = !(g->solved[i] = true);
            left -= !active[i];
        }
    }
}

void reel__ials_step(const ials_half *half, const ials_row *rows, size_t count, int steps,
                     float *const *x, void *memory)
{
    group g = open_group(half, rows, count, x, memory);

    for (size_t i = 0; i < count; i++)
        if (rows[i].rows.count == 0)
            memset(x[i], 0, g.d * sizeof *x[i]);
    find_residuals(&g);
    descend(&g, steps, 0);
}

/* ---- to working precision ------------------------------------------------------------------ */

bool reel__ials_solve_wide(const reel_rows *rows, bool pulls, double *wide, float *x)
{
    const size_t d = rows->d;
    double *b = wide, *matrix = wide + d;

    for (size_t k = 0; k < rows->count; k++) {
        const float *y = rows->factors + (size_t)rows->index[k] * d;
        const double weight = (double)rows->weight[k];
        const double pull = pulls ? (double)rows->pull[k] : 0;

        for (size_t h = 0; h < d; h++) {
            b[h] += pull * (double)y[h];
            for (size_t f = 0; f <= h; f++)
                matrix[h * d + f] += weight * (double)y[h] * (double)y[f];
        }
    }
    if (!reel__spd_solve(matrix, d, b))
        return false;
    for (size_t f = 0; f < d; f++) {
        x[f] = (float)b[f];
        if (!isfinite(x[f]))
            return false;
    }
    return true;
}

/* Row i, the whole of it. */
static bool solve_dense(group *g, size_t i)
{
    const size_t d = g->d;
    double *matrix = g->wide + d;

    for (size_t k = 0; k < d * d; k++)
        matrix[k] = (double)g->half->gram[k];
    for (size_t f = 0; f < d; f++) {
        matrix[f * d + f] += g->rows[i].ridge;
        g->wide[f] = 0;
    }
    return reel__ials_solve_wide(&g->rows[i].rows, true, g->wide, g->x[i]);
}

bool reel__ials_lopsided(const reel_rows *rows)
{
    const float most = 100;
    float low = 1, high = 1;

    for (size_t i = 0; i < rows->count; i++) {
        low = rows->weight[i] < low ? rows->weight[i] : low;
        high = rows->weight[i] > high ? rows->weight[i] : high;
    }
    return high > most * low;
}

/* Two rounds: what is left of the residual after the first is found anew and solved for in the
 * second. */
bool reel__ials_solve(const ials_half *half, const ials_row *rows, size_t count, float *const *x,
                      void *memory)
{
    enum { ROUNDS = 2, STEPS_MAX = 60 };
    const double shrink = 1e-4;
    group g = open_group(half, rows, count, x, memory);
    bool solved = true;

    for (size_t i = 0; i < count; i++)
        memset(x[i], 0, g.d * sizeof *x[i]);
    for (int round = 0; round < ROUNDS; round++) {
        find_residuals(&g);
        descend(&g, STEPS_MAX, shrink);
    }
    for (size_t i = 0; i < count; i++) {
        if ((!g.solved[i] || reel__ials_lopsided(&rows[i].rows)) && !solve_dense(&g, i)) {
            memset(x[i], 0, g.d * sizeof *x[i]);
            solved = false;
        }
    }
    return solved;
}

/* ---- files --------------------------------------------------------------------------------- */

reel_code reel__ials_matrix(const float **out, int64_t rows, size_t d, const reel_tensors *tensors,
                            const char *prefix, const char *name, reel_err *err)
{
    int64_t shape[2] = {0};
    const void *data = NULL;
    const reel_code rc =
        reel__tensors_get_matrix(tensors, prefix, name, REEL_F32, &data, shape, err);

    if (rc != REEL_OK)
        return rc;
    *out = data;
    if (shape[0] != rows || shape[1] != (int64_t)d)
        return reel_fail(err, REEL_E_FORMAT, "%s: \"%s\" is %lld x %lld where %lld x %zu is needed",
                         reel__tensors_path(tensors), name, (long long)shape[0],
                         (long long)shape[1], (long long)rows, d);
    for (size_t i = 0; i < (size_t)rows * d; i++)
        if (!(fabsf((*out)[i]) <= FACTOR_MAX))
            return reel_fail(err, REEL_E_FORMAT, "%s: \"%s\" holds %g", reel__tensors_path(tensors),
                             name, (double)(*out)[i]);
    return REEL_OK;
}

reel_code reel__ials_panels(float **out, const float *films, int64_t movies, size_t d,
                            reel_err *err)
{
    *out = reel__panels_make(films, (size_t)movies, d);
    return *out != NULL ? REEL_OK
                        : reel_fail(err, REEL_E_NOMEM, "no memory for %lld x %zu factors",
                                    (long long)movies, d);
}
