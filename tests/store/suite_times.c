/* suite_times.c - what is asked is timed under its name, once, whether it succeeds or not. */
#include "suite.h"

#include "store/accounts.h"
#include "store/times.h"

static uint64_t times_of(const fixture *f, reel_store_op op)
{
    return reel__histogram_count(reel__store_times(f->store, op));
}

static bool see_given(void *user, const reel_given_row *row)
{
    (void)user;
    (void)row;
    return true;
}

static bool see_event(void *user, const reel_event *event)
{
    (void)user;
    (void)event;
    return true;
}

static void ask_once(fixture *f, reel_store_op op)
{
    const reel_given_row row = {.person = 7, .movie = 1, .value = 4};
    const reel_event_filter all = {.limit = 10};
    reel_event event = {.event_id = "e", .type = "click", .visitor = "", .method = ""};
    reel_store_label label;
    int64_t count = 0;

    event.model_id = event.list_id = event.scenario = "";
    if (op == REEL_STORE_FACTS)
        assert_ok(reel__store_label(f->store, &label, &f->err), f->err);
    else if (op == REEL_STORE_DATASET)
        reel_dataset_free(dataset_of(f->store));
    else if (op == REEL_STORE_LOAD)
        load_ratings(f->store, &(reel_rating){.person = 7, .movie = 1, .value = 3}, 1, false, NULL);
    else if (op == REEL_STORE_GIVEN_READ)
        assert_ok(reel__store_read_given(f->store, 7, see_given, NULL, &f->err), f->err);
    else if (op == REEL_STORE_GIVEN_WRITE)
        assert_ok(reel__store_put_given(f->store, &row, 1, &f->err), f->err);
    else if (op == REEL_STORE_EVENTS_READ)
        assert_ok(reel__store_scan_events(f->store, &all, see_event, NULL, &f->err), f->err);
    else if (op == REEL_STORE_EVENTS_WRITE)
        assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    else if (op == REEL_STORE_READ)
        assert_ok(reel__store_count_sessions(f->store, 1, 0, &count, &f->err), f->err);
    else
        assert_ok(reel__store_end_sessions(f->store, 1, &f->err), f->err);
}

static void test_each_kind_is_timed_under_its_name(void **state)
{
    fixture *f = *state;

    ask_once(f, REEL_STORE_LOAD); /* there is something to ask for */
    for (int op = 0; op < REEL_STORE_OPS; op++) {
        uint64_t before[REEL_STORE_OPS];

        for (int i = 0; i < REEL_STORE_OPS; i++)
            before[i] = times_of(f, (reel_store_op)i);
        ask_once(f, (reel_store_op)op);
        for (int i = 0; i < REEL_STORE_OPS; i++)
            assert_int_equal(times_of(f, (reel_store_op)i) - before[i], i == op);
    }
    assert_string_equal(reel__store_op_name(REEL_STORE_GIVEN_READ), "given_read");
    assert_null(reel__store_op_name(REEL_STORE_OPS));
}

/* A load that is given up took time, too; one that the store refuses before it asks took none. */
static void test_what_fails_is_timed(void **state)
{
    fixture *f = *state;
    reel_store_load *load;
    uint64_t before = times_of(f, REEL_STORE_LOAD);

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_int_equal(times_of(f, REEL_STORE_LOAD), before);
    reel__store_load_abort(load);
    assert_int_equal(times_of(f, REEL_STORE_LOAD), before + 1);
    before = times_of(f, REEL_STORE_EVENTS_READ);
    assert_int_equal(reel__store_scan_events(f->store, &(reel_event_filter){.limit = 0}, see_event,
                                             NULL, &f->err),
                     REEL_E_INVALID);
    assert_int_equal(times_of(f, REEL_STORE_EVENTS_READ), before);
}

int store_suite_times(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest times_tests[] = {
        TEST(test_each_kind_is_timed_under_its_name),
        TEST(test_what_fails_is_timed),
    };

    return cmocka_run_group_tests(times_tests, NULL, NULL);
}
