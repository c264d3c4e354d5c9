/* signals.c - see signals.h. */
#include "service/feedback/signals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/env.h"
#include "data/signals.h"
#include "store/stats.h"

/* ---- weights ------------------------------------------------------------------------------- */

typedef struct setting {
    const char *name;
    size_t at;
    double least, most;
} setting;

static const setting settings[] = {
    {"click", offsetof(reel_signal_weights, click), 0, 100},
    {"trailer", offsetof(reel_signal_weights, trailer), 0, 100},
    {"watchlist", offsetof(reel_signal_weights, watchlist), 0, 100},
    {"liked", offsetof(reel_signal_weights, liked), 0, 100},
    {"watched", offsetof(reel_signal_weights, watched), 0, 100},
    {"not_interested", offsetof(reel_signal_weights, not_interested), 0, 100},
    {"passed", offsetof(reel_signal_weights, passed), 0, 100},
    {"clip", offsetof(reel_signal_weights, clip), 1, 1000},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

reel_signal_weights reel__signal_weights_default(void)
{
    return (reel_signal_weights){.click = 0.5,
                                 .trailer = 0.5,
                                 .watchlist = 0.5,
                                 .liked = 1,
                                 .watched = 1,
                                 .not_interested = 0.5,
                                 .passed = 0.1,
                                 .clip = 10};
}

static reel_code take_setting(reel_signal_weights *out, const char *word, size_t length,
                              const char *what, reel_err *err)
{
    const char *is = memchr(word, '=', length);
    const size_t name = is == NULL ? length : (size_t)(is - word);
    char *end = NULL;

    for (size_t i = 0; is != NULL && i < SETTINGS; i++) {
        const setting *s = &settings[i];
        const double value = strtod(is + 1, &end);

        if (strlen(s->name) != name || strncmp(s->name, word, name) != 0)
            continue;
        if (end != word + length || !(value >= s->least && value <= s->most))
            return reel_fail(err, REEL_E_INVALID,
                             "%s: %s: expected a number from %g to %g, got \"%.*s\"", what, s->name,
                             s->least, s->most, (int)(length - name - 1), is + 1);
        memcpy((char *)out + s->at, &value, sizeof value);
        return REEL_OK;
    }
    return reel_fail(err, REEL_E_INVALID,
                     "%s: expected \"none\", or words such as click=0.5 of click, trailer, "
                     "watchlist, liked, watched, not_interested, passed and clip, got \"%.*s\"",
                     what, (int)(length < 60 ? length : 60), word);
}

reel_code reel__signal_weights_read(reel_signal_weights *out, const char *text, const char *what,
                                    reel_err *err)
{
    *out = reel__signal_weights_default();
    if (strcmp(text, "none") == 0) {
        *out = (reel_signal_weights){.clip = 1};
        return REEL_OK;
    }
    for (text += strspn(text, " ,"); *text != '\0'; text += strspn(text, " ,")) {
        const size_t length = strcspn(text, " ,");
        const reel_code rc = take_setting(out, text, length, what, err);

        if (rc != REEL_OK)
            return rc;
        text += length;
    }
    return REEL_OK;
}

reel_code reel__signal_weights(reel_signal_weights *out, reel_err *err)
{
    return reel__signal_weights_read(out, reel__env_get("REEL_SIGNALS", ""), "REEL_SIGNALS", err);
}

float reel__signals_given(const reel_signal_weights *weights, const reel_given_row *row)
{
    const double times = 1 + row->extra;

    switch (row->kind) {
    case REEL_GIVEN_WATCHLIST:
        return (float)(times * weights->watchlist);
    case REEL_GIVEN_LIKED:
        return (float)(times * weights->liked);
    case REEL_GIVEN_WATCHED:
        return (float)(times * weights->watched);
    case REEL_GIVEN_NOT_INTERESTED:
        return (float)(-times * weights->not_interested);
    case REEL_GIVEN_REMOVED:
    case REEL_GIVEN_RATING:
    case REEL_GIVEN_CLICKED: /* a training has it from the events, with its place */
        break;
    }
    return 0;
}

float reel__signals_did(const reel_signal_weights *weights, unsigned did)
{
    const double click = (did & REEL_DID_CLICK) != 0 ? weights->click : 0;
    const double trailer = (did & REEL_DID_TRAILER) != 0 ? weights->trailer : 0;

    return (float)fmax(click, trailer);
}

/* ---- what was done ------------------------------------------------------------------------- */

typedef enum deed_kind { DEED_SHOWN, DEED_CLICK, DEED_TRAILER, DEED_GIVEN } deed_kind;

/* One thing that somebody did with one film. */
typedef struct deed {
    reel_index person, movie;
    deed_kind kind;
    int32_t rank; /* 0 = in no list */
    float weight; /* of what was given */
} deed;

typedef struct reading {
    const reel_dataset *dataset;
    reel_store *store;
    const reel_signal_weights *weights;
    reel_signals_report *report;
    reel_exposure exposure;
    deed *deeds;
    size_t count, capacity;
    int64_t *people; /* who gave something, with those twice who gave twice; who turned, before */
    size_t people_count, people_capacity;
    int64_t last; /* sequence of the last event, or version of the last change, that was read */
    size_t page;  /* rows of this page */
    bool away;    /* looks are taken out of the exposure */
    reel_code rc; /* of a callback */
    reel_err *err;
} reading;

static bool keep(reading *r, deed what)
{
    const size_t room = r->capacity == 0 ? 1024 : r->capacity + r->capacity / 2;
    deed *grown;

    if (r->count == r->capacity) {
        grown = reel__realloc_array(r->deeds, room, sizeof *grown);
        if (grown == NULL) {
            r->rc = reel_fail(r->err, REEL_E_NOMEM, "no memory for %zu clicks", room);
            return false;
        }
        r->deeds = grown;
        r->capacity = room;
    }
    r->deeds[r->count++] = what;
    return true;
}

static bool keep_person(reading *r, int64_t person)
{
    const size_t room = r->people_capacity == 0 ? 256 : 2 * r->people_capacity;
    int64_t *grown;

    if (r->people_count == r->people_capacity) {
        grown = reel__realloc_array(r->people, room, sizeof *grown);
        if (grown == NULL) {
            r->rc = reel_fail(r->err, REEL_E_NOMEM, "no memory for %zu people", room);
            return false;
        }
        r->people = grown;
        r->people_capacity = room;
    }
    r->people[r->people_count++] = person;
    return true;
}

/* ---- from the log -------------------------------------------------------------------------- */

static bool kind_of(const char *type, deed_kind *out)
{
    *out = strcmp(type, "impression") == 0 ? DEED_SHOWN
           : strcmp(type, "click") == 0    ? DEED_CLICK
                                           : DEED_TRAILER;
    return *out != DEED_TRAILER || strcmp(type, "trailer") == 0;
}

static void expose(reading *r, reel_index movie, int rank, deed_kind kind)
{
    const int64_t one = r->away ? -1 : 1;

    if (rank > 0 && kind != DEED_TRAILER)
        reel__exposure_add(&r->exposure, movie, rank, kind == DEED_SHOWN ? one : 0,
                           kind == DEED_CLICK ? one : 0);
}

static bool take_event(void *user, const reel_event *event)
{
    reading *r = user;
    const reel_index person =
        event->user < 0 ? -1 : reel_dataset_find_person(r->dataset, event->user);
    deed_kind kind;

    r->page++;
    r->last = event->sequence;
    if (person < 0 || event->damaged || !kind_of(event->type, &kind))
        return true;
    for (size_t i = 0; i < event->movie_count; i++) {
        const reel_event_movie *m = &event->movies[i];
        const reel_index movie = reel_dataset_find_movie(r->dataset, m->movie);

        if (movie < 0)
            continue;
        expose(r, movie, m->rank, kind);
        if (kind != DEED_SHOWN && !keep(r, (deed){person, movie, kind, m->rank, 0}))
            return false;
    }
    return true;
}

/* A list that may have been passed by. */
static bool take_list(void *user, const reel_event *event)
{
    reading *r = user;
    const reel_index person =
        event->user < 0 ? -1 : reel_dataset_find_person(r->dataset, event->user);

    r->page++;
    r->last = event->sequence;
    for (size_t i = 0; person >= 0 && i < event->movie_count; i++) {
        const reel_event_movie *m = &event->movies[i];
        const reel_index movie = reel_dataset_find_movie(r->dataset, m->movie);

        if (movie >= 0 && m->rank > 0 && !keep(r, (deed){person, movie, DEED_SHOWN, m->rank, 0}))
            return false;
    }
    return true;
}

/* What somebody saw, whose deeds are known. */
static bool take_look(void *user, const reel_event *event)
{
    reading *r = user;
    deed_kind kind;

    r->page++;
    r->last = event->sequence;
    for (size_t i = 0; kind_of(event->type, &kind) && i < event->movie_count; i++) {
        const reel_index movie = reel_dataset_find_movie(r->dataset, event->movies[i].movie);

        if (movie >= 0)
            expose(r, movie, event->movies[i].rank, kind);
    }
    return true;
}

/* Newest first, some or (0) all; what comes meanwhile is left to the next training. */
static reel_code read_newest(reading *r, reel_event_filter filter, size_t most, reel_event_fn *take,
                             reel_err *err)
{
    size_t read = 0;
    reel_code rc = REEL_OK;

    filter.limit = REEL_EVENT_SCAN_MAX;
    do {
        r->page = 0;
        REEL_TRY(reel__store_scan_events(r->store, &filter, take, r, err));
        REEL_TRY(r->rc);
        filter.before = r->last;
        read += r->page;
    } while (r->page == filter.limit && (most == 0 || read < most));
out:
    return rc;
}

static reel_code read_events(reading *r, reel_event_filter filter, reel_event_fn *take,
                             reel_err *err)
{
    return read_newest(r, filter, 0, take, err);
}

/* ---- from the sums ------------------------------------------------------------------------- */

_Static_assert((int)REEL_STATS_PLACES == (int)REEL_PROPENSITY_RANKS, "places are counted alike");

static void take_sum(void *user, int64_t film, int place, int64_t shown, int64_t clicked)
{
    reading *r = user;
    const reel_index movie = reel_dataset_find_movie(r->dataset, film);

    if (movie >= 0)
        reel__exposure_add(&r->exposure, movie, place, shown, clicked);
}

/* Who rates is known better here than when they were counted. */
static bool take_viewer(void *user, int64_t person, bool rated)
{
    reading *r = user;

    return (reel_dataset_find_person(r->dataset, person) >= 0) == rated || keep_person(r, person);
}

static bool take_deed(void *user, const reel_stats_deed *d)
{
    reading *r = user;
    const reel_index person = reel_dataset_find_person(r->dataset, d->person);
    const reel_index movie = reel_dataset_find_movie(r->dataset, d->movie);
    const deed_kind kind = d->kind == REEL_STATS_CLICK ? DEED_CLICK : DEED_TRAILER;

    return person < 0 || movie < 0 || keep(r, (deed){person, movie, kind, d->place, 0});
}

/* What was counted of the log: all of it up to the mark. */
static reel_code read_sums(reading *r, reel_stats_mark *mark, reel_err *err)
{
    reel_stats_looks looks = {.look = take_sum, .viewer = take_viewer, .user = r};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__stats_looks(r->store, &looks, err));
    REEL_TRY(r->rc);
    *mark = looks.mark;
    for (size_t i = 0; i < r->people_count; i++) {
        const int64_t *person = &r->people[i];

        r->away = reel_dataset_find_person(r->dataset, *person) < 0;
        REEL_TRY(read_events(r, (reel_event_filter){.user = person, .before = mark->sequence + 1},
                             take_look, err));
    }
    r->away = false;
    REEL_TRY(reel__stats_deeds(r->store, take_deed, r, err));
    rc = r->rc;
out:
    return rc;
}

