/* jobs_run.c - the thread that does the jobs: it claims one, starts a child, passes on what that
 * says, and ends it where someone asked for that. It beats in the store while the child lives; a
 * job of another server whose beat stands still for a while has failed with it, whatever the clocks
 * of the two say.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/seal.h"
#include "base/thread.h"
#include "service/engine/state.h"
#include "service/models/unfinished.h"
#include "service/operation/jobs_priv.h"

enum {
    ONLINE_MS = 600000,
    BEAT_MS = 500,
    PATIENCE_MS = 10000,
    LOOK_MS = 1000,
    WATCH_MS = 250,
    GRACE_MS = 1200
};

void reel__jobs_note(const reel_jobs *jobs, const char *format, ...)
{
    char line[640];
    va_list list;

    if (jobs->opts.notice.line == NULL)
        return;
    va_start(list, format);
    (void)vsnprintf(line, sizeof line, format, list);
    va_end(list);
    jobs->opts.notice.line(jobs->opts.notice.user, line);
}

static int64_t in_ms(int ms)
{
    return reel__clock_steady_us() + (int64_t)ms * 1000;
}

static bool is_due(int64_t at)
{
    return at != 0 && reel__clock_steady_us() >= at;
}

/* What the store says of an outage once. */
bool reel__jobs_answers(reel_jobs *jobs, reel_code rc, const reel_err *err)
{
    if (rc != REEL_OK && !jobs->troubled)
        reel__jobs_note(jobs, "jobs wait: %s", err->msg);
    jobs->troubled = rc != REEL_OK;
    return rc == REEL_OK;
}

/* ---- the end of one ------------------------------------------------------------------------ */

/* What a child that did not say it itself ended of. */
static void explain(reel_child *child, int status)
{
    const char *said = child->said.length == 0 ? "" : child->said.data;
    size_t end = child->said.length, start;

    if (child->reason[0] != '\0')
        return;
    (void)snprintf(child->code, sizeof child->code, "E_GONE");
    if (WIFSIGNALED(status)) {
        (void)snprintf(child->reason, sizeof child->reason, "its process was killed by signal %d%s",
                       WTERMSIG(status),
                       WTERMSIG(status) == SIGKILL ? ", as the system does when memory is short"
                                                   : "");
        return;
    }
    while (end > 0 && said[end - 1] == '\n')
        end--;
    for (start = end; start > 0 && said[start - 1] != '\n';)
        start--;
    (void)snprintf(child->reason, sizeof child->reason, "its process ended with status %d: %.*s",
                   WIFEXITED(status) ? WEXITSTATUS(status) : -1, (int)(end - start), said + start);
    reel__child_trim(child->reason);
}

static reel_job outcome(reel_jobs *jobs, int status)
{
    reel_child *child = &jobs->child;
    const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0 && child->result.length > 0;
    reel_job job = {.id = jobs->id,
                    .owner = jobs->owner,
                    .state = REEL_JOB_DONE,
                    .progress = child->progress,
                    .step = "",
                    .code = "",
                    .reason = "",
                    .result = "",
                    .finished_ms = reel__clock_now_ms()};

    if (good) {
        job.progress = 1;
        job.result = child->result.data;
    } else if (jobs->cancelled) {
        job.state = REEL_JOB_CANCELLED;
    } else {
        explain(child, status);
        job.state = REEL_JOB_FAILED;
        job.step = child->step;
        job.code = child->code;
        job.reason = child->reason;
        if (jobs->trains && child->result.length > 0)
            job.result = child->result.data; /* of the gate, by which it was refused */
    }
    return job;
}

static const char *log_of(const reel_child *child)
{
    return child->said.length == 0 ? NULL : child->said.data;
}

/* The store may be away: then once more, later. */
static bool keep_outcome(reel_jobs *jobs, const reel_job *job)
{
    reel_err err = {0};

    return reel__jobs_answers(
        jobs, reel__store_end_job(jobs->opts.store, job, log_of(&jobs->child), &err), &err);
}

static void forget(reel_jobs *jobs)
{
    jobs->id = jobs->beat_us = jobs->kill_us = 0;
    jobs->cancelled = jobs->lost = false;
}

/* Nobody wants what was cancelled to go on. */
static void drop_unfinished(const reel_jobs *jobs)
{
    char *folder = jobs->models_dir[0] != '\0'
                       ? reel__strdup(jobs->models_dir)
                       : reel__usual_dir(reel__store_path(jobs->opts.store), "models");

    if (folder != NULL)
        reel__unfinished_remove(folder);
    reel__free(folder);
}

