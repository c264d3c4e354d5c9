/* experiments.c - the experiments of a store, kept in memory: read by every request that may be in
 * one, renewed by one thread and by who changes something. A record whose definition cannot be read
 * (it is from a newer version, or was changed by hand) is left out and told to the log.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/steady.h"
#include "base/thread.h"
#include "service/experiments/experiments_priv.h"

enum { DAY = 86400, DEFINITION_MAX = 1 << 14, DEPTH = 6 };

/* ---- what the store says ------------------------------------------------------------------- */

typedef struct reading {
    reel_experiment *all;
    size_t count, capacity;
    reel_err *err;
    reel_code rc;
} reading;

static reel_code read_record(reel_experiment *out, const reel_experiment_record *record,
                             reel_err *err)
{
    json_t *json = NULL;
    reel_code rc;

    REEL_TRY(reel__json_parse(&json, record->definition, strlen(record->definition), DEPTH, err));
    REEL_TRY(reel__experiment_read(out, json, err));
    (void)snprintf(out->tag, sizeof out->tag, "%s", record->tag);
    out->made = record->made;
    out->starts = record->starts;
    out->ends = record->ends;
    out->stopped = record->stopped;
out:
    json_decref(json);
    return rc;
}

static bool take_record(void *user, const reel_experiment_record *record)
{
    reading *r = user;
    reel_err inner = {REEL_OK, ""};
    char quoted[600];

    if (r->count == r->capacity) {
        const size_t more = 2 * r->capacity + 8;
        reel_experiment *grown = reel__realloc_array(r->all, more, sizeof *grown);

        if (grown == NULL) {
            r->rc = reel_fail(r->err, REEL_E_NOMEM, "out of memory for experiments");
            return false;
        }
        r->all = grown;
        r->capacity = more;
    }
    if (read_record(&r->all[r->count], record, &inner) == REEL_OK)
        r->count++;
    else
        reel__log(REEL_LOG_WARN, "experiment", "name=%.64s text=%s", record->name,
                  reel__log_quote(quoted, sizeof quoted, inner.msg));
    return true;
}

reel_code reel__experiments_scan(reel_experiment **out, size_t *count, reel_store *store,
                                 reel_err *err)
{
    reading r = {.err = err};
    reel_code rc;

    REEL_TRY(reel__store_scan_experiments(store, take_record, &r, err));
    REEL_TRY(r.rc);
    *out = r.all;
    *count = r.count;
    r.all = NULL;
out:
    reel__free(r.all);
    return rc;
}

reel_code reel__experiments_look(reel_experiments *experiments, reel_err *err)
{
    reel_experiment *all = NULL, *before;
    size_t count = 0;
    reel_code rc;

    REEL_TRY(reel__experiments_scan(&all, &count, experiments->store, err));
    (void)pthread_rwlock_wrlock(&experiments->lock);
    before = experiments->all;
    experiments->all = all;
    experiments->count = count;
    atomic_store_explicit(&experiments->some, count > 0, memory_order_release);
    (void)pthread_rwlock_unlock(&experiments->lock);
    reel__free(before);
out:
    return rc;
}

/* ---- the thread ---------------------------------------------------------------------------- */

static bool wait_a_little(reel_experiments *experiments)
{
    const struct timespec until = reel__steady_in_ms(REEL_EXPERIMENTS_LOOK_MS);
    int waited = 0;
    bool stopping;

    (void)pthread_mutex_lock(&experiments->wait_lock);
    while (!experiments->stopping && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&experiments->stop, &experiments->wait_lock, &until);
    stopping = experiments->stopping;
    (void)pthread_mutex_unlock(&experiments->wait_lock);
    return !stopping;
}

