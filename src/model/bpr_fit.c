/* bpr_fit.c - the epochs of bpr: batches of people against films that stand still meanwhile.
 * In a batch people are independent: each walks through the history in a random order of its own,
 * picks films that are not in it, and moves. The moves of films are collected as (film, person,
 * size), sorted by film, and made by one thread a film, in the order of the people. So the result
 * is the same for any number of threads.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "model/bpr.h"
#include "num/csr.h"
#include "num/kernels.h"
#include "num/par.h"

enum { BATCH = 8192 };
#define WORK_GRAIN      2e4
#define START_DEVIATION 0.1F

/* What one comparison adds to a film: size x the person's vector. */
typedef struct push {
    reel_index film, person;
    float size;
} push;

typedef struct fit {
    bpr *self;
    const reel_fit_context *context;
    int threads;
    reel_csr liked;      /* people x films */
    reel_csr_view known; /* all that is in histories: never a film to be beaten */
    float *people, *films;
    float *people_squares, *film_squares; /* AdaGrad's sums of squared gradients */
    reel_index *order;                    /* [people] of this epoch */
    size_t *offsets;                      /* [people] where the pushes of a place in it begin */
    push *pushes, *sorted;                /* [2 x longest batch] */
    reel_nnz *starts;                     /* [movies + 1] by film */
    float *work;                          /* [threads x d] */
} fit;

double reel__bpr_memory(const reel_model *model, const reel_dataset *dataset)
{
    const double d = model->params[BPR_FACTORS] + REEL_ROWS_UNIT;
    const double rows = (double)reel_dataset_people(dataset) + (double)reel_dataset_movies(dataset);

    return 8 * d * rows + 4 * d * (double)reel_dataset_movies(dataset) + 64 * rows +
           8 * (double)reel_dataset_ratings(dataset).ptr[reel_dataset_people(dataset)];
}

/* ---- people -------------------------------------------------------------------------------- */

static bpr_walk walk_of(const fit *f, reel_index person, float *gradient)
{
    const reel_nnz known = f->known.ptr[person], liked = f->liked.ptr[person];

    return (bpr_walk){.known = f->known.col + known,
                      .known_count = (size_t)(f->known.ptr[person + 1] - known),
                      .liked = f->liked.col + liked,
                      .liked_count = (size_t)(f->liked.ptr[person + 1] - liked),
                      .x = f->people + (size_t)person * f->self->d,
                      .squares = f->people_squares + (size_t)person * f->self->d,
                      .gradient = gradient};
}

/* One walk through a person's liked films. pushes [out] two for each of them. */
static void walk_epoch(const fit *f, reel_index person, int epoch, push *pushes, float *gradient)
{
    const uint64_t odd = 0x9e3779b97f4a7c15U;
    bpr_walk walk = walk_of(f, person, gradient);

    walk.rng = reel__rng_make(f->context->seed + (uint64_t)(epoch + 1) * odd,
                              (uint64_t)f->self->base.person_ids[person]);
    for (size_t i = 0; i < walk.liked_count; i++, pushes += 2) {
        const bpr_move move = reel__bpr_compare(f->self, &walk, i);

        pushes[0] = (push){move.better, person, move.size};
        pushes[1] = (push){move.worse < 0 ? move.better : move.worse, person, -move.size};
    }
}

/* Each person's vector becomes what the history folds in to. */
static void fold_people(const fit *f)
{
    const int epochs = (int)f->self->base.params[BPR_FOLD_EPOCHS];

#pragma omp parallel for schedule(dynamic, 16) num_threads(f->threads)
    for (reel_index p = 0; p < f->self->base.people; p++) {
        bpr_walk walk = walk_of(f, p, f->work + (size_t)omp_get_thread_num() * f->self->d);

        reel__bpr_start(f->self, &walk);
        for (int epoch = 0; epoch < epochs; epoch++)
            for (size_t i = 0; i < walk.liked_count; i++)
                (void)reel__bpr_compare(f->self, &walk, i);
    }
}

/* ---- a batch ------------------------------------------------------------------------------- */

