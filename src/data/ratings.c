/* ratings.c - rating lists: MovieLens ratings.dat, u.data and ratings.csv, and plain TSV or CSV.
 * The shape is told from the first lines. Then each line goes through a fast path that reads eight
 * digits at a time straight from the mapped file; whatever it does not recognise as a good row of
 * plain digits goes to the careful path, which is the only one that judges and explains.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/digits_priv.h"
#include "data/rows_priv.h"

enum {
    FAST_MARGIN = 128,    /* bytes after a line start the fast path may look at */
    FAST_BYTES = 8 << 20, /* between two reports of progress */
    FIELDS = 4,
    FIRST_ROWS = 4096
};

/* What a file turned out to be. */
typedef struct list_shape {
    char separator;
    size_t width; /* 2 for "::" */
    int columns;  /* 2 .. 4 */
    bool header;
    double minimum, maximum; /* scale; both 0 = any finite value */
} list_shape;

typedef struct list_reader {
    reel_rows rows;
    list_shape shape;
    reel_ratings ratings;
    int64_t last_time;     /* of the last good row */
    reel_ratings_fn *take; /* NULL: all are kept */
    void *user;
} list_reader;

void reel__ratings_fini(reel_ratings *ratings)
{
    reel__free(ratings->items);
    *ratings = (reel_ratings){0};
}

reel_code reel__ratings_grow(reel_ratings *ratings, size_t wanted, reel_err *err)
{
    reel_rating *items = NULL;

    if (wanted < FIRST_ROWS)
        wanted = FIRST_ROWS;
    items = reel__realloc_array(ratings->items, wanted, sizeof *items);
    if (items == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for %zu ratings", wanted);
    ratings->items = items;
    ratings->capacity = wanted;
    return REEL_OK;
}

/* ---- shape --------------------------------------------------------------------------------- */

/* Split at the separator into at most FIELDS + 1 fields; how many there are, FIELDS + 1 for more.
 */
static int split(reel_slice line, const list_shape *shape, reel_slice fields[FIELDS + 1])
{
    const char *at = line.text, *end = line.text + line.length;
    int count = 0;

    while (count <= FIELDS) {
        const char *stop = at;

        while (stop < end && !(*stop == shape->separator &&
                               (shape->width == 1 || (stop + 1 < end && stop[1] == *stop))))
            stop++;
        fields[count] = reel__slice_trim((reel_slice){at, (size_t)(stop - at)});
        if (fields[count].length >= 2 && fields[count].text[0] == '"' &&
            fields[count].text[fields[count].length - 1] == '"')
            fields[count] = (reel_slice){fields[count].text + 1, fields[count].length - 2};
        count++;
        if (stop == end)
            break;
        at = stop + shape->width;
    }
    return count;
}

static bool is_number(reel_slice field)
{
    char reason[ROWS_REASON];
    double value = 0.0;

    return reel__slice_real(field, &value, reason);
}

/* MovieLens' own header, whose scale is known. */
static bool is_movielens_header(const reel_slice fields[], int count)
{
    static const char *const names[FIELDS] = {"userId", "movieId", "rating", "timestamp"};

    for (int i = 0; i < FIELDS; i++)
        if (count != FIELDS || !reel__slice_is(fields[i], names[i]))
            return false;
    return true;
}

static bool is_u_data(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash == NULL ? path : slash + 1, "u.data") == 0;
}

static reel_code unknown_shape(const reel_rows *rows, const char *what, reel_err *err)
{
    char text[5 * ROWS_TEXT];

    reel__rows_escape(text, sizeof text, rows->text.text, rows->text.length, ROWS_TEXT);
    return reel_fail(err, REEL_E_FORMAT,
                     "%s:%" PRId64 ": %s; expected `user item [rating [timestamp]]` separated by "
                     "\"::\", tabs or commas: %s",
                     rows->path, rows->line, what, text);
}