static void begin_anew(reading *r)
{
    reel__exposure_clear(&r->exposure);
    r->count = r->people_count = 0;
}

/* The sums, and what nobody counted yet. What is passed by is in no sum, and told from the newest
 * lists alone. When somebody is forgotten meanwhile, parts of them may have been read. */
static reel_code read_done(reading *r, reel_err *err)
{
    enum { TRIES = 100 };
    reel_stats_mark mark = {0, 0}, now = {0, 0};
    bool done = false;
    reel_code rc = REEL_OK;

    for (int i = 0; i < TRIES && !done; i++) {
        begin_anew(r);
        REEL_TRY(reel__stats_mark(r->store, &mark, err));
        REEL_TRY(read_sums(r, &mark, err));
        REEL_TRY(read_events(r, (reel_event_filter){.after = mark.sequence}, take_event, err));
        if (r->weights->passed > 0)
            REEL_TRY(read_newest(r, (reel_event_filter){.type = "impression"}, REEL_SIGNALS_PASSED,
                                 take_list, err));
        REEL_TRY(reel__stats_mark(r->store, &now, err));
        done = now.epoch == mark.epoch;
    }
    r->people_count = 0;
    if (!done)
        rc = reel_fail(err, REEL_E_CONFLICT,
                       "people were forgotten all the time while events were read; try again");
out:
    return rc;
}

