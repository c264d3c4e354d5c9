/* words.c - see words.h. */
#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

const char *reel__words_count(char out[REEL_WORDS], double count)
{
    char digits[REEL_WORDS];
    size_t length, at = 0;

    (void)snprintf(digits, sizeof digits, "%.0f", fmin(fmax(count, -1e15), 1e15));
    length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        if (i > (digits[0] == '-' ? 1U : 0U) && (length - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

const char *reel__words_share(char out[REEL_WORDS], double share)
{
    const double percent = 100 * share;
    int decimals = percent >= 10 && percent <= 90 ? 0 : 1;

    if (percent > 0 && percent < 0.95)
        decimals = percent < 0.095 ? 3 : 2;
    if (percent == 0 || percent == 100)
        decimals = 0;
    /* Nearly all is not all. */
    if (percent < 100 && percent >= 99.95)
        decimals = percent >= 99.995 ? 3 : 2;
    (void)snprintf(out, REEL_WORDS, "%.*f\xc2\xa0%%", decimals, percent);
    return out;
}

const char *reel__words_real(char out[REEL_WORDS], double value)
{
    if (isnan(value))
        out[0] = '\0';
    else if (fabs(value) >= 1000)
        return reel__words_count(out, round(value));
    else
        (void)snprintf(out, REEL_WORDS, "%.*f", fabs(value) >= 100 ? 0 : 2, value);
    return out;
}

const char *reel__words_short(char out[REEL_WORDS], double value)
{
    const double size = fabs(value);
    const double unit = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : size >= 1e3 ? 1e3 : 1;
    const char *letter = unit >= 1e9 ? "G" : unit >= 1e6 ? "M" : unit >= 1e3 ? "k" : "";

    (void)snprintf(out, REEL_WORDS, "%.5g%s", value / unit, letter);
    return out;
}

const char *reel__words_rating(char out[REEL_WORDS], double rating)
{
    (void)snprintf(out, REEL_WORDS, "%.4g", rating);
    return out;
}

const char *reel__words_cell(char out[REEL_WORDS], const reel_sheet *sheet, size_t row, int column)
{
    const reel_sheet_kind kind = sheet->column[column].kind;
    double value;

    if (kind == REEL_SHEET_TEXT)
        return reel__sheet_text(sheet, row, column);
    value = reel__sheet_number(sheet, row, column);
    if (isnan(value)) {
        out[0] = '\0';
        return out;
    }
    if (kind == REEL_SHEET_NUMBER)
        return reel__words_count(out, value);
    if (kind == REEL_SHEET_SHARE)
        return reel__words_share(out, value);
    if (kind == REEL_SHEET_REAL)
        return reel__words_real(out, value);
    if (kind == REEL_SHEET_STARS)
        return reel__words_rating(out, value);
    (void)snprintf(out, REEL_WORDS, "%.0f", value);
    return out;
}

/* ---- dates --------------------------------------------------------------------------------- */

/* Years counted from 1 March, so that the leap day is the last of one; eras are 400 years. */
enum { ERA_DAYS = 146097, TO_1970 = 719468 };

reel_date reel__date_of(int64_t days)
{
    const int64_t shifted = days + TO_1970;
    const int64_t era = (shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS;
    const int64_t day = shifted - era * ERA_DAYS;
    const int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    const int64_t rest = day - (365 * year + year / 4 - year / 100);
    const int64_t month = (5 * rest + 2) / 153; /* 0 = March */

    return (reel_date){.year = (int)(year + era * 400 + (month >= 10)),
                       .month = (int)(month < 10 ? month + 3 : month - 9),
                       .day = (int)(rest - (153 * month + 2) / 5 + 1)};
}

int64_t reel__date_days(reel_date date)
{
    const int64_t year = date.month <= 2 ? (int64_t)date.year - 1 : date.year;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t within = year - era * 400;
    const int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    const int64_t day = (153 * month + 2) / 5 + date.day - 1;

    return era * ERA_DAYS + within * 365 + within / 4 - within / 100 + day - TO_1970;
}

const char *reel__words_month(int month)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

    return names[(month + 11) % 12];
}

/* ---- XML ----------------------------------------------------------------------------------- */

static bool is_forbidden(int32_t code)
{
    return (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7f && code < 0xa0) ||
           (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void reel__words_escape(reel_buf *out, const char *text)
{
    size_t left = strlen(text), bytes = 0;

    for (; left > 0; text += bytes, left -= bytes) {
        const int32_t code = reel__utf8_next(text, left, &bytes);

        if (code == '<')
            reel__buf_text(out, "&lt;");
        else if (code == '>')
            reel__buf_text(out, "&gt;");
        else if (code == '&')
            reel__buf_text(out, "&amp;");
        else if (code == '"')
            reel__buf_text(out, "&quot;");
        else if (code >= 0 && !is_forbidden(code))
            reel__buf_append(out, text, bytes);
    }
}
