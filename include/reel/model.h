/* reel/model.h - a recommender is a function from a history to scores.
 * Model: score(query) -> one float for every film; explain(query, film) -> what each entry of the
 * history added to that score. A person in the training data, one who signed up a second ago and an
 * anonymous visitor take the same path: the history is folded in.
 * Layer: model. Ownership: made by reel_model_fit or reel_model_load, shared by reference count.
 * Threads: a fitted model is immutable; a scratch is one thread at a time.
 */
#ifndef REEL_MODEL_H
#define REEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/csr.h"
#include "reel/dataset.h"
#include "reel/err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct reel_model reel_model;
typedef struct reel_scratch reel_scratch; /* reusable working memory of one thread */

/* ---- the query ----------------------------------------------------------------------------- */

typedef enum reel_entry_kind {
    REEL_ENTRY_RATING = 0,
    REEL_ENTRY_CLICK = 1, /* liked, by what the caller knows: as a rating among the liked ones */
    /* Shown without a rating, by what somebody did: value 1 = interest, -1 = none wanted; weight
     * says how sure that is. For models that learn from it (ease, ials, and a hybrid of such);
     * others leave it out. */
    REEL_ENTRY_SIGNAL = 2
} reel_entry_kind;

/* One entry of a history. */
typedef struct reel_entry {
    reel_index movie;     /* column of the data the model was fitted on */
    float value;          /* the rating, on the scale of the training data; at most 1e6 in size */
    float weight;         /* 1 = normal, 0 = leave out, 2 = count double; 0 .. 1e6 */
    reel_entry_kind kind; /* what was observed */
    int64_t time;         /* seconds since 1970 UTC; 0 = unknown */
} reel_entry;

typedef struct reel_query {
    const reel_entry *entries; /* [count], by ascending movie, no movie twice */
    size_t count;
    int64_t now;    /* seconds since 1970 UTC; 0 = unknown */
    reel_index row; /* this person's row in the training data, or -1; never their own neighbour */
    uint64_t row_hash; /* reel_query_hash of the history trained on; 0 = unknown */
} reel_query;

/* 64-bit hash of the entries' movies, values, weights and kinds. */
REEL_PUBLIC uint64_t reel_query_hash(const reel_query *query);

/* ---- parameters ---------------------------------------------------------------------------- */

typedef enum reel_param_type {
    REEL_PARAM_INT,
    REEL_PARAM_REAL,
    REEL_PARAM_CHOICE, /* value is the index into `choices` */
} reel_param_type;

typedef struct reel_param_spec {
    const char *name; /* as in the paper: "neighbours", "damping" */
    const char *help; /* one line */
    reel_param_type type;
    double initial, min, max;
    const char *choices; /* REEL_PARAM_CHOICE: "all|top"; else NULL */
    /* Where a search for good values looks; both 0: around `initial`. */
    double tune_low, tune_high;
    bool tune_log; /* by orders of magnitude */
} reel_param_spec;

typedef struct reel_param {
    const char *name;
    const char *value; /* as text; parsed and range-checked against the model's spec */
} reel_param;

typedef struct reel_params {
    const reel_param *items;
    size_t count;
} reel_params;

/* ---- what there is ------------------------------------------------------------------------- */

typedef enum reel_fold_in { REEL_FOLD_IN_EXACT, REEL_FOLD_IN_APPROXIMATE } reel_fold_in;
typedef enum reel_task { REEL_TASK_RANKING, REEL_TASK_RATING } reel_task;

typedef struct reel_model_info {
    const char *name;    /* "user-knn" */
    const char *summary; /* one line for a person */
    reel_task task;
    reel_fold_in fold_in; /* whether a folded-in history gives the very list of a stored one */
    const reel_param_spec *params;
    size_t param_count;
} reel_model_info;

/* All models, in a fixed order; NULL beyond the last. */
REEL_PUBLIC const reel_model_info *reel_model_at(size_t index);
/* By name, or NULL. */
REEL_PUBLIC const reel_model_info *reel_model_find(const char *name);

/* ---- fitting ------------------------------------------------------------------------------- */

/* Ratings to predict while fitting: a model that averages over samples of its parameters (bayes)
 * averages over all of them here, where its file keeps a few; other models are asked after the fit.
 */
typedef struct reel_fit_targets {
    const reel_index *rows;   /* [count] people of the training data, ascending */
    const reel_index *movies; /* [count] */
    const int64_t *times;     /* [count] seconds since 1970 UTC, 0 = unknown; or NULL */
    size_t count;
    float *out; /* [count] as reel_model_predict gives */
} reel_fit_targets;

