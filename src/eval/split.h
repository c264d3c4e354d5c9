/* eval/split.h - which ratings a model may learn from and which it is judged by.
 * A split gives each rating a fate. What happens depends on the seed, the data and the options
 * alone, never on threads.
 * Layer: eval. Ownership: a split is the caller's: reel__split_fini. Threads: no state.
 */
#ifndef REEL_EVAL_SPLIT_H
#define REEL_EVAL_SPLIT_H

#include "num/csr.h"
#include "reel/dataset.h"

/* ---- filters ------------------------------------------------------------------------------- */

typedef struct reel_filter_opts {
    double threshold; /* ratings below are dropped; 0 = none */
    int core;         /* people and films with fewer ratings are dropped until none is; 0 = none */
} reel_filter_opts;

/* The ratings that stay; with a core, only films that have any. out [out, owned] may be the same
 * data. Errors: E_INVALID (options out of range, nothing is left), E_NOMEM. */
REEL_MUST_USE reel_code reel__filter(reel_dataset **out, reel_dataset *dataset,
                                     const reel_filter_opts *opts, reel_err *err);

/* ---- protocols ----------------------------------------------------------------------------- */

typedef enum reel_protocol {
    REEL_PROTOCOL_RATIO,    /* a random share of each person's ratings, rounded up */
    REEL_PROTOCOL_LAST,     /* each person's latest rating; of equal times the highest index */
    REEL_PROTOCOL_FOLDS,    /* all ratings in equal random parts, each held out in turn */
    REEL_PROTOCOL_TEMPORAL, /* the latest share of all ratings; equal times stay together */
    REEL_PROTOCOL_STRONG,   /* people the model never saw, asked with part of their ratings */
    REEL_PROTOCOL_RANDOM,   /* a random share of all ratings */
    REEL_PROTOCOL_COLD,     /* all ratings of a share of the films */
    REEL_PROTOCOLS
} reel_protocol;

/* "ratio", "last", "folds", "temporal", "strong", "random", "cold"; -1 when a name is unknown. */
const char *reel__protocol_name(reel_protocol protocol);
int reel__protocol_find(const char *name);
/* The share that is held out unless another is asked for: .1 for random and cold, else .2. */
double reel__protocol_share(reel_protocol protocol);

typedef struct reel_split_opts {
    reel_protocol protocol;
    double share;  /* held out, (0, 1)                                    default 0.2 */
    double unseen; /* strong: share of the people the model never sees    default 0.1 */
    int folds;     /* 2 .. 100                                            default 5 */
    uint64_t seed; /*                                                     default 1 */
} reel_split_opts;
reel_split_opts reel__split_opts_default(void);

/* Ratings held out, by person. */
typedef struct reel_held {
    reel_csr test;
    int64_t *times;     /* [test.ptr[rows]]; NULL = unknown */
    reel_index *person; /* [test.rows] row in the data that was split */
} reel_held;

typedef struct reel_split {
    reel_dataset *train;   /* what models are fitted on */
    reel_dataset *history; /* what they are asked with; the same as train but for unseen people */
    reel_held held;        /* rows are the people of history */
    reel_held alone;       /* people without a history: only predicted ratings are judged */
    bool *films;           /* [films] cold: those hidden from training; NULL: there are none */
    /* People of the data that was split x films: what is ranked; borrowed; NULL: all films. */
    const reel_csr *candidates;
} reel_split;

enum { REEL_ROUNDS_MAX = 100 };

/* How many splits there are of these options: the folds, else 1. */
int reel__split_rounds(const reel_split_opts *opts);
/* Films keep their indices. Ratio and last leave people with one rating alone; folds, temporal,
 * random and cold may leave people without a history, who are judged by predicted ratings only.
 * Strong (Liang et al. 2018): a share of the people is not trained on; of those with 5 ratings or
 * more, the share is held out, rounded down; their ratings of films nobody trained on are dropped.
 * Cold draws among the films that have ratings. Errors: E_INVALID (options out of range, nothing to
 * train on or nothing held out), E_NOMEM. */
REEL_MUST_USE reel_code reel__split_make(reel_split *out, const reel_dataset *dataset,
                                         const reel_split_opts *opts, int round, reel_err *err);

/* The fate of each rating of dataset, as decided elsewhere. */
typedef enum reel_fate { REEL_FATE_TRAIN, REEL_FATE_TEST, REEL_FATE_DROP, REEL_FATE_ASK } reel_fate;
REEL_MUST_USE reel_code reel__split_by_fate(reel_split *out, const reel_dataset *dataset,
                                            const uint8_t *fate, reel_err *err);
void reel__split_fini(reel_split *split);

#endif
