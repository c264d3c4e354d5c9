/* movielens_100k.c - u.item, u.genre and u.user of ML-100K: fields between '|', latin-1, one flag
 * per genre.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/catalogue_priv.h"

enum {
    GENRES = 19,
    ITEM_GENRES = 5, /* id|title|release date|video date|IMDb URL|flags ... */
    ITEM_FIELDS = ITEM_GENRES + GENRES,
    USER_FIELDS = 5,
    GENRE_NAME = 32
};

typedef struct genre_names {
    char name[GENRES][GENRE_NAME]; /* "" for `unknown` */
} genre_names;

/* What u.genre of the published set says, for folders without it. */
static const char *const usual_genres[GENRES] = {
    "",          "Action",   "Adventure",   "Animation", "Children's",
    "Comedy",    "Crime",    "Documentary", "Drama",     "Fantasy",
    "Film-Noir", "Horror",   "Musical",     "Mystery",   "Romance",
    "Sci-Fi",    "Thriller", "War",         "Western"};

/* ---- u.genre: name|number ------------------------------------------------------------------ */

static reel_code read_genre(genre_names *genres, reel_rows *rows, reel_err *err)
{
    reel_slice fields[2] = {0};
    char reason[ROWS_REASON];
    int64_t number = 0;

    if (reel__fields_split(rows->text, "|", fields, 2) != 2)
        return reel__rows_bad(rows, err, "expected genre|number");
    if (!reel__slice_int(fields[1], &number, reason))
        return reel__rows_bad(rows, err, "genre number %s", reason);
    if (number >= GENRES || fields[0].length >= GENRE_NAME)
        return reel__rows_bad(rows, err, "more than %d genres, or a long name", GENRES);
    if (!reel__slice_is(fields[0], "unknown")) {
        memcpy(genres->name[number], fields[0].text, fields[0].length);
        genres->name[number][fields[0].length] = '\0';
    }
    rows->rows++;
    return REEL_OK;
}

static reel_code read_genres(genre_names *genres, reel_catalogue *catalogue, const char *path,
                             const reel_read_opts *opts, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_rows rows;

    if (path == NULL) {
        for (int i = 0; i < GENRES; i++)
            (void)snprintf(genres->name[i], GENRE_NAME, "%s", usual_genres[i]);
        return REEL_OK;
    }
    rc = reel__rows_open(&rows, path, "catalogue", opts, err);
    if (rc != REEL_OK)
        return rc;
    rows.reported = &catalogue->reported;
    while (reel__rows_next(&rows))
        REEL_TRY(read_genre(genres, &rows, err));
    REEL_TRY(reel__rows_end(&rows, NULL, err));
out:
    reel__rows_close(&rows);
    return rc;
}

/* ---- u.item -------------------------------------------------------------------------------- */

/* "01-Jan-1995" as "1995-01-01"; false when it is something else. */
static bool iso_date(char out[11], int32_t *year, reel_slice date)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *t = date.text;

    if (date.length != 11 || t[2] != '-' || t[6] != '-')
        return false;
    for (size_t i = 0; i < 11; i++)
        if ((i < 2 || i > 6) && (t[i] < '0' || t[i] > '9'))
            return false;
    for (size_t m = 0; m < 12; m++)
        if (memcmp(months + 3 * m, t + 3, 3) == 0) {
            (void)snprintf(out, 11, "%.4s-%02zu-%.2s", t + 7, m + 1, t);
            *year = (t[7] - '0') * 1000 + (t[8] - '0') * 100 + (t[9] - '0') * 10 + (t[10] - '0');
            return true;
        }
    return false;
}

static void join_genres(reel_buf *out, const genre_names *genres, const reel_slice *flags)
{
    reel__buf_clear(out);
    for (int i = 0; i < GENRES; i++)
        if (reel__slice_is(flags[i], "1") && genres->name[i][0] != '\0') {
            if (out->length > 0)
                reel__buf_char(out, '|');
            reel__buf_text(out, genres->name[i]);
        }
}

