/* service/models/batch.h - a fitted model over files: lists for many people, scores of many pairs.
 * The formats are in docs/files.md. Results are written in the order of the input whatever the
 * number of threads, and appear under their name only when complete.
 * Layer: service. Threads: one thread at a time per call; all cores are used inside.
 */
#ifndef REEL_SERVICE_BATCH_H
#define REEL_SERVICE_BATCH_H

#include "data/named.h"
#include "reel/model.h"

enum { REEL_LIST_MOST = 100000 };

typedef struct reel_batch_opts {
    const char *model, *histories, *output; /* files */
    const char *users;                      /* lists: one id a line; NULL = everyone */
    const char *pairs;                      /* predictions */
    reel_third third;                       /* of the pairs' columns */
    size_t k;                               /* lists: how many items at the most */
    int threads;                            /* 0 = all cores */
    bool header;                            /* write one */
    bool interval;                          /* predictions: with their credible intervals */
    reel_read_opts read;                    /* strict, bad rows and progress, of the histories */
    const volatile bool *cancel;            /* may be NULL; once true, E_CANCELLED soon */
} reel_batch_opts;

typedef struct reel_batch_report {
    int64_t people, stored; /* with a history; of these the model's own, unchanged */
    int64_t rows;           /* written */
    int64_t bad_rows, duplicates;
    int64_t unknown_items, unknown_rows; /* of the histories: items, and rows that name them */
    int64_t unknown_users;               /* of --users or of the pairs: without a history */
    int64_t unknown_pairs;               /* pairs whose item the model does not know */
    double read_seconds, score_seconds;
    char model[48]; /* its id */
} reel_batch_report;

/* The best k items of each person, those of the history left out: user, rank, item, score.
 * Errors: E_INVALID (options; the output is one of the inputs), those of reading, loading,
 * scoring and writing. */
REEL_MUST_USE reel_code reel__batch_lists(const reel_batch_opts *opts, reel_batch_report *report,
                                          reel_err *err);
/* A score of each pair: user, item, score; with opts->interval, low and high behind it. Models that
 * predict ratings give ratings. Errors: E_INVALID (intervals of a model that has none) too. */
REEL_MUST_USE reel_code reel__batch_predictions(const reel_batch_opts *opts,
                                                reel_batch_report *report, reel_err *err);

#endif
