/* import_csv.c - exports that are tables: each is told by the names of its columns, and read
 * through one list of what those names mean. Spreadsheets may have put semicolons or tabs, decimal
 * commas and "sep=;" into them.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "data/csv_priv.h"
#include "data/import_priv.h"

/* ---- what the columns are called ----------------------------------------------------------- */

enum { MOVIE, TITLE, YEAR, IMDB, TMDB, RATING, TIME, KIND, WEIGHT, TYPE, USER, RANK, COLUMNS };

typedef struct shape {
    reel_import_format format;
    const char *need[4];       /* columns that tell it, NULL behind the last */
    const char *name[COLUMNS]; /* NULL = it has none */
    int columns_most;          /* 0 = any */
    double rating_most;
} shape;

static const shape shapes[] = {
    {REEL_IMPORT_REEL,
     {"movieId", "title", "kind"},
     {[MOVIE] = "movieId",
      [TITLE] = "title",
      [YEAR] = "year",
      [IMDB] = "imdbId",
      [TMDB] = "tmdbId",
      [RATING] = "rating",
      [TIME] = "time",
      [KIND] = "kind",
      [WEIGHT] = "weight"},
     0,
     5},
    {REEL_IMPORT_LETTERBOXD,
     {"Name", "Year", "Letterboxd URI"},
     {[TITLE] = "Name", [YEAR] = "Year", [RATING] = "Rating", [TIME] = "Date"},
     0,
     5},
    {REEL_IMPORT_IMDB,
     {"Const", "Title", "Title Type"},
     {[TITLE] = "Title",
      [YEAR] = "Year",
      [IMDB] = "Const",
      [RATING] = "Your Rating",
      [TIME] = "Date Rated",
      [TYPE] = "Title Type",
      [RANK] = "Position"},
     0,
     10},
    {REEL_IMPORT_NETFLIX, {"Title", "Date"}, {[TITLE] = "Title", [TIME] = "Date"}, 2, 5},
    {REEL_IMPORT_NETFLIX,
     {"Profile Name", "Start Time", "Title"},
     {[TITLE] = "Title", [TIME] = "Start Time", [TYPE] = "Supplemental Video Type"},
     0,
     5},
    {REEL_IMPORT_MOVIELENS,
     {"movie_id", "imdb_id", "rating"},
     {[MOVIE] = "movie_id",
      [TITLE] = "title",
      [IMDB] = "imdb_id",
      [TMDB] = "tmdb_id",
      [RATING] = "rating"},
     0,
     5},
    {REEL_IMPORT_RATINGS,
     {"movieId", "rating"},
     {[MOVIE] = "movieId", [RATING] = "rating", [TIME] = "timestamp", [USER] = "userId"},
     0,
     5},
};

enum { SHAPES = sizeof shapes / sizeof *shapes, TEXT_SHOWN = 40 };

typedef struct table {
    reel_import *import;
    const char *file;
    const shape *shape;
    int at[COLUMNS]; /* -1 = the table has no such column */
    reel_csv csv;
    reel_rows rows;
    reel_slice user; /* the first person's id */
} table;

static bool is_called(reel_slice field, const char *name)
{
    field = reel__slice_trim(field);
    return field.length == strlen(name) && strncasecmp(field.text, name, field.length) == 0;
}

static int find_column(const reel_csv *csv, const char *name)
{
    for (int i = 0; i < csv->count && i < CSV_FIELDS; i++)
        if (is_called(csv->field[i], name))
            return i;
    return -1;
}

static bool fits(const shape *one, const reel_csv *csv)
{
    for (size_t i = 0; i < sizeof one->need / sizeof *one->need; i++)
        if (one->need[i] != NULL && find_column(csv, one->need[i]) < 0)
            return false;
    return one->columns_most == 0 || csv->count <= one->columns_most;
}

/* What stands most often outside quotes in the first line. */
static char find_separator(const char *line, const char *end)
{
    static const char signs[] = ",;\t";
    int counts[sizeof signs - 1] = {0}, best = 0;
    bool quoted = false;

    for (; line < end && *line != '\n'; line++) {
        const char *sign = *line == '\0' ? NULL : strchr(signs, *line);

        if (*line == '"')
            quoted = !quoted;
        else if (!quoted && sign != NULL)
            counts[sign - signs]++;
    }
    for (int i = 1; i < (int)sizeof signs - 1; i++)
        if (counts[i] > counts[best])
            best = i;
    return signs[best];
}

