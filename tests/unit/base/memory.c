/* How much memory is left: some, and not more than the machine has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/memory.h"

static void test_some_is_left_and_not_more_than_all(void **state)
{
    const size_t all = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    const size_t left = reel__memory_available();

    (void)state;
    assert_true(left > 1 << 20);
    assert_true(left <= all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_some_is_left_and_not_more_than_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
