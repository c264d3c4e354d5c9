/* suite_ratings.c - ratings: which of two wins, how many were double, and that all come back. */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static void assert_rating(reel_store *store, int64_t person, int64_t movie, double value,
                          int64_t time)
{
    reel_dataset *dataset = dataset_of(store);
    float value_there = 0;
    int64_t time_there = 0;

    assert_true(find_rating(dataset, person, movie, &value_there, &time_there));
    assert_true((double)value_there == value);
    assert_int_equal(time_there, time);
    reel_dataset_free(dataset);
}

static void test_values_and_times_are_exact(void **state)
{
    fixture *f = *state;
    const reel_rating ratings[] = {{0, 0, 0, 0.5F},
                                   {1, 2, 978300760, 5.0F},
                                   {1, INT64_MAX, INT64_MAX, 0.1F},
                                   {INT64_MAX, 2, -1, -3.25F},
                                   {3, 3, 1, 0.0F}};
    const size_t count = sizeof ratings / sizeof *ratings;
    int64_t duplicates = -1;

    load_ratings(f->store, ratings, count, true, &duplicates);
    assert_int_equal(duplicates, 0);
    fixture_reopen(f);
    assert_int_equal(counts_of(f->store).ratings, count);
    for (size_t i = 0; i < count; i++)
        assert_rating(f->store, ratings[i].person, ratings[i].movie, (double)ratings[i].value,
                      ratings[i].time);
}

static void test_later_time_wins_within_a_call(void **state)
{
    fixture *f = *state;
    const reel_rating ratings[] = {{1, 1, 10, 1}, {1, 1, 30, 2}, {1, 1, 20, 3},
                                   {1, 2, 10, 1}, {1, 2, 10, 2}, {2, 1, 0, 4}};
    int64_t duplicates = 0;

    load_ratings(f->store, ratings, 6, true, &duplicates);
    assert_int_equal(duplicates, 3);
    assert_int_equal(counts_of(f->store).ratings, 3);
    assert_rating(f->store, 1, 1, 2, 30);
    assert_rating(f->store, 1, 2, 2, 10); /* of equal times the later row */
    assert_rating(f->store, 2, 1, 4, 0);
}

