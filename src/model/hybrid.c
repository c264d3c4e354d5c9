/* hybrid.c - a weighted sum of the other models' standardised scores.
 *   s_j = sum_m w_m(n) (s_mj - mean_m) / deviation_m
 * mean and deviation are those of member m's scores over all films for this very query, so members
 * of any scale can be mixed; the weights depend on the length n of the history (hybrid.h). A member
 * that scores every film the same (a history it cannot use) adds nothing.
 * The sum of a linear decomposition is one again: contributions are scaled by w_m / deviation_m,
 * baselines and means go into the baseline.
 *
 * Weights are learned on validation lists of the data at hand (eval/blend.h), which the service
 * does when it fits a hybrid. This file only combines under them. The built-in weights below are
 * for when nothing was learned: those of content, user-knn and popular were found on validation
 * lists of MovieLens 1M by an earlier grid, the others are round numbers.
 *
 * With `recency` the members are asked with a history whose newer entries weigh more (recency.h):
 * for what comes next; docs/models.md has what it was found to do on validation parts.
 *
 * Members, on validation lists cut from the training part of the fixed MovieLens 1M split (`reel
 * evaluate --train --test --k 10,20,100`), recall_min@20, ndcg@10, ndcg@100. A fifth of each
 * person's held out, the blend learned once:
 *     before ials was tuned, popular by its count        .2959 .2266 .3528
 *     ials tuned, popular by its logarithm               .2987 .2287 .3572
 *     the same and item-knn                              .2994 .2293 .3580
 *     ... without popular                                .2975 .2290 .3572
 *     ... learned twice                                  .3002 .2292 .3581
 *     as it is                                           .2997 .2288 .3579
 *     ... with vae=1, which takes three times as long    .2993 .2295 .3593
 * vae is left out for that time; bpr is slower still.
 * A tenth held out: without it (100 factors, 200 hidden, 8 epochs, rate .0015) .2965 .1724 .2997,
 * with it .3009 .1724 .3012; ials .2960 .1712 .2999. Weights found on half of the people, judged on
 * the other: ials + ease .2965 .2278 .3554; with vae .2978 .2283 .3567, its larger form .2974 .2288
 * .3565, popular by its logarithm .2981 .2281 .3569, by its count .2970 .2276 .3559, that logarithm
 * and vae .2988 .2285 .3584, bpr .2967 .2278 .3561, ials of 64 factors .2965 .2277 .3554, rp3beta,
 * slim, a second ease with a relaxed diagonal (EDLAE), graph filters (GF-CF) and a ridge over
 * people about .001 or less of either sign. A tenth of the likes held out for learning instead of a
 * fifth: .2970 .1713 .2999 on the tenth, no gain.
 */
#include "model/hybrid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "model/model_priv.h"
#include "model/recency.h"
#include "num/kernels.h"

/* Scores that differ by less, as a share of their mean, count as all the same: standardised, they
 * would be little but rounding. */
#define SAME       1e-3
#define WEIGHT_MAX 1e3F

enum { MEMBERS = REEL_HYBRID_MEMBERS, KNOTS = REEL_HYBRID_KNOTS };
enum { SLOT_SCORES, SLOT_STATE, SLOT_CONTRIBUTIONS, SLOT_ENTRIES, SLOT_DATED, SLOT_PARTS };
enum { NAME_SIZE = 32, LIST_SIZE = 1024 };

/* Models it can combine, with the weights built in; a parameter of the same name for each. */
static const struct {
    const char *name;
    float weight[KNOTS]; /* for histories of 0, 1, 4, 16, 64, 256 films and more */
} known[] = {
    {"ease", {0, 1, 1, 1, 1, 1}},
    {"ials", {0, 1, 1, 1, 1, 1}},
    {"item-knn", {0, 0.5F, 0.5F, 0.5F, 0.3F, 0.3F}},
    {"rp3beta", {0, 0.5F, 0.5F, 0.5F, 0.3F, 0.3F}},
    {"vae", {0, 1, 1, 1, 1, 1}},
    {"content", {0, 0.3F, 0.3F, 0.35F, 0.5F, 0.4F}},
    {"user-knn", {0, 1, 1, 1, 1, 1}},
    {"popular", {1, 0.2F, 0.1F, 0, 0, 0}},
};
enum { KNOWN = sizeof known / sizeof *known, RECENCY = KNOWN, PARAMS };

