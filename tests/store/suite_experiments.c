/* suite_experiments.c - experiments: kept as they were defined, never two about the same lists at
 * the same time, ended; and the events of their lists.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/accounts.h"
#include "store/experiments.h"

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

/* ---- events -------------------------------------------------------------------------------- */

static void put(fixture *f, const char *id, const char *type, const char *list_id, int64_t user)
{
    const reel_event_movie film = {7, 3};
    reel_event event = blank_event(id);

    event.type = type;
    event.list_id = list_id;
    event.user = user;
    event.visitor = user < 0 ? "v_1" : "";
    event.movies = &film;
    event.movie_count = 1;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

typedef struct seen_trial {
    size_t count;
    char rows[SEEN][128];
    reel_trial_place last;
} seen_trial;

static bool see_event(void *user, const reel_trial_event *e)
{
    seen_trial *seen = user;

    assert_true(seen->count < SEEN);
    assert_true(e->received_ms > 0);
    (void)snprintf(seen->rows[seen->count++], 128, "%s %s %d %s %s", e->list_id, e->type,
                   (int)e->user, e->visitor, e->movies);
    (void)snprintf(seen->last.list_id, sizeof seen->last.list_id, "%s", e->list_id);
    seen->last.sequence = e->sequence;
    return true;
}

static void put_some(fixture *f)
{
    put(f, "1", "impression", "x_0000000a_1_bb", 1);
    put(f, "2", "impression", "x_0000000a_0_aa", -1);
    put(f, "3", "click", "x_0000000a_1_bb", 1);
    put(f, "4", "impression", "x_0000000b_0_cc", 2);
    put(f, "5", "impression", "r_0000000a", 2);
    put(f, "6", "impression", "", 2);
    put(f, "7", "rating", "x_0000000a_0_aa", -1);
}

static void test_events_come_by_list(void **state)
{
    static const char *const expected[] = {
        "x_0000000a_0_aa impression -1 v_1 [[7,3]]", "x_0000000a_0_aa rating -1 v_1 [[7,3]]",
        "x_0000000a_1_bb impression 1  [[7,3]]", "x_0000000a_1_bb click 1  [[7,3]]"};
    fixture *f = *state;

    put_some(f);
    for (size_t limit = 1; limit <= 5; limit++) {
        reel_trial_scan scan = {.tag = "0000000a", .limit = limit};
        seen_trial seen = {0};
        size_t before;

        do {
            before = seen.count;
            scan.place = seen.last;
            assert_ok(reel__store_scan_trial(f->store, &scan, see_event, &seen, &f->err), f->err);
            assert_true(seen.count - before <= limit);
        } while (seen.count - before == limit);
        assert_int_equal(seen.count, 4);
        for (size_t i = 0; i < 4; i++)
            assert_string_equal(seen.rows[i], expected[i]);
    }
    assert_fails(reel__store_scan_trial(
                     f->store,
                     &(reel_trial_scan){.tag = "0000000a", .limit = REEL_TRIAL_SCAN_MAX + 1},
                     see_event, NULL, &f->err),
                 REEL_E_INVALID, "limit", f->err);
}

/* Whose account is deleted is in no experiment any more. */
static void test_who_goes_leaves_nothing(void **state)
{
    fixture *f = *state;
    const reel_trial_scan scan = {.tag = "0000000a", .limit = 10};
    reel_account account = {
        .name = "Ana", .folded = "ana", .role = REEL_ROLE_PERSON, .created_at = NOW};
    seen_trial seen = {0};

    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    put_some(f);
    put(f, "8", "impression", "x_0000000a_1_dd", account.id + REEL_ACCOUNT_PERSON);
    assert_ok(reel__store_delete_account(f->store, account.id, true, &f->err), f->err);
    assert_ok(reel__store_scan_trial(f->store, &scan, see_event, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 4);
}

int store_suite_experiments(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest experiment_tests[] = {
        TEST(test_an_experiment_comes_back),  TEST(test_two_are_not_about_the_same_lists),
        TEST(test_what_has_ended_makes_room), TEST(test_what_has_not_begun_goes),
        TEST(test_events_come_by_list),       TEST(test_who_goes_leaves_nothing),
    };

    return cmocka_run_group_tests(experiment_tests, NULL, NULL);
}
