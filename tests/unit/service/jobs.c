/* Jobs done by child processes, which here are small scripts: what comes of one that works, fails,
 * is killed or cancelled; what a server that died left behind; two servers over one store; and
 * watching.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "service/operation/jobs.h"
#include "store/accounts.h"
#include "store/jobs.h"
#include "store/unlearning.h"
#include "store/versions.h"
#include "support/world.h"

enum { PATIENCE_MS = 15000, BEAT_MS = 20, WAIT_MS = 300, TEXT = 1 << 16 };

static reel_store *store;
static char database[TEMP_PATH], program[TEMP_PATH];

static int set_up(void **state)
{
    const reel_store_opts opts = {.create = true};
    reel_err err = {0};

    (void)state;
    (void)snprintf(database, sizeof database, "%s", temp_path("jobs.db"));
    assert_ok(reel__store_open(&store, database, &opts, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__store_close(store);
    return 0;
}

/* ---- scripts in the place of the program --------------------------------------------------- */

#define STEP   "echo '{\"step\":\"training ease\",\"progress\":0.5}'\n"
#define RESULT "echo '{\"result\":{\"models\":[\"ease-1\"]}}'\n"

static void program_is(const char *body)
{
    static int number;
    char name[32];
    FILE *file;

    (void)snprintf(name, sizeof name, "program%d", number++);
    (void)snprintf(program, sizeof program, "%s", temp_path(name));
    file = fopen(program, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "#!/bin/sh\n%s", body) > 0);
    assert_int_equal(fchmod(fileno(file), 0755), 0);
    assert_int_equal(fclose(file), 0);
}

static reel_jobs *open_jobs(bool alone)
{
    const reel_jobs_opts opts = {.store = store,
                                 .database = database,
                                 .models_dir = "models",
                                 .program = program,
                                 .alone = alone,
                                 .memory = INT64_C(3) << 30,
                                 .beat_ms = BEAT_MS,
                                 .patience_ms = WAIT_MS};
    reel_jobs *jobs = NULL;
    reel_err err = {0};

    assert_ok(reel__jobs_open(&jobs, &opts, &err));
    return jobs;
}

/* ---- asking -------------------------------------------------------------------------------- */

static int64_t ask(reel_jobs *jobs, const char *body)
{
    int64_t id = 0;
    reel_err err = {0};

    assert_ok(reel__job_ask(store, body, strlen(body), "a test", &id, &err));
    reel__jobs_look(jobs);
    return id;
}

static json_t *job_of(int64_t id)
{
    reel_buf text;
    reel_json json;
    json_t *out = NULL;
    reel_err err = {0};

    reel__buf_init(&text, TEXT);
    reel__json_init(&json, &text);
    assert_ok(reel__job_write(&json, store, id, NULL, &err));
    assert_ok(reel__json_parse(&out, text.data, text.length, 16, &err));
    reel__buf_fini(&text);
    return out;
}

/* A text of it: "state", or "error.detail"; kept until the next question. */
static const char *said_of(int64_t id, const char *what)
{
    static char said[600];
    json_t *job = job_of(id);
    const bool inside = strncmp(what, "error.", 6) == 0;
    const json_t *at = inside ? json_object_get(job, "error") : job;
    const char *text = json_string_value(json_object_get(at, inside ? what + 6 : what));

    (void)snprintf(said, sizeof said, "%s", text == NULL ? "-" : text);
    json_decref(job);
    return said;
}

static double progress_of(int64_t id)
{
    json_t *job = job_of(id);
    const double progress = json_number_value(json_object_get(job, "progress"));

    json_decref(job);
    return progress;
}

static void wait_until(int64_t id, const char *state)
{
    for (int ms = 0; ms < PATIENCE_MS && strcmp(said_of(id, "state"), state) != 0; ms += 2)
        (void)usleep(2000);
    if (strcmp(said_of(id, "state"), state) != 0)
        fail_msg("job %d never was %s: %s %s", (int)id, state, said_of(id, "state"),
                 said_of(id, "error.detail"));
}

