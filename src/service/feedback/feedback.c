/* feedback.c - group commit: callers put their events into a queue; one thread gathers what comes
 * within a few milliseconds, writes it in one transaction and tells each caller the outcome.
 */
#include "service/feedback/feedback.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/steady.h"
#include "base/thread.h"
#include "service/feedback/feedback_priv.h"

/* How long the first event of a group waits for company, how many make a group full at once, and
 * how many may wait in all before callers are turned away. */
enum { WINDOW_MS = 3, GROUP_EVENTS = 512, QUEUE_EVENTS = 8192 };

/* How often a group is offered to a store that somebody else is loading into. The store itself
 * waits each time, as long as its busy timeout: half a minute in all, unless told otherwise. */
enum { OFFERS = 6 };

/* The events of one caller, or what somebody gave, and whom to tell. */
typedef struct waiting {
    reel_event_batch batch;
    bool decided; /* what was given is not to be compared with what is there */
    struct waiting *next;
    reel_feedback_done *done;
    void *user;
} waiting;

struct reel_feedback {
    reel_store *store;
    reel_overlay *overlay; /* NULL: events are events only */
    reel_aside *aside;
    pthread_t writer;
    pthread_mutex_t lock;
    pthread_cond_t arrived; /* the writer waits here */
    pthread_cond_t written; /* callers of reel__feedback_take wait here */
    waiting *first, **last; /* the queue */
    size_t queued;          /* events in it */
    bool closing;
    void (*tell)(void *user); /* of events that a sink is to receive; NULL: of none */
    void *whom;
    reel_event *group;     /* [QUEUE_EVENTS], the writer's */
    reel_given_row *given; /* [QUEUE_EVENTS], too */
    reel_given_rows there; /* of one person, the writer's */
};

/* ---- the writer ---------------------------------------------------------------------------- */

/* Wait for the first event and then, for a moment, for more. Returns all that came, or NULL when
 * there is nothing left to do. Called with the lock held. */
static waiting *take_group(reel_feedback *feedback)
{
    waiting *group;
    struct timespec until;

    while (feedback->first == NULL && !feedback->closing)
        pthread_cond_wait(&feedback->arrived, &feedback->lock);
    until = reel__steady_in_ms(WINDOW_MS);
    while (feedback->first != NULL && feedback->queued < GROUP_EVENTS && !feedback->closing)
        if (pthread_cond_timedwait(&feedback->arrived, &feedback->lock, &until) == ETIMEDOUT)
            break;
    group = feedback->first;
    feedback->first = NULL;
    feedback->last = &feedback->first;
    feedback->queued = 0;
    return group;
}

/* Whether an event changes nothing: a person said something later of a film, or did the same
 * before. It may come late, or once more. */
static bool is_known(const reel_given_rows *there, const reel_given_row *row)
{
    const reel_given_row *was = NULL;

    for (size_t i = 0; i < there->count && was == NULL; i++)
        if (there->rows[i].movie == row->movie)
            was = &there->rows[i];
    if (was == NULL)
        return false;
    if (row->kind == REEL_GIVEN_CLICKED)
        return (was->did | row->did) == was->did;
    return was->kind != REEL_GIVEN_CLICKED && was->time > row->time;
}

/* What the group gives, less what changes nothing. */
static reel_code gather_given(reel_feedback *feedback, const waiting *group, size_t *count,
                              reel_err *err)
{
    reel_code rc = REEL_OK;

    for (const waiting *one = group; one != NULL; one = one->next)
        for (size_t i = 0; i < one->batch.given_count; i++) {
            const reel_given_row *row = &one->batch.given[i];

            if (!one->decided)
                REEL_TRY(reel__overlay_read(feedback->overlay, row->person, &feedback->there, err));
            if (one->decided || !is_known(&feedback->there, row))
                feedback->given[(*count)++] = *row;
        }
out:
    return rc;
}

/* What was given comes first: when the events fail after it, they are sent again, and giving the
 * same twice does no harm. */