static void finish(reel_jobs *jobs, int status)
{
    const reel_job job = outcome(jobs, status);

    reel__jobs_count(jobs, &job); /* first: who learns of the end finds it counted */
    while (!jobs->lost && !keep_outcome(jobs, &job)) {
        bool closing;

        pthread_mutex_lock(&jobs->lock);
        closing = jobs->closing;
        pthread_mutex_unlock(&jobs->lock);
        if (closing)
            break;
        (void)nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
    }
    if (jobs->trains && job.state == REEL_JOB_CANCELLED)
        drop_unfinished(jobs);
    reel__jobs_note(jobs, "job %lld: %s%s%s", (long long)job.id, reel__job_state_name(job.state),
                    job.reason[0] == '\0' ? "" : ": ", job.reason);
    if (jobs->loads && jobs->opts.reload != NULL)
        reel__reload_ask(jobs->opts.reload);
    else if (job.state == REEL_JOB_DONE && jobs->opts.reload != NULL)
        reel__reload_look(jobs->opts.reload);
    forget(jobs);
    jobs->watch_us = reel__clock_steady_us(); /* who looks on learns of it now */
    jobs->look_us = jobs->watch_us;           /* and so does the next */
}

/* ---- while one runs ------------------------------------------------------------------------ */

static void begin_end(reel_jobs *jobs)
{
    if (jobs->kill_us != 0)
        return;
    reel__child_signal(&jobs->child, SIGTERM);
    jobs->kill_us = in_ms(GRACE_MS);
}

static void beat(reel_jobs *jobs)
{
    const reel_job_beat now = {.id = jobs->id,
                               .owner = jobs->owner,
                               .progress = jobs->child.progress,
                               .step = jobs->child.step,
                               .log = log_of(&jobs->child)};
    bool held = false, cancel = false;
    reel_err err = {0};

    jobs->beat_us = in_ms(jobs->opts.beat_ms);
    if (!reel__jobs_answers(
            jobs, reel__store_beat_job(jobs->opts.store, &now, &held, &cancel, &err), &err))
        return;
    jobs->lost = !held;
    jobs->cancelled = cancel;
    if (!held || cancel)
        begin_end(jobs);
}

static void attend(reel_jobs *jobs)
{
    int status = 0;

    reel__child_read(&jobs->child);
    if (reel__child_ended(&jobs->child, &status)) {
        finish(jobs, status);
        return;
    }
    if (is_due(jobs->beat_us))
        beat(jobs);
    if (is_due(jobs->kill_us))
        reel__child_signal(&jobs->child, SIGKILL);
}

/* ---- the next one -------------------------------------------------------------------------- */

typedef struct wanted {
    char kind[REEL_JOB_KIND], model[REEL_JOB_MODEL];
    reel_buf parameters;
} wanted;

static bool take_wanted(void *user, const reel_job *job)
{
    wanted *w = user;

    (void)snprintf(w->kind, sizeof w->kind, "%s", job->kind);
    (void)snprintf(w->model, sizeof w->model, "%s", job->model);
    reel__buf_text(&w->parameters, job->parameters);
    return false;
}

static reel_code start(reel_jobs *jobs, reel_err *err)
{
    const reel_job_filter filter = {.id = jobs->id, .limit = 1};
    wanted w = {.model = ""};
    reel_child_opts opts = {.program = jobs->program,
                            .database = jobs->database,
                            .models_dir = jobs->models_dir,
                            .memory = jobs->opts.memory};
    reel_code rc;

    reel__buf_init(&w.parameters, REEL_JOB_LINE);
    REEL_TRY(reel__store_scan_jobs(jobs->opts.store, &filter, take_wanted, &w, err));
    REEL_TRY(reel__buf_check(&w.parameters, err));
    jobs->trains = strcmp(w.kind, "train") == 0;
    jobs->loads = strcmp(w.kind, "enrich") == 0;
    (void)snprintf(jobs->model, sizeof jobs->model, "%s", w.model);
    opts.kind = w.kind;
    opts.model = w.model;
    opts.parameters = w.parameters.length == 0 ? "{}" : w.parameters.data;
    rc = reel__child_start(&jobs->child, &opts, err);
out:
    reel__buf_fini(&w.parameters);
    return rc;
}

