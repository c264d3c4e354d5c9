/* ease.c - EASE: the linear model that predicts each film from all others, in closed form.
 *   min_B  sum_u w_u |y_u - x_u B|^2 + sum_kj l_k B_kj^2     with B_jj = 0
 *   P = (X^T W X + diag l)^-1,     B = I - P diag(1 / P_jj),     s_j = sum_i x_i B_ij
 * Paper: Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data". Added to it:
 * - w_u = n_u^-weighting, scaled so that sum_u w_u n_u stays the number of entries: someone who has
 *   seen everything says less with each film.
 * - l_k = lambda (g_k / mean g)^ridge with g = the diagonal of X^T W X + 1: rare films, whose
 *   weights are the least certain, are held back less than lambda alone would.
 * - side: each term of the films' texts is one more person, who has liked a film as much as the
 *   term's TF-IDF in it, scaled so that a film's terms weigh what the ratings of `side` average
 *   films do. It is what a film without ratings is recommended by.
 * - two channels: where ratings are graded, a person is [liked films, disliked films]. A disliked
 *   film counts d = disliked_lowest for the lowest rating, rising to 1 at the first liked one, and
 *   y is 1 for a liked film and disliked_target d for a disliked one: to have chosen a film at all
 *   is some sign of taste for its kind. B has two rows a film, and both are 0 for the film itself.
 *   With P the inverse over both channels, S the two rows of film j, t = (1, disliked_target):
 *       B_j = (t in the rows S, else 0) - P_S (P_SS)^-1 t
 *   which is the formula above when S is one row.
 * Signals (data/signals.h) are liked films that count for what they say, also below 0.
 * B is kept in half precision (num/half.h): eleven bits of each weight, which change a score by
 * about a ten-thousandth of what its terms move. Reasons are made of the same weights.
 *
 * Defaults: by recall_min@20, ndcg@10, ndcg@100 on a validation part cut from the training part of
 * the fixed MovieLens 1M split (a fifth of each person's liked films, drawn once). Liked films:
 *     weighting 0.5, ridge 0.25, side 0:   .2853 .2212 .3435     side 10:  .2875 .2229 .3446
 *                                                                side 20:  .2709 .2147 .3270
 *     weighting 0.75, side 0:              .2855 .2221 .3450
 *     weighting 0.6, ridge 0.4, side 7:    .2881 .2233 .3467     weighting 0.75: .2876 .2235 .3474
 * All ratings known, 1,334 films, by disliked_target (every disliked film counting the same):
 *     liked channel alone:  .3338 .2561 .3955     -0.3:  .3195 .2506 .3735
 *     0:                    .3433 .2617 .4000     0.3:   .3561 .2674 .4128
 *     0.6:                  .3551 .2656 .4105     1:     .3418 .2505 .3955
 *     0.6 and disliked_lowest 0.3: .3597 .2704 .4173; ridge 0.4: .3602 .2711 .4179; side 5 with
 *     it: .3623 .2719 .4190
 * It is no artefact of all low ratings being known: where those of a fifth of everything seen are
 * hidden too, target 0 gives .3341 .2538 .3908, and 0.5 with half of it for ratings 1 and 2
 * .3447 .2587 .4027.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/evidence.h"
#include "model/history.h"
#include "model/side.h"
#include "num/gram.h"
#include "num/half.h"
#include "num/par.h"
#include "num/inverse.h"

enum {
    PARAM_LIKED,
    PARAM_CHANNELS,
    PARAM_LAMBDA,
    PARAM_WEIGHTING,
    PARAM_RIDGE,
    PARAM_SIDE,
    PARAM_TARGET,
    PARAM_LOWEST,

};
enum { CHANNELS_BOTH, CHANNELS_LIKED };
enum { SLOT_SUM, SLOT_ROWS, SLOT_WEIGHTS, SLOT_PLACES };
#define WEIGHTS_PER_THREAD 2e5 /* one thread finishes these while another one wakes */

