/* forward_priv.h - what the files of the forwarder share: forward.c has the thread, forward_batch.c
 * what it does with events, forward_facts.c what is told of it, forward_past.c an export,
 * forward_forget.c who is taken out. */
#ifndef REEL_SERVICE_FORWARD_PRIV_H
#define REEL_SERVICE_FORWARD_PRIV_H

#include <pthread.h>

#include "base/seal.h"
#include "service/feedback/forward.h"
#include "store/mongo/mongo.h"
#include "store/queue.h"

enum { REEL_FORWARD_BATCH = REEL_QUEUE_READ_MAX };

struct reel_forward {
    reel_store *store;
    reel_publisher *published;
    const reel_dataset *films; /* NULL: the published engine's */
    reel_mongo *mongo;
    reel_mongo_batch *batch;
    reel_notice notice;
    bool alone;
    int ttl_days, patience_ms;
    char owner[REEL_RANDOM_NAME];

    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t look;
    bool closing, looked;
    reel_forward_facts facts;

    /* The thread's own. */
    int64_t *sequences;         /* [REEL_FORWARD_BATCH] of the batch */
    reel_queue_damage damage;   /* of the one behind it, if that is no event */
    bool *refused;              /* [REEL_FORWARD_BATCH] */
    size_t size;                /* of the next batch */
    int pause_ms;               /* 0: the last one arrived */
    int64_t counted_us;         /* when the queue was counted */
    int64_t turn_us;            /* when the turn was asked for */
    int64_t beat, beat_seen_us; /* of another server that has the turn */
    int64_t forget_us;          /* nobody is taken out before; 0 = the last ones were */
    bool indexed, held;
};

/* As reel__forward_open, without a thread. */
REEL_MUST_USE reel_code reel__forward_make(reel_forward **out, const reel_forward_opts *opts,
                                           reel_err *err);
void reel__forward_unmake(reel_forward *f);

/* Read, send and mark up to f->size events. more: others may wait. */
REEL_MUST_USE reel_code reel__forward_batch(reel_forward *f, bool *more, reel_err *err);
/* Once the server is there; it may have been emptied since the last start. */
REEL_MUST_USE reel_code reel__forward_indexes(reel_forward *f, reel_err *err);

/* Take the events of those who are due out of MongoDB, until it is closed: the next server goes on.
 * The second only says so where it cannot: a user that may not delete there holds up no event. */
REEL_MUST_USE reel_code reel__forward_forget(reel_forward *f, reel_err *err);
void reel__forward_try_to_forget(reel_forward *f);

bool reel__forward_is_closing(reel_forward *f);
/* A line for the person at the door. */
void reel__forward_note(const reel_forward *f, const char *text);
void reel__forward_set_state(reel_forward *f, reel_forward_state state, const char *reason);
void reel__forward_add(reel_forward *f, size_t delivered, size_t refused, size_t damaged);
/* Not each time, unless now: a backlog of a million is counted in tens of milliseconds. */
REEL_MUST_USE reel_code reel__forward_count(reel_forward *f, bool now, reel_err *err);

#endif
