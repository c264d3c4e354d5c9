/* service/experiments/experiments.h - experiments: which model makes whose list, so that it is
 * known afterwards whether the other one would have been better. An experiment is defined once,
 * with the rule by which it will be decided, and never changed. Who is in which arm is a hash of
 * who it is and of the experiment's tag (eval/assign.h); the id of a list says which experiment and
 * arm it is of, and that is all that is kept.
 *
 * Those of the store are kept in memory, so that a request reads nothing: what this process changes
 * holds at once, what another one does within REEL_EXPERIMENTS_LOOK_MS.
 * Layer: service. Threads: locked inside.
 */
#ifndef REEL_SERVICE_EXPERIMENTS_H
#define REEL_SERVICE_EXPERIMENTS_H

#include "base/json.h"
#include "service/lists/recommend.h"
#include "store/experiments.h"

enum {
    REEL_ARMS_MAX = 8,
    REEL_EXPERIMENT_NAME = 65, /* with their NULs */
    REEL_ARM_NAME = 33,
    REEL_ARM_MODEL = 16,
    REEL_EXPERIMENTS_LOOK_MS = 2000
};

typedef enum reel_experiment_kind {
    REEL_EXPERIMENT_AB,        /* each person has the lists of one arm */
    REEL_EXPERIMENT_INTERLEAVE /* each list is of both arms, film by film */
} reel_experiment_kind;

/* One way to make lists. */
typedef struct reel_arm {
    char name[REEL_ARM_NAME];
    char model[REEL_ARM_MODEL];                 /* "" = a mixture */
    char mixed[REEL_BLEND_MAX][REEL_ARM_MODEL]; /* the names of its parts */
    reel_blend_part parts[REEL_BLEND_MAX];      /* weights; names as reel__arm_parts sets them */
    size_t part_count;
    double weight; /* of people, above 0 */
} reel_arm;

typedef struct reel_experiment {
    char name[REEL_EXPERIMENT_NAME], tag[REEL_EXPERIMENT_TAG], scenario[REEL_SCENARIO_MAX + 1];
    reel_experiment_kind kind;
    const char *metric; /* the type of event that counts: "click", ... static */
    double alpha;
    double smallest; /* the difference that matters, of shares of people */
    int days, window_hours;
    size_t arm_count;
    reel_arm arms[REEL_ARMS_MAX]; /* the first is the control */
    int64_t made, starts, ends;
    bool stopped;
} reel_experiment;

/* A definition from JSON (docs/experiments.md), all of it checked but whether the models are
 * served; starts is 0 where no day is said, made and ends are not set. Errors: E_INVALID naming the
 * member.
 */
REEL_MUST_USE reel_code reel__experiment_read(reel_experiment *out, const json_t *body,
                                              reel_err *err);
/* Whether an engine has the models of every arm. Errors: E_INVALID naming the arm. */
REEL_MUST_USE reel_code reel__experiment_check(const reel_experiment *experiment,
                                               const reel_engine *engine, reel_err *err);
/* The same members into the caller's object. */
void reel__experiment_write_definition(reel_json *json, const reel_experiment *experiment);
/* The whole object: definition, state, times and rule. */
void reel__experiment_write(reel_json *json, const reel_experiment *experiment, int64_t now);
/* "waiting", "running", "ended" or "stopped". */
const char *reel__experiment_state(const reel_experiment *experiment, int64_t now);
/* The rule by which it is decided, in words. */
void reel__experiment_rule(reel_buf *out, const reel_experiment *experiment);

/* ---- those of a store ---------------------------------------------------------------------- */

/* All of them, newest start first; freed by the caller (reel__free), NULL where there is none. */
REEL_MUST_USE reel_code reel__experiments_scan(reel_experiment **out, size_t *count,
                                               reel_store *store, reel_err *err);

typedef struct reel_experiments reel_experiments;

