/* store/event_movies.h - the films of an event as the text the back ends keep, [[movie, rank],
 * ...]. Layer: store. Threads: no state.
 */
#ifndef REEL_STORE_EVENT_MOVIES_H
#define REEL_STORE_EVENT_MOVIES_H

#include "base/buf.h"
#include "store/store.h"

/* How a film's entry begins in that text, for statements that look for one film. */
#define REEL_EVENT_MOVIE_BEGINS "[%lld,"

enum { REEL_EVENT_MOVIES_TEXT_MAX = 64 * REEL_EVENT_MOVIES_MAX };

/* Replaces what out holds; its maximum is REEL_EVENT_MOVIES_TEXT_MAX. */
void reel__event_movies_write(reel_buf *out, const reel_event *event);
/* Errors: E_FORMAT, E_NOMEM. */
REEL_MUST_USE reel_code reel__event_movies_read(reel_event_movie out[REEL_EVENT_MOVIES_MAX],
                                                size_t *count, const char *text, reel_err *err);
/* Whether all of an event can be read: its films, and its texts are UTF-8. */
bool reel__event_is_sound(const reel_event *event);
/* The films of an event, to movies; where they cannot be read the event has none and is marked as
 * damaged. Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__event_movies_take(reel_event *event,
                                                reel_event_movie movies[REEL_EVENT_MOVIES_MAX],
                                                const char *text, reel_err *err);

#endif
