/* suite_processes.c - other processes: serving twice, dying in the middle, starting at once. */
#include "suite.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const reel_rating before[] = {{1, 2, 3, 4.0F}, {1, 3, 3, 2.0F}};

static reel_store *open_or_leave(const char *url, const reel_store_opts *opts)
{
    reel_store *store = NULL;
    reel_err err = {REEL_OK, ""};

    if (reel__store_open(&store, url, opts, &err) != REEL_OK) {
        (void)fprintf(stderr, "%s\n", err.msg); /* the parent sees no more than the exit code */
        _exit(2);
    }
    return store;
}

/* The fixture's store is closed first: a child must not meet an open database. */
static child start(fixture *f, child_fn *work)
{
    child c;

    reel__store_close(f->store);
    f->store = NULL;
    c = child_start(work, f->url);
    child_wait_ready(&c);
    return c;
}

/* ---- serving ------------------------------------------------------------------------------- */

static void serve(const char *url, int ready)
{
    (void)open_or_leave(url, &(reel_store_opts){.exclusive = true});
    child_ready(ready);
}

static void test_second_server(void **state)
{
    fixture *f = *state;
    const reel_store_opts opts = {.exclusive = true};
    const child c = start(f, serve);

    if (fixture_one_server()) {
        assert_fails(reel__store_open(&f->store, f->url, &opts, &f->err), REEL_E_CONFLICT,
                     f->name + strlen(f->name) / 2, f->err);
        assert_null(f->store);
    } else {
        assert_ok(reel__store_open(&f->store, f->url, &opts, &f->err), f->err);
        reel__store_close(f->store);
    }
    /* Loading and looking go on beside a server. */
    assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
    load_ratings(f->store, before, 2, true, NULL);
    reel__store_close(f->store);
    child_kill(&c); /* the lock goes with the process */
    assert_ok(reel__store_open(&f->store, f->url, &opts, &f->err), f->err);
    assert_int_equal(counts_of(f->store).ratings, 2);
}

/* ---- dying --------------------------------------------------------------------------------- */

/* Far more than any cache of a back end holds back, so that part of it is on disk already. */
static void load_half(const char *url, int ready)
{
    enum { ROWS = 4096, CALLS = 50 };
    static reel_rating rows[ROWS];
    reel_store *store = open_or_leave(url, NULL);
    reel_store_load *load = NULL;

    if (reel__store_load_begin(&load, store, true, NULL) != REEL_OK)
        _exit(3);
    for (int64_t call = 0; call < CALLS; call++) {
        for (int64_t i = 0; i < ROWS; i++)
            rows[i] = (reel_rating){1000 + call, i, i, 1.0F};
        if (reel__store_put_ratings(load, rows, ROWS, NULL, NULL) != REEL_OK)
            _exit(4);
    }
    child_ready(ready);
}

static void test_killed_load_leaves_the_store_as_it_was(void **state)
{
    fixture *f = *state;
    reel_dataset *dataset = NULL;
    float value = 0;
    int64_t time = 0;
    child c;

    load_ratings(f->store, before, 2, true, NULL);
    c = start(f, load_half);
    child_kill(&c);
    assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
    assert_int_equal(counts_of(f->store).generation, 1);
    assert_int_equal(counts_of(f->store).ratings, 2);
    assert_int_equal(counts_of(f->store).people, 1);
    dataset = dataset_of(f->store);
    assert_true(find_rating(dataset, 1, 3, &value, &time));
    assert_true(value == 2.0F && time == 3);
    reel_dataset_free(dataset);
    load_ratings(f->store, before, 1, true, NULL); /* and it can be loaded again */
    assert_int_equal(counts_of(f->store).generation, 2);
}

static void test_a_load_elsewhere_is_a_conflict(void **state)
{
    fixture *f = *state;
    const reel_store_opts quick = {.busy_timeout_ms = 30};
    const reel_event event = blank_event("e");
    reel_store_load *load = NULL;
    child c;

    load_ratings(f->store, before, 2, true, NULL);
    c = start(f, load_half);
    assert_ok(reel__store_open(&f->store, f->url, &quick, &f->err), f->err);
    put_beside_a_load(f, &event);
    assert_fails(reel__store_load_begin(&load, f->store, true, &f->err), REEL_E_CONFLICT, "",
                 f->err);
    assert_int_equal(counts_of(f->store).ratings, 2); /* reading is no conflict */
    child_kill(&c);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_int_equal(counts_of(f->store).events, 1);
}

static void put_and_wait(const char *url, int ready)
{
    reel_store *store = open_or_leave(url, NULL);
    const reel_event event = blank_event("kept");

    if (reel__store_put_events(store, &event, 1, NULL, NULL) != REEL_OK)
        _exit(3);
    child_ready(ready);
}

static void test_events_outlive_their_process(void **state)
{
    fixture *f = *state;
    const child c = start(f, put_and_wait);
    const reel_event again = blank_event("kept");
    int64_t duplicates = 0;

    child_kill(&c);
    assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
    assert_int_equal(counts_of(f->store).events, 1);
    assert_ok(reel__store_put_events(f->store, &again, 1, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 1);
}

/* ---- starting at once ---------------------------------------------------------------------- */

/* In step, by a pipe whose end closes for all of them at once. */
static void create_when_told(const char *url, int told)
{
    reel_store *store = NULL;
    reel_store_counts counts;
    char byte = 0;

    if (read(told, &byte, 1) != 0)
        _exit(4);
    store = open_or_leave(url, &(reel_store_opts){.create = true});
    _exit(reel__store_counts(store, &counts, NULL) == REEL_OK ? 0 : 3);
}

static void create_at_once(const char *url)
{
    enum { STARTS = 6 };
    pid_t pids[STARTS];
    int tell[2] = {-1, -1};

    assert_int_equal(pipe(tell), 0);
    for (int i = 0; i < STARTS; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            (void)close(tell[1]);
            create_when_told(url, tell[0]);
        }
    }
    (void)close(tell[0]);
    (void)close(tell[1]);
    for (int i = 0; i < STARTS; i++) {
        int status = -1;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void test_many_create_at_once(void **state)
{
    enum { ROUNDS = 6 };
    fixture *f = *state;
    char url[600] = "";

    reel__store_close(f->store);
    f->store = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        (void)snprintf(url, sizeof url, "%s-%d", f->url, round);
        create_at_once(url);
        assert_ok(reel__store_open(&f->store, url, NULL, &f->err), f->err);
        assert_int_equal(counts_of(f->store).generation, 0);
        reel__store_close(f->store);
        f->store = NULL;
    }
}

int store_suite_processes(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest process_tests[] = {
        TEST(test_second_server),
        TEST(test_killed_load_leaves_the_store_as_it_was),
        TEST(test_a_load_elsewhere_is_a_conflict),
        TEST(test_events_outlive_their_process),
        TEST(test_many_create_at_once),
    };

    return cmocka_run_group_tests(process_tests, NULL, NULL);
}
