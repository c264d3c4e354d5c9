/* ials_fit.c - the sweeps of ials: people, films, people, films, then the basis that people
 * are folded in by, and so everyone. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/history.h"
#include "model/ials.h"
#include "num/blas.h"
#include "num/par.h"
#include "num/spd.h"

enum { GROUPS_AT_ONCE = 4, ROTATED = 128 };
#define WORK_GRAIN 2e4 /* entries x factors worth a thread */

/* One side of the data: its rows' entries, and how the loss weighs them. */
typedef struct side {
    reel_csr_view entries;
    const float *signals; /* aligned with them, or NULL (model/history.h) */
    float *own;           /* [rows x d] solved for */
    const float *other;   /* [cols x d] held */
    const float *zeros;   /* [cols] weight of the columns in the sum over all pairs */
    const float *seen;    /* [cols] their weight in the sum over seen pairs, or NULL = 1 */
    const float *unit;    /* [rows] what a row's equations are divided by, or NULL = 1 */
    ials_ridge ridge;
} side;

/* Working memory of a fit. */
typedef struct fit {
    ials *self;
    const reel_fit_context *context;
    int threads;
    float *film_zeros;     /* [movies] */
    float *person_power;   /* [people], or NULL */
    float *gram, *inverse; /* [d x d] */
    float *spectrum;       /* the model's */
    char *work;            /* [threads x work_size] */
    size_t work_size, longest;
    side people, films;
} fit;

double reel__ials_ridge(const ials_ridge *ridge, double observed)
{
    return ridge->lambda * ridge->middle *
           pow((observed + ridge->unobserved) / ridge->middle, ridge->nu);
}

double reel__ials_memory(const reel_model *model, const reel_dataset *dataset)
{
    const double d = (double)ials_round_up(
        ials_factors(model, reel_dataset_people(dataset), reel_dataset_movies(dataset)));
    const double rows = (double)reel_dataset_people(dataset) + (double)reel_dataset_movies(dataset);

    return 4 * d * (rows + (double)reel_dataset_movies(dataset)) + 128 * d * d + 64 * rows +
           24 * d * (double)reel_dataset_movies(dataset);
}

/* Work of a thread that folds a person in. */
static size_t fold_room(const fit *f)
{
    return (reel__ials_fold_size(f->self->d) + 63) / 64 * 64;
}

/* ---- one row ------------------------------------------------------------------------------- */

/* The equations of a row in a thread's work; the row borrows from it. */
static ials_row gather(const fit *f, const side *s, reel_index row, void *memory)
{
    const ials_room room = ials_open_room(memory, f->longest);
    const float scale = s->unit == NULL ? 1 : 1 / s->unit[row];
    double observed = 0;
    size_t count = 0;

    for (reel_nnz k = s->entries.ptr[row]; k < s->entries.ptr[row + 1]; k++) {
        reel_entry entry = reel__told_entry(s->entries, s->signals, k);

        entry.weight *= scale * (s->seen == NULL ? 1 : s->seen[entry.movie]);
        count = ials_gather(f->self, &entry, &room, count);
    }
    for (size_t i = 0; i < count; i++)
        observed += (double)room.weight[i];
    return (ials_row){{s->other, f->self->d, room.index, room.weight, room.pull, count},
                      reel__ials_ridge(&s->ridge, observed)};
}

/* The sum of a row's weights; counts the row's entries. */
static double observed_mean(const fit *f, const side *s)
{
    double sum = 0;

    for (reel_index row = 0; row < s->entries.rows; row++) {
        const ials_row r = gather(f, s, row, f->work);

        for (size_t i = 0; i < r.rows.count; i++)
            sum += (double)r.rows.weight[i];
    }
    return sum / (double)s->entries.rows;
}

/* ---- half a sweep -------------------------------------------------------------------------- */

static reel_code outgrown(reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID,
                     "the factors of \"ials\" have outgrown finite numbers; raise \"lambda\"");
}