static reel_code write_group(reel_feedback *feedback, const waiting *group, reel_err *err)
{
    size_t count = 0, given = 0;
    int64_t duplicates = 0;
    reel_code rc = REEL_OK;

    for (const waiting *one = group; one != NULL; one = one->next) {
        if (one->batch.count > 0)
            memcpy(feedback->group + count, one->batch.events,
                   one->batch.count * sizeof *feedback->group);
        count += one->batch.count;
    }
    for (size_t i = 0; i < count; i++)
        feedback->group[i].queued = feedback->tell != NULL;
    if (feedback->overlay != NULL)
        REEL_TRY(gather_given(feedback, group, &given, err));
    for (int offer = 0; offer < OFFERS && given > 0; offer++) {
        rc = reel__overlay_put(feedback->overlay, feedback->given, given, err);
        if (rc != REEL_E_CONFLICT)
            break;
    }
    for (int offer = 0; offer < OFFERS && count > 0 && (rc == REEL_OK || offer > 0); offer++) {
        rc = reel__store_put_events(feedback->store, feedback->group, count, &duplicates, err);
        if (rc != REEL_E_CONFLICT)
            break;
    }
    if (rc == REEL_OK && count > 0 && feedback->tell != NULL)
        feedback->tell(feedback->whom);
out:
    return rc;
}

static void free_waiting(waiting *one)
{
    reel__events_fini(&one->batch); /* and what was given */
    reel__free(one);
}

static void count_event(reel_feedback_answer *answer, const reel_event *event, bool known)
{
    answer->duplicates += known;
    answer->accepted += !known;
    for (size_t type = 0; type < REEL_FEEDBACK_TYPES && !known; type++)
        answer->of[type] += strcmp(reel__feedback_type(type), event->type) == 0;
}

/* Tell everyone in the group, and let go of it. */
static void end_group(waiting *group, reel_code rc, const reel_err *err)
{
    for (waiting *one = group, *next; one != NULL; one = next) {
        reel_feedback_done *done = one->done;
        void *user = one->user;
        reel_feedback_answer answer = {0};

        next = one->next;
        for (size_t i = 0; i < one->batch.count && rc == REEL_OK; i++)
            count_event(&answer, &one->batch.events[i], one->batch.known[i]);
        free_waiting(one); /* whoever is told may count on it */
        done(user, rc == REEL_OK ? NULL : err, answer);
    }
}

