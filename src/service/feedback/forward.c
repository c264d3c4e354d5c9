/* forward.c - see forward.h: the thread. One batch at a time; a failure makes the next batch
 * smaller and the pause before it longer; both recover. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/steady.h"
#include "base/thread.h"
#include "service/feedback/forward_priv.h"

enum {
    BATCH_LEAST = 8,
    IDLE_MS = 1000, /* other servers' events are looked for so often */
    PAUSE_FIRST_MS = 200,
    PAUSE_MOST_MS = 2000,
    BEAT_MS = 2500,
    PATIENCE_MS = 10000,
};
static const char sink[] = "mongodb";

/* ---- the thread ---------------------------------------------------------------------------- */

/* Keeps or takes the turn; a holder whose beat stood still for long, by this clock, is gone. */
static reel_code take_turn(reel_forward *f, reel_err *err)
{
    const int64_t now = reel__clock_steady_us();
    const bool dead =
        !f->held && f->beat_seen_us != 0 && now - f->beat_seen_us > f->patience_ms * INT64_C(1000);
    reel_queue_turn turn;
    reel_code rc = REEL_OK;

    if (f->alone || (f->held && now - f->turn_us < BEAT_MS * INT64_C(1000))) {
        f->held = true;
        return REEL_OK;
    }
    REEL_TRY(reel__queue_take_turn(f->store, sink, f->owner, dead ? f->beat : -1, &turn, err));
    f->turn_us = now;
    if (turn.held || f->beat_seen_us == 0 || turn.beat != f->beat)
        f->beat_seen_us = now;
    f->held = turn.held;
    f->beat = turn.beat;
    if (!turn.held)
        reel__forward_set_state(f, REEL_FORWARD_ELSEWHERE, "");
out:
    return rc;
}

static void recover(reel_forward *f)
{
    f->pause_ms = 0;
    f->size = f->size * 2 > REEL_FORWARD_BATCH ? REEL_FORWARD_BATCH : f->size * 2;
}

static void back_off(reel_forward *f, const reel_err *why)
{
    f->pause_ms = f->pause_ms == 0 ? PAUSE_FIRST_MS : f->pause_ms * 2;
    if (f->pause_ms > PAUSE_MOST_MS)
        f->pause_ms = PAUSE_MOST_MS;
    f->size = f->size / 4 < BATCH_LEAST ? BATCH_LEAST : f->size / 4;
    reel__forward_set_state(f, REEL_FORWARD_FAILING, why->msg);
}

bool reel__forward_is_closing(reel_forward *f)
{
    bool closing;

    (void)pthread_mutex_lock(&f->lock);
    closing = f->closing;
    (void)pthread_mutex_unlock(&f->lock);
    return closing;
}

/* Until something is queued or the pause is over. While it fails, new events are no reason to try
 * sooner. */
static void wait_ms(reel_forward *f, int ms)
{
    const struct timespec until = reel__steady_in_ms(ms);
    int waited = 0;

    (void)pthread_mutex_lock(&f->lock);
    while (!f->closing && !(f->looked && f->pause_ms == 0) && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&f->look, &f->lock, &until);
    f->looked = false;
    (void)pthread_mutex_unlock(&f->lock);
}

static reel_code work(reel_forward *f, bool *more, reel_err *err)
{
    reel_code rc = REEL_OK;

    *more = false;
    REEL_TRY(take_turn(f, err));
    if (f->held) {
        REEL_TRY(reel__forward_count(f, false, err));
        REEL_TRY(reel__forward_indexes(f, err));
        REEL_TRY(reel__forward_batch(f, more, err));
        reel__forward_try_to_forget(f);
    }
    REEL_TRY(reel__forward_count(f, f->held && !*more, err));
out:
    return rc;
}