static void assert_says(int64_t id, const char *what, const char *part)
{
    if (strstr(said_of(id, what), part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", said_of(id, what), part);
}

/* ---- asked for by itself ------------------------------------------------------------------- */

static reel_jobs *open_planned(reel_store *over, const char *schedule, int64_t after)
{
    reel_jobs_opts opts = {.store = over,
                           .database = database,
                           .models_dir = "models",
                           .program = program,
                           .plan = {.scheduled = schedule != NULL, .after = after},
                           .beat_ms = BEAT_MS,
                           .patience_ms = PATIENCE_MS};
    reel_jobs *jobs = NULL;
    reel_err err = {0};

    if (schedule != NULL)
        assert_ok(reel__cron_parse(&opts.plan.schedule, schedule, &err));
    assert_ok(reel__jobs_open(&jobs, &opts, &err));
    return jobs;
}

static int64_t newest_job(void)
{
    reel_buf out;
    reel_json json;
    json_t *list = NULL;
    int64_t next, id;
    reel_err err = {0};

    reel__buf_init(&out, 1 << 20);
    reel__json_init(&json, &out);
    reel__json_array(&json);
    assert_ok(reel__jobs_write(&json, store, 0, 1, &next, &err));
    reel__json_array_end(&json);
    assert_ok(reel__json_parse(&list, out.data, out.length, 16, &err));
    id = json_integer_value(json_object_get(json_array_get(list, 0), "id"));
    json_decref(list);
    reel__buf_fini(&out);
    return id;
}

static void wait_for_job_after(int64_t id)
{
    for (int ms = 0; ms < PATIENCE_MS && newest_job() == id; ms += 2)
        (void)usleep(2000);
    assert_true(newest_job() > id);
}

static int64_t planned_by(reel_jobs *jobs)
{
    return reel__jobs_facts(jobs).planned;
}

/* Two servers over one store, and a minute that comes: one job. */
static void the_schedule_asks_once(void **state)
{
    const int64_t noon = INT64_C(1795694400); /* 2026-11-26 12:00 UTC */
    reel_store *other = NULL;
    reel_jobs *jobs[2];
    int64_t before, id;
    reel_err err = {0};

    (void)state;
    program_is(STEP RESULT);
    before = newest_job();
    assert_ok(reel__store_open(&other, database, NULL, &err));
    reel__clock_set_for_test((noon - 30) * 1000);
    jobs[0] = open_planned(store, "* * * * *", 0);
    jobs[1] = open_planned(other, "* * * * *", 0);
    for (int i = 0; i < 2; i++)
        while (reel__jobs_facts(jobs[i]).next_training != noon)
            (void)usleep(1000);
    reel__clock_set_for_test((noon + 5) * 1000);
    for (int i = 0; i < 2; i++) {
        reel__jobs_look(jobs[i]);
        while (reel__jobs_facts(jobs[i]).next_training != noon + 60)
            (void)usleep(1000);
    }
    assert_int_equal(planned_by(jobs[0]) + planned_by(jobs[1]), 1);
    id = newest_job();
    assert_int_equal(id, before + 1);
    assert_says(id, "asked_by", "the schedule");
    wait_until(id, "done");
    reel__clock_set_for_test(-1);
    reel__jobs_close(jobs[0]);
    reel__jobs_close(jobs[1]);
    reel__store_close(other);
}

/* The clock is put forward a day, and back: the schedule follows, and asks for no minute twice. */
static void the_schedule_follows_the_clock(void **state)
{
    const int64_t noon = INT64_C(1795780800); /* 2026-11-27 12:00 UTC */
    static const int64_t moves[] = {30, 86400 + 30, 30, -3600};
    reel_jobs *jobs;

    (void)state;
    program_is(STEP RESULT);
    reel__clock_set_for_test((noon - 30) * 1000);
    jobs = open_planned(store, "* * * * *", 0);
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        const int64_t now = noon + moves[i], next = (now / 60 + 1) * 60;

        while (reel__jobs_facts(jobs).next_training == 0)
            (void)usleep(1000);
        reel__clock_set_for_test(now * 1000);
        for (int ms = 0; ms < PATIENCE_MS && reel__jobs_facts(jobs).next_training != next; ms++) {
            reel__jobs_look(jobs);
            (void)usleep(1000);
        }
        assert_int_equal(reel__jobs_facts(jobs).next_training, next);
    }
    assert_int_equal(planned_by(jobs), 2); /* of noon, and of the day after */
    reel__clock_set_for_test(-1);
    reel__jobs_close(jobs);
}

static void give(int64_t first, int count)
{
    reel_given_row rows[20];
    reel_err err = {0};

    for (int i = 0; i < count; i++)
        rows[i] = (reel_given_row){
            .person = 5, .movie = first + i, .kind = REEL_GIVEN_RATING, .value = 4};
    assert_ok(reel__store_put_given(store, rows, (size_t)count, &err));
}

static void many_new_ratings_ask_for_a_training(void **state)
{
    reel_jobs *jobs;
    int64_t before;

    (void)state;
    program_is(STEP RESULT);
    jobs = open_planned(store, NULL, 0);
    (void)ask(jobs, "{\"kind\":\"train\"}"); /* counted from here */
    before = newest_job();
    wait_until(before, "done");
    reel__jobs_close(jobs);
    give(100, 9);
    jobs = open_planned(store, NULL, 10);
    while (reel__jobs_facts(jobs).new_ratings != 9)
        (void)usleep(1000);
    assert_int_equal(newest_job(), before);
    reel__jobs_close(jobs);
    give(109, 1);
    jobs = open_planned(store, NULL, 10);
    wait_for_job_after(before);
    assert_says(before + 1, "asked_by", "10 new ratings");
    wait_until(before + 1, "done");
    reel__jobs_close(jobs);
    jobs = open_planned(store, NULL, 10); /* and are new no longer */
    while (reel__jobs_facts(jobs).new_ratings != 0)
        (void)usleep(1000);
    reel__jobs_close(jobs);
    assert_int_equal(newest_job(), before + 1);
}

static void delete_somebody(const char *name)
{
    reel_account account = {.role = REEL_ROLE_PERSON};
    reel_err err = {0};

    (void)snprintf(account.name, sizeof account.name, "%s", name);
    (void)snprintf(account.folded, sizeof account.folded, "%s", name);
    assert_ok(reel__store_add_account(store, &account, &err));
    assert_ok(reel__store_delete_account(store, account.id, true, &err));
}

/* Once for all who went, when the first has waited for long; and once more where that failed. */
static void who_is_gone_is_forgotten_in_time(void **state)
{
    const int64_t noon = INT64_C(1795780800), before = newest_job();
    reel_jobs *jobs;
    reel_err err = {0};

    (void)state;
    program_is(STEP RESULT);
    reel__clock_set_for_test(noon * 1000);
    delete_somebody("ana");
    reel__clock_set_for_test((noon + 3600) * 1000);
    delete_somebody("bob");
    reel__clock_set_for_test((noon + REEL_FORGET_AFTER_S - 1) * 1000);
    jobs = open_planned(store, NULL, 0);
    while (reel__jobs_facts(jobs).unlearning != 2)
        (void)usleep(1000);
    reel__jobs_close(jobs);
    assert_int_equal(newest_job(), before);
    for (int hour = 0; hour < 2; hour++) { /* this program forgets nobody */
        reel__clock_set_for_test((noon + REEL_FORGET_AFTER_S + 3600 * hour) * 1000);
        jobs = open_planned(store, NULL, 0);
        wait_for_job_after(before + hour);
        wait_until(before + hour + 1, "done");
        assert_says(before + hour + 1, "kind", "forget");
        assert_says(before + hour + 1, "asked_by", "2 deleted accounts");
        reel__jobs_close(jobs);
    }
    assert_ok(reel__unlearning_begin(store, "this test", &err));
    assert_ok(reel__unlearning_end(store, "this test", &err));
    reel__clock_set_for_test(-1);
}

/* What was counted of the trainings of a model. */
static const reel_train_facts *trained(const reel_jobs *jobs, const char *model)
{
    const reel_train_facts *facts;

    for (size_t i = 0; (facts = reel__jobs_trained(jobs, i)) != NULL; i++)
        if (strcmp(facts->model, model) == 0)
            return facts;
    fail_msg("nothing is counted of %s", model);
    return NULL;
}

static uint64_t failed(const reel_jobs *jobs, const char *model, const char *reason)
{
    const char *name;

    for (size_t i = 0; (name = reel__train_reason(i)) != NULL; i++)
        if (strcmp(name, reason) == 0)
            return atomic_load(&trained(jobs, model)->failures[i]);
    fail_msg("%s is no reason", reason);
    return 0;
}

/* ---- how one ends -------------------------------------------------------------------------- */

static void what_works_is_done(void **state)
{
    reel_jobs *jobs;
    int64_t id;
    reel_buf log;
    json_t *job;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__store_add_version(store,
                                      &(reel_version_record){.model_id = "ease-1",
                                                             .name = "ease",
                                                             .data_hash = "",
                                                             .parameters = "{}",
                                                             .card = "",
                                                             .reason = "",
                                                             .milliseconds = 1500},
                                      &err));
    program_is("echo \"$@\" >&2\necho \"$REEL_DATABASE_URL\" >&2\n" STEP "echo no JSON\n" RESULT);
    jobs = open_jobs(true);
    id = ask(jobs,
             "{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":300},\"accept\":true}");
    wait_until(id, "done");
    job = job_of(id);
    assert_true(json_number_value(json_object_get(job, "progress")) == 1);
    assert_string_equal(json_string_value(json_array_get(
                            json_object_get(json_object_get(job, "result"), "models"), 0)),
                        "ease-1");
    assert_string_equal(json_string_value(json_object_get(job, "asked_by")), "a test");
    assert_true(json_is_null(json_object_get(job, "error")));
    json_decref(job);
    reel__buf_init(&log, TEXT);
    assert_ok(reel__job_log(&log, store, id, &err));
    assert_non_null(strstr(log.data, "train --resume --progress-json --models models --model ease "
                                     "--param lambda=300 --accept\n"));
    assert_non_null(strstr(log.data, database));
    reel__buf_fini(&log);
    assert_int_equal(reel__histogram_count(&trained(jobs, "ease")->durations), 1);
    assert_true(atomic_load(&trained(jobs, "ease")->durations.nanoseconds) == 1500000000);
    reel__jobs_close(jobs);
}

