/* experiments_priv.h - the inside of what is known of experiments, for this folder only. */
#ifndef REEL_SERVICE_EXPERIMENTS_PRIV_H
#define REEL_SERVICE_EXPERIMENTS_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "service/experiments/experiments.h"

enum { REEL_OUTCOMES_MOST = 64 }; /* experiments of which outcomes are told */

typedef struct reel_outcomes {
    char tag[REEL_EXPERIMENT_TAG];
    int64_t did[REEL_ARMS_MAX];
} reel_outcomes;

struct reel_experiments {
    reel_store *store;
    pthread_rwlock_t lock;                      /* of what follows, up to the thread */
    reel_outcomes outcomes[REEL_OUTCOMES_MOST]; /* [outcome_count] */
    size_t outcome_count;
    reel_experiment *all; /* [count], newest start first */
    size_t count;
    atomic_bool some; /* whether count is above 0: asked by every request */
    pthread_t follower;
    pthread_mutex_t wait_lock;
    pthread_cond_t stop;
    bool following, stopping;
};

#endif