/* follow: a thread looks for what other processes wrote. Errors: E_NOMEM, those of the store. */
REEL_MUST_USE reel_code reel__experiments_open(reel_experiments **out, reel_store *store,
                                               bool follow, reel_err *err);
void reel__experiments_close(reel_experiments *experiments); /* NULL allowed */
reel_store *reel__experiments_store(const reel_experiments *experiments);
/* Look at the store now. */
REEL_MUST_USE reel_code reel__experiments_look(reel_experiments *experiments, reel_err *err);

/* Set what a new one has besides its definition: a tag where it has none, and its times; it begins
 * now where `starts` is 0. Errors: E_STORE (no random number). */
REEL_MUST_USE reel_code reel__experiment_prepare(reel_experiment *experiment, reel_err *err);
/* Begin one that is prepared. Errors: E_CONFLICT (reel__store_add_experiment). */
REEL_MUST_USE reel_code reel__experiments_add(reel_experiments *experiments,
                                              const reel_experiment *experiment, reel_err *err);
/* Errors: E_NOTFOUND, E_CONFLICT. */
REEL_MUST_USE reel_code reel__experiments_end(reel_experiments *experiments, const char *name,
                                              reel_err *err);
/* Errors: E_NOTFOUND. */
REEL_MUST_USE reel_code reel__experiments_get(reel_experiments *experiments, const char *name,
                                              reel_experiment *out, reel_err *err);
/* Some of them: in: at most `limit`, behind the one of this start and name ("" = from the first);
 * out: the last one written, and whether others follow. */
typedef struct reel_experiments_page {
    size_t limit;
    int64_t starts;
    char name[REEL_EXPERIMENT_NAME];
    bool more;
} reel_experiments_page;
/* A page of them (NULL = all), newest start first and those of one start by name, into the caller's
 * array. */
void reel__experiments_write(reel_json *json, reel_experiments *experiments,
                             reel_experiments_page *page, int64_t now);
/* One definition, or `{"experiments":[...]}`: those that are not there yet are added; none where
 * one has a mistake, is there and was defined otherwise, or is about the same lists as one that is
 * there or another of them. Errors: E_INVALID, E_SYNTAX, E_CONFLICT (those before it are added only
 * where another process began one meanwhile). */
REEL_MUST_USE reel_code reel__experiments_take(reel_experiments *experiments, const char *text,
                                               size_t length, reel_err *err);

/* Outcomes were counted: did [REEL_ARMS_MAX] by arm. Of so many experiments as there is room for,
 * 64, from the first that has any. */
void reel__experiments_note(reel_experiments *experiments, const char *tag, const int64_t *did);
/* How many this process counted since it was started, of every arm of those experiments. row may
 * not use them. */
typedef void reel_outcome_fn(void *user, const char *experiment, const char *arm, int64_t count);
void reel__experiments_outcomes(reel_experiments *experiments, reel_outcome_fn *row, void *user);

/* ---- a request in one ---------------------------------------------------------------------- */

/* Who somebody is to every experiment: the person, or else the visitor; "" = nobody. */
enum { REEL_UNIT = 80 };
void reel__experiment_unit(char out[REEL_UNIT], int64_t user, const char *visitor);

/* What of an experiment a request needs; it must live as long as the request. */
typedef struct reel_trial {
    reel_experiment experiment;
    reel_side sides[2];
    char stamp[16];
} reel_trial;

/* Where a request for a list is of somebody who is in an experiment, have the arm's model make it:
 * one that names no model, for a person, or a history with a visitor; or a list of an experiment
 * that goes on. An experiment with a model that the engine lacks is passed over. experiments NULL:
 * there are none. Cost: nothing while there are none. */
void reel__experiments_enter(reel_experiments *experiments, reel_trial *out, reel_request *request,
                             const reel_engine *engine);

/* What a list's id says: the arm's index, or -1 where it is interleaved. False: it is of no
 * experiment. */
bool reel__experiment_list(const char *list_id, char tag[REEL_EXPERIMENT_TAG], int *arm);

#endif
