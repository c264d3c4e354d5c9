/* model.c - the door of every model: the registry, shared ownership and the checks.
 * A query is checked here once, entries that say nothing are taken out here, and reasons are picked
 * here from the contributions a model gives; the models behind it may trust what they get.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/memory.h"
#include "model/history.h"
#include "model/model_priv.h"
#include "num/blas.h"

enum { HASHED_AT_ONCE = 32 };

static const reel_model_ops *const registry[] = {
    &reel__model_hybrid,        &reel__model_content,      &reel__model_user_knn,
    &reel__model_popular,       &reel__model_baseline,     &reel__model_ials,
    &reel__model_vae,           &reel__model_ease,         &reel__model_svd,
    &reel__model_item_knn,      &reel__model_rp3beta,      &reel__model_bayes,
    &reel__model_knn_basic,     &reel__model_knn_centered, &reel__model_knn_baseline,
    &reel__model_slope_one,     &reel__model_bpr,          &reel__model_slim,
    &reel__model_svdpp,         &reel__model_als,          &reel__model_nmf,
    &reel__model_co_clustering, &reel__model_random,
};

/* ---- registry ------------------------------------------------------------------------------ */

const reel_model_info *reel_model_at(size_t index)
{
    return index < sizeof registry / sizeof *registry ? &registry[index]->info : NULL;
}

const reel_model_ops *reel__model_ops(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof registry / sizeof *registry; i++)
        if (strcmp(registry[i]->info.name, name) == 0)
            return registry[i];
    return NULL;
}

const reel_model_info *reel_model_find(const char *name)
{
    const reel_model_ops *ops = reel__model_ops(name);

    return ops == NULL ? NULL : &ops->info;
}

bool reel__model_fills_targets(const char *name)
{
    const reel_model_ops *ops = reel__model_ops(name);

    return ops != NULL && ops->fills_targets;
}

/* ---- life ---------------------------------------------------------------------------------- */

reel_code reel__model_new(reel_model **out, const reel_model_ops *ops, reel_err *err)
{
    static atomic_ullong serials = 1;
    reel_model *model = reel__alloc_zero(1, ops->struct_size);

    *out = model;
    if (model == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for a model \"%s\"", ops->info.name);
    model->ops = ops;
    model->serial = atomic_fetch_add(&serials, 1);
    model->takes_signals = ops->takes_signals;
    atomic_init(&model->references, 1);
    for (size_t i = 0; i < ops->info.param_count; i++)
        model->params[i] = ops->info.params[i].initial;
    return REEL_OK;
}

reel_model *reel_model_ref(reel_model *model)
{
    atomic_fetch_add_explicit(&model->references, 1, memory_order_relaxed);
    return model;
}

void reel_model_free(reel_model *model)
{
    if (model == NULL ||
        atomic_fetch_sub_explicit(&model->references, 1, memory_order_acq_rel) != 1)
        return;
    model->ops->fini(model);
    if (model->tensors == NULL) {
        reel__free((void *)(uintptr_t)model->movie_ids);
        reel__free((void *)(uintptr_t)model->person_ids);
        reel__free((void *)(uintptr_t)model->row_hashes);
        reel__names_fini(&model->movie_names);
        reel__names_fini(&model->person_names);
    }
    reel__tensors_free(model->tensors);
    reel__free(model->card);
    reel__free(model);
}

void reel__model_take_names(reel_model *model, reel_names *movies, reel_names *people)
{
    model->movie_names = *movies;
    model->person_names = *people;
    *movies = *people = (reel_names){0};
}

/* A copy of n numbers, or NULL. */
static int64_t *copy_ids(const int64_t *ids, reel_index n)
{
    int64_t *copy = reel__alloc_array((size_t)n, sizeof *copy);

    if (copy != NULL)
        memcpy(copy, ids, (size_t)n * sizeof *copy);
    return copy;
}

/* The query that a person's training data make. entries [out] room for all of them. */
static reel_query trained_query(const reel_dataset *dataset, reel_index row, reel_entry *entries)
{
    return (reel_query){
        .entries = entries, .count = reel__history_take(dataset, row, entries, NULL), .row = row};
}

