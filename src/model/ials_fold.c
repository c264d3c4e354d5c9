/* ials_fold.c - conjugate gradients in the basis of ials_fold.h.
 *
 * Reasons. With A x = sum b_i y_i and A z = y_j the score is s_j = y_j.x = sum b_i y_i.z, so what
 * entry i adds is b_i y_i.z. After any number of steps towards z, with rho = y_j - A z left,
 *   s_j = (A z + rho).x = sum b_i y_i.z + rho.x     and, as M x = sum (b_i - c_i x.y_i) y_i,
 *   rho.x = sum a_i y_i.M^-1 rho                    a_i = b_i - c_i x.y_i
 * so that the entries' b_i y_i.z + a_i y_i.M^-1 rho sum to the score however early one stops, and
 * what is wrong in how it is shared out is of the second order in rho.
 */
#include "model/ials_fold.h"

#include <math.h>
#include <string.h>

#include "num/kernels.h"

/* How far the residual must fall: twice for a vector, its lengths; for reasons, their lengths in
 * M^-1. */
static const double SHRINK = 1e-4, SHRINK_AGAIN = 1e-3, SHRINK_REASONS = 1e-3;
/* Reasons whose sum differs by more from the score, as a share of all they move, are found anew. */
static const double GAP_MOST = 1e-4;
enum { STEPS_MAX = 60 };

/* Vectors of a run, all [d] but the last two. */
typedef struct run {
    const ials_basis *basis;
    const ials_row *row;
    float *diagonal, *inverse; /* M and M^-1 */
    float *r, *z, *p, *ap;     /* residual, solution, direction, A times it */
    double *wide;              /* [d x (d + 1)] for the dense solve */
    float *dots, *more;        /* [count] */
} run;

