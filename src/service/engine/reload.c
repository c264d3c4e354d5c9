/* reload.c - see reload.h. */
#include "service/engine/reload.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/steady.h"
#include "base/thread.h"
#include "service/engine/state.h"
#include "service/engine/search.h"

struct reel_reload {
    reel_reload_opts opts;
    reel_publisher *publisher;
    uint64_t seen; /* of what the store said when it was last looked at */
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool asked, looking, closing;
    volatile bool cancelled; /* what is being trained */
};

static void tell(const reel_reload *reload, const char *what, const char *why)
{
    char line[640];

    if (reload->opts.notice.line == NULL)
        return;
    (void)snprintf(line, sizeof line, "%s%s", what, why);
    reload->opts.notice.line(reload->opts.notice.user, line);
}

/* ---- what the store says ------------------------------------------------------------------- */

static bool mix_record(void *user, const reel_model_record *record)
{
    uint64_t *hash = user;

    *hash = reel__hash64(record->name, strlen(record->name), *hash);
    *hash = reel__hash64(record->model_id, strlen(record->model_id), *hash);
    return true;
}

/* Of all model records and the generation; *out stays where the store does not answer. */
static void look(const reel_reload *reload, uint64_t *out)
{
    reel_store *store = reload->opts.engine.store;
    reel_store_label label;
    reel_err ignored = {0};
    uint64_t hash;

    if (reel__store_label(store, &label, &ignored) != REEL_OK)
        return;
    hash = reel__hash64(&label.generation, sizeof label.generation, 0);
    if (reel__store_scan_models(store, mix_record, &hash, &ignored) == REEL_OK)
        *out = hash;
}

static bool is_served(void *user, const reel_model_record *record)
{
    const reel_engine **engine = user;

    for (int i = 0; i < MODELS; i++)
        if (strcmp(reel__engine_names[i], record->name) == 0 &&
            ((*engine)->models[i] == NULL ||
             strcmp(reel_model_id((*engine)->models[i]), record->model_id) != 0)) {
            *engine = NULL;
            return false;
        }
    return true;
}

/* Whether the store has other data or models than those in service: what this process trained for
 * itself changed the records, too. */
static bool is_behind(const reel_reload *reload)
{
    reel_engine *engine = reel__publisher_take(reload->publisher);
    const reel_engine *same = engine;
    reel_store_label label;
    reel_err ignored = {0};
    bool behind;

    behind = reel__store_label(engine->store, &label, &ignored) != REEL_OK ||
             label.generation != engine->label.generation ||
             reel__store_scan_models(engine->store, is_served, &same, &ignored) != REEL_OK ||
             same == NULL;
    reel__engine_close(engine);
    return behind;
}

/* ---- the next engine ----------------------------------------------------------------------- */

/* What the first request would have to wait for. */
static reel_code prepare(const reel_engine *engine, reel_err *err)
{
    const reel_looks *looks;
    reel_code rc;

    REEL_TRY(reel__shorts_prepare(engine, err));
    REEL_TRY(reel__search_prepare(engine, err));
    rc = reel__order_looks(&looks, engine, err);
out:
    return rc;
}

/* The name of a model that the older engine has and the newer one lacks, or NULL. */
static const char *lost(const reel_engine *older, const reel_engine *newer)
{
    for (int i = 0; i < MODELS; i++)
        if (older->models[i] != NULL && newer->models[i] == NULL)
            return reel__engine_names[i];
    return NULL;
}

static reel_code check_whole(const reel_reload *reload, const reel_engine *newer, reel_err *err)
{
    reel_engine *older = reel__publisher_take(reload->publisher);
    const char *missing = lost(older, newer);

    reel__engine_close(older);
    if (missing == NULL)
        return REEL_OK;
    return reel_fail(err, REEL_E_CONFLICT, "no %s of the new data yet; make it with: reel train",
                     missing);
}

/* trained: as it is now, whatever is missing being trained first. */
static void take_up(reel_reload *reload, bool trained)
{
    reel_engine_opts opts = reload->opts.engine;
    reel_engine *engine = NULL;
    reel_err err = {REEL_OK, ""};
    reel_code rc;

    opts.ready_only = !trained;
    opts.progress = NULL;
    opts.cancel = &reload->cancelled;
    opts.notice = reload->opts.notice;
    REEL_TRY(reel__engine_open(&engine, &opts, &err));
    if (!trained)
        REEL_TRY(check_whole(reload, engine, &err));
    REEL_TRY(prepare(engine, &err));
    reel__publish(reload->publisher, engine);
    engine = NULL;
    tell(reload, "new data and models are in service", "");
out:
    reel__engine_close(engine);
    if (rc != REEL_OK && !reload->cancelled)
        tell(reload, "still in service is what was: ", err.msg);
}

