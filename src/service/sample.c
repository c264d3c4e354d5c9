/* sample.c - writes the sample as a MovieLens-shaped folder. */
#include "service/sample.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "service/load.h"

enum { FILE_MAX = 1 << 30 };

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

static reel_code write_buf(const char *folder, const char *name, const reel_buf *text,
                           reel_err *err)
{
    const reel_code rc = reel__buf_check(text, err);

    return rc != REEL_OK ? rc : write_file(folder, name, text->data, text->length, err);
}

static void quoted(reel_buf *text, const char *field)
{
    reel__buf_char(text, '"');
    for (const char *c = field; *c != '\0'; c++) {
        if (*c == '"')
            reel__buf_char(text, '"');
        reel__buf_char(text, *c);
    }
    reel__buf_char(text, '"');
}

static reel_code write_films(const char *folder, const reel_sample_films *films, reel_err *err)
{
    reel_buf movies, links;
    reel_code rc;

    reel__buf_init(&movies, FILE_MAX);
    reel__buf_init(&links, FILE_MAX);
    reel__buf_text(&movies, "movieId,title,genres\n");
    reel__buf_text(&links, "movieId,imdbId,tmdbId\n");
    for (reel_index i = 0; i < films->count; i++) {
        const reel_sample_film *film = &films->films[i];
        reel__buf_format(&movies, "%" PRId64 ",", film->id);
        quoted(&movies, film->title);
        reel__buf_format(&movies, ",%s\n", film->genres);
        reel__buf_format(&links, "%" PRId64 ",", film->id);
        if (film->imdb_id > 0)
            reel__buf_format(&links, "%07" PRId64, film->imdb_id);
        reel__buf_char(&links, ',');
        if (film->tmdb_id > 0)
            reel__buf_format(&links, "%" PRId64, film->tmdb_id);
        reel__buf_char(&links, '\n');
    }
    rc = write_buf(folder, "movies.csv", &movies, err);
    if (rc == REEL_OK)
        rc = write_buf(folder, "links.csv", &links, err);
    reel__buf_fini(&movies);
    reel__buf_fini(&links);
    return rc;
}

static reel_code write_ratings(const char *folder, const reel_rating *ratings, size_t count,
                               reel_err *err)
{
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, FILE_MAX);
    reel__buf_text(&text, "userId,movieId,rating,timestamp\n");
    for (size_t i = 0; i < count; i++)
        reel__buf_format(&text, "%" PRId64 ",%" PRId64 ",%.1f,%" PRId64 "\n", ratings[i].person,
                         ratings[i].movie, (double)ratings[i].value, ratings[i].time);
    rc = write_buf(folder, "ratings.csv", &text, err);
    reel__buf_fini(&text);
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
