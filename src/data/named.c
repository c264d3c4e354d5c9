/* named.c - reads lists of ratings by people and items that go by numbers or by texts.
 * As in ratings.c a fast path takes good rows straight from the mapped file, and the careful one
 * judges and explains the rest. A column begins as numbers; the first id that is none turns it into
 * texts, which loses nothing since only numbers written in the one plain way were taken as such.
 */
#include "data/named_priv.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/digits_priv.h"

enum {
    FAST_MARGIN = 128,    /* bytes behind a line the fast path may look at */
    FAST_BYTES = 8 << 20, /* between two reports of progress */
    FIRST_ROWS = 4096,
    DIGITS = 24,
    UNDOUBLED_MOST = 4 * ROWS_LINE_MAXIMUM
};

typedef struct named_reader {
    reel_rows rows;
    reel_named_shape shape;
    reel_named named;
    reel_slice last_text[2]; /* the texts of the last row, and their ids */
    int64_t last_id[2];
    int64_t last_time; /* of the last good row */
    double third_most; /* largest value of a third column that is guessed */
    reel_buf undoubled;
} named_reader;

void reel__named_fini(reel_named *named)
{
    reel__ratings_fini(&named->ratings);
    reel__intern_free(named->people);
    reel__intern_free(named->movies);
    *named = (reel_named){0};
}

/* ---- ids ----------------------------------------------------------------------------------- */

static reel_intern **texts_of(named_reader *reading, int column)
{
    return column == 0 ? &reading->named.people : &reading->named.movies;
}

/* The column goes by texts from now on, and so do the rows read so far. */
static reel_code turn_to_texts(named_reader *reading, int column, reel_err *err)
{
    reel_intern **texts = texts_of(reading, column);
    reel_code rc = REEL_OK;

    REEL_TRY(reel__intern_new(texts, err));
    for (size_t i = 0; i < reading->named.ratings.count; i++) {
        reel_rating *rating = &reading->named.ratings.items[i];
        int64_t *id = column == 0 ? &rating->person : &rating->movie;
        char digits[DIGITS];
        int32_t place = 0;

        (void)snprintf(digits, sizeof digits, "%" PRId64, *id);
        REEL_TRY(reel__intern_add(*texts, digits, strlen(digits), &place, err));
        *id = place;
    }
out:
    return rc;
}

/* Why a text cannot be an id, or NULL. */
static const char *find_text_fault(reel_slice text)
{
    if (text.length == 0)
        return "is missing";
    if (text.length > NAMED_ID_MOST)
        return "is longer than 1024 bytes";
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.text[i] < ' ' || text.text[i] == 0x7F)
            return "has a control character in it";
    return NULL;
}

static reel_code take_id(named_reader *reading, int column, reel_slice text, int64_t *out,
                         reel_err *err)
{
    reel_intern **texts = texts_of(reading, column);
    int32_t place = 0;
    reel_code rc = REEL_OK;

    if (*texts == NULL && reel__slice_id(text, out))
        return REEL_OK;
    if (*texts == NULL)
        REEL_TRY(turn_to_texts(reading, column, err));
    REEL_TRY(reel__intern_add(*texts, text.text, text.length, &place, err));
    *out = place;
out:
    return rc;
}

/* ---- the careful path ---------------------------------------------------------------------- */

/* A whole number of seconds; programs also write 978300760.0. */
static bool take_time(reel_slice field, int64_t *out, char why[ROWS_REASON])
{
    char other[ROWS_REASON];
    double seconds;

    if (reel__slice_int(field, out, why))
        return true;
    if (!reel__slice_real(field, &seconds, other) || !(seconds >= 0 && seconds < 1e15))
        return false;
    *out = (int64_t)seconds;
    return true;
}

