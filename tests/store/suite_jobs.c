/* suite_jobs.c - jobs: asked for, claimed by one, beaten, ended, cancelled, and left behind. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "store/jobs.h"
#include "store/sql.h"

enum { SEEN = 8 };

typedef struct seen_jobs {
    size_t count;
    reel_job rows[SEEN]; /* the numbers of */
    char texts[SEEN][9][64];
} seen_jobs;

static bool see(void *user, const reel_job *job)
{
    seen_jobs *seen = user;
    const size_t at = seen->count++;
    const char *const texts[] = {job->kind,  job->model, job->parameters, job->asked_by, job->step,
                                 job->owner, job->code,  job->reason,     job->result};

    assert_true(at < SEEN);
    seen->rows[at] = *job;
    for (size_t i = 0; i < 9; i++)
        (void)snprintf(seen->texts[at][i], 64, "%s", texts[i]);
    return true;
}

static seen_jobs scan(fixture *f, reel_job_filter filter)
{
    seen_jobs seen = {0};

    assert_ok(reel__store_scan_jobs(f->store, &filter, see, &seen, &f->err), f->err);
    return seen;
}

static seen_jobs one(fixture *f, int64_t id)
{
    seen_jobs seen = scan(f, (reel_job_filter){.id = id});

    assert_int_equal(seen.count, 1);
    return seen;
}

static int64_t add(fixture *f, const char *model)
{
    reel_job job = {.kind = "train",
                    .model = model,
                    .parameters = "{\"a\":1}",
                    .asked_by = "account 1",
                    .created_ms = 1000};

    assert_ok(reel__store_add_job(f->store, &job, &f->err), f->err);
    assert_true(job.id > 0);
    return job.id;
}

static int64_t claim(fixture *f, const char *owner)
{
    int64_t id = -1;

    assert_ok(reel__store_claim_job(f->store, owner, 2000, &id, &f->err), f->err);
    return id;
}

static bool beat(fixture *f, int64_t id, const char *owner, double progress, bool *cancel)
{
    const reel_job_beat b = {.id = id, .owner = owner, .progress = progress, .step = "training"};
    bool held = false;

    assert_ok(reel__store_beat_job(f->store, &b, &held, cancel, &f->err), f->err);
    return held;
}

static void test_a_job_comes_back(void **state)
{
    fixture *f = *state;
    const int64_t id = add(f, "ease");
    seen_jobs seen;

    fixture_reopen(f);
    seen = one(f, id);
    assert_string_equal(seen.texts[0][0], "train");
    assert_string_equal(seen.texts[0][1], "ease");
    assert_string_equal(seen.texts[0][2], "{\"a\":1}");
    assert_string_equal(seen.texts[0][3], "account 1");
    for (size_t i = 4; i < 9; i++)
        assert_string_equal(seen.texts[0][i], "");
    assert_int_equal(seen.rows[0].state, REEL_JOB_QUEUED);
    assert_int_equal(seen.rows[0].created_ms, 1000);
    assert_int_equal(seen.rows[0].started_ms, 0);
    assert_int_equal(seen.rows[0].finished_ms, 0);
    assert_true(seen.rows[0].progress == 0);
    assert_int_equal(scan(f, (reel_job_filter){.id = id + 1}).count, 0);
}

static void test_the_oldest_is_claimed_once(void **state)
{
    fixture *f = *state;
    const int64_t first = add(f, "ease"), second = add(f, "ials");
    bool cancel = true;
    reel_job job;

    assert_int_equal(claim(f, "me"), first);
    assert_int_equal(claim(f, "you"), 0); /* one at a time */
    assert_true(beat(f, first, "me", 0.25, &cancel));
    assert_false(cancel);
    assert_false(beat(f, first, "you", 0.9, &cancel));
    job = one(f, first).rows[0];
    assert_int_equal(job.state, REEL_JOB_RUNNING);
    assert_true(job.progress == 0.25);
    assert_int_equal(job.started_ms, 2000);
    assert_int_equal(scan(f, (reel_job_filter){.running = true}).rows[0].id, first);
    job = (reel_job){.id = first,
                     .owner = "me",
                     .state = REEL_JOB_DONE,
                     .progress = 1,
                     .step = "",
                     .code = "",
                     .reason = "",
                     .result = "{}",
                     .finished_ms = 3000};
    assert_ok(reel__store_end_job(f->store, &job, "line\n", &f->err), f->err);
    job.state = REEL_JOB_FAILED; /* too late */
    assert_ok(reel__store_end_job(f->store, &job, NULL, &f->err), f->err);
    assert_int_equal(one(f, first).rows[0].state, REEL_JOB_DONE);
    assert_int_equal(one(f, first).rows[0].finished_ms, 3000);
    assert_string_equal(one(f, first).texts[0][8], "{}");
    assert_int_equal(scan(f, (reel_job_filter){.running = true}).count, 0);
    assert_int_equal(claim(f, "you"), second);
}

