/* user_knn.c - people with similar taste: cosine over the ratings matrix, unrated = 0.
 *   sim(u, v) = sum_i w_i x_ui x_vi / (|w x_u| |x_v|)
 *   s_j       = sum_{v in N} sim(u, v) x_vj / sum_{v in N} sim(u, v)
 * N holds the people most similar to the history (those with anything in common at the most), or
 * all of them with neighbours = 0. It is a sum over the history, so entry i has added
 *   w_i x_ui / |w x_u| * sum_{v in N} x_vi x_vj / |x_v| / sum_{v in N} sim(u, v).
 * Method: Breese, Heckerman, Kadie 1998, "vector similarity". The model keeps its own packed copy
 * of the matrix, by person and by film; nothing of size people x people is ever held.
 *
 * Default: NDCG@10 on validation lists of MovieLens 1M (see hybrid.c; bench/blend.c) for histories
 * of 1 to 4, 5 to 19, 20 to 99 and more films, by number of neighbours:
 *     20 .122 .169 .208 .250     100 .151 .191 .229 .285     300 .156 .189 .221 .283
 *     60 .146 .187 .227 .276     150 .153 .193 .227 .288     all .154 .161 .165 .221
 */
#include "model/user_knn.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum { PARAM_NEIGHBOURS };
enum { NEIGHBOURS_MAX = 1024, SPARE = 16 };
enum { SLOT_SIMILARITY = 4, SLOT_TOP = 5, SLOT_SUMS = 5, SLOT_STATE = 6, SLOT_ROOM = 7 };

static const reel_param_spec param_specs[] = {
    [PARAM_NEIGHBOURS] = {"neighbours", "how many of the most similar people count; 0 = all",
                          REEL_PARAM_INT, 150, 0, NEIGHBOURS_MAX, NULL},
};

/* What score worked out for a query, left in the scratch for explain. */
typedef struct knn_state {
    uint64_t key;
    double total;   /* sum of the neighbours' similarities */
    float weight[]; /* [people] similarity of a neighbour, 0 for everyone else */
} knn_state;

static reel_code no_memory(const user_knn *self, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory to compare %d people", (int)self->people.rows);
}

/* ---- neighbours ---------------------------------------------------------------------------- */

/* Lengths below this count as 0, so that products of their inverses stay finite. */
#define LENGTH_MIN 1e-12

static float invert(double length)
{
    return length > LENGTH_MIN ? (float)(1 / length) : 0;
}

/* 1 / |w x_u|, or 0 for a history of nothing but zeros. */
static float inverse_length(const reel_query *query)
{
    double sum = 0;

    for (size_t i = 0; i < query->count; i++) {
        const double x = (double)query->entries[i].weight * (double)query->entries[i].value;

        sum += x * x;
    }
    return invert(sqrt(sum));
}

static reel_code check_row(const user_knn *self, const reel_query *query, reel_err *err)
{
    if (query->row >= -1 && query->row < self->people.rows)
        return REEL_OK;
    return reel_fail(err, REEL_E_INVALID, "row %d is none of the %d people of model \"%s\"",
                     (int)query->row, (int)self->people.rows, self->base.id);
}

static float *get_similarity(const user_knn *self, reel_scratch *scratch)
{
    const size_t people = (size_t)self->people.rows;

    return reel__scratch_get(scratch, SLOT_SIMILARITY, REEL_NEAREST_ROOM * people * sizeof(float));
}

/* Cosine of the query with everyone; one's own row is -1, below everybody else's. */
static void compare(const user_knn *self, const reel_query *query, float *similarity)
{
    const reel_index people = self->people.rows;
    const float inverse = inverse_length(query);

    memset(similarity, 0, (size_t)people * sizeof *similarity);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        reel__packed_scatter(&self->films, e->movie, e->weight * e->value, similarity);
    }
    for (reel_index v = 0; v < people; v++)
        similarity[v] = similarity[v] * self->inverse_norms[v] * inverse;
    if (query->row >= 0)
        similarity[query->row] = -1;
}

static void weigh_all(const user_knn *self, const float *similarity, knn_state *state)
{
    double total = 0;

    for (reel_index v = 0; v < self->people.rows; v++) {
        state->weight[v] = similarity[v] > 0 ? similarity[v] : 0;
        total += (double)state->weight[v];
    }
    state->total = total;
}

static void weigh_top(const user_knn *self, const reel_scored *top, size_t count, knn_state *state)
{
    memset(state->weight, 0, (size_t)self->people.rows * sizeof *state->weight);
    state->total = 0;
    for (size_t n = 0; n < count; n++) {
        state->weight[top[n].index] = top[n].score;
        state->total += (double)top[n].score;
    }
}

/* Find who counts for this query, or find that score has just done so. top [out, optional]: the
 * neighbours in order, empty when all count; asking for it always compares anew. */
