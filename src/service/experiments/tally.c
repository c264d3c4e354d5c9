/* tally.c - see tally.h. Events come list by list. Of each list is kept when it was first shown,
 * and of what counts when and for which side; these are sorted by time, and gone through once: a
 * person's first list opens their window, and what they do within it is theirs.
 */
#include "service/experiments/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "eval/assign.h"
#include "eval/interleave.h"
#include "store/event_movies.h"

enum { HOUR_MS = 3600 * 1000, SECOND_MS = 1000 };

/* side -1: a list was shown. */
typedef struct happening {
    int64_t ms;
    int32_t person;
    int32_t side;
} happening;

/* The list that is being read. */
typedef struct list_state {
    char id[REEL_LIST_ID + 1];
    int32_t person; /* -1 = it was not shown yet, or is passed over */
    char unit[REEL_UNIT];
    reel_event_movie films[REEL_EVENT_MOVIES_MAX];
    size_t film_count;
} list_state;

typedef struct tallying {
    const reel_experiment *experiment;
    reel_observations *out;
    reel_intern *units; /* people by who they are */
    int32_t *arms;      /* [units] */
    size_t arm_capacity;
    happening *all;
    size_t count, capacity;
    list_state list;
    reel_trial_place last;
    size_t seen; /* of a page */
    reel_err *err;
    reel_code rc;
} tallying;

static reel_code no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory for the events of an experiment");
}

static reel_code add(tallying *t, happening what)
{
    if (t->count == t->capacity) {
        const size_t more = 2 * t->capacity + 1024;
        happening *grown = reel__realloc_array(t->all, more, sizeof *grown);

        if (grown == NULL)
            return no_memory(t->err);
        t->all = grown;
        t->capacity = more;
    }
    t->all[t->count++] = what;
    return REEL_OK;
}

/* ---- people -------------------------------------------------------------------------------- */

static int32_t arm_of(const reel_experiment *e, const char *unit)
{
    double weights[REEL_ARMS_MAX];

    if (e->kind == REEL_EXPERIMENT_INTERLEAVE)
        return -1;
    for (size_t i = 0; i < e->arm_count; i++)
        weights[i] = e->arms[i].weight;
    return (int32_t)reel__assign(e->tag, unit, weights, e->arm_count);
}

static reel_code find_person(tallying *t, const char *unit, int32_t *out)
{
    const int32_t before = reel__intern_count(t->units);
    reel_code rc;

    REEL_TRY(reel__intern_add(t->units, unit, strlen(unit), out, t->err));
    if (*out < before)
        return REEL_OK;
    if ((size_t)*out >= t->arm_capacity) {
        const size_t more = 2 * t->arm_capacity + 256;
        int32_t *grown = reel__realloc_array(t->arms, more, sizeof *grown);

        if (grown == NULL)
            return no_memory(t->err);
        t->arms = grown;
        t->arm_capacity = more;
    }
    t->arms[*out] = arm_of(t->experiment, unit);
out:
    return rc;
}

/* ---- events -------------------------------------------------------------------------------- */

static void begin_list(tallying *t, const char *id)
{
    if (strcmp(t->list.id, id) == 0)
        return;
    (void)snprintf(t->list.id, sizeof t->list.id, "%s", id);
    t->list.person = -1;
    t->list.film_count = 0;
}

/* Those of an event; one that is damaged has none. */
static size_t films_of(reel_event_movie films[REEL_EVENT_MOVIES_MAX], const reel_trial_event *event)
{
    reel_err ignored;
    size_t count = 0;

    return reel__event_movies_read(films, &count, event->movies, &ignored) == REEL_OK ? count : 0;
}

/* A list that goes on is shown page by page; its films are kept as far as there is room. */
static void keep_films(list_state *list, const reel_trial_event *event)
{
    reel_event_movie films[REEL_EVENT_MOVIES_MAX];
    const size_t count = films_of(films, event);

    for (size_t i = 0; i < count && list->film_count < REEL_EVENT_MOVIES_MAX; i++)
        list->films[list->film_count++] = films[i];
}

static reel_code take_shown(tallying *t, const reel_trial_event *event)
{
    char tag[REEL_EXPERIMENT_TAG], unit[REEL_UNIT];
    list_state *list = &t->list;
    int32_t person;
    int arm;
    reel_code rc;

    reel__experiment_unit(unit, event->user, event->visitor);
    if (!reel__experiment_list(event->list_id, tag, &arm) || unit[0] == '\0')
        return REEL_OK;
    REEL_TRY(find_person(t, unit, &person));
    if (list->person < 0 && t->arms[person] != arm) {
        t->out->strays++;
        return REEL_OK;
    }
    if (list->person < 0) {
        list->person = person;
        memcpy(list->unit, unit, sizeof unit);
        t->out->lists++;
        REEL_TRY(add(t, (happening){event->received_ms, person, -1}));
    }
    if (t->experiment->kind == REEL_EXPERIMENT_INTERLEAVE)
        keep_films(list, event);
out:
    return rc;
}

