/* fit_priv.h - a fit under way, shared by fit.c and fit_pairs.c. Layer: service.
 */
#ifndef REEL_SERVICE_FIT_PRIV_H
#define REEL_SERVICE_FIT_PRIV_H

#include "base/buf.h"
#include "data/names.h"
#include "service/models/batch_priv.h"
#include "service/models/fit.h"

typedef struct reel_fitting {
    const reel_fit_opts *opts;
    reel_fit_report *report;
    reel_catalogue *catalogue; /* or NULL */
    reel_named train;
    reel_names movies, people; /* the texts of train by id, until the model has them */
    reel_dataset *dataset;
    reel_model *model;
    reel_pairs pairs;
    reel_fit_targets targets; /* what of the pairs is asked for while fitting */
    reel_index *target_rows, *target_movies;
    int64_t *target_times;
    size_t *target_pairs; /* [targets.count] */
    reel_buf card;
    reel_err *err;
} reel_fitting;

/* Read the pairs and make targets of those whose person and item are in the training data. */
REEL_MUST_USE reel_code reel__fit_pairs_read(reel_fitting *f);
/* Predict the other ones with the fitted model, and write all. */
REEL_MUST_USE reel_code reel__fit_pairs_write(reel_fitting *f);
void reel__fit_pairs_fini(reel_fitting *f);

/* Fit the same model on part of the ratings, see how it does on the rest, and write f->card. */
REEL_MUST_USE reel_code reel__fit_evaluate(reel_fitting *f);

#endif
