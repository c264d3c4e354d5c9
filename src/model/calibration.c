/* calibration.c - see calibration.h. */
#include "model/calibration.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "num/kernels.h"
#include "num/par.h"

/* The smallest number of ratings of each group of people, and of films. */
static const reel_nnz person_from[] = {1, 5, 10, 20, 50, 100, 200},
                      film_from[] = {0, 5, 20, 100, 500};
enum {
    PERSON_BINS = sizeof person_from / sizeof *person_from,
    FILM_BINS = sizeof film_from / sizeof *film_from,
    GROUPS = PERSON_BINS * FILM_BINS
};
enum { STREAM_HELD = 8, STREAM_SHORT };
#define ROW              ((size_t)FILM_BINS * 2) /* floats of a group of people */
#define MOST_HELD        200000.0
#define TAIL             0.1  /* cut off at each end: four of five ratings stay */
#define LEAST            40   /* ratings that say where tails begin */
#define ENOUGH           100  /* from which on films of a group are judged apart */
#define ENOUGH_PEOPLE    2000 /* ratings of a group of people, with whom nobody else is needed */
#define FLOPS_PER_THREAD 1e6
#define TAIL_MOST        4e6F /* more than any two ratings differ by */

static size_t bin_of(const reel_nnz *from, size_t bins, reel_nnz count)
{
    size_t bin = 0;

    while (bin + 1 < bins && count >= from[bin + 1])
        bin++;
    return bin;
}

static size_t person_bin(reel_nnz ratings)
{
    return bin_of(person_from, PERSON_BINS, ratings);
}

static size_t film_bin(reel_nnz raters)
{
    return bin_of(film_from, FILM_BINS, raters);
}

/* ---- holding out --------------------------------------------------------------------------- */

static void deal(reel_calibration_split *out, reel_csr_view all, double share, uint64_t seed)
{
    reel_nnz train = 0, held = 0;

    for (reel_index u = 0; u < all.rows; u++) {
        reel_rng rng = reel__rng_make(seed, (uint64_t)STREAM_HELD << 32 | (uint64_t)u);

        for (reel_nnz k = all.ptr[u]; k < all.ptr[u + 1]; k++) {
            const bool held_out = reel__rng_unit(&rng) < share;
            reel_csr *to = held_out ? &out->held : &out->train;
            reel_nnz *at = held_out ? &held : &train;

            to->col[*at] = all.col[k];
            to->val[(*at)++] = all.val[k];
        }
        out->train.ptr[u + 1] = train;
        out->held.ptr[u + 1] = held;
    }
}

reel_code reel__calibration_split_make(reel_calibration_split *out, reel_csr_view ratings,
                                       double share, uint64_t seed, reel_err *err)
{
    const reel_nnz count = ratings.ptr[ratings.rows];
    reel_code rc;

    *out = (reel_calibration_split){0};
    REEL_TRY(reel__csr_init(&out->train, ratings.rows, ratings.cols, count, err));
    REEL_TRY(reel__csr_init(&out->held, ratings.rows, ratings.cols, count, err));
    deal(out, ratings, fmin(share, MOST_HELD / (double)count), seed);
    REEL_TRY(reel__csr_transpose(&out->raters, reel__csr_view(&out->train), err));
out:
    return rc;
}

void reel__calibration_split_fini(reel_calibration_split *split)
{
    reel__csr_fini(&split->train);
    reel__csr_fini(&split->held);
    reel__csr_fini(&split->raters);
}

/* ---- residuals ----------------------------------------------------------------------------- */

typedef struct learning {
    const reel_factors *factors;
    const reel_calibration_split *split;
    reel_calibration_opts opts;
    /* [held] rating less prediction, by that many ratings; NaN where it was not measured */
    float *residuals[PERSON_BINS];
    bool shorten[PERSON_BINS];
} learning;

/* One thread's memory. */
typedef struct worker {
    reel_scratch *scratch;
    reel_entry *entries; /* [movies] */
    reel_index *chosen;  /* [movies] */
    float *row;          /* [stride] */
} worker;

static int by_film(const void *a, const void *b)
{
    const reel_entry *x = a, *y = b;

    return (x->movie > y->movie) - (x->movie < y->movie);
}