static reel_code hash_rows(reel_model *model, const reel_dataset *dataset, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    int64_t *hashes = reel__alloc_array((size_t)ratings.rows, sizeof *hashes);
    reel_entry *entries = reel__alloc_array((size_t)ratings.cols, sizeof *entries);
    reel_code rc = REEL_OK;

    model->row_hashes = hashes;
    if (hashes == NULL || entries == NULL)
        rc = reel_fail(err, REEL_E_NOMEM, "no memory to name %d histories", (int)ratings.rows);
    for (reel_index u = 0; rc == REEL_OK && u < ratings.rows; u++) {
        const reel_query query = trained_query(dataset, u, entries);

        hashes[u] = (int64_t)reel_query_hash(&query);
    }
    reel__free(entries);
    return rc;
}

static reel_code take_data(reel_model *model, const reel_dataset *dataset, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);

    model->movies = ratings.cols;
    model->people = ratings.rows;
    model->movie_ids = copy_ids(reel_dataset_movie_ids(dataset), ratings.cols);
    model->person_ids = copy_ids(reel_dataset_person_ids(dataset), ratings.rows);
    if (model->movie_ids == NULL || model->person_ids == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the ids of %d films and %d people",
                         (int)ratings.cols, (int)ratings.rows);
    (void)snprintf(model->data_hash, sizeof model->data_hash, "%s", reel_dataset_hash(dataset));
    model->low = model->high = ratings.val[0];
    for (reel_nnz k = 0; k < ratings.ptr[ratings.rows]; k++) {
        model->low = fminf(model->low, ratings.val[k]);
        model->high = fmaxf(model->high, ratings.val[k]);
    }
    return hash_rows(model, dataset, err);
}

reel_code reel__model_copy_data(reel_model *model, const reel_model *from, reel_err *err)
{
    model->movies = from->movies;
    model->people = from->people;
    model->low = from->low;
    model->high = from->high;
    model->seed = from->seed;
    memcpy(model->data_hash, from->data_hash, sizeof model->data_hash);
    model->movie_ids = copy_ids(from->movie_ids, from->movies);
    model->person_ids = copy_ids(from->person_ids, from->people);
    model->row_hashes = copy_ids(from->row_hashes, from->people);
    if (model->movie_ids == NULL || model->person_ids == NULL || model->row_hashes == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the ids of %d films and %d people",
                         (int)from->movies, (int)from->people);
    return REEL_OK;
}

static reel_code check_ratings(const reel_dataset *dataset, const char *name, reel_err *err)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    const reel_nnz count = ratings.rows == 0 ? 0 : ratings.ptr[ratings.rows];

    if (count == 0)
        return reel_fail(err, REEL_E_INVALID, "the data set holds no ratings to fit \"%s\" on",
                         name);
    for (reel_nnz k = 0; k < count; k++)
        if (!(fabsf(ratings.val[k]) <= REEL_VALUE_MAX))
            return reel_fail(err, REEL_E_INVALID, "a rating of film %lld is %g, outside -%g to %g",
                             (long long)reel_dataset_movie_ids(dataset)[ratings.col[k]],
                             (double)ratings.val[k], (double)REEL_VALUE_MAX,
                             (double)REEL_VALUE_MAX);
    return REEL_OK;
}

static reel_code check_memory(const reel_model *model, const reel_dataset *dataset, size_t limit,
                              reel_err *err)
{
    const reel_model_ops *ops = model->ops;
    const double needed = ops->memory == NULL ? 0 : ops->memory(model, dataset);
    const double given = limit > 0 ? (double)limit : (double)reel__memory_available();

    char need[REEL_MEMORY_TEXT], may[REEL_MEMORY_TEXT];

    if (needed <= given)
        return REEL_OK;
    reel__memory_text(need, needed);
    reel__memory_text(may, given);
    return reel_fail(err, REEL_E_BUDGET,
                     "fitting \"%s\" on %d films and %d people needs about %s of memory, %s may be "
                     "used; %s%s",
                     ops->info.name, (int)model->movies, (int)model->people, need, may,
                     ops->lighter != NULL ? "take a lighter model: " : "use a larger machine",
                     ops->lighter != NULL ? ops->lighter : "");
}

static reel_code check_targets(const reel_model *model, const reel_dataset *dataset,
                               const reel_fit_targets *targets, reel_err *err)
{
    const reel_index people = reel_dataset_people(dataset);

    if (targets == NULL)
        return REEL_OK;
    if (model->ops->info.task != REEL_TASK_RATING)
        return reel__model_ranks(model, err);
    for (size_t i = 0; i < targets->count; i++)
        if (targets->rows[i] < (i > 0 ? targets->rows[i - 1] : 0) || targets->rows[i] >= people ||
            targets->movies[i] < 0 || targets->movies[i] >= model->movies)
            return reel_fail(err, REEL_E_INVALID,
                             "target %zu: row %d, film %d is out of order or outside the data", i,
                             (int)targets->rows[i], (int)targets->movies[i]);
    return REEL_OK;
}

