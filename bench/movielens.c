/* movielens.c - see movielens.h. */
#include "movielens.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/file.h"
#include "data/readers.h"

static void require(reel_code rc, const reel_err *err)
{
    if (rc == REEL_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", reel_code_name(rc), err->msg);
    exit(1);
}

/* folder/name, never NULL. */
static char *path_of(const char *folder, const char *name)
{
    char *path = reel__path_join(folder, name);

    if (path == NULL)
        abort();
    return path;
}

const char *bench_folder(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : getenv("REEL_TEST_DATA");

    if (folder == NULL || folder[0] == '\0') {
        (void)fprintf(stderr, "skipped: name a data folder or set REEL_TEST_DATA\n");
        exit(77);
    }
    return folder;
}

static void add_texts(reel_catalogue *catalogue, const char *folder)
{
    char *movies = path_of(folder, "tmdb/movies.jsonl"), *links = path_of(folder, "tmdb/links.csv");
    const reel_read_opts opts = {0};
    reel_enrich_report report;
    reel_err err = {0};

    if (reel__file_exists(movies) && reel__file_exists(links))
        require(reel__read_tmdb(catalogue, movies, links, &opts, &report, &err), &err);
    reel__free(movies);
    reel__free(links);
}

static void add_catalogue(reel_dataset_builder *builder, const char *folder)
{
    char *movielens = path_of(folder, "ml-1m");
    const reel_read_opts opts = {0};
    reel_catalogue *catalogue = NULL;
    reel_generation generation;
    reel_read_report report;
    reel_err err = {0};

    require(reel__read_movielens(&catalogue, &generation, movielens, &opts, &report, &err), &err);
    add_texts(catalogue, folder);
    for (size_t m = 0; m < reel__catalogue_movies(catalogue); m++)
        require(reel_dataset_builder_add_movie(builder, reel__catalogue_movie(catalogue, m), &err),
                &err);
    reel__catalogue_free(catalogue);
    reel__free(movielens);
}

reel_dataset *bench_movielens(const char *folder, const char *ratings_name)
{
    char *path = path_of(folder, ratings_name == NULL ? "ml-1m/ratings.dat" : ratings_name);
    const reel_read_opts opts = {0};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_ratings ratings = {0};
    reel_read_report report;
    reel_err err = {0};

    require(reel_dataset_builder_new(&builder, &err), &err);
    add_catalogue(builder, folder);
    require(reel__read_ratings(&ratings, path, &opts, &report, &err), &err);
    require(reel_dataset_builder_add_ratings(builder, ratings.items, ratings.count, &err), &err);
    require(reel_dataset_builder_finish(&dataset, builder, NULL, &err), &err);
    reel__ratings_fini(&ratings);
    reel_dataset_builder_free(builder);
    reel__free(path);
    return dataset;
}