/* That many of a person's ratings, by chance. */
static void draw_history(const learning *l, worker *w, reel_index u, reel_nnz count)
{
    const reel_csr *train = &l->split->train;
    const reel_nnz from = train->ptr[u], all = train->ptr[u + 1] - from;
    reel_rng rng =
        reel__rng_make(l->opts.seed + (uint64_t)count, (uint64_t)STREAM_SHORT << 32 | (uint64_t)u);

    for (reel_nnz k = 0; k < all; k++)
        w->chosen[k] = (reel_index)k;
    for (reel_nnz k = 0; k < count; k++) {
        const size_t at =
            (size_t)k + (count < all ? reel__rng_below(&rng, (uint64_t)(all - k)) : 0);
        const reel_index one = w->chosen[at];

        w->chosen[at] = w->chosen[k];
        w->chosen[k] = one;
        w->entries[k] = (reel_entry){
            .movie = train->col[from + one], .value = train->val[from + one], .weight = 1};
    }
    qsort(w->entries, (size_t)count, sizeof *w->entries, by_film);
}

static reel_code measure(const learning *l, worker *w, reel_index u, size_t bin, reel_err *err)
{
    const reel_csr *train = &l->split->train, *held = &l->split->held;
    const reel_nnz all = train->ptr[u + 1] - train->ptr[u];
    const size_t own = person_bin(all);
    reel_nnz count = all;
    reel_query query = {.entries = w->entries, .row = -1};
    float bias;
    reel_code rc;

    if (own > bin) {
        reel_rng rng =
            reel__rng_make(l->opts.seed, (uint64_t)(STREAM_SHORT + 1 + bin) << 32 | (uint64_t)u);
        const reel_nnz room = person_from[bin + 1] - person_from[bin];

        count = person_from[bin] + (reel_nnz)reel__rng_below(&rng, (uint64_t)room);
    }
    draw_history(l, w, u, count);
    query.count = (size_t)count;
    rc = reel__factors_solve(l->factors, &query, w->scratch, &bias, w->row, err);
    for (reel_nnz k = held->ptr[u]; rc == REEL_OK && k < held->ptr[u + 1]; k++) {
        const float rating = reel__factors_rate(l->factors, bias, w->row, held->col[k]);

        l->residuals[bin][k] = held->val[k] - fminf(fmaxf(rating, l->opts.low), l->opts.high);
    }
    return rc;
}

/* Whoever has ratings held out, with their own history or, where l->shorten says so, with shorter
 * ones. */
static reel_code measure_person(const learning *l, worker *w, reel_index u, bool own, reel_err *err)
{
    const reel_csr *train = &l->split->train, *held = &l->split->held;
    const reel_nnz all = train->ptr[u + 1] - train->ptr[u];
    const size_t at = person_bin(all);
    reel_code rc = REEL_OK;

    if (all == 0 || held->ptr[u] == held->ptr[u + 1])
        return REEL_OK;
    if (own)
        return measure(l, w, u, at, err);
    for (size_t bin = 0; rc == REEL_OK && bin < at; bin++)
        if (l->shorten[bin])
            rc = measure(l, w, u, bin, err);
    return rc;
}

static bool worker_init(worker *w, const reel_factors *factors)
{
    *w = (worker){.entries = reel__alloc_array((size_t)factors->movies, sizeof *w->entries),
                  .chosen = reel__alloc_array((size_t)factors->movies, sizeof *w->chosen),
                  .row = reel__alloc_aligned(factors->stride, sizeof *w->row)};
    return reel_scratch_new(&w->scratch, NULL) == REEL_OK && w->entries != NULL &&
           w->chosen != NULL && w->row != NULL;
}

static void worker_fini(worker *w)
{
    reel_scratch_free(w->scratch);
    reel__free(w->entries);
    reel__free(w->chosen);
    reel__free(w->row);
}

static reel_code measure_all(const learning *l, bool own, reel_err *err)
{
    const reel_index people = l->factors->people;
    const double d = (double)l->factors->stride, count = (double)l->split->train.ptr[people];
    const int team = reel__par_threads(count * d * d, FLOPS_PER_THREAD, l->opts.threads);
    atomic_int failed = REEL_OK;

    (void)team; /* a build without OpenMP */
#pragma omp parallel num_threads(team)
    {
        worker w;
        reel_code rc = worker_init(&w, l->factors) ? REEL_OK : REEL_E_NOMEM;

#pragma omp for schedule(dynamic, 16)
        for (reel_index u = 0; u < people; u++)
            if (rc == REEL_OK)
                rc = measure_person(l, &w, u, own, NULL);
        if (rc != REEL_OK)
            atomic_store(&failed, (int)rc);
        worker_fini(&w);
    }
    if (atomic_load(&failed) != REEL_OK)
        return reel_fail(err, REEL_E_NOMEM, "no memory to learn how far predictions are off");
    return REEL_OK;
}