typedef struct hybrid {
    reel_model base;
    reel_model *members[MEMBERS];
    size_t count;
    float weights[MEMBERS * KNOTS]; /* [count][KNOTS], the parameters multiplied in */
    /* The scores of `popular` and what standardises them are the same for every history. */
    float *fame; /* [movies], owned; NULL: it is no member */
    reel_standard fame_standard;
} hybrid;

/* What score found out about its members for a query, left in the scratch for explain. */
typedef struct hybrid_state {
    uint64_t key;
    double mean[MEMBERS];
    double scale[MEMBERS]; /* weight / deviation; 0 = adds nothing */
} hybrid_state;

#define MEMBER(model, initial)                                                                     \
    {                                                                                              \
        model, "how much of " model " is mixed in: multiplies its weights; 0 = not part of it",    \
            REEL_PARAM_REAL, initial, 0, 100, NULL                                                 \
    }
static const reel_param_spec param_specs[PARAMS] = {
    MEMBER("ease", 1),
    MEMBER("ials", 1),
    MEMBER("item-knn", 1),
    MEMBER("rp3beta", 0),
    MEMBER("vae", 0),
    MEMBER("content", 1),
    MEMBER("user-knn", 1),
    MEMBER("popular", 1),
    {"recency",
     "an entry counts half as much when this many are newer; 0 = all alike, whatever their times",
     REEL_PARAM_REAL, 0, 0, 1e6, NULL, 2, 100, true},
};

/* ---- weights ------------------------------------------------------------------------------- */

void reel__hybrid_shares(size_t length, double share[REEL_HYBRID_KNOTS])
{
    const double at = length == 0 ? 0 : fmin(1 + log2((double)length) / 2, KNOTS - 1);
    const int below = (int)at < KNOTS - 1 ? (int)at : KNOTS - 2;

    for (int k = 0; k < KNOTS; k++)
        share[k] = 0;
    share[below] = 1 - (at - below);
    share[below + 1] = at - below;
}

static double weight_of(const hybrid *self, size_t member, size_t length)
{
    double share[KNOTS], weight = 0;

    reel__hybrid_shares(length, share);
    for (int k = 0; k < KNOTS; k++)
        weight += share[k] * (double)self->weights[member * KNOTS + (size_t)k];
    return weight;
}

static int known_index(const char *name)
{
    for (int i = 0; i < KNOWN; i++)
        if (strcmp(known[i].name, name) == 0)
            return i;
    return -1;
}

/* `popular` counts by the logarithm: how far other models overrate famous films goes by it. */
static bool by_logarithm(const reel_model *member)
{
    return member->ops == &reel__model_popular;
}

static double logarithm(double score)
{
    return log1p(fmax(score, 0));
}

reel_standard reel__hybrid_standard(const reel_model *member, float *scores, size_t movies)
{
    double mean, deviation;

    for (size_t j = 0; by_logarithm(member) && j < movies; j++)
        scores[j] = (float)logarithm((double)scores[j]);
    reel__moments(scores, movies, &mean, &deviation);
    if (!(deviation > SAME * fabs(mean) && deviation > 1e-30))
        return (reel_standard){.mean = mean};
    return (reel_standard){.mean = mean, .scale = 1 / deviation};
}

reel_code reel__hybrid_names(const char **names, size_t *count, double *recency,
                             const reel_params *params, reel_err *err)
{
    reel_model *model = NULL;
    reel_code rc = REEL_OK;

    *count = 0;
    REEL_TRY(reel__model_new(&model, &reel__model_hybrid, err));
    REEL_TRY(reel__params_set(model, params, err));
    for (int i = 0; i < KNOWN; i++)
        if (model->params[i] > 0)
            names[(*count)++] = known[i].name;
    *recency = model->params[RECENCY];
    if (*count == 0)
        rc = reel_fail(err, REEL_E_INVALID, "a hybrid needs at least one model to combine");
out:
    reel_model_free(model);
    return rc;
}

