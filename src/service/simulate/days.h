/* service/simulate/days.h - made-up people on one day after another, at one service: they come, get
 * a list, look, click, rate and refuse, and in the morning their lists are judged by the films that
 * were kept back of them. Chance is drawn by seed, person and day, so that the same people in the
 * same mood meet every service. Layer: service. Threads: one.
 */
#ifndef REEL_SERVICE_DAYS_H
#define REEL_SERVICE_DAYS_H

#include "num/topk.h"
#include "service/simulate/arm.h"

typedef struct reel_days {
    const reel_simulate_opts *opts;
    const reel_world *world;
    reel_service service;
    uint64_t chance;                             /* what is drawn from */
    int day;                                     /* from 0 on */
    reel_viewer *people;                         /* [people] */
    int64_t *barred;                             /* [movies] ids, room */
    reel_index *shown, *wanted;                  /* [movies] room */
    int64_t looked_at, clicked;                  /* films shown and clicked today */
    reel_scored editorial[2 * REEL_VIEWER_LIST]; /* today's, where there is one */
    int editorial_count;
    reel_err *err;
} reel_days;

/* Trained for the first time. opts, world and err are borrowed until it is closed. Errors: those of
 * a store and of training. */
REEL_MUST_USE reel_code reel__days_open(reel_days *out, const reel_simulate_opts *opts,
                                        reel_simulate_arm arm, const reel_world *world,
                                        uint64_t chance, reel_err *err);
void reel__days_close(reel_days *days);
/* NDCG@10 of lists of films kept back alone, mean over people; NaN where nobody likes any. */
REEL_MUST_USE reel_code reel__days_judge(double *out, reel_days *days);
/* A day; clicked [out]: the share of films shown that were, NaN where none was shown. Errors: also
 * E_CANCELLED. */
REEL_MUST_USE reel_code reel__days_live(double *clicked, reel_days *days);

#endif