/* "movieId,userId,...": read as it stands it would make films of people. */
static bool is_swapped_header(reel_slice first)
{
    char name[16] = "";

    memcpy(name, first.text, first.length < sizeof name ? first.length : sizeof name - 1);
    return strcasestr(name, "movie") != NULL || strcasestr(name, "item") != NULL;
}

/* Look at the first line that is not blank without taking it, unless it is a header. */
static reel_code find_shape(list_reader *reading, reel_err *err)
{
    reel_rows *rows = &reading->rows;
    list_shape *shape = &reading->shape;
    const char *start = rows->at;
    const int64_t line = rows->line;
    reel_slice fields[FIELDS + 1];
    int count = 0;

    if (!reel__rows_next(rows))
        return reel__rows_end(rows, NULL, err);
    if (rows->text.length > ROWS_LINE_MAXIMUM)
        return unknown_shape(rows, "the first line is too long", err);
    *shape = (struct list_shape){.separator = ':', .width = 2};
    if (memmem(rows->text.text, rows->text.length, "::", 2) == NULL) {
        const bool tabs = memchr(rows->text.text, '\t', rows->text.length) != NULL;

        *shape = (struct list_shape){.separator = tabs ? '\t' : ',', .width = 1};
    }
    count = split(rows->text, shape, fields);
    if (count < 2 || count > FIELDS)
        return unknown_shape(rows, count < 2 ? "unknown separator" : "too many columns", err);
    shape->columns = count;
    shape->header = shape->width == 1 && !is_number(fields[0]) && !is_number(fields[1]);
    if (shape->header && is_swapped_header(fields[0]))
        return unknown_shape(rows, "the columns stand in another order", err);
    if (shape->width == 2 || is_movielens_header(fields, count))
        shape->minimum = 0.5;
    else if (is_u_data(rows->path))
        shape->minimum = 1.0;
    if (shape->minimum > 0.0)
        shape->maximum = 5.0;
    if (rows->opts->scale_min != 0.0 || rows->opts->scale_max != 0.0) {
        shape->minimum = rows->opts->scale_min;
        shape->maximum = rows->opts->scale_max;
    }
    if (!shape->header) {
        rows->at = start;
        rows->line = line;
    }
    return REEL_OK;
}

/* ---- the careful path ---------------------------------------------------------------------- */

/* Why the fields are no rating, or false. */
static bool find_fault(const list_reader *reading, const reel_slice fields[], reel_rating *rating,
                       char reason[ROWS_FAULT])
{
    const list_shape *shape = &reading->shape;
    char why[ROWS_REASON];
    double value = 1.0;

    *rating = (reel_rating){.value = 1.0F};
    if (!reel__slice_int(fields[0], &rating->person, why))
        return snprintf(reason, ROWS_FAULT, "user id %s", why) > 0;
    if (!reel__slice_int(fields[1], &rating->movie, why))
        return snprintf(reason, ROWS_FAULT, "movie id %s", why) > 0;
    if (shape->columns > 2 && !reel__slice_real(fields[2], &value, why))
        return snprintf(reason, ROWS_FAULT, "rating %s", why) > 0;
    if (shape->columns > 2 && (shape->minimum != 0.0 || shape->maximum != 0.0) &&
        (value < shape->minimum || value > shape->maximum))
        return snprintf(reason, ROWS_FAULT, "rating %g is outside the scale %g to %g", value,
                        shape->minimum, shape->maximum) > 0;
    rating->value = (float)value;
    if (fabs(value) > (double)REEL_RATING_MAX)
        return snprintf(reason, ROWS_FAULT, "rating %g is too large", value) > 0;
    if (shape->columns > 3 && !reel__slice_int(fields[3], &rating->time, why))
        return snprintf(reason, ROWS_FAULT, "timestamp %s", why) > 0;
    return false;
}

/* A last line without its end may have lost digits of its time without looking wrong. */
static bool lost_digits(const list_reader *reading, const reel_rating *rating)
{
    return reading->rows.cut && reading->shape.columns == FIELDS &&
           reading->last_time >= 100000000 && rating->time < reading->last_time / 10;
}

