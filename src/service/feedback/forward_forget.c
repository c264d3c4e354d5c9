/* forward_forget.c - people whose accounts were deleted, taken out of MongoDB. Twice: a batch that
 * another process read before the deletion may arrive after the first time. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "service/feedback/forward_priv.h"

enum { AGAIN_MS = 600000, TRY_MS = 2000 };

static reel_code forget_one(reel_forward *f, const reel_queue_person *who, reel_err *err)
{
    int64_t count = 0;
    reel_code rc;

    REEL_TRY(reel__mongo_forget(f->mongo, who->person, &count, err));
    REEL_TRY(reel__queue_forgot(f->store, who,
                                who->passes == 0 ? reel__clock_now_ms() + AGAIN_MS : 0, err));
    (void)pthread_mutex_lock(&f->lock);
    f->facts.forgotten += count;
    (void)pthread_mutex_unlock(&f->lock);
    reel__forward_set_state(f, REEL_FORWARD_WELL, "");
out:
    return rc;
}

reel_code reel__forward_forget(reel_forward *f, reel_err *err)
{
    reel_queue_person who;
    reel_code rc;

    do {
        REEL_TRY(reel__queue_forgotten(f->store, reel__clock_now_ms(), &who, err));
        if (who.person >= 0)
            REEL_TRY(forget_one(f, &who, err));
    } while (who.person >= 0 && !reel__forward_is_closing(f));
out:
    return rc;
}

void reel__forward_try_to_forget(reel_forward *f)
{
    char line[500];
    reel_err err = {REEL_OK, ""};

    if (reel__clock_steady_us() < f->forget_us)
        return;
    if (reel__forward_forget(f, &err) == REEL_OK) {
        f->forget_us = 0;
        return;
    }
    if (f->forget_us == 0) {
        (void)snprintf(line, sizeof line,
                       "events of deleted accounts stay there until this goes: %.400s", err.msg);
        reel__forward_note(f, line);
    }
    f->forget_us = reel__clock_steady_us() + TRY_MS * INT64_C(1000);
}
