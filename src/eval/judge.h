/* eval/judge.h - a model's lists for everyone, compared with what was held out.
 * All films that are not in the asked history are ranked, ties by index, unless the split names the
 * candidates or only the films hidden from training are asked for.
 * Layer: eval. Ownership: a judgement is the caller's. Threads: threads = 0 means all cores;
 * results never depend on it.
 */
#ifndef REEL_EVAL_JUDGE_H
#define REEL_EVAL_JUDGE_H

#include "eval/split.h"
#include "reel/model.h"

enum { REEL_CUTS_MAX = 6, REEL_CUT_MOST = 1000 };

typedef enum reel_metric {
    REEL_METRIC_NDCG,
    REEL_METRIC_RECALL,
    REEL_METRIC_RECALL_MIN,
    REEL_METRIC_PRECISION,
    REEL_METRIC_HIT_RATE,
    REEL_METRIC_MAP,
    REEL_METRIC_MRR,
    REEL_METRIC_NOVELTY,
    REEL_METRIC_DISTANCE, /* NaN where the catalogue has no genres; so is the next */
    REEL_METRIC_CALIBRATION,
    REEL_METRICS
} reel_metric;
/* "ndcg", "recall", "recall_min", "precision", "hit_rate", "map", "mrr", "novelty",
 * "intra_list_distance", "calibration". */
const char *reel__metric_name(reel_metric metric);

typedef struct reel_judge_opts {
    int cuts[REEL_CUTS_MAX]; /* list lengths, 1 .. REEL_CUT_MOST */
    size_t cut_count;
    uint64_t seed;    /* of the random scorer */
    bool hidden_only; /* rank only split->films */
    int threads;
} reel_judge_opts;

typedef struct reel_judgement {
    reel_judge_opts opts;
    reel_index people; /* of the data that was split */
    size_t columns;    /* metrics at each cut, then AUC */
    double *each;      /* [people][columns]; NaN where nothing was held out */
    int *rounds;       /* [people] how often each was judged */
    int total_rounds;
    double coverage[REEL_CUTS_MAX], gini[REEL_CUTS_MAX];
} reel_judgement;

static inline size_t reel__metric_column(size_t cut, reel_metric metric)
{
    return cut * REEL_METRICS + (size_t)metric;
}
static inline size_t reel__auc_column(const reel_judgement *judgement)
{
    return judgement->columns - 1;
}

/* Errors: E_INVALID (a cut out of range), E_NOMEM. */
REEL_MUST_USE reel_code reel__judgement_init(reel_judgement *out, reel_index people,
                                             const reel_judge_opts *opts, reel_err *err);
/* Judge the lists for one split and add what was found. model NULL = random scores by seed and
 * person id. Where no other film is left AUC is 1. Errors: E_INVALID (a model of other films),
 * E_NOMEM, those of scoring. */
REEL_MUST_USE reel_code reel__judge(reel_judgement *judgement, const reel_model *model,
                                    const reel_split *split, reel_err *err);
/* After the last split: means over the splits, person by person. */
void reel__judgement_finish(reel_judgement *judgement);
void reel__judgement_fini(reel_judgement *judgement);

#endif