/* ---- what was given ------------------------------------------------------------------------ */

static bool take_change(void *user, const reel_given_row *row)
{
    reading *r = user;

    r->page++;
    r->last = row->version;
    return row->person < 0 || reel_dataset_find_person(r->dataset, row->person) < 0 ||
           keep_person(r, row->person);
}

static bool take_given(void *user, const reel_given_row *row)
{
    reading *r = user;
    const reel_index movie = reel_dataset_find_movie(r->dataset, row->movie);
    const float weight = reel__signals_given(r->weights, row);

    return movie < 0 || weight == 0 ||
           keep(r, (deed){(reel_index)r->last, movie, DEED_GIVEN, 0, weight});
}

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static reel_code read_given(reading *r, reel_err *err)
{
    reel_code rc = REEL_OK;

    r->last = 0;
    do {
        r->page = 0;
        REEL_TRY(reel__store_scan_changes(r->store, r->last, REEL_CHANGES_SCAN_MAX, take_change, r,
                                          err));
        REEL_TRY(r->rc);
    } while (r->page == REEL_CHANGES_SCAN_MAX);
    if (r->people_count > 0)
        qsort(r->people, r->people_count, sizeof *r->people, by_number);
    for (size_t i = 0; i < r->people_count; i++) {
        if (i > 0 && r->people[i] == r->people[i - 1])
            continue;
        r->last = reel_dataset_find_person(r->dataset, r->people[i]);
        REEL_TRY(reel__store_read_given(r->store, r->people[i], take_given, r, err));
        REEL_TRY(r->rc);
    }
out:
    return rc;
}