/* Rows [at, at + IALS_GROUP), those that there are. */
static bool solve_group(const fit *f, const side *s, const ials_half *shared, reel_index at,
                        int steps)
{
    const size_t d = f->self->d;
    char *work = f->work + (size_t)omp_get_thread_num() * f->work_size;
    char *room = work + reel__ials_work_size(d);
    ials_row rows[IALS_GROUP];
    float *x[IALS_GROUP];
    size_t count = 0;

    for (reel_index row = at; row < s->entries.rows && count < IALS_GROUP; row++, count++) {
        rows[count] = gather(f, s, row, room + count * ials_room_size(f->longest));
        x[count] = s->own + (size_t)row * d;
    }
    if (steps == 0)
        return reel__ials_solve(shared, rows, count, x, work);
    reel__ials_step(shared, rows, count, steps, x, work);
    return true;
}

static reel_code solve_side(fit *f, const side *s, int steps, reel_err *err)
{
    const size_t d = f->self->d;
    const reel_index rows = s->entries.rows;
    ials_half shared = {.d = d, .factors = s->other, .ridge = s->ridge.lambda * s->ridge.middle};
    bool solved = true;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__ials_prepare(&shared, f->gram, f->inverse, s->zeros, s->entries.cols, f->threads,
                                err));
#pragma omp parallel for schedule(dynamic, GROUPS_AT_ONCE) num_threads(f->threads) \
    reduction(&& : solved)
    for (reel_index at = 0; at < rows; at += IALS_GROUP)
        solved = solve_group(f, s, &shared, at, steps) && solved;
    if (!solved)
        rc = outgrown(err);
out:
    return rc;
}

/* ---- the last step ------------------------------------------------------------------------- */

/* Each film's vector times the basis' vectors, which are the rows of `basis`. room [ROTATED x d]
 * for each thread */
static void rotate(const fit *f, const float *basis, float *room)
{
    const int d = (int)f->self->d;
    const reel_index rows = f->films.entries.rows;

#pragma omp parallel for schedule(static) num_threads(f->threads)
    for (reel_index at = 0; at < rows; at += ROTATED) {
        const reel_index count = rows - at < ROTATED ? rows - at : ROTATED;
        float *films = f->films.own + (size_t)at * (size_t)d;
        float *old = room + (size_t)omp_get_thread_num() * ROTATED * (size_t)d;

        memcpy(old, films, (size_t)count * (size_t)d * sizeof *old);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, count, d, d, 1, old, d, basis, d, 0,
                    films, d);
    }
}

/* Films into the basis in which what they are to everyone, the sum of their unobserved weight
 * x y y^T, is diagonal: ials_fold.h. */
