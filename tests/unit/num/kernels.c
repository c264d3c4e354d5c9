/* Dense loops against their plain twins. */
#include "support/check.h"
#include "support/ref_num.h"

#include <math.h>

#include "base/rng.h"
#include "num/kernels.h"

enum { LONGEST = 5000 };

static float a[LONGEST + 1], b[LONGEST + 1], y[LONGEST + 1];

static void fill(float *x, uint64_t stream, double shift)
{
    reel_rng rng = reel__rng_make(31, stream);

    for (size_t i = 0; i <= LONGEST; i++)
        x[i] = (float)(reel__rng_normal(&rng) + shift);
}

/* Every short length (the vectors' tails), then longer ones; at odd addresses too. */
static size_t next_length(size_t n)
{
    return n < 140 ? n + 1 : n * 3 / 2;
}

static void dot_equals_its_twin(void **state)
{
    (void)state;
    fill(a, 1, 0.1);
    fill(b, 2, 0.1);
    for (size_t n = 0; n <= LONGEST; n = next_length(n))
        for (size_t odd = 0; odd < 2 && n + odd <= LONGEST; odd++) {
            const double reference = ref_dot(a + odd, b + odd, n);
            const double size = sqrt(ref_dot(a + odd, a + odd, n) * ref_dot(b + odd, b + odd, n));
            const double error = (double)reel__dot(a + odd, b + odd, n) - reference;

            assert_true(error * error <= 1e-11 * size * size);
        }
}

static void axpy_equals_its_twin(void **state)
{
    static double reference[LONGEST + 1];

    (void)state;
    fill(a, 3, 0);
    for (size_t n = 0; n <= LONGEST; n = next_length(n))
        for (size_t odd = 0; odd < 2 && n + odd <= LONGEST; odd++) {
            fill(y, 4, 0);
            ref_axpy(reference, y + odd, 0.37F, a + odd, n);
            reel__axpy(y + odd, 0.37F, a + odd, n);
            assert_true(nmse(y + odd, reference, n) <= 1e-12);
        }
}

static void axpy_stays_inside(void **state)
{
    (void)state;
    fill(a, 3, 0);
    for (size_t n = 0; n < 70; n++) {
        memset(y, 0, sizeof y);
        reel__axpy(y + 1, 1, a, n);
        assert_true(y[0] == 0 && y[n + 1] == 0);
    }
}

static void moments_equal_their_twin(void **state)
{
    (void)state;
    for (int shift = 0; shift < 3; shift++) {
        fill(a, 5, shift * 10000.0); /* large means, where one pass would lose the deviation */
        for (size_t n = 0; n <= LONGEST; n = next_length(n)) {
            double mean, deviation, ref_mean, ref_deviation;

            reel__moments(a, n, &mean, &deviation);
            ref_moments(a, n, &ref_mean, &ref_deviation);
            assert_true(fabs(mean - ref_mean) <= 1e-12 * (1 + fabs(ref_mean)));
            assert_true(fabs(deviation - ref_deviation) <= 1e-9 * (1 + ref_deviation));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dot_equals_its_twin),
        cmocka_unit_test(axpy_equals_its_twin),
        cmocka_unit_test(axpy_stays_inside),
        cmocka_unit_test(moments_equal_their_twin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
