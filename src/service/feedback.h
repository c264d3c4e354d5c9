/* service/feedback.h - taking feedback: checked, group-committed, acknowledged after the commit.
 * Layer: service. Threads: locked inside; a caller waits until its events are on disk.
 */
#ifndef REEL_SERVICE_FEEDBACK_H
#define REEL_SERVICE_FEEDBACK_H

#include "base/json.h"
#include "service/engine.h"

typedef struct reel_feedback reel_feedback;

/* One writer thread gathers what arrives within a few milliseconds into one transaction. */
REEL_MUST_USE reel_code reel__feedback_open(reel_feedback **out, reel_engine *engine,
                                            reel_err *err);
void reel__feedback_close(reel_feedback *feedback); /* what was accepted is written first */

typedef struct reel_feedback_answer {
    int64_t accepted, duplicates;
} reel_feedback_answer;

/* `{"events":[...]}` as in docs/api.md: checked as a whole (nothing is kept when one event is
 * wrong), then written. Errors: E_SYNTAX, E_INVALID naming the member (events[3].type), E_STORE,
 * E_BUSY (too many waiting). */
REEL_MUST_USE reel_code reel__feedback_take(reel_feedback *feedback, const char *body,
                                            size_t length, reel_feedback_answer *out,
                                            reel_err *err);

/* The log, newest first: writes the members of `items` and sets *next to the sequence to continue
 * before, or -1 when this was the last page. */
REEL_MUST_USE reel_code reel__feedback_write_log(const reel_engine *engine,
                                                 const reel_event_filter *filter, reel_json *json,
                                                 int64_t *next, reel_err *err);

#endif