const float *reel__hybrid_weights(const reel_model *model, const char *member)
{
    const hybrid *self = (const hybrid *)model;

    if (model->ops != &reel__model_hybrid)
        return NULL; /* one that was widened is none inside */
    for (size_t m = 0; m < self->count; m++)
        if (strcmp(self->members[m]->ops->info.name, member) == 0)
            return self->weights + m * KNOTS;
    return NULL;
}

/* ---- scores -------------------------------------------------------------------------------- */

static reel_code no_memory(const hybrid *self, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to combine scores of %d films",
                     (int)self->base.movies);
}

/* The query the members are asked with: `given`, its entries weighed by age where that is wanted
 * and their times are known. Other weights than those trained on, so that no stored vector applies.
 */
static reel_code weigh_entries(reel_query *out, const hybrid *self, const reel_query *given,
                               reel_scratch *scratch, reel_err *err)
{
    const double half_life = self->base.params[RECENCY];
    reel_entry *entries;
    reel_dated *dated;

    *out = *given;
    if (half_life == 0 || given->count == 0)
        return REEL_OK;
    entries = reel__scratch_get(scratch, SLOT_ENTRIES, given->count * sizeof *entries);
    dated = reel__scratch_get(scratch, SLOT_DATED, given->count * sizeof *dated);
    if (entries == NULL || dated == NULL)
        return no_memory(self, err);
    memcpy(entries, given->entries, given->count * sizeof *entries);
    if (reel__recency_weigh(entries, given->count, half_life, dated))
        out->entries = entries;
    return REEL_OK;
}

/* scores += scale (own - mean) */
REEL_KERNEL static void add_standardised(float *restrict scores, const float *restrict own,
                                         size_t movies, double mean, double scale)
{
#pragma omp simd
    for (size_t j = 0; j < movies; j++)
        scores[j] += (float)(scale * ((double)own[j] - mean));
}

/* A member's scores for a query, and what standardises them. */
static reel_code ask_member(const float **out, reel_standard *standard, const hybrid *self,
                            const reel_model *member, const reel_query *query,
                            reel_scratch *scratch, reel_err *err)
{
    const size_t movies = (size_t)self->base.movies;
    float *own;
    reel_scratch *part;
    reel_code rc;

    if (by_logarithm(member)) {
        *out = self->fame;
        *standard = self->fame_standard;
        return REEL_OK;
    }
    *out = own = reel__scratch_get(scratch, SLOT_SCORES, movies * sizeof *own);
    part = reel__scratch_part(scratch, member);
    if (own == NULL || part == NULL)
        return no_memory(self, err);
    rc = member->ops->score(member, query, part, own, err);
    if (rc == REEL_OK)
        *standard = reel__hybrid_standard(member, own, movies);
    return rc;
}

/* Signals make no history longer: the weights were learned on ratings. */
static size_t length_of(const reel_query *query)
{
    size_t length = 0;

    for (size_t i = 0; i < query->count; i++)
        length += query->entries[i].kind != REEL_ENTRY_SIGNAL;
    return length;
}

/* One member's scores, standardised and added to scores. */
static reel_code add_member(const hybrid *self, size_t m, const reel_query *query,
                            reel_scratch *scratch, hybrid_state *state, float *scores,
                            reel_err *err)
{
    const double weight = weight_of(self, m, length_of(query));
    const float *own = NULL;
    reel_standard standard = {0};
    reel_code rc;

    state->mean[m] = state->scale[m] = 0;
    if (weight == 0)
        return REEL_OK;
    rc = ask_member(&own, &standard, self, self->members[m], query, scratch, err);
    if (rc != REEL_OK)
        return rc;
    state->mean[m] = standard.mean;
    state->scale[m] = weight * standard.scale;
    if (state->scale[m] != 0)
        add_standardised(scores, own, (size_t)self->base.movies, standard.mean, state->scale[m]);
    return REEL_OK;
}

