/* log.c - log lines, each written by one write() so that lines of several processes do not mix.
 * Nothing here allocates: a server that is out of memory must still be able to say so.
 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log_priv.h"
#include "base/utf8.h"

enum { FIELDS_MOST = REEL_LOG_LINE_MOST / 8 };

static _Atomic reel_log_level threshold = REEL_LOG_INFO;
static atomic_bool as_json;
static atomic_int_fast64_t dropped;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void reel__log_setup(reel_log_level level, bool json)
{
    atomic_store(&threshold, level);
    atomic_store(&as_json, json);
}

bool reel__log_enabled(reel_log_level level)
{
    return level <= atomic_load_explicit(&threshold, memory_order_relaxed);
}

bool reel__log_is_json(void)
{
    return atomic_load(&as_json);
}

int64_t reel__log_dropped(void)
{
    return atomic_load(&dropped);
}

void reel__log_drop(int lines)
{
    atomic_fetch_add(&dropped, lines);
}

const char *reel__log_quote(char *out, size_t size, const char *text)
{
    size_t at = 0;

    if (size < 3) {
        if (size > 0)
            out[0] = '\0';
        return out;
    }
    out[at++] = '"';
    for (; *text != '\0'; text++) {
        const bool escaped = *text == '"' || *text == '\\';

        if (at + (escaped ? 2 : 1) + 2 > size)
            break;
        if (escaped)
            out[at++] = '\\';
        out[at++] = (char)((unsigned char)*text < 0x20 ? ' ' : *text);
    }
    at = reel__utf8_whole(out, at);
    out[at++] = '"';
    out[at] = '\0';
    return out;
}

/* ---- logfmt to JSON ------------------------------------------------------------------------ */

/* As JSON defines a number; "007" and "1." are texts. */
static bool is_number(const char *text, size_t length)
{
    size_t at = length > 0 && text[0] == '-' ? 1 : 0;
    const size_t digits = strspn(text + at, "0123456789");
    size_t fraction;

    if (digits == 0 || at + digits > length || (digits > 1 && text[at] == '0'))
        return false;
    at += digits;
    if (at == length)
        return true;
    if (text[at] != '.')
        return false;
    fraction = strspn(text + at + 1, "0123456789");
    return fraction > 0 && at + 1 + fraction == length;
}

/* A value as it stands in the fields, quotes taken off. Returns what follows it. */
static const char *put_value(reel_json *json, const char *text)
{
    char plain[FIELDS_MOST];
    size_t length = 0;

    if (*text != '"') {
        length = strcspn(text, " ");
        if (is_number(text, length)) {
            reel__json_raw(json, text, length);
        } else if (length == 4 && memcmp(text, "true", 4) == 0) {
            reel__json_bool(json, true);
        } else if (length == 5 && memcmp(text, "false", 5) == 0) {
            reel__json_bool(json, false);
        } else {
            reel__json_text_n(json, text, length);
        }
        return text + length;
    }
    for (text++; *text != '\0' && *text != '"'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        plain[length++] = *text;
    }
    reel__json_text_n(json, plain, length);
    return *text == '"' ? text + 1 : text;
}

static void put_fields(reel_json *json, const char *fields)
{
    char key[64];

    while (*fields != '\0') {
        const size_t length = strcspn(fields, "= ");

        if (length == 0) {
            fields++;
            continue;
        }
        (void)snprintf(key, sizeof key, "%.*s", (int)length, fields);
        fields += length;
        reel__json_key(json, key);
        if (*fields == '=')
            fields = put_value(json, fields + 1);
        else
            reel__json_bool(json, true); /* a bare word is a flag */
    }
}

/* ---- lines --------------------------------------------------------------------------------- */

static void write_line(const char *line, size_t length)
{
    bool failed = pthread_mutex_lock(&lock) != 0;

    while (!failed && length > 0) {
        const ssize_t written = write(STDERR_FILENO, line, length);

        if (written > 0) {
            line += written;
            length -= (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            failed = true;
        }
    }
    (void)pthread_mutex_unlock(&lock);
    if (failed)
        reel__log_drop(1);
}

static void format_fields(char out[FIELDS_MOST], const char *format, va_list arguments)
{
    const int length = vsnprintf(out, FIELDS_MOST, format, arguments);

    if (length < 0)
        out[0] = '\0';
    else if (length >= FIELDS_MOST)
        out[reel__utf8_whole(out, FIELDS_MOST - 1)] = '\0';
    for (char *at = out; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            *at = ' ';
        else if ((unsigned char)at[0] == 0xC2 && ((unsigned char)at[1] & 0xE0) == 0x80)
            at[0] = at[1] = ' '; /* U+0080..U+009F: a terminal obeys them as it does ESC */
}

void reel__log(reel_log_level level, const char *event, const char *format, ...)
{
    char fields[FIELDS_MOST], line[REEL_LOG_LINE_MOST], now[REEL_TIME_TEXT];
    /* A buffer whose maximum is the array under it never asks for memory. */
    reel_buf buf = {.data = line, .capacity = sizeof line, .maximum = sizeof line - 1};
    va_list arguments;

    if (!reel__log_enabled(level))
        return;
    va_start(arguments, format);
    format_fields(fields, format, arguments);
    va_end(arguments);
    reel__clock_text(reel__clock_now(), now);
    if (atomic_load(&as_json)) {
        reel_json json;

        reel__json_init(&json, &buf);
        reel__json_object(&json);
        reel__json_put_text(&json, "time", now);
        reel__json_put_text(&json, "level", level_names[level]);
        reel__json_put_text(&json, "event", event);
        put_fields(&json, fields);
        reel__json_object_end(&json);
    } else {
        reel__buf_format(&buf, "time=%s level=%s event=%s%s%s", now, level_names[level], event,
                         fields[0] == '\0' ? "" : " ", fields);
    }
    reel__buf_char(&buf, '\n');
    if (buf.failed)
        reel__log_drop(1);
    else if (!reel__log_queue(line, buf.length))
        write_line(line, buf.length);
}