typedef struct reel_fit_context {
    uint64_t seed; /* same data, seed and CPU kernel set: same bytes */
    int threads;   /* 0 = all cores; never changes the result */
    /* Called now and then with a share in [0, 1]; may be NULL. Called from one thread only. */
    void (*progress)(double share, void *user);
    void *user;
    const volatile bool *cancel; /* may be NULL; once true, fit ends soon with E_CANCELLED */
    size_t memory;               /* bytes that fit may use; 0 = what the machine has available */
    const reel_fit_targets *targets; /* may be NULL; only for models that predict ratings */
} reel_fit_context;

/* Fit a model by name.
 * out      [out, owned] new model; NULL on failure
 * dataset  [in, borrowed] read only during the call
 * params   [in, optional] unnamed ones keep their defaults
 * context  [in, optional] NULL = seed 1, all cores
 * Errors: E_NOTFOUND (no such model), E_INVALID (parameter unknown or out of range; no ratings),
 * E_BUDGET (the model would need more memory than it may use; says how much, and what to take
 * instead), E_NOMEM, E_CANCELLED. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_fit(reel_model **out, const char *name,
                                                   const reel_dataset *dataset,
                                                   const reel_params *params,
                                                   const reel_fit_context *context, reel_err *err);

/* Combine fitted models into a hybrid: a weighted sum of standardised scores whose weights depend
 * on the length of the history. members [in, shared] must be fitted on the same data; the hybrid
 * keeps a reference to each. Errors: E_INVALID (different films, nothing to combine), E_NOMEM. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_combine(reel_model **out, reel_model *const *members,
                                                       size_t count, const reel_params *params,
                                                       reel_err *err);

REEL_PUBLIC reel_model *reel_model_ref(reel_model *model); /* one more owner */
REEL_PUBLIC void reel_model_free(reel_model *model);       /* one owner less; NULL allowed */

REEL_PUBLIC const reel_model_info *reel_model_get_info(const reel_model *model);
REEL_PUBLIC reel_index reel_model_movies(const reel_model *model);
/* [movies] outside ids of the films it knows, ascending. */
REEL_PUBLIC const int64_t *reel_model_movie_ids(const reel_model *model);
/* People of the training data and their [people] outside ids, ascending: what `row` counts. */
REEL_PUBLIC reel_index reel_model_people(const reel_model *model);
REEL_PUBLIC const int64_t *reel_model_person_ids(const reel_model *model);
/* Hash of the dataset it was fitted on, and "name-" with the first 12 digits of the SHA-256 of
 * parameters, seed and data hash: what lists are stamped with. */
REEL_PUBLIC const char *reel_model_data_hash(const reel_model *model);
REEL_PUBLIC const char *reel_model_id(const reel_model *model);
/* The evaluation card: what was measured when the model was made, as a JSON object
 * (docs/model-format.md); NULL where nothing was. Borrowed until the next set_card. */
REEL_PUBLIC const char *reel_model_card(const reel_model *model);
/* Give a model that no other thread uses yet a card, which is copied and saved with it; NULL takes
 * it away. Errors: E_INVALID (not a JSON object, or more than 64 KiB), E_NOMEM. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_set_card(reel_model *model, const char *card,
                                                        reel_err *err);
/* The value used of a parameter, by its index in info->params. */
REEL_PUBLIC double reel_model_param(const reel_model *model, size_t index);

/* ---- scoring ------------------------------------------------------------------------------- */

/* Working memory for scoring and explaining; grows to what the models used with it need. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_scratch_new(reel_scratch **out, reel_err *err);
REEL_PUBLIC void reel_scratch_free(reel_scratch *scratch);

/* Score every film.
 * scores [out] float[movies], finite; films of the history are scored too (callers mask them)
 * Errors: E_INVALID (entries unsorted, out of range, not finite), E_NOMEM.
 * One thread; no allocation once the scratch has grown. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_score(const reel_model *model,
                                                     const reel_query *query, reel_scratch *scratch,
                                                     float *scores, reel_err *err);

/* Score every film for several people: the same bits as reel_model_score gives to each, in about
 * half the time where a model can share the reading of its films (ials, bpr).
 * queries [in] [count], count >= 0
 * scores  [out] float[count x movies], row i for queries[i]; undefined after an error
 * Errors: as reel_model_score, naming the query. Room for `scores` in the cache of a core is what
 * limits the gain: 16 people at a time are enough. One thread; no allocation once the scratch has
 * grown to `count`. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_score_many(const reel_model *model,
                                                          const reel_query *queries, size_t count,
                                                          reel_scratch *scratch, float *scores,
                                                          reel_err *err);

/* Predict ratings of some films at query->now, on the scale of the training data and inside its
 * range. Only for models of REEL_TASK_RATING.
 * movies [in] [count]; out [out] [count]. Errors: E_INVALID (the model ranks and predicts nothing;
 * a film out of range), else as reel_model_score. One thread. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_predict(const reel_model *model,
                                                       const reel_query *query,
                                                       const reel_index *movies, size_t count,
                                                       reel_scratch *scratch, float *out,
                                                       reel_err *err);

/* Where the rating that a person would give lies; how surely, the function that fills it says. */
typedef struct reel_rating_interval {
    float low, high;
} reel_rating_interval;

