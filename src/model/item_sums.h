/* model/item_sums.h - models whose scores are sums over a sparse matrix films x films:
 *   s_j = sum_i a_i W_ij      a_i = w_i for a liked film, d w_i for a disliked one
 * d is the model's parameter "disliked", where it has one, else 0. item-knn, rp3beta and slim
 * differ in how W is made; scores, reasons and files are here. Layer: model. Threads: a fitted
 * model is immutable.
 */
#ifndef REEL_MODEL_ITEM_SUMS_H
#define REEL_MODEL_ITEM_SUMS_H

#include "model/evidence.h"
#include "model/vtable.h"
#include "num/csr.h"
#include "num/topk.h"

/* The first member, or all, of such a model's struct. */
typedef struct reel_item_sums {
    reel_model base;
    reel_evidence evidence;
    /* W by film of the history; owned unless base.tensors is set */
    const reel_nnz *ptr;   /* [movies + 1] */
    const reel_index *col; /* [ptr[movies]] ascending in a row */
    const float *val;      /* [ptr[movies]] */
} reel_item_sums;

/* Make matrix, [movies x movies] with rows for the films of a history, the model's own; matrix is
 * empty afterwards. */
void reel__item_sums_take(reel_item_sums *self, reel_csr *matrix);

/* Whose largest weights are kept: those of each film of a history, those of each film that is
 * scored, or of the former the latter. */
typedef enum reel_keep { REEL_KEEP_HISTORY, REEL_KEEP_TARGET, REEL_KEEP_BOTH } reel_keep;
#define REEL_KEEP_CHOICES "history|target|both"

/* W out of lists of the kept weights: with REEL_KEEP_TARGET a list for every film that is scored,
 * else for every film of a history. lists [movies x width], counts [movies]. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__item_sums_from_lists(reel_item_sums *self, const reel_scored *lists,
                                                   const reel_index *counts, reel_index width,
                                                   reel_keep keep, reel_err *err);

/* The liked ratings by film, values 1. Sets self->evidence from the parameter "liked".
 * Errors: E_NOMEM; out is empty then. */
REEL_MUST_USE reel_code reel__item_sums_liked(reel_csr *out, reel_item_sums *self,
                                              const reel_dataset *dataset, reel_err *err);

/* For the table of a model's functions; as in model/vtable.h. */
reel_code reel__item_sums_score(const reel_model *model, const reel_query *query,
                                reel_scratch *scratch, float *scores, reel_err *err);
reel_code reel__item_sums_explain(const reel_model *model, const reel_query *query,
                                  reel_index movie, reel_scratch *scratch, double *contributions,
                                  reel_explanation *out, reel_err *err);
reel_code reel__item_sums_save(const reel_model *model, reel_tensors_writer *writer, reel_err *err);
reel_code reel__item_sums_load(reel_model *model, const reel_tensors *tensors, const char *prefix,
                               reel_err *err);
void reel__item_sums_fini(reel_model *model);

#endif
