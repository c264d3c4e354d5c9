/* suite_once.c - requests by key: begun by one, answered again, given up, forgotten. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "store/once.h"
#include "store/sql.h"

enum { DAY = 24 * 3600, NOON = 1000000 };

static reel_once asked_at(const char *key, int64_t at)
{
    reel_once asked = {.at = at};

    (void)snprintf(asked.key, sizeof asked.key, "%s", key);
    (void)snprintf(asked.body, sizeof asked.body, "body of %s", key);
    return asked;
}

static bool begin(fixture *f, const char *key, int64_t at, reel_once_answer *there)
{
    const reel_once asked = asked_at(key, at);
    bool mine = false;

    reel__buf_fini(&there->text);
    reel__buf_init(&there->text, 1 << 20);
    assert_ok(reel__store_begin_once(f->store, &asked, DAY, &mine, there, &f->err), f->err);
    return mine;
}

static void end(fixture *f, const char *key, const char *text)
{
    reel_once_answer answer = {.status = 202, .location = "/api/v1/jobs/7"};

    reel__buf_init(&answer.text, 1 << 20);
    reel__buf_text(&answer.text, text);
    assert_ok(reel__store_end_once(f->store, key, &answer, &f->err), f->err);
    reel__buf_fini(&answer.text);
}

static bool take_count(void *user, const char *const *column)
{
    *(int64_t *)user = reel__sql_number(column[0], -1);
    return false;
}

static void test_the_first_answer_comes_again(void **state)
{
    fixture *f = *state;
    reel_once_answer there = {0};

    assert_true(begin(f, "a", NOON, &there));
    assert_false(begin(f, "a", NOON + 1, &there)); /* it is being done */
    assert_int_equal(there.status, 0);
    assert_string_equal(there.body, "body of a");
    assert_true(begin(f, "b", NOON + 1, &there)); /* which is no matter of another's */
    end(f, "a", "{\"id\":7,\"t\":\"\xc3\xa9\"}");
    fixture_reopen(f);
    assert_false(begin(f, "a", NOON + DAY - 1, &there));
    assert_int_equal(there.status, 202);
    assert_string_equal(there.location, "/api/v1/jobs/7");
    assert_string_equal(there.text.data, "{\"id\":7,\"t\":\"\xc3\xa9\"}");
    assert_true(begin(f, "a", NOON + DAY, &there)); /* a day is over */
    reel__buf_fini(&there.text);
}

static void test_what_came_to_nothing_is_tried_again(void **state)
{
    fixture *f = *state;
    reel_once_answer there = {0};

    assert_true(begin(f, "a", NOON, &there));
    assert_ok(reel__store_drop_once(f->store, "a", &f->err), f->err);
    assert_true(begin(f, "a", NOON, &there));
    assert_false(begin(f, "a", NOON + REEL_ONCE_ABANDONED - 1, &there));
    assert_true(begin(f, "a", NOON + REEL_ONCE_ABANDONED, &there)); /* whoever did it is gone */
    end(f, "a", "{}");
    assert_ok(reel__store_drop_once(f->store, "a", &f->err), f->err); /* what is done stays */
    assert_false(begin(f, "a", NOON + REEL_ONCE_ABANDONED + 1, &there));
    reel__buf_fini(&there.text);
}

static void test_only_so_many_are_kept(void **state)
{
    fixture *f = *state;
    reel_once_answer there = {0};
    char key[32];

    for (int i = 0; i < 3; i++) {
        (void)snprintf(key, sizeof key, "old %d", i);
        assert_true(begin(f, key, NOON + i, &there));
        end(f, key, "{}");
    }
    /* As many newer ones as are kept, at once. */
    fixture_exec(f, "INSERT INTO once (key, body, at, status, location, answer) WITH RECURSIVE"
                    " n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                    " SELECT 'new ' || i, '', 1000010 + i, 200, '', '' FROM n");
    assert_true(begin(f, "newest", NOON + 2000, &there));
    assert_true(begin(f, "old 0", NOON + 2001, &there)); /* forgotten */
    assert_false(begin(f, "new 1000", NOON + 2002, &there));
    reel__buf_fini(&there.text);
}

static int64_t count_of(fixture *f)
{
    int64_t count = 0;
    reel_sql sql;

    reel__sql_begin(&sql, "SELECT count(*) FROM once");
    assert_ok(reel__sql_read(f->store, &sql, take_count, &count, &f->err), f->err);
    return count;
}

static void test_what_is_over_is_swept(void **state)
{
    fixture *f = *state;
    reel_once_answer there = {0};

    assert_true(begin(f, "done", NOON, &there));
    end(f, "done", "{}");
    assert_true(begin(f, "left", NOON, &there));
    assert_ok(reel__store_sweep_once(f->store, NOON + REEL_ONCE_ABANDONED - 1, DAY, &f->err),
              f->err);
    assert_int_equal(count_of(f), 2);
    assert_ok(reel__store_sweep_once(f->store, NOON + REEL_ONCE_ABANDONED, DAY, &f->err), f->err);
    assert_int_equal(count_of(f), 1);
    assert_ok(reel__store_sweep_once(f->store, NOON + DAY, DAY, &f->err), f->err);
    assert_int_equal(count_of(f), 0);
    reel__buf_fini(&there.text);
}

int store_suite_once(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest once_tests[] = {
        TEST(test_the_first_answer_comes_again),
        TEST(test_what_came_to_nothing_is_tried_again),
        TEST(test_only_so_many_are_kept),
        TEST(test_what_is_over_is_swept),
    };

    return cmocka_run_group_tests(once_tests, NULL, NULL);
}
