/* tally.c - see tally.h. A step goes through its events twice: first for the lists and people they
 * are about, of which is then read what earlier steps saw; then in their order: a person's first
 * list opens their window, and what they do within it with a list that was shown to them is theirs.
 * Nothing of a person depends on anybody else's events.
 */
#include "service/experiments/tally.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "eval/assign.h"
#include "eval/interleave.h"
#include "store/event_movies.h"
#include "store/tally.h"
#include "store/trials.h"
#include "store/vtable.h"

enum { HOUR_MS = 3600 * 1000, SECOND_MS = 1000, PAIR = 160 };
enum { FILM_KEYS = 2, FILM_VALUES = 1, BEYOND_KEYS = 1 };

typedef struct counting {
    const reel_experiment *experiment;
    reel_trial_mark mark;
    int64_t last; /* sequence of the last event read */
    size_t events;
    int64_t untrusted; /* of them */
    reel_intern *lists, *whos;
    reel_intern *shown; /* a list and to whom it was shown */
    reel_tally *beyond; /* list -> the first event that does not count, + 1 */
    reel_tally *films;  /* number in `shown`, film -> its place, + 1: where lists are interleaved */
    reel_trial_person *people; /* [whos]: what is added */
    int64_t *opened;           /* [whos]: when their window opened; 0 = it has not */
    reel_err *err;
    reel_code rc;
} counting;

static reel_code no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory for the events of an experiment");
}

static void fail(counting *c)
{
    if (c->rc == REEL_OK)
        c->rc = no_memory(c->err);
}

static int32_t intern(counting *c, reel_intern *names, const char *text)
{
    int32_t id = 0;

    if (c->rc == REEL_OK)
        c->rc = reel__intern_add(names, text, strlen(text), &id, c->err);
    return id;
}

/* ---- what a step is about ------------------------------------------------------------------ */

static bool is_about(const counting *c, const reel_trial_event *event)
{
    return strcmp(event->type, "impression") == 0 ||
           strcmp(event->type, c->experiment->metric) == 0;
}

static bool note_event(void *user, const reel_trial_event *event)
{
    counting *c = user;
    char unit[REEL_UNIT];

    c->events++;
    c->last = event->sequence;
    c->untrusted += event->untrusted;
    if (event->untrusted)
        return true;
    reel__experiment_unit(unit, event->user, event->visitor);
    if (unit[0] != '\0' && is_about(c, event)) {
        (void)intern(c, c->lists, event->list_id);
        (void)intern(c, c->whos, unit);
    }
    return c->rc == REEL_OK;
}

/* Names of an interner as a list, freed by the caller. */
static const char **names_of(counting *c, const reel_intern *names)
{
    const size_t count = (size_t)reel__intern_count(names);
    const char **out = reel__alloc_array(count + 1, sizeof *out);

    if (out == NULL)
        fail(c);
    for (size_t i = 0; out != NULL && i < count; i++)
        out[i] = reel__intern_text(names, (int32_t)i);
    return out;
}

/* ---- lists --------------------------------------------------------------------------------- */

static void pair_of(char out[PAIR], const char *unit, const char *list)
{
    (void)snprintf(out, PAIR, "%s\n%s", unit, list);
}

/* A list that goes on is shown page by page; the first place of a film counts. */
static void keep_films(counting *c, int32_t shown, const char *text)
{
    reel_event_movie films[REEL_EVENT_MOVIES_MAX];
    reel_err ignored;
    size_t count = 0;

    if (c->experiment->kind != REEL_EXPERIMENT_INTERLEAVE ||
        reel__event_movies_read(films, &count, text, &ignored) != REEL_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        const int64_t key[FILM_KEYS] = {shown, films[i].movie};
        int64_t *place = reel__tally_at(c->films, key);

        if (place == NULL)
            fail(c);
        else if (*place == 0 && films[i].rank > 0)
            *place = (int64_t)films[i].rank + 1;
    }
}