static reel_code open_state(knn_state **out, const reel_scored **top, size_t *top_count,
                            const user_knn *self, const reel_query *query, reel_scratch *scratch,
                            reel_err *err)
{
    const size_t people = (size_t)self->people.rows;
    const size_t limit = (size_t)self->base.params[PARAM_NEIGHBOURS];
    const uint64_t key = reel__query_key(&self->base, query);
    knn_state *state =
        reel__scratch_get(scratch, SLOT_STATE, sizeof *state + people * sizeof state->weight[0]);
    float *similarity = get_similarity(self, scratch);
    reel_scored *list = reel__scratch_get(scratch, SLOT_TOP, (limit + 1) * sizeof *list);
    reel_code rc;

    if (state == NULL || similarity == NULL || list == NULL)
        return no_memory(self, err);
    *out = state;
    if (top == NULL && state->key == key)
        return REEL_OK;
    rc = check_row(self, query, err);
    if (rc != REEL_OK)
        return rc;
    compare(self, query, similarity);
    if (limit == 0) {
        weigh_all(self, similarity, state);
    } else {
        const size_t count = reel__nearest(list, similarity, self->people.rows, limit);

        weigh_top(self, list, count, state);
        if (top != NULL) {
            *top = list;
            *top_count = count;
        }
    }
    state->key = key;
    return REEL_OK;
}

static reel_code knn_neighbours(const reel_model *model, const reel_query *query, size_t limit,
                                reel_scratch *scratch, reel_neighbour *out, size_t *count,
                                reel_err *err)
{
    const user_knn *self = (const user_knn *)model;
    const size_t people = (size_t)self->people.rows;
    const size_t most = limit < people ? limit : people;
    float *similarity = get_similarity(self, scratch);
    reel_scored *top = reel__scratch_get(scratch, SLOT_TOP, (most + 1) * sizeof *top);
    const reel_code rc = check_row(self, query, err);

    if (rc != REEL_OK)
        return rc;
    if (similarity == NULL || top == NULL)
        return no_memory(self, err);
    compare(self, query, similarity);
    *count = reel__nearest(top, similarity, self->people.rows, most);
    for (size_t n = 0; n < *count; n++)
        out[n] = (reel_neighbour){top[n].index, top[n].score};
    return REEL_OK;
}

/* ---- scores -------------------------------------------------------------------------------- */

