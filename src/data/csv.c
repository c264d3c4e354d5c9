/* csv.c - the CSV reader. */
#include "data/csv_priv.h"

#include <string.h>

enum { CSV_LINES = 16 }; /* line ends a quoted field may hold */

void reel__csv_init(reel_csv *out, reel_rows *rows)
{
    *out = (reel_csv){.rows = rows, .separator = ','};
    reel__buf_init(&out->unquoted, ROWS_LINE_MAXIMUM + 1);
}

void reel__csv_fini(reel_csv *csv)
{
    reel__buf_fini(&csv->unquoted);
}

/* The quote that closes a field, looking past the line end where it must; NULL when there is none.
 * doubled counts the quotes that stand for one. */
static const char *closing_quote(const reel_csv *csv, const char *at, int64_t *lines, int *doubled)
{
    const char *limit = csv->rows->end;

    if (limit - at > ROWS_LINE_MAXIMUM)
        limit = at + ROWS_LINE_MAXIMUM;
    *doubled = 0;
    for (; at < limit; at++) {
        if (*at == '\n' && ++*lines > CSV_LINES)
            return NULL;
        if (*at != '"')
            continue;
        if (at + 1 == limit || at[1] != '"')
            return at;
        at++;
        ++*doubled;
    }
    return NULL;
}

/* The field between two quotes; doubled ones inside are made single in the buffer, which has room
 * for all of the row and so never moves. */
static reel_slice unquote(reel_csv *csv, const char *start, const char *end, int doubled)
{
    const size_t from = csv->unquoted.length;

    if (doubled == 0)
        return (reel_slice){start, (size_t)(end - start)};
    for (const char *at = start; at < end; at++) {
        reel__buf_char(&csv->unquoted, *at);
        at += *at == '"';
    }
    return (reel_slice){csv->unquoted.data + from, csv->unquoted.length - from};
}

/* One field from `at` on; where it ends (a comma or the row's end), or NULL with a fault. */
static const char *take_field(reel_csv *csv, const char *at, const char **end, reel_slice *field)
{
    const char *stop = NULL;
    int64_t lines = csv->more_lines;
    int doubled = 0;

    if (at == *end || *at != '"') {
        stop = memchr(at, csv->separator, (size_t)(*end - at));
        if (stop == NULL)
            stop = *end;
        *field = (reel_slice){at, (size_t)(stop - at)};
        return stop;
    }
    stop = closing_quote(csv, at + 1, &lines, &doubled);
    if (stop == NULL) {
        csv->fault = "a quote is not closed";
        return NULL;
    }
    *field = unquote(csv, at + 1, stop, doubled);
    if (lines > csv->more_lines) { /* the row goes on to the end of the line the quote closes in */
        const char *newline = memchr(stop, '\n', (size_t)(csv->rows->end - stop));

        csv->more_lines = lines;
        *end = newline == NULL ? csv->rows->end : newline;
        csv->rows->at = newline == NULL ? csv->rows->end : newline + 1;
        if (*end > stop + 1 && (*end)[-1] == '\r')
            --*end;
    }
    if (stop + 1 < *end && stop[1] != csv->separator) {
        csv->fault = "there is text after a closing quote";
        return NULL;
    }
    return stop + 1;
}

bool reel__csv_next(reel_csv *csv)
{
    const char *at = NULL, *end = NULL, *next_line = NULL;

    csv->rows->line += csv->more_lines;
    csv->more_lines = 0;
    csv->count = 0;
    csv->fault = NULL;
    reel__buf_clear(&csv->unquoted);
    if (!reel__rows_next(csv->rows))
        return false;
    if (csv->rows->text.length > ROWS_LINE_MAXIMUM) {
        csv->fault = "the line is too long";
        return true;
    }
    (void)reel__buf_reserve(&csv->unquoted, ROWS_LINE_MAXIMUM);
    at = csv->rows->text.text;
    end = at + csv->rows->text.length;
    next_line = csv->rows->at;
    for (;;) {
        reel_slice field = {0};

        at = take_field(csv, at, &end, &field);
        if (at == NULL)
            break;
        if (csv->count < CSV_FIELDS)
            csv->field[csv->count] = field;
        csv->count++;
        if (at >= end)
            return true;
        at++; /* the separator */
    }
    csv->rows->at = next_line; /* a malformed row ends with its first line */
    csv->more_lines = 0;
    return true;
}
