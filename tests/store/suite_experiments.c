/* suite_experiments.c - experiments: kept as they were defined, never two about the same lists at
 * the same time, and ended.
 */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "store/trials.h"

enum { NOW = 1700000000, DAY = 86400, SEEN = 64 };

static reel_experiment_record make(const char *name, const char *tag, const char *scenario)
{
    return (reel_experiment_record){.name = name,
                                    .tag = tag,
                                    .scenario = scenario,
                                    .definition = "{\"a\":\"\xc3\xa9\"}",
                                    .made = NOW - 5,
                                    .starts = NOW,
                                    .ends = NOW + 28 * DAY};
}

static void add(fixture *f, const reel_experiment_record *e)
{
    assert_ok(reel__store_add_experiment(f->store, e, &f->err), f->err);
}

typedef struct seen_experiments {
    size_t count;
    char names[SEEN][32], texts[SEEN][3][64];
    reel_experiment_record rows[SEEN]; /* the numbers of */
} seen_experiments;

static bool see(void *user, const reel_experiment_record *e)
{
    seen_experiments *seen = user;
    const size_t at = seen->count++;

    assert_true(at < SEEN);
    (void)snprintf(seen->names[at], 32, "%s", e->name);
    (void)snprintf(seen->texts[at][0], 64, "%s", e->tag);
    (void)snprintf(seen->texts[at][1], 64, "%s", e->scenario);
    (void)snprintf(seen->texts[at][2], 64, "%s", e->definition);
    seen->rows[at] = *e;
    return true;
}

static seen_experiments scan(fixture *f)
{
    seen_experiments seen = {0};

    assert_ok(reel__store_scan_experiments(f->store, see, &seen, &f->err), f->err);
    return seen;
}

static void test_an_experiment_comes_back(void **state)
{
    fixture *f = *state;
    reel_experiment_record first = make("first", "00000001", ""),
                           second = make("second", "00000002", "home");
    seen_experiments seen;

    second.starts = first.ends;
    second.ends = second.starts + DAY;
    add(f, &first);
    add(f, &second);
    fixture_reopen(f);
    seen = scan(f);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.names[0], "second");
    assert_string_equal(seen.names[1], "first");
    assert_string_equal(seen.texts[0][0], "00000002");
    assert_string_equal(seen.texts[0][1], "home");
    assert_string_equal(seen.texts[0][2], "{\"a\":\"\xc3\xa9\"}");
    assert_int_equal(seen.rows[1].made, NOW - 5);
    assert_int_equal(seen.rows[1].starts, NOW);
    assert_int_equal(seen.rows[1].ends, NOW + 28 * DAY);
    assert_false(seen.rows[1].stopped);
}

static void refused(fixture *f, const reel_experiment_record *e, const char *why)
{
    assert_fails(reel__store_add_experiment(f->store, e, &f->err), REEL_E_CONFLICT, why, f->err);
    assert_int_equal(scan(f).count, 1);
}

static void test_two_are_not_about_the_same_lists(void **state)
{
    fixture *f = *state;
    reel_experiment_record one = make("one", "00000001", "home"), other = one;

    add(f, &one);
    refused(f, &one, "name");
    other = make("two", "00000001", "night");
    refused(f, &other, "tag");
    other = make("two", "00000002", "home");
    refused(f, &other, "\"one\"");
    other.scenario = "";
    refused(f, &other, "\"one\"");
    other.starts = one.ends - 1;
    other.ends = other.starts + 10;
    refused(f, &other, "scenario");
    other.starts = one.ends;
    add(f, &other);
    other = make("three", "00000003", "night");
    add(f, &other);
    assert_int_equal(scan(f).count, 3);
}

static void test_what_has_ended_makes_room(void **state)
{
    fixture *f = *state;
    reel_experiment_record one = make("one", "00000001", ""), two = make("two", "00000002", "");
    seen_experiments seen;

    add(f, &one);
    assert_ok(reel__store_end_experiment(f->store, "one", NOW + DAY, &f->err), f->err);
    assert_fails(reel__store_end_experiment(f->store, "one", NOW + DAY + 1, &f->err),
                 REEL_E_CONFLICT, "one", f->err);
    assert_fails(reel__store_end_experiment(f->store, "none", NOW, &f->err), REEL_E_NOTFOUND,
                 "none", f->err);
    two.starts = NOW + DAY;
    add(f, &two);
    seen = scan(f);
    assert_int_equal(seen.rows[1].ends, NOW + DAY);
    assert_true(seen.rows[1].stopped);
    assert_false(seen.rows[0].stopped);
}

static void test_what_has_not_begun_goes(void **state)
{
    fixture *f = *state;
    const reel_experiment_record one = make("one", "00000001", "");

    add(f, &one);
    assert_ok(reel__store_end_experiment(f->store, "one", NOW - 1, &f->err), f->err);
    assert_int_equal(scan(f).count, 0);
    add(f, &one);
}

/* What one that never began was counted by is not that of the next with its tag. */
static void test_a_tag_begins_anew(void **state)
{
    fixture *f = *state;
    const reel_experiment_record one = make("one", "00000001", "");
    const reel_trial_person person = {.who = "u1", .first_ms = 5, .lists = 1};
    reel_trial_adding adding = {.tag = "00000001", .to = 9, .people = &person, .count = 1};
    reel_trial_mark mark;
    bool done = false;

    add(f, &one);
    assert_ok(reel__trial_mark(&adding.from, f->store, "00000001", &f->err), f->err);
    assert_ok(reel__trial_add(f->store, &adding, &done, &f->err), f->err);
    assert_true(done);
    assert_ok(reel__store_end_experiment(f->store, "one", NOW - 1, &f->err), f->err);
    add(f, &one);
    assert_int_equal(trial_people(f->store, "00000001", INT64_MAX), 0);
    assert_ok(reel__trial_mark(&mark, f->store, "00000001", &f->err), f->err);
    assert_int_equal(mark.sequence, 0);
    assert_true(mark.epoch > adding.from.epoch);
}

int store_suite_experiments(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest experiment_tests[] = {
        TEST(test_an_experiment_comes_back),  TEST(test_two_are_not_about_the_same_lists),
        TEST(test_what_has_ended_makes_room), TEST(test_what_has_not_begun_goes),
        TEST(test_a_tag_begins_anew),
    };

    return cmocka_run_group_tests(experiment_tests, NULL, NULL);
}
