/* model/calibration.h - how far predicted ratings are off, learned on ratings that were held out.
 * Split conformal prediction (Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018, "Distribution-free
 * predictive inference for regression"), by groups (Vovk, Lindsay, Nouretdinov, Gammerman 2003,
 * "Mondrian confidence machine"): a model of the same kind is fitted without a share of the
 * ratings, and of its residuals at those, a tenth at each end is cut off. A group has the people
 * with about as many ratings and the films with about as many. Where the data have too few people
 * of a group (MovieLens has none with less than 20 ratings), the histories of others are shortened
 * by chance to that length and folded in.
 * Layer: model. Threads: immutable once learned.
 */
#ifndef REEL_MODEL_CALIBRATION_H
#define REEL_MODEL_CALIBRATION_H

#include "model/factors.h"
#include "num/csr.h"

/* Ratings that are learned from, and those held out; rows are people. */
typedef struct reel_calibration_split {
    reel_csr train, raters; /* raters: train with films as rows */
    reel_csr held;
} reel_calibration_split;

/* A random share of the ratings is held out, but no more than 200,000. out needs
 * reel__calibration_split_fini whatever happens. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__calibration_split_make(reel_calibration_split *out,
                                                     reel_csr_view ratings, double share,
                                                     uint64_t seed, reel_err *err);
void reel__calibration_split_fini(reel_calibration_split *split);

typedef struct reel_calibration {
    bool owned;             /* made by reel__calibration_learn, not mapped from a file */
    const float *quantiles; /* [groups][2] lowest and highest rating less prediction; or NULL */
    const int32_t *raters;  /* [movies] how many rated a film; NULL where quantiles is */
} reel_calibration;

typedef struct reel_calibration_opts {
    float low, high; /* predictions are cut to this */
    uint64_t seed;
    int threads;
} reel_calibration_opts;
/* factors: solved on split->train. Nothing is known (quantiles is NULL) where fewer than 40
 * ratings were held out. The same for any number of threads. out needs reel__calibration_fini
 * whatever happens. Errors: E_NOMEM. Cost: a solve for each person, and another for each group of
 * shorter histories that too few people have. */
REEL_MUST_USE reel_code reel__calibration_learn(reel_calibration *out, const reel_factors *factors,
                                                const reel_calibration_split *split,
                                                const reel_calibration_opts *opts, reel_err *err);
void reel__calibration_fini(reel_calibration *calibration);

/* Operation of vtable.h. O(history + films) */
void reel__calibration_range(const reel_calibration *calibration, const reel_query *query,
                             reel_films films, const float *predicted, reel_rating_interval *out);

/* Under "residual_quantiles" and "raters"; nothing where nothing is known. */
REEL_MUST_USE reel_code reel__calibration_save(const reel_calibration *calibration,
                                               reel_index movies, reel_tensors_writer *writer,
                                               reel_err *err);
/* Errors: E_FORMAT. */
REEL_MUST_USE reel_code reel__calibration_load(reel_calibration *out, reel_index movies,
                                               const reel_tensors *tensors, const char *prefix,
                                               reel_err *err);

#endif