static void test_one_is_given_back(void **state)
{
    fixture *f = *state;
    const int64_t id = add(f, "ease");
    const reel_job job = {.id = id,
                          .owner = "me",
                          .state = REEL_JOB_QUEUED,
                          .step = "",
                          .code = "",
                          .reason = "",
                          .result = ""};

    assert_int_equal(claim(f, "me"), id);
    assert_ok(reel__store_end_job(f->store, &job, NULL, &f->err), f->err);
    assert_int_equal(one(f, id).rows[0].state, REEL_JOB_QUEUED);
    assert_int_equal(claim(f, "you"), id);
}

static void test_what_nobody_beats_has_failed(void **state)
{
    fixture *f = *state;
    const int64_t id = add(f, "ease");
    bool cancel = false;
    seen_jobs seen;
    reel_job old;

    assert_int_equal(claim(f, "me"), id);
    seen = one(f, id);
    old = seen.rows[0];
    old.owner = "me";
    assert_true(beat(f, id, "me", 0.5, &cancel)); /* it lives */
    assert_ok(reel__store_abandon_job(f->store, &old, 9000, &f->err), f->err);
    assert_int_equal(one(f, id).rows[0].state, REEL_JOB_RUNNING);
    old.beat = one(f, id).rows[0].beat;
    assert_ok(reel__store_abandon_job(f->store, &old, 9000, &f->err), f->err);
    seen = one(f, id);
    assert_int_equal(seen.rows[0].state, REEL_JOB_FAILED);
    assert_int_equal(seen.rows[0].finished_ms, 9000);
    assert_string_equal(seen.texts[0][6], "E_GONE");
    assert_false(beat(f, id, "me", 0.6, &cancel));
}

static void test_cancelling(void **state)
{
    fixture *f = *state;
    const int64_t first = add(f, "ease"), second = add(f, "ials");
    bool cancel = false;

    assert_int_equal(claim(f, "me"), first);
    assert_ok(reel__store_cancel_job(f->store, first, 5000, &f->err), f->err);
    assert_ok(reel__store_cancel_job(f->store, second, 5000, &f->err), f->err);
    assert_int_equal(one(f, first).rows[0].state, REEL_JOB_RUNNING);
    assert_int_equal(one(f, second).rows[0].state, REEL_JOB_CANCELLED);
    assert_int_equal(one(f, second).rows[0].finished_ms, 5000);
    assert_true(beat(f, first, "me", 0.5, &cancel));
    assert_true(cancel);
    assert_fails(reel__store_cancel_job(f->store, second, 6000, &f->err), REEL_E_CONFLICT,
                 "has ended", f->err);
    assert_fails(reel__store_cancel_job(f->store, 12345, 6000, &f->err), REEL_E_NOTFOUND,
                 "no job 12345", f->err);
}

static void test_newest_first_by_the_page(void **state)
{
    fixture *f = *state;
    int64_t ids[4];
    seen_jobs seen;

    for (size_t i = 0; i < 4; i++)
        ids[i] = add(f, "ease");
    seen = scan(f, (reel_job_filter){.limit = 3});
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.rows[0].id, ids[3]);
    seen = scan(f, (reel_job_filter){.limit = 3, .before = seen.rows[2].id});
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.rows[0].id, ids[0]);
}

static void take_text(void *user, const char *log)
{
    (void)snprintf(user, 64, "%s", log);
}