size_t reel__ials_fold_size(size_t d, size_t count)
{
    return 6 * d * sizeof(float) + d * (d + 1) * sizeof(double) + 2 * (count + 1) * sizeof(float);
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
    r.dots = (float *)(void *)(r.wide + d * (d + 1));
    r.more = r.dots + row->rows.count + 1;
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

/* The equations of several films, side by side: [d x MANY] but where it says so. */
typedef struct abreast {
    const ials_basis *basis;
    const ials_row *row;
    size_t films;
    const float *m, *w;  /* [d] M and M^-1 */
    float *r, *p, *ap;   /* residual, direction, A times it */
    float *along, *dots; /* [rows + ROOM][MANY] y_i.z and y_i.p */
} abreast;

/* One number for each film. */
typedef float lanes __attribute__((vector_size(REEL_ROWS_MANY * sizeof(float))));
enum { MANY = REEL_ROWS_MANY, ROOM = 8 };

size_t reel__ials_reasons_size(size_t d, size_t count)
{
    return reel__ials_fold_size(d, count) + (3 * d + 2 * (count + ROOM) + 1) * MANY * sizeof(float);
}

/* Residuals of z = 0; lanes without a film stay 0. work: what a run leaves of reasons_size */
static abreast open_abreast(const run *c, const reel_films *movies, void *work)
{
    const size_t d = c->basis->d, rows = c->row->rows.count;
    const size_t used = (reel__ials_fold_size(d, rows) + 63) / 64 * 64;
    float *at = (float *)(void *)((char *)work + used);
    abreast a = {.basis = c->basis, .row = c->row, .films = movies->count};

    a.m = c->diagonal;
    a.w = c->inverse;
    a.r = at;
    a.p = at + d * MANY;
    a.ap = at + 2 * d * MANY;
    a.along = at + 3 * d * MANY;
    a.dots = a.along + (rows + ROOM) * MANY;
    memset(a.r, 0, 2 * d * MANY * sizeof *a.r);
    memset(a.along, 0, (rows + ROOM) * MANY * sizeof *a.along);
    for (size_t n = 0; n < a.films; n++) {
        const float *film = c->basis->films + (size_t)movies->movies[n] * d;

        for (size_t f = 0; f < d; f++)
            a.r[f * MANY + n] = film[f];
    }
    return a;
}

/* out = sum_f a_f b_f for each film; four sums, so that none waits for the last. */
REEL_KERNEL static void dot_abreast(const lanes *a, const lanes *b, size_t d, lanes *out)
{
    lanes sum[4] = {{0}};

    for (size_t f = 0; f < d; f += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += a[f + k] * b[f + k];
    *out = (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* out = sum_f w_f r_f^2 */
REEL_KERNEL static void square_abreast(const float *w, const lanes *r, size_t d, lanes *out)
{
    lanes sum[4] = {{0}};

    for (size_t f = 0; f < d; f += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += w[f + k] * (r[f + k] * r[f + k]);
    *out = (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* p = M^-1 r + beta p, and ap = -M p */
REEL_KERNEL static void turn_abreast(const abreast *a, const lanes *beta)
{
    const lanes *r = (const lanes *)(const void *)a->r;
    lanes *p = (lanes *)(void *)a->p, *ap = (lanes *)(void *)a->ap;
    const lanes b = *beta;

    for (size_t f = 0; f < a->basis->d; f++) {
        p[f] = a->w[f] * r[f] + b * p[f];
        ap[f] = -a->m[f] * p[f];
    }
}

/* y += a x */
REEL_KERNEL static void add_abreast(float *y, const lanes *a, const float *x, size_t count)
{
    lanes *to = (lanes *)(void *)y;
    const lanes *from = (const lanes *)(const void *)x, by = *a;

    for (size_t i = 0; i < count; i++)
        to[i] += by * from[i];
}

/* Steps until each film's residual has shrunk, in M^-1; a film that is done stands still.
 * solved [MANY] */
static void descend_abreast(const abreast *a, bool *solved)
{
    const size_t d = a->basis->d;
    float target[MANY], before[MANY] = {0};
    bool lost[MANY] = {false};
    lanes rz, pap, beta = {0};

    square_abreast(a->w, (const lanes *)(const void *)a->r, d, &rz);
    for (size_t n = 0; n < MANY; n++)
        target[n] = (float)(SHRINK_REASONS * SHRINK_REASONS) * rz[n];
    for (int step = 0; step <= STEPS_MAX; step++) {
        lanes alpha = {0};
        bool going = false;

        for (size_t n = 0; n < MANY; n++) {
            solved[n] = rz[n] <= target[n] && !lost[n];
            going |= !solved[n] && !lost[n];
            beta[n] = before[n] > 0 ? rz[n] / before[n] : 0;
        }
        if (!going)
            return;
        turn_abreast(a, &beta);
        reel__rows_pull_many(&a->row->rows, a->p, a->ap, a->dots);
        dot_abreast((const lanes *)(const void *)a->p, (const lanes *)(const void *)a->ap, d, &pap);
        for (size_t n = 0; n < MANY; n++) {
            if (solved[n] || lost[n])
                continue;
            alpha[n] = rz[n] / -pap[n]; /* ap has the wrong sign */
            lost[n] = !(pap[n] < 0 && isfinite(alpha[n]));
            alpha[n] = lost[n] ? 0 : alpha[n];
            before[n] = rz[n];
        }
        add_abreast(a->along, &alpha, a->dots, a->row->rows.count);
        add_abreast(a->r, &alpha, a->ap, d);
        square_abreast(a->w, (const lanes *)(const void *)a->r, d, &rz);
    }
}

/* b_i y_i.z + a_i y_i.M^-1 rho. towards [rows] y_i.x; out [films x rows] */
static void share_out(const abreast *a, const float *towards, double *out)
{
    const reel_rows *rows = &a->row->rows;
    lanes *r = (lanes *)(void *)a->r;

    for (size_t f = 0; f < a->basis->d; f++)
        r[f] *= a->w[f];
    reel__rows_pull_many(rows, a->r, NULL, a->dots);
    for (size_t i = 0; i < rows->count; i++) {
        const double b = (double)rows->pull[i];
        const double rest = b - (double)rows->weight[i] * (double)towards[i];

        for (size_t n = 0; n < a->films; n++)
            out[n * rows->count + i] =
                b * (double)a->along[i * MANY + n] + rest * (double)a->dots[i * MANY + n];
    }
}

bool reel__ials_reasons(const ials_basis *basis, const ials_row *row, const float *x,
                        const reel_films *movies, double *out, void *work)
{
    const reel_rows *rows = &row->rows;
    const run c = open_run(basis, row, work);
    const bool lopsided = reel__ials_lopsided(rows);
    bool solved[MANY] = {false};

    if (!lopsided) {
        const abreast a = open_abreast(&c, movies, work);

        descend_abreast(&a, solved);
        reel__rows_dots(rows, x, c.dots);
        share_out(&a, c.dots, out);
    }
    for (size_t n = 0; n < movies->count; n++) {
        const float *film = basis->films + (size_t)movies->movies[n] * basis->d;
        double *own = out + n * rows->count;

        if (!(solved[n] && close_gap((double)reel__dot(film, x, basis->d), own, rows->count)) &&
            !reasons_dense(&c, film, own))
            return false;
    }
    return true;
}
