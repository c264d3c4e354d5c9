/* service/engine/publish.h - the engine that answers now, and how the next one takes its place:
 * whoever answers a request takes a reference, whoever has a newer engine publishes it, and the
 * older one is freed by the last who used it. Layer: service. Threads: locked inside, for as long
 * as it takes to copy a pointer.
 */
#ifndef REEL_SERVICE_PUBLISH_H
#define REEL_SERVICE_PUBLISH_H

#include "service/engine/engine.h"

typedef struct reel_publisher reel_publisher;

/* Nothing is published yet. */
REEL_MUST_USE reel_code reel__publisher_new(reel_publisher **out, reel_err *err);
void reel__publisher_free(reel_publisher *publisher); /* lets go of its engine; NULL allowed */

/* The engine from here on; the caller's reference goes to the publisher. */
void reel__publish(reel_publisher *publisher, reel_engine *engine);
/* The engine of now with a reference for the caller to close, or NULL: none was published yet. */
reel_engine *reel__publisher_take(reel_publisher *publisher);

#endif