static void test_its_log_is_kept(void **state)
{
    fixture *f = *state;
    const int64_t id = add(f, "ease");
    const reel_job_beat b = {.id = id, .owner = "me", .step = "", .log = "one\n"};
    char log[64] = "-";
    bool held = false, cancel = false;

    assert_int_equal(claim(f, "me"), id);
    assert_ok(reel__store_beat_job(f->store, &b, &held, &cancel, &f->err), f->err);
    assert_true(beat(f, id, "me", 0.5, &cancel)); /* as it was */
    assert_ok(reel__store_job_log(f->store, id, take_text, log, &f->err), f->err);
    assert_string_equal(log, "one\n");
    assert_fails(reel__store_job_log(f->store, 77, take_text, log, &f->err), REEL_E_NOTFOUND,
                 "no job 77", f->err);
}

static void test_a_copy_leaves_them_where_they_are(void **state)
{
    fixture *f = *state;
    reel_store_digest before, after;

    assert_ok(reel__store_digest(f->store, NULL, &before, &f->err), f->err);
    (void)add(f, "ease");
    assert_ok(reel__store_digest(f->store, NULL, &after, &f->err), f->err);
    assert_string_equal(before.hash, after.hash);
}

/* ---- asked for by itself ------------------------------------------------------------------- */

static int64_t plan(fixture *f, reel_store *store, const char *slot)
{
    reel_job job = {.kind = "train",
                    .model = "",
                    .parameters = "{}",
                    .asked_by = "the schedule",
                    .created_ms = 1};

    assert_ok(reel__store_plan_job(store, &job, slot, &f->err), f->err);
    return job.id;
}

static void test_a_slot_is_taken_once(void **state)
{
    fixture *f = *state;
    reel_store *other = NULL;
    int64_t first, id = 0;

    assert_ok(reel__store_open(&other, f->url, NULL, &f->err), f->err);
    first = plan(f, f->store, "schedule 1");
    assert_true(first > 0);
    assert_int_equal(plan(f, other, "schedule 1"), 0);
    assert_int_equal(plan(f, other, "schedule 2"), 0); /* one waits */
    assert_ok(reel__store_claim_job(f->store, "me", 5, &id, &f->err), f->err);
    assert_int_equal(id, first);
    assert_int_equal(plan(f, other, "schedule 1"), 0);
    assert_true(plan(f, other, "schedule 2") > first);
    reel__store_close(other);
}

static void end(fixture *f, int64_t id, reel_job_state state, int64_t finished_ms)
{
    const reel_job job = {.id = id,
                          .owner = "me",
                          .state = state,
                          .step = "",
                          .code = "",
                          .reason = "",
                          .result = "{}",
                          .finished_ms = finished_ms};

    assert_int_equal(claim(f, "me"), id);
    assert_ok(reel__store_end_job(f->store, &job, NULL, &f->err), f->err);
}

static reel_job_sum sum_of(fixture *f, const char *kind, int64_t since_ms)
{
    reel_job_sum sum;

    assert_ok(reel__store_sum_jobs(f->store, kind, since_ms, &sum, &f->err), f->err);
    return sum;
}

static void test_old_ones_go_but_the_last_training(void **state)
{
    fixture *f = *state;
    reel_sql older;
    int64_t trained, id;

    end(f, plan(f, f->store, "schedule 1"), REEL_JOB_DONE, 5000);
    trained = plan(f, f->store, "schedule 2");
    end(f, trained, REEL_JOB_DONE, 6000);
    end(f, plan(f, f->store, "schedule 3"), REEL_JOB_FAILED, 7000);
    assert_int_equal(scan(f, (reel_job_filter){.limit = 5}).count, 3);
    reel__sql_begin(&older, "UPDATE jobs SET id = id - $1"); /* as if so many had come since */
    reel__sql_int(&older, REEL_JOBS_KEPT);
    assert_ok(reel__sql_write(f->store, &older, false, NULL, &f->err), f->err);
    id = plan(f, f->store, "schedule 4");
    assert_true(id > trained);
    assert_int_equal(scan(f, (reel_job_filter){.limit = 5}).count, 2);
    (void)one(f, id);
    (void)one(f, trained - REEL_JOBS_KEPT);
    assert_int_equal(sum_of(f, "train", 0).last_finished_ms, 6000);
}

