/* service/lists/crowd.h - what everybody gave, to compare somebody with. Layer: service.
 * Threads: safe.
 */
#ifndef REEL_SERVICE_CROWD_H
#define REEL_SERVICE_CROWD_H

#include "base/json.h"
#include "service/engine/engine.h"

/* {"ratings","mean","stars":[{"stars","ratings"}],"genres":[…],"decades":[{"decade","ratings",
 * "mean"}]}: the ratings of the data set by half stars, by genre and by decade of the film; what
 * nobody gave is left out. Given since the data were loaded: not counted. O(ratings) for the first
 * who asks of an engine, which keeps it. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__crowd_write(reel_json *json, const reel_engine *engine,
                                          reel_err *err);

#endif
