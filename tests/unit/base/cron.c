/* Times that come again: what is read, where it is wrong, and when the next one is, over leap days
 * and changes of clocks. Zones are written out, so that none need be installed.
 */
#include "base/cron.h"

#include <stdlib.h>
#include <time.h>

#include "support/check.h"

static void zone(const char *name)
{
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
}

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

/* "2026-03-29 02:30" of the zone; UTC as "...Z". */
static int64_t at(const char *text)
{
    struct tm t = {.tm_isdst = -1};

    assert_non_null(strptime(text, "%Y-%m-%d %H:%M", &t));
    return text[strlen(text) - 1] == 'Z' ? timegm(&t) : mktime(&t);
}

static void assert_next(const char *cron, const char *after, const char *next)
{
    char found[40] = "";
    reel_cron read;
    reel_err err = {0};
    int64_t time;
    struct tm t;

    assert_ok(reel__cron_parse(&read, cron, &err));
    time = reel__cron_next(&read, at(after));
    assert_true(time > at(after));
    if (time == at(next))
        return;
    (void)localtime_r(&(time_t){(time_t)time}, &t);
    (void)strftime(found, sizeof found, "%Y-%m-%d %H:%M %Z", &t);
    fail_msg("%s after %s: %s, not %s", cron, after, found, next);
}

static void the_next_one_is_found(void **state)
{
    (void)state;
    zone("UTC0");
    assert_next("30 2 * * *", "2026-11-26 02:29", "2026-11-26 02:30");
    assert_next("30 2 * * *", "2026-11-26 02:30", "2026-11-27 02:30");
    assert_next("*/15 * * * *", "2026-11-26 23:46", "2026-11-27 00:00");
    assert_next("0 0 1 1 *", "2026-01-01 00:00", "2027-01-01 00:00");
    assert_next("0 9-17/4 * * mon-fri", "2026-11-27 17:00", "2026-11-30 09:00"); /* a Friday */
    assert_next("0 0 * * 7", "2026-11-26 00:00", "2026-11-29 00:00");
    assert_next("0 0 * * sun,WED", "2026-11-26 00:00", "2026-11-29 00:00");
    assert_next("5,10-12 3 * Feb,12 *", "2026-11-26 00:00", "2026-12-01 03:05");
    assert_next("@hourly", "2026-11-26 10:00", "2026-11-26 11:00");
    assert_next("@daily", "2026-12-31 10:00", "2027-01-01 00:00");
    assert_next("@weekly", "2026-11-26 10:00", "2026-11-29 00:00");
    assert_next("@monthly", "2026-11-26 10:00", "2026-12-01 00:00");
    assert_next("\t 0  0\t1 * * ", "2026-11-26 10:00", "2026-12-01 00:00");
    /* The 13th, and every Friday. */
    assert_next("0 0 13 * fri", "2026-11-26 00:00", "2026-11-27 00:00");
    assert_next("0 0 13 * fri", "2026-12-12 00:00", "2026-12-13 00:00");
}

static void leap_days_come_in_leap_years(void **state)
{
    (void)state;
    zone("UTC0");
    assert_next("0 0 29 2 *", "2026-11-26 00:00", "2028-02-29 00:00");
    assert_next("0 0 29 2 *", "2096-02-29 00:00", "2104-02-29 00:00"); /* 2100 is none */
    assert_next("0 0 31 * *", "2026-01-31 00:00", "2026-03-31 00:00");
    assert_next("59 23 28 2 *", "2028-02-28 23:59", "2029-02-28 23:59");
}

static void clocks_are_put_forward_and_back(void **state)
{
    (void)state;
    zone(BERLIN);
    /* On 2026-03-29 there is no 02:30: it comes an hour later. */
    assert_next("30 2 * * *", "2026-03-28 02:30", "2026-03-29 01:30Z");
    assert_next("30 2 * * *", "2026-03-29 03:30", "2026-03-30 02:30");
    assert_next("0 * * * *", "2026-03-29 01:00", "2026-03-29 03:00");
    /* On 2026-10-25 it comes twice, and counts the first time. */
    assert_next("30 2 * * *", "2026-10-24 12:00", "2026-10-25 00:30Z");
    assert_next("30 2 * * *", "2026-10-25 00:30Z", "2026-10-26 02:30");
    assert_next("30 2 * * *", "2026-10-25 00:45Z", "2026-10-26 02:30");
    assert_next("30 2 * * *", "2026-10-25 01:15Z", "2026-10-26 02:30"); /* in the second hour */
    assert_next("0 3 * * *", "2026-10-25 01:15Z", "2026-10-25 03:00");
    zone("LHST-10:30LHDT-11,M10.1.0,M4.1.0"); /* half an hour */
    assert_next("15 2 * * *", "2026-10-03 12:00", "2026-10-03 15:45Z");
    zone("UTC0");
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
    static const struct {
        const char *text, *where;
    } cases[] = {
        {"", "character 1: the minute is missing"},
        {"* * * *", "character 8: the day of the week is missing"},
        {"60 * * * *", "character 1: expected the minute, 0 to 59"},
        {"* 24 * * *", "character 3: expected the hour, 0 to 23"},
        {"* * 0 * *", "character 5: expected the day of the month, 1 to 31"},
        {"* * * 13 *", "character 7: expected the month, 1 to 12, or its name"},
        {"* * * * 8", "character 9: expected the day of the week, 0 to 7, or its name"},
        {"* * * * monday", "character 12: expected a comma"},
        {"* * * * * *", "character 11: there are five fields"},
        {"1- * * * *", "character 3: expected the minute"},
        {"5-1 * * * *", "character 1: the range ends before it begins"},
        {"*/0 * * * *", "character 3: expected a step"},
        {"*/ * * * *", "character 3: expected a step"},
        {"5/2 * * * *", "character 2: a step follows a star or a range"},
        {"1,,2 * * * *", "character 3: expected the minute"},
        {"1, * * * *", "character 3: expected the minute"},
        {"-1 * * * *", "character 1: expected the minute"},
        {"+1 * * * *", "character 1: expected the minute"},
        {"1.5 * * * *", "character 2: expected a comma"},
        {"0001 * * * *", "character 4: expected a comma"},
        {"* * 30 2 *", "never comes"},
        {"* * 31 2,4,jun,9,11 *", "never comes"},
        {"@yearly", "character 1: expected the minute"},
        {"* * * * *\n", "character 10: expected a comma"},
    };
    char longest[1100];
    reel_err err = {0};
    reel_cron cron;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(reel__cron_parse(&cron, cases[i].text, &err), REEL_E_INVALID, cases[i].where);
    memset(longest, ' ', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_fails(reel__cron_parse(&cron, longest, &err), REEL_E_INVALID, "longer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_one_is_found),
        cmocka_unit_test(leap_days_come_in_leap_years),
        cmocka_unit_test(clocks_are_put_forward_and_back),
        cmocka_unit_test(what_is_wrong_is_said_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
