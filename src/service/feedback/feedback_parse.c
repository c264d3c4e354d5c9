/* feedback_parse.c - feedback events from JSON: every member is checked before any is kept. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/mistakes.h"
#include "service/engine/state.h"
#include "service/experiments/experiments.h"
#include "service/feedback/feedback_priv.h"
#include "service/lists/list_id.h"

enum { DEPTH_MOST = 8, UUID_LENGTH = 36, DWELL_MOST = 86400 };
static const int64_t MS_LAST = 253402300799999; /* the end of the year 9999 */

typedef struct parsing {
    const reel_feedback_call *call;
    const reel_engine *engine;
    const reel_caller *caller;
    reel_event_batch *batch;
    size_t index; /* of the event being read */
    size_t movie_count;
    int64_t now;
    reel_err *err;
} parsing;

static reel_code wrong(const parsing *p, const char *member, const char *what)
{
    return reel_fail(p->err, REEL_E_INVALID, "events[%zu].%s: %s", p->index, member, what);
}

/* Put the place before a message that names only the member. */
static reel_code place(const parsing *p, reel_code rc)
{
    char message[sizeof p->err->msg];

    if (rc != REEL_E_INVALID || p->err == NULL)
        return rc;
    (void)snprintf(message, sizeof message, "%s", p->err->msg);
    return reel_fail(p->err, rc, "events[%zu].%s", p->index, message);
}

/* ---- members ------------------------------------------------------------------------------- */

static reel_code only(const parsing *p, const json_t *object, const char *const *names,
                      const char *where)
{
    reel_err inner = {REEL_OK, ""};

    return reel__json_only(object, names, &inner) == REEL_OK
               ? REEL_OK
               : reel__mistake_within(p->err, &inner, "events[%zu]%s", p->index, where);
}

