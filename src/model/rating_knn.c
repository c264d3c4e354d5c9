/* rating_knn.c - predicted ratings from similar people or films: knn-basic, knn-centered and
 * knn-baseline; the formula is in rating_knn.h, the similarities in num/agreement.h.
 * Methods and similarities as in Surprise (KNNBasic, KNNWithMeans, KNNBaseline; pearson-baseline is
 * Koren 2010), which by=user similarity=msd neighbours=40 shrinkage=0 exponent=1 gives: RMSE .9226,
 * .9281 and .8943 on the first of five folds of MovieLens 1M, as published.
 *
 * Defaults, RMSE on a tenth of the ratings cut from the training part of that fold (bench_ratings
 * RATINGS FOLDS MODEL fold=0 validate=1):
 *     knn-baseline by item, pearson-baseline, 40 neighbours, shrinkage 100:
 *         exponent 1 .8630, 2 .8590; exponent 2: 80 neighbours .8599, shrinkage 200 and 50
 *         neighbours .8588, shrinkage 300 and 60 .8590, regularisation .1 .8597; exponent 3,
 *         80 neighbours .8632
 *     knn-centered by item, the same, exponent 2: .8586; shrinkage 200, 60 neighbours .8584
 *     knn-basic by user, msd, 40 neighbours: .9267; exponent 4 .9393; exponent 4, shrinkage 20,
 *         80 neighbours .9091; by item, pearson-baseline .9274
 */
#include "model/rating_knn.h"

#include <math.h>
#include <string.h>

enum { SLOT_STATE, SLOT_SUMS, SLOT_NEAR };

/* One who speaks for a film: a rater (by user) or an entry of the history (by item). */
typedef struct voice {
    float similarity;
    reel_index index;
    double deviation; /* r - base */
} voice;

/* What a query is like, worked out once and kept for the films that are asked about. */
typedef struct state {
    uint64_t key;
    double mean;        /* of the history's ratings */
    double bias;        /* of the person */
    float similarity[]; /* by user: [people] */
} state;

typedef struct room { /* for one film */
    float *score;     /* similarities to pick from */
    reel_scored *top; /* [neighbours] */
    voice *voices;
} room;

static size_t neighbours_of(const rating_knn *self)
{
    return (size_t)self->base.params[RATING_KNN_NEIGHBOURS];
}

static reel_code no_memory(const rating_knn *self, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to ask model \"%s\"", self->base.id);
}

/* ---- the query ----------------------------------------------------------------------------- */

static bool is_rating(const reel_entry *entry)
{
    return entry->kind == REEL_ENTRY_RATING;
}

static double mean_of_query(const rating_knn *self, const reel_query *query)
{
    double sum = 0, weight = 0;

    for (size_t n = 0; n < query->count; n++)
        if (is_rating(&query->entries[n])) {
            sum += (double)query->entries[n].weight * (double)query->entries[n].value;
            weight += (double)query->entries[n].weight;
        }
    return weight > 0 ? sum / weight : self->biases.mean;
}

/* Similarities of everyone with the history; one's own row has none. */
static void compare(const rating_knn *self, const reel_query *query, state *s, reel_agree *sums)
{
    const double *params = self->base.params;
    const reel_index people = self->base.people;

    memset(sums, 0, (size_t)people * sizeof *sums);
    for (size_t n = 0; n < query->count; n++) {
        const reel_entry *e = &query->entries[n];
        const reel_nnz begin = self->ptr[e->movie];
        double value = (double)e->value;

        if (!is_rating(e))
            continue;
        if (rating_knn_residuals(self))
            value -= self->biases.mean + s->bias + (double)self->biases.movie[e->movie];
        reel__agree_add(sums, self->col + begin, self->val + begin, self->ptr[e->movie + 1] - begin,
                        (float)value, e->weight);
    }
    reel__agree_similarities((reel_agreement)params[RATING_KNN_SIMILARITY],
                             params[RATING_KNN_SHRINKAGE], sums, people, s->similarity);
    if (query->row >= 0 && query->row < people)
        s->similarity[query->row] = 0;
}