/* What cannot be read just now is asked for again the next time; what was known stays. */
static void *follow_on(void *user)
{
    reel_experiments *experiments = user;
    bool failing = false;

    while (wait_a_little(experiments)) {
        reel_err err = {REEL_OK, ""};
        const bool failed = reel__experiments_look(experiments, &err) != REEL_OK;
        char quoted[600];

        if (failed && !failing)
            reel__log(REEL_LOG_WARN, "experiments", "text=%s",
                      reel__log_quote(quoted, sizeof quoted, err.msg));
        failing = failed;
    }
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------------- */

static bool init_locks(reel_experiments *experiments)
{
    if (pthread_rwlock_init(&experiments->lock, NULL) != 0)
        return false;
    if (pthread_mutex_init(&experiments->wait_lock, NULL) == 0) {
        if (reel__steady_cond_init(&experiments->stop))
            return true;
        (void)pthread_mutex_destroy(&experiments->wait_lock);
    }
    (void)pthread_rwlock_destroy(&experiments->lock);
    return false;
}

reel_code reel__experiments_open(reel_experiments **out, reel_store *store, bool follow,
                                 reel_err *err)
{
    reel_experiments *experiments = reel__alloc_zero(1, sizeof *experiments);
    reel_code rc;

    *out = NULL;
    if (experiments == NULL || !init_locks(experiments)) {
        reel__free(experiments);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for experiments");
    }
    experiments->store = store;
    REEL_TRY(reel__experiments_look(experiments, err));
    if (follow) {
        experiments->following =
            reel__thread_start(&experiments->follower, follow_on, experiments) == 0;
        if (!experiments->following)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no thread to follow experiments"));
    }
    *out = experiments;
    experiments = NULL;
out:
    reel__experiments_close(experiments);
    return rc;
}

void reel__experiments_close(reel_experiments *experiments)
{
    if (experiments == NULL)
        return;
    if (experiments->following) {
        (void)pthread_mutex_lock(&experiments->wait_lock);
        experiments->stopping = true;
        (void)pthread_cond_signal(&experiments->stop);
        (void)pthread_mutex_unlock(&experiments->wait_lock);
        (void)pthread_join(experiments->follower, NULL);
    }
    (void)pthread_cond_destroy(&experiments->stop);
    (void)pthread_mutex_destroy(&experiments->wait_lock);
    (void)pthread_rwlock_destroy(&experiments->lock);
    reel__free(experiments->all);
    reel__free(experiments);
}

reel_store *reel__experiments_store(const reel_experiments *experiments)
{
    return experiments->store;
}

/* ---- changes ------------------------------------------------------------------------------- */

static reel_code definition_text(reel_buf *out, const reel_experiment *e, reel_err *err)
{
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    reel__experiment_write_definition(&json, e);
    reel__json_object_end(&json);
    return reel__buf_check(out, err);
}

/* It is done; what cannot be read just now the thread reads later. */
static void look_again(reel_experiments *experiments)
{
    reel_err ignored;

    if (reel__experiments_look(experiments, &ignored) != REEL_OK)
        reel__log(REEL_LOG_WARN, "experiments", "text=\"what was changed is read later\"");
}

static reel_code keep(reel_experiments *experiments, const reel_experiment *e, reel_err *err)
{
    reel_experiment_record record = {.name = e->name,
                                     .tag = e->tag,
                                     .scenario = e->scenario,
                                     .made = e->made,
                                     .starts = e->starts,
                                     .ends = e->ends};
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, DEFINITION_MAX);
    REEL_TRY(definition_text(&text, e, err));
    record.definition = text.data;
    rc = reel__store_add_experiment(experiments->store, &record, err);
out:
    reel__buf_fini(&text);
    return rc;
}

reel_code reel__experiment_prepare(reel_experiment *experiment, reel_err *err)
{
    char name[REEL_RANDOM_NAME];
    reel_code rc = REEL_OK;

    experiment->made = reel__clock_now();
    if (experiment->starts == 0)
        experiment->starts = experiment->made;
    experiment->ends = experiment->starts + (int64_t)experiment->days * DAY;
    experiment->stopped = false;
    if (experiment->tag[0] == '\0') {
        REEL_TRY(reel__random_name(name, err));
        (void)snprintf(experiment->tag, sizeof experiment->tag, "%.*s", REEL_EXPERIMENT_TAG - 1,
                       name);
    }
out:
    return rc;
}

reel_code reel__experiments_add(reel_experiments *experiments, const reel_experiment *experiment,
                                reel_err *err)
{
    reel_code rc;

    REEL_TRY(keep(experiments, experiment, err));
    look_again(experiments);
out:
    return rc;
}

reel_code reel__experiments_end(reel_experiments *experiments, const char *name, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__store_end_experiment(experiments->store, name, reel__clock_now(), err));
    look_again(experiments);
out:
    return rc;
}

reel_code reel__experiments_get(reel_experiments *experiments, const char *name,
                                reel_experiment *out, reel_err *err)
{
    bool found = false;

    (void)pthread_rwlock_rdlock(&experiments->lock);
    for (size_t i = 0; i < experiments->count && !found; i++) {
        found = strcmp(experiments->all[i].name, name) == 0;
        if (found)
            *out = experiments->all[i];
    }
    (void)pthread_rwlock_unlock(&experiments->lock);
    return found ? REEL_OK
                 : reel_fail(err, REEL_E_NOTFOUND, "no experiment is called \"%.64s\"", name);
}

