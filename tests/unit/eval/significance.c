/* Unit tests of intervals and comparisons: known distributions, threads, rows that do not count. */
#include "support/check.h"

#include <math.h>

#include "base/rng.h"
#include "eval/significance.h"
#include "support/near.h"

enum { PEOPLE = 4000 };

/* Normal, mean 1 and deviation 2, in the first column; twice that in the second. */
static void draw_values(double values[PEOPLE][2])
{
    reel_rng rng = reel__rng_make(7, 1);

    for (int p = 0; p < PEOPLE; p++) {
        values[p][0] = 1 + 2 * reel__rng_normal(&rng);
        values[p][1] = 2 * values[p][0];
    }
}

static void test_intervals_are_those_of_the_normal_law(void **state)
{
    (void)state;
    static double values[PEOPLE][2];
    const reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    const double half = 1.96 * 2 / sqrt(PEOPLE);
    reel_interval found[2];
    reel_err err;

    draw_values(values);
    assert_ok(reel__bootstrap(found, (reel_sample_view){&values[0][0], PEOPLE, 2}, &opts, &err));
    assert_near(found[0].mean, 1, 3 * half);
    assert_near(found[0].high - found[0].mean, half, 0.15 * half);
    assert_near(found[0].mean - found[0].low, half, 0.15 * half);
    assert_near(found[1].low, 2 * found[0].low, 1e-12);
    assert_near(found[1].high, 2 * found[0].high, 1e-12);
}

static void test_threads_and_absent_rows_change_nothing(void **state)
{
    (void)state;
    static double values[PEOPLE][2], holes[2 * PEOPLE][2];
    reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    reel_interval one[2], four[2], with_holes[2];
    reel_err err;

    draw_values(values);
    for (int p = 0; p < PEOPLE; p++) {
        holes[2 * p][0] = (double)NAN;
        memcpy(holes[2 * p + 1], values[p], sizeof values[p]);
    }
    opts.threads = 1;
    assert_ok(reel__bootstrap(one, (reel_sample_view){&values[0][0], PEOPLE, 2}, &opts, &err));
    opts.threads = 4;
    assert_ok(reel__bootstrap(four, (reel_sample_view){&values[0][0], PEOPLE, 2}, &opts, &err));
    assert_ok(
        reel__bootstrap(with_holes, (reel_sample_view){&holes[0][0], 2 * PEOPLE, 2}, &opts, &err));
    assert_memory_equal(one, four, sizeof one);
    assert_memory_equal(one, with_holes, sizeof one);
}

static void test_pairs_tell_what_means_cannot(void **state)
{
    (void)state;
    static double a[PEOPLE], b[PEOPLE], c[PEOPLE];
    const reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    reel_rng rng = reel__rng_make(8, 1);
    reel_comparison found;
    reel_err err;

    for (int p = 0; p < PEOPLE; p++) {
        a[p] = p % 2 == 0 ? (double)NAN : reel__rng_normal(&rng);
        b[p] = a[p] + 0.02 + 0.05 * reel__rng_normal(&rng);
        c[p] = a[p] + 0.05 * (p % 4 == 1 ? 1 : -1);
    }
    assert_ok(reel__compare(&found, b, a, PEOPLE, &opts, &err));
    assert_near(found.difference.mean, 0.02, 0.005);
    assert_true(found.difference.low > 0 && found.p < 0.01);
    assert_ok(reel__compare(&found, c, a, PEOPLE, &opts, &err));
    assert_true(found.difference.low < 0 && found.difference.high > 0 && found.p > 0.5);
    assert_ok(reel__compare(&found, a, a, PEOPLE, &opts, &err));
    assert_near(found.p, 1, 0);
}

static reel_code sweep(void *user, reel_err *err)
{
    const reel_bootstrap_opts opts = {.resamples = 5, .threads = 1};
    reel_interval interval;
    reel_comparison found;
    const reel_code rc = reel__bootstrap(&interval, (reel_sample_view){user, 3, 1}, &opts, err);

    return rc == REEL_OK ? reel__compare(&found, user, user, 3, &opts, err) : rc;
}

static void test_failures(void **state)
{
    (void)state;
    double values[3] = {1, 2, 3}, none[2] = {(double)NAN, (double)NAN};
    reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    reel_interval found;
    reel_err err;

    assert_true(sweep_memory(sweep, values) > 7);
    assert_fails(reel__bootstrap(&found, (reel_sample_view){none, 2, 1}, &opts, &err),
                 REEL_E_INVALID, "nobody");
    opts.resamples = 0;
    assert_fails(reel__bootstrap(&found, (reel_sample_view){values, 3, 1}, &opts, &err),
                 REEL_E_INVALID, "not 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_are_those_of_the_normal_law),
        cmocka_unit_test(test_threads_and_absent_rows_change_nothing),
        cmocka_unit_test(test_pairs_tell_what_means_cannot),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