/* What is known of the query: from the last film or worked out anew; NULL without memory. */
static const state *open_state(const rating_knn *self, const reel_query *query,
                               reel_scratch *scratch)
{
    const uint64_t key = reel__query_key(&self->base, query);
    const size_t people = rating_knn_by_item(self) ? 0 : (size_t)self->base.people;
    state *s = reel__scratch_get(scratch, SLOT_STATE, sizeof *s + people * sizeof(float));
    reel_agree *sums;

    if (s == NULL || s->key == key)
        return s;
    s->key = 0;
    s->mean = mean_of_query(self, query);
    s->bias = reel__biases_of_query(&self->biases, query, NULL);
    if (people > 0) {
        sums = reel__scratch_get(scratch, SLOT_SUMS, people * sizeof *sums);
        if (sums == NULL)
            return NULL;
        compare(self, query, s, sums);
    }
    s->key = key;
    return s;
}

static bool open_room(const rating_knn *self, const reel_query *query, reel_scratch *scratch,
                      room *out)
{
    const size_t most = rating_knn_by_item(self) ? query->count : (size_t)self->base.people;
    const size_t k = neighbours_of(self) < most ? neighbours_of(self) : most;
    char *memory = reel__scratch_get(
        scratch, SLOT_NEAR, (most + 1) * (sizeof(voice) + sizeof(float)) + k * sizeof(reel_scored));

    if (memory == NULL)
        return false;
    out->voices = (voice *)(void *)memory;
    out->top = (reel_scored *)(void *)(out->voices + most + 1);
    out->score = (float *)(void *)(out->top + k);
    return true;
}

/* ---- one film ------------------------------------------------------------------------------ */

static double base_of(const rating_knn *self, const state *s, reel_index movie)
{
    switch (reel__rating_knn_base(&self->base)) {
    case RATING_KNN_MEAN:
        return rating_knn_by_item(self) ? (double)self->film[movie] : s->mean;
    case RATING_KNN_BIASES:
        return self->biases.mean + s->bias + (double)self->biases.movie[movie];
    case RATING_KNN_ZERO:
    default:
        return 0;
    }
}

/* Whoever rated the film and is like the history. */
static size_t raters(const rating_knn *self, const state *s, reel_index movie, voice *out)
{
    const double film = self->biases.mean + (double)self->biases.movie[movie];
    const double lift = (rating_knn_residuals(self) ? film : 0) -
                        (reel__rating_knn_base(&self->base) == RATING_KNN_BIASES ? film : 0);
    size_t count = 0;

    for (reel_nnz k = self->ptr[movie]; k < self->ptr[movie + 1]; k++) {
        const reel_index v = self->col[k];

        out[count] =
            (voice){s->similarity[v], v, (double)self->val[k] + (double)self->lift[v] + lift};
        count += s->similarity[v] > 0;
    }
    return count;
}

/* Entries of the history that are like the film. */
static size_t entries(const rating_knn *self, const reel_query *query, const state *s,
                      reel_index movie, voice *out)
{
    size_t count = 0;

    for (size_t n = 0; n < query->count; n++) {
        const reel_entry *e = &query->entries[n];
        const float similarity =
            e->movie == movie ? 0 : self->triangle[rating_knn_at(movie, e->movie)];

        if (similarity > 0 && is_rating(e))
            out[count++] =
                (voice){similarity, (reel_index)n, (double)e->value - base_of(self, s, e->movie)};
    }
    return count;
}

/* The k most similar of count voices, brought to the front; how many. */
static size_t pick(const rating_knn *self, const room *r, size_t count)
{
    size_t kept = 0, place = 0;
    reel_scored last;

    if (count <= neighbours_of(self))
        return count;
    for (size_t n = 0; n < count; n++)
        r->score[n] = r->voices[n].similarity;
    kept = reel__topk(r->score, (reel_index)count, NULL, neighbours_of(self), r->top);
    last = r->top[kept - 1];
    for (size_t n = 0; n < count; n++)
        if (r->score[n] > last.score || (r->score[n] == last.score && (reel_index)n <= last.index))
            r->voices[place++] = r->voices[n];
    return place;
}

/* The voices that count for a film, their similarity replaced by their share. */
static size_t gather(const rating_knn *self, const reel_query *query, const state *s,
                     reel_index movie, const room *r)
{
    const double *params = self->base.params;
    const bool by_item = rating_knn_by_item(self);
    const size_t count = pick(self, r,
                              by_item ? entries(self, query, s, movie, r->voices)
                                      : raters(self, s, movie, r->voices));
    double total = params[RATING_KNN_REGULARISATION];

    if ((double)count < params[RATING_KNN_MIN])
        return 0;
    for (size_t n = 0; n < count; n++) {
        voice *v = &r->voices[n];

        if (params[RATING_KNN_EXPONENT] != 1)
            v->similarity = (float)pow((double)v->similarity, params[RATING_KNN_EXPONENT]);
        if (by_item)
            v->similarity *= query->entries[v->index].weight;
        total += (double)v->similarity;
    }
    for (size_t n = 0; n < count; n++)
        r->voices[n].deviation *= total > 0 ? (double)r->voices[n].similarity / total : 0;
    return total > 0 ? count : 0;
}

