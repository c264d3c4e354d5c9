/* give_priv.h - what give.c and give_files.c share. */
#ifndef REEL_SERVICE_GIVE_PRIV_H
#define REEL_SERVICE_GIVE_PRIV_H

#include "service/engine/state.h"
#include "service/feedback/give.h"

/* What a history says of a film; kind REMOVED: nothing. */
reel_given_row reel__give_there(const reel_engine *engine, const reel_history *history,
                                reel_index movie);
/* Of two statements about a film the stronger counts: rating 4, liked 3, watched 2, watchlist 1,
 * others 0. */
int reel__give_strength(reel_given_kind kind);
REEL_MUST_USE reel_code reel__give_check_rating(double rating, reel_scale scale, reel_err *err);
/* In one transaction. Errors: E_STORE also where nothing may be written. */
REEL_MUST_USE reel_code reel__give_put(const reel_engine *engine, const reel_given_row *rows,
                                       size_t count, reel_err *err);

#endif
