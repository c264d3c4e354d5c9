/* user_knn.c - people with similar taste: cosine over the ratings matrix, unrated = 0.
 *   sim(u, v) = sum_i f_i w_i x_ui x_vi / (|w x_u| |x_v|)      f_i = (1 + n_i)^-fame
 *   s_j       = sum_{v in N} sim(u, v)^q x_vj / sum_{v in N} sim(u, v)^q      q = exponent
 * n_i counts who rated i. Asked for neighbours themselves, the model answers by plain cosine. N
 * holds the people most similar to the history (those with anything in common at the most), or all
 * of them with neighbours = 0. It is a sum over the history: user_knn_reasons.c has what each entry
 * adds. Method: Breese, Heckerman, Kadie 1998, "vector similarity"; less weight for famous films
 * and the exponent ("case amplification") are theirs, too. The model keeps its own packed copy of
 * the matrix, by person and by film; nothing of size people x people is ever held.
 *
 * Defaults. Neighbours: NDCG@10 on validation lists of MovieLens 1M (an earlier grid) by plain
 * cosine for histories of 1 to 4, 5 to 19, 20 to 99 and more films:
 *     20 .122 .169 .208 .250     100 .151 .191 .229 .285     300 .156 .189 .221 .283
 *     60 .146 .187 .227 .276     150 .153 .193 .227 .288     all .154 .161 .165 .221
 * Fame and exponent: ndcg@10 / recall_min@20 on a fifth of each person's films cut from the
 * training part of a MovieLens 1M split (reel evaluate --train --test), liked films alone:
 *     0 and 1   .1921 .2448     0 and 3   .1956 .2513     0 and 5   .1928 .2530
 *     .3 and 3  .2005 .2619     .4 and 4  .1971 .2611     .6 and 3  .1937 .2566
 * and with all ratings known:
 *     0 and 1   .2322 .2945     .3 and 3  .2406 .3100     .4 and 4  .2411 .3119
 */
#include "model/user_knn.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum { NEIGHBOURS_MAX = 1024 };
enum { SLOT_SIMILARITY, SLOT_TOP, SLOT_STATE };

static const reel_param_spec param_specs[] = {
    [USER_KNN_NEIGHBOURS] = {"neighbours", "how many of the most similar people count; 0 = all",
                             REEL_PARAM_INT, 150, 0, NEIGHBOURS_MAX, NULL, 20, 1000, true},
    [USER_KNN_FAME] = {"fame", "how far films count less in comparing people the more rated them",
                       REEL_PARAM_REAL, 0.3, 0, 2, NULL, 0, 0.6},
    [USER_KNN_EXPONENT] = {"exponent", "similarities are raised to this power", REEL_PARAM_REAL, 3,
                           1, 10, NULL, 1, 5},
};

reel_code reel__user_knn_no_memory(const user_knn *self, reel_err *err)
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

/* What each film counts in comparing, by how many rated it. */
static reel_code weigh_films(user_knn *self, reel_err *err)
{
    const double fame = self->base.params[USER_KNN_FAME];

    self->film_weights = reel__alloc_array((size_t)self->films.rows, sizeof *self->film_weights);
    if (self->film_weights == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to weigh %d films", (int)self->films.rows);
    for (reel_index j = 0; j < self->films.rows; j++) {
        const reel_nnz raters = self->films.ptr[j + 1] - self->films.ptr[j];

        self->film_weights[j] = fame == 0 ? 1 : (float)pow(1 + (double)raters, -fame);
    }
    return REEL_OK;
}

/* Some rows of a matrix to be added up, as they come. */
typedef struct rows_to_add {
    const reel_long_rows *of;
    float *to;
    size_t count;
    reel_index row[64];
    float a[64];
} rows_to_add;

static void add_row(rows_to_add *rows, reel_index row, float a)
{
    if (rows->count == sizeof rows->row / sizeof rows->row[0]) {
        reel__long_rows_add(rows->of, rows->row, rows->a, rows->count, rows->to);
        rows->count = 0;
    }
    rows->row[rows->count] = row;
    rows->a[rows->count++] = a;
}

static void add_last_rows(const rows_to_add *rows)
{
    reel__long_rows_add(rows->of, rows->row, rows->a, rows->count, rows->to);
}

/* Similarity of the query with everyone, films weighted or all alike; one's own row is -1, below
 * everybody else's. inverse: what inverse_length gives. */
static void compare(const user_knn *self, const reel_query *query, bool weighted, float inverse,
                    float *similarity)
{
    const reel_index people = self->people.rows;
    rows_to_add rows = {.of = &self->long_films, .to = similarity};

    memset(similarity, 0, (size_t)people * sizeof *similarity);
    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];
        const float film = weighted ? self->film_weights[e->movie] : 1;

        add_row(&rows, e->movie, e->weight * e->value * film);
    }
    add_last_rows(&rows);
    for (reel_index v = 0; v < people; v++)
        similarity[v] = similarity[v] * self->inverse_norms[v] * inverse;
    if (query->row >= 0)
        similarity[query->row] = -1;
}

