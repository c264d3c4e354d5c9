/* tests/support/near.h - compare doubles and say both when they differ. Include after cmocka.h. */
#ifndef TESTS_SUPPORT_NEAR_H
#define TESTS_SUPPORT_NEAR_H

#include <math.h>

#define assert_near(actual, expected, tolerance)                                                   \
    near_check((actual), (expected), (tolerance), __FILE__, __LINE__)

static inline void near_check(double actual, double expected, double tolerance, const char *file,
                              int line)
{
    if (!(fabs(actual - expected) <= tolerance)) {
        print_error("%.17g is not within %g of %.17g\n", actual, tolerance, expected);
        _fail(file, line);
    }
}

#endif