static bool is_uuid(const char *text)
{
    if (strlen(text) != UUID_LENGTH)
        return false;
    for (int i = 0; i < UUID_LENGTH; i++) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];

        if (dash ? c != '-'
                 : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

/* The same identifier in capitals is the same event. Jansson's copy is ours to change. */
static const char *lower(const char *text)
{
    char *own = (char *)(uintptr_t)text;

    for (; *own != '\0'; own++)
        if (*own >= 'A' && *own <= 'F')
            *own = (char)(*own + ('a' - 'A'));
    return text;
}

static reel_code get_text(const parsing *p, const json_t *object, const char *member, size_t most,
                          const char **out)
{
    reel_code rc;

    *out = "";
    rc = place(p, reel__json_get_text(object, member, out, p->err));
    if (rc == REEL_OK && strlen(*out) > most)
        rc = wrong(p, member, "too long");
    return rc;
}

static reel_code get_id(const parsing *p, const json_t *object, const char *member, int64_t *out)
{
    reel_code rc;

    *out = -1;
    rc = place(p, reel__json_get_id(object, member, out, p->err));
    if (rc == REEL_OK && *out < -1)
        rc = wrong(p, member, "an id is not negative");
    return rc;
}

static int digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool reel__feedback_time(const char *text, int64_t *out_ms)
{
    const size_t length = strlen(text);
    int hour, minute, second, ms = 0;
    int64_t day;
    size_t at = 19;

    if (length < 20 || !reel__date_read(&day, text) || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':')
        return false;
    hour = digits(text + 11, 2);
    minute = digits(text + 14, 2);
    second = digits(text + 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    if (text[at] == '.') {
        int place_value = 100;

        for (at++; text[at] >= '0' && text[at] <= '9' && at < 29; at++, place_value /= 10)
            ms += (text[at] - '0') * place_value;
        if (at == 20)
            return false;
    }
    if (text[at] != 'Z' || text[at + 1] != '\0')
        return false;
    *out_ms = ((day * 24 + hour) * 60 + minute) * 60 + second;
    *out_ms = *out_ms * 1000 + ms;
    return *out_ms <= MS_LAST;
}

static reel_code get_time(const parsing *p, const json_t *object, reel_event *event)
{
    const char *text;
    const reel_code rc = get_text(p, object, "time", 64, &text);

    if (rc != REEL_OK)
        return rc;
    event->time_ms = reel__clock_now_ms();
    if (text[0] != '\0' && !reel__feedback_time(text, &event->time_ms))
        return wrong(p, "time", "expected UTC like 2026-11-23T08:15:00.250Z");
    return REEL_OK;
}

/* ---- films --------------------------------------------------------------------------------- */

static reel_code add_movie(parsing *p, reel_event *event, const char *member, int64_t id,
                           int64_t rank)
{
    char what[64];

    if (id < 0 || reel_dataset_find_movie(reel__engine_dataset(p->engine), id) < 0) {
        (void)snprintf(what, sizeof what, "no film has id %lld", (long long)id);
        return wrong(p, member, what);
    }
    if (rank < 0 || rank > INT32_MAX)
        return wrong(p, member, "the rank is out of range");
    p->batch->movies[p->movie_count++] = (reel_event_movie){.movie = id, .rank = (int32_t)rank};
    event->movie_count++;
    return REEL_OK;
}

static reel_code get_movies(parsing *p, const json_t *object, reel_event *event)
{
    static const char *const names[] = {"movie", "rank", NULL};
    const json_t *list = json_object_get(object, "movies");
    int64_t item = -1, alias = -1;
    reel_code rc = REEL_OK;

    event->movies = p->batch->movies + p->movie_count;
    REEL_TRY(get_id(p, object, "item", &alias));
    REEL_TRY(get_id(p, object, "movie", &item));
    item = item < 0 ? alias : item;
    if (list != NULL && !json_is_null(list)) {
        if (!json_is_array(list) || json_array_size(list) > REEL_EVENT_MOVIES_MAX)
            return wrong(p, "movies", "expected a list of at most 200 films");
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *one = json_array_get(list, i);
            char member[48];
            int64_t id = -1, rank = 0;

            (void)snprintf(member, sizeof member, ".movies[%zu]", i);
            REEL_TRY(only(p, one, names, member));
            REEL_TRY(place(p, reel__json_get_id(one, "movie", &id, p->err)));
            REEL_TRY(place(p, reel__json_get_int(one, "rank", &rank, p->err)));
            REEL_TRY(add_movie(p, event, member + 1, id, rank));
        }
    }
    if (item >= 0 && event->movie_count > 0)
        return wrong(p, "item", "give either item or movies");
    if (item >= 0)
        REEL_TRY(add_movie(p, event, "item", item, 0));
    if (event->movie_count == 0)
        return wrong(p, "movies", "missing: which films?");
out:
    return rc;
}

/* ---- events -------------------------------------------------------------------------------- */

const char *reel__feedback_type(size_t type)
{
    static const char *const types[REEL_FEEDBACK_TYPES] = {
        "impression", "click", "rating", "not_interested", "trailer", "watchlist", "dwell"};

    return type < REEL_FEEDBACK_TYPES ? types[type] : NULL;
}

static reel_code check_type(const parsing *p, const char *type)
{
    for (size_t i = 0; i < REEL_FEEDBACK_TYPES; i++)
        if (strcmp(type, reel__feedback_type(i)) == 0)
            return REEL_OK;
    return wrong(p, "type",
                 "expected impression, click, rating, not_interested, watchlist, trailer or dwell");
}

/* How long somebody looked at films, in seconds. */
static reel_code check_dwell(const parsing *p, double seconds)
{
    return seconds >= 0 && seconds <= DWELL_MOST
               ? REEL_OK
               : wrong(p, "value", "expected seconds, from 0 to 86400");
}

static reel_code get_value(const parsing *p, const json_t *object, reel_event *event)
{
    const reel_scale scale = reel__engine_scale(p->engine);
    const bool rating = strcmp(event->type, "rating") == 0;
    char what[64];
    reel_code rc;

    event->value = (double)NAN;
    rc = place(p, reel__json_get_real(object, "value", &event->value, p->err));
    if (rc != REEL_OK)
        return rc;
    if (strcmp(event->type, "dwell") == 0)
        return check_dwell(p, event->value);
    if (!rating)
        return isnan(event->value) ? REEL_OK
                                   : wrong(p, "value", "only a rating and a dwell have one");
    if (event->movie_count != 1)
        return wrong(p, "movies", "a rating is of one film");
    (void)snprintf(what, sizeof what, "expected a rating from %g to %g", scale.min, scale.max);
    return event->value >= scale.min && event->value <= scale.max ? REEL_OK
                                                                  : wrong(p, "value", what);
}

static reel_code check_user(const parsing *p, int64_t user)
{
    reel_err inner = {REEL_OK, ""};
    reel_code rc = p->caller == NULL ? REEL_OK : reel__caller_check_person(p->caller, user, &inner);

    if (rc == REEL_OK)
        rc = reel__history_knows(p->engine, user, &inner);
    if (rc == REEL_E_NOTFOUND)
        return wrong(p, "user", inner.msg);
    return rc == REEL_OK ? rc
                         : reel_fail(p->err, rc, "events[%zu].user: %.440s", p->index, inner.msg);
}

static reel_code check_ids(const parsing *p, const reel_event *event)
{
    const reel_dataset *dataset = reel__engine_dataset(p->engine);
    char what[64];
    reel_code rc = REEL_OK;

    if (!is_uuid(event->event_id))
        return wrong(p, "event_id", "expected a UUID");
    if (event->user >= 0)
        REEL_TRY(check_user(p, event->user));
    if (event->source_movie >= 0 && reel_dataset_find_movie(dataset, event->source_movie) < 0) {
        (void)snprintf(what, sizeof what, "no film has id %lld", (long long)event->source_movie);
        return wrong(p, "source_movie", what);
    }
out:
    return rc;
}

/* A list for anyone is one person's: one of the few whom an address speaks for, of whom it is told
 * first. */
static bool is_theirs(const parsing *p, const reel_event *event, const char *who)
{
    const reel_feedback_call *call = p->call;

    return reel__visitors_admit(call->visitors, call->address, who) &&
           reel__visitors_claim(call->visitors, event->list_id, who);
}

/* Whether it may have a say in what serves: it is told by somebody who is believed, or is about a
 * list that was signed for its person and made by the model that it says. */
static bool is_trusted(const parsing *p, const reel_event *event)
{
    char who[REEL_UNIT];
    reel_list_claim claim = {.who = who, .model_id = event->model_id, .at = p->now};

    if (p->caller == NULL || reel__caller_is_believed(p->caller))
        return true;
    reel__experiment_unit(who, event->user, event->visitor);
    if (reel__list_id_holds(event->list_id, &p->engine->list_key, &claim))
        return true;
    claim.anyone = true;
    return reel__list_id_holds(event->list_id, &p->engine->list_key, &claim) &&
           is_theirs(p, event, who);
}

/* What an event says that its person thinks of its films, or did with them. */
static bool read_given(const char *type, reel_given_kind *kind, unsigned *did)
{
    *did = strcmp(type, "click") == 0     ? REEL_DID_CLICK
           : strcmp(type, "trailer") == 0 ? REEL_DID_TRAILER
                                          : 0;
    *kind = REEL_GIVEN_CLICKED;
    return *did != 0 || reel__given_kind_find(type, kind);
}

/* Where the caller may say so. */
static void add_given(const parsing *p, const reel_event *event)
{
    const int64_t seconds = event->time_ms / 1000, now = reel__clock_now();
    reel_event_batch *batch = p->batch;
    reel_given_kind kind;
    unsigned did;

    if (event->user < 0 || !read_given(event->type, &kind, &did) ||
        (p->caller != NULL && !reel__caller_may_give(p->caller, event->user)))
        return;
    for (size_t i = 0; i < event->movie_count; i++)
        batch->given[batch->given_count++] = (reel_given_row){.person = event->user,
                                                              .movie = event->movies[i].movie,
                                                              .time = seconds < now ? seconds : now,
                                                              .value = event->value,
                                                              .kind = kind,
                                                              .did = did};
}

static reel_code read_event(parsing *p, const json_t *object, reel_event *event)
{
    static const char *const names[] = {"event_id",     "type",     "visitor", "method", "model_id",
                                        "list_id",      "scenario", "user",    "movies", "movie",
                                        "source_movie", "item",     "value",   "time",   NULL};
    reel_code rc = REEL_OK;

    REEL_TRY(only(p, object, names, ""));
    REEL_TRY(get_text(p, object, "event_id", UUID_LENGTH, &event->event_id));
    REEL_TRY(get_text(p, object, "type", 32, &event->type));
    REEL_TRY(check_type(p, event->type));
    REEL_TRY(get_text(p, object, "visitor", 64, &event->visitor));
    REEL_TRY(get_text(p, object, "method", 32, &event->method));
    REEL_TRY(get_text(p, object, "model_id", 64, &event->model_id));
    REEL_TRY(get_text(p, object, "list_id", 64, &event->list_id));
    REEL_TRY(get_text(p, object, "scenario", 64, &event->scenario));
    REEL_TRY(get_id(p, object, "user", &event->user));
    REEL_TRY(get_id(p, object, "source_movie", &event->source_movie));
    REEL_TRY(check_ids(p, event));
    event->event_id = lower(event->event_id);
    REEL_TRY(get_time(p, object, event));
    REEL_TRY(get_movies(p, object, event));
    REEL_TRY(get_value(p, object, event));
    event->untrusted = !is_trusted(p, event);
    add_given(p, event);
out:
    return rc;
}

/* Room for every event and film of the call; counts what is there, judges nothing. */
static reel_code reserve(reel_event_batch *batch, const json_t *list, reel_err *err)
{
    size_t movies = 0;

    batch->count = json_array_size(list);
    for (size_t i = 0; i < batch->count; i++)
        movies += json_array_size(json_object_get(json_array_get(list, i), "movies")) + 1;
    batch->events = reel__alloc_zero(batch->count, sizeof *batch->events);
    batch->movies = reel__alloc_zero(movies, sizeof *batch->movies);
    batch->known = reel__alloc_zero(batch->count, sizeof *batch->known);
    batch->given = reel__alloc_array(movies, sizeof *batch->given);
    if (batch->events == NULL || batch->movies == NULL || batch->known == NULL ||
        batch->given == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %zu events", batch->count);
    return REEL_OK;
}

reel_code reel__events_parse(reel_event_batch *out, const reel_feedback_call *call, reel_err *err)
{
    reel_err own = {0};
    parsing p = {.call = call,
                 .engine = call->engine,
                 .caller = call->caller,
                 .batch = out,
                 .now = reel__clock_now(),
                 .err = err != NULL ? err : &own};
    static const char *const names[] = {"events", NULL};
    const json_t *list;
    reel_code rc = REEL_OK;

    *out = (reel_event_batch){0};
    REEL_TRY(reel__json_parse(&out->body, call->body, call->length, DEPTH_MOST, p.err));
    REEL_TRY(reel__json_only(out->body, names, p.err));
    list = json_object_get(out->body, "events");
    if (!json_is_array(list))
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "events: expected a list of events"));
    if (json_array_size(list) < 1 || json_array_size(list) > REEL_EVENTS_MAX)
        REEL_TRY(reel_fail(err, REEL_E_INVALID, "events: %zu given, 1 to %d are taken at once",
                           json_array_size(list), (int)REEL_EVENTS_MAX));
    REEL_TRY(reserve(out, list, p.err));
    for (p.index = 0; p.index < out->count; p.index++) {
        REEL_TRY(read_event(&p, json_array_get(list, p.index), &out->events[p.index]));
        out->events[p.index].known = &out->known[p.index];
    }
out:
    if (rc != REEL_OK)
        reel__events_fini(out);
    return rc;
}

void reel__events_fini(reel_event_batch *batch)
{
    reel__free(batch->events);
    reel__free(batch->movies);
    reel__free(batch->known);
    reel__free(batch->given);
    json_decref(batch->body);
    *batch = (reel_event_batch){0};
}
