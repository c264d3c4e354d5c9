/* service/measure/evaluate.h - how good the models are on some data: split, fit, rank, predict,
 * measure, compare. `random`, `popular` and `item-knn` are always among those that rank. See
 * docs/evaluation.md.
 * Layer: service. Ownership: an evaluation is the caller's. Threads: one thread at a time; all
 * cores are used inside and change no number but the seconds.
 */
#ifndef REEL_SERVICE_EVALUATE_H
#define REEL_SERVICE_EVALUATE_H

#include "base/json.h"
#include "eval/judge.h"
#include "eval/rating_errors.h"
#include "eval/significance.h"
#include "service/engine/engine.h"

enum {
    REEL_EVALUATE_MODELS = 32,
    REEL_EVALUATE_PARAMS = 12,
    REEL_EVALUATE_NAME = 240,
    REEL_EVALUATE_SCOPES = 2
};

typedef enum reel_metrics_wanted {
    REEL_WANT_ALL, /* lists of every model, ratings of those that predict them */
    REEL_WANT_RANKING,
    REEL_WANT_RATING
} reel_metrics_wanted;

typedef struct reel_evaluate_opts {
    /* One of these; ratings: one file of user item [rating [time]]. */
    const char *movielens, *database, *ratings;
    const char *train, *test; /* or these two files, which are the split */
    const char *tmdb, *links; /* metadata for the films of movielens or catalogue */
    const char *catalogue;    /* a MovieLens folder that knows the films of ratings, train, test */
    const char *folds_file;   /* the fold of each rating of movielens or ratings, in their order */
    const char *candidates;   /* lines of user, held-out film, further films: only these ranked */
    const char *save_candidates; /* where the sampled candidates are written, in that form */
    int sampled;                 /* this many films beside the held-out one are ranked; 0 = all */
    int fold;                    /* only this one of the folds; -1 = all */
    const char *models; /* "user-knn,hybrid:popular-20=3"; NULL = hybrid, or those that predict */
    reel_metrics_wanted metrics;
    bool implicit; /* every rating counts as a 1: only that it was given is known */
    reel_filter_opts filter;
    reel_split_opts split; /* not for train and test */
    reel_judge_opts judge;
    bool skip_wrong_rows;        /* of ratings; otherwise they are an error */
    size_t memory;               /* bytes that a fit may use; 0 = what the machine has available */
    const volatile bool *cancel; /* may be NULL; once true, fitting ends with E_CANCELLED soon */
    const reel_progress *progress;
    reel_notice notice;
} reel_evaluate_opts;

/* How well one model ranked the films of one scope. */
typedef struct reel_ranked {
    reel_judgement judgement;
    reel_interval *intervals; /* [judgement.columns] */
    reel_comparison to_best;  /* NDCG at the first length, against the best model's */
} reel_ranked;

typedef struct reel_evaluated {
    char name[REEL_EVALUATE_NAME]; /* as it was asked for */
    reel_model *model;             /* of the last split; NULL: random scores */
    bool predicts;                 /* ratings, and they were judged */
    reel_ranked ranked[REEL_EVALUATE_SCOPES];
    reel_rating_errors errors;
    reel_interval rmse, mae;
    reel_comparison rmse_to_best;
    double fit_seconds, judge_seconds; /* predicting while fitting counts as fitting */
} reel_evaluated;

typedef struct reel_evaluation {
    const reel_evaluate_opts *opts; /* the caller's */
    char source[80], data_hash[80]; /* after filtering */
    char protocol[80];              /* "ratio"; "files", "folds file", "candidates file" */
    bool simulated, has_genres;
    int64_t people, films, ratings; /* after filtering */
    int64_t held_out;               /* ratings of people with a history */
    int64_t judged;                 /* people whose lists were judged */
    int64_t predicted;              /* ratings that were to be predicted */
    int scopes;                     /* rankings of each model: 0, 1, or all films and hidden ones */
    double candidates;              /* mean candidates of a person where sampled, else 0 */
    reel_evaluated models[REEL_EVALUATE_MODELS];
    size_t count;
    size_t best[REEL_EVALUATE_SCOPES]; /* at ranking */
    size_t best_rmse;                  /* count where none predicts */
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
/* The evaluation card of one of its models: how it was measured, what came out, and what `popular`
 * has in the same lists (docs/model-format.md). */
void reel__evaluation_card(reel_json *json, const reel_evaluation *evaluation, size_t index);
/* What is put before the names of metrics of the first scope: "sampled_" or "". */
const char *reel__evaluation_label(const reel_evaluation *evaluation);

#endif
