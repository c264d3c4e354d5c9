/* named_shape.c - tells the shape of a list of ratings from its first two lines.
 * Texts are allowed as ids, so that a first line of words may be data: it is a header where its
 * words are those that headers have, where a word stands above the ratings, or where the line below
 * it has numbers for both ids.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "data/named_priv.h"

enum { WORD_MOST = 24 };

/* ---- fields -------------------------------------------------------------------------------- */

static bool is_separator(const char *at, const char *end, const reel_named_shape *shape)
{
    return *at == shape->separator &&
           (shape->width == 1 || (at + 1 < end && at[1] == shape->separator));
}

static const char *skip_blanks(const char *at, const char *end, char separator)
{
    while (at < end && *at == ' ' && separator != ' ')
        at++;
    return at;
}

/* The field that starts with a quote at `at`; where it ends, or NULL. */
static const char *take_quoted(reel_field *out, const char *at, const char *end,
                               const reel_named_shape *shape)
{
    const char *start = ++at;

    for (; at < end; at++) {
        if (*at != '"')
            continue;
        if (at + 1 < end && at[1] == '"') {
            out->doubled = true;
            at++;
            continue;
        }
        out->text = (reel_slice){start, (size_t)(at - start)};
        at = skip_blanks(at + 1, end, shape->separator);
        return at == end || is_separator(at, end, shape) ? at : NULL;
    }
    return NULL;
}

int reel__named_split(reel_slice line, const reel_named_shape *shape,
                      reel_field fields[NAMED_FIELDS + 1])
{
    const char *at = line.text, *end = line.text + line.length;
    int count = 0;

    if (shape->separator == ' ') {
        line = reel__slice_trim(line);
        at = line.text;
        end = at + line.length;
    }
    while (count <= NAMED_FIELDS) {
        const char *start = skip_blanks(at, end, shape->separator);

        fields[count] = (reel_field){.doubled = false};
        if (start < end && *start == '"') {
            at = take_quoted(&fields[count], start, end, shape);
            if (at == NULL)
                return -1;
        } else {
            while (at < end && !is_separator(at, end, shape))
                at++;
            fields[count].text = reel__slice_trim((reel_slice){start, (size_t)(at - start)});
        }
        count++;
        if (at == end)
            break;
        at += shape->width;
        while (shape->separator == ' ' && at < end && *at == ' ')
            at++;
    }
    return count;
}

bool reel__slice_id(reel_slice field, int64_t *out)
{
    char reason[ROWS_REASON];

    return (field.length == 1 || (field.length > 1 && field.text[0] != '0')) &&
           reel__slice_int(field, out, reason);
}

/* ---- headers ------------------------------------------------------------------------------- */

/* "User_ID:token" -> "userid" */
static void plain_word(char out[WORD_MOST], reel_slice field)
{
    size_t used = 0;

    for (size_t i = 0; i < field.length && field.text[i] != ':' && used + 1 < WORD_MOST; i++)
        if (isalnum((unsigned char)field.text[i]))
            out[used++] = (char)tolower((unsigned char)field.text[i]);
    out[used] = '\0';
}

/* Whether a word is among words joined by blanks. */
static bool is_among(reel_slice field, const char *words)
{
    char word[WORD_MOST];
    size_t length;

    plain_word(word, field);
    length = strlen(word);
    while (length > 0 && *words != '\0') {
        const size_t next = strcspn(words, " ");

        if (next == length && memcmp(words, word, length) == 0)
            return true;
        words += next + (words[next] == ' ');
    }
    return false;
}

bool reel__named_heads_people(reel_slice field)
{
    return is_among(field, "user userid users uid useridx person personid customer customerid "
                           "visitor visitorid member memberid reviewer reviewerid session "
                           "sessionid");
}

static bool names_items(reel_slice field)
{
    return is_among(field,
                    "item itemid items iid sid itemidx movie movieid movies film filmid "
                    "product productid track trackid song songid artist artistid book bookid "
                    "isbn asin parentasin business businessid game gameid");
}

static bool names_time(reel_slice field)
{
    return is_among(field, "time timestamp ts date datetime unixtime unixreviewtime when");
}

static bool is_number(reel_slice field)
{
    char reason[ROWS_REASON];
    double value = 0;

    return reel__slice_real(field, &value, reason);
}

