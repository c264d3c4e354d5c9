/* suite_open.c - opening, closing, refusing, counting. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static void test_empty_store_counts_nothing(void **state)
{
    fixture *f = *state;
    const reel_store_counts counts = counts_of(f->store);

    assert_int_equal(counts.movies, 0);
    assert_int_equal(counts.people, 0);
    assert_int_equal(counts.ratings, 0);
    assert_int_equal(counts.events, 0);
    assert_int_equal(counts.undelivered, 0);
    assert_int_equal(counts.generation, 0);
    assert_true(counts.schema >= 1);
    assert_string_equal(counts.source, "");
    assert_false(counts.simulated);
}

static void test_missing_is_not_found(void **state)
{
    fixture *f = *state;
    reel_store *store = f->store;
    char url[600] = "";

    (void)snprintf(url, sizeof url, "%s-missing", f->url);
    assert_fails(reel__store_open(&store, url, NULL, &f->err), REEL_E_NOTFOUND, "-missing", f->err);
    assert_null(store);
    /* Asking did not make it. */
    assert_fails(reel__store_open(&store, url, NULL, &f->err), REEL_E_NOTFOUND, "", f->err);
    assert_fails(reel__store_open(&store, url, &(reel_store_opts){.read_only = true}, &f->err),
                 REEL_E_NOTFOUND, "", f->err);
}

static void test_create_keeps_what_is_there(void **state)
{
    fixture *f = *state;
    const reel_rating one = {1, 2, 3, 4.0F};

    load_ratings(f->store, &one, 1, false, NULL);
    reel__store_close(f->store);
    assert_ok(reel__store_open(&f->store, f->url, &(reel_store_opts){.create = true}, &f->err),
              f->err);
    assert_int_equal(counts_of(f->store).ratings, 1);
    assert_int_equal(counts_of(f->store).generation, 1);
}

static void test_read_only_reads_and_refuses_to_write(void **state)
{
    fixture *f = *state;
    const reel_rating one = {1, 2, 3, 4.0F};
    const reel_event event = blank_event("e1");
    const reel_model_record record = {"popular", "m", "f", "h", "{}", 1, 1, 0.5};
    reel_store_load *load = NULL;
    reel_dataset *dataset = NULL;

    load_ratings(f->store, &one, 1, false, NULL);
    reel__store_close(f->store);
    assert_ok(reel__store_open(&f->store, f->url, &(reel_store_opts){.read_only = true}, &f->err),
              f->err);
    assert_int_equal(counts_of(f->store).ratings, 1);
    dataset = dataset_of(f->store);
    assert_int_equal(reel_dataset_people(dataset), 1);
    reel_dataset_free(dataset);
    assert_fails(reel__store_load_begin(&load, f->store, false, &f->err), REEL_E_STORE, "", f->err);
    assert_null(load);
    assert_fails(reel__store_put_events(f->store, &event, 1, NULL, &f->err), REEL_E_STORE, "",
                 f->err);
    assert_fails(reel__store_put_model(f->store, &record, &f->err), REEL_E_STORE, "read-only",
                 f->err);
    assert_int_equal(counts_of(f->store).events, 0);
}

static void test_contradicting_options(void **state)
{
    fixture *f = *state;
    reel_store *store = NULL;

    assert_fails(reel__store_open(&store, f->url,
                                  &(reel_store_opts){.create = true, .read_only = true}, &f->err),
                 REEL_E_INVALID, "", f->err);
    assert_null(store);
}

static void test_urls_that_are_no_store(void **state)
{
    static const char *const urls[] = {"",
                                       "sqlite:",
                                       ":memory:",
                                       "sqlite::memory:",
                                       "mongodb://host/db",
                                       "mongodb+srv://host/db",
                                       "mysql://me:secret@host/db"};
    fixture *f = *state;
    reel_store *store = f->store;

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        assert_fails(reel__store_open(&store, urls[i], &(reel_store_opts){.create = true}, &f->err),
                     REEL_E_INVALID, "path", f->err);
        assert_null(store);
        assert_null(strstr(f->err.msg, "secret")); /* and no password is repeated */
    }
}

