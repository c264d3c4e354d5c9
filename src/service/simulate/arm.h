/* service/simulate/arm.h - one service in a simulation: a database in a folder of its own, the
 * engine over it, and what takes feedback, as a server has them. Layer: service. Threads: one.
 */
#ifndef REEL_SERVICE_ARM_H
#define REEL_SERVICE_ARM_H

#include "base/file.h"
#include "service/feedback/feedback.h"
#include "service/feedback/signals.h"
#include "service/lists/recommend.h"
#include "service/simulate/simulate.h"

typedef struct reel_service {
    const reel_simulate_opts *opts;
    reel_simulate_arm arm;
    reel_signal_weights weights;
    char folder[REEL_FILE_TEMPORARY];
    char database[300];
    reel_store *store;
    reel_overlay *overlay;
    reel_feedback *feedback;
    reel_engine *engine;
    reel_session *session;
    reel_buf events; /* that are not sent yet */
    reel_json json;
    int event_count;
    uint64_t event_number;
} reel_service;

/* Load the world and train for the first time. */
REEL_MUST_USE reel_code reel__service_open(reel_service *out, const reel_simulate_opts *opts,
                                           reel_simulate_arm arm, const reel_world *world,
                                           reel_err *err);
void reel__service_close(reel_service *service); /* and its folder goes */
/* As `reel train --force --accept`; the new models answer from here on. */
REEL_MUST_USE reel_code reel__service_train(reel_service *service, reel_err *err);

typedef struct reel_deed {
    const char *type; /* of an event */
    int64_t user, time;
    const reel_list *list;    /* NULL = none: of an editor's */
    const reel_index *movies; /* [count] */
    int count, rank;          /* of the first; 0 = of no list */
    double value;             /* NaN = none */
} reel_deed;
/* Goes out with others, in calls as large as the service takes; the rest by reel__service_send. */
REEL_MUST_USE reel_code reel__service_say(reel_service *service, const reel_deed *deed,
                                          reel_err *err);
REEL_MUST_USE reel_code reel__service_send(reel_service *service, reel_err *err);

#endif
