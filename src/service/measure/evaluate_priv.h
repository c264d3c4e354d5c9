/* service/measure/evaluate_priv.h - what the files of an evaluation share. */
#ifndef REEL_SERVICE_EVALUATE_PRIV_H
#define REEL_SERVICE_EVALUATE_PRIV_H

#include "data/readers.h"
#include "service/measure/evaluate.h"

/* What an evaluation reads. */
typedef struct reel_evaluate_data {
    reel_dataset *dataset;
    uint8_t *fate;       /* [ratings] where files decide it, else NULL */
    uint8_t *fold;       /* [ratings] where a file decides it, else NULL */
    int folds;           /* of that file */
    reel_csr candidates; /* people of dataset x films, from a file; no rows: none */
} reel_evaluate_data;

REEL_MUST_USE reel_code reel__evaluate_read(reel_evaluate_data *out, const reel_evaluate_opts *opts,
                                            reel_err *err);
void reel__evaluate_data_fini(reel_evaluate_data *data);

/* One line of a candidate file. */
typedef struct reel_candidate_line {
    int64_t person, held; /* ids */
    size_t begin, end;    /* in items, the held-out film among them */
} reel_candidate_line;

typedef struct reel_candidate_file {
    reel_candidate_line *lines;
    int64_t *items; /* ids */
    size_t count, item_count;
} reel_candidate_file;

/* Errors: E_NOTFOUND, E_FORMAT with line and reason, E_NOMEM. */
REEL_MUST_USE reel_code reel__candidates_read(reel_candidate_file *out, const char *path,
                                              reel_err *err);
void reel__candidate_file_fini(reel_candidate_file *file);
/* As rows of the people of the dataset. Errors: E_INVALID (an id the data lack). */
REEL_MUST_USE reel_code reel__candidates_index(reel_csr *out, const reel_candidate_file *file,
                                               const reel_dataset *dataset, reel_err *err);
/* Write what is ranked for each person of the split who has one film held out. */
REEL_MUST_USE reel_code reel__candidates_write(const char *path, const reel_split *split,
                                               const reel_dataset *dataset, reel_err *err);

/* Where a rating stands in a dataset, or -1. */
reel_nnz reel__evaluate_find(const reel_dataset *dataset, int64_t person, int64_t movie);

/* The models asked for and those always there. */
REEL_MUST_USE reel_code reel__evaluate_choose(reel_evaluation *e, reel_err *err);
/* Fit a chosen model; targets [in, optional] is filled when the model itself does it, then *filled
 * is set. */
REEL_MUST_USE reel_code reel__evaluate_fit(reel_evaluated *m, const reel_dataset *train,
                                           const reel_evaluate_opts *opts,
                                           const reel_fit_targets *targets, bool *filled,
                                           reel_err *err);
/* "parameters": the values that the fitted model used. */
void reel__evaluate_write_parameters(reel_json *json, const reel_evaluated *m);

#endif