static bool is_behind(const reel_experiment *one, const reel_experiments_page *page)
{
    return page->name[0] == '\0' || one->starts < page->starts ||
           (one->starts == page->starts && strcmp(one->name, page->name) > 0);
}

void reel__experiments_write(reel_json *json, reel_experiments *experiments,
                             reel_experiments_page *page, int64_t now)
{
    reel_experiments_page all = {.limit = SIZE_MAX};
    reel_experiments_page *const p = page == NULL ? &all : page;

    p->more = false;
    (void)pthread_rwlock_rdlock(&experiments->lock);
    for (size_t i = 0; i < experiments->count && !p->more; i++) {
        const reel_experiment *one = &experiments->all[i];

        if (!is_behind(one, p))
            continue;
        p->more = p->limit == 0;
        if (p->more)
            break;
        reel__experiment_write(json, one, now);
        p->limit--;
        p->starts = one->starts;
        (void)snprintf(p->name, sizeof p->name, "%s", one->name);
    }
    (void)pthread_rwlock_unlock(&experiments->lock);
}

/* ---- outcomes ------------------------------------------------------------------------------ */

static reel_outcomes *outcomes_of(reel_experiments *x, const char *tag)
{
    for (size_t i = 0; i < x->outcome_count; i++)
        if (strcmp(x->outcomes[i].tag, tag) == 0)
            return &x->outcomes[i];
    if (x->outcome_count == REEL_OUTCOMES_MOST)
        return NULL;
    (void)snprintf(x->outcomes[x->outcome_count].tag, REEL_EXPERIMENT_TAG, "%s", tag);
    return &x->outcomes[x->outcome_count++];
}

void reel__experiments_note(reel_experiments *experiments, const char *tag, const int64_t *did)
{
    reel_outcomes *outcomes;

    (void)pthread_rwlock_wrlock(&experiments->lock);
    outcomes = outcomes_of(experiments, tag);
    for (size_t i = 0; outcomes != NULL && i < REEL_ARMS_MAX; i++)
        outcomes->did[i] += did[i];
    (void)pthread_rwlock_unlock(&experiments->lock);
}

static const reel_experiment *by_tag(const reel_experiments *x, const char *tag)
{
    for (size_t i = 0; i < x->count; i++)
        if (strcmp(x->all[i].tag, tag) == 0)
            return &x->all[i];
    return NULL;
}

void reel__experiments_outcomes(reel_experiments *experiments, reel_outcome_fn *row, void *user)
{
    (void)pthread_rwlock_rdlock(&experiments->lock);
    for (size_t i = 0; i < experiments->outcome_count; i++) {
        const reel_outcomes *outcomes = &experiments->outcomes[i];
        const reel_experiment *e = by_tag(experiments, outcomes->tag);

        for (size_t arm = 0; e != NULL && arm < e->arm_count; arm++)
            row(user, e->name, e->arms[arm].name, outcomes->did[arm]);
    }
    (void)pthread_rwlock_unlock(&experiments->lock);
}

/* ---- a file of them ------------------------------------------------------------------------ */

/* Whether another one of the name is defined alike. */
static reel_code check_alike(const reel_experiment *asked, const reel_experiment *other,
                             reel_err *err)
{
    reel_buf one, two;
    reel_code rc;

    reel__buf_init(&one, DEFINITION_MAX);
    reel__buf_init(&two, DEFINITION_MAX);
    REEL_TRY(definition_text(&one, asked, err));
    REEL_TRY(definition_text(&two, other, err));
    if (strcmp(one.data, two.data) != 0)
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "name: the experiment \"%s\" was defined otherwise, and a definition stays; "
                       "take another name",
                       asked->name);
out:
    reel__buf_fini(&one);
    reel__buf_fini(&two);
    return rc;
}

/* Those that a file begins, in its order. */
typedef struct beginning {
    reel_experiment *all;
    size_t *places; /* in the file */
    size_t count;
} beginning;

/* What the store would refuse (store/experiments.c), known before any has begun. */
static reel_code check_apart(const reel_experiment *asked, const reel_experiment *other,
                             reel_err *err)
{
    if (strcmp(asked->tag, other->tag) == 0)
        return reel_fail(err, REEL_E_CONFLICT,
                         "tag: it is that of the experiment \"%.64s\"; leave it out", other->name);
    if (other->starts < asked->ends && other->ends > asked->starts &&
        (asked->scenario[0] == '\0' || other->scenario[0] == '\0' ||
         strcmp(asked->scenario, other->scenario) == 0))
        return reel_fail(err, REEL_E_CONFLICT,
                         "scenario: the experiment \"%.64s\" is about the same lists at the same "
                         "time; end that first, or take another scenario or start",
                         other->name);
    return REEL_OK;
}