/* Its words, a result of any shape, and that it may use no more than is left to it. */
static void an_evaluation_is_told_what_to_measure(void **state)
{
    reel_jobs *jobs;
    int64_t id;
    reel_buf log;
    json_t *job;
    const json_t *model, *ndcg;
    reel_err err = {0};

    (void)state;
    program_is("echo \"$@\" >&2\nulimit -v >&2\nnice >&2\n"
               "echo '{\"result\":{\"models\":[{\"name\":\"ease\",\"ndcg\":[0.5,null,true]}]}}'\n");
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"evaluate\",\"model\":\"ease,ials\",\"params\":"
                   "{\"protocol\":\"last\",\"seed\":7}}");
    wait_until(id, "done");
    job = job_of(id);
    assert_string_equal(json_string_value(json_object_get(job, "kind")), "evaluate");
    model = json_array_get(json_object_get(json_object_get(job, "result"), "models"), 0);
    ndcg = json_object_get(model, "ndcg");
    assert_string_equal(json_string_value(json_object_get(model, "name")), "ease");
    assert_true(json_number_value(json_array_get(ndcg, 0)) == 0.5);
    assert_true(json_is_null(json_array_get(ndcg, 1)) && json_is_true(json_array_get(ndcg, 2)));
    json_decref(job);
    reel__buf_init(&log, TEXT);
    assert_ok(reel__job_log(&log, store, id, &err));
    assert_string_equal(log.data,
                        "evaluate --progress-json --model ease,ials --protocol=last --seed=7\n"
                        "3145728\n10\n");
    reel__buf_fini(&log);
    reel__jobs_close(jobs);
}

