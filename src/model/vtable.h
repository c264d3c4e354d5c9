/* model/vtable.h - what a model file implements; model/model.c does the checks around it.
 * Layer: model. Everything here may trust its arguments: names, ranges, sorted entries and the size
 * of the scratch were checked at the door.
 */
#ifndef REEL_MODEL_VTABLE_H
#define REEL_MODEL_VTABLE_H

#include <stdatomic.h>

#include "base/tensors.h"
#include "data/names.h"
#include "data/readers.h"
#include "model/stamp.h"
#include "reel/model.h"

enum { REEL_PARAMS_MAX = 24 };
/* Ratings and weights beyond this are refused at the door; no rating that was loaded is. */
#define REEL_VALUE_MAX REEL_RATING_MAX

/* Films whose scores are to be explained, and where to. */
typedef struct reel_asked {
    const reel_index *movies; /* [count] */
    size_t count;             /* from 1 to REEL_ASKED_MAX */
    double *contributions;    /* [count x query->count], zeroed: one value per entry */
    reel_explanation *out;    /* [count], zeroed */
} reel_asked;
enum { REEL_ASKED_MAX = 16 };

typedef struct reel_model_ops {
    reel_model_info info;
    size_t struct_size; /* of the model's own struct, whose first member is reel_model */
    /* Bytes that fit needs at its peak, beside the data; NULL: a small multiple of the ratings. The
     * door refuses a fit beyond context->memory and names `lighter` instead. */
    double (*memory)(const reel_model *model, const reel_dataset *dataset);
    const char *lighter; /* a model for data that are too large for this one, or NULL */
    reel_code (*fit)(reel_model *model, const reel_dataset *dataset,
                     const reel_fit_context *context, reel_err *err);
    reel_code (*score)(const reel_model *model, const reel_query *query, reel_scratch *scratch,
                       float *scores, reel_err *err);
    /* Models that score several people cheaper at once; NULL: one after the other. Each gets the
     * bits that score gives. count > 0; scores [count x movies]. */
    reel_code (*score_many)(const reel_model *model, const reel_query *queries, size_t count,
                            reel_scratch *scratch, float *scores, reel_err *err);
    /* Rating models that can do a few films cheaper than all; NULL: the scores are the predictions.
     * The door clips them to the range of the training data. */
    reel_code (*predict)(const reel_model *model, const reel_query *query, const reel_index *movies,
                         size_t count, reel_scratch *scratch, float *out, reel_err *err);
    /* 95 % credible intervals of ratings; NULL: has none. The door clips them likewise. */
    reel_code (*interval)(const reel_model *model, const reel_query *query,
                          const reel_index *movies, size_t count, reel_scratch *scratch,
                          reel_rating_interval *out, reel_err *err);
    /* Where four of five ratings lie around predicted [films.count], into out [films.count]; NULL,
     * or false: was not learned. Allocates nothing. The door clips them likewise. */
    bool (*range)(const reel_model *model, const reel_query *query, reel_films films,
                  const float *predicted, reel_rating_interval *out);
    bool fills_targets; /* fit itself fills context->targets->out */
    bool
        takes_signals; /* entries REEL_ENTRY_SIGNAL may come; the door leaves them out for others */
    /* Fills score, baseline and terms of out (zeroed by the door) and contributions
     * [query->count], one value per entry; the door picks reasons and other from those. */
    reel_code (*explain)(const reel_model *model, const reel_query *query, reel_index movie,
                         reel_scratch *scratch, double *contributions, reel_explanation *out,
                         reel_err *err);
    /* The same for the films of a list at once, by models that can share work between them; those
     * have no `explain`. What a film gets does not depend on the others. */
    reel_code (*explain_many)(const reel_model *model, const reel_query *query,
                              const reel_asked *asked, reel_scratch *scratch, reel_err *err);
    reel_code (*neighbours)(const reel_model *model, const reel_query *query, size_t limit,
                            reel_scratch *scratch, reel_neighbour *out, size_t *count,
                            reel_err *err); /* NULL: has none */
    reel_code (*save)(const reel_model *model, reel_tensors_writer *writer, reel_err *err);
    /* tensors outlive the model (it holds a reference): point into them, copy nothing large. */
    reel_code (*load)(reel_model *model, const reel_tensors *tensors, const char *prefix,
                      reel_err *err);
    void (*fini)(reel_model *model); /* releases what fit or load made */
} reel_model_ops;

