/* rows.c - lines of a mapped text file, numbers in them, and reports of rows that are wrong. */
#include "data/rows_priv.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum {
    FIELD_SHOWN = 24,
    NUMBER_MAXIMUM = 40,
    PROGRESS_LINES = 65536,
    PIECE = 32 << 20 /* of a large file, to be forgotten when it was looked through */
};

/* ---- open and close ------------------------------------------------------------------------ */

static int64_t count_lines(const char *text, const char *end)
{
    int64_t lines = 0;

    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        lines++;
        text++;
    }
    return lines;
}

static const char *find_nul(const reel_rows *rows)
{
    const char *nul = NULL;

    for (const char *at = rows->at; at < rows->end && nul == NULL; at += PIECE) {
        const size_t left = (size_t)(rows->end - at);

        nul = memchr(at, '\0', left < PIECE ? left : PIECE);
        if (nul == NULL && left > PIECE)
            reel__file_map_forget(&rows->map, at + PIECE);
    }
    return nul;
}

reel_code reel__rows_open(reel_rows *out, const char *path, const char *stage,
                          const reel_read_opts *opts, reel_err *err)
{
    static const reel_read_opts defaults = {0};
    reel_code rc = REEL_OK;
    const char *nul = NULL;

    *out = (reel_rows){.path = path, .stage = stage, .opts = opts == NULL ? &defaults : opts};
    REEL_TRY(reel__file_map_open(&out->map, path, err));
    out->at = (const char *)out->map.data;
    out->end = out->at + out->map.size_bytes;
    if (out->map.size_bytes == 0) {
        rc = reel_fail(err, REEL_E_FORMAT, "%s: the file is empty", path);
        goto out;
    }
    nul = find_nul(out);
    if (nul != NULL) {
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%s:%" PRId64 ": NUL byte: the file is damaged or not plain text "
                       "(UTF-16 must be converted to UTF-8)",
                       path, 1 + count_lines(out->at, nul));
        goto out;
    }
    if (out->map.size_bytes >= 3 && memcmp(out->at, "\xEF\xBB\xBF", 3) == 0)
        out->at += 3;
out:
    if (rc != REEL_OK)
        reel__rows_close(out);
    return rc;
}

void reel__rows_close(reel_rows *rows)
{
    if (rows->map.data != NULL)
        reel__file_map_close(&rows->map);
    rows->map = (reel_file_map){0};
}

/* ---- lines --------------------------------------------------------------------------------- */

static bool is_blank(reel_slice line)
{
    return reel__slice_trim(line).length == 0;
}

bool reel__rows_next(reel_rows *rows)
{
    while (rows->at < rows->end) {
        const char *start = rows->at;
        const char *newline = memchr(start, '\n', (size_t)(rows->end - start));

        rows->cut = newline == NULL;
        rows->at = newline == NULL ? rows->end : newline + 1;
        rows->text = (reel_slice){start, (size_t)((newline == NULL ? rows->end : newline) - start)};
        if (rows->text.length > 0 && start[rows->text.length - 1] == '\r')
            rows->text.length--;
        rows->line++;
        if (rows->line - rows->progress_at >= PROGRESS_LINES) {
            rows->progress_at = rows->line;
            reel__progress(rows->opts->progress, rows->stage,
                           rows->at - (const char *)rows->map.data, (int64_t)rows->map.size_bytes,
                           "bytes");
        }
        if (!is_blank(rows->text))
            return true;
    }
    return false;
}

/* ---- reports ------------------------------------------------------------------------------- */

/* Bytes of the well-formed printable character at text; 0 when it must be escaped. */
static size_t printable(const char *text, size_t left)
{
    const unsigned char first = (unsigned char)text[0];

    if (first < 0x20 || first == 0x7F)
        return 0;
    for (size_t length = 1; length <= 4 && length <= left; length++)
        if (reel__utf8_valid(text, length))
            return length;
    return 0;
}

void reel__rows_escape(char *out, size_t size, const char *text, size_t length, size_t limit)
{
    static const char more[] = "\xE2\x80\xA6"; /* ... as one character */
    size_t used = 0, at = 0;

    while (at < length && at < limit) {
        const size_t step = printable(text + at, length - at);

        if (used + 8 + sizeof more > size)
            break;
        if (step > 0) {
            memcpy(out + used, text + at, step);
            used += step;
        } else if (text[at] == '\t') {
            memcpy(out + used, "\\t", 2);
            used += 2;
        } else {
            (void)snprintf(out + used, 5, "\\x%02x", (unsigned)(unsigned char)text[at]);
            used += 4;
        }
        at += step > 0 ? step : 1;
    }
    if (at < length) {
        memcpy(out + used, more, sizeof more - 1);
        used += sizeof more - 1;
    }
    out[used] = '\0';
}

