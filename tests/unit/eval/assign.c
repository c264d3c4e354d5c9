/* Unit tests of the assignment to arms: for good, by weight, and independent between experiments.
 */
#include "support/check.h"

#include <stdio.h>

#include "eval/assign.h"

enum { PEOPLE = 200000 };

/* The 0.1 % point of the chi-square law with 1 and 3 degrees of freedom. */
static const double chi_1 = 10.83, chi_3 = 16.27;

static const char *unit_of(int person)
{
    static char text[32];

    (void)snprintf(text, sizeof text, "u%d", person);
    return text;
}

static double chi_square(const int *seen, const double *expected, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += ((double)seen[i] - expected[i]) * ((double)seen[i] - expected[i]) / expected[i];
    return sum;
}

/* What was said once is said by every version of the program to come. */
static void test_answers_stay(void **state)
{
    (void)state;
    static const double halves[] = {1, 1};
    static const struct {
        const char *salt, *unit;
        double draw;
        size_t arm;
    } known[] = {
        {"3f2a", "u1", 0.694190343782669, 1},
        {"3f2a", "u2", 0.91834474843166, 1},
        {"3f2a", "v:v_0123456789abcdef", 0.0422774903551657, 0},
        {"another", "u1", 0.0238936949124833, 0},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_float_equal(reel__assign_draw(known[i].salt, known[i].unit), known[i].draw, 1e-12);
        assert_int_equal(reel__assign(known[i].salt, known[i].unit, halves, 2), known[i].arm);
    }
}

static void test_arms_have_their_weights(void **state)
{
    (void)state;
    static const double weights[] = {5, 0, 3, 2};
    const double expected[] = {PEOPLE * .5, 1, PEOPLE * .3, PEOPLE * .2};
    int seen[4] = {0};

    for (int p = 0; p < PEOPLE; p++)
        seen[reel__assign("salt", unit_of(p), weights, 4)]++;
    assert_int_equal(seen[1], 0);
    seen[1] = 1;
    assert_true(chi_square(seen, expected, 4) < chi_3);
}

static void test_the_last_arm_may_weigh_nothing(void **state)
{
    (void)state;
    static const double weights[] = {1, 0};

    for (int p = 0; p < 1000; p++)
        assert_int_equal(reel__assign("salt", unit_of(p), weights, 2), 0);
}

/* Salts that are alike, as those of people who number their experiments. */
static void test_experiments_are_independent(void **state)
{
    (void)state;
    static const double halves[] = {1, 1};
    static const char *const salts[] = {"home-1", "home-2", "1-home", "b0c9f8a7"};
    const double expected[] = {PEOPLE / 4., PEOPLE / 4., PEOPLE / 4., PEOPLE / 4.};

    for (size_t a = 0; a < 4; a++)
        for (size_t b = a + 1; b < 4; b++) {
            int seen[4] = {0};

            for (int p = 0; p < PEOPLE; p++)
                seen[2 * reel__assign(salts[a], unit_of(p), halves, 2) +
                     reel__assign(salts[b], unit_of(p), halves, 2)]++;
            assert_true(chi_square(seen, expected, 4) < chi_3);
        }
}

/* Neither do neighbours by number go together. */
static void test_neighbours_are_independent(void **state)
{
    (void)state;
    static const double halves[] = {1, 1};
    const double expected[] = {(PEOPLE - 1) / 2., (PEOPLE - 1) / 2.};
    int seen[2] = {0};
    size_t before = reel__assign("salt", unit_of(0), halves, 2);

    for (int p = 1; p < PEOPLE; p++) {
        const size_t arm = reel__assign("salt", unit_of(p), halves, 2);

        seen[arm == before]++;
        before = arm;
    }
    assert_true(chi_square(seen, expected, 2) < chi_1);
}

/* By tables of the chi-square law. */
static void test_uneven_arms_are_noticed(void **state)
{
    (void)state;
    static const double halves[] = {1, 1}, three[] = {2, 1, 1};
    static const int64_t even[] = {500, 500}, odd[] = {531, 469}, worse[] = {600, 400},
                         thirds[] = {500, 250, 250}, uneven[] = {500, 274, 226};

    assert_true(reel__assign_balance(even, halves, 2) > 0.9);
    assert_float_equal(reel__assign_balance(odd, halves, 2), 0.05, 0.005); /* 3.84 */
    assert_true(reel__assign_balance(worse, halves, 2) < 1e-6);
    assert_true(reel__assign_balance(thirds, three, 3) > 0.9);
    assert_float_equal(reel__assign_balance(uneven, three, 3), 0.1, 0.01); /* 4.61 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_stay),
        cmocka_unit_test(test_arms_have_their_weights),
        cmocka_unit_test(test_the_last_arm_may_weigh_nothing),
        cmocka_unit_test(test_experiments_are_independent),
        cmocka_unit_test(test_neighbours_are_independent),
        cmocka_unit_test(test_uneven_arms_are_noticed),
    };

    return cmocka_run_group_tests_name("assignment to arms", tests, NULL, NULL);
}