/* Let v count for this query. */
static void weigh(const user_knn *self, reel_index v, float similarity, user_knn_state *state)
{
    const double exponent = self->base.params[USER_KNN_EXPONENT];
    const float tilt = exponent == 1 ? 1 : powf(similarity, (float)exponent - 1);

    state->weight[v] = similarity * tilt;
    state->weight[self->people.rows + v] = tilt;
    state->total += (double)state->weight[v];
}

/* top: those who count, or NULL for everyone with anything in common. */
static void weigh_people(const user_knn *self, const float *similarity, const reel_scored *top,
                         size_t count, user_knn_state *state)
{
    memset(state->weight, 0, 2 * (size_t)self->people.rows * sizeof *state->weight);
    state->total = 0;
    for (size_t n = 0; n < count; n++)
        weigh(self, top[n].index, top[n].score, state);
    for (reel_index v = 0; top == NULL && v < self->people.rows; v++)
        if (similarity[v] > 0)
            weigh(self, v, similarity[v], state);
}

/* Find who counts for this query, or find that score has just done so. top [out, optional]: the
 * neighbours in order, empty when all count; asking for it always compares anew. */
static reel_code open_state(user_knn_state **out, const reel_scored **top, size_t *top_count,
                            const user_knn *self, const reel_query *query, reel_scratch *scratch,
                            reel_err *err)
{
    const size_t people = (size_t)self->people.rows;
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];
    const uint64_t key = reel__query_key(&self->base, query);
    user_knn_state *state = reel__scratch_get(scratch, SLOT_STATE,
                                              sizeof *state + 2 * people * sizeof state->weight[0]);
    float *similarity = get_similarity(self, scratch);
    reel_scored *list = reel__scratch_get(scratch, SLOT_TOP, (limit + 1) * sizeof *list);
    reel_code rc;

    if (state == NULL || similarity == NULL || list == NULL)
        return reel__user_knn_no_memory(self, err);
    *out = state;
    if (top == NULL && state->key == key)
        return REEL_OK;
    rc = check_row(self, query, err);
    if (rc != REEL_OK)
        return rc;
    state->all = limit == 0;
    state->inverse = inverse_length(query);
    compare(self, query, true, state->inverse, similarity);
    if (limit == 0) {
        weigh_people(self, similarity, NULL, 0, state);
    } else {
        const size_t count = reel__nearest(list, similarity, self->people.rows, limit);

        weigh_people(self, similarity, list, count, state);
        if (top != NULL) {
            *top = list;
            *top_count = count;
        }
    }
    state->key = key;
    return REEL_OK;
}

reel_code reel__user_knn_open(user_knn_state **out, const user_knn *self, const reel_query *query,
                              reel_scratch *scratch, reel_err *err)
{
    return open_state(out, NULL, NULL, self, query, scratch, err);
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
        return reel__user_knn_no_memory(self, err);
    compare(self, query, false, inverse_length(query), similarity);
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
    rows_to_add rows = {.of = &self->long_people, .to = scores};
    user_knn_state *state = NULL;
    reel_code rc = open_state(&state, &top, &count, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    if (state->total <= 0)
        return REEL_OK;
    for (size_t n = 0; n < count; n++)
        add_row(&rows, top[n].index,
                (float)((double)state->weight[top[n].index] * unit / state->total));
    add_last_rows(&rows);
    for (reel_index j = 0; top == NULL && j < model->movies; j++)
        scores[j] = (float)(reel__packed_dot(&self->films, j, state->weight) * unit / state->total);
    return REEL_OK;
}

/* ---- fitting and files --------------------------------------------------------------------- */

/* What follows from the matrix. */
static reel_code complete(user_knn *self, reel_err *err)
{
    reel_code rc;

    REEL_TRY(weigh_films(self, err));
    REEL_TRY(reel__long_rows_make(&self->long_people, &self->people, err));
    REEL_TRY(reel__long_rows_make(&self->long_films, &self->films, err));
out:
    return rc;
}

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
    REEL_TRY(complete(self, err));
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
    REEL_TRY(complete(self, err));
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

    reel__long_rows_fini(&self->long_people);
    reel__long_rows_fini(&self->long_films);
    reel__packed_fini(&self->people);
    reel__packed_fini(&self->films);
    reel__free(self->film_weights);
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
    .explain_many = reel__user_knn_explain,
    .neighbours = knn_neighbours,
    .save = knn_save,
    .load = knn_load,
    .fini = knn_fini,
};