static void *run_writer(void *argument)
{
    reel_feedback *feedback = argument;
    waiting *group;

    pthread_mutex_lock(&feedback->lock);
    while ((group = take_group(feedback)) != NULL) {
        reel_err err = {0};
        reel_code rc;

        pthread_mutex_unlock(&feedback->lock);
        rc = write_group(feedback, group, &err);
        end_group(group, rc, &err);
        pthread_mutex_lock(&feedback->lock);
    }
    pthread_mutex_unlock(&feedback->lock);
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------------- */

static bool init_signals(reel_feedback *feedback)
{
    if (!reel__steady_cond_init(&feedback->arrived))
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
    reel__aside_close(feedback->aside);
    pthread_cond_destroy(&feedback->arrived);
    pthread_cond_destroy(&feedback->written);
    pthread_mutex_destroy(&feedback->lock);
    reel__free(feedback->group);
    reel__free(feedback->given);
    reel__given_rows_fini(&feedback->there);
    reel__free(feedback);
}

static reel_code open_feedback(reel_feedback **out, reel_store *store, reel_overlay *overlay,
                               reel_err *err)
{
    reel_feedback *feedback = reel__alloc_zero(1, sizeof *feedback);
    reel_code rc;
    int error;

    *out = NULL;
    if (feedback == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to take feedback");
    feedback->store = store;
    feedback->overlay = overlay;
    feedback->last = &feedback->first;
    feedback->group = reel__alloc_array(QUEUE_EVENTS, sizeof *feedback->group);
    feedback->given = reel__alloc_array(QUEUE_EVENTS, sizeof *feedback->given);
    if (feedback->group == NULL || feedback->given == NULL || !init_signals(feedback)) {
        reel__free(feedback->group);
        reel__free(feedback->given);
        reel__free(feedback);
        return reel_fail(err, REEL_E_NOMEM, "out of memory to take feedback");
    }
    rc = reel__aside_open(&feedback->aside, 1, err);
    if (rc != REEL_OK) {
        free_feedback(feedback);
        return rc;
    }
    error = reel__thread_start(&feedback->writer, run_writer, feedback);
    if (error != 0) {
        free_feedback(feedback);
        return reel_fail(err, REEL_E_NOMEM, "no thread to write feedback: %s", strerror(error));
    }
    *out = feedback;
    return REEL_OK;
}

reel_code reel__feedback_open(reel_feedback **out, reel_store *store, reel_err *err)
{
    return open_feedback(out, store, NULL, err);
}

reel_code reel__feedback_open_over(reel_feedback **out, reel_overlay *overlay, reel_err *err)
{
    return open_feedback(out, reel__overlay_store(overlay), overlay, err);
}

void reel__feedback_queue(reel_feedback *feedback, void (*tell)(void *user), void *user)
{
    pthread_mutex_lock(&feedback->lock);
    feedback->tell = tell;
    feedback->whom = user;
    pthread_mutex_unlock(&feedback->lock);
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

reel_aside *reel__feedback_aside(reel_feedback *feedback)
{
    return feedback->aside;
}

/* ---- taking -------------------------------------------------------------------------------- */

static reel_code enqueue(reel_feedback *feedback, waiting *one, reel_err *err)
{
    reel_code rc = REEL_OK;

    pthread_mutex_lock(&feedback->lock);
    if (feedback->closing ||
        feedback->queued + one->batch.count + one->batch.given_count > QUEUE_EVENTS) {
        rc = reel_fail(err, REEL_E_BUSY, "too many events are waiting to be written; try again");
    } else {
        *feedback->last = one;
        feedback->last = &one->next;
        feedback->queued += one->batch.count + one->batch.given_count;
        pthread_cond_signal(&feedback->arrived);
    }
    pthread_mutex_unlock(&feedback->lock);
    return rc;
}

reel_code reel__feedback_submit(reel_feedback *feedback, const reel_feedback_call *call,
                                reel_feedback_done *done, void *user, reel_err *err)
{
    waiting *one = reel__alloc_zero(1, sizeof *one);
    reel_code rc;

    if (one == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to take feedback");
    one->done = done;
    one->user = user;
    rc = reel__events_parse(&one->batch, call, err);
    if (rc != REEL_OK) {
        reel__free(one);
        return rc;
    }
    rc = enqueue(feedback, one, err);
    if (rc != REEL_OK)
        free_waiting(one);
    return rc;
}

/* A caller that sleeps until its events are written. */
typedef struct sleeper {
    reel_feedback *feedback;
    bool done;
    reel_err err;
    reel_feedback_answer answer;
} sleeper;

static void wake(void *user, const reel_err *err, reel_feedback_answer answer)
{
    sleeper *own = user;
    reel_feedback *feedback = own->feedback;

    pthread_mutex_lock(&feedback->lock);
    own->answer = answer;
    if (err != NULL)
        own->err = *err;
    own->done = true; /* a caller that is done takes its record away */
    pthread_cond_broadcast(&feedback->written);
    pthread_mutex_unlock(&feedback->lock);
}

static reel_code sleep_until_done(sleeper *own, reel_err *err)
{
    reel_feedback *feedback = own->feedback;

    pthread_mutex_lock(&feedback->lock);
    while (!own->done)
        pthread_cond_wait(&feedback->written, &feedback->lock);
    pthread_mutex_unlock(&feedback->lock);
    return own->err.code == REEL_OK ? REEL_OK : reel_fail(err, own->err.code, "%s", own->err.msg);
}

reel_code reel__feedback_take(reel_feedback *feedback, const reel_feedback_call *call,
                              reel_feedback_answer *out, reel_err *err)
{
    sleeper own = {.feedback = feedback};
    reel_code rc = reel__feedback_submit(feedback, call, wake, &own, err);

    *out = (reel_feedback_answer){0};
    if (rc != REEL_OK)
        return rc;
    rc = sleep_until_done(&own, err);
    if (rc == REEL_OK)
        *out = own.answer;
    return rc;
}

/* ---- giving -------------------------------------------------------------------------------- */

static reel_code enqueue_given(reel_feedback *feedback, const reel_given_row *rows, size_t count,
                               reel_feedback_done *done, void *user, reel_err *err)
{
    waiting *one = reel__alloc_zero(1, sizeof *one);
    reel_code rc;

    if (one == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to take ratings");
    *one = (waiting){.decided = true, .done = done, .user = user};
    one->batch.given = reel__alloc_array(count, sizeof *one->batch.given);
    if (one->batch.given == NULL) {
        reel__free(one);
        return reel_fail(err, REEL_E_NOMEM, "out of memory to take %zu ratings", count);
    }
    memcpy(one->batch.given, rows, count * sizeof *rows);
    one->batch.given_count = count;
    rc = enqueue(feedback, one, err);
    if (rc != REEL_OK)
        free_waiting(one);
    return rc;
}

reel_code reel__feedback_give(reel_feedback *feedback, const reel_given_row *rows, size_t count,
                              reel_feedback_done *done, void *user, reel_err *err)
{
    sleeper own = {.feedback = feedback};
    reel_code rc;

    if (done != NULL)
        return enqueue_given(feedback, rows, count, done, user, err);
    rc = enqueue_given(feedback, rows, count, wake, &own, err);
    return rc == REEL_OK ? sleep_until_done(&own, err) : rc;
}