/* Whose pick the film is in the list; -1: it is not on it. */
static int side_of(const list_state *list, int64_t movie)
{
    for (size_t i = 0; i < list->film_count; i++)
        if (list->films[i].movie == movie && list->films[i].rank > 0)
            return reel__interleave_side(list->id, list->films[i].rank);
    return -1;
}

static reel_code take_done(tallying *t, const reel_trial_event *event)
{
    reel_event_movie films[REEL_EVENT_MOVIES_MAX];
    char unit[REEL_UNIT];
    size_t count;
    reel_code rc = REEL_OK;

    reel__experiment_unit(unit, event->user, event->visitor);
    if (t->list.person < 0 || strcmp(unit, t->list.unit) != 0)
        return REEL_OK;
    if (t->experiment->kind == REEL_EXPERIMENT_AB)
        return add(t, (happening){event->received_ms, t->list.person, 0});
    count = films_of(films, event);
    for (size_t i = 0; i < count; i++) {
        const int side = side_of(&t->list, films[i].movie);

        if (side >= 0)
            REEL_TRY(add(t, (happening){event->received_ms, t->list.person, side}));
    }
out:
    return rc;
}

static bool take_event(void *user, const reel_trial_event *event)
{
    tallying *t = user;

    t->seen++;
    (void)snprintf(t->last.list_id, sizeof t->last.list_id, "%s", event->list_id);
    t->last.sequence = event->sequence;
    begin_list(t, event->list_id);
    if (strcmp(event->type, "impression") == 0)
        t->rc = take_shown(t, event);
    else if (strcmp(event->type, t->experiment->metric) == 0)
        t->rc = take_done(t, event);
    return t->rc == REEL_OK;
}

static reel_code read_events(tallying *t, reel_store *store)
{
    reel_trial_scan scan = {.tag = t->experiment->tag, .limit = REEL_TRIAL_SCAN_MAX};
    reel_code rc;

    do {
        scan.place = t->last;
        t->seen = 0;
        REEL_TRY(reel__store_scan_trial(store, &scan, take_event, t, t->err));
        REEL_TRY(t->rc);
    } while (t->seen == scan.limit);
out:
    return rc;
}

/* ---- observations -------------------------------------------------------------------------- */

/* By time; at the same moment what was shown first. */
static int by_time(const void *a, const void *b)
{
    const happening *left = a, *right = b;

    if (left->ms != right->ms)
        return left->ms < right->ms ? -1 : 1;
    if ((left->side < 0) != (right->side < 0))
        return left->side < 0 ? -1 : 1;
    return (left->person > right->person) - (left->person < right->person);
}

static void observe(const tallying *t, int32_t *places)
{
    const int64_t window = (int64_t)t->experiment->window_hours * HOUR_MS;
    const int64_t last = t->experiment->ends * SECOND_MS;
    reel_observations *out = t->out;

    for (size_t i = 0; i < t->count; i++) {
        const happening *what = &t->all[i];
        int32_t *place = &places[what->person];

        if (what->side < 0 && *place < 0 && what->ms < last) {
            *place = (int32_t)out->count;
            out->people[out->count++] =
                (reel_observation){.ends_ms = what->ms + window, .arm = t->arms[what->person]};
        }
        if (what->side >= 0 && *place >= 0 && what->ms <= out->people[*place].ends_ms)
            out->people[*place].did[what->side]++;
    }
}

static reel_code order(tallying *t)
{
    const size_t people = (size_t)reel__intern_count(t->units);
    int32_t *places = reel__alloc_array(people + 1, sizeof *places);
    reel_code rc = REEL_OK;

    t->out->people = reel__alloc_array(people + 1, sizeof *t->out->people);
    if (places == NULL || t->out->people == NULL)
        REEL_TRY(no_memory(t->err));
    for (size_t i = 0; i < people; i++)
        places[i] = -1;
    if (t->count > 0)
        qsort(t->all, t->count, sizeof *t->all, by_time);
    observe(t, places);
out:
    reel__free(places);
    return rc;
}

reel_code reel__observations_read(reel_observations *out, reel_store *store,
                                  const reel_experiment *experiment, reel_err *err)
{
    reel_err own = {REEL_OK, ""};
    tallying t = {.experiment = experiment, .out = out, .err = err != NULL ? err : &own};
    reel_code rc;

    *out = (reel_observations){0};
    REEL_TRY(reel__intern_new(&t.units, t.err));
    REEL_TRY(read_events(&t, store));
    rc = order(&t);
out:
    reel__intern_free(t.units);
    reel__free(t.arms);
    reel__free(t.all);
    if (rc != REEL_OK)
        reel__observations_fini(out);
    return rc;
}

void reel__observations_fini(reel_observations *tally)
{
    reel__free(tally->people);
    *tally = (reel_observations){0};
}
