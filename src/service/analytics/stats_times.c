/* stats_times.c - when things happen, who is new, and how the machinery does. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/date.h"
#include "service/analytics/stats_priv.h"
#include "store/jobs.h"
#include "store/queue.h"
#include "store/unlearning.h"

enum { HOURS_A_WEEK = REEL_HOURS_A_DAY * REEL_DAYS_A_WEEK, WEEK_MS = 7 * 86400000 };

/* ---- times --------------------------------------------------------------------------------- */

static void add_hour(reel_stats_hour *sum, const reel_stats_hour *hour)
{
    sum->lists += hour->lists;
    sum->shown += hour->shown;
    sum->clicks += hour->clicks;
    sum->ratings += hour->ratings;
    sum->refusals += hour->refusals;
    sum->trailers += hour->trailers;
    sum->watchlist += hour->watchlist;
    sum->dwells += hour->dwells;
    sum->dwell_ms += hour->dwell_ms;
}

static void put_hour(reel_json *json, const reel_stats_hour *sum)
{
    reel__json_put_int(json, "lists", sum->lists);
    reel__json_put_int(json, "shown", sum->shown);
    reel__json_put_int(json, "clicks", sum->clicks);
    reel__json_put_int(json, "ratings", sum->ratings);
    reel__json_put_int(json, "not_interested", sum->refusals);
    reel__json_put_int(json, "trailers", sum->trailers);
    reel__json_put_int(json, "watchlist", sum->watchlist);
    reel__json_put_int(json, "dwells", sum->dwells);
    reel__stats_put_real(json, "dwell_seconds",
                         sum->dwells > 0 ? (double)sum->dwell_ms / 1000 / (double)sum->dwells
                                         : (double)NAN);
}

/* The hours, days or weeks that rows are of. With another range beside it the first stands beside
 * the first: what one of the two has more of is left out, or has nothing beside it.
 */
typedef enum time_step { BY_HOUR, BY_DAY, BY_WEEK } time_step;

static size_t places_of(time_step step, reel_stats_range range)
{
    if (step == BY_HOUR)
        return HOURS_A_WEEK;
    if (step == BY_DAY)
        return (size_t)(range.to - range.from);
    return (size_t)((reel__stats_week(range.to - 1) - reel__stats_week(range.from)) /
                    REEL_DAYS_A_WEEK) +
           1;
}

static int64_t day_at(time_step step, reel_stats_range range, size_t place)
{
    return step == BY_WEEK ? reel__stats_week(range.from) + (int64_t)place * REEL_DAYS_A_WEEK
                           : range.from + (int64_t)place;
}

typedef struct time_sum {
    reel_stats_hour now, before;
    bool seen; /* something happened then, in either range */
} time_sum;

typedef struct timing {
    const reel_stats_ask *ask;
    time_step step;
    bool before; /* what is added is of the range it is compared with */
    time_sum *sums;
    size_t count;
} timing;

static bool add_to_times(void *user, const reel_stats_hour *hour)
{
    timing *t = user;
    const int64_t day = hour->hour / REEL_HOURS_A_DAY;
    const int64_t from = t->before ? t->ask->against.from : t->ask->range.from;
    const int64_t place =
        t->step == BY_HOUR
            ? (int64_t)reel__date_weekday(day) * REEL_HOURS_A_DAY + hour->hour % REEL_HOURS_A_DAY
        : t->step == BY_DAY ? day - from
                            : (reel__stats_week(day) - reel__stats_week(from)) / REEL_DAYS_A_WEEK;

    if (place >= 0 && (size_t)place < t->count) {
        add_hour(t->before ? &t->sums[place].before : &t->sums[place].now, hour);
        t->sums[place].seen = true;
    }
    return true;
}

static void put_before(reel_json *json, const timing *t, size_t place, const time_sum *sum)
{
    if (t->ask->against.to == 0)
        return;
    reel__json_key(json, "against");
    if (place >= places_of(t->step, t->ask->against)) {
        reel__json_null(json);
        return;
    }
    reel__json_object(json);
    if (t->step != BY_HOUR)
        reel__stats_put_day(json, t->step == BY_WEEK ? "week" : "day",
                            day_at(t->step, t->ask->against, place));
    put_hour(json, &sum->before);
    reel__json_object_end(json);
}

static void put_time(reel_json *json, const timing *t, size_t place, const time_sum *sum)
{
    reel__json_object(json);
    if (t->step == BY_HOUR) {
        reel__json_put_int(json, "weekday", (int64_t)place / REEL_HOURS_A_DAY + 1); /* 1 = Monday */
        reel__json_put_int(json, "hour", (int64_t)place % REEL_HOURS_A_DAY);
    } else {
        reel__stats_put_day(json, t->step == BY_WEEK ? "week" : "day",
                            day_at(t->step, t->ask->range, place));
    }
    put_hour(json, &sum->now);
    put_before(json, t, place, sum);
    reel__json_object_end(json);
}

static time_step step_of(const char *by)
{
    return strcmp(by, "week") == 0 ? BY_WEEK : strcmp(by, "day") == 0 ? BY_DAY : BY_HOUR;
}

void reel__stats_blank_times(reel_json *json, const reel_stats_ask *ask)
{
    const timing t = {.ask = ask, .step = step_of(ask->by == NULL ? "hour" : ask->by)};

    put_time(json, &t, 0, &(time_sum){.seen = false});
}