/* By film, and for a film in the order of the walks. */
static void sort_pushes(const fit *f, size_t count)
{
    const reel_index movies = f->self->base.movies;

    memset(f->starts, 0, ((size_t)movies + 1) * sizeof *f->starts);
    for (size_t i = 0; i < count; i++)
        f->starts[f->pushes[i].film + 1]++;
    for (reel_index j = 0; j < movies; j++)
        f->starts[j + 1] += f->starts[j];
    for (size_t i = 0; i < count; i++)
        f->sorted[f->starts[f->pushes[i].film]++] = f->pushes[i];
    for (reel_index j = movies; j > 0; j--)
        f->starts[j] = f->starts[j - 1];
    f->starts[0] = 0;
}

static void move_film(const fit *f, reel_index film, float *gradient)
{
    const double *params = f->self->base.params;
    const reel_nnz begin = f->starts[film], end = f->starts[film + 1];
    const size_t d = f->self->d;

    if (begin == end)
        return;
    memset(gradient, 0, d * sizeof *gradient);
    for (reel_nnz k = begin; k < end; k++)
        reel__axpy(gradient, f->sorted[k].size, f->people + (size_t)f->sorted[k].person * d, d);
    reel__bpr_adagrad(f->films + (size_t)film * d, f->film_squares + (size_t)film * d, gradient,
                      (float)params[BPR_LEARNING_RATE],
                      (float)params[BPR_REG] * (float)(end - begin), d);
}

/* People [begin, end) of the epoch's order. */
static void batch(const fit *f, reel_index begin, reel_index end, int epoch)
{
    const reel_index movies = f->self->base.movies;
    size_t count = 0;

    for (reel_index p = begin; p < end; p++) {
        const reel_index person = f->order[p];

        f->offsets[p] = count;
        count += 2 * (size_t)(f->liked.ptr[person + 1] - f->liked.ptr[person]);
    }
#pragma omp parallel num_threads(f->threads)
    {
        float *gradient = f->work + (size_t)omp_get_thread_num() * f->self->d;

#pragma omp for schedule(dynamic, 1)
        for (reel_index p = begin; p < end; p++)
            walk_epoch(f, f->order[p], epoch, f->pushes + f->offsets[p], gradient);
#pragma omp single
        sort_pushes(f, count);
#pragma omp for schedule(dynamic, 16)
        for (reel_index j = 0; j < movies; j++)
            move_film(f, j, gradient);
    }
}

static void shuffle(const fit *f, int epoch)
{
    reel_rng rng = reel__rng_make(f->context->seed, UINT64_MAX - (uint64_t)epoch);

    reel__rng_shuffle(&rng, f->order, (size_t)f->self->base.people);
}

static void run_epoch(const fit *f, int epoch)
{
    const reel_index people = f->self->base.people;
    reel_index begin = 0;
    reel_nnz held = 0;

    shuffle(f, epoch);
    for (reel_index p = 0; p < people; p++) {
        held += f->liked.ptr[f->order[p] + 1] - f->liked.ptr[f->order[p]];
        if (held >= BATCH || p + 1 == people) {
            batch(f, begin, p + 1, epoch);
            begin = p + 1;
            held = 0;
        }
    }
}

/* ---- set up and end ------------------------------------------------------------------------ */

/* First values depend on ids, so that a film has the same ones in any catalogue. */
static void start(const fit *f, float *rows, const int64_t *ids, reel_index count, uint64_t salt)
{
    const size_t d = f->self->d, factors = (size_t)f->self->base.params[BPR_FACTORS];

    memset(rows, 0, (size_t)count * d * sizeof *rows);
    for (reel_index r = 0; r < count; r++) {
        reel_rng rng = reel__rng_make(f->context->seed ^ salt, (uint64_t)ids[r]);

        for (size_t n = 0; n < factors; n++)
            rows[(size_t)r * d + n] = START_DEVIATION * (float)reel__rng_normal(&rng);
    }
}

static size_t longest_row(const reel_csr *rows)
{
    size_t longest = 1;

    for (reel_index r = 0; r < rows->rows; r++)
        if ((size_t)(rows->ptr[r + 1] - rows->ptr[r]) > longest)
            longest = (size_t)(rows->ptr[r + 1] - rows->ptr[r]);
    return longest;
}

