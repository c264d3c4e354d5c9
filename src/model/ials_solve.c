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
#include "num/spd.h"

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

/* ---- one row ------------------------------------------------------------------------------- */

/* Vectors of one solve; all [d]. */
typedef struct work {
    float *r, *z, *p, *mp, *ap;
    double *wide; /* also the first row of the dense matrix */
} work;

static work open_work(void *memory, size_t d)
{
    float *at = memory;

    return (work){at, at + d, at + 2 * d, at + 3 * d, at + 4 * d, (double *)memory + 3 * d};
}

size_t reel__ials_work_size(size_t d)
{
    return 6 * d * sizeof(float) + (d + 1) * d * sizeof(double);
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

/* ap = M p + shift p - S p, S p being what reel__rows_pull gives without pulls. */
static void apply(const ials_half *half, const ials_row *row, work *w)
{
    const size_t d = half->d;
    const float shift = (float)(row->ridge - half->ridge);
    reel_rows rows = row->rows;

    rows.pull = NULL;
    memset(w->ap, 0, d * sizeof *w->ap);
    reel__rows_pull(&rows, w->p, w->ap);
    for (size_t f = 0; f < d; f++)
        w->ap[f] = w->mp[f] + shift * w->p[f] - w->ap[f];
}

/* Conjugate gradients from the residual r: x += what they find. Ends after `steps`, or when r has
 * shrunk by `shrink`; returns whether it has. */
static bool descend(const ials_half *half, const ials_row *row, int steps, double shrink, work *w,
                    float *x)
{
    const size_t d = half->d;
    const double target = shrink * shrink * dot(w->r, w->r, d);
    double rz = 0;

    for (int step = 0; step < steps; step++) {
        const double before = rz;
        double alpha, pap;

        reel__rows_multiply(half->inverse, d, w->r, w->z);
        rz = dot(w->r, w->z, d);
        if (!(rz > 0))
            return true;
        scale_add(w->p, step == 0 ? 0 : (float)(rz / before), w->z, d);
        scale_add(w->mp, step == 0 ? 0 : (float)(rz / before), w->r, d);
        apply(half, row, w);
        pap = dot(w->p, w->ap, d);
        if (!(pap > 0))
            return false;
        alpha = rz / pap;
        reel__axpy(x, (float)alpha, w->p, d);
        if (step + 1 == steps)
            return false;
        reel__axpy(w->r, (float)-alpha, w->ap, d);
        if (shrink > 0 && dot(w->r, w->r, d) <= target)
            return true;
    }
    return false;
}

void reel__ials_step(const ials_half *half, const ials_row *row, int steps, float *x, void *memory)
{
    const size_t d = half->d;
    work w = open_work(memory, d);

    if (row->rows.count == 0) {
        memset(x, 0, d * sizeof *x);
        return;
    }
    memset(w.p, 0, 2 * d * sizeof *w.p); /* p and mp */
    reel__rows_multiply(half->gram, d, x, w.z);
    for (size_t f = 0; f < d; f++)
        w.r[f] = -w.z[f] - (float)row->ridge * x[f];
    reel__rows_pull(&row->rows, x, w.r);
    (void)descend(half, row, steps, 0, &w, x);
}

/* ---- to working precision ------------------------------------------------------------------ */

/* The residual of x in double. */
static void find_residual(const ials_half *half, const ials_row *row, const float *right,
                          const float *x, work *w)
{
    const size_t d = half->d;
    reel_rows rows = row->rows;

    if (right != NULL)
        rows.pull = NULL;
    for (size_t f = 0; f < d; f++)
        w->wide[f] = (right == NULL ? 0 : (double)right[f]) - row->ridge * (double)x[f];
    for (size_t g = 0; g < d; g++)
        for (size_t f = 0; f < d; f++)
            w->wide[f] -= (double)half->gram[g * d + f] * (double)x[g];
    reel__rows_pull_double(&rows, x, w->wide);
    for (size_t f = 0; f < d; f++)
        w->r[f] = (float)w->wide[f];
}

/* The whole matrix in double, for histories that conjugate gradients take too long for: an entry
 * that weighs a million others. */
static bool solve_dense(const ials_half *half, const ials_row *row, const float *right, float *x,
                        work *w)
{
    const size_t d = half->d;
    double *b = w->wide, *matrix = b + d;

    for (size_t i = 0; i < d * d; i++)
        matrix[i] = (double)half->gram[i];
    for (size_t f = 0; f < d; f++) {
        matrix[f * d + f] += row->ridge;
        b[f] = right == NULL ? 0 : (double)right[f];
    }
    for (size_t i = 0; i < row->rows.count; i++) {
        const float *y = half->factors + (size_t)row->rows.index[i] * d;
        const double c = (double)row->rows.weight[i];
        const double pull = right == NULL ? (double)row->rows.pull[i] : 0;

        for (size_t g = 0; g < d; g++) {
            b[g] += pull * (double)y[g];
            for (size_t f = 0; f <= g; f++)
                matrix[g * d + f] += c * (double)y[g] * (double)y[f];
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

/* Two rounds: what single precision leaves of the residual after the first is found in double and
 * solved for in the second. */
bool reel__ials_solve(const ials_half *half, const ials_row *row, const float *right, float *x,
                      void *memory)
{
    enum { ROUNDS = 2, STEPS_MAX = 60 };
    static const double shrink[ROUNDS] = {1e-4, 1e-3};
    const size_t d = half->d;
    work w = open_work(memory, d);
    bool solved = true;

    memset(x, 0, d * sizeof *x);
    for (int round = 0; round < ROUNDS && solved; round++) {
        memset(w.p, 0, 2 * d * sizeof *w.p);
        find_residual(half, row, right, x, &w);
        solved = descend(half, row, STEPS_MAX, shrink[round], &w, x);
    }
    if (!solved)
        solved = solve_dense(half, row, right, x, &w);
    if (!solved)
        memset(x, 0, d * sizeof *x);
    return solved;
}
