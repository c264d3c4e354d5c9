/* service/evaluate.h - how good the models are on some data: split, fit, rank, measure, compare.
 * `random` and `popular` are always among them. See docs/evaluation.md.
 * Layer: service. Ownership: an evaluation is the caller's. Threads: one thread at a time; all
 * cores are used inside and change no number but the seconds.
 */
#ifndef REEL_SERVICE_EVALUATE_H
#define REEL_SERVICE_EVALUATE_H

#include "base/json.h"
#include "eval/judge.h"
#include "eval/significance.h"
#include "service/engine.h"

enum { REEL_EVALUATE_MODELS = 24, REEL_EVALUATE_PARAMS = 8, REEL_EVALUATE_NAME = 120 };

typedef struct reel_evaluate_opts {
    const char *movielens, *database; /* a folder or a store; or both of these: */
    const char *train, *test;         /* TSV or CSV of user item [rating [timestamp]] */
    const char *models; /* "user-knn,hybrid:popular-20=3"; NULL = every model that can be fitted */
    reel_filter_opts filter;
    reel_split_opts split; /* not for train and test */
    reel_judge_opts judge;
    const reel_progress *progress;
    reel_notice notice;
} reel_evaluate_opts;

typedef struct reel_evaluated {
    char name[REEL_EVALUATE_NAME]; /* as it was asked for */
    reel_model *model;             /* of the last split; NULL: random scores */
    reel_judgement judgement;
    reel_interval *intervals; /* [judgement.columns] */
    reel_comparison to_best;  /* NDCG at the first length, against the best model's */
    double fit_seconds, judge_seconds;
} reel_evaluated;

typedef struct reel_evaluation {
    const reel_evaluate_opts *opts; /* the caller's */
    char source[80], data_hash[80]; /* after filtering */
    bool simulated;
    int64_t people, films, ratings; /* after filtering */
    int64_t held_out, judged;       /* ratings of people with a history; people */
    reel_evaluated models[REEL_EVALUATE_MODELS];
    size_t count, best;
} reel_evaluation;

reel_evaluate_opts reel__evaluate_opts_default(void);
/* opts [in, borrowed] as long as the evaluation is used. Errors: E_INVALID (options, parameters,
 * too little data), E_NOTFOUND (a file, a model), those of reading, fitting and scoring. */
REEL_MUST_USE reel_code reel__evaluation_make(reel_evaluation *out, const reel_evaluate_opts *opts,
                                              reel_err *err);
void reel__evaluation_fini(reel_evaluation *evaluation);
/* command: how the program was called. */
void reel__evaluation_write(reel_json *json, const reel_evaluation *evaluation,
                            const char *command);

/* What the evaluation reads, with the fate of each rating where files decide it, else NULL; both
 * are the caller's. */
REEL_MUST_USE reel_code reel__evaluate_read(reel_dataset **out, uint8_t **fate,
                                            const reel_evaluate_opts *opts, reel_err *err);

#endif