static const reel_param_spec param_specs[] = {
    [PARAM_LIKED] = REEL_EVIDENCE_PARAM,
    [PARAM_CHANNELS] = {"channels",
                        "graded data: learn from disliked films too, or liked ones only",
                        REEL_PARAM_CHOICE, CHANNELS_BOTH, 0, 1, "both|liked"},
    [PARAM_LAMBDA] = {"lambda", "regularisation", REEL_PARAM_REAL, 500, 1e-3, 1e9, NULL, 10, 10000,
                      true},
    [PARAM_WEIGHTING] = {"weighting", "a person of n films counts n^-weighting", REEL_PARAM_REAL,
                         0.6, 0, 2, NULL, 0, 1},
    [PARAM_RIDGE] = {"ridge", "lambda grows with a film's frequency to this power", REEL_PARAM_REAL,
                     0.4, 0, 2, NULL, 0, 1},
    [PARAM_SIDE] = {"side", "weight of the films' texts, in average films' ratings; 0 = none",
                    REEL_PARAM_REAL, 0.3, 0, 1e6, NULL, 0, 2},
    [PARAM_TARGET] = {"disliked_target", "what a disliked film is worth where a liked one is 1",
                      REEL_PARAM_REAL, 0.6, -1, 1, NULL, 0, 1},
    [PARAM_LOWEST] = {"disliked_lowest", "share of that for the lowest rating", REEL_PARAM_REAL,
                      0.3, 0, 1, NULL, 0, 1},
};

typedef struct ease {
    reel_model base;
    reel_evidence evidence;
    bool disliked; /* there is a second channel */
    /* [(1 or 2) movies x movies] B, row-major: what a film of the history adds. Halves: a list
     * reads a row for each film of a history out of more than any cache holds. */
    const uint16_t *weights;
} ease;

static size_t count_inputs(const ease *self)
{
    return (size_t)self->base.movies * (self->disliked ? 2 : 1);
}

/* ---- scores -------------------------------------------------------------------------------- */

/* What a rating is as an input: 1 when liked, falling to `disliked_lowest` at the lowest one. */
static float input_value(const ease *self, float rating)
{
    const float lowest = (float)self->base.params[PARAM_LOWEST], low = self->base.low;
    const float liked = self->evidence.liked;

    if (!self->evidence.graded || rating >= liked || liked <= low)
        return 1;
    return lowest + (1 - lowest) * fmaxf(0, (rating - low) / (liked - low));
}

/* The row of B of an entry, or NULL where it says nothing. A film that is not wanted counts as a
 * liked one below 0: the disliked ones were chosen once. */
static const uint16_t *entry_row(const ease *self, const reel_entry *entry)
{
    const size_t movies = (size_t)self->base.movies;

    if (entry->kind == REEL_ENTRY_SIGNAL || reel__evidence_likes(&self->evidence, entry))
        return self->weights + (size_t)entry->movie * movies;
    return self->disliked ? self->weights + (movies + (size_t)entry->movie) * movies : NULL;
}

static float entry_weight(const ease *self, const reel_entry *entry)
{
    switch (entry->kind) {
    case REEL_ENTRY_SIGNAL:
        return entry->weight * entry->value;
    case REEL_ENTRY_CLICK:
        return entry->weight;
    default:
        return entry->weight * input_value(self, entry->value);
    }
}

/* The rows of a history and what they count for. */
typedef struct history_rows {
    const uint16_t **row;
    float *weight;
    size_t *entry; /* whose row it is */
    size_t count;
} history_rows;

