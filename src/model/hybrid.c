/* hybrid.c - a weighted sum of the other models' standardised scores.
 *   s_j = sum_m w_m(n) (s_mj - mean_m) / deviation_m
 * mean and deviation are those of member m's scores over all films for this very query, so members
 * of any scale can be mixed; the weights depend on the length n of the history, in five steps. A
 * member that scores every film the same (a history it cannot use) adds nothing.
 * The sum of a linear decomposition is one again: contributions are scaled by w_m / deviation_m,
 * baselines and means go into the baseline.
 *
 * Default weights: from a grid (user-knn 1; content and popular 0 to 2) by NDCG@10 on validation
 * lists cut from the training part of the common MovieLens 1M split: a fifth of each person's
 * ratings >= 4 held out, all films ranked, known ones masked, asked with a random part of the
 * history of each length (bench/blend.c, `bench_blend FOLDER`):
 *   history       people  popular  content  user-knn  hybrid  weights: content, popular
 *   none            6028    .1232    .0168     .0168   .1232  0, 1 (content knows nothing then)
 *   1 to 4          6028    .1232    .0219     .1529   .1546  .3, .2
 *   5 to 19         6028    .1232    .0399     .1927   .1932  .25, 0
 *   20 to 99        5579    .1277    .0658     .2266   .2301  .5, 0
 *   100 and more    2374    .1885    .1105     .2877   .2933  .4, 0
 * They were chosen before content was last tuned; the best of the grid today is .1549, .1940, .2305
 * and .2933, less than the grid can tell apart.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/model_priv.h"
#include "num/kernels.h"

/* Scores that differ by less, as a share of their mean, count as all the same: standardised, they
 * would be little but rounding. */
#define SAME 1e-3

enum { CONTENT, USER_KNN, POPULAR, MEMBERS };
enum { STEPS = 5 };
enum { SLOT_SCORES, SLOT_STATE, SLOT_CONTRIBUTIONS };
enum { NAME_SIZE = 32, LIST_SIZE = 160 };

static const char *const member_names[MEMBERS] = {"content", "user-knn", "popular"};
/* The shortest history of each step; the parameters below are named after them. */
static const size_t step_from[STEPS] = {0, 1, 5, 20, 100};

typedef struct hybrid {
    reel_model base;
    reel_model *members[MEMBERS]; /* NULL = not part of it */
} hybrid;

/* What score found out about its members for a query, left in the scratch for explain. */
typedef struct hybrid_state {
    uint64_t key;
    double mean[MEMBERS];
    double scale[MEMBERS]; /* weight / deviation; 0 = adds nothing */
} hybrid_state;

#define WEIGHT(member, from, to, value)                                                            \
    {                                                                                              \
        member "-" from, "weight of " member " for histories of " to, REEL_PARAM_REAL, value, 0,   \
            100, NULL                                                                              \
    }
#define WEIGHTS(member, a, b, c, d, e)                                                             \
    WEIGHT(member, "0", "no film", a), WEIGHT(member, "1", "1 to 4 films", b),                     \
        WEIGHT(member, "5", "5 to 19 films", c), WEIGHT(member, "20", "20 to 99 films", d),        \
        WEIGHT(member, "100", "100 films and more", e)

static const reel_param_spec param_specs[MEMBERS * STEPS] = {
    WEIGHTS("content", 0, 0.3, 0.25, 0.5, 0.4),
    WEIGHTS("user-knn", 0, 1, 1, 1, 1),
    WEIGHTS("popular", 1, 0.2, 0, 0, 0),
};

static double weight_of(const hybrid *self, int member, size_t length)
{
    int step = STEPS - 1;

    while (step > 0 && length < step_from[step])
        step--;
    return self->base.params[member * STEPS + step];
}

/* ---- scores -------------------------------------------------------------------------------- */

