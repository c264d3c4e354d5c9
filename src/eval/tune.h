/* eval/tune.h - a search for good parameters of a model: which configuration to try next.
 * Brackets of successive halving (Hyperband, Li et al. 2018): many configurations are tried
 * cheaply, the best third of them at three times the effort, and so on up to the last rung, where
 * results count; some brackets start higher, should cheap trials mislead. Configurations are drawn
 * by a low-discrepancy sequence at first and then by a Gaussian process through all results, with
 * one draw in ten at random.
 * The search knows neither data nor time: ask what to try, try it, tell the result. What it asks
 * depends on the space, the seed and what it was told, so that results told again from a log lead
 * it the same way.
 * Layer: eval. Ownership: a search is made by reel__search_new. Threads: one thread at a time.
 */
#ifndef REEL_EVAL_TUNE_H
#define REEL_EVAL_TUNE_H

#include "base/buf.h"
#include "model/vtable.h"

/* ---- where to search ----------------------------------------------------------------------- */

enum { REEL_TUNE_DIMS = REEL_PARAMS_MAX, REEL_TUNE_RUNGS = 4, REEL_TUNE_TRIALS = 10000 };

/* One parameter that is searched. */
typedef struct reel_tune_dim {
    size_t param;     /* index in info->params */
    double low, high; /* of a choice: positions */
    bool log;         /* by orders of magnitude; low > 0 */
} reel_tune_dim;

typedef struct reel_tune_space {
    const reel_model_info *info;
    reel_tune_dim dims[REEL_TUNE_DIMS];
    size_t count;
    double base[REEL_PARAMS_MAX]; /* all parameters: the defaults and what was fixed */
    bool fixed[REEL_PARAMS_MAX];
    int effort; /* a parameter that cheap trials lower (sweeps, epochs, samples), or -1 */
} reel_tune_space;

/* fixed: "name=value,name=value" or NULL. searched: "name=low..high,name=low..high:log,name" or
 * NULL = every parameter that is not fixed and has a range to look in; with a list all others stay
 * as they are. A range is searched by orders of magnitude where it spans one or its parameter says
 * so; ":log" and ":linear" decide. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__tune_space_make(reel_tune_space *out, const reel_model_info *info,
                                              const char *fixed, const char *searched,
                                              reel_err *err);
/* "neighbours=19..1200:log": one dimension as it could be given. */
void reel__tune_dim_text(reel_buf *out, const reel_tune_space *space, size_t dim);
/* All parameters of a configuration. values [space->count]; out [info->param_count]. */
void reel__tune_params(double *out, const reel_tune_space *space, const double *values);

/* ---- searching ----------------------------------------------------------------------------- */

typedef struct reel_trial {
    int number; /* from 0: the defaults, on the last rung */
    int rung;   /* from 0 */
    double values[REEL_TUNE_DIMS];
    double score; /* higher is better; -INFINITY when it failed */
} reel_trial;

typedef struct reel_search reel_search;

/* rungs: 1 .. REEL_TUNE_RUNGS. Errors: E_INVALID, E_NOMEM. */
REEL_MUST_USE reel_code reel__search_new(reel_search **out, const reel_tune_space *space, int rungs,
                                         uint64_t seed, reel_err *err);
void reel__search_free(reel_search *search); /* NULL allowed */

/* What to try next, and the same again until it is told; NULL: the space has nothing left, or
 * REEL_TUNE_TRIALS were made. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__search_ask(reel_search *search, const reel_trial **out,
                                         reel_err *err);
/* How the trial asked for went; not a number: it failed. */
void reel__search_tell(reel_search *search, double score);

/* Of what was told: the best on the last rung, the first of equals; NULL: none worked. */
const reel_trial *reel__search_best(const reel_search *search);
/* By number; number < reel__search_count. Borrowed until the next ask. */
const reel_trial *reel__search_trial(const reel_search *search, size_t number);
size_t reel__search_count(const reel_search *search); /* trials told */

#endif