/* Targets of one person and one time are asked for together. */
static size_t targets_alike(const reel_fit_targets *targets, size_t from)
{
    size_t to = from + 1;

    while (to < targets->count && targets->rows[to] == targets->rows[from] &&
           (targets->times == NULL || targets->times[to] == targets->times[from]))
        to++;
    return to;
}

static reel_code fill_targets(const reel_model *model, const reel_dataset *dataset,
                              const reel_fit_targets *targets, reel_err *err)
{
    reel_entry *entries = reel__alloc_array((size_t)model->movies, sizeof *entries);
    reel_scratch *scratch = NULL;
    reel_code rc = REEL_OK;

    if (entries == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to predict %zu ratings", targets->count));
    REEL_TRY(reel_scratch_new(&scratch, err));
    for (size_t i = 0, to; i < targets->count; i = to) {
        reel_query query = trained_query(dataset, targets->rows[i], entries);

        to = targets_alike(targets, i);
        query.now = targets->times == NULL ? 0 : targets->times[i];
        query.row_hash = reel_query_hash(&query);
        REEL_TRY(reel_model_predict(model, &query, targets->movies + i, to - i, scratch,
                                    targets->out + i, err));
    }
out:
    reel_scratch_free(scratch);
    reel__free(entries);
    return rc;
}

reel_code reel__model_unknown(const char *name, reel_err *err)
{
    return reel_fail(err, REEL_E_NOTFOUND, "there is no model \"%.40s\"", name == NULL ? "" : name);
}

reel_code reel__model_check(const char *name, const reel_params *params, reel_err *err)
{
    const reel_model_ops *ops = reel__model_ops(name);
    reel_model *model = NULL;
    reel_code rc = REEL_OK;

    if (ops == NULL)
        return reel__model_unknown(name, err);
    REEL_TRY(reel__model_new(&model, ops, err));
    rc = reel__params_set(model, params, err);
out:
    reel_model_free(model);
    return rc;
}

reel_code reel_model_fit(reel_model **out, const char *name, const reel_dataset *dataset,
                         const reel_params *params, const reel_fit_context *context, reel_err *err)
{
    static const reel_fit_context plain = {.seed = 1};
    const reel_model_ops *ops = reel__model_ops(name);
    reel_code rc = REEL_OK;
    reel_model *model = NULL;

    *out = NULL;
    if (ops == NULL)
        return reel__model_unknown(name, err);
    REEL_TRY(check_ratings(dataset, name, err));
    if (context == NULL)
        context = &plain;
    REEL_TRY(reel__model_new(&model, ops, err));
    model->seed = context->seed;
    REEL_TRY(reel__params_set(model, params, err));
    REEL_TRY(take_data(model, dataset, err));
    REEL_TRY(reel__blas_reserve(context->threads, err));
    REEL_TRY(check_memory(model, dataset, context->memory, err));
    REEL_TRY(check_targets(model, dataset, context->targets, err));
    REEL_TRY(ops->fit(model, dataset, context, err));
    if (context->targets != NULL && !ops->fills_targets)
        REEL_TRY(fill_targets(model, dataset, context->targets, err));
    if (model->id[0] == '\0')
        REEL_TRY(reel__model_stamp(model, "", err));
    *out = model;
    model = NULL;
out:
    reel_model_free(model);
    return rc;
}

const reel_model_info *reel_model_get_info(const reel_model *model)
{
    return &model->ops->info;
}

reel_index reel_model_movies(const reel_model *model)
{
    return model->movies;
}

const int64_t *reel_model_movie_ids(const reel_model *model)
{
    return model->movie_ids;
}

reel_index reel_model_people(const reel_model *model)
{
    return model->people;
}

const int64_t *reel_model_person_ids(const reel_model *model)
{
    return model->person_ids;
}

const char *reel_model_data_hash(const reel_model *model)
{
    return model->data_hash;
}

const char *reel_model_id(const reel_model *model)
{
    return model->id;
}

double reel_model_param(const reel_model *model, size_t index)
{
    return index < model->ops->info.param_count ? model->params[index] : (double)NAN;
}

/* ---- queries ------------------------------------------------------------------------------- */

uint64_t reel_query_hash(const reel_query *query)
{
    struct {
        int32_t movie, kind;
        float value, weight;
    } bytes[HASHED_AT_ONCE]; /* no padding in it */
    uint64_t hash = query->count;
    size_t held = 0;

    for (size_t i = 0; i < query->count; i++) {
        const reel_entry *e = &query->entries[i];

        bytes[held].movie = e->movie;
        bytes[held].kind = (int32_t)e->kind;
        bytes[held].value = e->value;
        bytes[held].weight = e->weight;
        if (++held == HASHED_AT_ONCE || i + 1 == query->count) {
            hash = reel__hash64(bytes, held * sizeof bytes[0], hash);
            held = 0;
        }
    }
    return hash;
}

uint64_t reel__query_key(const reel_model *model, const reel_query *query)
{
    const uint64_t about[4] = {model->serial, reel_query_hash(query), (uint64_t)query->now,
                               (uint64_t)query->row};
    const uint64_t key = reel__hash64(about, sizeof about, 0);

    return key == 0 ? 1 : key;
}

reel_index reel__model_row(const reel_model *model, const reel_query *query)
{
    if (query->row < 0 || query->row >= model->people || query->row_hash == 0)
        return -1;
    if ((uint64_t)model->row_hashes[query->row] != query->row_hash)
        return -1;
    return query->row_hash == reel_query_hash(query) ? query->row : -1;
}

static reel_code check_entry(const reel_model *model, const reel_query *query, size_t i,
                             reel_err *err)
{
    const reel_entry *e = &query->entries[i];

    if (e->movie < 0 || e->movie >= model->movies)
        return reel_fail(err, REEL_E_INVALID,
                         "history entry %zu: film index %d is outside 0..%d of model \"%s\"", i,
                         (int)e->movie, (int)model->movies - 1, model->id);
    if (i > 0 && e->movie <= e[-1].movie)
        return reel_fail(err, REEL_E_INVALID,
                         "history entry %zu: film index %d does not ascend after %d; sort the "
                         "entries by film, each film once",
                         i, (int)e->movie, (int)e[-1].movie);
    if (!(fabsf(e->value) <= REEL_VALUE_MAX))
        return reel_fail(err, REEL_E_INVALID,
                         "history entry %zu: value %g is not a number from -%g to %g", i,
                         (double)e->value, (double)REEL_VALUE_MAX, (double)REEL_VALUE_MAX);
    if (!(e->weight >= 0 && e->weight <= REEL_VALUE_MAX))
        return reel_fail(err, REEL_E_INVALID,
                         "history entry %zu: weight %g is not a number from 0 to %g", i,
                         (double)e->weight, (double)REEL_VALUE_MAX);
    if (e->kind != REEL_ENTRY_RATING && e->kind != REEL_ENTRY_CLICK && e->kind != REEL_ENTRY_SIGNAL)
        return reel_fail(err, REEL_E_INVALID, "history entry %zu: unknown kind %d", i,
                         (int)e->kind);
    return REEL_OK;
}

/* An entry that says nothing, or nothing to this model. */
static inline bool is_left_out(const reel_model *model, const reel_entry *entry)
{
    return entry->weight == 0 || (entry->kind == REEL_ENTRY_SIGNAL && !model->takes_signals);
}

/* Check the entries; room [out]: how many must be copied to leave others out. */
static reel_code check_query(size_t *room, const reel_model *model, const reel_query *query,
                             reel_err *err)
{
    size_t left_out = 0;

    for (size_t i = 0; i < query->count; i++) {
        const reel_code rc = check_entry(model, query, i, err);

        if (rc != REEL_OK)
            return rc;
        left_out += is_left_out(model, &query->entries[i]);
    }
    *room = left_out > 0 ? query->count : 0;
    return REEL_OK;
}

/* The same without them, into `entries`. */
static reel_query without_those(const reel_model *model, const reel_query *query,
                                reel_entry *entries)
{
    reel_query usable = *query;

    usable.entries = entries;
    usable.count = 0;
    for (size_t i = 0; i < query->count; i++)
        if (!is_left_out(model, &query->entries[i]))
            entries[usable.count++] = query->entries[i];
    return usable;
}

static reel_code no_history(size_t count, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory for a history of %zu", count);
}

reel_code reel__model_open_query(reel_query *usable, const reel_model *model,
                                 const reel_query *query, reel_scratch *scratch, reel_err *err)
{
    size_t room = 0;
    reel_entry *entries;
    const reel_code rc = check_query(&room, model, query, err);

    if (rc != REEL_OK)
        return rc;
    *usable = *query;
    if (room == 0)
        return REEL_OK;
    entries = reel__scratch_get(scratch, REEL_SLOT_ENTRIES, room * sizeof *entries);
    if (entries == NULL)
        return no_history(room, err);
    *usable = without_those(model, query, entries);
    return REEL_OK;
}

/* The same for several; `usable` lies in the scratch. */
static reel_code open_queries(reel_query **usable, const reel_model *model,
                              const reel_query *queries, size_t count, reel_scratch *scratch,
                              reel_err *err)
{
    size_t total = 0, room = 0;
    reel_entry *entries = NULL;

    *usable = reel__scratch_get(scratch, REEL_SLOT_QUERIES, count * sizeof **usable);
    if (*usable == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu histories", count);
    for (size_t i = 0; i < count; i++) {
        reel_err own = {0};
        const reel_code rc = check_query(&room, model, &queries[i], &own);

        if (rc != REEL_OK)
            return reel_fail(err, rc, "query %zu: %s", i, own.msg);
        (*usable)[i] = queries[i];
        (*usable)[i].entries = room > 0 ? NULL : queries[i].entries;
        total += room;
    }
    if (total > 0)
        entries = reel__scratch_get(scratch, REEL_SLOT_ENTRIES, total * sizeof *entries);
    if (total > 0 && entries == NULL)
        return no_history(total, err);
    for (size_t i = 0; entries != NULL && i < count; i++) {
        if ((*usable)[i].entries != NULL || queries[i].count == 0)
            continue;
        (*usable)[i] = without_those(model, &queries[i], entries);
        entries += queries[i].count;
    }
    return REEL_OK;
}

reel_code reel__model_no_scratch(const reel_model *model, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no working memory for model \"%s\"",
                     model->ops->info.name);
}

/* Scores for a query that was checked. */
static reel_code ask(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                     float *scores, reel_err *err)
{
    reel_scratch *part = reel__scratch_part(scratch, model);

    return part == NULL ? reel__model_no_scratch(model, err)
                        : model->ops->score(model, query, part, scores, err);
}

reel_code reel_model_score(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                           float *scores, reel_err *err)
{
    reel_query usable;
    const reel_code rc = reel__model_open_query(&usable, model, query, scratch, err);

    return rc != REEL_OK ? rc : ask(model, &usable, scratch, scores, err);
}

/* One after the other. */
static reel_code score_each(const reel_model *model, const reel_query *queries, size_t count,
                            reel_scratch *scratch, float *scores, reel_err *err)
{
    for (size_t i = 0; i < count; i++) {
        reel_err own = {0};
        const reel_code rc =
            reel_model_score(model, &queries[i], scratch, scores + i * (size_t)model->movies, &own);

        if (rc != REEL_OK)
            return reel_fail(err, rc, "query %zu: %s", i, own.msg);
    }
    return REEL_OK;
}

reel_code reel_model_score_many(const reel_model *model, const reel_query *queries, size_t count,
                                reel_scratch *scratch, float *scores, reel_err *err)
{
    reel_scratch *part;
    reel_query *usable = NULL;
    reel_code rc;

    if (model->ops->score_many == NULL || count == 0)
        return score_each(model, queries, count, scratch, scores, err);
    rc = open_queries(&usable, model, queries, count, scratch, err);
    if (rc != REEL_OK)
        return rc;
    part = reel__scratch_part(scratch, model);
    return part == NULL ? reel__model_no_scratch(model, err)
                        : model->ops->score_many(model, usable, count, part, scores, err);
}

reel_code reel__model_ranks(const reel_model *model, reel_err *err)
{
    return reel_fail(err, REEL_E_INVALID, "model \"%s\" ranks films and predicts no ratings",
                     model->ops->info.name);
}

/* By scoring every film. */
static reel_code predict_all(const reel_model *model, const reel_query *query,
                             reel_scratch *scratch, float *scores, reel_err *err)
{
    if (scores == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to predict ratings of %d films",
                         (int)model->movies);
    return ask(model, query, scratch, scores, err);
}

static reel_code check_movies(const reel_model *model, const reel_index *movies, size_t count,
                              reel_err *err)
{
    for (size_t i = 0; i < count; i++)
        if (movies[i] < 0 || movies[i] >= model->movies)
            return reel_fail(err, REEL_E_INVALID, "film index %d is outside 0..%d of model \"%s\"",
                             (int)movies[i], (int)model->movies - 1, model->id);
    return REEL_OK;
}

static float clip(const reel_model *model, float rating)
{
    return fmaxf(model->low, fminf(model->high, rating));
}

reel_code reel_model_predict(const reel_model *model, const reel_query *query,
                             const reel_index *movies, size_t count, reel_scratch *scratch,
                             float *out, reel_err *err)
{
    const reel_model_ops *ops = model->ops;
    reel_query usable;
    float *scores = NULL;
    reel_code rc = REEL_OK;

    if (ops->info.task != REEL_TASK_RATING)
        return reel__model_ranks(model, err);
    REEL_TRY(check_movies(model, movies, count, err));
    REEL_TRY(reel__model_open_query(&usable, model, query, scratch, err));
    if (ops->predict != NULL) {
        reel_scratch *part = reel__scratch_part(scratch, model);

        rc = part == NULL ? reel__model_no_scratch(model, err)
                          : ops->predict(model, &usable, movies, count, part, out, err);
        if (rc != REEL_OK)
            return rc;
    } else {
        scores = reel__scratch_get(scratch, REEL_SLOT_PREDICTIONS,
                                   (size_t)model->movies * sizeof *scores);
        REEL_TRY(predict_all(model, &usable, scratch, scores, err));
    }
    for (size_t i = 0; i < count; i++)
        out[i] = clip(model, scores == NULL ? out[i] : scores[movies[i]]);
out:
    return rc;
}

reel_code reel__model_check_interval(const reel_model *model, reel_err *err)
{
    return model->ops->interval != NULL
               ? REEL_OK
               : reel_fail(err, REEL_E_INVALID,
                           "model \"%s\" has no credible intervals of ratings; take \"bayes\"",
                           model->ops->info.name);
}

reel_code reel_model_predict_interval(const reel_model *model, const reel_query *query,
                                      const reel_index *movies, size_t count, reel_scratch *scratch,
                                      reel_rating_interval *out, reel_err *err)
{
    reel_scratch *part;
    reel_query usable;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__model_check_interval(model, err));
    REEL_TRY(check_movies(model, movies, count, err));
    REEL_TRY(reel__model_open_query(&usable, model, query, scratch, err));
    part = reel__scratch_part(scratch, model);
    if (part == NULL)
        return reel__model_no_scratch(model, err);
    REEL_TRY(model->ops->interval(model, &usable, movies, count, part, out, err));
    for (size_t i = 0; i < count; i++)
        out[i] = (reel_rating_interval){clip(model, out[i].low), clip(model, out[i].high)};
out:
    return rc;
}

