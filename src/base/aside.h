/* base/aside.h - work that takes longer than a thread that answers requests has time
 * for: a few threads of its own, and a short queue that says when it is full. Layer: base.
 * Threads: locked inside.
 */
#ifndef REEL_BASE_ASIDE_H
#define REEL_BASE_ASIDE_H

#include <stdbool.h>

#include "reel/err.h"

typedef struct reel_aside reel_aside;

enum { REEL_ASIDE_WAITING = 64 };

/* Errors: E_NOMEM. */
REEL_MUST_USE reel_code reel__aside_open(reel_aside **out, int threads, reel_err *err);
/* What was taken is done first. NULL allowed. */
void reel__aside_close(reel_aside *aside);

typedef void reel_aside_fn(void *user);
/* False: too much is waiting already; nothing will be called. */
bool reel__aside_run(reel_aside *aside, reel_aside_fn *work, void *user);

#endif
