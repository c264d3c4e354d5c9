/* model/rating_knn.h - the insides of knn-basic, knn-centered and knn-baseline.
 *   s_uj = base_uj + sum_n s_n (r_n - base_n) / (regularisation + sum_n s_n)
 * over the k most similar n with s_n > 0: by user, people who rated j; by item, films of the
 * history, each counting its weight. base: 0, or the mean of the person (by item: of the film), or
 * mean + b_u + b_j.
 * Layer: model. Threads: a fitted model is immutable.
 */
#ifndef REEL_MODEL_RATING_KNN_H
#define REEL_MODEL_RATING_KNN_H

#include "model/biases.h"
#include "model/vtable.h"
#include "num/agreement.h"
#include "num/topk.h"

enum {
    RATING_KNN_BY,
    RATING_KNN_NEIGHBOURS,
    RATING_KNN_MIN,
    RATING_KNN_SIMILARITY,
    RATING_KNN_SHRINKAGE,
    RATING_KNN_EXPONENT,
    RATING_KNN_REGULARISATION,
    RATING_KNN_PARAMS
};
enum { RATING_KNN_USER, RATING_KNN_ITEM };
typedef enum rating_knn_base {
    RATING_KNN_ZERO,
    RATING_KNN_MEAN,
    RATING_KNN_BIASES
} rating_knn_base;

typedef struct rating_knn {
    reel_model base;
    reel_biases biases; /* fitted whatever the base is, for residuals and for strangers */
    /* by user: the ratings by film; owned unless base.tensors is set, as all that follow */
    const reel_nnz *ptr;   /* [movies + 1] */
    const reel_index *col; /* people */
    const float *val;      /* ratings, or, to compare residuals, what the biases leave of them */
    const float *lift;     /* [people] val + lift + rating_knn_film_lift is r - base */
    /* by item */
    const float *triangle; /* [movies (movies - 1) / 2] similarities of a film with those before */
    const float *film;     /* [movies] mean rating, the mean of all for a film nobody rated */
} rating_knn;

static inline int64_t rating_knn_at(int64_t i, int64_t j)
{
    return i > j ? i * (i - 1) / 2 + j : j * (j - 1) / 2 + i;
}

static inline bool rating_knn_by_item(const rating_knn *self)
{
    return (int)self->base.params[RATING_KNN_BY] == RATING_KNN_ITEM;
}

static inline bool rating_knn_residuals(const rating_knn *self)
{
    return (int)self->base.params[RATING_KNN_SIMILARITY] == REEL_AGREE_RESIDUALS;
}

rating_knn_base reel__rating_knn_base(const reel_model *model);

/* As in model/vtable.h. */
reel_code reel__rating_knn_fit(reel_model *model, const reel_dataset *dataset,
                               const reel_fit_context *context, reel_err *err);
reel_code reel__rating_knn_save(const reel_model *model, reel_tensors_writer *writer,
                                reel_err *err);
reel_code reel__rating_knn_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                                reel_err *err);
void reel__rating_knn_fini(reel_model *model);
double reel__rating_knn_memory(const reel_model *model, const reel_dataset *dataset);

#endif
