/* number.c - whole numbers digit by digit; floats scaled to a whole number of up to nine digits.
 * Nine digits always name a float; fewer are tried first. A power of ten up to 1e22 is exact in a
 * double and the one rounding of a product or quotient is far below half of the ninth digit, so the
 * text reads back as the float it was made of. What is too small or too large for that goes through
 * the C library.
 */
#include "service/files/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 9, MOST_POWER = 22 };

char *reel__put_int(char *to, int64_t value)
{
    char digits[REEL_NUMBER_TEXT];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        *to++ = '-';
    memcpy(to, digits + at, sizeof digits - at);
    return to + (sizeof digits - at);
}

static const double powers[MOST_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Digits `whole` with the last `after` of them behind the point. */
static char *put_decimal(char *to, int64_t whole, int after)
{
    char digits[REEL_NUMBER_TEXT];
    int count;

    while (after > 0 && whole % 10 == 0) {
        whole /= 10;
        after--;
    }
    count = (int)(reel__put_int(digits, whole) - digits);
    if (count <= after) {
        *to++ = '0';
        *to++ = '.';
        for (int i = count; i < after; i++)
            *to++ = '0';
        memcpy(to, digits, (size_t)count);
        return to + count;
    }
    memcpy(to, digits, (size_t)(count - after));
    to += count - after;
    if (after == 0)
        return to;
    *to++ = '.';
    memcpy(to, digits + count - after, (size_t)after);
    return to + after;
}

static char *put_by_library(char *to, float value)
{
    char text[REEL_NUMBER_TEXT];

    for (int digits = 6; digits <= DIGITS; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    for (const char *at = text; *at != '\0'; at++)
        *to++ = *at;
    return to;
}

char *reel__put_float(char *to, float value)
{
    const double size = fabs((double)value);
    int before = 1; /* digits in front of the point */

    if (size == 0)
        return put_decimal(to, 0, 0);
    if (!(size >= 1e-5 && size < 1e9))
        return put_by_library(to, value);
    if (value < 0)
        *to++ = '-';
    while (size >= powers[before])
        before++;
    for (double limit = 1; size < limit && before > -4; limit /= 10)
        before--;
    for (int digits = 6; digits < DIGITS; digits++) {
        const int after = digits > before ? digits - before : 0;
        const double whole = nearbyint(size * powers[after]);

        if ((float)(whole / powers[after]) == fabsf(value))
            return put_decimal(to, (int64_t)whole, after);
    }
    return put_decimal(to, (int64_t)nearbyint(size * powers[DIGITS - before]), DIGITS - before);
}