/* query: as weigh_entries leaves it. */
static reel_code score_weighed(const hybrid *self, const reel_query *query, reel_scratch *scratch,
                               float *scores, reel_err *err)
{
    hybrid_state *state = reel__scratch_get(scratch, SLOT_STATE, sizeof *state);

    if (state == NULL)
        return no_memory(self, err);
    state->key = 0;
    memset(scores, 0, (size_t)self->base.movies * sizeof *scores);
    for (size_t m = 0; m < self->count; m++) {
        const reel_code rc = add_member(self, m, query, scratch, state, scores, err);

        if (rc != REEL_OK)
            return rc;
    }
    state->key = reel__query_key(&self->base, query);
    return REEL_OK;
}

static reel_code hybrid_score(const reel_model *model, const reel_query *query,
                              reel_scratch *scratch, float *scores, reel_err *err)
{
    const hybrid *self = (const hybrid *)model;
    reel_query weighed;
    const reel_code rc = weigh_entries(&weighed, self, query, scratch, err);

    return rc == REEL_OK ? score_weighed(self, &weighed, scratch, scores, err) : rc;
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* The state of this query, from the last score or by scoring anew. */
static reel_code open_state(hybrid_state **out, const hybrid *self, const reel_query *query,
                            reel_scratch *scratch, reel_err *err)
{
    hybrid_state *state = reel__scratch_get(scratch, SLOT_STATE, sizeof *state);
    float *scores;

    *out = state;
    if (state != NULL && state->key == reel__query_key(&self->base, query))
        return REEL_OK;
    scores =
        reel__scratch_get(scratch, SLOT_CONTRIBUTIONS, (size_t)self->base.movies * sizeof *scores);
    if (state == NULL || scores == NULL)
        return no_memory(self, err);
    return score_weighed(self, query, scratch, scores, err);
}

static void add_terms(reel_explanation *out, const reel_explanation *part, double scale)
{
    out->term_count = part->term_count;
    for (size_t t = 0; t < part->term_count; t++)
        out->terms[t] =
            (reel_term_reason){part->terms[t].term, part->terms[t].contribution * scale};
}

/* What one member has said of some films, added to what the hybrid says. */
static void add_reasons(const reel_model *member, double mean, double scale, const reel_asked *own,
                        size_t entries, const reel_asked *asked)
{
    for (size_t n = 0; n < asked->count; n++) {
        reel_explanation *part = &own->out[n], *out = &asked->out[n];

        if (by_logarithm(member)) /* the same for every history, so all of it is baseline */
            part->score = part->baseline = logarithm(part->score);
        out->score += scale * (part->score - mean);
        out->baseline += scale * (part->baseline - mean);
        if (part->term_count > 0)
            add_terms(out, part, scale);
    }
    for (size_t i = 0; i < asked->count * entries; i++)
        asked->contributions[i] += scale * own->contributions[i];
}

static reel_code hybrid_explain(const reel_model *model, const reel_query *given,
                                const reel_asked *asked, reel_scratch *scratch, reel_err *err)
{
    const hybrid *self = (const hybrid *)model;
    const size_t room = asked->count * given->count * sizeof *asked->contributions;
    reel_asked own = *asked;
    hybrid_state *state = NULL;
    reel_query query;
    reel_code rc = REEL_OK;

    REEL_TRY(weigh_entries(&query, self, given, scratch, err));
    REEL_TRY(open_state(&state, self, &query, scratch, err));
    own.contributions = reel__scratch_get(scratch, SLOT_CONTRIBUTIONS, room + 1);
    own.out = reel__scratch_get(scratch, SLOT_PARTS, asked->count * sizeof *own.out);
    if (own.contributions == NULL || own.out == NULL)
        return no_memory(self, err);
    for (size_t m = 0; m < self->count; m++) {
        const reel_model *member = self->members[m];
        reel_scratch *part = reel__scratch_part(scratch, member);

        if (state->scale[m] == 0)
            continue;
        if (part == NULL)
            return no_memory(self, err);
        memset(own.contributions, 0, room);
        memset(own.out, 0, asked->count * sizeof *own.out);
        REEL_TRY(reel__model_reasons(member, &query, &own, part, err));
        add_reasons(member, state->mean[m], state->scale[m], &own, query.count, asked);
    }
out:
    return rc;
}

static reel_code hybrid_neighbours(const reel_model *model, const reel_query *query, size_t limit,
                                   reel_scratch *scratch, reel_neighbour *out, size_t *count,
                                   reel_err *err)
{
    const hybrid *self = (const hybrid *)model;

    for (size_t m = 0; m < self->count; m++) {
        const reel_model *member = self->members[m];
        reel_scratch *part;

        if (member->ops->neighbours == NULL)
            continue;
        part = reel__scratch_part(scratch, member);
        if (part == NULL)
            return no_memory(self, err);
        return member->ops->neighbours(member, query, limit, part, out, count, err);
    }
    return reel_fail(err, REEL_E_INVALID, "no model of this hybrid compares people");
}

/* ---- combining ----------------------------------------------------------------------------- */

/* Its members and weights are part of what a hybrid is, so they are part of its id. */
static reel_code stamp(hybrid *self, reel_err *err)
{
    const size_t bytes = self->count * KNOTS * sizeof *self->weights;
    char ids[LIST_SIZE] = "";
    size_t at = 0;

    for (size_t m = 0; m < self->count; m++)
        at += (size_t)snprintf(ids + at, sizeof ids - at, "%s ", self->members[m]->id);
    (void)snprintf(ids + at, sizeof ids - at, "%016llx",
                   (unsigned long long)reel__hash64(self->weights, bytes, 0));
    return reel__model_stamp(&self->base, ids, err);
}

/* What `popular` says of the films, asked once for all histories. */
static reel_code keep_fame(hybrid *self, const reel_model *popular, reel_err *err)
{
    const size_t movies = (size_t)self->base.movies;
    const reel_query nothing = {.row = -1};
    reel_scratch *scratch = NULL;
    reel_code rc = REEL_OK;

    self->fame = reel__alloc_aligned(movies, sizeof *self->fame);
    if (self->fame == NULL)
        return no_memory(self, err);
    REEL_TRY(reel_scratch_new(&scratch, err));
    REEL_TRY(reel_model_score(popular, &nothing, scratch, self->fame, err));
    self->fame_standard = reel__hybrid_standard(popular, self->fame, movies);
out:
    reel_scratch_free(scratch);
    return rc;
}

/* What follows from members and weights. */
static reel_code complete(hybrid *self, reel_err *err)
{
    for (size_t m = 0; m < self->count; m++)
        if (by_logarithm(self->members[m])) {
            const reel_code rc = keep_fame(self, self->members[m], err);

            if (rc != REEL_OK)
                return rc;
        }
    return stamp(self, err);
}

static reel_code check_member(const hybrid *self, const reel_model *member, reel_err *err)
{
    const reel_model *base = &self->base;

    if (known_index(member->ops->info.name) < 0)
        return reel_fail(err, REEL_E_INVALID, "a hybrid cannot combine a model \"%s\"",
                         member->ops->info.name);
    for (size_t m = 0; m < self->count; m++)
        if (self->members[m]->ops == member->ops)
            return reel_fail(err, REEL_E_INVALID,
                             "a hybrid combines one model of each kind; \"%s\" is a second one",
                             member->id);
    if (member->movies != base->movies || strcmp(member->data_hash, base->data_hash) != 0 ||
        memcmp(member->movie_ids, base->movie_ids, (size_t)base->movies * sizeof(int64_t)) != 0)
        return reel_fail(err, REEL_E_INVALID,
                         "\"%s\" was fitted on other data than the rest of the hybrid", member->id);
    return REEL_OK;
}

/* Signals come where every member takes them, so that contributions are of the same entries. */
static void count_member(hybrid *self, reel_model *member)
{
    self->base.takes_signals =
        (self->count == 0 || self->base.takes_signals) && member->takes_signals;
    self->members[self->count++] = member;
}

/* weights [KNOTS], before the member's parameter is multiplied in. */
static void add_shared(hybrid *self, reel_model *member, const float *weights)
{
    const int i = known_index(member->ops->info.name);

    for (int k = 0; k < KNOTS; k++)
        self->weights[self->count * KNOTS + (size_t)k] =
            (weights == NULL ? known[i].weight : weights)[k] * (float)self->base.params[i];
    count_member(self, reel_model_ref(member));
}

reel_code reel__hybrid_make(reel_model **out, reel_model *const *members, size_t count,
                            const reel_params *params, const float *weights, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_model *model = NULL;

    *out = NULL;
    if (count == 0)
        return reel_fail(err, REEL_E_INVALID, "a hybrid needs at least one model to combine");
    REEL_TRY(reel__model_new(&model, &reel__model_hybrid, err));
    for (size_t i = 0; i < KNOWN; i++)
        model->params[i] = 0;
    for (size_t i = 0; i < count; i++)
        if (known_index(members[i]->ops->info.name) >= 0)
            model->params[known_index(members[i]->ops->info.name)] = 1;
    REEL_TRY(reel__params_set(model, params, err));
    REEL_TRY(reel__model_copy_data(model, members[0], err));
    for (size_t i = 0; i < count; i++) {
        REEL_TRY(check_member((hybrid *)model, members[i], err));
        add_shared((hybrid *)model, members[i], weights == NULL ? NULL : weights + i * KNOTS);
    }
    REEL_TRY(complete((hybrid *)model, err));
    *out = model;
    model = NULL;
out:
    reel_model_free(model);
    return rc;
}

reel_code reel_model_combine(reel_model **out, reel_model *const *members, size_t count,
                             const reel_params *params, reel_err *err)
{
    return reel__hybrid_make(out, members, count, params, NULL, err);
}

/* ---- fitting ------------------------------------------------------------------------------- */

/* A member's share of the way, passed on to whoever watches the whole. */
typedef struct part_progress {
    const reel_fit_context *whole;
    double from, width;
} part_progress;

static void report_part(double share, void *user)
{
    const part_progress *part = user;

    if (part->whole->progress != NULL)
        part->whole->progress(part->from + share * part->width, part->whole->user);
}

static reel_code hybrid_fit(reel_model *model, const reel_dataset *dataset,
                            const reel_fit_context *context, reel_err *err)
{
    hybrid *self = (hybrid *)model;
    reel_code rc = REEL_OK;

    for (int i = 0; i < KNOWN; i++) {
        part_progress part = {context, (double)i / KNOWN, 1.0 / KNOWN};
        reel_fit_context own = *context;
        reel_model *member = NULL;

        if (model->params[i] == 0)
            continue;
        own.progress = report_part;
        own.user = &part;
        REEL_TRY(reel_model_fit(&member, known[i].name, dataset, NULL, &own, err));
        add_shared(self, member, NULL);
        reel_model_free(member);
    }
    if (self->count == 0)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "a hybrid needs at least one model to combine"));
    REEL_TRY(complete(self, err));