/* A word that could stand above ratings: not what programs write for a number they do not have. */
static bool is_heading(reel_slice field)
{
    return field.length > 0 && isalpha((unsigned char)field.text[0]) &&
           !is_among(field, "nan na null none inf infinity");
}

static bool both_numbers(const reel_field fields[], int count)
{
    int64_t id;

    return count >= 2 && reel__slice_id(fields[0].text, &id) && reel__slice_id(fields[1].text, &id);
}

static bool is_header(const reel_named_shape *shape, const reel_field fields[], int count,
                      const reel_rows *rows)
{
    reel_rows ahead = *rows;
    reel_field next[NAMED_FIELDS + 1];

    if (is_number(fields[0].text) || is_number(fields[1].text))
        return false;
    if (reel__named_heads_people(fields[0].text) || names_items(fields[1].text) ||
        names_items(fields[0].text) || reel__named_heads_people(fields[1].text))
        return true;
    if (count > 2)
        return is_heading(fields[2].text);
    ahead.opts = &(const reel_read_opts){0};
    return reel__rows_next(&ahead) && ahead.text.length <= ROWS_LINE_MAXIMUM &&
           both_numbers(next, reel__named_split(ahead.text, shape, next));
}

/* ---- the whole ----------------------------------------------------------------------------- */

static reel_code unknown_shape(const reel_rows *rows, const char *what, reel_err *err)
{
    char text[5 * ROWS_TEXT];

    reel__rows_escape(text, sizeof text, rows->text.text, rows->text.length, ROWS_TEXT);
    return reel_fail(err, REEL_E_FORMAT,
                     "%s:%" PRId64 ": %s; expected `user item [rating [time]]` with tabs, commas, "
                     "semicolons, blanks or \"::\" between: %s",
                     rows->path, rows->line, what, text);
}

static void find_separator(reel_named_shape *shape, reel_slice line)
{
    static const char characters[] = "\t,; ";

    *shape = (reel_named_shape){.separator = '\t', .width = 1, .rating = -1, .time = -1};
    if (memchr(line.text, '\t', line.length) != NULL)
        return;
    if (memmem(line.text, line.length, "::", 2) != NULL) {
        shape->separator = ':';
        shape->width = 2;
        return;
    }
    for (const char *at = characters; *at != '\0'; at++)
        if (memchr(line.text, *at, line.length) != NULL) {
            shape->separator = *at;
            return;
        }
}

static void find_columns(reel_named_shape *shape, reel_third third, const reel_field fields[])
{
    if (shape->columns < 3)
        return;
    if (shape->columns == NAMED_FIELDS) {
        shape->rating = 2;
        shape->time = 3;
        return;
    }
    if (third == REEL_THIRD_TIME || (shape->header && names_time(fields[2].text)))
        shape->time = 2;
    else
        shape->rating = 2;
    shape->guess = third == REEL_THIRD_GUESS && !shape->header;
}

reel_code reel__named_shape(reel_named_shape *out, reel_rows *rows, reel_third third, reel_err *err)
{
    const char *start = rows->at;
    const int64_t line = rows->line;
    reel_field fields[NAMED_FIELDS + 1];
    int count;

    if (!reel__rows_next(rows))
        return reel__rows_end(rows, NULL, err);
    if (rows->text.length > ROWS_LINE_MAXIMUM)
        return unknown_shape(rows, "the first line is too long", err);
    find_separator(out, rows->text);
    count = reel__named_split(rows->text, out, fields);
    if (count < 0)
        return unknown_shape(rows, "a quote is not closed", err);
    if (count < 2 || count > NAMED_FIELDS)
        return unknown_shape(rows, count < 2 ? "one column" : "too many columns", err);
    out->columns = count;
    out->header = is_header(out, fields, count, rows);
    if (out->header &&
        (names_items(fields[0].text) || reel__named_heads_people(fields[1].text) ||
         (count == NAMED_FIELDS && names_time(fields[2].text) && !names_time(fields[3].text))))
        return unknown_shape(rows, "the columns stand in another order", err);
    find_columns(out, third, fields);
    if (!out->header) {
        rows->at = start;
        rows->line = line;
    }
    return REEL_OK;
}