/* Read the line of names; NULL in shape when it is none that is known. Errors: E_NOMEM. */
static reel_code open_table(table *t, const char *text, size_t length, reel_err *err)
{
    static const reel_read_opts defaults = {0};

    t->rows = (reel_rows){.path = t->file, .opts = &defaults, .at = text, .end = text + length};
    t->rows.map.data = (const unsigned char *)text;
    if (length > 5 && strncasecmp(text, "sep=", 4) == 0)
        (void)reel__rows_next(&t->rows);
    reel__csv_init(&t->csv, &t->rows);
    t->csv.separator = find_separator(t->rows.at, t->rows.end);
    if (reel__csv_next(&t->csv) && t->csv.fault == NULL)
        for (int i = 0; i < SHAPES && t->shape == NULL; i++)
            if (fits(&shapes[i], &t->csv))
                t->shape = &shapes[i];
    for (int i = 0; i < COLUMNS && t->shape != NULL; i++)
        t->at[i] = t->shape->name[i] == NULL ? -1 : find_column(&t->csv, t->shape->name[i]);
    return reel__buf_check(&t->csv.unquoted, err);
}

reel_import_format reel__import_csv_format(const char *text, size_t length)
{
    table t = {.file = ""};
    const reel_code rc = open_table(&t, text, length, NULL);

    reel__csv_fini(&t.csv);
    return rc == REEL_OK && t.shape != NULL ? t.shape->format : REEL_IMPORT_NONE;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static reel_slice cell(const table *t, int column)
{
    const int at = t->at[column];

    if (at < 0 || at >= t->csv.count || at >= CSV_FIELDS)
        return (reel_slice){"", 0};
    return reel__slice_trim(t->csv.field[at]);
}

static int64_t whole(const table *t, int column, int64_t missing)
{
    char reason[ROWS_REASON];
    int64_t value;

    return reel__slice_int(cell(t, column), &value, reason) ? value : missing;
}

static bool has_word(reel_slice text, const char *word)
{
    const size_t length = strlen(word);

    for (size_t i = 0; i + length <= text.length; i++)
        if (strncasecmp(text.text + i, word, length) == 0)
            return true;
    return false;
}

/* A number may have a decimal comma. NaN when it is none. */
static double number(reel_slice field)
{
    char text[TEXT_SHOWN], reason[ROWS_REASON], *comma;
    double value;

    if (field.length == 0 || field.length >= sizeof text)
        return (double)NAN;
    memcpy(text, field.text, field.length);
    text[field.length] = '\0';
    comma = strchr(text, ',');
    if (comma != NULL)
        *comma = '.';
    return reel__slice_real((reel_slice){text, field.length}, &value, reason) ? value : (double)NAN;
}

/* Netflix writes "Show: Season 2: Episode"; a film may have colons too, but no season. */
static bool is_episode(const table *t)
{
    static const char *const marks[] = {": Season ", ": Series ",         ": Part ",
                                        ": Volume ", ": Limited Series:", ": Book "};
    const reel_slice title = cell(t, TITLE);

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (size_t at = 0; at + strlen(marks[i]) < title.length; at++)
            if (memcmp(title.text + at, marks[i], strlen(marks[i])) == 0 &&
                memchr(title.text + at + 2, ':', title.length - at - 2) != NULL)
                return true;
    return false;
}

static bool is_film(const table *t)
{
    static const char *const others[] = {"series", "episode", "game", "podcast", "music"};
    const reel_slice type = cell(t, TYPE);

    if (t->shape->format == REEL_IMPORT_NETFLIX)
        return type.length == 0 && !is_episode(t); /* a type there is "TRAILER", "HOOK" */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (has_word(type, others[i]))
            return false;
    return true;
}

static bool is_kind(reel_slice text)
{
    for (int i = REEL_IMPORT_WISHED; i <= REEL_IMPORT_LIKED; i++)
        if (reel__slice_is(text, reel__import_kind_name((reel_import_kind)i)))
            return true;
    return text.length == 0;
}

/* What a row without a rating says, by the name of its file where the columns do not. */
static reel_import_kind kind_unrated(const table *t)
{
    const reel_slice kind = cell(t, KIND);

    for (int i = REEL_IMPORT_WISHED; i <= REEL_IMPORT_LIKED; i++)
        if (reel__slice_is(kind, reel__import_kind_name((reel_import_kind)i)))
            return (reel_import_kind)i;
    if (t->shape->format == REEL_IMPORT_LETTERBOXD)
        return reel__import_named(t->file, "watchlist.csv")     ? REEL_IMPORT_WISHED
               : reel__import_named(t->file, "likes/films.csv") ? REEL_IMPORT_LIKED
                                                                : REEL_IMPORT_WATCHED;
    return t->at[RANK] >= 0 ? REEL_IMPORT_WISHED : REEL_IMPORT_WATCHED;
}

/* Sets kind, rating and, in room for one, the trouble. */
static void read_rating(const table *t, reel_import_row *row, char trouble[ROWS_FAULT])
{
    const reel_slice text = cell(t, RATING);
    const bool said = reel__slice_is(cell(t, KIND), "rating");
    char shown[TEXT_SHOWN * 4];

    row->kind = kind_unrated(t);
    if (t->at[KIND] >= 0 && !said && !is_kind(cell(t, KIND))) {
        const reel_slice kind = cell(t, KIND);

        reel__rows_escape(shown, sizeof shown, kind.text, kind.length, TEXT_SHOWN);
        (void)snprintf(trouble, ROWS_FAULT,
                       "the kind \"%s\" is none of rating, liked, watched and watchlist", shown);
        row->trouble = trouble;
    }
    if (t->at[KIND] >= 0 ? !said : text.length == 0)
        return;
    row->kind = REEL_IMPORT_RATED;
    row->rating = reel__import_rating(number(text), t->shape->rating_most);
    if (!isnan(row->rating))
        return;
    reel__rows_escape(shown, sizeof shown, text.text, text.length, TEXT_SHOWN);
    (void)snprintf(trouble, ROWS_FAULT, "the rating \"%s\" is not a number up to %g", shown,
                   t->shape->rating_most);
    row->trouble = trouble;
}

/* Of what may count: 0, 1 or 2, and 1 where nothing is said. */
static void read_weight(const table *t, reel_import_row *row)
{
    const int64_t weight = cell(t, WEIGHT).length == 0 ? 1 : whole(t, WEIGHT, -1);

    if (weight < 0 || weight > 2)
        row->trouble = "the weight is none of 0, 1 and 2";
    else if (row->kind > REEL_IMPORT_WISHED)
        row->extra = (int)weight - 1;
}

static int64_t read_time(const table *t)
{
    const reel_slice text = cell(t, TIME);
    const int64_t seconds = t->at[TIME] < 0 ? 0 : whole(t, TIME, 0);

    return seconds != 0 ? seconds : reel__import_time(text.text, text.length);
}

/* A second person in the list of one. */
static bool is_other_person(table *t)
{
    const reel_slice user = cell(t, USER);

    if (t->at[USER] < 0)
        return false;
    if (t->user.text == NULL)
        t->user = user; /* of the text, which stays: ids are not quoted */
    return user.length != t->user.length || memcmp(user.text, t->user.text, user.length) != 0;
}

static reel_code take_row(table *t, reel_err *err)
{
    reel_import_row row = reel__import_blank(t->file, t->rows.line);
    const reel_slice title = cell(t, TITLE), imdb = cell(t, IMDB);
    char trouble[ROWS_FAULT];
    int64_t year;
    int32_t text;
    reel_code rc;

    if (!is_film(t)) {
        t->import->not_films++;
        return REEL_OK;
    }
    REEL_TRY(reel__intern_add(t->import->texts, title.text, title.length, &text, err));
    row.title = reel__intern_text(t->import->texts, text);
    year = whole(t, YEAR, 0);
    row.year = year > 1800 && year < 3000 ? (int32_t)year : 0;
    row.movie = whole(t, MOVIE, -1);
    row.imdb_id = reel__import_imdb(imdb.text, imdb.length);
    row.tmdb_id = whole(t, TMDB, 0);
    row.time = read_time(t);
    read_rating(t, &row, trouble);
    read_weight(t, &row);
    if (row.title[0] == '\0' && row.movie < 0 && row.imdb_id == 0 && row.tmdb_id == 0)
        row.trouble = "the row names no film";
    if (is_other_person(t))
        row.trouble = "a second person: an import is of one";
    rc = reel__import_add(t->import, row, err);
out:
    return rc;
}

static reel_code take_fault(table *t, reel_err *err)
{
    reel_import_row row = reel__import_blank(t->file, t->rows.line);

    row.trouble = t->csv.fault;
    return reel__import_add(t->import, row, err);
}

/* Of Letterboxd's archive only the lists that hold the present state. */
static bool is_wanted(const table *t, bool inside)
{
    static const char *const files[] = {"ratings.csv", "watched.csv", "watchlist.csv",
                                        "likes/films.csv"};

    if (t->shape == NULL || !inside || t->shape->format != REEL_IMPORT_LETTERBOXD)
        return t->shape != NULL;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (reel__import_named(t->file, files[i]))
            return true;
    return false;
}

reel_code reel__import_csv(reel_import *import, const char *file, bool inside, const reel_buf *text,
                           reel_err *err)
{
    table t = {.import = import, .file = file};
    reel_code rc;

    REEL_TRY(open_table(&t, text->data, text->length, err));
    if (!is_wanted(&t, inside)) {
        rc = inside ? REEL_OK
                    : reel_fail(err, REEL_E_FORMAT,
                                "%.300s: no export that is known: its first line has the columns "
                                "of none (docs/import.md lists them)",
                                file);
        goto out;
    }
    reel__import_is(import, t.shape->format);
    while (rc == REEL_OK && reel__csv_next(&t.csv)) {
        REEL_TRY(reel__buf_check(&t.csv.unquoted, err));
        rc = t.csv.fault != NULL ? take_fault(&t, err) : take_row(&t, err);
    }
out:
    reel__csv_fini(&t.csv);
    return rc;
}