static void what_fails_says_why(void **state)
{
    reel_jobs *jobs;
    int64_t id;

    (void)state;
    program_is(
        "echo '{\"error\":{\"code\":\"E_BUDGET\",\"detail\":\"too little memory\"}}'\nexit 4\n");
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    wait_until(id, "failed");
    assert_string_equal(said_of(id, "error.code"), "E_BUDGET");
    assert_string_equal(said_of(id, "error.detail"), "too little memory");
    assert_int_equal(failed(jobs, "all", "E_BUDGET"), 1);
    assert_int_equal(failed(jobs, "all", "E_GONE"), 0);
    reel__jobs_close(jobs);
    program_is("echo one >&2\necho the last word >&2\nexit 3\n");
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    wait_until(id, "failed");
    assert_says(id, "error.detail", "ended with status 3: the last word");
    reel__jobs_close(jobs);
    program_is("printf 'f\\377ilm\\303' >&2\nexit 3\n"); /* no text a database would take */
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    wait_until(id, "failed");
    assert_says(id, "error.detail", "ended with status 3: f?ilm?");
    reel__jobs_close(jobs);
    (void)snprintf(program, sizeof program, "%s", temp_path("nothing"));
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    wait_until(id, "failed");
    assert_says(id, "error.detail", "could not be started");
    reel__jobs_close(jobs);
}