static void test_later_time_wins_across_calls_and_loads(void **state)
{
    fixture *f = *state;
    const reel_rating first[] = {{1, 1, 10, 1}, {1, 2, 10, 1}};
    const reel_rating second[] = {{1, 1, 5, 5}, {1, 2, 15, 5}, {1, 3, 1, 5}};
    reel_store_load *load = NULL;
    int64_t duplicates = -1;

    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_ok(reel__store_put_ratings(load, first, 2, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 0);
    assert_ok(reel__store_put_ratings(load, second, 3, &duplicates, &f->err), f->err);
    assert_int_equal(duplicates, 2); /* of this call */
    assert_ok(reel__store_load_commit(load, "", false, &f->err), f->err);
    assert_rating(f->store, 1, 1, 1, 10);
    assert_rating(f->store, 1, 2, 5, 15);

    load_ratings(f->store, second, 3, false, &duplicates);
    assert_int_equal(duplicates, 3); /* all were there */
    load_ratings(f->store, second, 3, true, &duplicates);
    assert_int_equal(duplicates, 0); /* none was left */
    assert_rating(f->store, 1, 1, 5, 5);
}

/* Around the sizes in which a back end may group its rows. */
static void test_every_batch_size(void **state)
{
    fixture *f = *state;
    reel_rating ratings[300];
    int64_t duplicates = 0;

    for (size_t i = 0; i < 300; i++)
        ratings[i] = (reel_rating){(int64_t)(i / 7), (int64_t)(i % 7), (int64_t)i, (float)(i % 5)};
    for (size_t count = 0; count <= 300; count += count < 3 || count % 64 > 61 ? 1 : 31) {
        load_ratings(f->store, ratings, count, true, &duplicates);
        assert_int_equal(duplicates, 0);
        assert_int_equal(counts_of(f->store).ratings, count);
    }
}

/* Against the plain rule, kept in an array: random order, many doubles, several calls. */
static void test_random_ratings_follow_the_rule(void **state)
{
    enum { PEOPLE = 60, MOVIES = 50, ROWS = 20000, CALLS = 7 };
    fixture *f = *state;
    reel_rating *rows = calloc(ROWS, sizeof *rows),
                *wanted = calloc(PEOPLE * MOVIES, sizeof *wanted);
    bool *there = calloc(PEOPLE * MOVIES, sizeof *there);
    reel_rng rng = reel__rng_make(7, 0);
    reel_store_load *load = NULL;
    reel_dataset *dataset = NULL;
    reel_csr_view view;
    int64_t expected = 0, duplicates = 0, call_duplicates = 0, kept = 0;

    assert_true(rows != NULL && wanted != NULL && there != NULL);
    for (size_t i = 0; i < ROWS; i++) {
        reel_rating *r = &rows[i];
        size_t cell = 0;

        *r = (reel_rating){
            (int64_t)reel__rng_below(&rng, PEOPLE), (int64_t)reel__rng_below(&rng, MOVIES),
            (int64_t)reel__rng_below(&rng, 20), (float)reel__rng_below(&rng, 10) / 2};
        cell = (size_t)(r->person * MOVIES + r->movie);
        expected += there[cell];
        if (!there[cell] || r->time >= wanted[cell].time)
            wanted[cell] = *r;
        there[cell] = true;
    }
    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    for (size_t call = 0; call < CALLS; call++) {
        const size_t from = ROWS * call / CALLS, to = ROWS * (call + 1) / CALLS;

        assert_ok(reel__store_put_ratings(load, rows + from, to - from, &call_duplicates, &f->err),
                  f->err);
        duplicates += call_duplicates;
    }
    assert_ok(reel__store_load_commit(load, "", false, &f->err), f->err);
    assert_int_equal(duplicates, expected);
    assert_int_equal(counts_of(f->store).ratings, ROWS - expected);
    dataset = dataset_of(f->store);
    view = reel_dataset_ratings(dataset);
    assert_int_equal(view.ptr[view.rows], ROWS - expected);
    for (size_t cell = 0; cell < PEOPLE * MOVIES; cell++) {
        float value = 0;
        int64_t time = 0;
        const bool found =
            find_rating(dataset, (int64_t)cell / MOVIES, (int64_t)cell % MOVIES, &value, &time);

        assert_int_equal(found, there[cell]);
        if (!found)
            continue;
        assert_true(value == wanted[cell].value);
        assert_int_equal(time, wanted[cell].time);
        kept++;
    }
    assert_int_equal(kept, ROWS - expected);
    reel_dataset_free(dataset);
    free(rows);
    free(wanted);
    free(there);
}

/* More than any batch of reading: none is lost or double at a border. */
static void test_many_ratings_come_back(void **state)
{
    enum { ROWS = 8192 * 3 };
    static const size_t sizes[] = {8191, 8192, 8193, ROWS};
    fixture *f = *state;
    reel_rating *rows = calloc(ROWS, sizeof *rows);

    assert_non_null(rows);
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (reel_rating){(int64_t)(i / 100), (int64_t)(i % 100), (int64_t)i, 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        reel_dataset *dataset = NULL;
        reel_csr_view view;

        load_ratings(f->store, rows, sizes[i], true, NULL);
        dataset = dataset_of(f->store);
        view = reel_dataset_ratings(dataset);
        assert_int_equal(view.ptr[view.rows], sizes[i]);
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(reel_dataset_times(dataset)[at], at);
        reel_dataset_free(dataset);
    }
    free(rows);
}

int store_suite_ratings(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest rating_tests[] = {
        TEST(test_values_and_times_are_exact),
        TEST(test_later_time_wins_within_a_call),
        TEST(test_later_time_wins_across_calls_and_loads),
        TEST(test_every_batch_size),
        TEST(test_random_ratings_follow_the_rule),
        TEST(test_many_ratings_come_back),
    };

    return cmocka_run_group_tests(rating_tests, NULL, NULL);
}