static reel_code open_rows(history_rows *rows, const ease *self, const reel_query *query,
                           reel_scratch *scratch, reel_err *err)
{
    const size_t most = query->count + 1;

    rows->row = reel__scratch_get(scratch, SLOT_ROWS, most * sizeof *rows->row);
    rows->weight = reel__scratch_get(scratch, SLOT_WEIGHTS, most * sizeof *rows->weight);
    rows->entry = reel__scratch_get(scratch, SLOT_PLACES, most * sizeof *rows->entry);
    rows->count = 0;
    if (rows->row == NULL || rows->weight == NULL || rows->entry == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a history of %zu", query->count);
    for (size_t i = 0; i < query->count; i++) {
        rows->row[rows->count] = entry_row(self, &query->entries[i]);
        rows->weight[rows->count] = entry_weight(self, &query->entries[i]);
        rows->entry[rows->count] = i;
        rows->count += rows->row[rows->count] != NULL;
    }
    return REEL_OK;
}

static reel_code ease_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                            float *scores, reel_err *err)
{
    const size_t movies = (size_t)model->movies;
    double *sum = reel__scratch_get(scratch, SLOT_SUM, movies * sizeof *sum);
    history_rows rows;
    const reel_code rc = open_rows(&rows, (const ease *)model, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    if (sum == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to score %zu films", movies);
    memset(sum, 0, movies * sizeof *sum);
    reel__half_add_rows(sum, movies, rows.row, rows.weight, rows.count);
    for (size_t j = 0; j < movies; j++)
        scores[j] = (float)sum[j];
    return REEL_OK;
}

static reel_code ease_explain(const reel_model *model, const reel_query *query,
                              const reel_asked *asked, reel_scratch *scratch, reel_err *err)
{
    enum { AHEAD = 8 }; /* rows; each number of a row lies somewhere else */
    history_rows rows;
    const reel_code rc = open_rows(&rows, (const ease *)model, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    for (size_t r = 0; r < rows.count; r++) {
        const uint16_t *ahead = rows.row[r + AHEAD < rows.count ? r + AHEAD : r];

        for (size_t n = 0; n < asked->count; n++)
            __builtin_prefetch(ahead + asked->movies[n]);
        for (size_t n = 0; n < asked->count; n++) {
            const double added =
                (double)rows.weight[r] * (double)reel__half_value(rows.row[r][asked->movies[n]]);

            asked->contributions[n * query->count + rows.entry[r]] = added;
            asked->out[n].score += added;
        }
    }
    return REEL_OK;
}

/* ---- fitting ------------------------------------------------------------------------------- */

static double ease_memory(const reel_model *model, const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const bool both = (int)model->params[PARAM_CHANNELS] == CHANNELS_BOTH;
    const reel_evidence evidence = reel__evidence_learn(ratings, model->params[PARAM_LIKED]);
    const double inputs = (double)model->movies * (both && evidence.graded ? 2 : 1);

    return inputs * inputs * sizeof(float) +
           fmax((double)reel__spd_inverse_bytes((size_t)inputs),
                inputs * (double)model->movies * sizeof(uint16_t)) +
           24.0 * (double)ratings.ptr[ratings.rows];
}

/* Appends the liked or the disliked films of person u: liked ones, and signals, in their own
 * columns, disliked ones `movies` columns further on. */
static reel_nnz take_row(reel_csr *out, reel_nnz at, const ease *self, const reel_told *data,
                         reel_index u, bool liked)
{
    const reel_csr_view entries = data->people;

    for (reel_nnz k = entries.ptr[u]; k < entries.ptr[u + 1]; k++) {
        const reel_entry entry = reel__told_entry(entries, data->people_signals, k);

        if ((entry.kind == REEL_ENTRY_SIGNAL || reel__evidence_likes(&self->evidence, &entry)) !=
            liked)
            continue;
        out->col[at] = entry.movie + (liked ? 0 : entries.cols);
        out->val[at++] = entry_weight(self, &entry);
    }
    return at;
}

static reel_code take_inputs(reel_csr *out, const ease *self, const reel_told *data, reel_err *err)
{
    const reel_csr_view entries = data->people;
    reel_nnz at = 0;
    const reel_code rc = reel__csr_init(out, entries.rows, (reel_index)count_inputs(self),
                                        entries.ptr[entries.rows], err);

    for (reel_index u = 0; rc == REEL_OK && u < entries.rows; u++) {
        at = take_row(out, at, self, data, u, true);
        if (self->disliked)
            at = take_row(out, at, self, data, u, false);
        out->ptr[u + 1] = at;
    }
    return rc;
}

/* Each term of the films' texts is one more person, who has liked the films it stands in: a film's
 * terms weigh what `side` average films' ratings do. */
static reel_code add_side(float *gram, size_t n, const reel_dataset *dataset, double side,
                          int threads, reel_err *err)
{
    reel_csr films = {0}, terms = {0};
    double mean = 0, weight;
    reel_nnz count;
    reel_code rc = REEL_OK;

    if (side <= 0)
        return REEL_OK;
    REEL_TRY(reel__side_features(&films, dataset, err));
    for (reel_index j = 0; j < films.rows; j++)
        mean += (double)gram[(size_t)j * n + (size_t)j] / (double)films.rows;
    weight = sqrt(side * mean);
    count = films.ptr[films.rows];
    for (reel_nnz k = 0; k < count; k++)
        films.val[k] *= (float)weight;
    REEL_TRY(reel__csr_transpose(&terms, reel__csr_view(&films), err));
    REEL_TRY(reel__gram_add(gram, n, reel__csr_view(&terms), NULL, threads, err));
out:
    reel__csr_fini(&terms);
    reel__csr_fini(&films);
    return rc;
}

/* Adds l_k to the diagonal. */
static void add_ridge(float *gram, size_t n, double lambda, double power)
{
    double mean = 0;

    for (size_t k = 0; k < n; k++)
        mean += ((double)gram[k * n + k] + 1) / (double)n;
    for (size_t k = 0; k < n; k++) {
        const double g = (double)gram[k * n + k];

        gram[k * n + k] = (float)(g + lambda * pow((g + 1) / mean, power));
    }
}

/* What B is made of: P, whose rows are spoilt, and the columns' factors. */
typedef struct making {
    float *p; /* [inputs x inputs] */
    float
        *first; /* [movies] (P_SS)^-1 e, for the first and, where there is one, the second input */
    float *second;
    size_t movies, inputs;
} making;

/* B row by row. */
static void finish_rows(uint16_t *weights, const making *m, int threads)
{
    const size_t movies = m->movies, inputs = m->inputs;

#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t i = 0; i < inputs; i++) {
        float *row = m->p + i * inputs;

        for (size_t j = 0; j < movies; j++)
            row[j] =
                -(row[j] * m->first[j] + (inputs > movies ? row[movies + j] * m->second[j] : 0.0F));
        row[i < movies ? i : i - movies] = 0;
        reel__half_pack(weights + i * movies, row, movies);
    }
}

static void take_factors(const making *m, double target)
{
    const float *p = m->p;
    const size_t movies = m->movies, inputs = m->inputs;

    for (size_t j = 0; j < movies; j++) {
        const double own = (double)p[j * inputs + j];

        if (inputs == movies) {
            m->first[j] = (float)(1 / own);
        } else {
            const double other = (double)p[(movies + j) * inputs + movies + j];
            const double between = (double)p[j * inputs + movies + j];
            const double determinant = own * other - between * between;

            m->first[j] = (float)((other - between * target) / determinant);
            m->second[j] = (float)((own * target - between) / determinant);
        }
    }
}

static reel_code finish(ease *self, float *p, int threads, reel_err *err)
{
    const size_t movies = (size_t)self->base.movies, inputs = count_inputs(self);
    float *factors = reel__alloc_array(2 * movies, sizeof *factors);
    uint16_t *weights = reel__alloc_array(inputs * movies, sizeof *weights);
    making m = {.p = p, .first = factors, .movies = movies, .inputs = inputs};

    self->weights = weights;
    if (factors == NULL || weights == NULL) {
        reel__free(factors);
        return reel_fail(err, REEL_E_NOMEM, "no memory for the weights of %zu films", movies);
    }
    m.second = factors + movies;
    take_factors(&m, self->base.params[PARAM_TARGET]);
    finish_rows(weights, &m,
                reel__par_threads((double)inputs * (double)movies, WEIGHTS_PER_THREAD, threads));
    reel__free(factors);
    return REEL_OK;
}

static bool inverse_step(double share, void *user)
{
    return reel__fit_step(user, 0.2 + 0.75 * share);
}

static reel_code ease_fit(reel_model *model, const reel_dataset *dataset,
                          const reel_fit_context *context, reel_err *err)
{
    ease *self = (ease *)model;
    const double *params = model->params;
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_inverse_opts opts = {context->threads, inverse_step, (void *)(uintptr_t)context};
    reel_told data = {0};
    reel_csr inputs = {0};
    float *people = NULL, *gram = NULL;
    size_t n;
    reel_code rc = REEL_OK;

    self->evidence = reel__evidence_learn(ratings, params[PARAM_LIKED]);
    self->disliked = self->evidence.graded && (int)params[PARAM_CHANNELS] == CHANNELS_BOTH;
    n = count_inputs(self);
    gram = reel__alloc_zero(n * n, sizeof *gram);
    people = reel__alloc_array((size_t)ratings.rows, sizeof *people);
    if (gram == NULL || people == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory for %zu x %zu weights", n, n));
    REEL_TRY(reel__told_make(&data, dataset, err));
    REEL_TRY(take_inputs(&inputs, self, &data, err));
    reel__gram_weights(people, reel__csr_view(&inputs), params[PARAM_WEIGHTING]);
    REEL_TRY(reel__gram_add(gram, n, reel__csr_view(&inputs), people, context->threads, err));
    REEL_TRY(add_side(gram, n, dataset, params[PARAM_SIDE], context->threads, err));
    add_ridge(gram, n, params[PARAM_LAMBDA], params[PARAM_RIDGE]);
    REEL_TRY(reel__spd_inverse(gram, n, &opts, err));
    REEL_TRY(finish(self, gram, context->threads, err));
    if (!reel__fit_step(context, 1))
        rc = reel_fail(err, REEL_E_CANCELLED, "fitting \"ease\" was cancelled");
out:
    reel__csr_fini(&inputs);
    reel__told_fini(&data);
    reel__free(people);
    reel__free(gram);
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code ease_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const ease *self = (const ease *)model;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_save(&self->evidence, writer, err));
    REEL_TRY(reel__tensors_add_matrix(writer, "weights", REEL_F16, self->weights,
                                      (int64_t)count_inputs(self), model->movies, err));
out:
    return rc;
}

static reel_code ease_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                           reel_err *err)
{
    ease *self = (ease *)model;
    const void *weights = NULL;
    int64_t shape[2] = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_load(&self->evidence, tensors, prefix, err));
    REEL_TRY(reel__tensors_get_matrix(tensors, prefix, "weights", REEL_F16, &weights, shape, err));
    self->weights = weights;
    self->disliked = shape[0] == 2 * (int64_t)model->movies;
    if (shape[1] != model->movies || shape[0] != (int64_t)count_inputs(self))
        return reel_fail(err, REEL_E_FORMAT, "%s: weights are %lld x %lld for %d films",
                         reel__tensors_path(tensors), (long long)shape[0], (long long)shape[1],
                         (int)model->movies);
    if (!reel__half_finite(self->weights, (size_t)shape[0] * (size_t)shape[1]))
        return reel_fail(err, REEL_E_FORMAT, "%s: a weight is no number in range",
                         reel__tensors_path(tensors));
out:
    return rc;
}

static void ease_fini(reel_model *model)
{
    ease *self = (ease *)model;

    if (model->tensors == NULL)
        reel__free((void *)(uintptr_t)self->weights);
}

const reel_model_ops reel__model_ease = {
    .info = {.name = "ease",
             .summary = "each film predicted from all others; linear, in closed form",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(ease),
    .memory = ease_memory,
    .lighter = "ials or item-knn",
    .takes_signals = true,
    .fit = ease_fit,
    .score = ease_score,
    .explain_many = ease_explain,
    .save = ease_save,
    .load = ease_load,
    .fini = ease_fini,
};
