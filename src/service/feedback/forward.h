/* service/feedback/forward.h - events on their way to MongoDB: a thread takes what waits in the
 * store (store/queue.h), in the order it came, and says there what arrived. Whoever gives events
 * never waits for it. Of several servers over one database one sends at a time.
 * Layer: service. Ownership: opened and closed by the door. Threads: locked inside.
 *
 * Exactly once: an event is marked after MongoDB acknowledged it; one that was sent and not marked
 * (the server was killed, the answer was lost) is sent again, and its _id is there already.
 */
#ifndef REEL_SERVICE_FORWARD_H
#define REEL_SERVICE_FORWARD_H

#include "service/engine/publish.h"
#include "service/feedback/feedback.h"

typedef struct reel_forward reel_forward;

typedef struct reel_forward_opts {
    reel_store *store;         /* borrowed */
    reel_publisher *published; /* whose catalogue has the titles; borrowed */
    const char *uri;           /* of the MongoDB server */
    bool alone;                /* no other server serves the store: the turn is ours */
    int ttl_days;              /* documents go after so many days; 0 = they stay */
    reel_notice notice;        /* what became of it, from the thread */
    int patience_ms;           /* of another server that does not beat; 0 = ten seconds */
} reel_forward_opts;

/* Returns at once: MongoDB need not be there. Errors: E_INVALID (the URI), E_NOMEM. */
REEL_MUST_USE reel_code reel__forward_open(reel_forward **out, const reel_forward_opts *opts,
                                           reel_err *err);
/* Waits for the answer of what is being sent, five seconds at most; the rest waits for the next
 * start. NULL allowed. */
void reel__forward_close(reel_forward *forward);
/* Something was queued: look now. Never waits. NULL allowed. */
void reel__forward_look(reel_forward *forward);

/* What nobody sent of a database's events, from before there was a MongoDB or refused by it, and
 * what waits: all of it now, by the caller's thread. Of opts, uri and ttl_days count. sent, refused
 * [out]. Errors: E_INVALID (the URI), E_STORE: what was sent until then is there, the rest waits.
 */
REEL_MUST_USE reel_code reel__forward_past(const char *database, const reel_forward_opts *opts,
                                           int64_t *sent, int64_t *refused, reel_err *err);

typedef enum reel_forward_state {
    REEL_FORWARD_UNKNOWN, /* nothing was tried yet */
    REEL_FORWARD_WELL,
    REEL_FORWARD_FAILING,  /* MongoDB does not answer, or does not take them */
    REEL_FORWARD_ELSEWHERE /* another server sends */
} reel_forward_state;

typedef struct reel_forward_facts {
    reel_forward_state state;
    int64_t waiting;                      /* events, as of the last look a few seconds ago */
    int64_t oldest_ms;                    /* when the oldest was received, 0 = none waits */
    int64_t delivered, refused, failures; /* since the start, by this server */
    int64_t forgetting;                   /* people whose documents are still to go */
    int64_t forgotten;                    /* documents that went since the start */
    int64_t damaged;                      /* that cannot be read, and were set aside; the same */
    char target[REEL_STORE_NAME];         /* hosts, without user and password */
    char reason[300];                     /* why it fails, or "" */
} reel_forward_facts;
void reel__forward_facts(const reel_forward *forward, reel_forward_facts *out);

#endif
