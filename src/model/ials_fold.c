/* ials_fold.c - conjugate gradients in the basis of ials_fold.h.
 *
 * Reasons. With A x = sum b_i y_i and A z = y_j the score is s_j = y_j.x = sum b_i y_i.z, so what
 * entry i adds is b_i y_i.z. With X, of the rows sqrt(c_i) y_i M^-1/2, and q = M^-1/2 y_j,
 *   M^1/2 z = (I + X^T X)^-1 q              sqrt(c_i) y_i.z = ((I + X X^T)^-1 X q)_i
 * of which the left is solved for where entries are more than factors, else the right.
 */
#include "model/ials_fold.h"

#include <math.h>
#include <string.h>

#include "num/kernels.h"
#include "num/spd_many.h"

/* How far the residual's length must fall, the first time and the second. */
static const double SHRINK = 1e-4, SHRINK_AGAIN = 1e-3;
/* Reasons whose sum differs by more from the score, as a share of all they move, are found anew. */
static const double GAP_MOST = 1e-4;
enum { STEPS_MAX = 60 };

/* Vectors of a run, all [d] but the last. */
typedef struct run {
    const ials_basis *basis;
    const ials_row *row;
    float *diagonal, *inverse; /* M and M^-1 */
    float *r, *z, *p, *ap;     /* residual, solution, direction, A times it */
    double *wide;              /* [d x (d + 1)] for the dense solve */
} run;

size_t reel__ials_fold_size(size_t d)
{
    return 6 * d * sizeof(float) + d * (d + 1) * sizeof(double);
}

static run open_run(const ials_basis *basis, const ials_row *row, void *work)
{
    const size_t d = basis->d;
    float *at = work;
    run r = {.basis = basis, .row = row};

    r.diagonal = at;
    r.inverse = at + d;
    r.r = at + 2 * d;
    r.z = at + 3 * d;
    r.p = at + 4 * d;
    r.ap = at + 5 * d;
    r.wide = (double *)(void *)(at + 6 * d);
    for (size_t f = 0; f < d; f++) {
        r.diagonal[f] = basis->spectrum[f] + (float)row->ridge;
        r.inverse[f] = 1 / r.diagonal[f];
    }
    return r;
}

/* ---- conjugate gradients ------------------------------------------------------------------- */

/* sum_f w_f a_f^2 */
REEL_KERNEL static float weighted_square(const float *w, const float *a, size_t d)
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (size_t f = 0; f < d; f++)
        sum += w[f] * a[f] * a[f];
    return sum;
}

/* p = M^-1 r + beta p, and ap = -M p for what the rows add to */
REEL_KERNEL static void turn(const run *c, float beta)
{
    const float *m = c->diagonal, *w = c->inverse, *r = c->r;
    float *p = c->p, *ap = c->ap;
    const size_t d = c->basis->d;

#pragma omp simd
    for (size_t f = 0; f < d; f++) {
        p[f] = w[f] * r[f] + beta * p[f];
        ap[f] = -m[f] * p[f];
    }
}

/* z += a p, r += a ap; ap has the wrong sign. */
REEL_KERNEL static void go(float *z, float *r, float a, const float *p, const float *ap, size_t d)
{
#pragma omp simd
    for (size_t f = 0; f < d; f++) {
        z[f] += a * p[f];
        r[f] += a * ap[f];
    }
}

/* Steps from z with its residual r until that has shrunk. False when it has not. */
static bool descend(const run *c, double shrink)
{
    const size_t d = c->basis->d;
    reel_rows rows = c->row->rows;
    double before = 0, rz = (double)weighted_square(c->inverse, c->r, d);
    const double target = shrink * shrink * (double)reel__dot(c->r, c->r, d);

    rows.pull = NULL;
    memset(c->p, 0, d * sizeof *c->p);
    for (int step = 0; step < STEPS_MAX && rz > 0; step++) {
        double pap, alpha;

        if ((double)reel__dot(c->r, c->r, d) <= target)
            return true;
        turn(c, before > 0 ? (float)(rz / before) : 0);
        reel__rows_pull(&rows, c->p, c->ap);
        pap = -(double)reel__dot(c->p, c->ap, d);
        alpha = rz / pap;
        if (!(pap > 0 && isfinite(alpha)))
            return false;
        go(c->z, c->r, (float)alpha, c->p, c->ap, d);
        before = rz;
        rz = (double)weighted_square(c->inverse, c->r, d);
    }
    return rz == 0;
}