static reel_code read_carefully(list_reader *reading, reel_err *err)
{
    reel_rows *rows = &reading->rows;
    reel_slice fields[FIELDS + 1];
    char reason[ROWS_FAULT];
    const char *cut = rows->cut ? " (the last line is cut: is the file complete?)" : "";
    reel_rating rating;
    int count = 0;

    if (rows->text.length > ROWS_LINE_MAXIMUM)
        return reel__rows_bad(rows, err, "line of %zu bytes is too long", rows->text.length);
    count = split(rows->text, &reading->shape, fields);
    if (count != reading->shape.columns)
        return reel__rows_bad(rows, err, "%s%d fields instead of %d%s",
                              count > FIELDS ? "more than " : "", count > FIELDS ? FIELDS : count,
                              reading->shape.columns, cut);
    if (find_fault(reading, fields, &rating, reason))
        return reel__rows_bad(rows, err, "%.*s%s", ROWS_REASON, reason, cut);
    if (lost_digits(reading, &rating))
        return reel__rows_bad(rows, err, "timestamp %" PRId64 " is cut%s", rating.time, cut);
    reading->last_time = rating.time;
    reading->ratings.items[reading->ratings.count++] = rating;
    rows->rows++;
    return REEL_OK;
}

/* ---- the fast path ------------------------------------------------------------------------- */

/* 1 to 7 digits and the separator after them; NULL otherwise. */
static inline const char *fast_id(const char *at, int64_t *out, char separator, size_t width)
{
    uint64_t value = 0;
    const unsigned length = reel__eight_digits(at, &value);

    at += length;
    if (length == 0 || length == 8 || at[0] != separator || at[width - 1] != separator)
        return NULL;
    *out = (int64_t)value;
    return at + width;
}

/* A whole good row of this shape at `at`: where the next line starts; NULL when it is not one. */
static inline const char *fast_row(const char *at, reel_rating *out, const list_shape *shape,
                                   char separator, size_t width)
{
    *out = (reel_rating){.value = 1.0F};
    at = fast_id(at, &out->person, separator, width);
    if (at == NULL)
        return NULL;
    if (shape->columns == 2) /* the line ends after the movie: too rare to be made fast */
        return NULL;
    at = fast_id(at, &out->movie, separator, width);
    if (at == NULL)
        return NULL;
    at = reel__fast_value(at, &out->value);
    if (at == NULL)
        return NULL;
    if (shape->columns == FIELDS) {
        if (at[0] != separator || at[width - 1] != separator)
            return NULL;
        at = reel__fast_digits(at + width, &out->time);
        if (at == NULL)
            return NULL;
    }
    if (*at == '\r')
        at++;
    return *at == '\n' ? at + 1 : NULL;
}

/* Rows from `at` on for as long as they are good and there is room; where it stopped. Made for each
 * separator, so that the compiler sees constants. */
static inline const char *fast_rows(list_reader *reading, const char *stop, char separator,
                                    size_t width)
{
    const list_shape shape = reading->shape;
    const bool any = shape.minimum == 0.0 && shape.maximum == 0.0;
    const float minimum = any ? -1.0F : (float)shape.minimum;
    const float maximum = any ? 100.0F : (float)shape.maximum;
    reel_rating *to = reading->ratings.items + reading->ratings.count;
    const reel_rating *end = reading->ratings.items + reading->ratings.capacity;
    const char *at = reading->rows.at;

    while (at < stop && to < end) {
        const char *next = fast_row(at, to, &shape, separator, width);

        if (next == NULL || to->value < minimum || to->value > maximum)
            break;
        at = next;
        to++;
    }
    reading->ratings.count = (size_t)(to - reading->ratings.items);
    return at;
}