/* Value and time of a row; why they cannot be used, or false. */
static bool find_fault(named_reader *reading, const reel_field fields[], reel_rating *rating,
                       char reason[ROWS_FAULT])
{
    const reel_named_shape *shape = &reading->shape;
    const reel_read_opts *opts = reading->rows.opts;
    char why[ROWS_REASON];
    double value = 1.0;

    for (int i = 0; i < 2; i++) {
        const char *fault = find_text_fault(fields[i].text);

        if (fault != NULL)
            return snprintf(reason, ROWS_FAULT, "%s id %s", i == 0 ? "user" : "item", fault) > 0;
    }
    if (shape->rating >= 0 && !reel__slice_real(fields[shape->rating].text, &value, why))
        return snprintf(reason, ROWS_FAULT, "rating %s", why) > 0;
    if (shape->guess) {
        rating->time = value >= 0 && value < 1e15 ? (int64_t)value : 0;
        reading->third_most = fmax(reading->third_most, value);
        value = 1.0;
    }
    if (fabs(value) > (double)REEL_RATING_MAX)
        return snprintf(reason, ROWS_FAULT, "rating %g is too large%s", value,
                        shape->columns == 3 && value > 0
                            ? "; for times put a header above: user, item, time"
                            : "") > 0;
    if (shape->rating >= 0 && (opts->scale_min != 0.0 || opts->scale_max != 0.0) &&
        (value < opts->scale_min || value > opts->scale_max))
        return snprintf(reason, ROWS_FAULT, "rating %g is outside the scale %g to %g", value,
                        opts->scale_min, opts->scale_max) > 0;
    rating->value = (float)value;
    if (shape->time >= 0 && !take_time(fields[shape->time].text, &rating->time, why))
        return snprintf(reason, ROWS_FAULT, "time %s", why) > 0;
    return false;
}

/* A last line without its end may have lost digits of its time without looking wrong. */
static bool lost_digits(const named_reader *reading, const reel_rating *rating)
{
    return reading->rows.cut && reading->shape.time >= 0 && reading->last_time >= 100000000 &&
           rating->time < reading->last_time / 10;
}

/* Quotes inside quotes stand once. */
static reel_slice undouble(named_reader *reading, const reel_field *field)
{
    const char *at = field->text.text, *end = at + field->text.length;
    const size_t start = reading->undoubled.length;

    if (!field->doubled)
        return field->text;
    for (; at < end; at++) {
        reel__buf_char(&reading->undoubled, *at);
        at += *at == '"';
    }
    return (reel_slice){reading->undoubled.data + start, reading->undoubled.length - start};
}

static reel_code read_carefully(named_reader *reading, reel_err *err)
{
    reel_rows *rows = &reading->rows;
    const char *cut = rows->cut ? " (the last line is cut: is the file complete?)" : "";
    reel_field fields[NAMED_FIELDS + 1];
    char reason[ROWS_FAULT];
    reel_rating rating = {.value = 1.0F};
    reel_code rc = REEL_OK;
    int count;

    if (rows->text.length > ROWS_LINE_MAXIMUM)
        return reel__rows_bad(rows, err, "line of %zu bytes is too long", rows->text.length);
    count = reel__named_split(rows->text, &reading->shape, fields);
    if (count < 0)
        return reel__rows_bad(rows, err, "a quote is not closed%s", cut);
    if (count != reading->shape.columns)
        return reel__rows_bad(
            rows, err, "%s%d fields instead of %d%s", count > NAMED_FIELDS ? "more than " : "",
            count > NAMED_FIELDS ? NAMED_FIELDS : count, reading->shape.columns, cut);
    if (find_fault(reading, fields, &rating, reason))
        return reel__rows_bad(rows, err, "%.*s%s", ROWS_REASON, reason, cut);
    if (lost_digits(reading, &rating))
        return reel__rows_bad(rows, err, "time %" PRId64 " is cut%s", rating.time, cut);
    reel__buf_clear(&reading->undoubled);
    for (int i = 0; i < 2; i++) {
        const reel_slice text = undouble(reading, &fields[i]);

        REEL_TRY(reel__buf_check(&reading->undoubled, err));
        REEL_TRY(take_id(reading, i, text, i == 0 ? &rating.person : &rating.movie, err));
    }
    reading->last_time = rating.time;
    reading->named.ratings.items[reading->named.ratings.count++] = rating;
    rows->rows++;
out:
    return rc;
}

/* ---- the fast path ------------------------------------------------------------------------- */

static inline bool ends_field(const char *at, char separator, size_t width)
{
    return at[0] == separator && at[width - 1] == separator;
}

static inline const char *fast_number(const char *at, int64_t *out)
{
    const char *end = reel__fast_digits(at, out);

    return end != NULL && at[0] == '0' && end - at > 1 ? NULL : end;
}

/* A text that was met before; what is new goes the careful way. Rows of one person usually stand
 * together, so that the last one is tried first. `stop` is what follows the text. */