/* there [out]: one of the name is among them already, defined alike. */
static reel_code check_among(const reel_experiment *asked, const reel_experiment *all, size_t count,
                             bool *there, reel_err *err)
{
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count && !*there; i++)
        if (strcmp(asked->name, all[i].name) == 0) {
            *there = true;
            return check_alike(asked, &all[i], err);
        }
    for (size_t i = 0; i < count && rc == REEL_OK; i++)
        rc = check_apart(asked, &all[i], err);
    return rc;
}

static reel_code plan_one(reel_experiments *experiments, beginning *b, const json_t *body,
                          size_t place, reel_err *err)
{
    reel_experiment *asked = &b->all[b->count];
    bool there = false;
    reel_code rc;

    REEL_TRY(reel__experiment_read(asked, body, err));
    REEL_TRY(reel__experiment_prepare(asked, err));
    (void)pthread_rwlock_rdlock(&experiments->lock);
    rc = check_among(asked, experiments->all, experiments->count, &there, err);
    if (rc == REEL_OK && !there && experiments->count + b->count >= REEL_EXPERIMENTS_KEPT)
        rc = reel_fail(err, REEL_E_CONFLICT, "%d experiments are kept, more are not taken",
                       (int)REEL_EXPERIMENTS_KEPT);
    (void)pthread_rwlock_unlock(&experiments->lock);
    if (rc == REEL_OK && !there)
        rc = check_among(asked, b->all, b->count, &there, err);
    if (rc == REEL_OK && !there)
        b->places[b->count++] = place;
out:
    return rc;
}

/* Why one of a file is refused; place SIZE_MAX: it stands alone. */
static reel_code name_place(reel_code rc, size_t place, const reel_err *inner, reel_err *err)
{
    if (rc == REEL_OK)
        return REEL_OK;
    return place == SIZE_MAX ? reel_fail(err, rc, "%.480s", inner->msg)
                             : reel_fail(err, rc, "experiments[%zu].%.440s", place, inner->msg);
}

/* What has begun cannot be taken back, so all is looked at before the first begins; what another
 * server begins in between may still refuse one. list: an array, or one definition. */
static reel_code take_all(reel_experiments *experiments, const json_t *list, reel_err *err)
{
    const bool alone = !json_is_array(list);
    const size_t count = alone ? 1 : json_array_size(list);
    beginning b = {0};
    reel_code rc = REEL_OK;

    if (count == 0)
        return REEL_OK;
    b.all = reel__alloc_zero(count, sizeof *b.all);
    b.places = reel__alloc_zero(count, sizeof *b.places);
    if (b.all == NULL || b.places == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for experiments"));
    REEL_TRY(reel__experiments_look(experiments, err));
    for (size_t i = 0; i < count; i++) {
        reel_err inner = {REEL_OK, ""};

        rc = plan_one(experiments, &b, alone ? list : json_array_get(list, i), alone ? SIZE_MAX : i,
                      &inner);
        REEL_TRY(name_place(rc, alone ? SIZE_MAX : i, &inner, err));
    }
    for (size_t i = 0; i < b.count; i++) {
        reel_err inner = {REEL_OK, ""};

        rc = reel__experiments_add(experiments, &b.all[i], &inner);
        REEL_TRY(name_place(rc, b.places[i], &inner, err));
    }
out:
    reel__free(b.all);
    reel__free(b.places);
    return rc;
}

reel_code reel__experiments_take(reel_experiments *experiments, const char *text, size_t length,
                                 reel_err *err)
{
    static const char *const names[] = {"experiments", NULL};
    const json_t *list;
    json_t *json = NULL;
    reel_code rc;

    REEL_TRY(reel__json_parse(&json, text, length, DEPTH + 2, err));
    if (json_object_get(json, "arms") != NULL) {
        REEL_TRY(take_all(experiments, json, err));
        goto out;
    }
    REEL_TRY(reel__json_only(json, names, err));
    list = json_object_get(json, "experiments");
    if (!json_is_array(list))
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "experiments: expected an array"));
    rc = take_all(experiments, list, err);
out:
    json_decref(json);
    return rc;
}