reel_code reel_model_predict_range(const reel_model *model, const reel_query *query,
                                   reel_films films, const float *predicted,
                                   reel_rating_interval *out, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (model->ops->info.task != REEL_TASK_RATING)
        return reel__model_ranks(model, err);
    REEL_TRY(check_movies(model, films.movies, films.count, err));
    if (model->ops->range == NULL || !model->ops->range(model, query, films, predicted, out))
        for (size_t i = 0; i < films.count; i++)
            out[i] = (reel_rating_interval){NAN, NAN};
    else
        for (size_t i = 0; i < films.count; i++)
            out[i] = (reel_rating_interval){clip(model, out[i].low), clip(model, out[i].high)};
out:
    return rc;
}

/* ---- neighbours ----------------------------------------------------------------------------- */

reel_code reel_model_neighbours(const reel_model *model, const reel_query *query, size_t limit,
                                reel_scratch *scratch, reel_neighbour *out, size_t *count,
                                reel_err *err)
{
    reel_code rc;
    reel_query usable;

    *count = 0;
    if (model->ops->neighbours == NULL)
        return reel_fail(err, REEL_E_INVALID, "model \"%s\" compares no people; ask user-knn",
                         model->ops->info.name);
    rc = reel__model_open_query(&usable, model, query, scratch, err);
    if (rc != REEL_OK)
        return rc;
    scratch = reel__scratch_part(scratch, model);
    return scratch == NULL
               ? reel__model_no_scratch(model, err)
               : model->ops->neighbours(model, &usable, limit, scratch, out, count, err);
}
