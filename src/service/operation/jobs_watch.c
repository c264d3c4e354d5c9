/* jobs_watch.c - who looks on: each watch keeps the newest event only, so a slow reader misses some
 * and costs nothing. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "service/operation/jobs_priv.h"

enum { WATCHES_MOST = 256, EVENT_MOST = 1 << 18 };
#define SILENCE_US INT64_C(15000000) /* then a comment says that it goes on */

/* ---- events -------------------------------------------------------------------------------- */

/* "event: progress" or, of one that has ended, "event: end", with the job as its data. */
static reel_code write_event(reel_buf *out, bool *ended, reel_store *store, int64_t id,
                             reel_err *err)
{
    reel_json json;
    reel_buf data;
    reel_code rc;

    reel__buf_init(&data, EVENT_MOST);
    reel__json_init(&json, &data);
    REEL_TRY(reel__job_write(&json, store, id, ended, err));
    REEL_TRY(reel__buf_check(&data, err));
    reel__buf_format(out, "event: %s\ndata: ", *ended ? "end" : "progress");
    reel__buf_append(out, data.data, data.length);
    reel__buf_text(out, "\n\n");
    rc = reel__buf_check(out, err);
out:
    reel__buf_fini(&data);
    return rc;
}

/* Called with the lock held. */
static void wake(reel_watch *watch)
{
    const reel_waiter waiter = watch->waiter;

    watch->waiter.wake = NULL;
    if (waiter.wake != NULL)
        waiter.wake(waiter.user);
}

static void offer(reel_watch *watch, const reel_buf *event, bool ended)
{
    const uint64_t hash = reel__hash64(event->data, event->length, 1);

    if (hash == watch->seen)
        return;
    watch->seen = hash;
    reel__buf_clear(&watch->event);
    reel__buf_append(&watch->event, event->data, event->length);
    watch->fresh = true;
    watch->last = ended;
    wake(watch);
}

static void offer_all(reel_jobs *jobs, int64_t id, const reel_buf *event, bool ended)
{
    pthread_mutex_lock(&jobs->lock);
    for (reel_watch *watch = jobs->watches; watch != NULL; watch = watch->next)
        if (watch->id == id)
            offer(watch, event, ended);
    pthread_mutex_unlock(&jobs->lock);
}

static size_t watched_ids(reel_jobs *jobs, int64_t ids[WATCHES_MOST])
{
    size_t count = 0;

    pthread_mutex_lock(&jobs->lock);
    for (const reel_watch *watch = jobs->watches; watch != NULL; watch = watch->next) {
        bool known = false;

        for (size_t i = 0; i < count; i++)
            known = known || ids[i] == watch->id;
        if (!known && !watch->last)
            ids[count++] = watch->id;
    }
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

/* Someone who left is noticed by writing to them. */
static void break_silence(reel_jobs *jobs)
{
    const int64_t now = reel__clock_steady_us();

    pthread_mutex_lock(&jobs->lock);
    for (reel_watch *watch = jobs->watches; watch != NULL; watch = watch->next) {
        if (watch->fresh || now - watch->sent_us < SILENCE_US)
            continue;
        reel__buf_clear(&watch->event);
        reel__buf_text(&watch->event, ": it goes on\n\n");
        watch->fresh = true;
        wake(watch);
    }
    pthread_mutex_unlock(&jobs->lock);
}

void reel__watches_refresh(reel_jobs *jobs)
{
    int64_t ids[WATCHES_MOST];
    const size_t count = watched_ids(jobs, ids);

    for (size_t i = 0; i < count; i++) {
        bool ended = false;
        reel_err err = {0};
        reel_buf event;
        reel_code rc;

        reel__buf_init(&event, EVENT_MOST);
        rc = write_event(&event, &ended, jobs->opts.store, ids[i], &err);
        if (rc == REEL_E_NOTFOUND) { /* it is no longer kept */
            reel__buf_text(&event, "event: end\ndata: {}\n\n");
            ended = true;
        }
        if (rc == REEL_OK || rc == REEL_E_NOTFOUND)
            offer_all(jobs, ids[i], &event, ended);
        reel__buf_fini(&event);
    }
    break_silence(jobs);
}

/* ---- watches ------------------------------------------------------------------------------- */

static reel_code enlist(reel_jobs *jobs, reel_watch *watch, reel_err *err)
{
    reel_code rc = REEL_OK;

    pthread_mutex_lock(&jobs->lock);
    if (jobs->no_watches || jobs->watch_count == WATCHES_MOST) {
        rc = reel_fail(err, REEL_E_BUSY, "%d people watch jobs already; ask for the job itself",
                       (int)WATCHES_MOST);
    } else {
        watch->next = jobs->watches;
        jobs->watches = watch;
        jobs->watch_count++;
    }
    pthread_mutex_unlock(&jobs->lock);
    return rc;
}

static void free_watch(reel_watch *watch)
{
    reel__buf_fini(&watch->event);
    reel__free(watch);
}

reel_code reel__watch_open(reel_watch **out, reel_jobs *jobs, int64_t id, reel_err *err)
{
    reel_watch *watch = reel__alloc_zero(1, sizeof *watch);
    reel_code rc;

    *out = NULL;
    if (watch == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to watch a job");
    watch->jobs = jobs;
    watch->id = id;
    watch->sent_us = reel__clock_steady_us();
    reel__buf_init(&watch->event, EVENT_MOST);
    REEL_TRY(write_event(&watch->event, &watch->last, jobs->opts.store, id, err));
    watch->fresh = true;
    watch->seen = reel__hash64(watch->event.data, watch->event.length, 1);
    REEL_TRY(enlist(jobs, watch, err));
    *out = watch;
    watch = NULL;
    reel__jobs_look(jobs); /* it sleeps long while nobody looks on */
out:
    if (watch != NULL)
        free_watch(watch);
    return rc;
}

reel_watch_state reel__watch_next(reel_watch *watch, reel_buf *out, const reel_waiter *waiter)
{
    reel_watch_state state = REEL_WATCH_MORE;

    pthread_mutex_lock(&watch->jobs->lock);
    if (watch->fresh) {
        reel__buf_append(out, watch->event.data, watch->event.length);
        watch->fresh = false;
        watch->over = watch->over || watch->last;
        watch->sent_us = reel__clock_steady_us();
    } else if (watch->over) {
        state = REEL_WATCH_OVER;
    } else {
        state = REEL_WATCH_WAIT;
        watch->waiter = *waiter;
        waiter->sleep(waiter->user);
    }
    pthread_mutex_unlock(&watch->jobs->lock);
    return state;
}

void reel__watch_close(reel_watch *watch)
{
    reel_jobs *jobs;

    if (watch == NULL)
        return;
    jobs = watch->jobs;
    pthread_mutex_lock(&jobs->lock);
    for (reel_watch **at = &jobs->watches; *at != NULL; at = &(*at)->next)
        if (*at == watch) {
            *at = watch->next;
            jobs->watch_count--;
            break;
        }
    pthread_mutex_unlock(&jobs->lock);
    free_watch(watch);
}

void reel__jobs_end_watches(reel_jobs *jobs)
{
    if (jobs == NULL)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->no_watches = true;
    for (reel_watch *watch = jobs->watches; watch != NULL; watch = watch->next) {
        watch->over = true;
        wake(watch);
    }
    pthread_mutex_unlock(&jobs->lock);
}
