/* postgres_restart.c - the PostgreSQL back end while its server stops, starts or crashes. Needs a
 * server of its own (script/postgres): the others would not like it. */
#include "support/store_data.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct fixture {
    char url[512];
    reel_store *store;
    reel_err err;
} fixture;

/* stop, start, restart or crash */
static void server(const char *what)
{
    char command[300] = "";

    (void)snprintf(command, sizeof command, "%s %s", getenv("REEL_TEST_POSTGRES_CTL"), what);
    assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
    static fixture f;
    static int number;

    memset(&f, 0, sizeof f);
    (void)snprintf(f.url, sizeof f.url, "%srestart_%d", getenv("REEL_TEST_POSTGRES"), number++);
    *state = &f;
    assert_ok(reel__store_open(&f.store, f.url, &(reel_store_opts){.create = true}, &f.err), f.err);
    return 0;
}

static int tear_down(void **state)
{
    reel__store_close(((fixture *)*state)->store);
    return 0;
}

static reel_store_counts counts_of(fixture *f)
{
    reel_store_counts counts;

    assert_ok(reel__store_counts(f->store, &counts, &f->err), f->err);
    return counts;
}

static void load_one(fixture *f)
{
    const reel_rating rating = {1, 2, 3, 4.0F};
    reel_store_load *load = NULL;

    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, &rating, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "test", false, &f->err), f->err);
}

/* ---- one caller ---------------------------------------------------------------------------- */

static bool count_event(void *user, const reel_event *event)
{
    (void)event;
    ++*(int *)user;
    return true;
}

static bool count_record(void *user, const reel_model_record *record)
{
    (void)record;
    ++*(int *)user;
    return true;
}

static void test_everything_goes_on_after_a_restart(void **state)
{
    static const char *const ways[] = {"restart", "crash"};
    fixture *f = *state;
    const reel_event_filter filter = {NULL, NULL, 0, 10};
    const reel_model_record record = {"popular", "id", "file", "hash", "{}", 1, 2, 3.0};
    reel_event event = blank_event("a");
    reel_store_label label;
    char id[12] = "";

    event.event_id = id;
    load_one(f);
    for (int i = 0; i < 12; i++) {
        int rows = 0;

        (void)snprintf(id, sizeof id, "%d", i);
        assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
        server(ways[i % 2]);
        if (i % 2 == 1)
            server("start");
        switch (i / 2) {
        case 0:
            assert_ok(reel__store_label(f->store, &label, &f->err), f->err);
            break;
        case 1:
            assert_int_equal(counts_of(f).events, i + 1);
            break;
        case 2:
            assert_ok(reel__store_scan_events(f->store, &filter, count_event, &rows, &f->err),
                      f->err);
            assert_int_equal(rows, i + 1);
            break;
        case 3:
            assert_ok(reel__store_put_model(f->store, &record, &f->err), f->err);
            break;
        case 4:
            assert_ok(reel__store_scan_models(f->store, count_record, &rows, &f->err), f->err);
            assert_int_equal(rows, 1);
            break;
        default:
            load_one(f);
            break;
        }
    }
    assert_int_equal(counts_of(f).events, 12);
    assert_int_equal(counts_of(f).generation, 3);
}