static reel_code make_room(fit *f, reel_err *err)
{
    bpr *self = f->self;
    const size_t people = (size_t)self->base.people, movies = (size_t)self->base.movies;
    const size_t d = self->d, longest = longest_row(&f->liked);

    self->people = f->people = reel__alloc_aligned(people * d, sizeof *f->people);
    self->films = f->films = reel__alloc_aligned(movies * d, sizeof *f->films);
    f->people_squares = reel__alloc_zero(people * d, sizeof *f->people_squares);
    f->film_squares = reel__alloc_zero(movies * d, sizeof *f->film_squares);
    f->order = reel__alloc_array(people, sizeof *f->order);
    f->offsets = reel__alloc_array(people, sizeof *f->offsets);
    f->pushes = reel__alloc_array(2 * (BATCH + longest), sizeof *f->pushes);
    f->sorted = reel__alloc_array(2 * (BATCH + longest), sizeof *f->sorted);
    f->starts = reel__alloc_array(movies + 1, sizeof *f->starts);
    f->work = reel__alloc_aligned((size_t)f->threads, d * sizeof *f->work);
    if (f->people == NULL || f->films == NULL || f->people_squares == NULL ||
        f->film_squares == NULL || f->order == NULL || f->offsets == NULL || f->pushes == NULL ||
        f->sorted == NULL || f->starts == NULL || f->work == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu x %d factors", people + movies,
                         (int)self->base.params[BPR_FACTORS]);
    start(f, f->people, self->base.person_ids, self->base.people, 1);
    start(f, f->films, self->base.movie_ids, self->base.movies, 2);
    for (size_t p = 0; p < people; p++)
        f->order[p] = (reel_index)p;
    return REEL_OK;
}

static reel_code check(const fit *f, reel_err *err)
{
    const size_t d = f->self->d;
    const float most = 1e12F;
    bool finite = true;

    for (size_t i = 0; i < (size_t)f->self->base.movies * d; i++)
        finite = finite && fabsf(f->films[i]) <= most;
    for (size_t i = 0; i < (size_t)f->self->base.people * d; i++)
        finite = finite && fabsf(f->people[i]) <= most;
    return finite ? REEL_OK
                  : reel_fail(err, REEL_E_INVALID,
                              "the factors of \"bpr\" have outgrown finite numbers; lower "
                              "\"learning_rate\" or \"reg\"");
}

reel_code reel__bpr_fit(reel_model *model, const reel_dataset *dataset,
                        const reel_fit_context *context, reel_err *err)
{
    bpr *self = (bpr *)model;
    const int epochs = (int)model->params[BPR_EPOCHS];
    fit f = {.self = self, .context = context, .known = reel_dataset_ratings(dataset)};
    reel_code rc = REEL_OK;

    self->d = ials_round_up((size_t)model->params[BPR_FACTORS]);
    self->evidence = reel__evidence_learn(f.known, model->params[BPR_LIKED]);
    f.threads = reel__par_threads((double)f.known.ptr[f.known.rows] * (double)self->d, WORK_GRAIN,
                                  context->threads);
    REEL_TRY(reel__evidence_select(&f.liked, f.known, &self->evidence, true, err));
    REEL_TRY(make_room(&f, err));
    for (int epoch = 0; epoch < epochs; epoch++) {
        run_epoch(&f, epoch);
        if (!reel__fit_step(context, (epoch + 1.0) / (epochs + 1.0)))
            REEL_TRY(reel_fail(err, REEL_E_CANCELLED, "fitting \"bpr\" was cancelled"));
    }
    fold_people(&f);
    REEL_TRY(check(&f, err));
    REEL_TRY(reel__ials_panels(&self->panels, self->films, model->movies, self->d, err));
    if (!reel__fit_step(context, 1))
        REEL_TRY(reel_fail(err, REEL_E_CANCELLED, "fitting \"bpr\" was cancelled"));
out:
    reel__csr_fini(&f.liked);
    reel__free(f.people_squares);
    reel__free(f.film_squares);
    reel__free(f.order);
    reel__free(f.offsets);
    reel__free(f.pushes);
    reel__free(f.sorted);
    reel__free(f.starts);
    reel__free(f.work);
    return rc;
}
