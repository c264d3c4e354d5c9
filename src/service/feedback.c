/* feedback.c - group commit: callers put their events into a queue and sleep; one thread gathers
 * what comes within a few milliseconds, writes it in one transaction and wakes them with the
 * outcome.
 */
#include "service/feedback.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "service/feedback_priv.h"

/* How long the first event of a group waits for company, how many make a group full at once, and
 * how many may wait in all before callers are turned away. */
enum { WINDOW_MS = 3, GROUP_EVENTS = 512, QUEUE_EVENTS = 8192 };

/* One caller; lives on its stack until it is woken. */
typedef struct waiting {
    reel_event_batch *batch;
    struct waiting *next;
    bool done;
    reel_code rc;
    reel_err err;
} waiting;

struct reel_feedback {
    reel_engine *engine;
    pthread_t writer;
    pthread_mutex_t lock;
    pthread_cond_t arrived; /* the writer waits here */
    pthread_cond_t written; /* the callers wait here */
    waiting *first, **last; /* the queue */
    size_t queued;          /* events in it */
    bool closing;
    reel_event *group; /* [QUEUE_EVENTS], the writer's */
};

/* ---- the writer ---------------------------------------------------------------------------- */

static struct timespec soon(void)
{
    struct timespec when;

    (void)clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_nsec += WINDOW_MS * 1000000L;
    if (when.tv_nsec >= 1000000000L) {
        when.tv_nsec -= 1000000000L;
        when.tv_sec++;
    }
    return when;
}

/* Wait for the first event and then, for a moment, for more. Returns all that came, or NULL when
 * there is nothing left to do. Called with the lock held. */
static waiting *take_group(reel_feedback *feedback)
{
    waiting *group;
    struct timespec until;

    while (feedback->first == NULL && !feedback->closing)
        pthread_cond_wait(&feedback->arrived, &feedback->lock);
    until = soon();
    while (feedback->first != NULL && feedback->queued < GROUP_EVENTS && !feedback->closing)
        if (pthread_cond_timedwait(&feedback->arrived, &feedback->lock, &until) == ETIMEDOUT)
            break;
    group = feedback->first;
    feedback->first = NULL;
    feedback->last = &feedback->first;
    feedback->queued = 0;
    return group;
}

static void write_group(const reel_feedback *feedback, waiting *group)
{
    size_t count = 0;
    int64_t duplicates = 0;
    reel_err err = {0};
    reel_code rc;

    for (const waiting *one = group; one != NULL; one = one->next) {
        memcpy(feedback->group + count, one->batch->events,
               one->batch->count * sizeof *feedback->group);
        count += one->batch->count;
    }
    rc = reel__store_put_events(reel__engine_store(feedback->engine), feedback->group, count,
                                &duplicates, &err);
    for (waiting *one = group; one != NULL; one = one->next) {
        one->rc = rc;
        one->err = err;
    }
}

static void *run_writer(void *argument)
{
    reel_feedback *feedback = argument;
    waiting *group;

    pthread_mutex_lock(&feedback->lock);
    while ((group = take_group(feedback)) != NULL) {
        pthread_mutex_unlock(&feedback->lock);
        write_group(feedback, group);
        pthread_mutex_lock(&feedback->lock);
        for (waiting *one = group, *next; one != NULL; one = next) {
            next = one->next; /* a caller that is done takes its record away */
            one->done = true;
        }
        pthread_cond_broadcast(&feedback->written);
    }
    pthread_mutex_unlock(&feedback->lock);
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------------- */

/* Timed waits go by the clock that nobody sets back. */
static bool init_signals(reel_feedback *feedback)
{
    pthread_condattr_t steady;
    bool good;

    if (pthread_condattr_init(&steady) != 0)
        return false;
    good = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(&feedback->arrived, &steady) == 0;
    pthread_condattr_destroy(&steady);
    if (!good)
        return false;
    if (pthread_cond_init(&feedback->written, NULL) != 0) {
        pthread_cond_destroy(&feedback->arrived);
        return false;
    }
    if (pthread_mutex_init(&feedback->lock, NULL) == 0)
        return true;
    pthread_cond_destroy(&feedback->arrived);
    pthread_cond_destroy(&feedback->written);
    return false;
}

static void free_feedback(reel_feedback *feedback)
{
    pthread_cond_destroy(&feedback->arrived);
    pthread_cond_destroy(&feedback->written);
    pthread_mutex_destroy(&feedback->lock);
    reel__free(feedback->group);
    reel__free(feedback);
}

reel_code reel__feedback_open(reel_feedback **out, reel_engine *engine, reel_err *err)
{
    reel_feedback *feedback = reel__alloc_zero(1, sizeof *feedback);
    int error;

    *out = NULL;
    if (feedback == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to take feedback");
    feedback->engine = engine;
    feedback->last = &feedback->first;
    feedback->group = reel__alloc_array(QUEUE_EVENTS, sizeof *feedback->group);
    if (feedback->group == NULL || !init_signals(feedback)) {
        reel__free(feedback->group);
        reel__free(feedback);
        return reel_fail(err, REEL_E_NOMEM, "out of memory to take feedback");
    }
    error = pthread_create(&feedback->writer, NULL, run_writer, feedback);
    if (error != 0) {
        free_feedback(feedback);
        return reel_fail(err, REEL_E_NOMEM, "no thread to write feedback: %s", strerror(error));
    }
    *out = feedback;
    return REEL_OK;
}

void reel__feedback_close(reel_feedback *feedback)
{
    if (feedback == NULL)
        return;
    pthread_mutex_lock(&feedback->lock);
    feedback->closing = true;
    pthread_cond_signal(&feedback->arrived);
    pthread_mutex_unlock(&feedback->lock);
    pthread_join(feedback->writer, NULL);
    free_feedback(feedback);
}

/* ---- taking -------------------------------------------------------------------------------- */

static reel_code queue_and_wait(reel_feedback *feedback, reel_event_batch *batch, reel_err *err)
{
    waiting own = {.batch = batch};
    reel_code rc = REEL_OK;

    pthread_mutex_lock(&feedback->lock);
    if (feedback->closing || feedback->queued + batch->count > QUEUE_EVENTS) {
        rc = reel_fail(err, REEL_E_BUSY, "too many events are waiting to be written; try again");
    } else {
        *feedback->last = &own;
        feedback->last = &own.next;
        feedback->queued += batch->count;
        pthread_cond_signal(&feedback->arrived);
        while (!own.done)
            pthread_cond_wait(&feedback->written, &feedback->lock);
        rc = own.rc;
    }
    pthread_mutex_unlock(&feedback->lock);
    if (own.done && rc != REEL_OK)
        (void)reel_fail(err, rc, "%s", own.err.msg);
    return rc;
}

reel_code reel__feedback_take(reel_feedback *feedback, const char *body, size_t length,
                              reel_feedback_answer *out, reel_err *err)
{
    reel_event_batch batch;
    reel_code rc = reel__events_parse(&batch, feedback->engine, body, length, err);

    *out = (reel_feedback_answer){0};
    if (rc != REEL_OK)
        return rc;
    rc = queue_and_wait(feedback, &batch, err);
    for (size_t i = 0; i < batch.count && rc == REEL_OK; i++)
        out->duplicates += batch.known[i];
    if (rc == REEL_OK)
        out->accepted = (int64_t)batch.count - out->duplicates;
    reel__events_fini(&batch);
    return rc;
}
