/* service/measure/reproduce.h - whole published tables, made again on data the user has, ours
 * beside theirs. A table is data: a protocol and rows of a model, what was published for it, and
 * where. Layer: service. Ownership: a reproduction is the caller's. Threads: one thread at a time;
 * all cores are used inside.
 */
#ifndef REEL_SERVICE_REPRODUCE_H
#define REEL_SERVICE_REPRODUCE_H

#include "service/measure/evaluate.h"

enum { REEL_TABLE_METRICS = 4, REEL_TABLE_ROWS = 40, REEL_TABLE_SEEDS = 20 };

/* One published line; the row of a model without one has no source. */
typedef struct reel_published {
    const char *model;                 /* ours: name and parameters, as `reel evaluate` takes it */
    const char *name;                  /* theirs, or NULL */
    double values[REEL_TABLE_METRICS]; /* by the table's metrics; 0 = not published */
    const char *source;                /* or NULL */
} reel_published;

typedef enum reel_table_data {
    REEL_DATA_ML_1M,    /* a MovieLens folder */
    REEL_DATA_ML_100K,  /* likewise */
    REEL_DATA_U1,       /* u1.base and u1.test of such a folder */
    REEL_DATA_SPLIT,    /* train.tsv and test.tsv of a folder */
    REEL_DATA_SPLIT_ALL /* train-all.tsv and test.tsv of it */
} reel_table_data;

typedef struct reel_table_spec {
    const char *name, *title;
    const char *protocol;                    /* for a person */
    const char *metrics[REEL_TABLE_METRICS]; /* "rmse", "mae", "ndcg@10"; NULL behind the last */
    const reel_published *rows;              /* [row_count] */
    size_t row_count;
    reel_filter_opts filter;
    double share;
    reel_table_data data;
    reel_protocol split;
    int seeds;       /* evaluated with seeds 1, 2, ... */
    int sampled;     /* as in reel_evaluate_opts; so is implicit */
    bool folds_file; /* the folds of folds5.txt in the folder, where it is there */
    bool implicit;
    bool texts; /* the films of ml-1m with the texts of tmdb, beside the split */
} reel_table_spec;

/* NULL beyond the last. */
const reel_table_spec *reel__table_spec_at(size_t index);
const reel_table_spec *reel__table_spec_find(const char *name);

typedef struct reel_reproduce_opts {
    const char *table;
    const char *data;   /* a folder that holds ml-1m, ml-100k and the like */
    const char *folder; /* or the very folder of the table's data */
    const char *models; /* only these, by name; others are added without a published line */
    int fold;           /* -1 = all */
    int seeds;          /* 0 = as the table says */
    int threads;
    const reel_progress *progress;
} reel_reproduce_opts;

typedef struct reel_reproduced {
    const char *model;
    const reel_published *published; /* NULL: a model that was only asked for */
    bool absent;                     /* this build has no such model */
    double mean[REEL_TABLE_METRICS], low[REEL_TABLE_METRICS], high[REEL_TABLE_METRICS];
    double fit_seconds, judge_seconds; /* of all seeds and folds */
} reel_reproduced;

typedef struct reel_reproduction {
    const reel_reproduce_opts *opts;
    const reel_table_spec *spec;
    reel_reproduced rows[REEL_TABLE_ROWS];
    size_t count;
    int metrics, runs;  /* what mean, low and high are over: folds or seeds */
    const char *run;    /* "fold" or "seed" */
    char paths[6][600]; /* of the data */
    char models[2400];  /* what was asked of reel__evaluation_make */
    char asked[2400];   /* opts->models, cut into names */
    reel_evaluate_opts evaluate;
    reel_evaluation last; /* of the last seed */
} reel_reproduction;

/* Errors: E_NOTFOUND (no such table; the data are not there), E_INVALID, those of evaluating. */
REEL_MUST_USE reel_code reel__reproduction_make(reel_reproduction *out,
                                                const reel_reproduce_opts *opts, reel_err *err);
void reel__reproduction_fini(reel_reproduction *reproduction);
void reel__reproduction_write(reel_json *json, const reel_reproduction *reproduction,
                              const char *command);

#endif
