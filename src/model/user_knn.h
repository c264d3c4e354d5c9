/* model/user_knn.h - the insides of user-knn, shared with its reasons and the all-pairs kernel.
 * Layer: model. Threads: a fitted model is immutable.
 */
#ifndef REEL_MODEL_USER_KNN_H
#define REEL_MODEL_USER_KNN_H

#include "model/long_rows.h"
#include "model/packed.h"
#include "model/vtable.h"
#include "num/nearest.h"

enum { USER_KNN_NEIGHBOURS, USER_KNN_FAME, USER_KNN_EXPONENT, USER_KNN_STORED };

typedef struct user_knn {
    reel_model base;
    reel_packed people, films; /* the matrix by row and by column, both in the same unit */
    reel_long_rows long_people, long_films;
    const float *inverse_norms; /* [people.rows] 1 / |x_v|, 0 for a row of zeros */
    float *film_weights;        /* [films.rows] f_i, what a film counts; always owned */
    /* [people.rows x neighbours] who counts for the trained people, in order, filled up with -1,
     * and their similarities; NULL where they are not stored. Owned unless base.tensors is set. */
    const reel_index *stored;
    const float *stored_similarity;
} user_knn;

/* Somebody who counts for a query. */
typedef struct user_knn_near {
    reel_index row;
    float weight; /* sim^exponent */
    float tilt;   /* that over sim */
} user_knn_near;

/* What score worked out for a query, left in the scratch for explain. Either a few count, or, where
 * neighbours is 0, everyone with anything in common. */
typedef struct user_knn_state {
    uint64_t key;  /* reel__query_key, first as in every slot that is kept */
    float inverse; /* 1 / |w x_u|, 0 for a history of nothing but zeros */
    double total;  /* sum of the weights */
    size_t count;
    user_knn_near *near; /* [count] the most similar first; NULL: everyone */
    float *weight;       /* everyone: [people] sim^exponent, then [people] that over sim */
} user_knn_state;

/* Find who counts for this query, or find that score has just done so.
 * Errors: E_INVALID (the query's row), E_NOMEM. */
REEL_MUST_USE reel_code reel__user_knn_open(user_knn_state **out, const user_knn *self,
                                            const reel_query *query, reel_scratch *scratch,
                                            reel_err *err);
reel_code reel__user_knn_no_memory(const user_knn *self, reel_err *err);
/* What an entry is in a person's vector: signals are none of it. */
static inline float reel__user_knn_input(const reel_entry *entry)
{
    return entry->kind == REEL_ENTRY_SIGNAL ? 0 : entry->weight * entry->value;
}
/* The people who count for a query, in order, found anew; how many. Not with neighbours = 0.
 * similarity [REEL_NEAREST_ROOM x people], room; top [neighbours] */
size_t reel__user_knn_nearest(const user_knn *self, const reel_query *query, float *similarity,
                              reel_scored *top);

/* Find who counts for every trained person, to be stored with the model. Errors: E_NOMEM,
 * E_CANCELLED. */
REEL_MUST_USE reel_code reel__user_knn_store(user_knn *self, reel_csr_view ratings,
                                             const reel_fit_context *context, reel_err *err);
REEL_MUST_USE reel_code reel__user_knn_save_stored(const user_knn *self,
                                                   reel_tensors_writer *writer, reel_err *err);
/* Errors: E_FORMAT. */
REEL_MUST_USE reel_code reel__user_knn_load_stored(user_knn *self, const reel_tensors *tensors,
                                                   const char *prefix, reel_err *err);

/* As in model/vtable.h. */
reel_code reel__user_knn_explain(const reel_model *model, const reel_query *query,
                                 const reel_asked *asked, reel_scratch *scratch, reel_err *err);

/* The `limit` nearest of everyone at once, in order: what reel_model_neighbours answers for each
 * person's own row, bit for bit.
 * neighbours [out] [people x limit], rows filled up with {-1, 0}; model [in] a user-knn
 * Errors: E_INVALID (another model), E_NOMEM. threads: 0 = all cores; never changes the result.
 * Extra memory: about 10 MB for MovieLens 1M; nothing of size people x people. */
REEL_MUST_USE reel_code reel__user_knn_all(const reel_model *model, size_t limit, int threads,
                                           reel_neighbour *neighbours, reel_err *err);

#endif
