/* service/simulate/simulate.h - a simulated time of use: made-up people (world.h) get lists from
 * the program's own use cases, look at the places of a list the less the further down they are,
 * click, rate and refuse, which is sent as feedback, and every few days the models are trained
 * again. The same people, with the same chance, meet several services (arms) that differ in how
 * they train. docs/feedback.md has what came of it.
 * Layer: service. Threads: one at a time; trainings use all cores.
 */
#ifndef REEL_SERVICE_SIMULATE_H
#define REEL_SERVICE_SIMULATE_H

#include "base/json.h"
#include "base/progress.h"
#include "eval/propensity.h"
#include "eval/significance.h"
#include "service/simulate/viewer.h"

typedef enum reel_simulate_arm {
    REEL_ARM_FROZEN, /* trained before the first day and never again; what people give and click is
                        folded in */
    REEL_ARM_RETRAINED, /* as the program does it, REEL_SIGNALS included */
    REEL_ARM_NAIVE,     /* every click counts alike, wherever it was */
    REEL_ARM_RATINGS,   /* only ratings are learned from */
    REEL_ARMS
} reel_simulate_arm;
/* "frozen", ...; NULL past the last. */
const char *reel__simulate_arm_name(size_t arm);

enum {
    REEL_SIMULATE_DAYS = 365,
    REEL_SIMULATE_SEEDS = 30,
    REEL_SIMULATE_BEGINNING = 1700100000 /* of the first day, seconds since 1970 */
};

typedef struct reel_simulate_opts {
    const char *movielens;    /* whose ratings are the tastes, or NULL = invented people */
    reel_index people, films; /* at most; films: as of a world (world.h) */
    int days, every, seeds;   /* trained again each so many nights */
    int known;                /* as of a world */
    int editorial;            /* so many first days all see the same films, whatever they like */
    int list;                 /* films of a list, 1 .. REEL_VIEWER_LIST */
    reel_manner manner;       /* how people look */
    uint64_t seed;
    bool arms[REEL_ARMS];
    int threads;
    const reel_progress *progress;
    const volatile bool *cancel; /* may be NULL */
} reel_simulate_opts;
reel_simulate_opts reel__simulate_default(void);
/* The people of a seed, numbered from 0. */
reel_world_opts reel__simulate_world(const reel_simulate_opts *opts, int seed);
/* Whether people, films, seeds, list and manner are such that people can be made and get lists. */
bool reel__simulate_people_fit(const reel_simulate_opts *opts);

/* What was measured of an arm on a day: [arms][days][seeds]. */
typedef struct reel_simulation {
    reel_simulate_opts opts;
    reel_index people, movies; /* of the first world */
    double *ndcg;              /* NDCG@10 of films kept back, in the morning, mean over people */
    double *clicked;           /* share of films shown that were clicked */
    double looked[REEL_ARMS][REEL_PROPENSITY_RANKS]; /* as the last training of the last seed had
                                                        it; 0 = none */
    int trainings;
    double seconds;
} reel_simulation;

/* Errors: E_INVALID (options), those of a world, a store and of training, E_CANCELLED. */
REEL_MUST_USE reel_code reel__simulate(reel_simulation *out, const reel_simulate_opts *opts,
                                       reel_err *err);
void reel__simulation_fini(reel_simulation *simulation);

/* Mean over seeds with a 95 % interval (Student's t; none for one seed) of days from .. to, counted
 * from 0; clicked: of the share clicked, else of NDCG; less: of the difference to that arm, seed by
 * seed, or REEL_ARMS. */
reel_interval reel__simulation_mean(const reel_simulation *simulation, reel_simulate_arm arm,
                                    bool clicked, int from, int to, reel_simulate_arm less);
/* Mean of each [seeds], seeds 1 .. REEL_SIMULATE_SEEDS, with the same interval. */
reel_interval reel__seeds_interval(const double *each, int seeds);
/* As [low, mean, high]. */
void reel__put_interval(reel_json *json, const char *key, reel_interval interval);
/* All of it as JSON; and as rows `arm,day,measure,low,mean,high`. */
void reel__simulation_write(reel_json *json, const reel_simulation *simulation);
void reel__simulation_rows(reel_buf *out, const reel_simulation *simulation);

#endif