static reel_code knn_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                           float *scores, reel_err *err)
{
    const user_knn *self = (const user_knn *)model;
    const double unit = (double)reel__packed_unit(&self->people);
    const reel_scored *top = NULL;
    size_t count = 0;
    knn_state *state = NULL;
    reel_code rc = open_state(&state, &top, &count, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    if (state->total <= 0)
        return REEL_OK;
    for (size_t n = 0; n < count; n++)
        reel__packed_scatter(&self->people, top[n].index,
                             (float)((double)top[n].score * unit / state->total), scores);
    for (reel_index j = 0; top == NULL && j < model->movies; j++)
        scores[j] = (float)(reel__packed_dot(&self->films, j, state->weight) * unit / state->total);
    return REEL_OK;
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* Room to explain one film. */
typedef struct explain_room {
    float *shares;            /* [people] x_vj / |x_v| of neighbours who rated the film, else 0 */
    float *ratings, *val;     /* [people], [movies] */
    reel_index *raters, *col; /* [people], [movies] */
    reel_index *place;        /* [movies] */
    reel_index rater_count;
} explain_room;

static bool open_room(explain_room *room, const user_knn *self, reel_scratch *scratch)
{
    const size_t people = (size_t)self->people.rows, movies = (size_t)self->base.movies;
    float *block = reel__scratch_get(scratch, SLOT_ROOM, (3 * people + 3 * movies) * sizeof *block);

    if (block == NULL)
        return false;
    room->shares = block;
    room->ratings = block + people;
    room->val = block + 2 * people;
    room->raters = (reel_index *)(void *)(room->val + movies);
    room->col = room->raters + people;
    room->place = room->col + movies;
    return true;
}

/* Who rated the film among the neighbours, and their share in it. */
static void share_film(const user_knn *self, reel_index movie, const float *weight,
                       explain_room *room)
{
    memset(room->shares, 0, (size_t)self->people.rows * sizeof *room->shares);
    room->rater_count = reel__packed_row(&self->films, movie, room->raters, room->ratings);
    for (reel_index r = 0; r < room->rater_count; r++) {
        const reel_index v = room->raters[r];

        if (weight[v] > 0)
            room->shares[v] = room->ratings[r] * self->inverse_norms[v];
    }
}

/* With few neighbours: walk the rows of those who rated the film. sums [query->count + SPARE]:
 * films that are not in the history go to the spare ones; one alone would make each addition wait
 * for the one before. */
static void add_by_person(const user_knn *self, const reel_query *query, const explain_room *room,
                          double *sums)
{
    for (reel_index j = 0; j < self->base.movies; j++)
        room->place[j] = (reel_index)query->count + j % SPARE;
    for (size_t i = 0; i < query->count; i++)
        room->place[query->entries[i].movie] = (reel_index)i;
    for (reel_index r = 0; r < room->rater_count; r++) {
        const double share = (double)room->shares[room->raters[r]];
        reel_index count;

        if (share == 0)
            continue;
        count = reel__packed_row(&self->people, room->raters[r], room->col, room->val);
        for (reel_index k = 0; k < count; k++)
            sums[room->place[room->col[k]]] += (double)room->val[k] * share;
    }
}

/* With everyone: one product with each film of the history. */
static void add_by_film(const user_knn *self, const reel_query *query, const float *shares,
                        double *sums)
{
    for (size_t i = 0; i < query->count; i++)
        sums[i] = reel__packed_dot(&self->films, query->entries[i].movie, shares);
}

static reel_code knn_explain(const reel_model *model, const reel_query *query, reel_index movie,
                             reel_scratch *scratch, double *contributions, reel_explanation *out,
                             reel_err *err)
{
    const user_knn *self = (const user_knn *)model;
    const double unit = (double)reel__packed_unit(&self->people);
    explain_room room;
    knn_state *state = NULL;
    double *sums, scale;
    reel_code rc = open_state(&state, NULL, NULL, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    sums = reel__scratch_get(scratch, SLOT_SUMS, (query->count + SPARE) * sizeof *sums);
    if (!open_room(&room, self, scratch) || sums == NULL)
        return no_memory(self, err);
    if (state->total <= 0)
        return REEL_OK;
    memset(sums, 0, (query->count + SPARE) * sizeof *sums);
    share_film(self, movie, state->weight, &room);
    if (model->params[PARAM_NEIGHBOURS] > 0)
        add_by_person(self, query, &room, sums);
    else
        add_by_film(self, query, room.shares, sums);
    scale = (double)inverse_length(query) * unit / state->total;
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        contributions[i] = sums[i] * (double)(e->weight * e->value) * scale;
        out->score += contributions[i];
    }
    return REEL_OK;
}

/* ---- fitting and files --------------------------------------------------------------------- */

static reel_code knn_fit(reel_model *model, const reel_dataset *dataset,
                         const reel_fit_context *context, reel_err *err)
{
    user_knn *self = (user_knn *)model;
    const reel_index people = reel_dataset_people(dataset);
    float *inverse_norms = reel__alloc_array((size_t)people, sizeof *inverse_norms);
    reel_code rc = REEL_OK;

    self->inverse_norms = inverse_norms;
    if (inverse_norms == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %d people", (int)people);
    REEL_TRY(reel__packed_make(&self->people, reel_dataset_ratings(dataset), err));
    if (!reel__fit_step(context, 0.4))
        return reel_fail(err, REEL_E_CANCELLED, "fitting \"user-knn\" was cancelled");
    REEL_TRY(reel__packed_make(&self->films, reel_dataset_raters(dataset), err));
    for (reel_index v = 0; v < people; v++)
        inverse_norms[v] = invert(reel__packed_norm(&self->people, v));
    if (!reel__fit_step(context, 1))
        return reel_fail(err, REEL_E_CANCELLED, "fitting \"user-knn\" was cancelled");
out:
    return rc;
}

static reel_code knn_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err)
{
    const user_knn *self = (const user_knn *)model;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_add(writer, "inverse_norms", REEL_F32, self->inverse_norms,
                               self->people.rows, err));
    REEL_TRY(reel__packed_save(&self->people, "people", writer, err));
    REEL_TRY(reel__packed_save(&self->films, "films", writer, err));
out:
    return rc;
}

static reel_code knn_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                          reel_err *err)
{
    user_knn *self = (user_knn *)model;
    const void *norms = NULL;
    int64_t people = 0;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tensors_get(tensors, prefix, "inverse_norms", REEL_F32, &norms, &people, err));
    self->inverse_norms = norms;
    if (people < 1 || people > INT32_MAX)
        return reel_fail(err, REEL_E_FORMAT, "%s: %lld people", reel__tensors_path(tensors),
                         (long long)people);
    REEL_TRY(reel__packed_load(&self->people, (reel_index)people, model->movies, tensors, prefix,
                               "people", err));
    REEL_TRY(reel__packed_load(&self->films, model->movies, (reel_index)people, tensors, prefix,
                               "films", err));
    for (reel_index v = 0; v < self->people.rows; v++)
        if (self->inverse_norms[v] != invert(reel__packed_norm(&self->people, v)))
            return reel_fail(err, REEL_E_FORMAT, "%s: inverse_norms[%d] does not fit its row",
                             reel__tensors_path(tensors), (int)v);
out:
    return rc;
}

static void knn_fini(reel_model *model)
{
    user_knn *self = (user_knn *)model;

    reel__packed_fini(&self->people);
    reel__packed_fini(&self->films);
    if (model->tensors == NULL)
        reel__free((void *)(uintptr_t)self->inverse_norms);
}

const reel_model_ops reel__model_user_knn = {
    .info = {.name = "user-knn",
             .summary = "what people with similar taste rated; cosine between people",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(user_knn),
    .fit = knn_fit,
    .score = knn_score,
    .explain = knn_explain,
    .neighbours = knn_neighbours,
    .save = knn_save,
    .load = knn_load,
    .fini = knn_fini,
};
