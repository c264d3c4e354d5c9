/* Unit tests of products with panels against a plain double loop, and of what a vector gets alone
 * and among others. */
#include "support/check.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "num/panels.h"
#include "support/near.h"

enum { ROWS = 3 * REEL_PANEL + 21, D = 80, PEOPLE = 11, GUARD = 16 };

static float rows[ROWS * D], vectors[PEOPLE * D], out[PEOPLE * ROWS + GUARD];

static void fill(uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, 1);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rows[i] = (float)reel__rng_normal(&rng);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        vectors[i] = (float)reel__rng_normal(&rng);
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        out[i] = -1;
}

static float *panels_of(size_t n, size_t d)
{
    float *panels = reel__panels_make(rows, n, d);

    assert_non_null(panels);
    return panels;
}

static void check_products(size_t n, size_t d, size_t count)
{
    const float *x[PEOPLE];
    float *panels = panels_of(n, d);

    for (size_t p = 0; p < count; p++)
        x[p] = vectors + p * d;
    reel__panels_multiply(panels, n, d, x, count, out);
    for (size_t p = 0; p < count; p++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;

            for (size_t f = 0; f < d; f++)
                sum += (double)rows[i * d + f] * (double)x[p][f];
            assert_near((double)out[p * n + i], sum, 1e-5 * (double)(d + 10));
        }
    for (size_t i = 0; i < GUARD; i++)
        assert_float_equal(out[count * n + i], -1, 0);
    reel__free(panels);
}

static void test_products_are_those_of_a_plain_loop(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 15, 16, 17, 63, 64, 65, 128, 200, ROWS};

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t count = 0; count <= PEOPLE; count++)
            for (size_t d = 1; d <= D; d = d * 2 + 7) {
                fill(s + 1);
                check_products(sizes[s], d, count);
            }
}

static void test_company_changes_no_bit(void **state)
{
    (void)state;
    static float alone[ROWS];
    float *panels;

    fill(77);
    panels = panels_of(ROWS, D);
    for (size_t count = 1; count <= PEOPLE; count++)
        for (size_t first = 0; first + count <= PEOPLE; first++) {
            const float *x[PEOPLE];

            for (size_t p = 0; p < count; p++)
                x[p] = vectors + (first + p) * D;
            reel__panels_multiply(panels, ROWS, D, x, count, out);
            for (size_t p = 0; p < count; p++) {
                reel__panels_multiply(panels, ROWS, D, &x[p], 1, alone);
                assert_memory_equal(out + p * ROWS, alone, sizeof alone);
            }
        }
    reel__free(panels);
}

static void test_no_memory_makes_no_panels(void **state)
{
    (void)state;
    reel__alloc_fail_after(0);
    assert_null(reel__panels_make(rows, ROWS, D));
    reel__alloc_fail_after(-1);
    assert_int_equal(reel__alloc_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products_are_those_of_a_plain_loop),
        cmocka_unit_test(test_company_changes_no_bit),
        cmocka_unit_test(test_no_memory_makes_no_panels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