static void claim(reel_jobs *jobs)
{
    reel_err err = {0};

    jobs->look_us = in_ms(LOOK_MS);
    if (!reel__jobs_answers(jobs,
                            reel__store_claim_job(jobs->opts.store, jobs->owner,
                                                  reel__clock_now_ms(), &jobs->id, &err),
                            &err) ||
        jobs->id == 0)
        return;
    reel__jobs_note(jobs, "job %lld: begun", (long long)jobs->id);
    jobs->beat_us = in_ms(jobs->opts.beat_ms);
    reel__child_fini(&jobs->child); /* what the one before said is not this one's */
    reel__child_init(&jobs->child);
    if (start(jobs, &err) != REEL_OK) {
        (void)snprintf(jobs->child.code, sizeof jobs->child.code, "%s", reel_code_name(err.code));
        (void)snprintf(jobs->child.reason, sizeof jobs->child.reason, "%.500s", err.msg);
        reel__child_trim(jobs->child.reason);
        finish(jobs, 1 << 8);
    }
}

/* ---- what others run ----------------------------------------------------------------------- */

typedef struct standing {
    reel_job job;
    char owner[REEL_JOB_OWNER];
    bool found;
} standing;

static bool take_standing(void *user, const reel_job *job)
{
    standing *s = user;

    s->found = true;
    s->job = (reel_job){.id = job->id, .beat = job->beat};
    (void)snprintf(s->owner, sizeof s->owner, "%s", job->owner);
    return false;
}

static void abandon(reel_jobs *jobs)
{
    reel_err err = {0};

    jobs->stranger.owner = jobs->stranger_owner;
    if (reel__jobs_answers(
            jobs,
            reel__store_abandon_job(jobs->opts.store, &jobs->stranger, reel__clock_now_ms(), &err),
            &err))
        reel__jobs_note(jobs, "job %lld: failed: its server no longer answers",
                        (long long)jobs->stranger.id);
    jobs->stranger = (reel_job){.id = 0};
}

static void look_at_others(reel_jobs *jobs)
{
    const reel_job_filter filter = {.running = true, .limit = 1};
    standing now = {.found = false};
    reel_err err = {0};

    if (!reel__jobs_answers(
            jobs, reel__store_scan_jobs(jobs->opts.store, &filter, take_standing, &now, &err),
            &err))
        return;
    if (!now.found) {
        jobs->stranger = (reel_job){.id = 0};
        return;
    }
    if (now.job.id != jobs->stranger.id || now.job.beat != jobs->stranger.beat ||
        strcmp(now.owner, jobs->stranger_owner) != 0) {
        jobs->stranger = now.job;
        (void)snprintf(jobs->stranger_owner, sizeof jobs->stranger_owner, "%s", now.owner);
        jobs->stranger_us = in_ms(jobs->opts.alone ? 0 : jobs->opts.patience_ms);
    }
    if (is_due(jobs->stranger_us))
        abandon(jobs);
}

/* ---- the thread ---------------------------------------------------------------------------- */

static bool is_watched(reel_jobs *jobs)
{
    bool watched;

    pthread_mutex_lock(&jobs->lock);
    watched = jobs->watches != NULL;
    pthread_mutex_unlock(&jobs->lock);
    return watched;
}

/* Until the child says something, someone asks, or something is due. */
static void wait_for_work(reel_jobs *jobs)
{
    struct pollfd ends[3] = {{.fd = jobs->wake[0], .events = POLLIN},
                             {.fd = jobs->child.out, .events = POLLIN},
                             {.fd = jobs->child.log, .events = POLLIN}};
    const bool running = jobs->id != 0;
    const int most = is_watched(jobs) ? WATCH_MS : running ? jobs->opts.beat_ms : LOOK_MS;
    char bytes[64];

    /* A child that closed its output and goes on is looked at now and then. */
    (void)poll(ends, 3, running && ends[1].fd < 0 ? 20 : most);
    if ((ends[0].revents & POLLIN) == 0)
        return;
    while (read(jobs->wake[0], bytes, sizeof bytes) > 0)
        continue;
    jobs->look_us = jobs->watch_us = reel__clock_steady_us();
    if (running)
        jobs->beat_us = jobs->look_us;
}

static void work(reel_jobs *jobs)
{
    if (jobs->id != 0)
        attend(jobs);
    reel__plan_look(jobs);
    reel__online_look(jobs);
    reel__sweep_look(jobs);
    if (jobs->id == 0 && is_due(jobs->look_us)) {
        look_at_others(jobs);
        claim(jobs);
    }
    if (is_due(jobs->watch_us)) {
        jobs->watch_us = in_ms(WATCH_MS);
        reel__watches_refresh(jobs);
    }
}

