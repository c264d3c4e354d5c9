/* movielens_csv.c - movies.csv and links.csv of ml-latest, ML-20M, 25M and 32M. */
#include <inttypes.h>
#include <string.h>

#include "data/catalogue_priv.h"

typedef reel_code csv_row_reader(reel_catalogue *catalogue, reel_csv *csv, reel_err *err);

static const char *cut_note(const reel_csv *csv)
{
    return csv->rows->cut ? " (the last line is cut: is the file complete?)" : "";
}

/* ---- movies.csv: movieId,title,genres ------------------------------------------------------ */

static reel_code read_movie(reel_catalogue *catalogue, reel_csv *csv, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_movie *movie = NULL;
    char reason[ROWS_REASON];
    int64_t id = 0;

    if (csv->count != 3)
        return reel__rows_bad(csv->rows, err, "%d fields instead of 3: movieId,title,genres%s",
                              csv->count, cut_note(csv));
    if (!reel__slice_int(csv->field[0], &id, reason))
        return reel__rows_bad(csv->rows, err, "movie id %s", reason);
    if (reel__slice_trim(csv->field[1]).length == 0)
        return reel__rows_bad(csv->rows, err, "the title is empty");
    rc = reel__catalogue_add(catalogue, &movie, id, csv->field[1], err);
    if (rc == REEL_E_CONFLICT)
        return reel__rows_bad(csv->rows, err, "movie id %" PRId64 " was given before", id);
    REEL_TRY(rc);
    REEL_TRY(reel__catalogue_genres(catalogue, &movie->genres, csv->field[2], err));
    csv->rows->rows++;
out:
    return rc;
}

/* ---- links.csv: movieId,imdbId,tmdbId ------------------------------------------------------ */

/* An id that may be missing; "tt0114709" is 114709. */
static bool optional_id(reel_slice field, int64_t *out, char reason[ROWS_REASON])
{
    field = reel__slice_trim(field);
    if (field.length > 2 && memcmp(field.text, "tt", 2) == 0)
        field = (reel_slice){field.text + 2, field.length - 2};
    *out = 0;
    return field.length == 0 || reel__slice_int(field, out, reason);
}

static reel_code read_link(reel_catalogue *catalogue, reel_csv *csv, reel_err *err)
{
    reel_movie *movie = NULL;
    char reason[ROWS_REASON];
    int64_t id = 0, imdb_id = 0, tmdb_id = 0;

    if (csv->count != 2 && csv->count != 3)
        return reel__rows_bad(csv->rows, err, "%d fields instead of 3: movieId,imdbId,tmdbId%s",
                              csv->count, cut_note(csv));
    if (!reel__slice_int(csv->field[0], &id, reason))
        return reel__rows_bad(csv->rows, err, "movie id %s", reason);
    if (!optional_id(csv->field[1], &imdb_id, reason))
        return reel__rows_bad(csv->rows, err, "IMDb id %s", reason);
    if (csv->count == 3 && !optional_id(csv->field[2], &tmdb_id, reason))
        return reel__rows_bad(csv->rows, err, "TMDb id %s", reason);
    movie = reel__catalogue_find(catalogue, id);
    if (movie != NULL && imdb_id != 0)
        movie->imdb_id = imdb_id;
    if (movie != NULL && tmdb_id != 0)
        movie->tmdb_id = tmdb_id;
    csv->rows->rows++;
    return REEL_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

static bool is_header(const reel_csv *csv)
{
    return csv->rows->rows == 0 && csv->rows->bad_rows == 0 && csv->count > 1 &&
           reel__slice_is(csv->field[0], "movieId");
}

static reel_code read_file(reel_catalogue *catalogue, const char *path, csv_row_reader *read_row,
                           const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;
    reel_rows rows;
    reel_csv csv;

    rc = reel__rows_open(&rows, path, "catalogue", opts, err);
    if (rc != REEL_OK)
        return rc;
    rows.reported = &catalogue->reported;
    reel__csv_init(&csv, &rows);
    while (reel__csv_next(&csv)) {
        REEL_TRY(reel__buf_check(&csv.unquoted, err));
        if (csv.fault != NULL)
            REEL_TRY(reel__rows_bad(&rows, err, "%s%s", csv.fault, cut_note(&csv)));
        else if (!is_header(&csv))
            REEL_TRY(read_row(catalogue, &csv, err));
    }
    REEL_TRY(reel__rows_end(&rows, report, err));
out:
    reel__csv_fini(&csv);
    reel__rows_close(&rows);
    return rc;
}

reel_code reel__read_csv_movies(reel_catalogue *catalogue, const char *path,
                                const reel_read_opts *opts, reel_read_report *report, reel_err *err)
{
    return read_file(catalogue, path, read_movie, opts, report, err);
}

reel_code reel__read_links(reel_catalogue *catalogue, const char *path, const reel_read_opts *opts,
                           reel_read_report *report, reel_err *err)
{
    return read_file(catalogue, path, read_link, opts, report, err);
}
