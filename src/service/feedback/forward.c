/* forward.c - see forward.h. One batch at a time: read, made into documents, sent, marked. A
 * failure makes the next batch smaller and the pause before it longer; both recover. */
#include "service/feedback/forward.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/seal.h"
#include "base/steady.h"
#include "service/models/source.h"
#include "store/mongo/mongo.h"
#include "store/queue.h"

enum {
    BATCH_MOST = 2000,
    BATCH_LEAST = 8,
    IDLE_MS = 1000, /* other servers' events are looked for so often */
    PAUSE_FIRST_MS = 200,
    PAUSE_MOST_MS = 2000,
    COUNT_MS = 2000,
    BEAT_MS = 2500,
    PATIENCE_MS = 10000,
};
static const char sink[] = "mongodb";

struct reel_forward {
    reel_store *store;
    reel_publisher *published;
    const reel_dataset *films; /* NULL: the published engine's */
    reel_mongo *mongo;
    reel_mongo_batch *batch;
    reel_notice notice;
    bool alone;
    int ttl_days, patience_ms;
    char owner[REEL_RANDOM_NAME];

    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t look;
    bool closing, looked;
    reel_forward_facts facts;

    /* The thread's own. */
    int64_t first, last;        /* sequences of the batch */
    int64_t *sequences;         /* [BATCH_MOST] */
    bool *refused;              /* [BATCH_MOST] */
    size_t size;                /* of the next batch */
    int pause_ms;               /* 0: the last one arrived */
    int64_t counted_us;         /* when the queue was counted */
    int64_t turn_us;            /* when the turn was asked for */
    int64_t beat, beat_seen_us; /* of another server that has the turn */
    bool indexed, held;
};

static void note(const reel_forward *f, const char *text)
{
    if (f->notice.line != NULL)
        f->notice.line(f->notice.user, text);
}

/* ---- facts --------------------------------------------------------------------------------- */

void reel__forward_facts(const reel_forward *forward, reel_forward_facts *out)
{
    reel_forward *f = (reel_forward *)forward;

    (void)pthread_mutex_lock(&f->lock);
    *out = f->facts;
    (void)pthread_mutex_unlock(&f->lock);
}

/* Each change is told once. */
static void set_state(reel_forward *f, reel_forward_state state, const char *reason)
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
        note(f, line);
    } else if (state == REEL_FORWARD_WELL) {
        (void)snprintf(line, sizeof line, "events reach %s", reel__mongo_name(f->mongo));
        note(f, line);
    }
}

static void count_delivered(reel_forward *f, size_t delivered, size_t refused)
{
    (void)pthread_mutex_lock(&f->lock);
    f->facts.delivered += (int64_t)delivered;
    f->facts.refused += (int64_t)refused;
    (void)pthread_mutex_unlock(&f->lock);
}

/* A backlog of a million is counted in tens of milliseconds: not for each batch. */
static reel_code count_queue(reel_forward *f, bool now, reel_err *err)
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
    (void)pthread_mutex_unlock(&f->lock);
out:
    return rc;
}

/* ---- a batch ------------------------------------------------------------------------------- */

static const char *find_title(void *user, int64_t movie)
{
    const reel_dataset *dataset = user;
    const reel_index at = reel_dataset_find_movie(dataset, movie);

    return at < 0 ? NULL : reel_dataset_movie(dataset, at).title;
}

typedef struct reading {
    reel_forward *forward;
    reel_mongo_titles titles;
    reel_code rc;
    reel_err *err;
} reading;

static bool add_event(void *user, const reel_event *event)
{
    reading *r = user;
    reel_forward *f = r->forward;
    const size_t at = reel__mongo_batch_count(f->batch);

    if (at == 0)
        f->first = event->sequence;
    f->sequences[at] = f->last = event->sequence;
    r->rc = reel__mongo_add_event(f->batch, event, &r->titles, r->err);
    return r->rc == REEL_OK;
}

static reel_code read_batch(reel_forward *f, reel_err *err)
{
    reel_engine *engine = f->published == NULL ? NULL : reel__publisher_take(f->published);
    reading r = {.forward = f, .err = err};
    reel_code rc;

    r.titles.find = find_title;
    r.titles.user = (void *)(engine == NULL ? f->films : reel__engine_dataset(engine));

    reel__mongo_batch_clear(f->batch);
    rc = reel__queue_read(f->store, 0, f->size, add_event, &r, err);
    reel__engine_close(engine);
    return rc == REEL_OK ? r.rc : rc;
}

/* Those that are refused first: then all that still wait in this range have arrived. */
static reel_code mark(reel_forward *f, size_t count, const reel_mongo_answer *answer, reel_err *err)
{
    char line[400];
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && answer->refused_count > 0; i++)
        if (f->refused[i])
            REEL_TRY(reel__queue_refuse(f->store, f->sequences[i], err));
    REEL_TRY(reel__queue_delivered(f->store, f->first, f->last, reel__clock_now(), err));
    count_delivered(f, count - answer->refused_count, answer->refused_count);
    if (answer->refused_count > 0) {
        (void)snprintf(line, sizeof line,
                       "%zu events were refused by the server and stay in the log: %s",
                       answer->refused_count, answer->reason);
        note(f, line);
    }
out:
    return rc;
}

