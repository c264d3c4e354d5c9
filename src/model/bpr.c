/* bpr.c - Bayesian personalised ranking: film vectors learned from comparisons, s = x.y.
 *   sum over u, i liked, j not seen of ln sigma(x_u.y_i - x_u.y_j) - reg / 2 (|x_u|^2 + |y_i|^2 +
 *   |y_j|^2)
 * Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009 (arXiv 1205.2618), by AdaGrad (bpr_fit.c).
 * The rival j is the one that scores highest of a few drawn at random (Zhang, Chen, Wang, Yu 2013,
 * 10.1145/2484028.2484126): it is the mistakes at the top of the list that matter.
 * A history of anybody is folded in by such comparisons, films standing still; people of the
 * training data end with the same, so that a stored vector is the folded one. A move of x is linear
 * in x and the two films, so x is a sum over the comparisons, and so over the history.
 *
 * Defaults: validation lists of the split described in ials.c, sum of recall_min@20, ndcg@10 and
 * ndcg@100. 64 factors, 20 epochs: .8389; with fold_epochs 8 .8317, candidates 16 .8273, candidates
 * 5 and reg .04 .8056; 40 epochs .8512; 128 factors, 30 epochs: reg .03 .8553, .04 .8554. With the
 * vectors people had when training ended instead of folded ones: 64 factors, 20 epochs .8299; 10
 * epochs: reg .01 .7481, .03 .7981, .1 .5880, candidates 1 .6784, 24 .7459.
 */
#include "model/bpr.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/kernels.h"
#include "num/panels.h"

enum {
    SLOT_HISTORY,
    SLOT_WEIGHTS,
    SLOT_VECTORS,
    SLOT_STATE,
    SLOT_STATE_X,
    SLOT_PEOPLE,
    SLOT_FOLDED
};

static const reel_param_spec param_specs[] = {
    [BPR_FACTORS] = {"factors", "length of a person's and of a film's vector", REEL_PARAM_INT, 128,
                     1, 2048, NULL},
    [BPR_EPOCHS] = {"epochs", "how often each liked film is compared with another", REEL_PARAM_INT,
                    30, 1, 100000, NULL},
    [BPR_LEARNING_RATE] = {"learning_rate", "AdaGrad's step", REEL_PARAM_REAL, 0.05, 1e-6, 10,
                           NULL},
    [BPR_REG] = {"reg", "ridge on the vectors of a comparison", REEL_PARAM_REAL, 0.03, 0, 1, NULL},
    [BPR_CANDIDATES] = {"candidates", "films drawn for a comparison; the best of them is the rival",
                        REEL_PARAM_INT, 8, 1, BPR_CANDIDATES_MAX, NULL},
    [BPR_FOLD_EPOCHS] = {"fold_epochs", "how often folding in compares each liked film",
                         REEL_PARAM_INT, 20, 1, 10000, NULL},
    [BPR_LIKED] = REEL_EVIDENCE_PARAM,
};

/* ---- scores -------------------------------------------------------------------------------- */

static reel_code no_memory(const reel_model *model, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no working memory for model \"%s\"", model->id);
}

/* A history as a walk that has not begun; it borrows from the scratch. */
static reel_code open_walk(bpr_walk *walk, const bpr *self, const reel_query *query,
                           reel_scratch *scratch, reel_err *err)
{
    const size_t room = query->count + 1;
    reel_index *films = reel__scratch_get(scratch, SLOT_HISTORY, 2 * room * sizeof *films);
    float *weight = reel__scratch_get(scratch, SLOT_WEIGHTS, room * sizeof *weight);
    float *vectors = reel__scratch_get(scratch, SLOT_VECTORS, 3 * self->d * sizeof *vectors);
    size_t count = 0;

    if (films == NULL || weight == NULL || vectors == NULL)
        return no_memory(&self->base, err);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        films[i] = e->movie;
        films[room + count] = e->movie;
        weight[count] = e->weight;
        count += reel__evidence_likes(&self->evidence, e);
    }
    *walk = (bpr_walk){.known = films,
                       .known_count = query->count,
                       .liked = films + room,
                       .weight = weight,
                       .liked_count = count,
                       .x = vectors,
                       .squares = vectors + self->d,
                       .gradient = vectors + 2 * self->d};
    reel__bpr_start(self, walk);
    return REEL_OK;
}

static void fold(const bpr *self, bpr_walk *walk)
{
    const int epochs = (int)self->base.params[BPR_FOLD_EPOCHS];

    for (int epoch = 0; epoch < epochs; epoch++)
        for (size_t i = 0; i < walk->liked_count; i++)
            (void)reel__bpr_compare(self, walk, i);
}

static reel_code bpr_score_many(const reel_model *model, const reel_query *queries, size_t count,
                                reel_scratch *scratch, float *scores, reel_err *err)
{
    const bpr *self = (const bpr *)model;
    const size_t d = self->d;
    const float **people = reel__scratch_get(scratch, SLOT_PEOPLE, count * sizeof *people);
    float *folded = reel__scratch_get(scratch, SLOT_FOLDED, count * d * sizeof *folded);
    bpr_walk walk;
    reel_code rc = REEL_OK;

    if (people == NULL || folded == NULL)
        return no_memory(model, err);
    for (size_t i = 0; i < count; i++) {
        const reel_index stored = reel__model_row(model, &queries[i]);

        people[i] = folded + i * d;
        if (stored >= 0) {
            people[i] = self->people + (size_t)stored * d;
            continue;
        }
        REEL_TRY(open_walk(&walk, self, &queries[i], scratch, err));
        fold(self, &walk);
        memcpy(folded + i * d, walk.x, d * sizeof *folded);
    }
    reel__panels_multiply(self->panels, (size_t)model->movies, d, people, count, scores);
out:
    return rc;
}

