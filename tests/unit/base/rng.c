/* Random numbers: known answers, ranges, moments. */
#include "support/check.h"

#include <math.h>

#include "base/rng.h"

/* The state (1, 2, 3, 4) gives these by the definition of xoshiro256++, worked out by hand. */
static void follows_the_definition(void **state)
{
    reel_rng rng = {{1, 2, 3, 4}};

    (void)state;
    assert_int_equal(reel__rng_next(&rng), 41943041);
    assert_int_equal(reel__rng_next(&rng), 58720359);
    assert_int_equal(reel__rng_next(&rng), 3588806011781223);
}

static void same_seed_same_numbers(void **state)
{
    reel_rng a = reel__rng_make(1, 2), b = reel__rng_make(1, 2), c = reel__rng_make(2, 1),
             d = reel__rng_make(1, 3);
    int equal_c = 0, equal_d = 0;

    (void)state;
    for (int i = 0; i < 100; i++) {
        const uint64_t value = reel__rng_next(&a);

        assert_int_equal(value, reel__rng_next(&b));
        equal_c += value == reel__rng_next(&c);
        equal_d += value == reel__rng_next(&d);
    }
    assert_int_equal(equal_c, 0);
    assert_int_equal(equal_d, 0);
}

static void below_is_uniform(void **state)
{
    enum { BOUND = 7, DRAWS = 70000 };
    int64_t counts[BOUND] = {0};
    reel_rng rng = reel__rng_make(3, 0);
    double chi2 = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        const uint64_t drawn = reel__rng_below(&rng, BOUND);

        assert_true(drawn < BOUND);
        counts[drawn]++;
    }
    for (int i = 0; i < BOUND; i++) {
        const double off = (double)counts[i] - (double)DRAWS / BOUND;

        chi2 += off * off / ((double)DRAWS / BOUND);
    }
    assert_true(chi2 < 22.5); /* 6 degrees of freedom, p = 0.001; the seed is fixed */
    for (int i = 0; i < 100; i++) {
        assert_int_equal(reel__rng_below(&rng, 1), 0);
        assert_true(reel__rng_below(&rng, UINT64_C(3) << 62) < UINT64_C(3) << 62);
    }
}

static void every_order_is_as_probable(void **state)
{
    enum { DRAWS = 60000 };
    reel_rng rng = reel__rng_make(4, 0);
    int count[6] = {0};

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        int32_t order[] = {0, 1, 2};

        reel__rng_shuffle(&rng, order, 3);
        assert_int_equal(1 << order[0] | 1 << order[1] | 1 << order[2], 7);
        count[2 * order[0] + (order[1] > order[2])]++;
    }
    for (int i = 0; i < 6; i++)
        assert_true(abs(count[i] - DRAWS / 6) < 500); /* five standard deviations */
    reel__rng_shuffle(&rng, NULL, 0);
}

static void moments_are_right(void **state)
{
    enum { DRAWS = 200000 };
    reel_rng rng = reel__rng_make(11, 4);
    double unit = 0, normal = 0, square = 0, fourth = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        const double u = reel__rng_unit(&rng), z = reel__rng_normal(&rng);

        assert_true(u >= 0 && u < 1);
        unit += u;
        normal += z;
        square += z * z;
        fourth += z * z * z * z;
    }
    assert_true(fabs(unit / DRAWS - 0.5) < 0.003);
    assert_true(fabs(normal / DRAWS) < 0.01);
    assert_true(fabs(square / DRAWS - 1) < 0.015);
    assert_true(fabs(fourth / DRAWS - 3) < 0.15);
}

/* Our own logarithm stands behind the normal numbers: the first one of each stream is worked out
 * again with the C library's. */
static void normal_agrees_with_the_library_log(void **state)
{
    (void)state;
    for (uint64_t stream = 0; stream < 2000; stream++) {
        reel_rng rng = reel__rng_make(5, stream), twin = rng;
        const double z = reel__rng_normal(&rng);
        double x, y, square;

        do {
            x = 2 * reel__rng_unit(&twin) - 1;
            y = 2 * reel__rng_unit(&twin) - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        assert_true(fabs(z - x * sqrt(-2 * log(square) / square)) <= 1e-13 * (1 + fabs(z)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_definition),
        cmocka_unit_test(same_seed_same_numbers),
        cmocka_unit_test(below_is_uniform),
        cmocka_unit_test(every_order_is_as_probable),
        cmocka_unit_test(moments_are_right),
        cmocka_unit_test(normal_agrees_with_the_library_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
