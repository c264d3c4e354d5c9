/* base/mistakes.h - what is wrong with a request. Where a mistake is stands at the start of its
 * message, before ": ", by the names of members: history[3].rating. Layer: base. Threads: no state.
 */
#ifndef REEL_BASE_MISTAKES_H
#define REEL_BASE_MISTAKES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "reel/err.h"

/* How long the place at the start of a message is, without the ": "; 0 = it names none. */
size_t reel__mistake_place(const char *message);

/* Fail as inner, at a place inside of another: history[3] and "rating: too high" make
 * "history[3].rating: too high". */
reel_code reel__mistake_within(reel_err *err, const reel_err *inner, const char *place, ...)
    REEL_PRINTF(3, 4);

/* Whether an error says that the request is wrong; others have nothing to do with it. */
bool reel__is_mistake(reel_code code);

/* Add a mistake to others, each a line of the message, as long as there is room; their code is
 * E_INVALID once they are of several kinds. An error that is no mistake is returned, all else is
 * REEL_OK. */
reel_code reel__mistake_add(reel_err *all, const reel_err *one);

/* Fail with E_INVALID: `name` is none of the names (NULL closes them) that are taken as `what`,
 * such as "member". It says which is probably meant, else which there are. A name that can stand
 * for a place does; any other is quoted, on one line. */
reel_code reel__mistake_unknown(const char *what, const char *name, const char *const *names,
                                reel_err *err);

#endif
