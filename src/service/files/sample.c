/* sample.c - writes the sample as a MovieLens-shaped folder. */
#include "service/files/sample.h"

#include "base/alloc.h"
#include "base/file.h"
#include "service/files/load.h"
#include "service/files/tables.h"

static const char readme[] =
    "Reel's bundled sample\n"
    "\n"
    "The films are real; their facts, keywords and overviews were written for Reel.\n"
    "THE PEOPLE AND THEIR RATINGS ARE SIMULATED by `reel sample`. Do not take results on them for\n"
    "results on real people.\n";

static reel_code write_file(const char *folder, const char *name, const void *data, size_t length,
                            reel_err *err)
{
    char *path = reel__path_join(folder, name);
    const reel_code rc = path == NULL ? reel_fail(err, REEL_E_NOMEM, "no memory for a path")
                                      : reel__file_write(path, data, length, err);

    reel__free(path);
    return rc;
}

static reel_code write_films(const char *folder, const reel_sample_films *films, reel_err *err)
{
    reel_csv_writer movies = {0}, links = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tables_open_movies(&movies, folder, err));
    REEL_TRY(reel__tables_open_links(&links, folder, err));
    for (reel_index i = 0; i < films->count; i++) {
        const reel_sample_film *film = &films->films[i];

        REEL_TRY(reel__tables_movie(&movies, film->id, film->title, film->genres, err));
        REEL_TRY(reel__tables_link(&links, film->id, film->imdb_id, film->tmdb_id, err));
    }
    REEL_TRY(reel__csv_commit(&movies, err));
    REEL_TRY(reel__csv_commit(&links, err));
out:
    reel__csv_abort(&movies);
    reel__csv_abort(&links);
    return rc;
}

static reel_code write_ratings(const char *folder, const reel_rating *ratings, size_t count,
                               reel_err *err)
{
    reel_csv_writer csv = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tables_open_ratings(&csv, folder, err));
    for (size_t i = 0; i < count; i++)
        REEL_TRY(reel__tables_rating(&csv, &ratings[i], err));
    REEL_TRY(reel__csv_commit(&csv, err));
out:
    reel__csv_abort(&csv);
    return rc;
}

reel_code reel__sample_write(const reel_sample_opts *opts, reel_err *err)
{
    const reel_sample_people people = {opts->people, opts->seed, opts->shuffled};
    reel_sample_films films = {0};
    reel_rating *ratings = NULL;
    size_t count, length;
    const char *text = reel__sample_text(&length);
    reel_code rc;

    REEL_TRY(reel__sample_films(&films, err));
    REEL_TRY(reel__sample_ratings(&ratings, &count, &films, &people, err));
    REEL_TRY(reel__file_make_folder(opts->output, err));
    REEL_TRY(write_films(opts->output, &films, err));
    REEL_TRY(write_file(opts->output, "films.jsonl", text, length, err));
    REEL_TRY(write_file(opts->output, "README.txt", readme, sizeof readme - 1, err));
    /* Last, so that a folder with ratings is a whole one. */
    REEL_TRY(write_ratings(opts->output, ratings, count, err));
out:
    reel__free(ratings);
    reel__sample_films_fini(&films);
    return rc;
}
