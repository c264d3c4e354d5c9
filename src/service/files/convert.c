/* convert.c - a MovieLens folder of any generation as the CSV files of the newer ones. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "service/files/load.h"
#include "service/files/tables.h"

typedef struct converting {
    reel_catalogue *catalogue;
    reel_ratings ratings;
    reel_csv_writer movies, rows, people;
} converting;

static reel_code write_movies(converting *c, const char *folder, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tables_open_movies(&c->movies, folder, err));
    for (size_t i = 0; i < reel__catalogue_movies(c->catalogue); i++) {
        const reel_movie *movie = reel__catalogue_movie(c->catalogue, i);

        REEL_TRY(reel__tables_movie(&c->movies, movie->id, movie->title, movie->genres, err));
    }
out:
    return rc;
}

static reel_code write_people(converting *c, const char *folder, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(
        reel__csv_open(&c->people, folder, "users.csv", "userId,gender,age,occupation,zip", err));
    for (size_t i = 0; i < reel__catalogue_people(c->catalogue); i++) {
        const reel_reader_person *person = reel__catalogue_person(c->catalogue, i);

        reel__csv_int(&c->people, person->id);
        reel__csv_text(&c->people, person->gender);
        reel__csv_int(&c->people, person->age);
        reel__csv_text(&c->people, person->occupation);
        reel__csv_text(&c->people, person->zip);
        REEL_TRY(reel__csv_end_row(&c->people, err));
    }
out:
    return rc;
}

static reel_code write_ratings(converting *c, const char *folder, const reel_progress *progress,
                               reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tables_open_ratings(&c->rows, folder, err));
    for (size_t i = 0; i < c->ratings.count; i++) {
        REEL_TRY(reel__tables_rating(&c->rows, &c->ratings.items[i], err));
        if ((i & 0xFFFF) == 0xFFFF)
            reel__progress(progress, "writing ratings", (int64_t)i + 1, (int64_t)c->ratings.count,
                           "ratings");
    }
out:
    return rc;
}

static reel_code read_all(converting *c, const char *movielens, const reel_read_opts *opts,
                          reel_load_report *report, reel_err *err)
{
    reel_read_report films = {0}, rows = {0};
    reel_generation generation;
    char *path = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_movielens(&c->catalogue, &generation, movielens, opts, &films, err));
    path = reel__movielens_ratings_path(movielens, generation);
    if (path == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory to convert %s", movielens));
    REEL_TRY(reel__read_ratings(&c->ratings, path, opts, &rows, err));
    report->movies = (int64_t)reel__catalogue_movies(c->catalogue);
    report->people = (int64_t)reel__catalogue_people(c->catalogue);
    report->ratings = (int64_t)c->ratings.count;
    report->bad_rows = films.bad_rows + rows.bad_rows;
    (void)snprintf(report->source, sizeof report->source, "%.79s",
                   reel__catalogue_label(c->catalogue));
out:
    reel__free(path);
    return rc;
}

reel_code reel__convert(const char *movielens, const char *output, const reel_read_opts *opts,
                        reel_load_report *report, reel_err *err)
{
    const int64_t start = reel__clock_steady_us();
    converting c = {0};
    reel_code rc = REEL_OK;

    *report = (reel_load_report){0};
    REEL_TRY(read_all(&c, movielens, opts, report, err));
    REEL_TRY(reel__file_make_folder(output, err));
    REEL_TRY(write_movies(&c, output, err));
    REEL_TRY(write_ratings(&c, output, opts->progress, err));
    if (report->people > 0)
        REEL_TRY(write_people(&c, output, err));
    REEL_TRY(reel__csv_commit(&c.movies, err));
    REEL_TRY(reel__csv_commit(&c.rows, err));
    if (report->people > 0)
        REEL_TRY(reel__csv_commit(&c.people, err));
    report->seconds = (double)(reel__clock_steady_us() - start) * 1e-6;
out:
    reel__csv_abort(&c.movies);
    reel__csv_abort(&c.rows);
    reel__csv_abort(&c.people);
    reel__ratings_fini(&c.ratings);
    reel__catalogue_free(c.catalogue);
    return rc;
}
