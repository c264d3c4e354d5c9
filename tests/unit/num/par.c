/* Threads by the size of the work. */
#include "support/check.h"

#include <math.h>
#include <omp.h>

#include "num/par.h"

static void small_work_stays_on_one_thread(void **state)
{
    (void)state;
    assert_int_equal(reel__par_threads(0, 100, 8), 1);
    assert_int_equal(reel__par_threads(199, 100, 8), 1);
    assert_int_equal(reel__par_threads(200, 100, 8), 2);
    assert_int_equal(reel__par_threads(350, 100, 8), 3);
    assert_int_equal(reel__par_threads(1e300, 100, 8), 8);
    assert_int_equal(reel__par_threads(1e300, 100, 1), 1);
    assert_int_equal(reel__par_threads((double)NAN, 100, 8), 1);
    assert_int_equal(reel__par_threads(-5, 100, 8), 1);
}

static void zero_means_all_cores(void **state)
{
    (void)state;
    assert_int_equal(reel__par_threads(1e300, 1, 0), omp_get_num_procs());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_work_stays_on_one_thread),
        cmocka_unit_test(zero_means_all_cores),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