out:
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code hybrid_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const hybrid *self = (const hybrid *)model;
    char list[LIST_SIZE] = "", prefix[NAME_SIZE];
    size_t at = 0;
    reel_code rc = REEL_OK;

    for (size_t m = 0; m < self->count; m++)
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", at > 0 ? "|" : "",
                               self->members[m]->ops->info.name);
    REEL_TRY(reel__tensors_meta(writer, "members", list, err));
    REEL_TRY(reel__tensors_add_matrix(writer, "weights", REEL_F32, self->weights,
                                      (int64_t)self->count, KNOTS, err));
    for (size_t m = 0; m < self->count; m++) {
        (void)snprintf(prefix, sizeof prefix, "%s/", self->members[m]->ops->info.name);
        REEL_TRY(reel__tensors_prefix(writer, prefix, err));
        REEL_TRY(reel__model_save_body(self->members[m], writer, err));
    }
    REEL_TRY(reel__tensors_prefix(writer, "", err));
out:
    return rc;
}

/* The next name of "a|b|c" at *list as a known model, or -1; *list moves on, to NULL after the
 * last. */
static int next_member(const char **list)
{
    const size_t length = strcspn(*list, "|");
    char name[NAME_SIZE] = "";

    if (length < sizeof name)
        memcpy(name, *list, length);
    *list = (*list)[length] == '|' ? *list + length + 1 : NULL;
    return known_index(name);
}

