/* suite_online.c - how people took the lists of a version, beside those of the versions before. */
#include "suite.h"

#include <math.h>
#include <stdio.h>

#include "store/online.h"

enum { NOON = 1000000, LATER = 2000000 };

typedef struct shown {
    const char *list, *model;
    int64_t person; /* -1: a visitor, */
    const char *visitor;
    int64_t time_ms;
    bool untrusted;
} shown;

static void put(fixture *f, const char *id, const char *type, shown s)
{
    reel_event event = blank_event(id);

    event.type = type;
    event.list_id = s.list;
    event.model_id = s.model;
    event.user = s.person;
    event.visitor = s.visitor == NULL ? "" : s.visitor;
    event.time_ms = s.time_ms;
    event.untrusted = s.untrusted;
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
}

/* Before: person 1 with two lists, one of them taken up twice, and visitor a, who took up nothing.
 * With the new version: persons 1 and 2, who both took theirs up. Others do not count. */
static void put_log(fixture *f)
{
    put(f, "1", "impression", (shown){"l1", "ease-old", 1, NULL, NOON, false});
    put(f, "2", "click", (shown){"l1", "ease-old", 1, NULL, NOON, false});
    put(f, "3", "rating", (shown){"l1", "ease-old", 1, NULL, NOON, false});
    put(f, "4", "impression", (shown){"l2", "ease-older", 1, NULL, NOON + 1, false});
    put(f, "5", "impression", (shown){"l3", "ease-old", -1, "a", NOON, false});
    put(f, "6", "not_interested", (shown){"l3", "ease-old", -1, "a", NOON, false});
    put(f, "7", "impression", (shown){"l4", "ease-new", 1, NULL, LATER, false});
    put(f, "8", "impression", (shown){"l5", "ease-new", 2, NULL, LATER, false});
    put(f, "9", "watchlist", (shown){"l4", "", 1, NULL, LATER, false});
    put(f, "10", "trailer", (shown){"l5", "ease-new", 2, NULL, LATER, false});
    put(f, "11", "impression", (shown){"l6", "ials-old", 3, NULL, NOON, false});
    put(f, "12", "impression", (shown){"", "ease-old", 3, NULL, NOON, false});
    put(f, "13", "click", (shown){"", "ease-old", 3, NULL, NOON, false});
}

static void ask(fixture *f, reel_online_question question, reel_online_answer out[2])
{
    question.model = "ease";
    question.version = "ease-new";
    assert_ok(reel__store_online(f->store, &question, out, &f->err), f->err);
}

static void assert_answer(reel_online_answer got, int64_t people, double sum, double squares)
{
    assert_int_equal(got.people, people);
    assert_true(fabs(got.sum - sum) < 1e-9 && fabs(got.squares - squares) < 1e-9);
}

static void test_one_value_for_each_person(void **state)
{
    fixture *f = *state;
    reel_online_answer got[2];

    ask(f, (reel_online_question){.from_ms = 0, .to_ms = INT64_MAX, .events = 1000}, got);
    assert_answer(got[0], 0, 0, 0);
    assert_answer(got[1], 0, 0, 0);
    put_log(f);
    ask(f, (reel_online_question){.from_ms = 0, .to_ms = INT64_MAX, .events = 1000}, got);
    assert_answer(got[0], 2, 0.5, 0.25);
    assert_answer(got[1], 2, 2, 2);
}

/* Neither what is said to have been shown, nor what is said to have been taken up. */
static void test_what_is_not_trusted_is_left_out(void **state)
{
    fixture *f = *state;
    reel_online_answer got[2];

    put_log(f);
    put(f, "20", "impression", (shown){"l7", "ease-new", 4, NULL, LATER, true});
    put(f, "21", "impression", (shown){"l1", "ease-old", -1, "c", NOON, true});
    put(f, "22", "click", (shown){"l2", "ease-older", 1, NULL, NOON + 1, true});
    put(f, "23", "rating", (shown){"l3", "ease-old", -1, "a", NOON, true});
    ask(f, (reel_online_question){.from_ms = 0, .to_ms = INT64_MAX, .events = 1000}, got);
    assert_answer(got[0], 2, 0.5, 0.25);
    assert_answer(got[1], 2, 2, 2);
}

static void test_what_is_too_old_or_too_new_is_left_out(void **state)
{
    fixture *f = *state;
    reel_online_answer got[2];

    put_log(f);
    ask(f, (reel_online_question){.from_ms = NOON + 1, .to_ms = LATER, .events = 1000}, got);
    assert_answer(got[0], 1, 0, 0);
    assert_answer(got[1], 0, 0, 0);
    ask(f, (reel_online_question){.from_ms = 0, .to_ms = INT64_MAX, .events = 6}, got);
    assert_answer(got[0], 0, 0, 0); /* the newest six begin with event 8 */
    assert_answer(got[1], 1, 1, 1);
}

int store_suite_online(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest online_tests[] = {
        TEST(test_one_value_for_each_person),
        TEST(test_what_is_not_trusted_is_left_out),
        TEST(test_what_is_too_old_or_too_new_is_left_out),
    };

    return cmocka_run_group_tests(online_tests, NULL, NULL);
}
