/* jobs_online.c - looks now and then whether what was put in service is taken up less than what was
 * shown before, and puts that back (online.h). Any number of servers may do so: what one took back
 * is not in service for the next.
 */
#include <string.h>

#include "base/clock.h"
#include "service/operation/jobs_priv.h"
#include "service/operation/online.h"

static void say_once(reel_jobs *jobs, const char *version, const reel_err *err)
{
    char *said = jobs->stays[jobs->online_at];

    if (strcmp(said, version) == 0)
        return;
    (void)snprintf(said, REEL_VERSION_ID, "%s", version);
    reel__jobs_note(jobs, "%s is taken up less than what was shown before, and stays: %s", version,
                    err->msg);
}

static void take_back(reel_jobs *jobs, const reel_engine *engine, const char *model,
                      const reel_online_report *report)
{
    char before[REEL_VERSION_ID], reason[REEL_ONLINE_REASON];
    reel_err err = {0};

    if (reel__online_roll_back(before, engine, model, report, &err) != REEL_OK) {
        say_once(jobs, report->version, &err);
        return;
    }
    reel__online_reason(reason, report);
    reel__jobs_note(jobs, "%s %s; %s serves", report->version, reason, before);
    pthread_mutex_lock(&jobs->lock);
    jobs->facts.taken_back++;
    pthread_mutex_unlock(&jobs->lock);
    reel__reload_look(jobs->opts.reload);
}

static void look_at_model(reel_jobs *jobs, const reel_engine *engine, const char *model)
{
    reel_online_report report;
    reel_err err = {0};

    if (reel__jobs_answers(
            jobs, reel__online_judge(&report, engine, model, jobs->opts.online_drop, &err), &err) &&
        report.fails)
        take_back(jobs, engine, model, &report);
}

/* One model at a time: a job that runs beside it beats between two of them. */
void reel__online_look(reel_jobs *jobs)
{
    const int64_t now = reel__clock_steady_us();
    reel_engine *engine;

    if (jobs->opts.online_drop <= 0 || jobs->opts.reload == NULL || now < jobs->online_us)
        return;
    engine = reel__publisher_take(reel__reload_publisher(jobs->opts.reload));
    if (engine != NULL && jobs->online_at < reel__engine_model_count(engine))
        look_at_model(jobs, engine,
                      reel_model_get_info(reel__engine_model_at(engine, jobs->online_at))->name);
    if (engine == NULL || ++jobs->online_at >= reel__engine_model_count(engine)) {
        jobs->online_at = 0;
        jobs->online_us = now + (int64_t)jobs->opts.online_ms * 1000;
    }
    reel__engine_close(engine);
}