static reel_code load_member(hybrid *self, int i, reel_err *err)
{
    reel_tensors *tensors = self->base.tensors;
    reel_model *member = NULL;
    char prefix[NAME_SIZE];
    const char *name;
    reel_code rc;

    (void)snprintf(prefix, sizeof prefix, "%s/", known[i].name);
    name = reel__tensors_get_meta(tensors, prefix, "model");
    if (name == NULL || strcmp(name, known[i].name) != 0)
        return reel_fail(err, REEL_E_FORMAT, "%s: the part \"%s\" is no %s model",
                         reel__tensors_path(tensors), prefix, known[i].name);
    rc = reel__model_load_body(&member, tensors, prefix, err);
    if (rc == REEL_OK)
        count_member(self, member);
    return rc;
}

static reel_code load_members(hybrid *self, const char *list, reel_err *err)
{
    bool taken[KNOWN] = {false};

    while (list != NULL) {
        const int i = next_member(&list);
        reel_code rc;

        if (i < 0 || taken[i] || self->count == MEMBERS)
            return reel_fail(err, REEL_E_FORMAT, "%s: the header's \"members\" is damaged",
                             reel__tensors_path(self->base.tensors));
        taken[i] = true;
        rc = load_member(self, i, err);
        if (rc != REEL_OK)
            return rc;
    }
    return REEL_OK;
}