/* Whatever is wrong with a URL, its user and password are in no message and in no name. */
static void test_no_secret_is_told(void **state)
{
    static const char *const urls[] = {
        "postgresql://me:secret@127.0.0.1:1/db?connect_timeout=2",
        "postgres://me:secret@127.0.0.1:1/db?connect_timeout=2",
        "postgresql://me:sec@secret@127.0.0.1:1/db",
        "postgresql://me:%zzsecret@127.0.0.1:1/db",
        "postgresql://me:secret:/secret@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=me&password=secret&connect_timeout=2",
        "postgresql://127.0.0.1:1/db?pasword=secret",
        "postgresql:me secret",
        "mysql://me:secret@host/db"};
    fixture *f = *state;
    reel_store *store = f->store;
    char name[REEL_STORE_NAME];

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        assert_true(reel__store_open(&store, urls[i], &(reel_store_opts){.create = true},
                                     &f->err) != REEL_OK);
        assert_null(store);
        assert_non_null(strstr(f->err.msg, "sql://"));
        assert_null(strstr(f->err.msg, "secret"));
        reel__store_name(name, urls[i]);
        assert_null(strstr(name, "secret"));
        assert_null(strstr(name, "me:"));
    }
}

static void test_close_null_and_path(void **state)
{
    fixture *f = *state;

    char name[REEL_STORE_NAME];

    reel__store_close(NULL);
    assert_true(strlen(reel__store_path(f->store)) > 3);
    reel__store_name(name, reel__store_path(f->store)); /* a name names itself */
    assert_string_equal(name, reel__store_path(f->store));
}

static void test_opened_twice_in_one_process(void **state)
{
    fixture *f = *state;
    const reel_rating one = {1, 2, 3, 4.0F};
    reel_store *second = NULL;

    assert_ok(reel__store_open(&second, f->url, NULL, &f->err), f->err);
    load_ratings(f->store, &one, 1, false, NULL);
    assert_int_equal(counts_of(second).ratings, 1);
    assert_int_equal(counts_of(second).generation, 1);
    reel__store_close(second);
    assert_int_equal(counts_of(f->store).ratings, 1);
}

static void test_exclusive_within_one_process(void **state)
{
    fixture *f = *state;
    const reel_store_opts serve = {.exclusive = true};
    reel_store *server = NULL, *other = NULL;

    assert_ok(reel__store_open(&server, f->url, &serve, &f->err), f->err);
    if (fixture_one_server()) {
        assert_fails(reel__store_open(&other, f->url, &serve, &f->err), REEL_E_CONFLICT,
                     reel__store_path(f->store), f->err);
        assert_null(other);
    } else {
        assert_ok(reel__store_open(&other, f->url, &serve, &f->err), f->err);
        reel__store_close(other);
    }
    /* Others than servers may come. */
    assert_ok(reel__store_open(&other, f->url, NULL, &f->err), f->err);
    reel__store_close(other);
    reel__store_close(server);
    assert_ok(reel__store_open(&server, f->url, &serve, &f->err), f->err);
    reel__store_close(server);
}

/* Every allocation of opening fails once; nothing may leak or be half open. */
static void test_open_without_memory(void **state)
{
    fixture *f = *state;
    const reel_store_opts serve = {.exclusive = true};
    const long live = reel__alloc_live();
    reel_store *store = f->store;
    reel_code rc = REEL_E_NOMEM;
    long n = 0;

    for (; rc != REEL_OK; n++) {
        reel__alloc_fail_after(n);
        rc = reel__store_open(&store, f->url, &serve, &f->err);
        reel__alloc_fail_after(-1);
        if (rc == REEL_OK)
            break;
        assert_int_equal(rc, REEL_E_NOMEM);
        assert_null(store);
        assert_int_equal(reel__alloc_live(), live);
        assert_true(n < 1000);
    }
    assert_true(n > 0);
    reel__store_close(store);
    assert_int_equal(reel__alloc_live(), live);
}

int store_suite_open(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest open_tests[] = {
        TEST(test_empty_store_counts_nothing),
        TEST(test_missing_is_not_found),
        TEST(test_create_keeps_what_is_there),
        TEST(test_read_only_reads_and_refuses_to_write),
        TEST(test_contradicting_options),
        TEST(test_urls_that_are_no_store),
        TEST(test_no_secret_is_told),
        TEST(test_no_secret_is_told),
        TEST(test_close_null_and_path),
        TEST(test_opened_twice_in_one_process),
        TEST(test_exclusive_within_one_process),
        TEST(test_open_without_memory),
    };

    return cmocka_run_group_tests(open_tests, NULL, NULL);
}
