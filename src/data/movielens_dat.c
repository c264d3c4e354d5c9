/* movielens_dat.c - movies.dat and users.dat of ML-1M and ML-10M: fields between "::", titles in
 * latin-1 or UTF-8 that may hold colons themselves.
 */
#include <inttypes.h>
#include <string.h>

#include "data/catalogue_priv.h"

/* ---- movies.dat: id::title::genres --------------------------------------------------------- */

/* The id ends at the first "::", the genres begin after the last one. */
static bool split_movie(reel_slice line, reel_slice fields[3])
{
    const char *first = memmem(line.text, line.length, "::", 2);
    const char *last = line.text + line.length;
    const char *title = NULL;

    if (first == NULL)
        return false;
    title = first + 2;
    do {
        if (last - 2 < title)
            return false;
        last--;
    } while (last[-1] != ':' || last[0] != ':');
    fields[0] = (reel_slice){line.text, (size_t)(first - line.text)};
    fields[1] = (reel_slice){title, (size_t)(last - 1 - title)};
    fields[2] = (reel_slice){last + 1, line.length - (size_t)(last + 1 - line.text)};
    return true;
}

static reel_code read_movie(reel_catalogue *catalogue, reel_rows *rows, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_slice fields[3];
    reel_movie *movie = NULL;
    char reason[ROWS_REASON];
    int64_t id = 0;

    if (rows->text.length > ROWS_LINE_MAXIMUM)
        return reel__rows_bad(rows, err, "line of %zu bytes is too long", rows->text.length);
    if (!split_movie(rows->text, fields))
        return reel__rows_bad(rows, err, "expected id::title::genres%s",
                              rows->cut ? " (the last line is cut: is the file complete?)" : "");
    if (!reel__slice_int(fields[0], &id, reason))
        return reel__rows_bad(rows, err, "movie id %s", reason);
    if (reel__slice_trim(fields[1]).length == 0)
        return reel__rows_bad(rows, err, "the title is empty");
    rc = reel__catalogue_add(catalogue, &movie, id, fields[1], err);
    if (rc == REEL_E_CONFLICT)
        return reel__rows_bad(rows, err, "movie id %" PRId64 " was given before", id);
    REEL_TRY(rc);
    REEL_TRY(reel__catalogue_genres(catalogue, &movie->genres, fields[2], err));
    rows->rows++;
out:
    return rc;
}

/* ---- users.dat: id::gender::age::occupation::zip ------------------------------------------- */

static const char *const occupations[] = {
    "other",
    "academic/educator",
    "artist",
    "clerical/admin",
    "college/grad student",
    "customer service",
    "doctor/health care",
    "executive/managerial",
    "farmer",
    "homemaker",
    "K-12 student",
    "lawyer",
    "programmer",
    "retired",
    "sales/marketing",
    "scientist",
    "self-employed",
    "technician/engineer",
    "tradesman/craftsman",
    "unemployed",
    "writer",
};
enum { OCCUPATIONS = sizeof occupations / sizeof *occupations, USER_FIELDS = 5 };

static reel_code read_user(reel_catalogue *catalogue, reel_rows *rows, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_slice fields[USER_FIELDS] = {0};
    reel_reader_person person = {0};
    char reason[ROWS_REASON];
    int64_t age = 0, occupation = 0;
    const int count = reel__fields_split(rows->text, "::", fields, USER_FIELDS);

    if (count != USER_FIELDS)
        return reel__rows_bad(rows, err, "expected id::gender::age::occupation::zip");
    if (!reel__slice_int(fields[0], &person.id, reason))
        return reel__rows_bad(rows, err, "user id %s", reason);
    if (!reel__slice_int(fields[2], &age, reason) || age > 150)
        return reel__rows_bad(rows, err, "age %s", age > 150 ? "is above 150" : reason);
    if (!reel__slice_int(fields[3], &occupation, reason) || occupation >= OCCUPATIONS)
        return reel__rows_bad(rows, err, "occupation %s",
                              occupation >= OCCUPATIONS ? "is not in the list of 0 to 20" : reason);
    person.age = (int32_t)age;
    person.occupation = occupations[occupation];
    REEL_TRY(reel__catalogue_text(catalogue, &person.gender, fields[1], err));
    REEL_TRY(reel__catalogue_text(catalogue, &person.zip, fields[4], err));
    REEL_TRY(reel__catalogue_add_person(catalogue, &person, err));
    rows->rows++;
out:
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

typedef reel_code row_reader(reel_catalogue *catalogue, reel_rows *rows, reel_err *err);

static reel_code read_file(reel_catalogue *catalogue, const char *path, row_reader *read_row,
                           const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_rows rows;

    rc = reel__rows_open(&rows, path, "catalogue", opts, err);
    if (rc != REEL_OK)
        return rc;
    rows.reported = &catalogue->reported;
    while (reel__rows_next(&rows))
        REEL_TRY(read_row(catalogue, &rows, err));
    REEL_TRY(reel__rows_end(&rows, report, err));
out:
    reel__rows_close(&rows);
    return rc;
}

reel_code reel__read_dat_movies(reel_catalogue *catalogue, const char *path,
                                const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    return read_file(catalogue, path, read_movie, opts, report, err);
}

reel_code reel__read_dat_users(reel_catalogue *catalogue, const char *path,
                               const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    return read_file(catalogue, path, read_user, opts, report, err);
}