/* ---- the tails ----------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Where a tenth of n values lies below and above, counting the one to come as one more; a
 * prediction is inside its own range. */
static void cut_tails(float *values, size_t n, float out[2])
{
    const size_t tail = (size_t)fmax(floor(TAIL * (double)(n + 1)), 1) - 1;

    qsort(values, n, sizeof *values, ascending);
    out[0] = fminf(values[tail], 0);
    out[1] = fmaxf(values[n - 1 - tail], 0);
}

/* The residuals of people of a bin at films of one, or of all (FILM_BINS). room [held] */
static size_t gather(const learning *l, size_t person, size_t film, float *room)
{
    const reel_csr *held = &l->split->held, *raters = &l->split->raters;
    size_t n = 0;

    for (reel_nnz k = 0; k < held->ptr[held->rows]; k++) {
        const reel_index j = held->col[k];
        const reel_nnz count = raters->ptr[j + 1] - raters->ptr[j];

        if (!isnan(l->residuals[person][k]) && (film == FILM_BINS || film_bin(count) == film))
            room[n++] = l->residuals[person][k];
    }
    return n;
}

static void copy_row(float *out, size_t to, size_t from)
{
    for (size_t i = 0; i < ROW; i++)
        out[to * ROW + i] = out[from * ROW + i];
}

/* A group with too few ratings is taken for all films; people of whom too little is known for those
 * with fewer ratings, where it is, else for those with more. False: nothing is known. */
static bool cut_groups(const learning *l, float *room, float *out)
{
    size_t first = PERSON_BINS;

    for (size_t p = 0; p < PERSON_BINS; p++) {
        float *row = out + p * ROW, whole[2];
        size_t n = gather(l, p, FILM_BINS, room);

        if (n < LEAST) {
            if (first < PERSON_BINS)
                copy_row(out, p, p - 1);
            continue;
        }
        first = first < PERSON_BINS ? first : p;
        cut_tails(room, n, whole);
        for (size_t f = 0; f < FILM_BINS; f++) {
            n = gather(l, p, f, room);
            if (n < ENOUGH)
                memcpy(row + f * 2, whole, sizeof whole);
            else
                cut_tails(room, n, row + f * 2);
        }
    }
    for (size_t p = 0; first < PERSON_BINS && p < first; p++)
        copy_row(out, p, first);
    return first < PERSON_BINS;
}

/* ---- learning ------------------------------------------------------------------------------ */

static void choose_shortened(learning *l, float *room)
{
    for (size_t p = 0; p < PERSON_BINS; p++)
        l->shorten[p] = gather(l, p, FILM_BINS, room) < ENOUGH_PEOPLE;
}

static reel_code count_raters(reel_calibration *out, const reel_calibration_split *split,
                              reel_err *err)
{
    const reel_csr *raters = &split->raters;
    int32_t *counts = reel__alloc_zero((size_t)raters->rows, sizeof *counts);

    if (counts == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count the ratings of %d films",
                         (int)raters->rows);
    for (reel_index j = 0; j < raters->rows; j++)
        counts[j] = (int32_t)(raters->ptr[j + 1] - raters->ptr[j]);
    for (reel_nnz k = 0; k < split->held.ptr[split->held.rows]; k++)
        counts[split->held.col[k]]++;
    out->raters = counts;
    return REEL_OK;
}