static void what_is_killed_has_failed(void **state)
{
    reel_jobs *jobs;
    int64_t id;

    (void)state;
    program_is(STEP "kill -9 $$\n");
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\",\"model\":\"ials\"}");
    wait_until(id, "failed");
    assert_int_equal(failed(jobs, "ials", "E_GONE"), 1);
    assert_says(id, "error.detail", "killed by signal 9");
    assert_string_equal(said_of(id, "step"), "training ease");
    reel__jobs_close(jobs);
}

/* Even one that does not listen, with a child of its own. */
static void what_is_cancelled_ends_soon(void **state)
{
    reel_jobs *jobs;
    int64_t id, began;
    reel_err err = {0};

    (void)state;
    program_is("trap '' TERM\n" STEP "sleep 60 &\nwait\nwait\nsleep 60\n");
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    while (progress_of(id) < 0.5)
        (void)usleep(2000);
    began = reel__clock_steady_us();
    assert_ok(reel__job_cancel(store, id, &err));
    reel__jobs_look(jobs);
    wait_until(id, "cancelled");
    assert_true(reel__clock_steady_us() - began < 2000000);
    assert_fails(reel__job_cancel(store, id, &err), REEL_E_CONFLICT, "has ended");
    assert_fails(reel__job_cancel(store, 4711, &err), REEL_E_NOTFOUND, "no job 4711");
    reel__jobs_close(jobs);
}

/* ---- servers that come and go -------------------------------------------------------------- */

static int64_t left_behind(void)
{
    int64_t id = ask(NULL, "{\"kind\":\"train\"}"), claimed = 0;
    reel_err err = {0};

    assert_ok(reel__store_claim_job(store, "a ghost", 1, &claimed, &err));
    assert_int_equal(claimed, id);
    return id;
}

static void what_was_left_behind_has_failed(void **state)
{
    const reel_job_beat beat = {.owner = "a ghost", .step = ""};
    reel_job_beat now = beat;
    bool held = true, cancel = false;
    reel_jobs *jobs;
    int64_t id = left_behind();
    reel_err err = {0};

    (void)state;
    program_is(RESULT);
    jobs = open_jobs(true);
    wait_until(id, "failed");
    assert_string_equal(said_of(id, "error.code"), "E_GONE");
    reel__jobs_close(jobs);
    /* Of another server: not before its beat stood still for a while. */
    now.id = id = left_behind();
    jobs = open_jobs(false);
    for (int i = 0; i < 2 * WAIT_MS / BEAT_MS; i++) {
        assert_ok(reel__store_beat_job(store, &now, &held, &cancel, &err));
        assert_true(held);
        (void)usleep(BEAT_MS * 1000);
        reel__jobs_look(jobs);
    }
    assert_string_equal(said_of(id, "state"), "running");
    for (int ms = 0; ms < PATIENCE_MS && strcmp(said_of(id, "state"), "running") == 0; ms += 20) {
        reel__jobs_look(jobs);
        (void)usleep(20000);
    }
    assert_string_equal(said_of(id, "state"), "failed");
    reel__jobs_close(jobs);
}

static void a_server_that_stops_gives_back(void **state)
{
    reel_jobs *jobs;
    int64_t id;

    (void)state;
    program_is(STEP "sleep 60\n");
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    while (progress_of(id) < 0.5)
        (void)usleep(2000);
    reel__jobs_close(jobs);
    assert_string_equal(said_of(id, "state"), "queued");
    program_is(RESULT);
    jobs = open_jobs(true);
    wait_until(id, "done");
    reel__jobs_close(jobs);
}

