/* service/feedback/feedback.h - taking feedback: checked, group-committed, acknowledged after the
 * commit. Layer: service. Threads: locked inside.
 */
#ifndef REEL_SERVICE_FEEDBACK_H
#define REEL_SERVICE_FEEDBACK_H

#include "base/json.h"
#include "base/aside.h"
#include "service/accounts/caller.h"
#include "service/engine/engine.h"
#include "service/engine/overlay.h"
#include "service/lists/visitors.h"

enum { REEL_EVENTS_MAX = 500 }; /* of one call */

typedef struct reel_feedback reel_feedback;

/* One writer thread gathers what arrives within a few milliseconds into one transaction. store is
 * borrowed. */
REEL_MUST_USE reel_code reel__feedback_open(reel_feedback **out, reel_store *store, reel_err *err);
/* The same over the store of an overlay: events that say what a person thinks of a film (rating,
 * not_interested, watchlist) are given by that person, too, and so is what reel__feedback_give
 * takes. */
REEL_MUST_USE reel_code reel__feedback_open_over(reel_feedback **out, reel_overlay *overlay,
                                                 reel_err *err);
/* From here on each event is queued for a sink as well (store/queue.h); tell is called after every
 * commit that has some, on the writer's thread, and may not wait. Before the first event. */
void reel__feedback_queue(reel_feedback *feedback, void (*tell)(void *user), void *user);
void reel__feedback_close(reel_feedback *feedback); /* what was accepted is written first */
/* A thread for what somebody gives by the thousand: a file is matched and written there, one at a
 * time, while those who serve go on. */
reel_aside *reel__feedback_aside(reel_feedback *feedback);

enum { REEL_FEEDBACK_TYPES = 7 };
const char *reel__feedback_type(size_t type); /* "click"; NULL past the last */

typedef struct reel_feedback_answer {
    int64_t accepted, duplicates;
    int64_t of[REEL_FEEDBACK_TYPES]; /* those accepted, by type */
} reel_feedback_answer;

/* What became of a call, on the writer's thread: err NULL = on disk. It may not wait, nor close. */
typedef void reel_feedback_done(void *user, const reel_err *err, reel_feedback_answer answer);

/* A body that came in, all borrowed during the call. */
typedef struct reel_feedback_call {
    const reel_engine *engine;
    const reel_caller *caller; /* NULL: may say anything */
    const char *body;
    size_t length;
    reel_visitors *visitors; /* NULL = nobody is counted */
    const char *address;     /* it came from, as visitors.h has them; NULL = it does not count */
} reel_feedback_call;

/* `{"events":[...]}` as in docs/api.md: checked as a whole against what the engine knows (nothing
 * is kept when one event is wrong), then queued; done is told once, and only when REEL_OK was
 * returned. Of what was given, an event older than what is there changes nothing.
 * Errors: E_SYNTAX, E_INVALID naming the member (events[3].type), E_UNAUTH, E_DENIED (of another
 * account), E_BUSY (too many waiting), E_NOMEM. */
REEL_MUST_USE reel_code reel__feedback_submit(reel_feedback *feedback,
                                              const reel_feedback_call *call,
                                              reel_feedback_done *done, void *user, reel_err *err);

/* The same for callers who can sleep until their events are on disk. Errors: also E_STORE, and
 * E_CONFLICT when a load of another process went on for all the time the writer is patient. */
REEL_MUST_USE reel_code reel__feedback_take(reel_feedback *feedback, const reel_feedback_call *call,
                                            reel_feedback_answer *out, reel_err *err);

/* What a person gave, in the same transactions; the next list knows it. done NULL: sleep until it
 * is on disk. Errors: as above. */
REEL_MUST_USE reel_code reel__feedback_give(reel_feedback *feedback, const reel_given_row *rows,
                                            size_t count, reel_feedback_done *done, void *user,
                                            reel_err *err);

/* "2026-11-23T08:15:00Z", with up to nine decimals of a second, in milliseconds since 1970; false
 * when it is none. */
bool reel__feedback_time(const char *text, int64_t *out_ms);

/* The log, newest first: writes the members of `items` and sets *next to the sequence to continue
 * before, or -1 when this was the last page. Where events are looked for by film or time, a page is
 * of 100,000 events of the log at most and may have no items, so that it costs no more than that;
 * damaged [out]: how many of the page are left out, as
 * they cannot be read. Whose an event is stays untold where the caller may not see that. */
REEL_MUST_USE reel_code reel__feedback_write_log(const reel_engine *engine,
                                                 const reel_event_filter *filter, reel_json *json,
                                                 const reel_caller *caller, int64_t *next,
                                                 int64_t *damaged, reel_err *err);

#endif
