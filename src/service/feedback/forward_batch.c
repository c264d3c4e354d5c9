/* forward_batch.c - one batch of events: read, made into documents, sent, marked. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "service/experiments/names.h"
#include "service/feedback/forward_priv.h"

static const char *find_title(void *user, int64_t movie)
{
    const reel_dataset *dataset = user;
    const reel_index at = reel_dataset_find_movie(dataset, movie);

    return at < 0 ? NULL : reel_dataset_movie(dataset, at).title;
}

static void find_trial(void *user, const char *list_id, const char **experiment, const char **arm)
{
    (void)reel__experiment_names_find(user, list_id, experiment, arm);
}

typedef struct reading {
    reel_forward *forward;
    reel_mongo_titles titles;
    reel_experiment_names names;
    reel_queue_damage unfit; /* one that makes no document */
    reel_code rc;
    reel_err *err;
} reading;

static bool add_event(void *user, const reel_event *event)
{
    reading *r = user;
    reel_forward *f = r->forward;
    const size_t at = reel__mongo_batch_count(f->batch);

    f->sequences[at] = event->sequence;
    r->rc = reel__mongo_add_event(f->batch, event, &r->titles, r->err);
    if (r->rc == REEL_E_INVALID) {
        r->unfit.sequence = event->sequence;
        (void)snprintf(r->unfit.why, REEL_QUEUE_WHY, "%.40s: %.200s", event->event_id, r->err->msg);
        r->rc = REEL_OK;
        return false;
    }
    return r->rc == REEL_OK;
}

static reel_code read_batch(reel_forward *f, reel_err *err)
{
    reading r = {.forward = f, .err = err};
    reel_engine *engine;
    reel_code rc;

    rc = reel__experiment_names_read(&r.names, f->store, err);
    if (rc != REEL_OK)
        return rc;
    engine = f->published == NULL ? NULL : reel__publisher_take(f->published);
    r.titles.trial = find_trial;
    r.titles.trial_user = &r.names;
    r.titles.find = find_title;
    r.titles.user = (void *)(engine == NULL ? f->films : reel__engine_dataset(engine));

    reel__mongo_batch_clear(f->batch);
    rc = reel__queue_read(f->store, f->size, add_event, &r, &f->damage, err);
    reel__engine_close(engine);
    reel__experiment_names_fini(&r.names);
    if (r.unfit.sequence != 0)
        f->damage = r.unfit;
    return rc == REEL_OK ? r.rc : rc;
}

/* Those that are refused first: then all that still wait of the batch have arrived. */
static reel_code mark(reel_forward *f, size_t count, const reel_mongo_answer *answer, reel_err *err)
{
    char line[400];
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && answer->refused_count > 0; i++)
        if (f->refused[i])
            REEL_TRY(reel__queue_refuse(f->store, f->sequences[i], err));
    REEL_TRY(reel__queue_delivered(f->store, (reel_queue_batch){f->sequences, count},
                                   reel__clock_now(), err));
    reel__forward_add(f, count - answer->refused_count, answer->refused_count, 0);
    if (answer->refused_count > 0) {
        (void)snprintf(line, sizeof line,
                       "%zu events were refused by the server and stay in the log: %s",
                       answer->refused_count, answer->reason);
        reel__forward_note(f, line);
    }
out:
    return rc;
}

reel_code reel__forward_indexes(reel_forward *f, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (!f->indexed)
        REEL_TRY(reel__mongo_index_events(f->mongo, f->ttl_days, err));
    f->indexed = true;
out:
    return rc;
}

/* One that cannot be read would be read for ever, and hold up all behind it. */
static reel_code set_aside(reel_forward *f, reel_err *err)
{
    char line[400];
    reel_code rc = REEL_OK;

    REEL_TRY(reel__queue_refuse(f->store, f->damage.sequence, err));
    reel__forward_add(f, 0, 0, 1);
    (void)snprintf(line, sizeof line,
                   "event %" PRId64
                   " of the log is damaged and cannot be sent; it stays there (mend it, "
                   "and reel export mongo sends it): %s",
                   f->damage.sequence, f->damage.why);
    reel__forward_note(f, line);
out:
    return rc;
}

reel_code reel__forward_batch(reel_forward *f, bool *more, reel_err *err)
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
        reel__forward_set_state(f, REEL_FORWARD_WELL, "");
    }
    if (f->damage.sequence != 0)
        REEL_TRY(set_aside(f, err));
    *more = count == f->size || f->damage.sequence != 0;
out:
    return rc;
}