static reel_code turn_basis(const fit *f, reel_err *err)
{
    const size_t d = f->self->d, wide = d * d;
    double *matrix = reel__alloc_array(wide + d, sizeof *matrix);
    float *room = reel__alloc_aligned((size_t)f->threads * ROTATED * d, sizeof *room);
    reel_code rc = REEL_OK;

    if (matrix == NULL || room == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu factors", d));
    REEL_TRY(reel__spd_gram(f->films.own, f->film_zeros, f->films.entries.rows, d, f->threads,
                            f->gram, err));
    for (size_t i = 0; i < wide; i++)
        matrix[i] = (double)f->gram[i];
    rc = reel__spd_eigen(matrix, d, matrix + wide, err);
    if (rc != REEL_OK)
        REEL_TRY(rc == REEL_E_NOMEM ? rc : outgrown(err));
    for (size_t i = 0; i < wide; i++)
        f->gram[i] = (float)matrix[i];
    for (size_t i = 0; i < d; i++)
        f->spectrum[i] = (float)fmax(0, matrix[wide + i]);
    rotate(f, f->gram, room);
out:
    reel__free(matrix);
    reel__free(room);
    return rc;
}

/* People as they are folded in, to the bit. */
static reel_code fold_people(const fit *f, reel_err *err)
{
    const side *s = &f->people;
    const size_t d = f->self->d;
    const ials_basis basis = ials_basis_of(f->self);
    bool solved = true;

#pragma omp parallel for schedule(dynamic, GROUPS_AT_ONCE *IALS_GROUP) num_threads(f->threads) \
    reduction(&& : solved)
    for (reel_index row = 0; row < s->entries.rows; row++) {
        char *work = f->work + (size_t)omp_get_thread_num() * f->work_size;
        const ials_row equations = gather(f, s, row, work + fold_room(f));

        solved = reel__ials_fold(&basis, &equations, s->own + (size_t)row * d, work) && solved;
    }
    return solved ? REEL_OK : outgrown(err);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static reel_code sweep(fit *f, const reel_dataset *dataset, reel_err *err)
{
    const double *params = f->self->base.params;
    const int sweeps = (int)params[IALS_SWEEPS], steps = (int)params[IALS_STEPS];
    reel_code rc = REEL_OK;

    for (int n = 0; n < sweeps; n++) {
        REEL_TRY(solve_side(f, &f->people, steps, err));
        REEL_TRY(solve_side(f, &f->films, steps, err));
        if (!reel__fit_step(f->context, (n + 1.0) / (sweeps + 1.0)))
            REEL_TRY(reel_fail(err, REEL_E_CANCELLED, "fitting \"ials\" was cancelled"));
    }
    REEL_TRY(reel__ials_side(f->self, dataset, f->threads, f->films.own, err));
    for (reel_index j = 0; j < f->films.entries.rows; j++)
        if (f->films.entries.ptr[j + 1] == f->films.entries.ptr[j])
            f->film_zeros[j] = 0; /* that nobody saw it says nothing of anybody's taste */
    REEL_TRY(turn_basis(f, err));
    REEL_TRY(fold_people(f, err));
    if (!reel__fit_step(f->context, 1))
        REEL_TRY(reel_fail(err, REEL_E_CANCELLED, "fitting \"ials\" was cancelled"));
out:
    return rc;
}

/* ---- set up -------------------------------------------------------------------------------- */

/* Each row's length to a power, scaled to a mean. */
static void length_powers(reel_csr_view entries, double power, double mean, float *out)
{
    double sum = 0;

    for (reel_index r = 0; r < entries.rows; r++) {
        out[r] = (float)pow((double)(entries.ptr[r + 1] - entries.ptr[r]) + 1, power);
        sum += (double)out[r];
    }
    for (reel_index r = 0; r < entries.rows; r++)
        out[r] = (float)((double)out[r] * mean * (double)entries.rows / sum);
}

static double sum_of(const float *x, reel_index n)
{
    double sum = 0;

    for (reel_index i = 0; i < n; i++)
        sum += (double)x[i];
    return sum;
}

/* A film's first values depend on its id, so that it has the same ones in any catalogue. */
static void start(const fit *f, float *films)
{
    const ials *self = f->self;
    const size_t factors = ials_factors(&self->base, self->base.people, self->base.movies);
    const double scale = self->base.params[IALS_STDDEV] / sqrt((double)factors);

    for (reel_index j = 0; j < self->base.movies; j++) {
        reel_rng rng = reel__rng_make(f->context->seed, (uint64_t)self->base.movie_ids[j]);

        for (size_t n = 0; n < factors; n++)
            films[(size_t)j * self->d + n] = (float)(scale * reel__rng_normal(&rng));
    }
}

static reel_index longest_row(reel_csr_view entries)
{
    reel_nnz longest = 1;

    for (reel_index r = 0; r < entries.rows; r++)
        if (entries.ptr[r + 1] - entries.ptr[r] > longest)
            longest = entries.ptr[r + 1] - entries.ptr[r];
    return (reel_index)longest;
}

static reel_code make_room(fit *f, const reel_told *data, reel_err *err)
{
    ials *self = f->self;
    const reel_csr_view ratings = data->people, raters = data->films;
    const size_t people = (size_t)ratings.rows, movies = (size_t)raters.rows, d = self->d;
    const size_t a = (size_t)longest_row(ratings), b = (size_t)longest_row(raters);
    float *p = reel__alloc_aligned(people * d, sizeof *p);
    float *q = reel__alloc_aligned(movies * d, sizeof *q);
    float *gram = reel__alloc_aligned(d * d, sizeof *gram);
    float *inverse = reel__alloc_aligned(d * d, sizeof *inverse);
    float *spectrum = reel__alloc_aligned(d, sizeof *spectrum);

    self->people = p;
    self->films = q;
    self->spectrum = f->spectrum = spectrum;
    f->gram = gram;
    f->inverse = inverse;
    f->longest = (a > b ? a : b) + 1;
    f->work_size = reel__ials_work_size(d) + IALS_GROUP * ials_room_size(f->longest);
    if (f->work_size < fold_room(f) + ials_room_size(f->longest))
        f->work_size = fold_room(f) + ials_room_size(f->longest);
    f->work_size = (f->work_size + 63) / 64 * 64;
    f->work = reel__alloc_aligned((size_t)f->threads, f->work_size);
    f->film_zeros = reel__alloc_array(movies, sizeof *f->film_zeros);
    f->person_power = reel__alloc_array(people, sizeof *f->person_power);
    if (p == NULL || q == NULL || gram == NULL || inverse == NULL || spectrum == NULL ||
        f->work == NULL || f->film_zeros == NULL || f->person_power == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu x %d factors", people + movies,
                         (int)d);
    memset(p, 0, people * d * sizeof *p);
    memset(q, 0, movies * d * sizeof *q);
    start(f, q);
    f->people = (side){.entries = ratings,
                       .signals = data->people_signals,
                       .own = p,
                       .other = q,
                       .zeros = f->film_zeros};
    f->films = (side){.entries = raters,
                      .signals = data->films_signals,
                      .own = q,
                      .other = p,
                      .zeros = f->person_power,
                      .seen = f->person_power,
                      .unit = f->film_zeros};
    return REEL_OK;
}

/* The scale of a side's ridges, at which it does not depend on nu. */
static void set_ridge(const fit *f, side *s)
{
    s->ridge.lambda = f->self->base.params[IALS_LAMBDA];
    s->ridge.nu = f->self->base.params[IALS_NU];
    s->ridge.unobserved = sum_of(s->zeros, s->entries.cols);
    s->ridge.middle = s->ridge.unobserved + observed_mean(f, s);
}

reel_code reel__ials_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err)
{
    ials *self = (ials *)model;
    const double *params = model->params;
    reel_told data = {0};
    fit f = {.self = self, .context = context};
    reel_code rc;

    self->d = ials_round_up(ials_factors(model, model->people, model->movies));
    self->evidence = reel__evidence_learn(reel_dataset_ratings(dataset), params[IALS_LIKED]);
    ials_set_grade(self);
    REEL_TRY(reel__told_make(&data, dataset, err));
    f.threads = reel__par_threads((double)data.people.ptr[data.people.rows] * (double)self->d,
                                  WORK_GRAIN, context->threads);
    REEL_TRY(make_room(&f, &data, err));
    length_powers(data.films, params[IALS_UNOBSERVED_POWER], params[IALS_UNOBSERVED], f.film_zeros);
    length_powers(data.people, params[IALS_PERSON_POWER], 1, f.person_power);
    set_ridge(&f, &f.people);
    set_ridge(&f, &f.films);
    self->numbers[IALS_UNOBSERVED_SUM] = f.people.ridge.unobserved;
    self->numbers[IALS_MIDDLE] = f.people.ridge.middle;
    REEL_TRY(sweep(&f, dataset, err));
    REEL_TRY(reel__ials_panels(&self->panels, self->films, model->movies, self->d, err));
out:
    reel__free(f.work);
    reel__free(f.gram);
    reel__free(f.inverse);
    reel__free(f.film_zeros);
    reel__free(f.person_power);
    reel__told_fini(&data);
    return rc;
}