/* The arm a list says it is of; false where nobody of this arm could have had it. */
static bool fits(const char *list, int64_t arm)
{
    char tag[REEL_EXPERIMENT_TAG];
    int said;

    return reel__experiment_list(list, tag, &said) && said == arm;
}

static bool take_earlier(void *user, const reel_trial_event *event, int64_t beyond)
{
    counting *c = user;
    const int64_t key[BEYOND_KEYS] = {
        reel__intern_find(c->lists, event->list_id, strlen(event->list_id))};
    int64_t *limit = reel__tally_at(c->beyond, key);
    char unit[REEL_UNIT], pair[PAIR];

    if (limit == NULL)
        fail(c);
    else
        *limit = beyond;
    reel__experiment_unit(unit, event->user, event->visitor);
    if (event->type[0] != '\0' && unit[0] != '\0') {
        pair_of(pair, unit, event->list_id);
        keep_films(c, intern(c, c->shown, pair), event->movies);
    }
    return c->rc == REEL_OK;
}

static reel_code read_lists(counting *c, reel_store *store)
{
    reel_trial_lists lists = {.count = (size_t)reel__intern_count(c->lists),
                              .last = c->mark.sequence};
    const char **names = names_of(c, c->lists);
    reel_code rc = c->rc;

    lists.lists = names;
    if (rc == REEL_OK && lists.count > 0)
        rc = reel__trial_scan_lists(store, &lists, take_earlier, c, c->err);
    reel__free(names);
    return rc == REEL_OK ? c->rc : rc;
}

/* ---- people -------------------------------------------------------------------------------- */

static int64_t arm_of(const reel_experiment *e, const char *unit)
{
    double weights[REEL_ARMS_MAX];

    if (e->kind == REEL_EXPERIMENT_INTERLEAVE)
        return -1;
    for (size_t i = 0; i < e->arm_count; i++)
        weights[i] = e->arms[i].weight;
    return (int64_t)reel__assign(e->tag, unit, weights, e->arm_count);
}

static bool take_known(void *user, const reel_trial_person *person)
{
    const counting *c = user;
    const int32_t at = reel__intern_find(c->whos, person->who, strlen(person->who));

    if (at >= 0)
        c->opened[at] = person->first_ms;
    return true;
}

static reel_code read_people(counting *c, reel_store *store)
{
    const size_t count = (size_t)reel__intern_count(c->whos);
    const char **whos = names_of(c, c->whos);
    reel_trial_people people = {.tag = c->experiment->tag, .count = count};
    reel_code rc = c->rc;

    c->people = reel__alloc_zero(count + 1, sizeof *c->people);
    c->opened = reel__alloc_zero(count + 1, sizeof *c->opened);
    if (rc == REEL_OK && (c->people == NULL || c->opened == NULL))
        rc = no_memory(c->err);
    REEL_TRY(rc);
    for (size_t i = 0; i < count; i++) {
        c->people[i].who = whos[i];
        c->people[i].arm = arm_of(c->experiment, whos[i]);
    }
    people.whos = whos;
    if (count > 0)
        rc = reel__trial_find(store, &people, take_known, c, c->err);
out:
    reel__free(whos);
    return rc;
}

/* ---- one event after the other ------------------------------------------------------------- */

static void take_shown(counting *c, reel_trial_person *person, int64_t *opened,
                       const reel_trial_event *event)
{
    const int32_t before = reel__intern_count(c->shown);
    char pair[PAIR];
    int32_t at;

    if (!fits(event->list_id, person->arm)) {
        person->strays++;
        return;
    }
    pair_of(pair, person->who, event->list_id);
    at = intern(c, c->shown, pair);
    if (at >= before)
        person->lists++;
    keep_films(c, at, event->movies);
    if (*opened == 0)
        *opened = person->first_ms = event->received_ms;
}

/* Whose pick the film is in the list; -1: it is not on it. */
static int side_of(const counting *c, int32_t shown, const char *list, int64_t movie)
{
    const int64_t key[FILM_KEYS] = {shown, movie};
    const int64_t *place = reel__tally_find(c->films, key);

    return place == NULL || *place == 0 ? -1 : reel__interleave_side(list, (int)(*place - 1));
}