static inline const char *fast_text(named_reader *reading, int column, const char *at,
                                    const char *end, char stop, int64_t *out)
{
    reel_slice *last = &reading->last_text[column];
    const char *found;

    if (at >= end || *at == '"')
        return NULL;
    if (last->length > 0 && (size_t)(end - at) > last->length && at[last->length] == stop &&
        memcmp(at, last->text, last->length) == 0) {
        *out = reading->last_id[column];
        return at + last->length;
    }
    found = memchr(at, stop, (size_t)(end - at));
    if (found == NULL)
        return NULL;
    if (stop == '\n' && found > at && found[-1] == '\r')
        found--;
    if (found - at > NAMED_ID_MOST)
        return NULL;
    *out = reel__intern_find(*texts_of(reading, column), at, (size_t)(found - at));
    if (*out < 0)
        return NULL;
    *last = (reel_slice){at, (size_t)(found - at)};
    reading->last_id[column] = *out;
    return found;
}

/* A whole good row at `at`: where the next line starts; NULL when it is not one. */
static inline const char *fast_row(named_reader *reading, const reel_named_shape *shape,
                                   const char *at, const char *end, reel_rating *out)
{
    const char separator = shape->separator;
    const size_t width = shape->width;
    const char last = (char)(shape->columns == 2 ? '\n' : separator); /* what ends the item */
    reel_rating rating = {.value = 1.0F};

    at = reading->named.people == NULL ? fast_number(at, &rating.person)
                                       : fast_text(reading, 0, at, end, separator, &rating.person);
    if (at == NULL || !ends_field(at, separator, width))
        return NULL;
    at += width;
    at = reading->named.movies == NULL ? fast_number(at, &rating.movie)
                                       : fast_text(reading, 1, at, end, last, &rating.movie);
    if (at == NULL || at > end)
        return NULL;
    if (shape->rating >= 0) {
        if (!ends_field(at, separator, width))
            return NULL;
        at = reel__fast_value(at + width, &rating.value);
        if (at == NULL)
            return NULL;
    }
    if (shape->time >= 0) {
        if (!ends_field(at, separator, width))
            return NULL;
        at = reel__fast_digits(at + width, &rating.time);
        if (at == NULL)
            return NULL;
    }
    if (*at == '\r')
        at++;
    *out = rating;
    return *at == '\n' ? at + 1 : NULL;
}

/* Rows from `at` on for as long as they are good and there is room. Made for each separator, so
 * that the compiler sees constants. */
static inline void fast_rows(named_reader *reading, const char *stop, const char *end,
                             char separator, size_t width)
{
    reel_named_shape shape = reading->shape;
    reel_rating *to = reading->named.ratings.items + reading->named.ratings.count;
    const reel_rating *last = reading->named.ratings.items + reading->named.ratings.capacity;
    const char *at = reading->rows.at;

    shape.separator = separator;
    shape.width = width;
    while (at < stop && to < last) {
        const char *next = fast_row(reading, &shape, at, end, to);

        if (next == NULL)
            break;
        at = next;
        to++;
    }
    reading->named.ratings.count = (size_t)(to - reading->named.ratings.items);
    reading->rows.at = at;
}

/* Good rows, for a while. True: there may be more of them; false: the next line needs care. */
static bool read_fast(named_reader *reading)
{
    reel_rows *rows = &reading->rows;
    const reel_read_opts *opts = rows->opts;
    const bool any = opts->scale_min == 0.0 && opts->scale_max == 0.0;
    const reel_ratings *ratings = &reading->named.ratings;
    const size_t before = ratings->count;
    const char *end = rows->end - FAST_MARGIN, *stop = end;
    int64_t taken = 0;

    if (rows->end - rows->at <= FAST_MARGIN || reading->shape.guess || !any)
        return false;
    if (stop - rows->at > FAST_BYTES)
        stop = rows->at + FAST_BYTES;
    if (reading->shape.width == 2)
        fast_rows(reading, stop, end, ':', 2);
    else if (reading->shape.separator == '\t')
        fast_rows(reading, stop, end, '\t', 1);
    else if (reading->shape.separator == ',')
        fast_rows(reading, stop, end, ',', 1);
    else
        fast_rows(reading, stop, end, reading->shape.separator, 1);
    taken = (int64_t)(ratings->count - before);
    rows->rows += taken;
    rows->line += taken;
    if (taken > 0)
        reading->last_time = ratings->items[ratings->count - 1].time;
    if (rows->at < stop)
        return ratings->count == ratings->capacity;
    reel__progress(opts->progress, rows->stage, rows->at - (const char *)rows->map.data,
                   (int64_t)rows->map.size_bytes, "bytes");
    return stop < end;
}

/* ---- the whole file ------------------------------------------------------------------------ */