/* Each job once, and never two at a time: the script would notice. */
static void two_servers_take_turns(void **state)
{
    reel_jobs *one, *other;
    char body[TEMP_PATH * 2 + 64];
    int64_t ids[6];

    (void)state;
    (void)snprintf(body, sizeof body, "mkdir '%s' || exit 1\nsleep 0.05\nrmdir '%s'\n" RESULT,
                   temp_path("only-one"), temp_path("only-one"));
    program_is(body);
    one = open_jobs(false);
    other = open_jobs(false);
    for (size_t i = 0; i < 6; i++) {
        ids[i] = ask(one, "{\"kind\":\"train\"}");
        reel__jobs_look(other);
    }
    for (size_t i = 0; i < 6; i++)
        wait_until(ids[i], "done");
    reel__jobs_close(one);
    reel__jobs_close(other);
}

/* ---- watching ------------------------------------------------------------------------------ */

typedef struct sleeper {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool asleep;
} sleeper;

static void fall_asleep(void *user)
{
    sleeper *s = user;

    pthread_mutex_lock(&s->lock);
    s->asleep = true;
    pthread_mutex_unlock(&s->lock);
}

static void wake_up(void *user)
{
    sleeper *s = user;

    pthread_mutex_lock(&s->lock);
    s->asleep = false;
    pthread_cond_signal(&s->woken);
    pthread_mutex_unlock(&s->lock);
}

/* Everything a watch says to its end. */
static void read_all(reel_watch *watch, reel_buf *out)
{
    sleeper s = {.lock = PTHREAD_MUTEX_INITIALIZER, .woken = PTHREAD_COND_INITIALIZER};
    const reel_waiter waiter = {fall_asleep, wake_up, &s};

    for (;;) {
        const reel_watch_state state = reel__watch_next(watch, out, &waiter);

        if (state == REEL_WATCH_OVER)
            return;
        pthread_mutex_lock(&s.lock);
        while (state == REEL_WATCH_WAIT && s.asleep)
            pthread_cond_wait(&s.woken, &s.lock);
        pthread_mutex_unlock(&s.lock);
    }
}

static void watches_see_it_to_its_end(void **state)
{
    reel_jobs *jobs;
    reel_watch *watch = NULL, *late = NULL;
    reel_buf text;
    int64_t id;
    reel_err err = {0};

    (void)state;
    program_is(STEP "sleep 0.6\n" RESULT);
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    assert_ok(reel__watch_open(&watch, jobs, id, &err));
    reel__buf_init(&text, TEXT);
    read_all(watch, &text);
    assert_int_equal(strncmp(text.data, "event: progress\ndata: {\"id\":", 28), 0);
    assert_non_null(strstr(text.data, "\"step\":\"training ease\""));
    assert_non_null(strstr(text.data, "\n\nevent: end\ndata: {\"id\":"));
    reel__watch_close(watch);
    /* Who comes late sees the end alone. */
    reel__buf_clear(&text);
    assert_ok(reel__watch_open(&late, jobs, id, &err));
    read_all(late, &text);
    assert_int_equal(strncmp(text.data, "event: end\n", 11), 0);
    reel__watch_close(late);
    reel__buf_fini(&text);
    assert_fails(reel__watch_open(&watch, jobs, 4711, &err), REEL_E_NOTFOUND, "no job 4711");
    reel__jobs_close(jobs);
}

static void watches_end_with_the_server(void **state)
{
    reel_watch *watches[257] = {NULL};
    reel_jobs *jobs;
    reel_buf text;
    int64_t id;
    reel_err err = {0};

    (void)state;
    program_is("sleep 60\n");
    jobs = open_jobs(true);
    id = ask(jobs, "{\"kind\":\"train\"}");
    for (size_t i = 0; i < 256; i++)
        assert_ok(reel__watch_open(&watches[i], jobs, id, &err));
    assert_fails(reel__watch_open(&watches[256], jobs, id, &err), REEL_E_BUSY,
                 "watch jobs already");
    reel__jobs_end_watches(jobs);
    reel__buf_init(&text, TEXT * 16);
    for (size_t i = 0; i < 256; i++) {
        read_all(watches[i], &text);
        reel__watch_close(watches[i]);
    }
    reel__buf_fini(&text);
    assert_fails(reel__watch_open(&watches[0], jobs, id, &err), REEL_E_BUSY, "");
    assert_ok(reel__job_cancel(store, id, &err));
    reel__jobs_look(jobs);
    wait_until(id, "cancelled");
    reel__jobs_close(jobs);
}