static void take_done(const counting *c, reel_trial_person *person, int64_t opened,
                      const reel_trial_event *event)
{
    const int64_t window = (int64_t)c->experiment->window_hours * HOUR_MS;
    reel_event_movie films[REEL_EVENT_MOVIES_MAX];
    reel_err ignored;
    char pair[PAIR];
    size_t count = 0;
    int32_t shown;

    pair_of(pair, person->who, event->list_id);
    shown = reel__intern_find(c->shown, pair, strlen(pair));
    if (shown < 0 || opened == 0 || event->received_ms > opened + window ||
        !fits(event->list_id, person->arm))
        return;
    if (c->experiment->kind == REEL_EXPERIMENT_AB) {
        person->did[0]++;
        return;
    }
    if (reel__event_movies_read(films, &count, event->movies, &ignored) != REEL_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        const int side = side_of(c, shown, event->list_id, films[i].movie);

        if (side >= 0)
            person->did[side]++;
    }
}

static bool take_event(void *user, const reel_trial_event *event)
{
    counting *c = user;
    const int64_t list[BEYOND_KEYS] = {
        reel__intern_find(c->lists, event->list_id, strlen(event->list_id))};
    const int64_t *beyond = reel__tally_find(c->beyond, list);
    char unit[REEL_UNIT];
    int32_t who;

    reel__experiment_unit(unit, event->user, event->visitor);
    who = reel__intern_find(c->whos, unit, strlen(unit));
    if (event->untrusted || who < 0 || list[0] < 0 || !is_about(c, event) ||
        (beyond != NULL && event->sequence >= *beyond))
        return true;
    if (strcmp(event->type, "impression") == 0)
        take_shown(c, &c->people[who], &c->opened[who], event);
    else
        take_done(c, &c->people[who], c->opened[who], event);
    return c->rc == REEL_OK;
}

/* ---- a step -------------------------------------------------------------------------------- */

static reel_code begin(counting *c)
{
    reel_code rc;

    REEL_TRY(reel__intern_new(&c->lists, c->err));
    REEL_TRY(reel__intern_new(&c->whos, c->err));
    REEL_TRY(reel__intern_new(&c->shown, c->err));
    REEL_TRY(reel__tally_new(&c->beyond, BEYOND_KEYS, 1, c->err));
    REEL_TRY(reel__tally_new(&c->films, FILM_KEYS, FILM_VALUES, c->err));
out:
    return rc;
}

static void end(counting *c)
{
    reel__intern_free(c->lists);
    reel__intern_free(c->whos);
    reel__intern_free(c->shown);
    reel__tally_free(c->beyond);
    reel__tally_free(c->films);
    reel__free(c->people);
    reel__free(c->opened);
}

static reel_code read_events(counting *c, reel_store *store, size_t limit)
{
    reel_trial_scan scan = {
        .tag = c->experiment->tag, .after = c->mark.sequence, .before = INT64_MAX, .limit = limit};
    reel_code rc;

    REEL_TRY(reel__trial_scan(store, &scan, note_event, c, c->err));
    REEL_TRY(c->rc);
    if (c->events == 0)
        return REEL_OK;
    REEL_TRY(read_lists(c, store));
    REEL_TRY(read_people(c, store));
    scan.before = c->last;
    REEL_TRY(reel__trial_scan(store, &scan, take_event, c, c->err));
    rc = c->rc;
out:
    return rc;
}

static bool added_nothing(const reel_trial_person *p)
{
    return p->lists == 0 && p->strays == 0 && p->did[0] == 0 && p->did[1] == 0;
}

/* Whether what the results say of a person becomes another. */
static bool changes(const reel_trial_person *p)
{
    return p->first_ms > 0 || p->did[0] > 0 || p->did[1] > 0;
}