struct reel_model {
    const reel_model_ops *ops;
    atomic_int references;
    uint64_t serial;    /* one for each model object of this process; never 0 */
    bool takes_signals; /* as its ops say; a hybrid where all its members do */
    reel_index movies;
    const int64_t *movie_ids; /* [movies]; this and the next two are owned unless tensors is set */
    reel_index people;
    const int64_t *person_ids; /* [people] */
    const int64_t *row_hashes; /* [people] reel_query_hash of each trained history, as bits */
    /* Texts that stand for films and people, where the data had no numbers for them; owned
     * likewise.
     */
    reel_names movie_names, person_names;
    float low, high;       /* smallest and largest rating of the training data */
    reel_tensors *tensors; /* the mapped file, or NULL for a fitted model */
    uint64_t seed;
    double params[REEL_PARAMS_MAX]; /* by index of ops->info.params */
    char data_hash[80];
    char id[REEL_MODEL_ID_SIZE];
    char *card; /* owned, or NULL */
};

/* Whether the fit of a model fills context->targets itself, which is better than asking it after.
 */
bool reel__model_fills_targets(const char *name);

/* Scratch memory by slot: at least `size_bytes`, 64-byte aligned, kept between calls: all zero when
 * it is new or has grown, else what was left there by a model of the same kind; NULL without
 * memory. A model may use slots [0, REEL_SCRATCH_OWN); the rest are the door's. */
enum { REEL_SCRATCH_OWN = 16, REEL_SCRATCH_SLOTS = 20, REEL_SCRATCH_PARTS = 32 };
void *reel__scratch_get(reel_scratch *scratch, int slot, size_t size_bytes);
/* The part of a scratch that models of one kind share; NULL without memory. The door gives a model
 * its own part, a model that combines others gives each member the part inside its own. */
reel_scratch *reel__scratch_part(reel_scratch *scratch, const reel_model *model);

/* The row whose stored vector stands for this query: query->row where its history is the one that
 * was trained on, else -1. */
reel_index reel__model_row(const reel_model *model, const reel_query *query);

/* Names a query to one model object: a slot that starts with this key may keep what was worked out
 * for score and use it again in explain. Never 0. */
uint64_t reel__query_key(const reel_model *model, const reel_query *query);

/* Whether a model of that name takes these parameters, before any data are read.
 * Errors: E_NOTFOUND, E_INVALID. */
REEL_MUST_USE reel_code reel__model_check(const char *name, const reel_params *params,
                                          reel_err *err);

/* Whether a model has credible intervals. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__model_check_interval(const reel_model *model, reel_err *err);

/* Give a fitted model the texts behind its ids, which it owns from now on: ids are the positions of
 * the texts. Those without texts stay numbers. The caller's are empty afterwards. */
void reel__model_take_names(reel_model *model, reel_names *movies, reel_names *people);

/* Inside fit: report a share in [0, 1], and ask whether to end with E_CANCELLED. */
static inline bool reel__fit_step(const reel_fit_context *context, double share)
{
    if (context->progress != NULL)
        context->progress(share, context->user);
    return context->cancel == NULL || !*context->cancel;
}

extern const reel_model_ops reel__model_popular, reel__model_content, reel__model_user_knn,
    reel__model_hybrid, reel__model_baseline, reel__model_ials, reel__model_vae, reel__model_ease,
    reel__model_svd, reel__model_item_knn, reel__model_rp3beta, reel__model_bayes,
    reel__model_knn_basic, reel__model_knn_centered, reel__model_knn_baseline,
    reel__model_slope_one, reel__model_bpr, reel__model_slim, reel__model_svdpp, reel__model_als,
    reel__model_nmf, reel__model_co_clustering, reel__model_random;

#endif
