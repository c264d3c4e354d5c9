/* Unit tests of the nearest people: the same answer as a full top-k, however the guess goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "num/nearest.h"

enum { PEOPLE = 9000, LIMIT_MAX = 1200 };

static float similarity[REEL_NEAREST_ROOM * PEOPLE];

static void compare_with_topk(reel_index n, size_t limit)
{
    static float copy[PEOPLE];
    static reel_scored expected[LIMIT_MAX], got[LIMIT_MAX];
    size_t want, have;

    memcpy(copy, similarity, sizeof copy);
    want = reel__topk(copy, n, NULL, limit, expected);
    while (want > 0 && expected[want - 1].score <= 0)
        want--;
    have = reel__nearest(got, similarity, n, limit);
    assert_int_equal(have, want);
    for (size_t k = 0; k < have; k++) {
        assert_int_equal(got[k].index, expected[k].index);
        assert_true(got[k].score == expected[k].score);
    }
    assert_memory_equal(copy, similarity, (size_t)n * sizeof *copy);
}

static void fill(uint64_t seed, int levels, double share)
{
    reel_rng rng = reel__rng_make(seed, 0);

    for (int i = 0; i < PEOPLE; i++) {
        const double x = levels > 0 ? (double)reel__rng_below(&rng, (uint64_t)levels) / levels
                                    : reel__rng_unit(&rng);

        similarity[i] = reel__rng_unit(&rng) < share ? (float)x : 0;
    }
    similarity[17] = -1;
}

static void compare_all(void)
{
    static const size_t limits[] = {1, 2, 10, 100, 150, 333, 1024, LIMIT_MAX};
    static const reel_index sizes[] = {1, 5, 2047, 2048, 6040, PEOPLE};

    for (size_t l = 0; l < sizeof limits / sizeof *limits; l++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            compare_with_topk(sizes[s], limits[l]);
}

static void test_distinct_similarities(void **state)
{
    (void)state;
    fill(1, 0, 1);
    compare_all();
}

static void test_many_ties(void **state)
{
    (void)state;
    fill(2, 7, 1);
    compare_all();
    fill(3, 2, 1);
    compare_all();
}

static void test_few_with_anything_in_common(void **state)
{
    (void)state;
    fill(4, 0, 0.01);
    compare_all();
    fill(5, 0, 0);
    compare_all();
}

/* All that is large stands where the sample looks, so the guess is too high. */
static void test_a_misled_guess(void **state)
{
    (void)state;
    fill(6, 0, 1);
    for (int i = 0; i < 512; i++)
        similarity[(int64_t)i * PEOPLE / 512] = 2 + (float)i;
    compare_with_topk(PEOPLE, 1000);
    compare_with_topk(PEOPLE, 600);
    compare_with_topk(PEOPLE, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distinct_similarities),
        cmocka_unit_test(test_many_ties),
        cmocka_unit_test(test_few_with_anything_in_common),
        cmocka_unit_test(test_a_misled_guess),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
