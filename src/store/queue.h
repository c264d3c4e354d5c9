/* store/queue.h - events that are still to reach a sink, and whose turn it is to send them. What is
 * delivered is said of an event in its own record, so it takes no second write to keep both in step
 * (queued: 1 = to be sent, 2 = the sink refused it). Layer: store. Ownership: texts are borrowed.
 * Threads: as store.h.
 */
#ifndef REEL_STORE_QUEUE_H
#define REEL_STORE_QUEUE_H

#include "store/store.h"

enum { REEL_QUEUE_READ_MAX = 2000, REEL_QUEUE_WHY = 256 };

/* An event that says nothing an event can say: its row was changed by hand, or is broken. */
typedef struct reel_queue_damage {
    int64_t sequence;         /* 0 = there was none */
    char why[REEL_QUEUE_WHY]; /* with its id, where that can be read */
} reel_queue_damage;

/* Events that wait, oldest first; limit 1 .. REEL_QUEUE_READ_MAX. row returns false to stop; the
 * event is borrowed during the call. One that is damaged ends the reading, and is said in damage.
 * Errors: E_NOMEM, E_STORE. */
REEL_MUST_USE reel_code reel__queue_read(reel_store *store, size_t limit, reel_event_fn *row,
                                         void *user, reel_queue_damage *damage, reel_err *err);
/* These are delivered, at so many seconds since 1970. sequences [count] ascending. What came
 * between them stays as it is. */
typedef struct reel_queue_batch {
    const int64_t *sequences;
    size_t count;
} reel_queue_batch;
REEL_MUST_USE reel_code reel__queue_delivered(reel_store *store, reel_queue_batch batch, int64_t at,
                                              reel_err *err);
/* The sink will never take this one: it waits no longer, and stays in the log. */
REEL_MUST_USE reel_code reel__queue_refuse(reel_store *store, int64_t sequence, reel_err *err);
/* What nobody queued, as events from before there was a sink, and what was refused, waits now.
 * count: how many. */
REEL_MUST_USE reel_code reel__queue_all(reel_store *store, int64_t *count, reel_err *err);

typedef struct reel_queue_count {
    int64_t waiting;    /* events */
    int64_t oldest_ms;  /* when the oldest of them was received, 0 = none waits */
    int64_t forgetting; /* people of whom nothing was taken out of the sink yet */
} reel_queue_count;
REEL_MUST_USE reel_code reel__queue_count(reel_store *store, reel_queue_count *out, reel_err *err);

/* ---- who is to be forgotten ---------------------------------------------------------------- */

/* A person whose account was deleted, while some of their events were queued or delivered. */
typedef struct reel_queue_person {
    int64_t person; /* -1 = none */
    int64_t passes; /* how often their events were taken out of the sink */
} reel_queue_person;

/* The one who has been due longest at now_ms. */
REEL_MUST_USE reel_code reel__queue_forgotten(reel_store *store, int64_t now_ms,
                                              reel_queue_person *out, reel_err *err);
/* Their events were taken out: once more at again_ms, or (0) they are done with. Nothing happens
 * when they wait for another pass by now: done by another process, or begun anew. */
REEL_MUST_USE reel_code reel__queue_forgot(reel_store *store, const reel_queue_person *person,
                                           int64_t again_ms, reel_err *err);

/* ---- turns --------------------------------------------------------------------------------- */

/* Of several servers one sends to a sink: it has the turn, and beats while it lives. */
typedef struct reel_queue_turn {
    bool held;
    int64_t beat; /* of whoever has the turn */
} reel_queue_turn;

/* Keep the turn, or take it: when nobody has it, or when its holder's beat is still `dead`, which
 * the caller saw standing for too long (-1 = none). */
REEL_MUST_USE reel_code reel__queue_take_turn(reel_store *store, const char *sink,
                                              const char *owner, int64_t dead, reel_queue_turn *out,
                                              reel_err *err);
REEL_MUST_USE reel_code reel__queue_end_turn(reel_store *store, const char *sink, const char *owner,
                                             reel_err *err);

#endif
