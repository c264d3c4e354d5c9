/* How much memory is left: some, and not more than the machine has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
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

static void test_a_limit_on_the_address_space_counts(void **state)
{
    struct rlimit before, limit;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    limit = (struct rlimit){1, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_int_equal(reel__memory_available(), 0);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_true(reel__memory_available() > 0);
}

static void test_amounts_have_fitting_units(void **state)
{
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {{0, "0 bytes"},    {10, "10 bytes"},     {999, "999 bytes"},
                 {999.6, "1 kB"},   {1234, "1.23 kB"},    {999999, "1 MB"},
                 {1.6e9, "1.6 GB"}, {1.28e12, "1280 GB"}, {1e22, "10000000000000 GB"}};
    char text[REEL_MEMORY_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reel__memory_text(text, cases[i].bytes);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_some_is_left_and_not_more_than_all),
        cmocka_unit_test(test_a_limit_on_the_address_space_counts),
        cmocka_unit_test(test_amounts_have_fitting_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