static reel_code bpr_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                           float *scores, reel_err *err)
{
    return bpr_score_many(model, query, 1, scratch, scores, err);
}

/* Take part in a move of x: every entry's share of x shrinks as x does, and the entry that was
 * compared gains. shares [liked x d]; squares are as they are after the move. */
static void share_move(const bpr *self, const bpr_walk *walk, const bpr_move *move, size_t i,
                       double *shares)
{
    const double rate = self->base.params[BPR_LEARNING_RATE], reg = self->base.params[BPR_REG];
    const size_t d = self->d;
    const float *better = self->films + (size_t)move->better * d;
    const float *worse = self->films + (size_t)move->worse * d;

    for (size_t k = 0; k < walk->liked_count; k++)
        for (size_t f = 0; f < d; f++)
            shares[k * d + f] *= 1 - reg * rate / sqrt((double)walk->squares[f] + 1e-8);
    for (size_t f = 0; f < d; f++)
        shares[i * d + f] += rate / sqrt((double)walk->squares[f] + 1e-8) * (double)move->size *
                             ((double)better[f] - (double)worse[f]);
}

/* What each entry adds to x. */
static void fold_in_shares(const bpr *self, bpr_walk *walk, double *shares)
{
    const int epochs = (int)self->base.params[BPR_FOLD_EPOCHS];

    memset(shares, 0, walk->liked_count * self->d * sizeof *shares);
    for (int epoch = 0; epoch < epochs; epoch++)
        for (size_t i = 0; i < walk->liked_count; i++) {
            const bpr_move move = reel__bpr_compare(self, walk, i);

            if (move.worse >= 0)
                share_move(self, walk, &move, i, shares);
        }
}

/* What explain keeps of a history: its vector and the shares in it. */
typedef struct bpr_state {
    uint64_t key; /* reel__query_key, 0 = nothing kept */
    double shares[];
} bpr_state;

static reel_code open_state(bpr_state **out, float **x, const bpr *self, const reel_query *query,
                            reel_scratch *scratch, reel_err *err)
{
    const uint64_t key = reel__query_key(&self->base, query);
    bpr_state *state = reel__scratch_get(
        scratch, SLOT_STATE, sizeof *state + (query->count + 1) * self->d * sizeof(double));
    bpr_walk walk;
    reel_code rc;

    *out = state;
    *x = reel__scratch_get(scratch, SLOT_STATE_X, self->d * sizeof **x);
    if (state == NULL || *x == NULL)
        return no_memory(&self->base, err);
    if (state->key == key)
        return REEL_OK;
    state->key = 0;
    rc = open_walk(&walk, self, query, scratch, err);
    if (rc != REEL_OK)
        return rc;
    fold_in_shares(self, &walk, state->shares);
    memcpy(*x, walk.x, self->d * sizeof **x);
    state->key = key;
    return REEL_OK;
}

/* What entry i adds is its share of x times the film; what rounding makes of the difference is
 * baseline. */
static reel_code bpr_explain(const reel_model *model, const reel_query *query, reel_index movie,
                             reel_scratch *scratch, double *contributions, reel_explanation *out,
                             reel_err *err)
{
    const bpr *self = (const bpr *)model;
    const float *film = self->films + (size_t)movie * self->d;
    bpr_state *state = NULL;
    const double *share;
    float *x = NULL;
    const reel_code rc = open_state(&state, &x, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    out->score = out->baseline = (double)reel__dot(film, x, self->d);
    share = state->shares;
    for (size_t i = 0; i < query->count; i++) {
        if (!reel__evidence_likes(&self->evidence, &query->entries[i]))
            continue;
        for (size_t f = 0; f < self->d; f++)
            contributions[i] += share[f] * (double)film[f];
        out->baseline -= contributions[i];
        share += self->d;
    }
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code bpr_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const bpr *self = (const bpr *)model;
    const int64_t d = (int64_t)self->d;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__evidence_save(&self->evidence, writer, err));
    REEL_TRY(
        reel__tensors_add_matrix(writer, "films", REEL_F32, self->films, model->movies, d, err));
    REEL_TRY(
        reel__tensors_add_matrix(writer, "people", REEL_F32, self->people, model->people, d, err));
out:
    return rc;
}

static reel_code bpr_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    bpr *self = (bpr *)model;
    const size_t d = ials_round_up((size_t)model->params[BPR_FACTORS]);
    reel_code rc = REEL_OK;

    self->d = d;
    REEL_TRY(reel__evidence_load(&self->evidence, tensors, prefix, err));
    REEL_TRY(reel__ials_matrix(&self->films, model->movies, d, tensors, prefix, "films", err));
    REEL_TRY(reel__ials_matrix(&self->people, model->people, d, tensors, prefix, "people", err));
    REEL_TRY(reel__ials_panels(&self->panels, self->films, model->movies, d, err));
out:
    return rc;
}

static void bpr_fini(reel_model *model)
{
    bpr *self = (bpr *)model;

    reel__free(self->panels);
    if (model->tensors != NULL)
        return;
    reel__free((void *)(uintptr_t)self->films);
    reel__free((void *)(uintptr_t)self->people);
}

const reel_model_ops reel__model_bpr = {
    .info = {.name = "bpr",
             .summary = "vectors learned from which of two films was liked",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(bpr),
    .memory = reel__bpr_memory,
    .lighter = "popular",
    .fit = reel__bpr_fit,
    .score = bpr_score,
    .score_many = bpr_score_many,
    .explain = bpr_explain,
    .save = bpr_save,
    .load = bpr_load,
    .fini = bpr_fini,
};
