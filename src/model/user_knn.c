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
    [USER_KNN_STORED] = {"stored", "1: find everyone's neighbours when fitting and keep them",
                         REEL_PARAM_INT, 0, 0, 1, NULL},
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
        const double x = (double)reel__user_knn_input(&query->entries[i]);

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

        add_row(&rows, e->movie, reel__user_knn_input(e) * film);
    }
    add_last_rows(&rows);
    for (reel_index v = 0; v < people; v++)
        similarity[v] = similarity[v] * self->inverse_norms[v] * inverse;
    if (query->row >= 0)
        similarity[query->row] = -1;
}

size_t reel__user_knn_nearest(const user_knn *self, const reel_query *query, float *similarity,
                              reel_scored *top)
{
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];

    compare(self, query, true, inverse_length(query), similarity);
    return reel__nearest(top, similarity, self->people.rows, limit);
}

/* What a similarity counts, over itself. */
static float tilt_of(const user_knn *self, float similarity)
{
    const double exponent = self->base.params[USER_KNN_EXPONENT];

    return exponent == 1 ? 1 : powf(similarity, (float)exponent - 1);
}

static void add_near(const user_knn *self, reel_index row, float similarity, user_knn_near *near,
                     user_knn_state *state)
{
    const float tilt = tilt_of(self, similarity), weight = similarity * tilt;

    near[state->count++] = (user_knn_near){row, weight, tilt};
    state->total += (double)weight;
}

/* Those who were found when the model was fitted. */
static void take_stored(const user_knn *self, reel_index row, user_knn_near *near,
                        user_knn_state *state)
{
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];
    const size_t first = (size_t)row * limit;

    for (size_t n = 0; n < limit && self->stored[first + n] >= 0; n++)
        add_near(self, self->stored[first + n], self->stored_similarity[first + n], near, state);
}

/* near: where state->near is to point, room for as many as count */
static reel_code find_near(const user_knn *self, const reel_query *query, user_knn_near *near,
                           reel_scratch *scratch, user_knn_state *state, reel_err *err)
{
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];
    const reel_index row = self->stored == NULL ? -1 : reel__model_row(&self->base, query);
    reel_scored *top;
    float *similarity;
    size_t count;

    state->near = near;
    if (row >= 0) {
        take_stored(self, row, near, state);
        return REEL_OK;
    }
    similarity = get_similarity(self, scratch);
    top = reel__scratch_get(scratch, SLOT_TOP, (limit + 1) * sizeof *top);
    if (similarity == NULL || top == NULL)
        return reel__user_knn_no_memory(self, err);
    count = reel__user_knn_nearest(self, query, similarity, top);
    for (size_t n = 0; n < count; n++)
        add_near(self, top[n].index, top[n].score, near, state);
    return REEL_OK;
}

/* weight: where state->weight is to point, [2 x people] */
static reel_code weigh_everyone(const user_knn *self, const reel_query *query, float *weight,
                                reel_scratch *scratch, user_knn_state *state, reel_err *err)
{
    const reel_index people = self->people.rows;
    float *similarity = get_similarity(self, scratch);

    if (similarity == NULL)
        return reel__user_knn_no_memory(self, err);
    compare(self, query, true, state->inverse, similarity);
    state->weight = weight;
    memset(weight, 0, 2 * (size_t)people * sizeof *weight);
    for (reel_index v = 0; v < people; v++)
        if (similarity[v] > 0) {
            const float tilt = tilt_of(self, similarity[v]);

            weight[v] = similarity[v] * tilt;
            weight[people + v] = tilt;
            state->total += (double)weight[v];
        }
    return REEL_OK;
}

reel_code reel__user_knn_open(user_knn_state **out, const user_knn *self, const reel_query *query,
                              reel_scratch *scratch, reel_err *err)
{
    const size_t limit = (size_t)self->base.params[USER_KNN_NEIGHBOURS];
    const size_t room =
        limit > 0 ? limit * sizeof(user_knn_near) : 2 * (size_t)self->people.rows * sizeof(float);
    const uint64_t key = reel__query_key(&self->base, query);
    user_knn_state *state = reel__scratch_get(scratch, SLOT_STATE, sizeof *state + room);
    reel_code rc;

    if (state == NULL)
        return reel__user_knn_no_memory(self, err);
    *out = state;
    if (state->key == key)
        return REEL_OK;
    *state = (user_knn_state){.inverse = inverse_length(query)};
    rc = check_row(self, query, err);
    if (rc == REEL_OK)
        rc = limit > 0 ? find_near(self, query, (void *)(state + 1), scratch, state, err)
                       : weigh_everyone(self, query, (void *)(state + 1), scratch, state, err);
    if (rc == REEL_OK)
        state->key = key;
    return rc;
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
    rows_to_add rows = {.of = &self->long_people, .to = scores};
    user_knn_state *state = NULL;
    const reel_code rc = reel__user_knn_open(&state, self, query, scratch, err);

    if (rc != REEL_OK)
        return rc;
    memset(scores, 0, (size_t)model->movies * sizeof *scores);
    if (state->total <= 0)
        return REEL_OK;
    for (size_t n = 0; n < state->count; n++)
        add_row(&rows, state->near[n].row,
                (float)((double)state->near[n].weight * unit / state->total));
    add_last_rows(&rows);
    for (reel_index j = 0; state->near == NULL && j < model->movies; j++)
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
    if (self->base.params[USER_KNN_STORED] != 0 && self->base.params[USER_KNN_NEIGHBOURS] > 0)
        REEL_TRY(reel__user_knn_store(self, reel_dataset_ratings(dataset), context, err));
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
    if (self->stored != NULL)
        REEL_TRY(reel__user_knn_save_stored(self, writer, err));
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
    if (self->base.params[USER_KNN_STORED] != 0 && self->base.params[USER_KNN_NEIGHBOURS] > 0)
        REEL_TRY(reel__user_knn_load_stored(self, tensors, prefix, err));
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
    if (model->tensors != NULL)
        return;
    reel__free((void *)(uintptr_t)self->inverse_norms);
    reel__free((void *)(uintptr_t)self->stored);
    reel__free((void *)(uintptr_t)self->stored_similarity);
}

const reel_model_ops reel__model_user_knn = {
    .info = {.name = "user-knn",
             .summary = "what people with similar taste rated; cosine between people",
             .task = REEL_TASK_RANKING,
             .fold_in = REEL_FOLD_IN_EXACT,
             .params = param_specs,
             .param_count = sizeof param_specs / sizeof *param_specs},
    .struct_size = sizeof(user_knn),
    .takes_signals = true,
    .fit = knn_fit,
    .score = knn_score,
    .explain_many = reel__user_knn_explain,
    .neighbours = knn_neighbours,
    .save = knn_save,
    .load = knn_load,
    .fini = knn_fini,
};
