/* sample_cut.c - a small set out of a store: some people, the films they rated, and what is known
 * of those films, as a MovieLens-shaped folder.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/rng.h"
#include "service/files/load.h"
#include "service/films/metadata.h"
#include "service/files/tables.h"

enum { RATINGS_LEAST = 20, JSON_MOST = 1 << 22 };

typedef struct cutting {
    reel_dataset *dataset;
    reel_index *people; /* [people_count] rows, ascending */
    size_t people_count;
    bool *films; /* [movies] rated by one of them */
    const char *output;
    reel_err *err;
} cutting;

/* ---- who ----------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const reel_index left = *(const reel_index *)a, right = *(const reel_index *)b;

    return (left > right) - (left < right);
}

/* `wanted` of those with enough ratings, each as likely as any other. */
static reel_code choose_people(cutting *c, int wanted, uint64_t seed)
{
    const reel_csr_view ratings = reel_dataset_ratings(c->dataset);
    reel_rng rng = reel__rng_make(seed, 0);
    size_t count = 0;

    c->people = reel__alloc_array((size_t)ratings.rows, sizeof *c->people);
    c->films = reel__alloc_zero((size_t)ratings.cols, sizeof *c->films);
    if (c->people == NULL || c->films == NULL)
        return reel_fail(c->err, REEL_E_NOMEM, "out of memory to cut a sample");
    for (reel_index row = 0; row < ratings.rows; row++)
        if (ratings.ptr[row + 1] - ratings.ptr[row] >= RATINGS_LEAST)
            c->people[count++] = row;
    if (wanted < 1 || count < (size_t)wanted)
        return reel_fail(c->err, REEL_E_INVALID,
                         "%d people are wanted, %zu have at least %d ratings", wanted, count,
                         (int)RATINGS_LEAST);
    c->people_count = (size_t)wanted;
    for (size_t i = 0; i < c->people_count; i++) {
        const size_t other = i + (size_t)reel__rng_below(&rng, count - i);
        const reel_index row = c->people[other];

        c->people[other] = c->people[i];
        c->people[i] = row;
        for (reel_nnz k = ratings.ptr[row]; k < ratings.ptr[row + 1]; k++)
            c->films[ratings.col[k]] = true;
    }
    qsort(c->people, c->people_count, sizeof *c->people, ascending);
    return REEL_OK;
}

/* ---- tables -------------------------------------------------------------------------------- */

static reel_code write_films(const cutting *c)
{
    reel_csv_writer movies = {0}, links = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tables_open_movies(&movies, c->output, c->err));
    REEL_TRY(reel__tables_open_links(&links, c->output, c->err));
    for (reel_index i = 0; i < reel_dataset_movies(c->dataset); i++) {
        const reel_movie film = reel_dataset_movie(c->dataset, i);

        if (!c->films[i])
            continue;
        REEL_TRY(reel__tables_movie(&movies, film.id, film.title, film.genres, c->err));
        if (film.imdb_id > 0 || film.tmdb_id > 0)
            REEL_TRY(reel__tables_link(&links, film.id, film.imdb_id, film.tmdb_id, c->err));
    }
    REEL_TRY(reel__csv_commit(&movies, c->err));
    REEL_TRY(reel__csv_commit(&links, c->err));
out:
    reel__csv_abort(&movies);
    reel__csv_abort(&links);
    return rc;
}

static reel_code write_ratings(const cutting *c)
{
    const reel_csr_view ratings = reel_dataset_ratings(c->dataset);
    const int64_t *times = reel_dataset_times(c->dataset);
    reel_csv_writer csv = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__tables_open_ratings(&csv, c->output, c->err));
    for (size_t i = 0; i < c->people_count; i++) {
        const reel_index row = c->people[i];

        for (reel_nnz k = ratings.ptr[row]; k < ratings.ptr[row + 1]; k++) {
            const reel_rating rating = {
                .person = reel_dataset_person_ids(c->dataset)[row],
                .movie = reel_dataset_movie_ids(c->dataset)[ratings.col[k]],
                .time = times[k],
                .value = ratings.val[k],
            };

            REEL_TRY(reel__tables_rating(&csv, &rating, c->err));
        }
    }
    REEL_TRY(reel__csv_commit(&csv, c->err));
