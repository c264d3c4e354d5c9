/* service/simulate/repeats.h - how often experiments err: whole experiments, again and again, with
 * made-up people (world.h). Each is begun from a definition, people are drawn into its arms by the
 * hash, get their lists from the program's own use case, look and click (viewer.h), which is sent
 * as feedback, and what the program says of it when the time is over is counted. With the same
 * model in both arms whatever is said to differ is a false alarm; with two models that do differ
 * it is seen how often, and after how many people, the right one is named.
 *
 * Time is the simulation's own (base/clock.h), so an equal seed gives equal numbers.
 * Layer: service. Threads: one at a time in a process.
 */
#ifndef REEL_SERVICE_REPEATS_H
#define REEL_SERVICE_REPEATS_H

#include "service/analytics/rates.h"
#include "service/experiments/results.h"
#include "service/simulate/simulate.h"

enum { REEL_REPEATS_MAX = 250, REEL_VERDICTS = REEL_VERDICT_UNDECIDED + 1 };

typedef struct reel_repeats_opts {
    /* People, films, list, fading, seeds (worlds), seed, threads, progress and cancel; the rest is
     * not looked at: days are one for each experiment, and people only click. */
    reel_simulate_opts world;
    const char *control;    /* a model */
    const char *other;      /* another, or NULL: only the control in both arms */
    int repeats;            /* experiments of each kind with the people of each seed */
    double alpha, smallest; /* of the experiments */
} reel_repeats_opts;
reel_repeats_opts reel__repeats_default(void);

/* One kind of experiment, repeated. */
typedef struct reel_repeated {
    reel_experiment_kind kind;
    bool differ;                     /* two models, not one in both arms */
    int64_t count;                   /* experiments */
    int64_t verdicts[REEL_VERDICTS]; /* of the second arm */
    int64_t peeked;                  /* in which an interval of one look left out 0 at some look */
    int64_t uneven;                  /* in which balance_p was below 0.001 */
    reel_arm_result arms[2];         /* over all of them */
    int64_t *decided;                /* [count] after how many people, ascending; 0 = it was not */
} reel_repeated;

enum { REEL_REPEATED = 4 };
typedef struct reel_repeats {
    reel_repeats_opts opts;
    reel_index people, movies; /* of the first world */
    /* one model, and then two, by people and interleaved */
    reel_repeated kinds[REEL_REPEATED];
    int kind_count; /* REEL_REPEATED, or half of it where there is no other model */
    double seconds;
} reel_repeats;

/* What the results say is held against what the people did: E_STORE where they count otherwise.
 * Errors: E_INVALID (options), those of a world, a store and of training, E_CANCELLED. */
REEL_MUST_USE reel_code reel__repeats(reel_repeats *out, const reel_repeats_opts *opts,
                                      reel_err *err);
void reel__repeats_fini(reel_repeats *repeats);

/* Of the second arm less the first, over all experiments: of shares of people; interleaved: of all
 * people those who preferred it less those who preferred the first. */
reel_rate reel__repeated_difference(const reel_repeated *repeated);
/* Share of experiments that said there is a difference: false alarms, where there is none. */
reel_rate reel__repeated_claimed(const reel_repeated *repeated);
/* That named the side that reel__repeated_difference does. */
reel_rate reel__repeated_right(const reel_repeated *repeated);
/* People until the verdict of which this share of those that had one was there; 0 = none had. */
int64_t reel__repeated_people(const reel_repeated *repeated, double share);
void reel__repeats_write(reel_json *json, const reel_repeats *repeats);

#endif
