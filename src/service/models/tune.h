/* service/models/tune.h - finds good parameters of a model on some data, within a time: reads, cuts
 * validation ratings from what was given, tries configurations, keeps a log. See docs/tuning.md.
 * Layer: service. Ownership: a tuning is the caller's. Threads: one thread at a time; all cores are
 * used inside and change no number but the seconds.
 */
#ifndef REEL_SERVICE_TUNE_H
#define REEL_SERVICE_TUNE_H

#include "base/json.h"
#include "eval/judge.h"
#include "eval/tune.h"
#include "service/models/source.h"

enum { REEL_TUNE_METRICS = 4, REEL_TUNE_WHY = 160 };

typedef struct reel_tuning reel_tuning;

typedef struct reel_tune_opts {
    reel_source source;
    const char *model;
    const char *metric; /* "ndcg@100", "recall@20", "rmse", ...; NULL = ndcg@100, or rmse for models
                           that predict ratings */
    const char *fixed, *searched; /* as reel__tune_space_make takes them */
    double budget_seconds;        /* 0 = no limit */
    int trials;                   /* those of the log among them; 0 = no limit */
    int rungs;                    /* 0 = 2 where cheap trials are to be had, else 1 */
    const char *log;              /* a file, or NULL */
    bool resume;                  /* the log may be there already and is gone on with */
    uint64_t seed;
    int threads;                 /* 0 = all cores */
    const volatile bool *cancel; /* may be NULL; once true, the search ends soon */
    /* Called now and then while a trial is fitted, and with `done` after each; may be NULL. */
    void (*report)(void *user, const reel_tuning *tuning, bool done);
    void *user;
    const reel_progress *progress; /* of reading */
} reel_tune_opts;

typedef struct reel_tune_metric {
    char name[24];
    int cut; /* 0: of predicted ratings */
    reel_metric of;
} reel_tune_metric;

/* What the search does not keep of a trial. */
typedef struct reel_tuned {
    double metrics[REEL_TUNE_METRICS]; /* not a number where it failed */
    double seconds;
    bool replayed;  /* from the log */
    reel_code code; /* why it failed: E_INVALID, E_BUDGET or E_NOMEM; else REEL_OK */
    char why[REEL_TUNE_WHY];
} reel_tuned;

typedef enum reel_tune_end {
    REEL_TUNE_BUDGET,    /* the time was over */
    REEL_TUNE_ENOUGH,    /* as many trials as wanted */
    REEL_TUNE_EXHAUSTED, /* nothing left to try */
    REEL_TUNE_STOPPED    /* cancelled */
} reel_tune_end;

struct reel_tuning {
    const reel_tune_opts *opts; /* the caller's */
    char source[80], data_hash[80];
    bool simulated;
    int64_t people, films, ratings; /* of what was given */
    int64_t held_out;               /* ratings of the last rung's validation */
    reel_tune_space space;
    reel_tune_metric metrics[REEL_TUNE_METRICS];
    size_t metric_count, chosen; /* the metric that decides */
    bool rates;                  /* predicted ratings are judged, and lower is better */
    int rungs;
    reel_search *search;
    reel_tuned *tuned; /* [count] by trial number */
    size_t count, capacity, replayed;
    double seconds; /* of this run's trials */
    double share;   /* of the trial under way that is fitted */
    reel_tune_end end;
};

/* opts [in, borrowed] as long as the tuning is used. Ends without error once a trial on the last
 * rung worked. Errors: E_INVALID (options, space, too little data, a log of another search),
 * E_NOTFOUND (file, model), E_CONFLICT (the log is there and resume is not set, or is being
 * written), E_FORMAT (a damaged log), E_BUDGET (the time was too short for one trial), E_CANCELLED
 * before that; what made all trials fail; those of reading. */
REEL_MUST_USE reel_code reel__tune(reel_tuning *out, const reel_tune_opts *opts, reel_err *err);
void reel__tuning_fini(reel_tuning *tuning);

/* Trials of the last rung that worked, the best first. order [out] [limit]; how many there are. */
size_t reel__tuning_ranking(const reel_tuning *tuning, size_t *order, size_t limit);
/* "--param shrink=120 --param neighbours=300": what was searched or fixed. */
void reel__tuning_params(reel_buf *out, const reel_tuning *tuning, size_t trial);
/* command: how the program was called. */
void reel__tuning_write(reel_json *json, const reel_tuning *tuning, const char *command);

#endif
