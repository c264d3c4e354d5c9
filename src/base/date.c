/* date.c - days as numbers and back (Hinnant's days_from_civil and civil_from_days, as formulas
 * over years that start in March). */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { ERA = 146097, TO_1970 = 719468 };

static int64_t days_of(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = y / 400, in_era = y - era * 400;
    const int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * ERA + in_era * 365 + in_era / 4 - in_era / 100 + in_year - TO_1970;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static int digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool reel__date_read(int64_t *out, const char *text)
{
    int year, month, day;

    if (strnlen(text, REEL_DATE_LENGTH) < REEL_DATE_LENGTH || text[4] != '-' || text[7] != '-')
        return false;
    year = digits(text, 4);
    month = digits(text + 5, 2);
    day = digits(text + 8, 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return false;
    *out = days_of(year, month, day);
    return true;
}

void reel__date_text(int64_t day, char out[REEL_DATE_TEXT])
{
    const int64_t z = day + TO_1970, era = z / ERA, in_era = z - era * ERA;
    const int64_t in_years = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    const int64_t in_year = in_era - (365 * in_years + in_years / 4 - in_years / 100);
    const int64_t shifted = (5 * in_year + 2) / 153;
    const int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    const int year = (int)(in_years + era * 400) + (month <= 2);

    (void)snprintf(out, REEL_DATE_TEXT, "%04d-%02d-%02d", year % 10000, month,
                   (int)(in_year - (153 * shifted + 2) / 5 + 1));
}

int reel__date_weekday(int64_t day)
{
    return (int)((day + 3) % 7); /* the first of 1970 was a Thursday */
}