out:
    reel__csv_abort(&csv);
    return rc;
}

/* ---- metadata ------------------------------------------------------------------------------ */

static reel_code write_metadata(const cutting *c)
{
    char *path = reel__path_join(c->output, "films.jsonl");
    reel_file_writer *file = NULL, *done;
    reel_buf line;
    reel_json json;
    reel_code rc = REEL_OK;

    reel__buf_init(&line, JSON_MOST);
    if (path == NULL)
        REEL_TRY(reel_fail(c->err, REEL_E_NOMEM, "out of memory to cut a sample"));
    REEL_TRY(reel__file_writer_open(&file, path, c->err));
    for (reel_index i = 0; i < reel_dataset_movies(c->dataset); i++) {
        const reel_movie film = reel_dataset_movie(c->dataset, i);

        if (!c->films[i] || (film.overview[0] == '\0' && film.keywords[0] == '\0'))
            continue;
        reel__buf_clear(&line);
        reel__json_init(&json, &line);
        reel__json_object(&json);
        reel__metadata_put(&json, &film);
        reel__json_object_end(&json);
        reel__buf_char(&line, '\n');
        REEL_TRY(reel__buf_check(&line, c->err));
        REEL_TRY(reel__file_writer_write(file, line.data, line.length, c->err));
    }
    done = file;
    file = NULL;
    REEL_TRY(reel__file_writer_commit(done, c->err));
out:
    reel__file_writer_abort(file);
    reel__buf_fini(&line);
    reel__free(path);
    return rc;
}

static reel_code write_readme(const cutting *c)
{
    const bool simulated = reel_dataset_simulated(c->dataset);
    char *path = reel__path_join(c->output, "README.txt");
    reel_buf text;
    reel_code rc = REEL_OK;

    reel__buf_init(&text, JSON_MOST);
    reel__buf_format(&text, "A sample cut out of: %s\n\n", reel_dataset_source(c->dataset));
    reel__buf_format(&text,
                     "%zu people with at least %d ratings, drawn at random, and the films they "
                     "rated.\n",
                     c->people_count, (int)RATINGS_LEAST);
    reel__buf_text(&text, simulated
                              ? "The people are simulated.\n"
                              : "The terms of use of the data it was cut from apply to it too.\n");
    if (path == NULL)
        REEL_TRY(reel_fail(c->err, REEL_E_NOMEM, "out of memory to cut a sample"));
    REEL_TRY(reel__buf_check(&text, c->err));
    REEL_TRY(reel__file_write(path, text.data, text.length, c->err));
out:
    reel__buf_fini(&text);
    reel__free(path);
    return rc;
}

/* ---- the door ------------------------------------------------------------------------------ */

static reel_code read_store(cutting *c, const char *database)
{
    const reel_store_opts opts = {.read_only = true};
    reel_store *store = NULL;
    reel_dataset_builder *builder = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&store, database, &opts, c->err));
    REEL_TRY(reel_dataset_builder_new(&builder, c->err));
    REEL_TRY(reel__store_read_dataset(store, builder, NULL, c->err));
    REEL_TRY(reel_dataset_builder_finish(&c->dataset, builder, NULL, c->err));
out:
    reel_dataset_builder_free(builder);
    reel__store_close(store);
    return rc;
}

reel_code reel__sample_cut(const char *database, const char *output, int people, uint64_t seed,
                           reel_err *err)
{
    cutting c = {.output = output, .err = err};
    reel_code rc = REEL_OK;

    REEL_TRY(read_store(&c, database));
    REEL_TRY(choose_people(&c, people, seed));
    REEL_TRY(reel__file_make_folder(output, err));
    REEL_TRY(write_films(&c));
    REEL_TRY(write_metadata(&c));
    REEL_TRY(write_readme(&c));
    REEL_TRY(write_ratings(&c));
out:
    reel__free(c.people);
    reel__free(c.films);
    reel_dataset_free(c.dataset);
    return rc;
}