static void test_without_a_server(void **state)
{
    fixture *f = *state;
    const reel_event event = blank_event("a");
    reel_store_load *load = NULL;
    reel_store_counts counts;

    reel__store_close(f->store);
    f->store = NULL;
    assert_ok(
        reel__store_open(&f->store, f->url, &(reel_store_opts){.busy_timeout_ms = 100}, &f->err),
        f->err);
    server("stop");
    assert_int_equal(reel__store_counts(f->store, &counts, NULL),
                     REEL_E_STORE); /* nobody reads why */
    assert_fails(reel__store_counts(f->store, &counts, &f->err), REEL_E_STORE, "server", f->err);
    assert_fails(reel__store_put_events(f->store, &event, 1, NULL, &f->err), REEL_E_STORE, "server",
                 f->err);
    assert_fails(reel__store_load_begin(&load, f->store, true, &f->err), REEL_E_STORE, "server",
                 f->err);
    server("start");
    for (int tries = 0; reel__store_counts(f->store, &counts, &f->err) != REEL_OK; tries++) {
        assert_true(tries < 1000); /* it is asked for now and then */
        (void)usleep(10000);
    }
    assert_int_equal(counts.events, 0);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

/* It starts again while the caller waits. */
static void *start_soon(void *unused)
{
    (void)usleep(700000);
    server("start");
    return unused;
}

static void test_a_server_is_waited_for(void **state)
{
    fixture *f = *state;
    const reel_event event = blank_event("a");
    pthread_t starter;

    server("stop");
    assert_int_equal(pthread_create(&starter, NULL, start_soon, NULL), 0);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_int_equal(pthread_join(starter, NULL), 0);
    assert_int_equal(counts_of(f).events, 1);
}

static void test_a_load_fails_and_changes_nothing(void **state)
{
    fixture *f = *state;
    const reel_rating rating = {1, 5, 3, 4.0F};
    reel_store_load *load = NULL;

    load_one(f);
    for (int i = 0; i < 4; i++) {
        assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
        assert_ok(reel__store_put_ratings(load, &rating, 1, NULL, &f->err), f->err);
        server(i % 2 == 0 ? "restart" : "crash");
        if (i % 2 == 1)
            server("start");
        if (i / 2 == 0)
            assert_fails(reel__store_put_ratings(load, &rating, 1, NULL, &f->err), REEL_E_STORE,
                         "server", f->err);
        assert_fails(reel__store_load_commit(load, "test", false, &f->err), REEL_E_STORE, "server",
                     f->err);
        assert_int_equal(counts_of(f).generation, 1);
        assert_int_equal(counts_of(f).ratings, 1);
    }
}

/* ---- many callers -------------------------------------------------------------------------- */

enum { THREADS = 4, CRASHES = 4 };

typedef struct writer {
    fixture *f;
    int number;
    _Atomic int *over;
    int acknowledged; /* ids are THREAD-0 ... THREAD-(acknowledged - 1) */
} writer;

static void *write_until_over(void *user)
{
    writer *w = user;
    reel_event event = blank_event("");
    char id[40] = "";

    event.event_id = id;
    while (*w->over == 0) {
        reel_err err = {REEL_OK, ""};

        (void)snprintf(id, sizeof id, "%d-%d", w->number, w->acknowledged);
        /* What is not acknowledged is asked for again. */
        if (reel__store_put_events(w->f->store, &event, 1, NULL, &err) == REEL_OK)
            w->acknowledged++;
        else if (err.code != REEL_E_STORE)
            fail_msg("%s", err.msg);
    }
    return NULL;
}

static void test_threads_over_crashes(void **state)
{
    fixture *f = *state;
    pthread_t threads[THREADS];
    writer writers[THREADS];
    _Atomic int over = 0;
    int64_t acknowledged = 0, events = 0;

    for (int i = 0; i < THREADS; i++) {
        writers[i] = (writer){.f = f, .number = i, .over = &over};
        assert_int_equal(pthread_create(&threads[i], NULL, write_until_over, &writers[i]), 0);
    }
    for (int i = 0; i < CRASHES; i++) {
        (void)usleep(100000);
        server("crash");
        server("start");
    }
    (void)usleep(200000);
    over = 1;
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(writers[i].acknowledged > 0);
        acknowledged += writers[i].acknowledged;
    }
    /* Each may have written one more whose answer was lost. */
    events = counts_of(f).events;
    assert_true(events >= acknowledged && events <= acknowledged + THREADS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(test_everything_goes_on_after_a_restart),
        TEST(test_without_a_server),
        TEST(test_a_server_is_waited_for),
        TEST(test_a_load_fails_and_changes_nothing),
        TEST(test_threads_over_crashes),
    };

    if (getenv("REEL_TEST_POSTGRES_CTL") == NULL) {
        (void)fprintf(stderr, "skipped: run it by script/postgres\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
