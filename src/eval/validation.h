/* eval/validation.h - questions with known answers, cut from training data alone: part of what some
 * people liked is held out, other people are left out of training and asked with a short random
 * part of their history, so that there are histories of every length. Models are fitted on `train`.
 * With `recency`, what was held out is what came last, as far as times are known: each person's
 * newest likes, and of people left out the oldest ratings are the history. Histories have the
 * weights that a hybrid with this `recency` gives them (model/recency.h).
 * Layer: eval. Ownership: a validation is the caller's. Threads: no state.
 */
#ifndef REEL_EVAL_VALIDATION_H
#define REEL_EVAL_VALIDATION_H

#include "reel/dataset.h"
#include "reel/model.h"

typedef struct reel_validation_opts {
    double share;    /* of a person's liked films held out, (0, 1)        default 0.2 */
    double unseen;   /* of the people left out of training, (0, 1)        default 0.1 */
    reel_index most; /* people asked at the most, of either kind          default 4000 */
    double recency;  /* of the hybrid to be learned, 0 = order does not matter   default 0 */
    uint64_t seed;   /* same seed, same questions, by a person's id       default 1 */
    const reel_dataset *known; /* only who has ratings there is asked; NULL = everybody */
} reel_validation_opts;
reel_validation_opts reel__validation_opts_default(void);

/* One question: the history, and the films that should stand high. */
typedef struct reel_question {
    reel_query query;
    const reel_index *held; /* [held_count] ascending; none of the history */
    size_t held_count;
} reel_question;

typedef struct reel_validation {
    reel_dataset *train;
    reel_question *questions;
    size_t count;
    reel_entry *entries; /* of all histories, one behind the other */
    reel_index *held;    /* of all questions */
} reel_validation;

/* What counts as liked is decided by model/evidence.h.
 * Errors: E_INVALID (options out of range; too little data to hold anything out), E_NOMEM. */
REEL_MUST_USE reel_code reel__validation_make(reel_validation *out, const reel_dataset *dataset,
                                              const reel_validation_opts *opts, reel_err *err);
/* Questions about what is new: of the ratings that `before` lacks (by ids of person and film), each
 * person's newest `share` is held out, rounded up, of which the liked films are asked for, from all
 * else that is known of them. opts->unseen and recency are not used. out->count is 0, and there is
 * no `train`, where nobody liked anything new.
 * Errors: E_INVALID (options out of range; nothing would be left), E_NOMEM. */
REEL_MUST_USE reel_code reel__validation_newest(reel_validation *out, const reel_dataset *dataset,
                                                const reel_dataset *before,
                                                const reel_validation_opts *opts, reel_err *err);
/* Whether somebody has ratings there; known NULL: everybody counts as known. */
bool reel__validation_knows(const reel_dataset *known, int64_t person);
void reel__validation_fini(reel_validation *validation);

#endif
