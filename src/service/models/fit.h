/* service/models/fit.h - a model fitted on a file of ratings, written as a file.
 * The formats are in docs/files.md. Layer: service. Threads: one thread at a time.
 */
#ifndef REEL_SERVICE_FIT_H
#define REEL_SERVICE_FIT_H

#include "data/named.h"
#include "reel/model.h"
#include "service/engine/engine.h"

typedef struct reel_fit_opts {
    const char *model;        /* its name */
    const char *train;        /* ratings; NULL = those of the folder */
    const char *movielens;    /* a folder whose films are known, rated or not; or NULL */
    const char *tmdb, *links; /* texts of the folder's films, as in service/files/load.h; or NULL */
    const char *output;       /* the model file */
    const char *pairs, *predictions; /* ratings to predict while fitting, and where to; or NULL */
    reel_third third;                /* of the pairs' columns */
    bool header;                     /* write one above the predictions */
    bool evaluate; /* first on part of the ratings, for the model's evaluation card */
    reel_params params;
    uint64_t seed;
    int threads;   /* 0 = all cores */
    size_t memory; /* bytes that fit may use; 0 = what the machine has available */
    reel_read_opts read;
    const volatile bool *cancel; /* may be NULL; once true, E_CANCELLED soon */
} reel_fit_opts;

typedef struct reel_fit_report {
    int64_t people, movies, ratings;
    int64_t bad_rows, duplicates;
    int64_t unknown_movies; /* ratings left out: the folder lacks the film */
    int64_t predicted, unknown_users, unknown_pairs;
    double read_seconds, fit_seconds, evaluate_seconds;
    int64_t size_bytes;        /* of the model file */
    int64_t peak_memory_bytes; /* of the whole process, mapped files included */
    char model[48], data_hash[80];
    /* Where it was evaluated: its first metric, "ndcg@10" or "rmse". */
    char metric[24];
    double low, mean, high;
} reel_fit_report;

/* Errors: E_INVALID (options, parameters, nothing to fit on), those of reading, fitting and
 * writing. */
REEL_MUST_USE reel_code reel__fit(const reel_fit_opts *opts, reel_fit_report *report,
                                  reel_err *err);

#endif
