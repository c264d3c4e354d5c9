/* json_write.c - the append-only JSON writer.
 * Answers of the server are written by it, so the usual values take short ways: text is copied in
 * runs between the characters that need care, and numbers with few decimals are written without
 * the C library's formatting.
 */
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { DEPTH_MOST = 31, NUMBER_TEXT = 32 };

void reel__json_init(reel_json *json, reel_buf *buf)
{
    memset(json, 0, sizeof *json);
    json->buf = buf;
}

/* The comma that may be due before a value or key. */
static void separate(reel_json *json)
{
    if (json->after_key)
        json->after_key = false;
    else if (json->comma[json->depth])
        reel__buf_char(json->buf, ',');
    json->comma[json->depth] = true;
}

static void open_level(reel_json *json, char bracket)
{
    assert(json->depth < DEPTH_MOST);
    separate(json);
    reel__buf_char(json->buf, bracket);
    json->comma[++json->depth] = false;
}

static void close_level(reel_json *json, char bracket)
{
    assert(json->depth > 0 && !json->after_key);
    json->depth--;
    reel__buf_char(json->buf, bracket);
}

void reel__json_object(reel_json *json)
{
    open_level(json, '{');
}

void reel__json_object_end(reel_json *json)
{
    close_level(json, '}');
}

void reel__json_array(reel_json *json)
{
    open_level(json, '[');
}

void reel__json_array_end(reel_json *json)
{
    close_level(json, ']');
}

/* ---- text ---------------------------------------------------------------------------------- */

/* How many bytes from text on may be copied as they are: 0 for one that needs an escape or is not
 * UTF-8, else the length of the character. */
static size_t plain_bytes(const unsigned char *text, size_t left)
{
    const unsigned char byte = text[0];
    size_t length;

    if (byte < 0x80)
        return byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F ? 1 : 0;
    length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    return length <= left && reel__utf8_valid((const char *)text, length) ? length : 0;
}

static void append_escaped(reel_buf *buf, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the byte, its letter */
    char escape[6] = {'\\', 'u', '0', '0', 0, 0};

    if (byte >= 0x80) {
        reel__buf_text(buf, "\xEF\xBF\xBD"); /* U+FFFD stands for what is not UTF-8 */
        return;
    }
    for (size_t i = 0; i + 1 < sizeof named; i += 2)
        if ((unsigned char)named[i] == byte) {
            escape[1] = named[i + 1];
            reel__buf_append(buf, escape, 2);
            return;
        }
    escape[4] = digits[byte >> 4];
    escape[5] = digits[byte & 15];
    reel__buf_append(buf, escape, 6);
}

/* How many bytes from text on may be copied as they are. */
static size_t plain_run(const unsigned char *text, size_t length)
{
    size_t at = 0;

    while (at < length) {
        const size_t plain = plain_bytes(text + at, length - at);

        if (plain == 0)
            return at;
        at += plain;
    }
    return at;
}

/* The usual text: nothing in it needs care. */
static void append_plain(reel_buf *buf, const char *text, size_t length)
{
    char *place = reel__buf_reserve(buf, length + 2);

    if (place == NULL)
        return;
    place[0] = '"';
    if (length > 0)
        memcpy(place + 1, text, length);
    place[length + 1] = '"';
    reel__buf_advance(buf, length + 2);
}

static void append_quoted(reel_buf *buf, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t plain = plain_run(bytes, length), at = 0;

    if (plain == length) {
        append_plain(buf, text, length);
        return;
    }
    reel__buf_char(buf, '"');
    while (at < length) {
        reel__buf_append(buf, text + at, plain);
        at += plain;
        if (at < length)
            append_escaped(buf, bytes[at++]);
        plain = plain_run(bytes + at, length - at);
    }
    reel__buf_char(buf, '"');
}

void reel__json_key(reel_json *json, const char *key)
{
    assert(json->depth > 0 && !json->after_key);
    separate(json);
    append_quoted(json->buf, key, strlen(key));
    reel__buf_char(json->buf, ':');
    json->after_key = true;
}

void reel__json_text_n(reel_json *json, const char *text, size_t length)
{
    separate(json);
    append_quoted(json->buf, text, length);
}

