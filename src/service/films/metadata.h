/* service/films/metadata.h - a film as TMDb-shaped JSON. Layer: service. Threads: no state.
 */
#ifndef REEL_SERVICE_METADATA_H
#define REEL_SERVICE_METADATA_H

#include "base/json.h"
#include "reel/dataset.h"

/* The members of an object as the reader of TMDb-shaped metadata takes it; what is unknown is left
 * out. */
void reel__metadata_put(reel_json *json, const reel_movie *film);

/* One line of that, closed by a newline, with the film's id at IMDb too. Failures show in out. */
void reel__metadata_line(reel_buf *out, const reel_movie *film);
/* Whether something is known of a film that MovieLens does not say. */
bool reel__metadata_has(const reel_movie *film);

#endif