/* One member's scores, standardised and added to scores. */
static reel_code add_member(const hybrid *self, int m, const reel_query *query,
                            reel_scratch *scratch, hybrid_state *state, float *scores,
                            reel_err *err)
{
    const reel_model *member = self->members[m];
    const double weight = weight_of(self, m, query->count);
    const size_t movies = (size_t)self->base.movies;
    float *own = reel__scratch_get(scratch, SLOT_SCORES, movies * sizeof *own);
    reel_scratch *part = NULL;
    double deviation = 0, mean, scale;
    reel_code rc;

    state->mean[m] = state->scale[m] = 0;
    if (member == NULL || weight == 0)
        return REEL_OK;
    part = reel__scratch_part(scratch, member);
    if (own == NULL || part == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu scores", movies);
    rc = member->ops->score(member, query, part, own, err);
    if (rc != REEL_OK)
        return rc;
    reel__moments(own, movies, &state->mean[m], &deviation);
    if (!(deviation > SAME * fabs(state->mean[m]) && deviation > 1e-30))
        return REEL_OK;
    mean = state->mean[m];
    state->scale[m] = scale = weight / deviation;
    for (size_t j = 0; j < movies; j++)
        scores[j] += (float)(scale * ((double)own[j] - mean));
    return REEL_OK;
}

static reel_code hybrid_score(const reel_model *model, const reel_query *query,
                              reel_scratch *scratch, float *scores, reel_err *err)
{
    const hybrid *self = (const hybrid *)model;
    hybrid_state *state = reel__scratch_get(scratch, SLOT_STATE, sizeof *state);

    if (state == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to combine scores");
    state->key = 0;
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    for (int m = 0; m < MEMBERS; m++) {
        const reel_code rc = add_member(self, m, query, scratch, state, scores, err);

        if (rc != REEL_OK)
            return rc;
    }
    state->key = reel__query_key(model, query);
    return REEL_OK;
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
        return reel_fail(err, REEL_E_NOMEM, "no memory to combine scores");
    return hybrid_score(&self->base, query, scratch, scores, err);
}

static void add_terms(reel_explanation *out, const reel_explanation *part, double scale)
{
    out->term_count = part->term_count;
    for (size_t t = 0; t < part->term_count; t++)
        out->terms[t] =
            (reel_term_reason){part->terms[t].term, part->terms[t].contribution * scale};
}

static reel_code hybrid_explain(const reel_model *model, const reel_query *query, reel_index movie,
                                reel_scratch *scratch, double *contributions, reel_explanation *out,
                                reel_err *err)
{
    const hybrid *self = (const hybrid *)model;
    hybrid_state *state = NULL;
    double *own;
    reel_code rc = open_state(&state, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    own = reel__scratch_get(scratch, SLOT_CONTRIBUTIONS, (query->count + 1) * sizeof *own);
    if (own == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu reasons", query->count);
    for (int m = 0; m < MEMBERS; m++) {
        const reel_model *member = self->members[m];
        const double scale = state->scale[m];
        reel_scratch *child;
        reel_explanation part = {0};

        if (scale == 0)
            continue;
        child = reel__scratch_part(scratch, member);
        if (child == NULL)
            return reel_fail(err, REEL_E_NOMEM, "no memory to explain %zu films", query->count);
        memset(own, 0, query->count * sizeof *own);
        rc = member->ops->explain(member, query, movie, child, own, &part, err);
        if (rc != REEL_OK)
            return rc;
        out->score += scale * (part.score - state->mean[m]);
        out->baseline += scale * (part.baseline - state->mean[m]);
        for (size_t i = 0; i < query->count; i++)
            contributions[i] += scale * own[i];
        if (part.term_count > 0)
            add_terms(out, &part, scale);
    }
    return REEL_OK;
}

static reel_code hybrid_neighbours(const reel_model *model, const reel_query *query, size_t limit,
                                   reel_scratch *scratch, reel_neighbour *out, size_t *count,
                                   reel_err *err)
{
    const reel_model *member = ((const hybrid *)model)->members[USER_KNN];
    reel_scratch *child;

    if (member == NULL)
        return reel_fail(err, REEL_E_INVALID, "this hybrid has no user-knn and compares no people");
    child = reel__scratch_part(scratch, member);
    if (child == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to compare people");
    return member->ops->neighbours(member, query, limit, child, out, count, err);
}

/* ---- combining ----------------------------------------------------------------------------- */

static int member_index(const char *name)
{
    for (int m = 0; m < MEMBERS; m++)
        if (strcmp(member_names[m], name) == 0)
            return m;
    return -1;
}

/* Its members are part of what a hybrid is, so they are part of its id. */
static reel_code stamp(hybrid *self, reel_err *err)
{
    char ids[LIST_SIZE] = "";
    size_t at = 0;

    for (int m = 0; m < MEMBERS; m++)
        if (self->members[m] != NULL)
            at += (size_t)snprintf(ids + at, sizeof ids - at, "%s ", self->members[m]->id);
    return reel__model_stamp(&self->base, ids, err);
}

static reel_code add_shared(hybrid *self, reel_model *member, reel_err *err)
{
    const int m = member_index(member->ops->info.name);
    const reel_model *base = &self->base;

    if (m < 0 || self->members[m] != NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "a hybrid combines one each of content, user-knn and "
                         "popular; \"%s\" is %s",
                         member->id, m < 0 ? "none of them" : "a second one");
    if (member->movies != base->movies || strcmp(member->data_hash, base->data_hash) != 0 ||
        memcmp(member->movie_ids, base->movie_ids, (size_t)base->movies * sizeof(int64_t)) != 0)
        return reel_fail(err, REEL_E_INVALID,
                         "\"%s\" was fitted on other data than the rest of the hybrid", member->id);
    self->members[m] = reel_model_ref(member);
    return REEL_OK;
}

reel_code reel_model_combine(reel_model **out, reel_model *const *members, size_t count,
                             const reel_params *params, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_model *model = NULL;

    *out = NULL;
    if (count == 0)
        return reel_fail(err, REEL_E_INVALID, "a hybrid needs at least one model to combine");
    REEL_TRY(reel__model_new(&model, &reel__model_hybrid, err));
    REEL_TRY(reel__params_set(model, params, err));
    REEL_TRY(reel__model_copy_data(model, members[0], err));
    for (size_t i = 0; i < count; i++)
        REEL_TRY(add_shared((hybrid *)model, members[i], err));
    REEL_TRY(stamp((hybrid *)model, err));
    *out = model;
    model = NULL;
out:
    reel_model_free(model);
    return rc;
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

    for (int m = 0; m < MEMBERS; m++) {
        part_progress part = {context, (double)m / MEMBERS, 1.0 / MEMBERS};
        reel_fit_context own = *context;

        own.progress = report_part;
        own.user = &part;
        REEL_TRY(reel_model_fit(&self->members[m], member_names[m], dataset, NULL, &own, err));
    }
    REEL_TRY(stamp(self, err));
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

    for (int m = 0; m < MEMBERS; m++)
        if (self->members[m] != NULL)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", at > 0 ? "|" : "",
                                   member_names[m]);
    REEL_TRY(reel__tensors_meta(writer, "members", list, err));
    for (int m = 0; m < MEMBERS; m++) {
        if (self->members[m] == NULL)
            continue;
        (void)snprintf(prefix, sizeof prefix, "%s/", member_names[m]);
        REEL_TRY(reel__tensors_prefix(writer, prefix, err));
        REEL_TRY(reel__model_save_body(self->members[m], writer, err));
    }
    REEL_TRY(reel__tensors_prefix(writer, "", err));
out:
    return rc;
}

/* The next name of "a|b|c" at *list as a member, or -1; *list moves on, to NULL after the last. */
static int next_member(const char **list)
{
    const size_t length = strcspn(*list, "|");
    char name[NAME_SIZE] = "";

    if (length < sizeof name)
        memcpy(name, *list, length);
    *list = (*list)[length] == '|' ? *list + length + 1 : NULL;
    return member_index(name);
}

static reel_code load_member(hybrid *self, int m, reel_err *err)
{
    reel_tensors *tensors = self->base.tensors;
    char prefix[NAME_SIZE];
    const char *name;

    (void)snprintf(prefix, sizeof prefix, "%s/", member_names[m]);
    name = reel__tensors_get_meta(tensors, prefix, "model");
    if (name == NULL || strcmp(name, member_names[m]) != 0)
        return reel_fail(err, REEL_E_FORMAT, "%s: the part \"%s\" is no %s model",
                         reel__tensors_path(tensors), prefix, member_names[m]);
    return reel__model_load_body(&self->members[m], tensors, prefix, err);
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
    while (list != NULL) {
        const int m = next_member(&list);

        if (m < 0 || self->members[m] != NULL)
            return reel_fail(err, REEL_E_FORMAT, "%s: the header's \"members\" is damaged",
                             reel__tensors_path(tensors));
        REEL_TRY(load_member(self, m, err));
    }
    REEL_TRY(stamp(self, err));
out:
    return rc;
}

static void hybrid_fini(reel_model *model)
{
    for (int m = 0; m < MEMBERS; m++)
        reel_model_free(((hybrid *)model)->members[m]);
}

const reel_model_ops reel__model_hybrid = {
    .info = {.name = "hybrid",
             .summary = "content, user-knn and popular together, weighed by how much you rated",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(hybrid),
    .fit = hybrid_fit,
    .score = hybrid_score,
    .explain = hybrid_explain,
    .neighbours = hybrid_neighbours,
    .save = hybrid_save,
    .load = hybrid_load,
    .fini = hybrid_fini,
};