void reel__json_text(reel_json *json, const char *text)
{
    if (text == NULL)
        reel__json_null(json);
    else
        reel__json_text_n(json, text, strlen(text));
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* Digits of value, at least `least` of them, ending before end. Returns where they start. */
static char *digits_before(char *end, uint64_t value, int least)
{
    for (; value > 0 || least > 0; value /= 10, least--)
        *--end = (char)('0' + value % 10);
    return end;
}

void reel__json_int(reel_json *json, int64_t value)
{
    char text[NUMBER_TEXT], *end = text + sizeof text, *start;

    start = digits_before(end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 1);
    if (value < 0)
        *--start = '-';
    separate(json);
    reel__buf_append(json->buf, start, (size_t)(end - start));
}

/* Whether a reader gets value back from a decimal whose nearest double is read. For a float both
 * neighbours must agree too, since reading the decimal as a float directly rounds only once. */
static bool reads_back(double read, double value, bool as_float)
{
    const double step = read * 1e-15;

    if (!as_float)
        return read == value;
    return (float)(read - step) == (float)value && (float)(read + step) == (float)value;
}

/* A decimal of few places, when one reads back: the first found, so the shortest. Both its digits
 * as a whole number and the power of ten are exact as doubles, hence their quotient is what a
 * reader gets. Its last digit goes before end; returns where it starts, or NULL. */
static char *short_decimal(char *end, double value, bool as_float)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                    1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
    const double size = fabs(value), most = as_float ? 1e9 : 1e15;
    const size_t places_most = sizeof powers / sizeof *powers;
    char *start = end;

    if (!(size < 1e9) || (size < 1e-3 && size > 0))
        return NULL;
    for (size_t places = 0; places < places_most; places++) {
        const double product = size * powers[places];
        int64_t rounded;
        uint64_t whole;

        if (product > most)
            return NULL;
        rounded = llrint(product); /* one instruction; nearbyint is a call */
        if (!reads_back((double)rounded / powers[places], size, as_float))
            continue;
        whole = (uint64_t)rounded;
        if (places > 0) {
            const uint64_t power = (uint64_t)powers[places];

            start = digits_before(start, whole % power, (int)places);
            *--start = '.';
            whole /= power;
        }
        start = digits_before(start, whole, 1);
        if (value < 0)
            *--start = '-';
        return start;
    }
    return NULL;
}

/* The general case: the fewest digits that read back. */
static size_t long_decimal(char text[NUMBER_TEXT], double value, bool as_float)
{
    const int most = as_float ? 9 : 17;
    int length = 0;

    for (int digits = as_float ? 6 : 15; digits <= most; digits++) {
        length = snprintf(text, NUMBER_TEXT, "%.*g", digits, value);
        if (as_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    for (int i = 0; i < length; i++) /* a program that set a locale may have a decimal comma */
        if (text[i] == ',')
            text[i] = '.';
    return length < 0 ? 0 : (size_t)length;
}

static void put_number(reel_json *json, double value, bool as_float)
{
    char text[NUMBER_TEXT], *end = text + sizeof text, *start;

    if (!isfinite(value)) {
        reel__json_null(json);
        return;
    }
    separate(json);
    start = short_decimal(end, value, as_float);
    if (start != NULL)
        reel__buf_append(json->buf, start, (size_t)(end - start));
    else
        reel__buf_append(json->buf, text, long_decimal(text, value, as_float));
}

void reel__json_real(reel_json *json, double value)
{
    put_number(json, value, false);
}

void reel__json_float(reel_json *json, float value)
{
    put_number(json, (double)value, true);
}

/* ---- the rest ------------------------------------------------------------------------------ */

void reel__json_bool(reel_json *json, bool value)
{
    separate(json);
    reel__buf_text(json->buf, value ? "true" : "false");
}

void reel__json_null(reel_json *json)
{
    separate(json);
    reel__buf_text(json->buf, "null");
}

void reel__json_raw(reel_json *json, const char *text, size_t length)
{
    separate(json);
    reel__buf_append(json->buf, text, length);
}

void reel__json_put_text(reel_json *json, const char *key, const char *text)
{
    reel__json_key(json, key);
    reel__json_text(json, text);
}

void reel__json_put_int(reel_json *json, const char *key, int64_t value)
{
    reel__json_key(json, key);
    reel__json_int(json, value);
}

void reel__json_put_real(reel_json *json, const char *key, double value)
{
    reel__json_key(json, key);
    reel__json_real(json, value);
}

void reel__json_put_float(reel_json *json, const char *key, float value)
{
    reel__json_key(json, key);
    reel__json_float(json, value);
}

void reel__json_put_bool(reel_json *json, const char *key, bool value)
{
    reel__json_key(json, key);
    reel__json_bool(json, value);
}

void reel__json_put_known(reel_json *json, const char *key, const char *text)
{
    reel__json_put_text(json, key, text[0] != '\0' ? text : NULL);
}

void reel__json_put_id(reel_json *json, const char *key, int64_t id)
{
    reel__json_key(json, key);
    if (id >= 0)
        reel__json_int(json, id);
    else
        reel__json_null(json);
}

void reel__json_put_list(reel_json *json, const char *key, const char *joined)
{
    reel__json_key(json, key);
    reel__json_array(json);
    while (*joined != '\0') {
        const size_t length = strcspn(joined, "|");

        reel__json_text_n(json, joined, length);
        joined += length;
        if (*joined == '|')
            joined++;
    }
    reel__json_array_end(json);
}

void reel__json_value(reel_json *json, const json_t *value)
{
    const char *key;
    json_t *member;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        reel__json_object(json);
        json_object_foreach((json_t *)(uintptr_t)value, key, member)
        {
            reel__json_key(json, key);
            reel__json_value(json, member);
        }
        reel__json_object_end(json);
        break;
    case JSON_ARRAY:
        reel__json_array(json);
        for (size_t i = 0; i < json_array_size(value); i++)
            reel__json_value(json, json_array_get(value, i));
        reel__json_array_end(json);
        break;
    case JSON_STRING:
        reel__json_text_n(json, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        reel__json_int(json, json_integer_value(value));
        break;
    case JSON_REAL:
        reel__json_real(json, json_real_value(value));
        break;
    case JSON_NULL:
        reel__json_null(json);
        break;
    default:
        reel__json_bool(json, json_is_true(value));
    }
}
