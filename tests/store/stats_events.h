/* stats_events.h - events of a made-up week, and counting them. */
#ifndef REEL_TESTS_STORE_STATS_EVENTS_H
#define REEL_TESTS_STORE_STATS_EVENTS_H

#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "store/stats.h"

enum { DAY = 20003 /* a Monday */, HOUR_MS = 3600000 };
#define DAY_MS INT64_C(86400000)

/* ---- what happens -------------------------------------------------------------------------- */

typedef struct happening {
    const char *type, *list;
    int64_t day; /* after DAY */
    int64_t film;
    int32_t rank;
    int64_t user;
    const char *visitor;
} happening;

static inline void put(fixture *f, const happening *what)
{
    static int number;
    char id[32];
    const reel_event_movie one = {what->film, what->rank};
    reel_event event = blank_event(id);

    (void)snprintf(id, sizeof id, "event-%d", number++);
    event.type = what->type;
    event.list_id = what->list;
    event.visitor = what->visitor == NULL ? "" : what->visitor;
    event.user = what->user > 0 ? what->user : -1;
    event.time_ms = (DAY + what->day) * DAY_MS + HOUR_MS / 2;
    event.movies = &one;
    event.movie_count = 1;
    if (strcmp(what->type, "dwell") == 0)
        event.value = 2.5;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

/* Films 1 .. count at places 1 .. count. */
static inline void show(fixture *f, const char *list, int64_t day, const char *model, size_t count)
{
    reel_event_movie films[REEL_EVENT_MOVIES_MAX];
    char id[96];
    reel_event event = blank_event(id);

    (void)snprintf(id, sizeof id, "shown-%s-%lld", list, (long long)day);
    for (size_t i = 0; i < count; i++)
        films[i] = (reel_event_movie){(int64_t)i + 1, (int32_t)i + 1};
    event.list_id = list;
    event.method = "ease";
    event.model_id = model;
    event.scenario = "for you";
    event.time_ms = (DAY + day) * DAY_MS;
    event.movies = films;
    event.movie_count = count;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

static inline size_t count_by(fixture *f, size_t limit)
{
    const reel_stats_step step = {.limit = limit};
    size_t counted = 0, all = 0;

    do {
        assert_ok(reel__stats_count(f->store, &step, &counted, &f->err), f->err);
        all += counted;
    } while (counted == limit);
    return all;
}

#endif