/* Room for the rest of the file if it goes on like the part read so far. */
static size_t estimate(const named_reader *reading)
{
    const reel_rows *rows = &reading->rows;
    const double read = (double)(rows->at - (const char *)rows->map.data);
    const double left = (double)(rows->end - rows->at);
    const double count = (double)reading->named.ratings.count;

    if (count < 1.0 || read < 1.0)
        return FIRST_ROWS;
    return reading->named.ratings.count + 64 + (size_t)(left * (count / read) * 1.05);
}

static reel_code read_rows(named_reader *reading, reel_err *err)
{
    reel_ratings *ratings = &reading->named.ratings;
    reel_code rc = REEL_OK;

    for (;;) {
        if (ratings->count == ratings->capacity)
            REEL_TRY(reel__ratings_grow(ratings, estimate(reading), err));
        if (read_fast(reading) || ratings->count == ratings->capacity)
            continue;
        if (!reel__rows_next(&reading->rows))
            break;
        REEL_TRY(read_carefully(reading, err));
    }
out:
    return rc;
}

/* What a third column was after all. */
static void settle_third(named_reader *reading)
{
    reel_named *named = &reading->named;

    named->rated = reading->shape.rating >= 0;
    named->timed = reading->shape.time >= 0;
    if (!reading->shape.guess)
        return;
    named->timed = reading->third_most > (double)REEL_RATING_MAX;
    named->rated = !named->timed;
    for (size_t i = 0; i < named->ratings.count && !named->timed; i++)
        named->ratings.items[i].time = 0;
}

reel_code reel__read_named(reel_named *out, const char *path, reel_third third,
                           const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    named_reader reading = {0};

    *out = (reel_named){0};
    if (report != NULL)
        *report = (reel_read_report){0};
    reel__buf_init(&reading.undoubled, UNDOUBLED_MOST);
    REEL_TRY(reel__rows_open(&reading.rows, path, "ratings", opts, err));
    REEL_TRY(reel__named_shape(&reading.shape, &reading.rows, third, err));
    REEL_TRY(read_rows(&reading, err));
    REEL_TRY(reel__rows_end(&reading.rows, report, err));
    reading.named.header = reading.shape.header;
    settle_third(&reading);
    *out = reading.named;
    reading.named = (reel_named){0};
out:
    reel__buf_fini(&reading.undoubled);
    reel__named_fini(&reading.named);
    reel__rows_close(&reading.rows);
    return rc;
}

/* ---- people -------------------------------------------------------------------------------- */

/* The first field where tabs part any, else the line; header lines name people. */
static reel_code read_person(named_reader *reading, reel_err *err)
{
    static const reel_named_shape tabs = {.separator = '\t', .width = 1};
    reel_rows *rows = &reading->rows;
    reel_field fields[NAMED_FIELDS + 1];
    const int count =
        rows->text.length > ROWS_LINE_MAXIMUM ? 0 : reel__named_split(rows->text, &tabs, fields);
    const char *fault = count < 1 ? "cannot be read" : find_text_fault(fields[0].text);
    reel_rating rating = {.value = 1.0F};
    reel_ratings *ratings = &reading->named.ratings;
    reel_code rc = REEL_OK;

    if (fault != NULL)
        return reel__rows_bad(rows, err, "user id %s", fault);
    if (rows->rows == 0 && rows->bad_rows == 0 && reel__named_heads_people(fields[0].text)) {
        reading->named.header = true;
        return REEL_OK;
    }
    reel__buf_clear(&reading->undoubled);
    REEL_TRY(take_id(reading, 0, undouble(reading, &fields[0]), &rating.person, err));
    if (ratings->count == ratings->capacity)
        REEL_TRY(reel__ratings_grow(ratings, 2 * ratings->capacity, err));
    ratings->items[ratings->count++] = rating;
    rows->rows++;
out:
    return rc;
}

reel_code reel__read_named_people(reel_named *out, const char *path, const reel_read_opts *opts,
                                  reel_err *err)
{
    named_reader reading = {0};
    reel_code rc = REEL_OK;

    *out = (reel_named){0};
    reel__buf_init(&reading.undoubled, UNDOUBLED_MOST);
    REEL_TRY(reel__rows_open(&reading.rows, path, "people", opts, err));
    while (reel__rows_next(&reading.rows))
        REEL_TRY(read_person(&reading, err));
    REEL_TRY(reel__rows_end(&reading.rows, NULL, err));
    *out = reading.named;
    reading.named = (reel_named){0};
out:
    reel__buf_fini(&reading.undoubled);
    reel__named_fini(&reading.named);
    reel__rows_close(&reading.rows);
    return rc;
}