/* ---- what is asked for --------------------------------------------------------------------- */

static void what_is_wrong_is_refused(void **state)
{
    static const struct {
        const char *body;
        reel_code code;
        const char *part;
    } bad[] = {
        {"", REEL_E_SYNTAX, ""},
        {"[]", REEL_E_INVALID, "expected a JSON object"},
        {"{\"kind\":\"forget\",\"model\":\"ease\"}", REEL_E_INVALID, "forget: takes neither"},
        {"{\"kind\":\"forget\",\"params\":{\"k\":1}}", REEL_E_INVALID, "takes neither"},
        {"{}", REEL_E_INVALID, "kind: expected \"train\", \"evaluate\", \"enrich\" or \"forget\""},
        {"{\"kind\":\"evaluate\",\"params\":{\"database\":\"x\"}}", REEL_E_INVALID, "protocol"},
        {"{\"kind\":\"evaluate\",\"params\":{\"save-candidates\":\"x\"}}", REEL_E_INVALID,
         "save-candidates"},
        {"{\"kind\":\"dance\"}", REEL_E_INVALID, "kind"},
        {"{\"kind\":1}", REEL_E_INVALID, "kind"},
        {"{\"kind\":\"train\",\"modl\":\"ease\"}", REEL_E_INVALID,
         "modl: there is no such member; did you mean model?"},
        {"{\"kind\":\"train\",\"model\":\"slim\"}", REEL_E_NOTFOUND, "no model is called \"slim\""},
        {"{\"kind\":\"train\",\"params\":{\"lambda\":1}}", REEL_E_INVALID, "name the one model"},
        {"{\"kind\":\"train\",\"model\":\"ease\",\"params\":[]}", REEL_E_INVALID, "params"},
        {"{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":-1}}", REEL_E_INVALID,
         "lambda"},
        {"{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":null}}", REEL_E_INVALID,
         "lambda"},
        {"{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"nonsense\":1}}", REEL_E_INVALID,
         "nonsense"},
        {"{\"kind\":\"train\",\"accept\":\"yes\"}", REEL_E_INVALID,
         "accept: expected true or false"},
        {"{\"kind\":\"evaluate\",\"accept\":true}", REEL_E_INVALID, "accept"},
    };
    int64_t id = 0;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(reel__job_ask(store, bad[i].body, strlen(bad[i].body), "a test", &id, &err),
                     bad[i].code, bad[i].part);
}

static reel_code ask_once(void *user, reel_err *err)
{
    static const char body[] =
        "{\"kind\":\"train\",\"model\":\"ease\",\"params\":{\"lambda\":300}}";
    int64_t id = 0;
    reel_code rc;

    (void)user;
    REEL_TRY(reel__job_ask(store, body, sizeof body - 1, "a test", &id, err));
    REEL_TRY(reel__job_cancel(store, id, err));
out:
    return rc;
}

static void memory_may_fail(void **state)
{
    (void)state;
    assert_true(sweep_memory(ask_once, NULL) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schedule_asks_once),
        cmocka_unit_test(the_schedule_follows_the_clock),
        cmocka_unit_test(many_new_ratings_ask_for_a_training),
        cmocka_unit_test(who_is_gone_is_forgotten_in_time),
        cmocka_unit_test(what_works_is_done),
        cmocka_unit_test(an_evaluation_is_told_what_to_measure),
        cmocka_unit_test(what_fails_says_why),
        cmocka_unit_test(what_is_killed_has_failed),
        cmocka_unit_test(what_is_cancelled_ends_soon),
        cmocka_unit_test(what_was_left_behind_has_failed),
        cmocka_unit_test(a_server_that_stops_gives_back),
        cmocka_unit_test(two_servers_take_turns),
        cmocka_unit_test(watches_see_it_to_its_end),
        cmocka_unit_test(watches_end_with_the_server),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(memory_may_fail),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