static void *run(void *argument)
{
    reel_forward *f = argument;

    while (!reel__forward_is_closing(f)) {
        reel_err err = {REEL_OK, ""};
        bool more = false;

        if (work(f, &more, &err) == REEL_OK)
            recover(f);
        else
            back_off(f, &err);
        if (f->pause_ms > 0 && reel__forward_count(f, false, &err) != REEL_OK)
            f->counted_us = 0; /* the store is away: the last count stays */
        if (!more)
            wait_ms(f, f->pause_ms > 0 ? f->pause_ms : IDLE_MS);
    }
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------------- */

static void release(reel_forward *f)
{
    reel__mongo_batch_free(f->batch);
    reel__mongo_close(f->mongo);
    reel__free(f->sequences);
    reel__free(f->refused);
    reel__free(f);
}

static reel_code start(reel_forward *f, reel_err *err)
{
    int error;

    if (!reel__steady_cond_init(&f->look))
        return reel_fail(err, REEL_E_NOMEM, "out of memory to send events");
    error = reel__thread_start(&f->thread, run, f);
    if (error == 0)
        return REEL_OK;
    (void)pthread_cond_destroy(&f->look);
    return reel_fail(err, REEL_E_NOMEM, "no thread to send events: %s", strerror(error));
}

reel_code reel__forward_make(reel_forward **out, const reel_forward_opts *opts, reel_err *err)
{
    reel_forward *f = reel__alloc_zero(1, sizeof *f);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (f == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to send events");
    f->store = opts->store;
    f->published = opts->published;
    f->notice = opts->notice;
    f->alone = opts->alone;
    f->ttl_days = opts->ttl_days;
    f->patience_ms = opts->patience_ms > 0 ? opts->patience_ms : PATIENCE_MS;
    f->size = REEL_FORWARD_BATCH;
    f->sequences = reel__alloc_array(REEL_FORWARD_BATCH, sizeof *f->sequences);
    f->refused = reel__alloc_array(REEL_FORWARD_BATCH, sizeof *f->refused);
    if (f->sequences == NULL || f->refused == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to send events"));
    REEL_TRY(reel__random_name(f->owner, err));
    REEL_TRY(reel__mongo_open(&f->mongo, opts->uri, err));
    REEL_TRY(reel__mongo_batch_new(&f->batch, REEL_FORWARD_BATCH, err));
    (void)snprintf(f->facts.target, sizeof f->facts.target, "%s", reel__mongo_name(f->mongo));
    if (pthread_mutex_init(&f->lock, NULL) != 0)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to send events"));
    *out = f;
    f = NULL;
out:
    if (f != NULL)
        release(f);
    return rc;
}

void reel__forward_unmake(reel_forward *f)
{
    (void)pthread_mutex_destroy(&f->lock);
    release(f);
}

reel_code reel__forward_open(reel_forward **out, const reel_forward_opts *opts, reel_err *err)
{
    reel_code rc = reel__forward_make(out, opts, err);

    if (rc != REEL_OK)
        return rc;
    rc = start(*out, err);
    if (rc != REEL_OK) {
        reel__forward_unmake(*out);
        *out = NULL;
    }
    return rc;
}

void reel__forward_close(reel_forward *forward)
{
    reel_err err = {REEL_OK, ""};

    if (forward == NULL)
        return;
    (void)pthread_mutex_lock(&forward->lock);
    forward->closing = true;
    (void)pthread_cond_signal(&forward->look);
    (void)pthread_mutex_unlock(&forward->lock);
    (void)pthread_join(forward->thread, NULL);
    if (forward->held && !forward->alone &&
        reel__queue_end_turn(forward->store, sink, forward->owner, &err) != REEL_OK)
        reel__forward_note(forward, err.msg); /* the next server waits until it is taken for gone */
    (void)pthread_cond_destroy(&forward->look);
    reel__forward_unmake(forward);
}

void reel__forward_look(reel_forward *forward)
{
    if (forward == NULL)
        return;
    (void)pthread_mutex_lock(&forward->lock);
    forward->looked = true;
    (void)pthread_cond_signal(&forward->look);
    (void)pthread_mutex_unlock(&forward->lock);
}
