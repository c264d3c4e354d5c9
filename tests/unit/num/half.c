/* Unit tests of numbers in half precision: every half there is, rounding, and sums of rows. */
#include "num/half.h"

#include <math.h>

#include "base/rng.h"
#include "support/check.h"
#include "support/near.h"

static void test_every_half_is_its_own_nearest(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        const uint16_t half = (uint16_t)bits;
        const int exponent = half >> 10 & 31, mantissa = half & 0x3ff;
        const double size =
            exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, exponent - 25);
        float value;
        uint16_t back;

        assert_true(reel__half_finite(&half, 1) == (exponent != 31));
        if (exponent == 31)
            continue;
        value = reel__half_value(half);
        assert_true((double)value == (half & 0x8000 ? -size : size));
        reel__half_pack(&back, &value, 1);
        assert_int_equal(back, half);
    }
}

static void test_floats_become_the_nearest_half(void **state)
{
    (void)state;
    enum { N = 100003 }; /* no whole number of vectors */
    static float x[N];
    static uint16_t half[N];
    reel_rng rng = reel__rng_make(4, 1);

    for (size_t i = 0; i < N; i++)
        x[i] = (float)ldexp(reel__rng_unit(&rng) - 0.5, (int)reel__rng_below(&rng, 45) - 28);
    reel__half_pack(half, x, N);
    assert_true(reel__half_finite(half, N));
    for (size_t i = 0; i < N; i++) {
        const double off = fabs((double)reel__half_value(half[i]) - (double)x[i]);
        const uint16_t lower = (uint16_t)(half[i] - 1), upper = (uint16_t)(half[i] + 1);

        if (fabsf(x[i]) >= REEL_HALF_MAX)
            continue;
        assert_true((half[i] & 0x7fff) == 0 ||
                    off <= fabs((double)reel__half_value(lower) - (double)x[i]));
        assert_true((half[i] & 0x7fff) == 0x7bff ||
                    off <= fabs((double)reel__half_value(upper) - (double)x[i]));
    }
}

static void test_ties_go_to_even_and_large_numbers_to_the_largest(void **state)
{
    (void)state;
    static const struct {
        float x;
        uint16_t half;
    } cases[] = {{1 + 0x1p-11F, 0x3c00}, {1 + 3 * 0x1p-11F, 0x3c02},
                 {0x1p-25F, 0},          {3 * 0x1p-25F, 2},
                 {-0.0F, 0x8000},        {1e9F, 0x7bff},
                 {-INFINITY, 0xfbff},    {65519, 0x7bff}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t half;

        reel__half_pack(&half, &cases[i].x, 1);
        assert_int_equal(half, cases[i].half);
    }
}

static void check_sums(size_t n, size_t count)
{
    enum { ROWS = 70, COLUMNS = 420 };
    static uint16_t rows[ROWS][COLUMNS];
    static double sum[COLUMNS];
    const uint16_t *row[ROWS];
    float weight[ROWS];
    reel_rng rng = reel__rng_make(n, count);

    for (size_t k = 0; k < count; k++) {
        for (size_t j = 0; j < n; j++) {
            const float x = (float)reel__rng_normal(&rng);

            reel__half_pack(&rows[k][COLUMNS - n + j], &x, 1);
        }
        row[k] = rows[k] + COLUMNS - n; /* nothing may be read behind it */
        weight[k] = (float)reel__rng_normal(&rng);
    }
    for (size_t j = 0; j < n; j++)
        sum[j] = (double)j;
    reel__half_add_rows(sum, n, row, weight, count);
    for (size_t j = 0; j < n; j++) {
        double expected = (double)j;

        for (size_t k = 0; k < count; k++)
            expected += (double)weight[k] * (double)reel__half_value(row[k][j]);
        assert_near(sum[j], expected, 1e-4);
    }
}

static void test_sums_of_rows_of_any_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 15, 16, 63, 64, 127, 128, 129, 255, 384, 401, 420};
    static const size_t counts[] = {0, 1, 2, 31, 32, 33, 70};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
            check_sums(lengths[i], counts[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_half_is_its_own_nearest),
        cmocka_unit_test(test_floats_become_the_nearest_half),
        cmocka_unit_test(test_ties_go_to_even_and_large_numbers_to_the_largest),
        cmocka_unit_test(test_sums_of_rows_of_any_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
