/* stats_times.c - when things happen, who is new, and how the machinery does. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "service/analytics/stats_priv.h"
#include "store/jobs.h"
#include "store/queue.h"
#include "store/unlearning.h"

enum {
    HOURS_A_WEEK = REEL_HOURS_A_DAY * REEL_DAYS_A_WEEK,
    JOBS_LOOKED_AT = 200,
    WEEK_MS = 7 * 86400000
};

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

typedef struct timing {
    reel_stats_hour of_week[HOURS_A_WEEK];
    reel_json *json;
    bool weekly;
    int64_t day; /* of `now`; -1 = none yet */
    reel_stats_hour now;
} timing;

static bool add_to_week(void *user, const reel_stats_hour *hour)
{
    timing *t = user;
    const int64_t day = hour->hour / REEL_HOURS_A_DAY, weekday = reel__date_weekday(day);

    add_hour(&t->of_week[weekday * REEL_HOURS_A_DAY + hour->hour % REEL_HOURS_A_DAY], hour);
    return true;
}

static void end_day(timing *t)
{
    if (t->day < 0)
        return;
    reel__json_object(t->json);
    reel__stats_put_day(t->json, t->weekly ? "week" : "day", t->day);
    put_hour(t->json, &t->now);
    reel__json_object_end(t->json);
}

static bool add_to_day(void *user, const reel_stats_hour *hour)
{
    timing *t = user;
    int64_t day = hour->hour / REEL_HOURS_A_DAY;

    if (t->weekly)
        day = reel__stats_week(day);
    if (day != t->day) {
        end_day(t);
        t->day = day;
        t->now = (reel_stats_hour){0};
    }
    add_hour(&t->now, hour);
    return true;
}

static void put_hours_of_week(const timing *t)
{
    for (int i = 0; i < HOURS_A_WEEK; i++) {
        reel__json_object(t->json);
        reel__json_put_int(t->json, "weekday", i / REEL_HOURS_A_DAY + 1); /* 1 = Monday */
        reel__json_put_int(t->json, "hour", i % REEL_HOURS_A_DAY);
        put_hour(t->json, &t->of_week[i]);
        reel__json_object_end(t->json);
    }
}

reel_code reel__stats_write_times(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    const char *by = ask->by == NULL ? "hour" : ask->by;
    const bool of_week = strcmp(by, "hour") == 0;
    timing t = {.json = json, .weekly = strcmp(by, "week") == 0, .day = -1};
    reel_code rc = REEL_OK;

    reel__json_put_text(json, "by", by);
    reel__json_put_known(json, "method", ask->method == NULL ? "" : ask->method);
    reel__json_key(json, "items");
    reel__json_array(json);
    REEL_TRY(reel__stats_hours(ask->store, ask->range, ask->method,
                               of_week ? add_to_week : add_to_day, &t, err));
    if (of_week)
        put_hours_of_week(&t);
    else
        end_day(&t);
    reel__json_array_end(json);
out:
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

static bool put_people(void *user, const reel_stats_people *people)
{
    reel_json *json = user;

    reel__json_object(json);
    reel__stats_put_day(json, "day", people->day);
    reel__json_put_int(json, "people", people->people);
    reel__json_put_int(json, "new", people->fresh);
    reel__json_put_int(json, "returning", people->people - people->fresh);
    reel__json_object_end(json);
    return true;
}

reel_code reel__stats_write_people(reel_json *json, const reel_stats_ask *ask, reel_err *err)
{
    reel_code rc;

    reel__json_key(json, "items");
    reel__json_array(json);
    rc = reel__stats_people(ask->store, ask->range, put_people, json, err);
    reel__json_array_end(json);
    return rc;
}

/* ---- health -------------------------------------------------------------------------------- */

typedef struct training {
    int64_t now_ms, done, failed, waiting, running;
    int64_t last_ms, last_seconds; /* of the newest that ended well; 0 = none */
} training;

static bool look_at_job(void *user, const reel_job *job)
{
    training *t = user;
    const bool recent = job->finished_ms > t->now_ms - WEEK_MS;

    if (strcmp(job->kind, "train") != 0)
        return true;
    t->waiting += job->state == REEL_JOB_QUEUED;
    t->running += job->state == REEL_JOB_RUNNING;
    t->failed += recent && job->state == REEL_JOB_FAILED;
    t->done += recent && job->state == REEL_JOB_DONE;
    if (job->state == REEL_JOB_DONE && t->last_ms == 0) {
        t->last_ms = job->finished_ms;
        t->last_seconds = (job->finished_ms - job->started_ms) / 1000;
    }
    return true;
}

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
    training t = {.now_ms = reel__clock_now_ms()};
    const reel_job_filter all = {.limit = JOBS_LOOKED_AT};
    reel_queue_count queue;
    reel_unlearning leaving;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__queue_count(ask->store, &queue, err));
    REEL_TRY(reel__unlearning_count(ask->store, &leaving, err));
    REEL_TRY(reel__store_scan_jobs(ask->store, &all, look_at_job, &t, err));
    reel__json_key(json, "items");
    reel__json_array(json);
    put_item(json, "outbox_events", (double)queue.waiting);
    put_item(json, "outbox_oldest_seconds", seconds_since(queue.oldest_ms, t.now_ms));
    put_item(json, "outbox_forgetting", (double)queue.forgetting);
    put_item(json, "unlearning_people", (double)leaving.people);
    put_item(json, "unlearning_oldest_seconds", seconds_since(leaving.since * 1000, t.now_ms));
    put_item(json, "trainings_done_in_a_week", (double)t.done);
    put_item(json, "trainings_failed_in_a_week", (double)t.failed);
    put_item(json, "trainings_waiting", (double)t.waiting);
    put_item(json, "trainings_running", (double)t.running);
    put_item(json, "last_training_seconds_ago", seconds_since(t.last_ms, t.now_ms));
    put_item(json, "last_training_took_seconds",
             t.last_ms == 0 ? (double)NAN : (double)t.last_seconds);
    reel__json_array_end(json);
out:
    return rc;
}