/* Central 95 % credible intervals of the ratings that a person would give to some films, inside the
 * range of the training data: what is not known of the person and the films, and how much ratings
 * vary beyond that. Only for models that know (bayes).
 * movies [in] [count]; out [out] [count]. Errors: E_INVALID (the model has no intervals; a film out
 * of range), else as reel_model_score. One thread. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_predict_interval(
    const reel_model *model, const reel_query *query, const reel_index *movies, size_t count,
    reel_scratch *scratch, reel_rating_interval *out, reel_err *err);

/* Films in any order. */
typedef struct reel_films {
    const reel_index *movies;
    size_t count;
} reel_films;

/* Around predictions: where four of five ratings lie that people give to films of their choice,
 * inside the range of the training data. It was measured when the model was fitted, at ratings held
 * out (als with held_out > 0), for people with about as many ratings as the history has and films
 * with about as many; a tenth of the ratings was lower, a tenth higher (split conformal prediction:
 * docs/models.md). It promises nothing of one film alone, nor of films that nobody would choose.
 * films     [in] [count]
 * predicted [in] [count] what reel_model_predict gave for the same query and films
 * out       [out] [count], low <= predicted <= high; NaN where the model was fitted without, or on
 *           too few ratings
 * Errors: E_INVALID (the model ranks and predicts nothing; a film out of range).
 * Any thread; O(history + films), no allocation. */
REEL_PUBLIC REEL_MUST_USE reel_code
reel_model_predict_range(const reel_model *model, const reel_query *query, reel_films films,
                         const float *predicted, reel_rating_interval *out, reel_err *err);

/* ---- reasons ------------------------------------------------------------------------------- */

enum { REEL_REASONS_MAX = 16, REEL_TERMS_MAX = 8 };

typedef struct reel_reason {
    reel_index movie; /* an entry of the history */
    double contribution;
} reel_reason;

typedef struct reel_term_reason {
    const char *term; /* borrowed from the model */
    double contribution;
} reel_term_reason;

/* baseline + sum of reasons + other == score within 1e-5 x max(1, |score|), and score is the one
 * reel_model_score gives within the same bound. */
typedef struct reel_explanation {
    double score;
    double baseline; /* what the film has whoever asks */
    double other;    /* the entries not named */
    size_t reason_count;
    reel_reason reasons[REEL_REASONS_MAX]; /* largest |contribution| first, then ascending movie */
    /* A second view of the same score, for models that compare texts; may be empty. */
    size_t term_count;
    reel_term_reason terms[REEL_TERMS_MAX]; /* largest contribution first */
} reel_explanation;

/* Explain one film's score. limit: how many reasons at the most, <= REEL_REASONS_MAX.
 * Errors: as reel_model_score; E_INVALID (movie out of range). */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_explain(const reel_model *model,
                                                       const reel_query *query, reel_index movie,
                                                       size_t limit, reel_scratch *scratch,
                                                       reel_explanation *out, reel_err *err);

/* What reel_model_explain says of each of several films, the same bits, in less time for models
 * that share work between the films of a list (hybrid, ials and others). films->movies [in]
 * [count]; out [out] [count]; undefined after an error */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_explain_many(const reel_model *model,
                                                            const reel_query *query,
                                                            reel_films films, size_t limit,
                                                            reel_scratch *scratch,
                                                            reel_explanation *out, reel_err *err);

/* ---- neighbours ---------------------------------------------------------------------------- */

typedef struct reel_neighbour {
    reel_index row; /* a person of the training data */
    float similarity;
} reel_neighbour;

/* People of the training data most similar to a history, most similar first, ties by row.
 * Only for models with people in them. out [out] [limit]; count [out].
 * Errors: E_INVALID (the model has no neighbours), else as reel_model_score. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_neighbours(const reel_model *model,
                                                          const reel_query *query, size_t limit,
                                                          reel_scratch *scratch,
                                                          reel_neighbour *out, size_t *count,
                                                          reel_err *err);

/* ---- files --------------------------------------------------------------------------------- */

/* Write one safetensors file atomically over path (docs/model-format.md).
 * Errors: E_STORE (disk full, permissions), E_NOMEM. */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_save(const reel_model *model, const char *path,
                                                    reel_err *err);
/* Map a file written by reel_model_save. The tensors are used where they lie.
 * Errors: E_NOTFOUND, E_FORMAT (damaged, foreign, of another format version; says which), E_NOMEM.
 */
REEL_PUBLIC REEL_MUST_USE reel_code reel_model_load(reel_model **out, const char *path,
                                                    reel_err *err);

#ifdef __cplusplus
}
#endif
#endif
