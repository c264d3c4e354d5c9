/* service/experiments/results.h - what an experiment says so far, from the events of its lists.
 *
 * Each person is one observation, made when the window after their first list is over: only so are
 * observations independent, come in an order that nobody chose, and never change afterwards. They
 * are gone through in the order their windows end, and the test looks after each, so that what it
 * says does not depend on who looked when. Whose account is deleted is not among the events any
 * more. Layer: service. Threads: no state but the caller's.
 */
#ifndef REEL_SERVICE_EXPERIMENT_RESULTS_H
#define REEL_SERVICE_EXPERIMENT_RESULTS_H

#include "eval/sequential.h"
#include "service/experiments/experiments.h"

enum { REEL_RESULT_POINTS = 64 };

typedef enum reel_verdict {
    REEL_VERDICT_OPEN,   /* nothing can be said yet */
    REEL_VERDICT_BETTER, /* than the control */
    REEL_VERDICT_WORSE,
    REEL_VERDICT_SAME,     /* no difference that matters */
    REEL_VERDICT_UNDECIDED /* it ended before anything could be said */
} reel_verdict;
const char *reel__verdict_name(reel_verdict verdict); /* "open", ... */

typedef struct reel_arm_result {
    int64_t people; /* whose window is over */
    int64_t did;    /* of those: did what counts; interleaved: preferred this arm */
} reel_arm_result;

/* A moment of the past, for a chart. */
typedef struct reel_result_point {
    int64_t people;
    double difference, low, high;
} reel_result_point;

/* An arm against the control. */
typedef struct reel_arm_comparison {
    size_t arm;
    reel_effect effect;
    reel_verdict verdict;
    int64_t decided_after; /* people; 0 = it is not decided */
    size_t point_count;
    reel_result_point points[REEL_RESULT_POINTS]; /* some moments, the last is now */
} reel_arm_comparison;

typedef struct reel_results {
    reel_experiment experiment;
    int64_t at;        /* seconds since 1970 */
    int64_t lists;     /* shown */
    int64_t people;    /* whose window is over */
    int64_t waiting;   /* whose window is not */
    int64_t strays;    /* lists that the person could not have had, left out */
    int64_t untrusted; /* events about no list that was signed for their person, left out */
    int64_t uncounted; /* events of its lists that are not counted yet, up to a million */
    double balance_p;  /* of arms as unequal as these, if people were drawn by their weights; NaN =
                          interleaved, or nobody yet */
    reel_arm_result arms[REEL_ARMS_MAX];
    size_t compared;
    reel_arm_comparison comparisons[REEL_ARMS_MAX - 1];
    reel_verdict verdict; /* of all of them */
    size_t winner;        /* with BETTER: the arm */
    double people_needed; /* in all, for a difference of `smallest` to be found by one look with 80
                             %; NaN = nothing is known yet */
} reel_results;

/* By the events that are counted (tally.h). now: by which windows are over. Cost: of the people
 * whose windows ended since somebody asked, at first of all (docs/experiments.md). Errors: E_NOMEM,
 * those of the store. */
REEL_MUST_USE reel_code reel__experiment_results(reel_results *out, reel_store *store,
                                                 const reel_experiment *experiment, int64_t now,
                                                 reel_err *err);
/* As JSON (docs/experiments.md). */
void reel__experiment_results_write(reel_json *json, const reel_results *results);

#endif