/* Good rows, for a while. True: there may be more of them; false: the next line needs care. */
static bool read_fast(list_reader *reading)
{
    reel_rows *rows = &reading->rows;
    const size_t before = reading->ratings.count;
    const char *stop = rows->end - FAST_MARGIN;
    const bool to_the_end = rows->end - rows->at <= FAST_BYTES;
    int64_t taken = 0;

    if (rows->end - rows->at <= FAST_MARGIN)
        return false;
    if (!to_the_end)
        stop = rows->at + FAST_BYTES;
    if (reading->shape.width == 2)
        rows->at = fast_rows(reading, stop, ':', 2);
    else if (reading->shape.separator == '\t')
        rows->at = fast_rows(reading, stop, '\t', 1);
    else
        rows->at = fast_rows(reading, stop, ',', 1);
    taken = (int64_t)(reading->ratings.count - before);
    rows->rows += taken;
    rows->line += taken;
    if (taken > 0)
        reading->last_time = reading->ratings.items[reading->ratings.count - 1].time;
    if (rows->at < stop)
        return reading->ratings.count == reading->ratings.capacity;
    reel__progress(rows->opts->progress, rows->stage, rows->at - (const char *)rows->map.data,
                   (int64_t)rows->map.size_bytes, "bytes");
    return !to_the_end;
}

/* ---- the whole file ------------------------------------------------------------------------ */

/* Room for the rest of the file if it goes on like the part read so far. */
static size_t estimate(const list_reader *reading)
{
    const reel_rows *rows = &reading->rows;
    const double read = (double)(rows->at - (const char *)rows->map.data);
    const double left = (double)(rows->end - rows->at);
    const double count = (double)reading->ratings.count;

    if (count < 1.0 || read < 1.0)
        return FIRST_ROWS;
    return reading->ratings.count + 64 + (size_t)(left * (count / read) * 1.05);
}

static reel_code hand_on(list_reader *reading, reel_err *err)
{
    const size_t count = reading->ratings.count;

    reading->ratings.count = 0;
    reel__file_map_forget(&reading->rows.map, reading->rows.at);
    return count == 0 ? REEL_OK : reading->take(reading->user, reading->ratings.items, count, err);
}

static reel_code make_room(list_reader *reading, reel_err *err)
{
    if (reading->take == NULL)
        return reel__ratings_grow(&reading->ratings, estimate(reading), err);
    if (reading->ratings.items == NULL)
        return reel__ratings_grow(&reading->ratings, REEL_RATINGS_BATCH, err);
    return hand_on(reading, err);
}

static reel_code read_rows(list_reader *reading, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_rows *rows = &reading->rows;

    for (;;) {
        if (reading->ratings.count == reading->ratings.capacity)
            REEL_TRY(make_room(reading, err));
        if (read_fast(reading) || reading->ratings.count == reading->ratings.capacity)
            continue;
        if (!reel__rows_next(rows))
            break;
        REEL_TRY(read_carefully(reading, err));
    }
out:
    return rc;
}

static reel_code read_file(list_reader *reading, const char *path, const reel_read_opts *opts,
                           reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (report != NULL)
        *report = (reel_read_report){0};
    REEL_TRY(reel__rows_open(&reading->rows, path, "ratings", opts, err));
    REEL_TRY(find_shape(reading, err));
    REEL_TRY(read_rows(reading, err));
    if (reading->take != NULL)
        REEL_TRY(hand_on(reading, err));
    REEL_TRY(reel__rows_end(&reading->rows, report, err));
out:
    reel__rows_close(&reading->rows);
    return rc;
}

reel_code reel__read_ratings(reel_ratings *out, const char *path, const reel_read_opts *opts,
                             reel_read_report *report, reel_err *err)
{
    list_reader reading = {0};
    const reel_code rc = read_file(&reading, path, opts, report, err);

    *out = (reel_ratings){0};
    if (rc == REEL_OK)
        *out = reading.ratings;
    else
        reel__ratings_fini(&reading.ratings);
    return rc;
}

reel_code reel__scan_ratings(const char *path, const reel_read_opts *opts, reel_ratings_fn *take,
                             void *user, reel_read_report *report, reel_err *err)
{
    list_reader reading = {.take = take, .user = user};
    const reel_code rc = read_file(&reading, path, opts, report, err);

    reel__ratings_fini(&reading.ratings);
    return rc;
}