static reel_code add(const counting *c, reel_store *store, bool *done)
{
    reel_trial_adding adding = {.tag = c->experiment->tag,
                                .from = c->mark,
                                .to = c->last,
                                .people = c->people,
                                .earliest_ms = INT64_MAX,
                                .untrusted = c->untrusted};

    for (int32_t i = 0; i < reel__intern_count(c->whos); i++) {
        if (changes(&c->people[i]) && c->opened[i] < adding.earliest_ms)
            adding.earliest_ms = c->opened[i];
        if (!added_nothing(&c->people[i]))
            c->people[adding.count++] = c->people[i];
    }
    return reel__trial_add(store, &adding, done, c->err);
}

/* What counts, by the arm that it counts for. */
static void sum_up(int64_t did[REEL_ARMS_MAX], const counting *c)
{
    for (int32_t i = 0; i < reel__intern_count(c->whos); i++) {
        const reel_trial_person *p = &c->people[i];

        did[p->arm < 0 ? 0 : p->arm] += p->did[0];
        did[1] += p->did[1];
    }
}

static reel_code step(reel_store *store, const reel_experiment *experiment, size_t limit,
                      reel_experiments *told, size_t *counted, reel_err *err)
{
    counting c = {.experiment = experiment, .err = err};
    int64_t did[REEL_ARMS_MAX] = {0};
    bool done = false;
    reel_code rc;

    *counted = 0;
    REEL_TRY(begin(&c));
    REEL_TRY(reel__trial_mark(&c.mark, store, experiment->tag, err));
    REEL_TRY(read_events(&c, store, limit));
    sum_up(did, &c);
    if (c.events > 0)
        REEL_TRY(add(&c, store, &done));
    if (done && told != NULL)
        reel__experiments_note(told, experiment->tag, did);
    *counted = done ? c.events : 0;
out:
    end(&c);
    return rc;
}

reel_code reel__trial_count(reel_store *store, const reel_experiment *experiment, size_t most,
                            reel_experiments *told, size_t *counted, reel_err *err)
{
    reel_err own = {REEL_OK, ""};
    int64_t waiting = 0;
    size_t limit, now;
    reel_code rc = REEL_OK;

    *counted = 0;
    if (store->read_only)
        return REEL_OK;
    err = err != NULL ? err : &own;
    REEL_TRY(reel__trial_waiting(store, experiment->tag, 1, &waiting, err));
    if (waiting == 0)
        return REEL_OK;
    do {
        limit = most - *counted < REEL_TRIAL_STEP_MAX ? most - *counted : REEL_TRIAL_STEP_MAX;
        REEL_TRY(step(store, experiment, limit, told, &now, err));
        *counted += now;
    } while (now == limit && *counted < most);
out:
    return rc;
}

/* ---- all of them --------------------------------------------------------------------------- */

typedef struct waiting {
    char tags[REEL_EXPERIMENTS_KEPT][REEL_EXPERIMENT_TAG];
    size_t count;
} waiting;

static bool take_tag(void *user, const char *tag)
{
    waiting *w = user;

    (void)snprintf(w->tags[w->count++], sizeof *w->tags, "%s", tag);
    return w->count < REEL_EXPERIMENTS_KEPT;
}

static bool waits(const waiting *w, const char *tag)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->tags[i], tag) == 0)
            return true;
    return false;
}

/* Mostly nothing waits; definitions are read and parsed only where something does. */
reel_code reel__trials_count(reel_experiments *experiments, size_t most, size_t *counted,
                             reel_err *err)
{
    reel_store *store = reel__experiments_store(experiments);
    reel_experiment *all = NULL;
    size_t count = 0, one = 0;
    waiting w = {.count = 0};
    reel_code rc = REEL_OK;

    *counted = 0;
    if (store->read_only)
        return REEL_OK;
    REEL_TRY(reel__trials_waiting(store, take_tag, &w, err));
    if (w.count == 0)
        return REEL_OK;
    REEL_TRY(reel__experiments_scan(&all, &count, store, err));
    for (size_t i = 0; i < count; i++) {
        if (!waits(&w, all[i].tag))
            continue;
        REEL_TRY(reel__trial_count(store, &all[i], most, experiments, &one, err));
        *counted = one > *counted ? one : *counted;
    }
out:
    reel__free(all);
    return rc;
}