/* ---- signals ------------------------------------------------------------------------------- */

/* By person and film; the order within one does not matter to what comes of it, but for the sum of
 * looks, which is of whole ranks. */
static int by_film(const void *a, const void *b)
{
    const deed *x = a, *y = b;

    if (x->person != y->person)
        return (x->person > y->person) - (x->person < y->person);
    if (x->movie != y->movie)
        return (x->movie > y->movie) - (x->movie < y->movie);
    if (x->kind != y->kind)
        return (x->kind > y->kind) - (x->kind < y->kind);
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static double times_of(const reading *r, const deed *d)
{
    return d->rank < 1 ? 1
                       : reel__propensity_weight(&r->report->looked, d->rank, r->weights->clip) /
                             r->report->mean_times;
}

/* A click in a list is to weigh in the mean what it would without places. Place by place, so that
 * the order in which clicks were read makes no difference. */
static void find_mean(reading *r)
{
    double sum = 0;
    int64_t count = 0;

    for (int rank = 1; rank <= REEL_PROPENSITY_RANKS; rank++) {
        const int64_t clicks = reel__exposure_clicks(&r->exposure, rank);

        sum += (double)clicks * reel__propensity_weight(&r->report->looked, rank, r->weights->clip);
        count += clicks;
    }
    r->report->mean_times = count > 0 ? sum / (double)count : 1;
}

/* What all that somebody did with one film comes to. */
static float weigh(const reading *r, const deed *deeds, size_t count)
{
    const reel_signal_weights *w = r->weights;
    const reel_propensity *looked = &r->report->looked;
    double interest = 0, refusal = 0, looks = 0;
    bool clicked = false;

    for (size_t i = 0; i < count; i++) {
        const deed *d = &deeds[i];
        const double times = times_of(r, d);

        clicked |= d->kind == DEED_CLICK || d->kind == DEED_TRAILER;
        switch (d->kind) {
        case DEED_SHOWN:
            looks += reel__propensity_at(looked, d->rank);
            break;
        case DEED_CLICK:
            interest = fmax(interest, w->click * times);
            break;
        case DEED_TRAILER:
            interest = fmax(interest, w->trailer * times);
            break;
        case DEED_GIVEN:
            interest = fmax(interest, (double)d->weight);
            refusal = fmax(refusal, -(double)d->weight);
            break;
        }
    }
    if (refusal > 0 || interest > 0 || clicked)
        return (float)(refusal > 0 ? -refusal : interest);
    return (float)(-w->passed * fmin(1, looks));
}

static reel_code make_signals(reading *r, reel_dataset *dataset, reel_err *err)
{
    const int64_t *people = reel_dataset_person_ids(dataset);
    const int64_t *movies = reel_dataset_movie_ids(dataset);
    reel_signal *signals = reel__alloc_array(r->count, sizeof *signals);
    reel_csr_view made;
    size_t count = 0;
    reel_code rc;

    if (signals == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu signals", r->count);
    if (r->count > 0)
        qsort(r->deeds, r->count, sizeof *r->deeds, by_film);
    for (size_t i = 0, end; i < r->count; i = end) {
        const deed *d = &r->deeds[i];

        for (end = i + 1; end < r->count && r->deeds[end].person == d->person &&
                          r->deeds[end].movie == d->movie;)
            end++;
        signals[count++] = (reel_signal){people[d->person], movies[d->movie], weigh(r, d, end - i)};
    }
    rc = reel__dataset_set_signals(dataset, signals, count, err);
    reel__free(signals);
    made = reel__dataset_signals(dataset);
    for (reel_index row = 0; rc == REEL_OK && made.ptr != NULL && row < made.rows; row++) {
        r->report->signals += made.ptr[row + 1] - made.ptr[row];
        r->report->people += made.ptr[row + 1] > made.ptr[row];
    }
    return rc;
}

reel_code reel__signals_read(reel_dataset *dataset, reel_store *store,
                             const reel_signal_weights *weights, reel_signals_report *report,
                             reel_err *err)
{
    reading r = {
        .dataset = dataset, .store = store, .weights = weights, .report = report, .err = err};
    reel_code rc;

    *report = (reel_signals_report){0};
    REEL_TRY(reel__exposure_init(&r.exposure, reel_dataset_movies(dataset), err));
    REEL_TRY(read_done(&r, err));
    REEL_TRY(reel__propensity_fit(&report->looked, &r.exposure, err));
    REEL_TRY(read_given(&r, err));
    find_mean(&r);
    REEL_TRY(make_signals(&r, dataset, err));
out:
    reel__exposure_fini(&r.exposure);
    reel__free(r.deeds);
    reel__free(r.people);
    return rc;
}