/* Once the server is there; it may have been emptied since the last start. */
static reel_code make_indexes(reel_forward *f, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (!f->indexed)
        REEL_TRY(reel__mongo_index_events(f->mongo, f->ttl_days, err));
    f->indexed = true;
out:
    return rc;
}

/* True: there may be more. */
static reel_code send_batch(reel_forward *f, bool *more, reel_err *err)
{
    reel_mongo_answer answer = {.refused = f->refused};
    size_t count;
    reel_code rc = REEL_OK;

    *more = false;
    REEL_TRY(read_batch(f, err));
    count = reel__mongo_batch_count(f->batch);
    if (count > 0) {
        REEL_TRY(reel__mongo_send(f->mongo, f->batch, &answer, err));
        REEL_TRY(mark(f, count, &answer, err));
        set_state(f, REEL_FORWARD_WELL, "");
    }
    *more = count == f->size;
out:
    return rc;
}

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
    f->turn_us = now;
    REEL_TRY(reel__queue_take_turn(f->store, sink, f->owner, dead ? f->beat : -1, &turn, err));
    if (turn.held || f->beat_seen_us == 0 || turn.beat != f->beat)
        f->beat_seen_us = now;
    f->held = turn.held;
    f->beat = turn.beat;
    if (!turn.held)
        set_state(f, REEL_FORWARD_ELSEWHERE, "");
out:
    return rc;
}

static void recover(reel_forward *f)
{
    f->pause_ms = 0;
    f->size = f->size * 2 > BATCH_MOST ? BATCH_MOST : f->size * 2;
}

static void back_off(reel_forward *f, const reel_err *why)
{
    f->pause_ms = f->pause_ms == 0 ? PAUSE_FIRST_MS : f->pause_ms * 2;
    if (f->pause_ms > PAUSE_MOST_MS)
        f->pause_ms = PAUSE_MOST_MS;
    f->size = f->size / 4 < BATCH_LEAST ? BATCH_LEAST : f->size / 4;
    set_state(f, REEL_FORWARD_FAILING, why->msg);
}

static bool is_closing(reel_forward *f)
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
        REEL_TRY(count_queue(f, false, err));
        REEL_TRY(make_indexes(f, err));
        REEL_TRY(send_batch(f, more, err));
    }
    REEL_TRY(count_queue(f, f->held && !*more, err));
out:
    return rc;
}

static void *run(void *argument)
{
    reel_forward *f = argument;

    while (!is_closing(f)) {
        reel_err err = {REEL_OK, ""};
        bool more = false;

        if (work(f, &more, &err) == REEL_OK)
            recover(f);
        else
            back_off(f, &err);
        if (f->pause_ms > 0 && count_queue(f, false, &err) != REEL_OK)
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
    error = pthread_create(&f->thread, NULL, run, f);
    if (error == 0)
        return REEL_OK;
    (void)pthread_cond_destroy(&f->look);
    return reel_fail(err, REEL_E_NOMEM, "no thread to send events: %s", strerror(error));
}

static reel_code make(reel_forward **out, const reel_forward_opts *opts, reel_err *err)
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
    f->size = BATCH_MOST;
    f->sequences = reel__alloc_array(BATCH_MOST, sizeof *f->sequences);
    f->refused = reel__alloc_array(BATCH_MOST, sizeof *f->refused);
    if (f->sequences == NULL || f->refused == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to send events"));
    REEL_TRY(reel__random_name(f->owner, err));
    REEL_TRY(reel__mongo_open(&f->mongo, opts->uri, err));
    REEL_TRY(reel__mongo_batch_new(&f->batch, BATCH_MOST, err));
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

static void unmake(reel_forward *f)
{
    (void)pthread_mutex_destroy(&f->lock);
    release(f);
}

reel_code reel__forward_open(reel_forward **out, const reel_forward_opts *opts, reel_err *err)
{
    reel_code rc = make(out, opts, err);

    if (rc != REEL_OK)
        return rc;
    rc = start(*out, err);
    if (rc != REEL_OK) {
        unmake(*out);
        *out = NULL;
    }
    return rc;
}

static reel_code send_past(reel_forward *f, reel_err *err)
{
    int64_t queued = 0;
    bool more = true;
    reel_code rc = REEL_OK;

    REEL_TRY(make_indexes(f, err)); /* is it there at all? */
    REEL_TRY(reel__queue_all(f->store, &queued, err));
    while (more && rc == REEL_OK)
        rc = send_batch(f, &more, err);
out:
    return rc;
}

reel_code reel__forward_past(const char *database, const reel_forward_opts *opts, int64_t *sent,
                             int64_t *refused, reel_err *err)
{
    const reel_source source = {.database = database, .whole = true};
    reel_forward_opts own = {.uri = opts->uri, .ttl_days = opts->ttl_days, .alone = true};
    reel_dataset *films = NULL;
    reel_forward *f = NULL;
    reel_code rc = REEL_OK;

    *sent = *refused = 0;
    REEL_TRY(reel__source_read(&films, &source, NULL, err));
    REEL_TRY(reel__store_open(&own.store, database, NULL, err));
    REEL_TRY(make(&f, &own, err));
    f->films = films;
    rc = send_past(f, err);
    *sent = f->facts.delivered;
    *refused = f->facts.refused;
    unmake(f);
out:
    reel__store_close(own.store);
    reel_dataset_free(films);
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
        note(forward, err.msg); /* the next server waits until it is taken for gone */
    (void)pthread_cond_destroy(&forward->look);
    unmake(forward);
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