static reel_code fill_movie(reel_catalogue *catalogue, reel_movie *movie, const genre_names *genres,
                            const reel_slice *fields, reel_err *err)
{
    reel_code rc = REEL_OK;
    char date[11] = "";
    int32_t year = 0;

    if (iso_date(date, &year, reel__slice_trim(fields[2]))) {
        REEL_TRY(reel__catalogue_keep(catalogue, &movie->release_date, date, strlen(date), err));
        if (movie->year == 0)
            movie->year = year;
    }
    join_genres(&catalogue->work, genres, fields + ITEM_GENRES);
    REEL_TRY(reel__buf_check(&catalogue->work, err));
    REEL_TRY(reel__catalogue_keep(catalogue, &movie->genres, catalogue->work.data,
                                  catalogue->work.length, err));
out:
    return rc;
}

static reel_code read_item(reel_catalogue *catalogue, const genre_names *genres, reel_rows *rows,
                           reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_slice fields[ITEM_FIELDS] = {0};
    char reason[ROWS_REASON];
    reel_movie *movie = NULL;
    int64_t id = 0;
    const int count = rows->text.length > ROWS_LINE_MAXIMUM
                          ? 0
                          : reel__fields_split(rows->text, "|", fields, ITEM_FIELDS);

    if (count != ITEM_FIELDS)
        return reel__rows_bad(rows, err, "%d fields instead of %d%s", count, ITEM_FIELDS,
                              rows->cut ? " (the last line is cut: is the file complete?)" : "");
    if (!reel__slice_int(fields[0], &id, reason))
        return reel__rows_bad(rows, err, "movie id %s", reason);
    if (reel__slice_trim(fields[1]).length == 0)
        return reel__rows_bad(rows, err, "the title is empty");
    for (int i = ITEM_GENRES; i < ITEM_FIELDS; i++)
        if (!reel__slice_is(fields[i], "0") && !reel__slice_is(fields[i], "1"))
            return reel__rows_bad(rows, err, "genre flag %d is neither 0 nor 1", i - ITEM_GENRES);
    rc = reel__catalogue_add(catalogue, &movie, id, fields[1], err);
    if (rc == REEL_E_CONFLICT)
        return reel__rows_bad(rows, err, "movie id %" PRId64 " was given before", id);
    REEL_TRY(rc);
    REEL_TRY(fill_movie(catalogue, movie, genres, fields, err));
    rows->rows++;
out:
    return rc;
}

reel_code reel__read_100k_items(reel_catalogue *catalogue, const char *path, const char *genres,
                                const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_rows rows = {0};
    genre_names names = {0};

    REEL_TRY(read_genres(&names, catalogue, genres, opts, err));
    REEL_TRY(reel__rows_open(&rows, path, "catalogue", opts, err));
    rows.reported = &catalogue->reported;
    while (reel__rows_next(&rows))
        REEL_TRY(read_item(catalogue, &names, &rows, err));
    REEL_TRY(reel__rows_end(&rows, report, err));
out:
    reel__rows_close(&rows);
    return rc;
}

/* ---- u.user: id|age|gender|occupation|zip -------------------------------------------------- */

static reel_code read_user(reel_catalogue *catalogue, reel_rows *rows, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_slice fields[USER_FIELDS] = {0};
    reel_reader_person person = {0};
    char reason[ROWS_REASON];
    int64_t age = 0;

    if (reel__fields_split(rows->text, "|", fields, USER_FIELDS) != USER_FIELDS)
        return reel__rows_bad(rows, err, "expected id|age|gender|occupation|zip");
    if (!reel__slice_int(fields[0], &person.id, reason))
        return reel__rows_bad(rows, err, "user id %s", reason);
    if (!reel__slice_int(fields[1], &age, reason) || age > 150)
        return reel__rows_bad(rows, err, "age %s", age > 150 ? "is above 150" : reason);
    person.age = (int32_t)age;
    REEL_TRY(reel__catalogue_text(catalogue, &person.gender, fields[2], err));
    REEL_TRY(reel__catalogue_text(catalogue, &person.occupation, fields[3], err));
    REEL_TRY(reel__catalogue_text(catalogue, &person.zip, fields[4], err));
    REEL_TRY(reel__catalogue_add_person(catalogue, &person, err));
    rows->rows++;
out:
    return rc;
}

reel_code reel__read_100k_users(reel_catalogue *catalogue, const char *path,
                                const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_rows rows = {0};

    REEL_TRY(reel__rows_open(&rows, path, "catalogue", opts, err));
    rows.reported = &catalogue->reported;
    while (reel__rows_next(&rows))
        REEL_TRY(read_user(catalogue, &rows, err));
    REEL_TRY(reel__rows_end(&rows, report, err));
out:
    reel__rows_close(&rows);
    return rc;
}
