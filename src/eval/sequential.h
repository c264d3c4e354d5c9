/* eval/sequential.h - the difference between two arms while people go on coming, looked at as often
 * as one likes. A 95 % interval made for one look at the end leaves out the truth far more often
 * than 5 % of the time for who looks at every visitor and stops when they like what they see. The
 * one here is a confidence sequence: with probability 1 - alpha it holds the truth at every moment
 * at once, so that stopping at any of them, for any reason, is sound.
 *
 * It is the normal mixture of Robbins (1970): the likelihood ratio of differences drawn from a
 * normal law with mean 0 and deviation `spread` to no difference, which under no difference passes
 * 1 / alpha with probability alpha at most (Ville 1939); as an A/B test in Johari, Koomen, Pekelis
 * and Walsh (2017, "Peeking at A/B Tests", KDD), as intervals in Howard, Ramdas, McAuliffe and
 * Sekhon (2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of
 * Statistics). Variances are estimated, so it holds as the central limit theorem does: nothing is
 * said before REEL_SEQUENTIAL_LEAST people of each arm, and tests/unit/eval/sequential.c measures
 * how often it errs.
 * Layer: eval. Threads: no state but the caller's. Never fails.
 */
#ifndef REEL_EVAL_SEQUENTIAL_H
#define REEL_EVAL_SEQUENTIAL_H

#include <stdbool.h>
#include <stdint.h>

enum { REEL_SEQUENTIAL_LEAST = 50 };

/* What the values of one arm add up to; one value for each person. */
typedef struct reel_moments {
    int64_t count;
    double sum, squares;
} reel_moments;

typedef struct reel_sequential_opts {
    bool paired;      /* one value for each person, against 0: who is shown both arms */
    double low, high; /* where values lie: 0 and 1, or -1 and 1 */
    double alpha;     /* 0.0001 .. 0.5 */
    /* Of the differences to look for, a deviation above 0; best where it is the true one. */
    double spread;
    double smallest; /* the difference that matters; an interval within is no difference */
} reel_sequential_opts;

typedef struct reel_sequential {
    reel_sequential_opts opts;
    reel_moments arms[2]; /* of the control, and of what is compared with it; paired: [1] alone */
    /* Of the normal law: half the width of an interval of one look, in deviations. */
    double quantile;
    double most; /* the largest log of a likelihood ratio so far */
    /* After how many people it was first known that there is a difference, and that there is none
     * that matters; 0 = not yet. which: the sign of the difference then. */
    int64_t differs_at, same_at;
    int which;
} reel_sequential;

/* One look. Bounds are infinite while nothing can be said. */
typedef struct reel_effect {
    double difference;            /* of the means, the second less the first; NaN without people */
    double low, high;             /* at every moment at once */
    double fixed_low, fixed_high; /* of one look, at an end that was set beforehand */
    /* Of no difference, at every moment at once: the least there was so far. 1 where people were
     * not added one by one (reel__sequential_add), but their sums set. */
    double p;
} reel_effect;

void reel__sequential_init(reel_sequential *out, const reel_sequential_opts *opts);
/* One more person; arm 0 or 1. */
void reel__sequential_add(reel_sequential *s, int arm, double value);
reel_effect reel__sequential_look(const reel_sequential *s);

/* How many people an arm needs until a difference of `smallest` is found with the given probability
 * by a test of one look, for values of this variance; what looking at any time costs comes on top
 * (docs/experiments.md). Paired: in all. */
double reel__sequential_people(const reel_sequential_opts *opts, double variance, double power);

#endif
