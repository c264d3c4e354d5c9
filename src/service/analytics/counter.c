/* counter.c - see counter.h. */
#include "service/analytics/counter.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/steady.h"
#include "base/thread.h"
#include "eval/genres.h"
#include "service/experiments/tally.h"
#include "store/stats.h"
#include "store/vtable.h"

/* While a step reads, others wait for the store; so the thread's are short. */
enum { STEP = 4000, EVERY_MS = 2000 };
/* How long the last days are not read anew, in microseconds: while events come, so many times as
 * long as reading them took, which grows with the sums; else a minute. */
enum { RECENT_RESTS = 20, RECENT_US = 60 * 1000 * 1000 };

/* ---- counting ------------------------------------------------------------------------------ */

typedef struct judging {
    const reel_dataset *dataset;
    reel_genres genres;
} judging;

/* Films that are gone, or have no genres, say nothing. */
static double variety_of(void *user, const reel_event_movie *movies, size_t count)
{
    const judging *j = user;
    reel_index list[REEL_EVENT_MOVIES_MAX];
    size_t known = 0;

    for (size_t i = 0; i < count; i++) {
        const reel_index film = reel_dataset_find_movie(j->dataset, movies[i].movie);

        if (film >= 0 && j->genres.of[film] != 0)
            list[known++] = film;
    }
    return known < 2 ? (double)NAN : reel__intra_list_distance(&j->genres, list, known, known);
}

reel_code reel__count_events(const reel_engine *engine, reel_store *store, size_t most,
                             size_t *counted, reel_err *err)
{
    judging j = {.dataset = reel__engine_dataset(engine)};
    reel_stats_step step = {.variety = variety_of, .user = &j};
    int64_t waiting = 0;
    size_t now = 0;
    reel_code rc = REEL_OK;

    *counted = 0;
    if (store->read_only)
        return REEL_OK;
    REEL_TRY(reel__stats_waiting(store, 1, &waiting, err));
    if (waiting == 0)
        return REEL_OK;
    REEL_TRY(reel__genres_init(&j.genres, j.dataset, err));
    do {
        step.limit = most - *counted < REEL_STATS_STEP_MAX ? most - *counted : REEL_STATS_STEP_MAX;
        REEL_TRY(reel__stats_count(store, &step, &now, err));
        *counted += now;
    } while (now == step.limit && *counted < most);
out:
    reel__genres_fini(&j.genres);
    return rc;
}

/* ---- the thread ---------------------------------------------------------------------------- */

struct reel_counter {
    reel_counter_opts opts;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t look;
    bool closing, failing;
    reel_recent recent;
    bool changed;                /* since recent was read */
    int64_t read_at_us, took_us; /* that reading, by the steady clock */
};

static bool wait_for(reel_counter *c, int ms)
{
    const struct timespec until = reel__steady_in_ms(ms);
    bool closing;

    (void)pthread_mutex_lock(&c->lock);
    while (!c->closing && pthread_cond_timedwait(&c->look, &c->lock, &until) != ETIMEDOUT)
        ;
    closing = c->closing;
    (void)pthread_mutex_unlock(&c->lock);
    return !closing;
}

/* Each change is told once. */
static void tell(reel_counter *c, reel_code rc, const reel_err *err)
{
    char line[600];
    const bool failing = rc != REEL_OK;

    if (failing == c->failing || c->opts.notice.line == NULL)
        return;
    c->failing = failing;
    (void)snprintf(line, sizeof line, "%s%s",
                   failing ? "events are not counted for now: " : "events are counted again",
                   failing ? err->msg : "");
    c->opts.notice.line(c->opts.notice.user, line);
}

/* Days go by without an event, too. */
static bool is_recent(const reel_counter *c, int64_t now_us)
{
    const int64_t rest_us = RECENT_RESTS * c->took_us;

    return c->recent.at != 0 &&
           now_us - c->read_at_us < (c->changed && rest_us < RECENT_US ? rest_us : RECENT_US);
}

static reel_code look_back(reel_counter *c, const reel_engine *engine, reel_err *err)
{
    const int64_t now_us = reel__clock_steady_us();
    reel_recent recent;
    reel_code rc = REEL_OK;

    if (is_recent(c, now_us))
        return REEL_OK;
    REEL_TRY(reel__recent_read(&recent, engine, c->opts.store, err));
    c->changed = false;
    c->read_at_us = now_us;
    c->took_us = reel__clock_steady_us() - now_us;
    (void)pthread_mutex_lock(&c->lock);
    c->recent = recent;
    (void)pthread_mutex_unlock(&c->lock);
out:
    return rc;
}

void reel__counter_recent(reel_counter *counter, reel_recent *out)
{
    memset(out, 0, sizeof *out);
    if (counter == NULL)
        return;
    (void)pthread_mutex_lock(&counter->lock);
    *out = counter->recent;
    (void)pthread_mutex_unlock(&counter->lock);
}

static void *run(void *argument)
{
    reel_counter *c = argument;
    size_t counted = 0, trials = 0;

    while (wait_for(c, counted == STEP ? 0 : c->opts.every_ms)) {
        reel_engine *engine = reel__publisher_take(c->opts.published);
        reel_err err = {REEL_OK, ""};
        reel_code rc;

        counted = trials = 0;
        if (engine == NULL)
            continue;
        rc = reel__count_events(engine, c->opts.store, STEP, &counted, &err);
        c->changed |= counted > 0;
        if (rc == REEL_OK && counted < STEP)
            rc = look_back(c, engine, &err);
        reel__engine_close(engine);
        if (rc == REEL_OK && c->opts.experiments != NULL)
            rc = reel__trials_count(c->opts.experiments, STEP, &trials, &err);
        counted = trials > counted ? trials : counted;
        tell(c, rc, &err);
    }
    return NULL;
}

reel_code reel__counter_open(reel_counter **out, const reel_counter_opts *opts, reel_err *err)
{
    reel_counter *c = reel__alloc_zero(1, sizeof *c);
    int error;

    *out = NULL;
    if (c == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count events");
    c->opts = *opts;
    if (c->opts.every_ms <= 0)
        c->opts.every_ms = EVERY_MS;
    if (!reel__steady_cond_init(&c->look)) {
        reel__free(c);
        return reel_fail(err, REEL_E_NOMEM, "out of memory to count events");
    }
    (void)pthread_mutex_init(&c->lock, NULL);
    error = reel__thread_start(&c->thread, run, c);
    if (error != 0) {
        (void)pthread_cond_destroy(&c->look);
        (void)pthread_mutex_destroy(&c->lock);
        reel__free(c);
        return reel_fail(err, REEL_E_NOMEM, "no thread to count events: %s", strerror(error));
    }
    *out = c;
    return REEL_OK;
}

void reel__counter_close(reel_counter *counter)
{
    if (counter == NULL)
        return;
    (void)pthread_mutex_lock(&counter->lock);
    counter->closing = true;
    (void)pthread_cond_signal(&counter->look);
    (void)pthread_mutex_unlock(&counter->lock);
    (void)pthread_join(counter->thread, NULL);
    (void)pthread_cond_destroy(&counter->look);
    (void)pthread_mutex_destroy(&counter->lock);
    reel__free(counter);
}