static float predict_one(const rating_knn *self, const reel_query *query, const state *s,
                         reel_index movie, const room *r)
{
    const size_t count = gather(self, query, s, movie, r);
    double sum = base_of(self, s, movie);

    if (count == 0 && reel__rating_knn_base(&self->base) == RATING_KNN_ZERO)
        sum = self->biases.mean;
    for (size_t n = 0; n < count; n++)
        sum += r->voices[n].deviation;
    return (float)sum;
}

static reel_code knn_predict(const reel_model *model, const reel_query *query,
                             const reel_index *movies, size_t count, reel_scratch *scratch,
                             float *out, reel_err *err)
{
    const rating_knn *self = (const rating_knn *)model;
    const state *s = open_state(self, query, scratch);
    room r;

    if (s == NULL || !open_room(self, query, scratch, &r))
        return no_memory(self, err);
    for (size_t i = 0; i < count; i++)
        out[i] = predict_one(self, query, s, movies[i], &r);
    return REEL_OK;
}

static reel_code knn_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                           float *scores, reel_err *err)
{
    const rating_knn *self = (const rating_knn *)model;
    const state *s = open_state(self, query, scratch);
    room r;

    if (s == NULL || !open_room(self, query, scratch, &r))
        return no_memory(self, err);
    for (reel_index j = 0; j < model->movies; j++)
        scores[j] = predict_one(self, query, s, j, &r);
    return REEL_OK;
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* What a neighbour says is what the films in common say, each by its weight: walk the raters of
 * every film of the history, once to count and once to share out. said [people], common [people] */
static void share_out(const rating_knn *self, const reel_query *query, const double *said,
                      double *common, double *contributions)
{
    for (int round = 0; round < 2; round++)
        for (size_t n = 0; n < query->count; n++) {
            const reel_entry *e = &query->entries[n];

            for (reel_nnz k = self->ptr[e->movie]; is_rating(e) && k < self->ptr[e->movie + 1];
                 k++) {
                const reel_index v = self->col[k];

                if (round == 0)
                    common[v] += (double)e->weight;
                else if (said[v] != 0)
                    contributions[n] += said[v] * (double)e->weight / common[v];
            }
        }
}

/* What of the base the history has said: the person's mean or bias. */
static void share_base(const rating_knn *self, const reel_query *query, double *contributions)
{
    const rating_knn_base base = reel__rating_knn_base(&self->base);
    double weight = 0;

    if (base == RATING_KNN_BIASES)
        (void)reel__biases_of_query(&self->biases, query, contributions);
    if (base != RATING_KNN_MEAN || rating_knn_by_item(self))
        return;
    for (size_t n = 0; n < query->count; n++)
        weight += is_rating(&query->entries[n]) ? (double)query->entries[n].weight : 0;
    for (size_t n = 0; n < query->count; n++)
        if (is_rating(&query->entries[n]))
            contributions[n] =
                (double)query->entries[n].weight * (double)query->entries[n].value / weight;
}

static reel_code knn_explain(const reel_model *model, const reel_query *query, reel_index movie,
                             reel_scratch *scratch, double *contributions, reel_explanation *out,
                             reel_err *err)
{
    const rating_knn *self = (const rating_knn *)model;
    const bool by_item = rating_knn_by_item(self);
    const size_t people = by_item ? 0 : (size_t)model->people;
    const state *s = open_state(self, query, scratch);
    double *said = reel__scratch_get(scratch, SLOT_SUMS, (2 * people + 1) * sizeof *said);
    size_t count;
    room r;

    if (s == NULL || said == NULL || !open_room(self, query, scratch, &r))
        return no_memory(self, err);
    memset(contributions, 0, query->count * sizeof *contributions);
    memset(said, 0, 2 * people * sizeof *said);
    out->score = (double)predict_one(self, query, s, movie, &r);
    share_base(self, query, contributions);
    count = gather(self, query, s, movie, &r);
    for (size_t n = 0; n < count; n++)
        *(by_item ? &contributions[r.voices[n].index] : &said[r.voices[n].index]) +=
            r.voices[n].deviation;
    if (!by_item)
        share_out(self, query, said, said + people, contributions);
    out->baseline = out->score;
    for (size_t n = 0; n < query->count; n++)
        out->baseline -= contributions[n];
    return REEL_OK;
}

/* ---- the three ----------------------------------------------------------------------------- */

#define SIMILARITIES "msd|cosine|pearson|pearson-baseline"
#define PARAMS(by, k, similarity, shrink, power, regularisation)                                   \
    {                                                                                              \
        [RATING_KNN_BY] = {"by",       "compare people or films", REEL_PARAM_CHOICE, by, 0, 1,     \
                           "user|item"},                                                           \
        [RATING_KNN_NEIGHBOURS] = {"neighbours",                                                   \
                                   "how many of the most similar count at the most",               \
                                   REEL_PARAM_INT,                                                 \
                                   k,                                                              \
                                   1,                                                              \
                                   4096,                                                           \
                                   NULL},                                                          \
        [RATING_KNN_MIN] =                                                                         \
            {"min_neighbours", "with fewer none counts", REEL_PARAM_INT, 1, 1, 4096, NULL},        \
        [RATING_KNN_SIMILARITY] = {"similarity",                                                   \
                                   "how ratings in common are compared",                           \
                                   REEL_PARAM_CHOICE,                                              \
                                   similarity,                                                     \
                                   0,                                                              \
                                   3,                                                              \
                                   SIMILARITIES},                                                  \
        [RATING_KNN_SHRINKAGE] = {"shrinkage",                                                     \
                                  "lowers similarities from few ratings in common",                \
                                  REEL_PARAM_REAL,                                                 \
                                  shrink,                                                          \
                                  0,                                                               \
                                  1e6,                                                             \
                                  NULL},                                                           \
        [RATING_KNN_EXPONENT] =                                                                    \
            {"exponent", "similarities are raised to this power", REEL_PARAM_REAL, power, 0.1, 10, \
             NULL},                                                                                \
        [RATING_KNN_REGULARISATION] = {                                                            \
            "regularisation",                                                                      \
            "similarity given to the base; more trusts neighbours less",                           \
            REEL_PARAM_REAL,                                                                       \
            regularisation,                                                                        \
            0,                                                                                     \
            1e6,                                                                                   \
            NULL},                                                                                 \
    }

static const reel_param_spec basic_specs[] = PARAMS(RATING_KNN_USER, 80, REEL_AGREE_MSD, 20, 4, 0);
static const reel_param_spec centered_specs[] =
    PARAMS(RATING_KNN_ITEM, 60, REEL_AGREE_RESIDUALS, 200, 2, 0);
static const reel_param_spec baseline_specs[] =
    PARAMS(RATING_KNN_ITEM, 50, REEL_AGREE_RESIDUALS, 200, 2, 0);

#define OPS(the_name, the_summary, specs)                                                          \
    {                                                                                              \
        .info = {.name = (the_name),                                                               \
                 .summary = (the_summary),                                                         \
                 .task = REEL_TASK_RATING,                                                         \
                 .fold_in = REEL_FOLD_IN_EXACT,                                                    \
                 .params = (specs),                                                                \
                 .param_count = RATING_KNN_PARAMS},                                                \
        .struct_size = sizeof(rating_knn), .memory = reel__rating_knn_memory,                      \
        .lighter = "baseline", .fit = reel__rating_knn_fit, .score = knn_score,                    \
        .predict = knn_predict, .explain = knn_explain, .save = reel__rating_knn_save,             \
        .load = reel__rating_knn_load, .fini = reel__rating_knn_fini,                              \
    }

const reel_model_ops reel__model_knn_basic = OPS(
    "knn-basic", "ratings by similar people or of similar films; predicts ratings", basic_specs);
const reel_model_ops reel__model_knn_centered =
    OPS("knn-centered", "the same, by how far they are from the mean; predicts ratings",
        centered_specs);
const reel_model_ops reel__model_knn_baseline =
    OPS("knn-baseline", "the same, by how far they are from the baseline; predicts ratings",
        baseline_specs);

rating_knn_base reel__rating_knn_base(const reel_model *model)
{
    if (model->ops == &reel__model_knn_basic)
        return RATING_KNN_ZERO;
    return model->ops == &reel__model_knn_centered ? RATING_KNN_MEAN : RATING_KNN_BIASES;
}