reel_code reel__stats_write_times(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    const char *by = ask->by == NULL ? "hour" : ask->by;
    timing t = {.ask = ask, .step = step_of(by)};
    reel_code rc = REEL_OK;

    t.count = places_of(t.step, ask->range);
    t.sums = reel__alloc_zero(t.count, sizeof *t.sums);
    if (t.sums == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %zu times", t.count);
    REEL_TRY(reel__stats_hours(ask->store, ask->range, ask->method, add_to_times, &t, err));
    t.before = true;
    if (ask->against.to != 0)
        REEL_TRY(reel__stats_hours(ask->store, ask->against, ask->method, add_to_times, &t, err));
    reel__json_put_text(json, "by", by);
    reel__json_put_known(json, "method", ask->method == NULL ? "" : ask->method);
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < t.count; i++)
        if (t.step == BY_HOUR || t.sums[i].seen)
            put_time(json, &t, i, &t.sums[i]);
    reel__json_array_end(json);
out:
    reel__free(t.sums);
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

typedef struct people_sum {
    reel_stats_people now, before;
    bool seen;
} people_sum;

typedef struct attendance {
    const reel_stats_ask *ask;
    bool before;
    people_sum *days;
    size_t count;
} attendance;

static bool add_people(void *user, const reel_stats_people *people)
{
    attendance *a = user;
    const int64_t place = people->day - (a->before ? a->ask->against.from : a->ask->range.from);

    if (place >= 0 && (size_t)place < a->count) {
        *(a->before ? &a->days[place].before : &a->days[place].now) = *people;
        a->days[place].seen = true;
    }
    return true;
}

static void put_people(reel_json *json, int64_t day, const reel_stats_people *people)
{
    reel__stats_put_day(json, "day", day);
    reel__json_put_int(json, "people", people->people);
    reel__json_put_int(json, "new", people->fresh);
    reel__json_put_int(json, "returning", people->people - people->fresh);
}

static void put_people_day(reel_json *json, const reel_stats_ask *ask, size_t place,
                           const people_sum *day)
{
    const reel_stats_range against = ask->against;

    reel__json_object(json);
    put_people(json, day_at(BY_DAY, ask->range, place), &day->now);
    if (against.to != 0) {
        reel__json_key(json, "against");
        if (place >= places_of(BY_DAY, against)) {
            reel__json_null(json);
        } else {
            reel__json_object(json);
            put_people(json, day_at(BY_DAY, against, place), &day->before);
            reel__json_object_end(json);
        }
    }
    reel__json_object_end(json);
}

void reel__stats_blank_people(reel_json *json, const reel_stats_ask *ask)
{
    put_people_day(json, ask, 0, &(people_sum){.seen = false});
}

reel_code reel__stats_write_people(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    attendance a = {.ask = ask, .count = places_of(BY_DAY, ask->range)};
    reel_code rc = REEL_OK;

    a.days = reel__alloc_zero(a.count, sizeof *a.days);
    if (a.days == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for %zu days", a.count);
    REEL_TRY(reel__stats_people(ask->store, ask->range, add_people, &a, err));
    a.before = true;
    if (ask->against.to != 0)
        REEL_TRY(reel__stats_people(ask->store, ask->against, add_people, &a, err));
    reel__json_key(json, "items");
    reel__json_array(json);
    for (size_t i = 0; i < a.count; i++)
        if (a.days[i].seen)
            put_people_day(json, ask, i, &a.days[i]);
    reel__json_array_end(json);
out:
    reel__free(a.days);
    return rc;
}

/* ---- health -------------------------------------------------------------------------------- */

static void put_item(reel_json *json, const char *what, double value)
{
    reel__json_object(json);
    reel__json_put_text(json, "what", what);
    reel__stats_put_real(json, "value", value);
    reel__json_object_end(json);
}

static double seconds_since(int64_t then_ms, int64_t now_ms)
{
    return then_ms == 0 ? (double)NAN : then_ms > now_ms ? 0 : (double)(now_ms - then_ms) / 1000;
}

reel_code reel__stats_write_health(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    const int64_t now = reel__clock_now_ms();
    reel_job_sum t;
    int64_t took;
    reel_queue_count queue;
    reel_unlearning leaving;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__queue_count(ask->store, &queue, err));
    REEL_TRY(reel__unlearning_count(ask->store, &leaving, err));
    REEL_TRY(reel__store_sum_jobs(ask->store, "train", now - WEEK_MS, &t, err));
    took = (t.last_finished_ms - t.last_started_ms) / 1000;
    reel__json_key(json, "items");
    reel__json_array(json);
    put_item(json, "outbox_events", (double)queue.waiting);
    put_item(json, "outbox_oldest_seconds", seconds_since(queue.oldest_ms, now));
    put_item(json, "outbox_forgetting", (double)queue.forgetting);
    put_item(json, "unlearning_people", (double)leaving.people);
    put_item(json, "unlearning_oldest_seconds", seconds_since(leaving.since * 1000, now));
    put_item(json, "trainings_done_in_a_week", (double)t.done);
    put_item(json, "trainings_failed_in_a_week", (double)t.failed);
    put_item(json, "trainings_waiting", (double)t.waiting);
    put_item(json, "trainings_running", (double)t.running);
    put_item(json, "last_training_seconds_ago", seconds_since(t.last_finished_ms, now));
    put_item(json, "last_training_took_seconds",
             t.last_finished_ms == 0 ? (double)NAN : (double)took);
    reel__json_array_end(json);
out:
    return rc;
}