/* ---- the thread ---------------------------------------------------------------------------- */

/* Until it is asked, or it is time to look. Returns whether it was asked. */
static bool wait_for_work(reel_reload *reload)
{
    const struct timespec until = reel__steady_in_ms(reload->opts.every_ms);
    int error = 0;
    bool asked;

    while (!reload->asked && !reload->looking && !reload->closing && error != ETIMEDOUT)
        error = reload->opts.every_ms > 0
                    ? pthread_cond_timedwait(&reload->woken, &reload->lock, &until)
                    : pthread_cond_wait(&reload->woken, &reload->lock);
    asked = reload->asked;
    reload->asked = reload->looking = false;
    return asked;
}

static void work(reel_reload *reload, bool asked)
{
    const uint64_t before = reload->seen;

    look(reload, &reload->seen);
    if (asked || (reload->seen != before && is_behind(reload)))
        take_up(reload, asked);
}

static void prepare_first(const reel_reload *reload)
{
    reel_engine *engine = reel__publisher_take(reload->publisher);
    reel_err err = {REEL_OK, ""};

    if (prepare(engine, &err) != REEL_OK) /* then the first who needs it tries again */
        tell(reload, "not prepared for answers: ", err.msg);
    reel__engine_close(engine);
}

static void *run(void *argument)
{
    reel_reload *reload = argument;

    prepare_first(reload);
    pthread_mutex_lock(&reload->lock);
    while (!reload->closing) {
        const bool asked = wait_for_work(reload);

        if (reload->closing)
            break;
        pthread_mutex_unlock(&reload->lock);
        work(reload, asked);
        pthread_mutex_lock(&reload->lock);
    }
    pthread_mutex_unlock(&reload->lock);
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------------- */

static bool init_lock(reel_reload *reload)
{
    if (!reel__steady_cond_init(&reload->woken))
        return false;
    if (pthread_mutex_init(&reload->lock, NULL) == 0)
        return true;
    pthread_cond_destroy(&reload->woken);
    return false;
}

reel_code reel__reload_new(reel_reload **out, const reel_reload_opts *opts, reel_err *err)
{
    reel_reload *reload = reel__alloc_zero(1, sizeof *reload);
    reel_engine *engine;
    reel_code rc;

    *out = NULL;
    if (reload == NULL || !init_lock(reload)) {
        reel__free(reload);
        return reel_fail(err, REEL_E_NOMEM, "out of memory to keep an engine up to date");
    }
    reload->opts = *opts;
    REEL_TRY(reel__publisher_new(&reload->publisher, err));
    look(reload, &reload->seen); /* before it is opened: what comes meanwhile is noticed */
    REEL_TRY(reel__engine_open(&engine, &opts->engine, err));
    reel__publish(reload->publisher, engine);
    *out = reload;
    reload = NULL;
out:
    reel__reload_free(reload);
    return rc;
}

reel_code reel__reload_start(reel_reload *reload, reel_err *err)
{
    const int error = reel__thread_start(&reload->thread, run, reload);

    if (error != 0)
        return reel_fail(err, REEL_E_NOMEM, "no thread to keep an engine up to date: %s",
                         strerror(error));
    reload->running = true;
    return REEL_OK;
}

reel_publisher *reel__reload_publisher(const reel_reload *reload)
{
    return reload->publisher;
}

void reel__reload_ask(reel_reload *reload)
{
    pthread_mutex_lock(&reload->lock);
    reload->asked = true;
    pthread_cond_signal(&reload->woken);
    pthread_mutex_unlock(&reload->lock);
}

void reel__reload_look(reel_reload *reload)
{
    pthread_mutex_lock(&reload->lock);
    reload->looking = true;
    pthread_cond_signal(&reload->woken);
    pthread_mutex_unlock(&reload->lock);
}

void reel__reload_free(reel_reload *reload)
{
    if (reload == NULL)
        return;
    if (reload->running) {
        pthread_mutex_lock(&reload->lock);
        reload->closing = reload->cancelled = true;
        pthread_cond_signal(&reload->woken);
        pthread_mutex_unlock(&reload->lock);
        (void)pthread_join(reload->thread, NULL);
    }
    reel__publisher_free(reload->publisher);
    pthread_cond_destroy(&reload->woken);
    pthread_mutex_destroy(&reload->lock);
    reel__free(reload);
}
