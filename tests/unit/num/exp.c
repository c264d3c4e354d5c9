/* The exponential that loops are vectorised over, against that of the C library. */
#include "support/check.h"

#include <math.h>

#include "num/exp.h"

static void every_size_is_right(void **state)
{
    (void)state;
    for (double x = -86.9; x < 87.9; x += 0.0137) {
        const float in = (float)x;
        const double expected = exp((double)in);

        assert_true(fabs((double)reel__exp(in) - expected) <= 3e-7 * expected);
    }
    assert_true(reel__exp(0) == 1);
}

static void what_is_beyond_is_cut(void **state)
{
    (void)state;
    assert_true(reel__exp(1000) == reel__exp(88) && reel__exp(INFINITY) == reel__exp(88));
    assert_true(reel__exp(-1000) == reel__exp(-87) && reel__exp(-INFINITY) == reel__exp(-87));
    assert_true(isfinite(reel__exp(88)) && reel__exp(-87) > 0);
    assert_true(isfinite(reel__exp(NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_right),
        cmocka_unit_test(what_is_beyond_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