static reel_code learn(reel_calibration *out, learning *l, float *room, reel_err *err)
{
    float *quantiles = reel__alloc_zero((size_t)GROUPS * 2, sizeof *quantiles);
    reel_code rc = REEL_OK;

    if (quantiles == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for how far predictions are off");
    REEL_TRY(measure_all(l, true, err));
    choose_shortened(l, room);
    REEL_TRY(measure_all(l, false, err));
    if (cut_groups(l, room, quantiles)) {
        REEL_TRY(count_raters(out, l->split, err));
        out->quantiles = quantiles;
        quantiles = NULL;
    }
out:
    reel__free(quantiles);
    return rc;
}

reel_code reel__calibration_learn(reel_calibration *out, const reel_factors *factors,
                                  const reel_calibration_split *split,
                                  const reel_calibration_opts *opts, reel_err *err)
{
    const size_t held = (size_t)split->held.ptr[split->held.rows];
    learning l = {.factors = factors, .split = split, .opts = *opts};
    float *all;
    reel_code rc;

    *out = (reel_calibration){.owned = true};
    if (held < LEAST)
        return REEL_OK;
    all = reel__alloc_array(held * (PERSON_BINS + 1), sizeof *all);
    if (all == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to judge %zu ratings", held);
    for (size_t k = 0; k < held * PERSON_BINS; k++)
        all[k] = NAN;
    for (size_t p = 0; p < PERSON_BINS; p++)
        l.residuals[p] = all + p * held;
    rc = learn(out, &l, all + held * PERSON_BINS, err);
    reel__free(all);
    return rc;
}

void reel__calibration_fini(reel_calibration *calibration)
{
    if (!calibration->owned)
        return;
    reel__free((void *)(uintptr_t)calibration->quantiles);
    reel__free((void *)(uintptr_t)calibration->raters);
    *calibration = (reel_calibration){0};
}

/* ---- answering ----------------------------------------------------------------------------- */

void reel__calibration_range(const reel_calibration *calibration, const reel_query *query,
                             reel_films films, const float *predicted, reel_rating_interval *out)
{
    reel_nnz ratings = 0;
    const float *row;

    for (size_t i = 0; i < query->count; i++)
        ratings += query->entries[i].kind == REEL_ENTRY_RATING && query->entries[i].weight > 0;
    row = calibration->quantiles + person_bin(ratings) * ROW;
    for (size_t i = 0; i < films.count; i++) {
        const float *tails = row + film_bin(calibration->raters[films.movies[i]]) * 2;

        out[i] = (reel_rating_interval){predicted[i] + tails[0], predicted[i] + tails[1]};
    }
}

/* ---- files --------------------------------------------------------------------------------- */

reel_code reel__calibration_save(const reel_calibration *calibration, reel_index movies,
                                 reel_tensors_writer *writer, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (calibration->quantiles == NULL)
        return REEL_OK;
    REEL_TRY(reel__tensors_add_matrix(writer, "residual_quantiles", REEL_F32,
                                      calibration->quantiles, GROUPS, 2, err));
    REEL_TRY(reel__tensors_add(writer, "raters", REEL_I32, calibration->raters, movies, err));
out:
    return rc;
}

static bool is_range(const float *tails)
{
    return tails[0] >= -TAIL_MOST && tails[0] <= 0 && tails[1] >= 0 && tails[1] <= TAIL_MOST;
}

reel_code reel__calibration_load(reel_calibration *out, reel_index movies,
                                 const reel_tensors *tensors, const char *prefix, reel_err *err)
{
    const char *path = reel__tensors_path(tensors);
    const void *quantiles = NULL, *raters = NULL;
    int64_t shape[2] = {0, 0}, count = 0;
    reel_code rc = REEL_OK;

    *out = (reel_calibration){0};
    if (!reel__tensors_has(tensors, prefix, "residual_quantiles"))
        return REEL_OK;
    REEL_TRY(reel__tensors_get_matrix(tensors, prefix, "residual_quantiles", REEL_F32, &quantiles,
                                      shape, err));
    REEL_TRY(reel__tensors_get(tensors, prefix, "raters", REEL_I32, &raters, &count, err));
    if (shape[0] != GROUPS || shape[1] != 2 || count != movies)
        return reel_fail(
            err, REEL_E_FORMAT,
            "%s: residual_quantiles is %lld x %lld, expected %d x 2; raters has %lld films of %d",
            path, (long long)shape[0], (long long)shape[1], (int)GROUPS, (long long)count,
            (int)movies);
    for (size_t g = 0; g < GROUPS; g++)
        if (!is_range((const float *)quantiles + g * 2))
            return reel_fail(err, REEL_E_FORMAT, "%s: residual_quantiles[%zu] is no range", path,
                             g);
    *out = (reel_calibration){.quantiles = quantiles, .raters = raters};
out:
    return rc;
}
