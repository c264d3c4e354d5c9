/* import_text.c - bytes as text, and the small notations of exports: times, ids, ratings. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "data/import_priv.h"

/* ---- encodings ----------------------------------------------------------------------------- */

static void append_character(reel_buf *out, uint32_t c)
{
    if (c < 0x80) {
        reel__buf_char(out, (char)c);
    } else if (c < 0x800) {
        reel__buf_char(out, (char)(0xC0 | c >> 6));
        reel__buf_char(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        reel__buf_char(out, (char)(0xE0 | c >> 12));
        reel__buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        reel__buf_char(out, (char)(0x80 | (c & 0x3F)));
    } else {
        reel__buf_char(out, (char)(0xF0 | c >> 18));
        reel__buf_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
        reel__buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        reel__buf_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

/* Half a pair becomes U+FFFD, as does NUL, which no text has. */
static void from_utf16(reel_buf *out, const unsigned char *data, size_t length, bool big)
{
    enum { REPLACEMENT = 0xFFFD };

    for (size_t i = 0; i + 1 < length; i += 2) {
        uint32_t c =
            big ? (uint32_t)data[i] << 8 | data[i + 1] : (uint32_t)data[i + 1] << 8 | data[i];

        if (c >= 0xD800 && c < 0xDC00 && i + 3 < length) {
            const uint32_t low = big ? (uint32_t)data[i + 2] << 8 | data[i + 3]
                                     : (uint32_t)data[i + 3] << 8 | data[i + 2];

            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        append_character(out, c == 0 || (c >= 0xD800 && c < 0xE000) ? REPLACEMENT : c);
    }
}

/* Latin-1 is read as its superset Windows-1252, a line at a time: a control character is a blank
 * there, but a line end is one. */
static void from_latin1(reel_buf *out, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t size = end == NULL ? length - at : (size_t)(end - text) - at;
        const size_t next = at + size + 1;

        if (size > 0 && text[at + size - 1] == '\r')
            size--;
        reel__utf8_from_any(out, text + at, size);
        if (end != NULL)
            reel__buf_char(out, '\n');
        at = next;
    }
}

reel_code reel__import_decode(reel_buf *out, const char **converted, const char *file,
                              const void *data, size_t length, reel_err *err)
{
    const unsigned char *bytes = data;

    if (length >= 2 &&
        ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        *converted = "UTF-16";
        from_utf16(out, bytes + 2, length - 2, bytes[0] == 0xFE);
        return reel__buf_check(out, err);
    }
    if (length >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    if (memchr(bytes, '\0', length) != NULL)
        return reel_fail(err, REEL_E_FORMAT,
                         "%.300s: NUL byte: damaged, no text, or UTF-16 without a byte order mark "
                         "(save it as UTF-8)",
                         file);
    if (reel__utf8_valid((const char *)bytes, length)) {
        reel__buf_append(out, bytes, length);
    } else {
        *converted = "Latin-1";
        from_latin1(out, (const char *)bytes, length);
    }
    return reel__buf_check(out, err);
}

/* ---- notations ----------------------------------------------------------------------------- */

/* Digits [at, at + count) of text, or -1. */
static int digits(const char *text, size_t length, size_t at, size_t count)
{
    int value = 0;

    if (at + count > length)
        return -1;
    for (size_t i = at; i < at + count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Days from 1970-01-01 in the Gregorian calendar; March begins the year, so that the odd day of a
 * leap year is its last. */
static int64_t days(int year, int month, int day)
{
    const int64_t y = month > 2 ? year : year - 1;
    const int64_t m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

int64_t reel__import_time(const char *text, size_t length)
{
    const int year = digits(text, length, 0, 4), month = digits(text, length, 5, 2),
              day = digits(text, length, 8, 2);
    int hour, minute, second;
    int64_t time;

    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || text[4] != '-' ||
        text[7] != '-')
        return 0;
    time = days(year, month, day) * 86400;
    hour = digits(text, length, 11, 2);
    minute = digits(text, length, 14, 2);
    second = digits(text, length, 17, 2);
    if (hour >= 0 && hour < 24 && minute >= 0 && minute < 60)
        time += hour * 3600 + minute * 60 + (second > 0 ? second : 0);
    return time;
}

int64_t reel__import_imdb(const char *text, size_t length)
{
    char reason[ROWS_REASON];
    int64_t id = 0;

    if (length > 2 && text[0] == 't' && text[1] == 't') {
        text += 2;
        length -= 2;
    }
    return reel__slice_int((reel_slice){text, length}, &id, reason) ? id : 0;
}

double reel__import_rating(double value, double most)
{
    if (!(value > 0 && value <= most))
        return (double)NAN;
    return fmax(0.5, value * 5 / most);
}