reel_code reel__rows_bad(reel_rows *rows, reel_err *err, const char *format, ...)
{
    char reason[ROWS_FAULT], text[5 * ROWS_TEXT];
    va_list arguments;
    const reel_read_opts *opts = rows->opts;

    va_start(arguments, format);
    if (vsnprintf(reason, sizeof reason, format, arguments) < 0)
        reason[0] = '\0';
    va_end(arguments);
    reel__rows_escape(text, sizeof text, rows->text.text, rows->text.length, ROWS_TEXT);
    if (opts->strict)
        return reel_fail(err, REEL_E_FORMAT, "%s:%" PRId64 ": %s: %s", rows->path, rows->line,
                         reason, text);
    if (rows->bad_rows++ == 0)
        (void)snprintf(rows->first_bad, sizeof rows->first_bad, "line %" PRId64 ": %.200s",
                       rows->line, reason);
    if (opts->bad_row != NULL && (rows->reported == NULL || *rows->reported < ROWS_REPORTED) &&
        (rows->reported != NULL || rows->bad_rows <= ROWS_REPORTED)) {
        const reel_bad_row row = {rows->path, rows->line, reason, text};

        if (rows->reported != NULL)
            ++*rows->reported;
        opts->bad_row(opts->user, &row);
    }
    return REEL_OK;
}

reel_code reel__rows_end(const reel_rows *rows, reel_read_report *report, reel_err *err)
{
    reel__progress(rows->opts->progress, rows->stage, (int64_t)rows->map.size_bytes,
                   (int64_t)rows->map.size_bytes, "bytes");
    if (report != NULL) {
        report->rows += rows->rows;
        report->bad_rows += rows->bad_rows;
    }
    if (rows->rows > 0)
        return REEL_OK;
    if (rows->bad_rows > 0)
        return reel_fail(err, REEL_E_FORMAT,
                         "%s: none of its %" PRId64 " rows can be used; first, %s", rows->path,
                         rows->bad_rows, rows->first_bad);
    return reel_fail(err, REEL_E_FORMAT, "%s: there are no rows in it", rows->path);
}

/* ---- fields -------------------------------------------------------------------------------- */

reel_slice reel__slice_trim(reel_slice field)
{
    while (field.length > 0 && (field.text[0] == ' ' || field.text[0] == '\t')) {
        field.text++;
        field.length--;
    }
    while (field.length > 0 && strchr(" \t\r", field.text[field.length - 1]) != NULL)
        field.length--;
    return field;
}

bool reel__slice_is(reel_slice field, const char *text)
{
    return field.length == strlen(text) && memcmp(field.text, text, field.length) == 0;
}

static bool refuse(char reason[ROWS_REASON], reel_slice field, const char *what)
{
    char shown[4 * FIELD_SHOWN];

    reel__rows_escape(shown, sizeof shown, field.text, field.length, FIELD_SHOWN);
    (void)snprintf(reason, ROWS_REASON, "\"%.*s\" %s", (int)sizeof shown, shown, what);
    return false;
}

bool reel__slice_int(reel_slice field, int64_t *out, char reason[ROWS_REASON])
{
    int64_t value = 0;

    if (field.length == 0)
        return refuse(reason, field, "is not a whole number");
    for (size_t i = 0; i < field.length; i++) {
        const char c = field.text[i];

        if (c < '0' || c > '9')
            return refuse(reason, field,
                          c == '-' && i == 0 ? "is negative" : "is not a whole number");
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, c - '0', &value))
            return refuse(reason, field, "is too large");
    }
    *out = value;
    return true;
}

bool reel__slice_real(reel_slice field, double *out, char reason[ROWS_REASON])
{
    char copy[NUMBER_MAXIMUM + 1], *end = NULL;

    if (field.length == 0 || field.length > NUMBER_MAXIMUM)
        return refuse(reason, field, "is not a number");
    for (size_t i = 0; i < field.length; i++)
        if (strchr("0123456789.+-eE", field.text[i]) == NULL)
            return refuse(reason, field, "is not a number");
    memcpy(copy, field.text, field.length);
    copy[field.length] = '\0';
    *out = strtod(copy, &end);
    if (end != copy + field.length)
        return refuse(reason, field, "is not a number");
    if (!isfinite(*out))
        return refuse(reason, field, "is too large");
    return true;
}
