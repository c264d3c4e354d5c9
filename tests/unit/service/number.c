/* Unit tests of numbers as text: they read back as they were, in as few digits as that takes. */
#include <math.h>

#include "base/rng.h"
#include "service/files/number.h"
#include "support/check.h"
#include "support/random_data.h"

static const char *shown_float(float value)
{
    static char text[REEL_NUMBER_TEXT + 1];

    *reel__put_float(text, value) = '\0';
    return text;
}

static void test_whole_numbers(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 7, 10, -1, 978300760, INT64_MAX, INT64_MIN};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[REEL_NUMBER_TEXT + 1], expected[REEL_NUMBER_TEXT + 1];

        *reel__put_int(text, values[i]) = '\0';
        (void)snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
        assert_string_equal(text, expected);
    }
}

static void test_floats_a_person_would_write(void **state)
{
    (void)state;
    static const struct {
        float value;
        const char *text;
    } cases[] = {
        {0.0F, "0"},
        {-0.0F, "0"},
        {1.0F, "1"},
        {4.5F, "4.5"},
        {-0.25F, "-0.25"},
        {0.1F, "0.1"},
        {3.14159F, "3.14159"},
        {2e-5F, "0.00002"},
        {123456.0F, "123456"},
        {16777216.0F, "16777216"},
        {0.33333334F, "0.33333334"},
        {1e-20F, "1e-20"},
        {1e20F, "1e+20"},
        {999999936.0F, "999999936"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(shown_float(cases[i].value), cases[i].text);
}

/* The fewest of the C library's digits, from six up, that read back. */
static size_t fewest_digits(float value)
{
    for (int digits = 6; digits < 9; digits++) {
        char text[64];

        (void)snprintf(text, sizeof text, "%.*e", digits - 1, (double)value);
        if (strtof(text, NULL) == value)
            return (size_t)digits;
    }
    return 9;
}

static size_t count_digits(const char *text)
{
    size_t count = 0;

    for (; *text != '\0' && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0'))
            count++;
    return count;
}

static void test_any_float_reads_back(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(random_seed(11), 1);

    for (int i = 0; i < 200000; i++) {
        const uint32_t bits = (uint32_t)reel__rng_next(&rng);
        float value;

        if (i % 2 == 0)
            memcpy(&value, &bits, sizeof value);
        else
            value = (float)(reel__rng_normal(&rng) * pow(10, (double)(bits % 13) - 5));
        if (!isfinite(value))
            continue;
        if (strtof(shown_float(value), NULL) != value)
            fail_msg("%.9g became %s", (double)value, shown_float(value));
        if (fabsf(value) < 1e6F && count_digits(shown_float(value)) > fewest_digits(value))
            fail_msg("%.9g is shorter than %s", (double)value, shown_float(value));
        assert_true(strlen(shown_float(value)) < REEL_NUMBER_TEXT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_floats_a_person_would_write),
        cmocka_unit_test(test_any_float_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
