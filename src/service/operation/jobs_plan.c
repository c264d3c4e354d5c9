/* jobs_plan.c - work that nobody asked for: trainings by a schedule and after many new ratings, and
 * the forgetting of deleted accounts. Each moment of the schedule, each number of ratings to count
 * from, and each hour in which somebody waits for too long, is a slot of which the store takes one
 * job, so any number of servers may look.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "service/operation/jobs_priv.h"
#include "store/unlearning.h"

enum { COUNT_US = 5000000, FORGET_US = 2000000, TEXT = 80, BACK_S = 5, HOUR_S = 3600 };

static void set_next(reel_jobs *jobs, int64_t after)
{
    const reel_train_plan *plan = &jobs->opts.plan;

    jobs->training_at = plan->scheduled ? reel__cron_next(&plan->schedule, after) : 0;
    pthread_mutex_lock(&jobs->lock);
    jobs->facts.next_training = jobs->training_at;
    pthread_mutex_unlock(&jobs->lock);
}

/* False: the store is away; asked again with the same slot. */
static bool ask(reel_jobs *jobs, const char *kind, const char *slot, const char *why)
{
    reel_job job = {.kind = kind,
                    .model = "",
                    .parameters = "{}",
                    .asked_by = why,
                    .created_ms = reel__clock_now_ms()};
    reel_err err = {0};

    if (!reel__jobs_answers(jobs, reel__store_plan_job(jobs->opts.store, &job, slot, &err), &err))
        return false;
    if (job.id == 0) /* by another server, or by somebody, and it waits */
        return true;
    reel__jobs_note(jobs, "job %" PRId64 ": asked for by %s", job.id, why);
    pthread_mutex_lock(&jobs->lock);
    jobs->facts.planned += strcmp(kind, "train") == 0;
    pthread_mutex_unlock(&jobs->lock);
    jobs->look_us = reel__clock_steady_us();
    return true;
}

/* A clock that was set back leaves the next moment too far away: it is counted anew. What was asked
 * for already is not asked for twice, as its slot is taken. */
static void look_at_clock(reel_jobs *jobs, int64_t now)
{
    if (jobs->training_at != 0 && now < jobs->planned_at - BACK_S)
        set_next(jobs, now);
    jobs->planned_at = now;
}

static void look_at_schedule(reel_jobs *jobs)
{
    const int64_t now = reel__clock_now();
    char slot[TEXT];

    look_at_clock(jobs, now);
    if (jobs->training_at == 0 || now < jobs->training_at)
        return;
    (void)snprintf(slot, sizeof slot, "schedule %" PRId64, jobs->training_at);
    if (ask(jobs, "train", slot, "the schedule"))
        set_next(jobs, now);
}

static void look_at_ratings(reel_jobs *jobs)
{
    const int64_t due = jobs->opts.plan.after;
    int64_t since = 0, count = 0;
    char slot[TEXT], why[TEXT];
    reel_err err = {0};

    if (due == 0 || reel__clock_steady_us() < jobs->plan_us)
        return;
    jobs->plan_us = reel__clock_steady_us() + COUNT_US;
    if (!reel__jobs_answers(
            jobs, reel__store_ratings_since(jobs->opts.store, due, &since, &count, &err), &err))
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->facts.new_ratings = count;
    pthread_mutex_unlock(&jobs->lock);
    if (count < due)
        return;
    (void)snprintf(slot, sizeof slot, "ratings %" PRId64, since);
    (void)snprintf(why, sizeof why, "%" PRId64 " new ratings", count);
    (void)ask(jobs, "train", slot, why);
}

/* One that fails is asked for again an hour later. What seems to come from the future is of a clock
 * that was set back: it does not wait for that. */
static void look_at_forgotten(reel_jobs *jobs)
{
    const int64_t now = reel__clock_now();
    reel_unlearning waiting;
    char slot[TEXT], why[TEXT];
    reel_err err = {0};

    if (reel__clock_steady_us() < jobs->forget_us)
        return;
    jobs->forget_us = reel__clock_steady_us() + FORGET_US;
    if (!reel__jobs_answers(jobs, reel__unlearning_count(jobs->opts.store, &waiting, &err), &err))
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->facts.unlearning = waiting.people;
    jobs->facts.unlearning_since = waiting.since;
    pthread_mutex_unlock(&jobs->lock);
    if (waiting.people == 0 ||
        (now - waiting.since < jobs->opts.forget_after && waiting.since <= now + HOUR_S))
        return;
    (void)snprintf(slot, sizeof slot, "forget %" PRId64 " %" PRId64, waiting.since, now / HOUR_S);
    (void)snprintf(why, sizeof why, "%" PRId64 " deleted account%s", waiting.people,
                   waiting.people == 1 ? "" : "s");
    (void)ask(jobs, "forget", slot, why);
}

void reel__plan_begin(reel_jobs *jobs)
{
    char text[REEL_TIME_TEXT];

    jobs->planned_at = reel__clock_now();
    set_next(jobs, jobs->planned_at);
    pthread_mutex_lock(&jobs->lock);
    jobs->facts.new_ratings = jobs->opts.plan.after > 0 ? 0 : -1;
    pthread_mutex_unlock(&jobs->lock);
    if (jobs->training_at == 0)
        return;
    reel__clock_text(jobs->training_at, text);
    reel__jobs_note(jobs, "the schedule asks for a training at %s", text);
}

void reel__plan_look(reel_jobs *jobs)
{
    look_at_schedule(jobs);
    look_at_ratings(jobs);
    look_at_forgotten(jobs);
}
