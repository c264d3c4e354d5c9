/* forward_facts.c - what is told of the forwarder: to who asks, and in lines. */
#include <stdio.h>

#include "base/clock.h"
#include "service/feedback/forward_priv.h"

enum { COUNT_MS = 2000 };

void reel__forward_note(const reel_forward *f, const char *text)
{
    if (f->notice.line != NULL)
        f->notice.line(f->notice.user, text);
}

void reel__forward_facts(const reel_forward *forward, reel_forward_facts *out)
{
    reel_forward *f = (reel_forward *)forward;

    (void)pthread_mutex_lock(&f->lock);
    *out = f->facts;
    (void)pthread_mutex_unlock(&f->lock);
}

/* Each change is told once. */
void reel__forward_set_state(reel_forward *f, reel_forward_state state, const char *reason)
{
    char line[700];
    reel_forward_state before;

    (void)pthread_mutex_lock(&f->lock);
    before = f->facts.state;
    f->facts.state = state;
    f->facts.failures += state == REEL_FORWARD_FAILING;
    (void)snprintf(f->facts.reason, sizeof f->facts.reason, "%s", reason);
    (void)pthread_mutex_unlock(&f->lock);
    if (state == before)
        return;
    if (state == REEL_FORWARD_FAILING) {
        (void)snprintf(line, sizeof line, "events wait here and are sent when it is back: %s",
                       reason);
        reel__forward_note(f, line);
    } else if (state == REEL_FORWARD_WELL) {
        (void)snprintf(line, sizeof line, "events reach %s", reel__mongo_name(f->mongo));
        reel__forward_note(f, line);
    }
}

void reel__forward_add(reel_forward *f, size_t delivered, size_t refused, size_t damaged)
{
    (void)pthread_mutex_lock(&f->lock);
    f->facts.delivered += (int64_t)delivered;
    f->facts.refused += (int64_t)refused;
    f->facts.damaged += (int64_t)damaged;
    (void)pthread_mutex_unlock(&f->lock);
}

reel_code reel__forward_count(reel_forward *f, bool now, reel_err *err)
{
    reel_queue_count count;
    reel_code rc = REEL_OK;

    if (!now && reel__clock_steady_us() - f->counted_us < COUNT_MS * INT64_C(1000))
        return REEL_OK;
    REEL_TRY(reel__queue_count(f->store, &count, err));
    f->counted_us = reel__clock_steady_us();
    (void)pthread_mutex_lock(&f->lock);
    f->facts.waiting = count.waiting;
    f->facts.oldest_ms = count.oldest_ms;
    f->facts.forgetting = count.forgetting;
    (void)pthread_mutex_unlock(&f->lock);
out:
    return rc;
}
