/* Unit tests of recency: weights worked out by hand, and where nothing may change. */
#include "support/check.h"

#include <math.h>

#include "model/recency.h"
#include "support/near.h"

enum { COUNT = 4 };

static void make(reel_entry *entries, const int64_t *times)
{
    for (int i = 0; i < COUNT; i++)
        entries[i] = (reel_entry){.movie = i, .value = 3, .weight = 1, .time = times[i]};
}

static void test_an_entry_halves_with_each_half_life(void **state)
{
    (void)state;
    /* Newer ones: 3, 0, and 1 and 2 for two of the same time, who share 1.5. */
    static const double newer[COUNT] = {3, 0, 1.5, 1.5};
    static const int64_t times[COUNT] = {10, 900, 20, 20};
    reel_entry entries[COUNT];
    reel_dated room[COUNT];
    double sum = 0, total = 0;

    make(entries, times);
    assert_true(reel__recency_weigh(entries, COUNT, 2, room));
    for (int i = 0; i < COUNT; i++)
        sum += 0.05 + 0.95 * pow(0.5, newer[i] / 2);
    for (int i = 0; i < COUNT; i++) {
        assert_near((double)entries[i].weight, (0.05 + 0.95 * pow(0.5, newer[i] / 2)) * COUNT / sum,
                    1e-6);
        assert_true(entries[i].movie == i && entries[i].value == 3);
        total += (double)entries[i].weight;
    }
    assert_near(total, COUNT, 1e-6);
}

static void test_weights_given_are_multiplied(void **state)
{
    (void)state;
    static const int64_t times[COUNT] = {4, 3, 2, 1};
    reel_entry plain[COUNT], doubled[COUNT];
    reel_dated room[COUNT];

    make(plain, times);
    make(doubled, times);
    for (int i = 0; i < COUNT; i++)
        doubled[i].weight = (float)(i + 1);
    assert_true(reel__recency_weigh(plain, COUNT, 1, room));
    assert_true(reel__recency_weigh(doubled, COUNT, 1, room));
    for (int i = 0; i < COUNT; i++)
        assert_near((double)doubled[i].weight, (i + 1) * (double)plain[i].weight, 1e-6);
}

static void test_nothing_changes_without_an_order(void **state)
{
    (void)state;
    static const int64_t unknown[COUNT] = {0}, known[COUNT] = {1, 2, 3, 4};
    reel_entry entries[COUNT];
    reel_dated room[COUNT];

    make(entries, unknown);
    assert_false(reel__recency_weigh(entries, COUNT, 5, room));
    make(entries, known);
    assert_false(reel__recency_weigh(entries, COUNT, 0, room));
    assert_false(reel__recency_weigh(entries, 1, 5, room));
    assert_false(reel__recency_weigh(NULL, 0, 5, NULL));
    for (int i = 0; i < COUNT; i++)
        assert_true(entries[i].weight == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_entry_halves_with_each_half_life),
        cmocka_unit_test(test_weights_given_are_multiplied),
        cmocka_unit_test(test_nothing_changes_without_an_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