static void test_a_kind_is_summed_up(void **state)
{
    fixture *f = *state;
    reel_job other = {.kind = "evaluate", .model = "", .parameters = "{}", .asked_by = "me"};
    reel_job_sum sum = sum_of(f, "train", 0);

    assert_int_equal(sum.waiting + sum.running + sum.done + sum.failed, 0);
    assert_int_equal(sum.last_finished_ms, 0);
    end(f, add(f, "ease"), REEL_JOB_DONE, 5000);
    end(f, add(f, "ials"), REEL_JOB_DONE, 6000);
    end(f, add(f, "bpr"), REEL_JOB_FAILED, 7000);
    assert_ok(reel__store_add_job(f->store, &other, &f->err), f->err);
    end(f, other.id, REEL_JOB_DONE, 8000);
    (void)add(f, "ease");
    assert_true(claim(f, "me") > 0);
    (void)add(f, "ials");
    (void)add(f, "bpr");
    sum = sum_of(f, "train", 5000);
    assert_int_equal(sum.waiting, 2);
    assert_int_equal(sum.running, 1);
    assert_int_equal(sum.done, 1);
    assert_int_equal(sum.failed, 1);
    assert_int_equal(sum.last_started_ms, 2000);
    assert_int_equal(sum.last_finished_ms, 6000);
    assert_int_equal(sum_of(f, "train", 7000).failed, 0);
    assert_int_equal(sum_of(f, "evaluate", 0).done, 1);
}

static void test_new_ratings_are_counted(void **state)
{
    fixture *f = *state;
    reel_given_row rows[] = {{.person = 1, .movie = 2, .kind = REEL_GIVEN_RATING, .value = 3},
                             {.person = 1, .movie = 3, .kind = REEL_GIVEN_WATCHLIST},
                             {.person = 2, .movie = 2, .kind = REEL_GIVEN_RATING, .value = 4}};
    const reel_given_row click = {
        .person = 1, .movie = 2, .kind = REEL_GIVEN_CLICKED, .did = REEL_DID_CLICK};
    int64_t since = 0, count = 0;

    assert_ok(reel__store_put_given(f->store, rows, 3, &f->err), f->err);
    assert_ok(reel__store_ratings_since(f->store, 10, &since, &count, &f->err), f->err);
    assert_int_equal(count, 2);
    assert_ok(reel__store_ratings_since(f->store, 1, &since, &count, &f->err), f->err);
    assert_int_equal(count, 1);
    assert_int_equal(since, 0);
    assert_true(plan(f, f->store, "ratings 0") > 0);
    assert_ok(reel__store_ratings_since(f->store, 10, &since, &count, &f->err), f->err);
    assert_int_equal(count, 0);
    assert_true(since > 0);
    assert_ok(reel__store_put_given(f->store, &click, 1, &f->err), f->err);
    assert_ok(reel__store_ratings_since(f->store, 10, &since, &count, &f->err), f->err);
    assert_int_equal(count, 0); /* it was rated before */
    assert_ok(reel__store_put_given(f->store, rows, 1, &f->err), f->err);
    assert_ok(reel__store_ratings_since(f->store, 10, &since, &count, &f->err), f->err);
    assert_int_equal(count, 1);
}

int store_suite_jobs(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest job_tests[] = {
        TEST(test_a_job_comes_back),     TEST(test_the_oldest_is_claimed_once),
        TEST(test_one_is_given_back),    TEST(test_what_nobody_beats_has_failed),
        TEST(test_cancelling),           TEST(test_newest_first_by_the_page),
        TEST(test_its_log_is_kept),      TEST(test_a_copy_leaves_them_where_they_are),
        TEST(test_a_slot_is_taken_once), TEST(test_old_ones_go_but_the_last_training),
        TEST(test_a_kind_is_summed_up),  TEST(test_new_ratings_are_counted),
    };

    return cmocka_run_group_tests(job_tests, NULL, NULL);
}
