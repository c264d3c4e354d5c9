/* Clocks and time texts. */
#include "support/check.h"

#include "base/clock.h"
#include "base/date.h"

static void writes_iso_8601(void **state)
{
    char text[REEL_TIME_TEXT];

    (void)state;
    reel__clock_text(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    reel__clock_text(951827696, text);
    assert_string_equal(text, "2000-02-29T12:34:56Z");
    reel__clock_text(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    reel__clock_text(INT64_MAX, text); /* a year that does not fit */
    assert_string_equal(text, "@9223372036854775807");
}

static void wall_clock_can_be_set(void **state)
{
    (void)state;
    reel__clock_set_for_test(1234567);
    assert_int_equal(reel__clock_now_ms(), 1234567);
    assert_int_equal(reel__clock_now(), 1234);
    reel__clock_set_for_test(-1);
    assert_true(reel__clock_now() > 1600000000);
}

static void steady_clock_ignores_a_clock_set_back(void **state)
{
    const int64_t before = reel__clock_steady_us(), wall = reel__clock_now_ms();

    (void)state;
    reel__clock_set_for_test(wall - 3600 * 1000);
    assert_true(reel__clock_now_ms() < wall);
    for (int64_t last = before, i = 0; i < 1000; i++) {
        const int64_t now = reel__clock_steady_us();

        assert_true(now >= last);
        last = now;
    }
    reel__clock_set_for_test(-1);
}

/* Every day of four centuries and more, against the C library. */
static void dates_go_there_and_back(void **state)
{
    static const char *const none[] = {"2026-02-29", "1900-01-01", "2026-13-01", "2026-00-10",
                                       "2026-1-1",   "",           "2026-11-3x", "2026/11/30"};
    int64_t day = -1;

    (void)state;
    for (int64_t at = 0; at < 170000; at++) {
        char text[REEL_DATE_TEXT], expected[REEL_TIME_TEXT];

        reel__date_text(at, text);
        reel__clock_text(at * 86400, expected);
        assert_memory_equal(text, expected, REEL_DATE_LENGTH);
        assert_true(reel__date_read(&day, text));
        assert_int_equal(day, at);
    }
    assert_true(reel__date_read(&day, "2026-11-27T12:00:00Z"));
    assert_int_equal(reel__date_weekday(day), 4); /* a Friday */
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(reel__date_read(&day, none[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_iso_8601),
        cmocka_unit_test(wall_clock_can_be_set),
        cmocka_unit_test(dates_go_there_and_back),
        cmocka_unit_test(steady_clock_ignores_a_clock_set_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
