/* feedback_priv.h - events as they come in, checked. */
#ifndef REEL_SERVICE_FEEDBACK_PRIV_H
#define REEL_SERVICE_FEEDBACK_PRIV_H

#include "service/feedback/feedback.h"

/* The events of one call; their texts are borrowed from `body`. */
typedef struct reel_event_batch {
    json_t *body;
    reel_event *events;
    size_t count;
    reel_event_movie *movies; /* of all events, one after the other */
    bool *known;              /* [count] set by the store */
    reel_given_row *given;    /* what people gave by them */
    size_t given_count;
} reel_event_batch;

/* Errors: E_SYNTAX, E_INVALID naming the member, E_NOMEM. */
REEL_MUST_USE reel_code reel__events_parse(reel_event_batch *out, const reel_feedback_call *call,
                                           reel_err *err);
void reel__events_fini(reel_event_batch *batch);

#endif
