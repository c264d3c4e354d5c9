/* suite_versions.c - records of what was trained and is kept. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "store/versions.h"

enum { SEEN = 8 };

typedef struct seen_versions {
    size_t count, stop_after;
    char ids[SEEN][32], names[SEEN][32], texts[SEEN][4][64];
    reel_version_record rows[SEEN]; /* the numbers of */
} seen_versions;

static bool see(void *user, const reel_version_record *v)
{
    seen_versions *seen = user;
    const size_t at = seen->count++;
    const char *const texts[] = {v->data_hash, v->parameters, v->card, v->reason};

    assert_true(at < SEEN);
    (void)snprintf(seen->ids[at], 32, "%s", v->model_id);
    (void)snprintf(seen->names[at], 32, "%s", v->name);
    for (size_t i = 0; i < 4; i++)
        (void)snprintf(seen->texts[at][i], 64, "%s", texts[i]);
    seen->rows[at] = *v;
    return seen->count != seen->stop_after;
}

static seen_versions scan(fixture *f, reel_version_filter filter)
{
    seen_versions seen = {0};

    assert_ok(reel__store_scan_versions(f->store, &filter, see, &seen, &f->err), f->err);
    return seen;
}

static void add(fixture *f, const char *id, const char *name)
{
    const reel_version_record version = {.model_id = id,
                                         .name = name,
                                         .data_hash = "sha256:00",
                                         .parameters = "{\"a\":\"\xc3\xa9\"}",
                                         .card = "",
                                         .reason = "",
                                         .state = REEL_VERSION_WRITING,
                                         .generation = 3,
                                         .trained_at = 1700000000,
                                         .milliseconds = 210,
                                         .movies = 5,
                                         .people = 7};

    assert_ok(reel__store_add_version(f->store, &version, &f->err), f->err);
}

static void test_a_version_comes_back(void **state)
{
    fixture *f = *state;
    seen_versions seen;

    add(f, "ease-1", "ease");
    fixture_reopen(f);
    seen = scan(f, (reel_version_filter){.limit = 5});
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.ids[0], "ease-1");
    assert_string_equal(seen.names[0], "ease");
    assert_string_equal(seen.texts[0][0], "sha256:00");
    assert_string_equal(seen.texts[0][1], "{\"a\":\"\xc3\xa9\"}");
    assert_string_equal(seen.texts[0][2], "");
    assert_string_equal(seen.texts[0][3], "");
    assert_int_equal(seen.rows[0].state, REEL_VERSION_WRITING);
    assert_true(seen.rows[0].number > 0);
    assert_int_equal(seen.rows[0].generation, 3);
    assert_int_equal(seen.rows[0].trained_at, 1700000000);
    assert_int_equal(seen.rows[0].milliseconds, 210);
    assert_int_equal(seen.rows[0].size_bytes, 0);
    assert_int_equal(seen.rows[0].movies, 5);
    assert_int_equal(seen.rows[0].people, 7);
}

static void test_what_became_of_it(void **state)
{
    fixture *f = *state;
    seen_versions seen;

    add(f, "ease-1", "ease");
    assert_ok(
        reel__store_end_version(f->store, "ease-1", REEL_VERSION_FAILED, "disk full", 0, &f->err),
        f->err);
    seen = scan(f, (reel_version_filter){.model_id = "ease-1", .limit = 1});
    assert_int_equal(seen.rows[0].state, REEL_VERSION_FAILED);
    assert_string_equal(seen.texts[0][3], "disk full");
    assert_ok(reel__store_end_version(f->store, "ease-1", REEL_VERSION_READY, "", 1234, &f->err),
              f->err);
    seen = scan(f, (reel_version_filter){.model_id = "ease-1", .limit = 1});
    assert_int_equal(seen.rows[0].state, REEL_VERSION_READY);
    assert_int_equal(seen.rows[0].size_bytes, 1234);
    assert_fails(reel__store_end_version(f->store, "ease-2", REEL_VERSION_READY, "", 1, &f->err),
                 REEL_E_NOTFOUND, "\"ease-2\"", f->err);
}

static void test_newest_first_by_the_page(void **state)
{
    fixture *f = *state;
    seen_versions seen;

    add(f, "ease-1", "ease");
    add(f, "ials-1", "ials");
    add(f, "ease-2", "ease");
    add(f, "ease-1", "ease"); /* once more: the newest now */
    seen = scan(f, (reel_version_filter){.limit = 5});
    assert_int_equal(seen.count, 3);
    assert_string_equal(seen.ids[0], "ease-1");
    assert_string_equal(seen.ids[1], "ease-2");
    assert_string_equal(seen.ids[2], "ials-1");
    assert_true(seen.rows[0].number > seen.rows[1].number);
    seen = scan(f, (reel_version_filter){.limit = 1, .before = seen.rows[0].number});
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.ids[0], "ease-2");
    seen = scan(f, (reel_version_filter){.name = "ials", .limit = 5});
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.ids[0], "ials-1");
    assert_int_equal(scan(f, (reel_version_filter){.name = "slim", .limit = 5}).count, 0);
    seen = (seen_versions){.stop_after = 2};
    assert_ok(reel__store_scan_versions(f->store, &(reel_version_filter){.limit = 5}, see, &seen,
                                        &f->err),
              f->err);
    assert_int_equal(seen.count, 2);
}

static void test_one_is_removed(void **state)
{
    fixture *f = *state;

    add(f, "ease-1", "ease");
    add(f, "ease-2", "ease");
    assert_ok(reel__store_remove_version(f->store, "ease-1", &f->err), f->err);
    assert_ok(reel__store_remove_version(f->store, "ease-1", &f->err), f->err);
    assert_int_equal(scan(f, (reel_version_filter){.limit = 5}).count, 1);
    assert_fails(reel__store_add_version(f->store, &(reel_version_record){.model_id = ""}, &f->err),
                 REEL_E_INVALID, "needs an id", f->err);
}

/* They speak of files beside this installation. */
static void test_a_copy_leaves_them_where_they_are(void **state)
{
    fixture *f = *state, other = {0};
    reel_store_digest before, digest;

    (void)snprintf(other.url, sizeof other.url, "%.500s-other", f->url);
    assert_ok(
        reel__store_open(&other.store, other.url, &(reel_store_opts){.create = true}, &f->err),
        f->err);
    assert_ok(reel__store_digest(f->store, NULL, &before, &f->err), f->err);
    add(f, "ease-1", "ease");
    add(&other, "ease-2", "ease");
    assert_ok(reel__store_copy(other.store, f->store, NULL, &digest, &f->err), f->err);
    assert_string_equal(digest.hash, before.hash);
    assert_string_equal(scan(&other, (reel_version_filter){.limit = 5}).ids[0], "ease-2");
    assert_int_equal(scan(&other, (reel_version_filter){.limit = 5}).count, 1);
    reel__store_close(other.store);
}

int store_suite_versions(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest version_tests[] = {
        TEST(test_a_version_comes_back),
        TEST(test_what_became_of_it),
        TEST(test_newest_first_by_the_page),
        TEST(test_one_is_removed),
        TEST(test_a_copy_leaves_them_where_they_are),
    };

    return cmocka_run_group_tests(version_tests, NULL, NULL);
}
