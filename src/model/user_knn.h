/* model/user_knn.h - the insides of user-knn, shared with the all-pairs kernel.
 * Layer: model. Threads: a fitted model is immutable.
 */
#ifndef REEL_MODEL_USER_KNN_H
#define REEL_MODEL_USER_KNN_H

#include "model/packed.h"
#include "model/vtable.h"
#include "num/topk.h"

typedef struct user_knn {
    reel_model base;
    reel_packed people, films;  /* the matrix by row and by column, both in the same unit */
    const float *inverse_norms; /* [people.rows] 1 / |x_v|, 0 for a row of zeros */
} user_knn;

/* The `limit` most similar people in order, ties by row, those with a similarity above 0 only; how
 * many. top [limit]; similarity [3 n]: the first n are the similarities, the rest is room. */
enum { REEL_NEAREST_ROOM = 3 };
size_t reel__nearest(reel_scored *top, float *similarity, reel_index n, size_t limit);

/* The `limit` nearest of everyone at once, in order: what reel_model_neighbours answers for each
 * person's own row, bit for bit.
 * neighbours [out] [people x limit], rows filled up with {-1, 0}; model [in] a user-knn
 * Errors: E_INVALID (another model), E_NOMEM. threads: 0 = all cores; never changes the result.
 * Extra memory: about 10 MB for MovieLens 1M; nothing of size people x people. */
REEL_MUST_USE reel_code reel__user_knn_all(const reel_model *model, size_t limit, int threads,
                                           reel_neighbour *neighbours, reel_err *err);

#endif
