/* eval/protocol.h - how good a fitted model is, asked by nothing but the function from a history to
 * scores: part of each person's liked films is held out, all films not known of them are ranked,
 * and the lists are compared with what was held out.
 * Layer: eval. Ownership: a holdout is the caller's. Threads: threads = 0 means all cores; results
 * never depend on it.
 */
#ifndef REEL_EVAL_PROTOCOL_H
#define REEL_EVAL_PROTOCOL_H

#include "num/csr.h"
#include "reel/dataset.h"
#include "reel/model.h"

typedef struct reel_holdout_opts {
    double share;       /* of a person's relevant films held out, (0, 1)   default 0.2 */
    float relevant;     /* a rating from here on is a liked film           default 4 */
    int least_relevant; /* people with fewer keep all of them              default 5 */
    uint64_t seed;      /* same seed, same films held out, by person's id  default 1 */
} reel_holdout_opts;
reel_holdout_opts reel__holdout_opts_default(void);

typedef struct reel_holdout {
    reel_dataset *train; /* everything else; the same films with the same indices */
    reel_csr test;       /* people of train x movies: what was held out */
} reel_holdout;

/* Errors: E_INVALID (share out of range, nobody has enough relevant films), E_NOMEM. */
REEL_MUST_USE reel_code reel__holdout_make(reel_holdout *out, const reel_dataset *dataset,
                                           const reel_holdout_opts *opts, reel_err *err);
void reel__holdout_fini(reel_holdout *holdout);

typedef struct reel_quality {
    reel_index people; /* who had something held out; the rest are means over them */
    double ndcg10, ndcg100, recall20;
} reel_quality;

/* model must have been fitted on holdout->train. Lists: all films but those of the person's history
 * by score, ties by index. per_person [out, optional] [test.rows] NDCG@10, NaN for people with
 * nothing held out. Errors: E_INVALID (a model of other films), E_NOMEM, those of scoring. */
REEL_MUST_USE reel_code reel__evaluate(reel_quality *out, double *per_person,
                                       const reel_model *model, const reel_holdout *holdout,
                                       int threads, reel_err *err);

#endif
