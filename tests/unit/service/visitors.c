/* As how many people an address may speak in a day, and whose a list for anyone is. */
#include "service/lists/visitors.h"

#include <pthread.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "support/check.h"

enum { DAY = 86400, NOW = 1800000000 - 1800000000 % DAY + 60, EACH = 3, THREADS = 4, TRIES = 500 };

static reel_visitors *visitors;

static int start(void **state)
{
    reel_err err = {REEL_OK, ""};

    (void)state;
    reel__clock_set_for_test((int64_t)NOW * 1000);
    assert_ok(reel__visitors_new(&visitors, EACH, &err));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    reel__visitors_free(visitors);
    reel__clock_set_for_test(-1);
    return 0;
}

static bool admits(const char *address, int number)
{
    char who[32];

    (void)snprintf(who, sizeof who, "v:v_%d", number);
    return reel__visitors_admit(visitors, address, who);
}

static void an_address_is_so_many_people(void **state)
{
    (void)state;
    for (int i = 0; i < EACH; i++)
        assert_true(admits("192.0.2.1", i));
    assert_false(admits("192.0.2.1", EACH));
    assert_false(admits("192.0.2.1", EACH)); /* nor the next time */
    for (int i = 0; i < EACH; i++)
        assert_true(admits("192.0.2.1", i));
    assert_true(admits("192.0.2.2", EACH));
    assert_true(admits("192.0.2.2", 0)); /* they moved */
    assert_true(reel__visitors_admit(visitors, "192.0.2.3", "u7"));
    assert_true(reel__visitors_admit(visitors, "192.0.2.3", "v:a b"));
    assert_true(reel__visitors_admit(visitors, "192.0.2.3", "v:a"));
    assert_false(reel__visitors_admit(visitors, "192.0.2.3", "v:a c"));
}

static void a_day_begins_anew(void **state)
{
    (void)state;
    for (int i = 0; i < EACH; i++)
        assert_true(admits("192.0.2.1", i));
    reel__clock_set_for_test(((int64_t)NOW - 60 + DAY) * 1000 - 1);
    assert_false(admits("192.0.2.1", EACH));
    reel__clock_set_for_test(((int64_t)NOW - 60 + DAY) * 1000);
    for (int i = EACH; i < 2 * EACH; i++)
        assert_true(admits("192.0.2.1", i));
    assert_false(admits("192.0.2.1", 0));
}

static void some_are_not_counted(void **state)
{
    reel_visitors *any = NULL;
    reel_err err = {REEL_OK, ""};

    (void)state;
    assert_ok(reel__visitors_new(&any, 0, &err));
    for (int i = 0; i < 10 * EACH; i++) {
        char who[32];

        (void)snprintf(who, sizeof who, "v:v_%d", i);
        assert_true(reel__visitors_admit(any, "192.0.2.1", who));
        assert_true(reel__visitors_admit(NULL, "192.0.2.1", who));
        assert_true(reel__visitors_admit(visitors, NULL, who));
        assert_true(reel__visitors_claim(NULL, "r_1", who));
    }
    assert_true(reel__visitors_claim(any, "r_1", "v:v_1"));
    assert_false(reel__visitors_claim(any, "r_1", "v:v_2"));
    reel__visitors_free(any);
    reel__visitors_free(NULL);
}

static void a_list_for_anyone_is_one_persons(void **state)
{
    (void)state;
    assert_true(reel__visitors_claim(visitors, "r_1", "v:v_1"));
    assert_false(reel__visitors_claim(visitors, "r_1", "v:v_2"));
    assert_false(reel__visitors_claim(visitors, "r_1", ""));
    assert_true(reel__visitors_claim(visitors, "r_1", "v:v_1"));
    assert_true(reel__visitors_claim(visitors, "r_2", ""));
    assert_true(reel__visitors_claim(visitors, "r_2", ""));
    assert_false(reel__visitors_claim(visitors, "r_2", "v:v_2"));
    for (int i = 0; i < EACH; i++) /* a list is no address */
        assert_true(admits("r_1", i));
}

/* Whoever has many addresses leaves no room; those who are known stay so. */
static void a_full_table_takes_nobody_new(void **state)
{
    int taken = 0;

    (void)state;
    assert_true(admits("192.0.2.1", 0));
    for (int i = 0; i < REEL_VISITORS_MOST; i++) {
        char address[32];

        (void)snprintf(address, sizeof address, "2001:0db8:%04x:%04x/64", i >> 16, i & 0xffff);
        taken += admits(address, 0);
    }
    assert_int_equal(taken, REEL_VISITORS_MOST / 2 - 1);
    assert_true(admits("192.0.2.1", 0));
    assert_false(admits("192.0.2.1", 1));
    assert_false(admits("192.0.2.2", 0));
    assert_false(reel__visitors_claim(visitors, "r_1", "v:v_1"));
    reel__clock_set_for_test(((int64_t)NOW + DAY) * 1000);
    assert_true(admits("192.0.2.1", 1));
}

/* Each tries to be as many people at one address, beginning elsewhere. */
static void *try_often(void *argument)
{
    const int first = *(const int *)argument;
    static _Thread_local bool was[TRIES];

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < TRIES; i++) {
            const int number = (first + i) % TRIES;
            const bool is = admits("192.0.2.1", number);

            if (round > 0 && is != was[number])
                return argument;
            was[number] = is;
        }
    return NULL;
}

static void threads_are_counted_together(void **state)
{
    pthread_t threads[THREADS];
    int first[THREADS], admitted = 0;

    (void)state;
    for (int t = 0; t < THREADS; t++) {
        first[t] = t * (TRIES / THREADS);
        assert_int_equal(pthread_create(&threads[t], NULL, try_often, &first[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        void *changed;

        assert_int_equal(pthread_join(threads[t], &changed), 0);
        assert_null(changed);
    }
    for (int i = 0; i < TRIES; i++)
        admitted += admits("192.0.2.1", i);
    assert_int_equal(admitted, EACH);
}

static void no_memory_is_said(void **state)
{
    reel_visitors *none;
    reel_err err = {REEL_OK, ""};

    (void)state;
    reel__alloc_fail_after(0);
    assert_fails(reel__visitors_new(&none, EACH, &err), REEL_E_NOMEM, "no memory");
    reel__alloc_fail_after(-1);
    assert_null(none);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(an_address_is_so_many_people),
        TEST(a_day_begins_anew),
        TEST(some_are_not_counted),
        TEST(a_list_for_anyone_is_one_persons),
        TEST(a_full_table_takes_nobody_new),
        TEST(threads_are_counted_together),
        TEST(no_memory_is_said),
    };

    return cmocka_run_group_tests_name("visitors", tests, NULL, NULL);
}