/* Give back what runs, so that the next server begins it anew. */
static void give_back(reel_jobs *jobs)
{
    const reel_job job = {.id = jobs->id,
                          .owner = jobs->owner,
                          .state = REEL_JOB_QUEUED,
                          .step = "",
                          .code = "",
                          .reason = "",
                          .result = ""};
    int status = 0;

    if (jobs->id == 0)
        return;
    begin_end(jobs);
    while (!reel__child_ended(&jobs->child, &status)) {
        reel__child_read(&jobs->child); /* with its pipe full it could not end */
        if (is_due(jobs->kill_us))
            reel__child_signal(&jobs->child, SIGKILL);
        (void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    if (jobs->cancelled || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        finish(jobs, status);
    else if (!jobs->lost && keep_outcome(jobs, &job))
        reel__jobs_note(jobs, "job %lld: waits for the next server", (long long)job.id);
}

static void *run(void *argument)
{
    reel_jobs *jobs = argument;
    bool closing = false;

    jobs->look_us = jobs->watch_us = reel__clock_steady_us();
    jobs->online_us = jobs->look_us + (int64_t)jobs->opts.online_ms * 1000;
    reel__plan_begin(jobs);
    while (!closing) {
        work(jobs);
        wait_for_work(jobs);
        pthread_mutex_lock(&jobs->lock);
        closing = jobs->closing;
        pthread_mutex_unlock(&jobs->lock);
    }
    give_back(jobs);
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------------- */

void reel__jobs_look(reel_jobs *jobs)
{
    if (jobs != NULL)
        (void)!write(jobs->wake[1], "l", 1); /* a full pipe says it already */
}

static reel_code take_texts(reel_jobs *jobs, const reel_jobs_opts *opts, reel_err *err)
{
    jobs->database = reel__strdup(opts->database);
    jobs->models_dir = reel__strdup(opts->models_dir == NULL ? "" : opts->models_dir);
    jobs->program = reel__strdup(opts->program == NULL ? "/proc/self/exe" : opts->program);
    return jobs->database != NULL && jobs->models_dir != NULL && jobs->program != NULL
               ? REEL_OK
               : reel_fail(err, REEL_E_NOMEM, "out of memory for jobs");
}

reel_code reel__jobs_open(reel_jobs **out, const reel_jobs_opts *opts, reel_err *err)
{
    reel_jobs *jobs = reel__alloc_zero(1, sizeof *jobs);
    int error;
    reel_code rc;

    *out = NULL;
    if (jobs == NULL || pthread_mutex_init(&jobs->lock, NULL) != 0) {
        reel__free(jobs);
        return reel_fail(err, REEL_E_NOMEM, "out of memory for jobs");
    }
    reel__child_init(&jobs->child);
    reel__jobs_begin_facts(jobs);
    jobs->wake[0] = jobs->wake[1] = -1;
    jobs->opts = *opts;
    jobs->opts.forget_after = opts->forget_after > 0 ? opts->forget_after : REEL_FORGET_AFTER_S;
    jobs->opts.online_ms = opts->online_ms > 0 ? opts->online_ms : ONLINE_MS;
    jobs->opts.beat_ms = opts->beat_ms > 0 ? opts->beat_ms : BEAT_MS;
    jobs->opts.patience_ms = opts->patience_ms > 0 ? opts->patience_ms : PATIENCE_MS;
    REEL_TRY(take_texts(jobs, opts, err));
    /* Another one for each start: an older self is a stranger. */
    REEL_TRY(reel__random_name(jobs->owner, err));
    if (pipe2(jobs->wake, O_CLOEXEC | O_NONBLOCK) != 0)
        REEL_TRY(reel_fail(err, REEL_E_STORE, "no pipe for jobs: %s", strerror(errno)));
    error = reel__thread_start(&jobs->thread, run, jobs);
    if (error != 0)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no thread for jobs: %s", strerror(error)));
    jobs->started = true;
    *out = jobs;
    jobs = NULL;
out:
    reel__jobs_close(jobs);
    return rc;
}

void reel__jobs_close(reel_jobs *jobs)
{
    if (jobs == NULL)
        return;
    if (jobs->started) {
        pthread_mutex_lock(&jobs->lock);
        jobs->closing = true;
        pthread_mutex_unlock(&jobs->lock);
        reel__jobs_look(jobs);
        (void)pthread_join(jobs->thread, NULL);
    }
    for (int i = 0; i < 2; i++)
        if (jobs->wake[i] >= 0)
            (void)close(jobs->wake[i]);
    reel__child_fini(&jobs->child);
    pthread_mutex_destroy(&jobs->lock);
    reel__free(jobs->database);
    reel__free(jobs->models_dir);
    reel__free(jobs->program);
    reel__free(jobs);
}