/* ---- to working precision ------------------------------------------------------------------ */

/* right [d], or NULL = sum_i b_i y_i. */
static bool solve_dense(const run *c, const float *right, float *x)
{
    const size_t d = c->basis->d;
    double *b = c->wide, *matrix = b + d;

    memset(matrix, 0, d * d * sizeof *matrix);
    for (size_t f = 0; f < d; f++) {
        matrix[f * d + f] = (double)c->basis->spectrum[f] + c->row->ridge;
        b[f] = right == NULL ? 0 : (double)right[f];
    }
    return reel__ials_solve_wide(&c->row->rows, right == NULL, b, x);
}

/* Two rounds: what is left of the residual after the first is found anew and solved for in the
 * second. */
bool reel__ials_fold(const ials_basis *basis, const ials_row *row, float *x, void *work)
{
    const size_t d = basis->d;
    const run c = open_run(basis, row, work);
    bool solved = !reel__ials_lopsided(&row->rows);

    memset(c.z, 0, d * sizeof *c.z);
    for (int round = 0; round < 2 && solved; round++) {
        for (size_t f = 0; f < d; f++)
            c.r[f] = -c.diagonal[f] * c.z[f];
        reel__rows_pull(&row->rows, c.z, c.r);
        solved = descend(&c, round == 0 ? SHRINK : SHRINK_AGAIN);
    }
    memcpy(x, c.z, d * sizeof *x);
    if (solved || solve_dense(&c, NULL, x))
        return true;
    memset(x, 0, d * sizeof *x);
    return false;
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* In double to the end: the heaviest entry multiplies what is left of its product. */
static bool reasons_dense(const run *c, const float *film, double *out)
{
    const reel_rows *rows = &c->row->rows;

    if (!solve_dense(c, film, c->z))
        return false;
    for (size_t i = 0; i < rows->count; i++) {
        const float *y = rows->factors + (size_t)rows->index[i] * rows->d;
        double sum = 0;

        for (size_t f = 0; f < rows->d; f++)
            sum += (double)y[f] * c->wide[f];
        out[i] = (double)rows->pull[i] * sum;
    }
    return true;
}

/* What rounding left between the reasons and the score, shared out by their size. False where it is
 * too much to be that. */
static bool close_gap(double score, double *out, size_t count)
{
    double sum = 0, moved = 0;

    for (size_t i = 0; i < count; i++) {
        sum += out[i];
        moved += fabs(out[i]);
    }
    if (!(fabs(score - sum) <= GAP_MOST * moved))
        return false;
    for (size_t i = 0; i < count && moved > 0; i++)
        out[i] += (score - sum) * fabs(out[i]) / moved;
    return true;
}

enum { MANY = REEL_ROWS_MANY, UNIT = REEL_ROWS_UNIT, ROOM = 8, PIECE = 64 };

/* The equations of several films, side by side. */
typedef struct abreast {
    const ials_row *row;
    const reel_films *movies;
    const float *inverse; /* [d] M^-1 */
    float *root;          /* [d] M^-1/2 */
    float *matrix;        /* of a system */
    float *x;             /* [PIECE or d][d] some rows of X, or X^T */
    float *films, *z;     /* [d][MANY] */
    float *dots;          /* [entries + ROOM][MANY] y_i.z */
} abreast;

size_t reel__ials_reasons_size(size_t d, size_t count)
{
    const size_t rows = d > PIECE ? d : PIECE;

    return reel__ials_fold_size(d) + 64 +
           (d + reel__spd_many_size(d) + rows * d + (2 * d + count + ROOM) * MANY) * sizeof(float);
}

/* work: what a run leaves of reasons_size */
static abreast open_abreast(const run *c, const reel_films *movies, void *work)
{
    const size_t d = c->basis->d, rows = d > PIECE ? d : PIECE;
    const size_t used = (reel__ials_fold_size(d) + 63) / 64 * 64;
    abreast a = {.row = c->row, .movies = movies, .inverse = c->inverse};

    a.root = (float *)(void *)((char *)work + used);
    a.matrix = a.root + d;
    a.x = a.matrix + reel__spd_many_size(d);
    a.films = a.x + rows * d;
    a.z = a.films + d * MANY;
    a.dots = a.z + d * MANY;
    for (size_t f = 0; f < d; f++)
        a.root[f] = sqrtf(c->inverse[f]);
    return a;
}

/* out = by x the films' vectors, 0 in lanes without a film. by [d]; rows of out lie `stride` apart
 */
static void put_films(const abreast *a, const float *by, float *out, size_t stride)
{
    const reel_rows *rows = &a->row->rows;

    for (size_t f = 0; f < rows->d; f++)
        memset(out + f * stride, 0, MANY * sizeof *out);
    for (size_t n = 0; n < a->movies->count; n++) {
        const float *film = rows->factors + (size_t)a->movies->movies[n] * rows->d;

        for (size_t f = 0; f < rows->d; f++)
            out[f * stride + n] = by[f] * film[f];
    }
}

/* out[f] = by root_f y_f */
REEL_KERNEL static void scale(float *out, float by, const float *root, const float *y, size_t d)
{
#pragma omp simd
    for (size_t f = 0; f < d; f++)
        out[f] = by * root[f] * y[f];
}

/* By the d equations of z. */
static bool solve_by_factors(const abreast *a)
{
    const reel_rows *rows = &a->row->rows;
    const size_t d = rows->d;
    reel_spd_many system;

    reel__spd_many_open(&system, d, a->matrix);
    for (size_t at = 0; at < rows->count; at += PIECE) {
        const size_t count = rows->count - at < PIECE ? rows->count - at : PIECE;

        for (size_t k = 0; k < count; k++)
            scale(a->x + k * d, sqrtf(rows->weight[at + k]), a->root,
                  rows->factors + (size_t)rows->index[at + k] * d, d);
        reel__spd_many_add(&system, a->x, count);
    }
    put_films(a, a->root, system.upper + d, system.stride);
    if (!reel__spd_many_solve(&system, a->z))
        return false;
    for (size_t f = 0; f < d; f++)
        for (size_t n = 0; n < MANY; n++)
            a->z[f * MANY + n] *= a->root[f];
    reel__rows_dots_many(rows, a->z, a->dots);
    return true;
}

/* By an equation for each entry: never more than d. */
static bool solve_by_entries(const abreast *a)
{
    const reel_rows *rows = &a->row->rows;
    const size_t d = rows->d, wide = (rows->count + UNIT - 1) / UNIT * UNIT;
    reel_spd_many system;

    reel__spd_many_open(&system, wide, a->matrix);
    memset(a->x, 0, d * wide * sizeof *a->x);
    for (size_t i = 0; i < rows->count; i++) {
        const float *y = rows->factors + (size_t)rows->index[i] * d;
        const float by = sqrtf(rows->weight[i]);

        for (size_t f = 0; f < d; f++)
            a->x[f * wide + i] = by * a->root[f] * y[f];
    }
    reel__spd_many_add(&system, a->x, d);
    put_films(a, a->inverse, a->films, MANY);
    reel__rows_dots_many(rows, a->films, a->dots);
    for (size_t i = 0; i < rows->count; i++)
        for (size_t n = 0; n < MANY; n++)
            system.upper[i * system.stride + wide + n] =
                sqrtf(rows->weight[i]) * a->dots[i * MANY + n];
    if (!reel__spd_many_solve(&system, a->z))
        return false;
    for (size_t i = 0; i < rows->count; i++)
        for (size_t n = 0; n < MANY; n++)
            a->dots[i * MANY + n] = a->z[i * MANY + n] / sqrtf(rows->weight[i]);
    return true;
}

/* b_i y_i.z. out [films x rows] */
static bool find_shares(const run *c, const reel_films *movies, double *out, void *work)
{
    const abreast a = open_abreast(c, movies, work);
    const reel_rows *rows = &c->row->rows;

    if (!(rows->count > rows->d ? solve_by_factors(&a) : solve_by_entries(&a)))
        return false;
    for (size_t i = 0; i < rows->count; i++)
        for (size_t n = 0; n < movies->count; n++)
            out[n * rows->count + i] = (double)rows->pull[i] * (double)a.dots[i * MANY + n];
    return true;
}

bool reel__ials_reasons(const ials_basis *basis, const ials_row *row, const float *x,
                        const reel_films *movies, double *out, void *work)
{
    const reel_rows *rows = &row->rows;
    const run c = open_run(basis, row, work);
    const bool solved = !reel__ials_lopsided(rows) && find_shares(&c, movies, out, work);

    for (size_t n = 0; n < movies->count; n++) {
        const float *film = basis->films + (size_t)movies->movies[n] * basis->d;
        double *own = out + n * rows->count;

        if (!(solved && close_gap((double)reel__dot(film, x, basis->d), own, rows->count)) &&
            !reasons_dense(&c, film, own))
            return false;
    }
    return true;
}