static reel_code load_weights(hybrid *self, const char *prefix, reel_err *err)
{
    const reel_tensors *tensors = self->base.tensors;
    const void *data = NULL;
    int64_t shape[2] = {0, 0};
    const reel_code rc =
        reel__tensors_get_matrix(tensors, prefix, "weights", REEL_F32, &data, shape, err);

    if (rc != REEL_OK)
        return rc;
    if (shape[0] != (int64_t)self->count || shape[1] != KNOTS)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld x %lld weights of %zu models",
                         reel__tensors_path(tensors), (long long)shape[0], (long long)shape[1],
                         self->count);
    memcpy(self->weights, data, self->count * KNOTS * sizeof *self->weights);
    for (size_t i = 0; i < self->count * KNOTS; i++)
        if (!(fabsf(self->weights[i]) <= WEIGHT_MAX))
            return reel_fail(err, REEL_E_FORMAT, "%s: weight %zu is no number from -%g to %g",
                             reel__tensors_path(tensors), i, (double)WEIGHT_MAX,
                             (double)WEIGHT_MAX);
    return REEL_OK;
}

static reel_code hybrid_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                             reel_err *err)
{
    hybrid *self = (hybrid *)model;
    const char *list = reel__tensors_get_meta(tensors, prefix, "members");
    reel_code rc = REEL_OK;

    if (list == NULL)
        return reel_fail(err, REEL_E_FORMAT, "%s: the header has no \"members\"",
                         reel__tensors_path(tensors));
    REEL_TRY(load_members(self, list, err));
    REEL_TRY(load_weights(self, prefix, err));
    REEL_TRY(complete(self, err));
out:
    return rc;
}

static void hybrid_fini(reel_model *model)
{
    hybrid *self = (hybrid *)model;

    for (size_t m = 0; m < MEMBERS; m++)
        reel_model_free(self->members[m]);
    reel__free(self->fame);
}

const reel_model_ops reel__model_hybrid = {
    .info = {.name = "hybrid",
             .summary = "several models together, weighed by how much you rated",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(hybrid),
    .fit = hybrid_fit,
    .score = hybrid_score,
    .explain_many = hybrid_explain,
    .neighbours = hybrid_neighbours,
    .save = hybrid_save,
    .load = hybrid_load,
    .fini = hybrid_fini,
};
