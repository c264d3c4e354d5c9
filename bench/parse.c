/* bench/parse.c - from files to a dataset: ML-1M's ratings.dat parsed, built, saved and mapped, and
 * its metadata read. One line of JSON each. For a rate the smallest run is the slowest one.
 */
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "data/named.h"
#include "movielens.h"
#include "timing.h"

static void check(reel_code rc, const reel_err *err)
{
    if (rc == REEL_OK)
        return;
    (void)fprintf(stderr, "%s\n", err->msg);
    exit(1);
}

static double elapsed_ms(int64_t start)
{
    return (double)(reel__clock_steady_us() - start) / 1000.0;
}

static reel_dataset *build(const reel_ratings *ratings)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err;

    check(reel_dataset_builder_new(&builder, &err), &err);
    check(reel_dataset_builder_add_ratings(builder, ratings->items, ratings->count, &err), &err);
    check(reel_dataset_builder_finish(&dataset, builder, NULL, &err), &err);
    reel_dataset_builder_free(builder);
    return dataset;
}

static void bench_ratings(const char *path, const char *scratch)
{
    const double megabytes = (double)reel__file_size(path) / 1e6;
    bench_timing parse = {0}, make = {0}, save = {0}, open = {0};
    reel_err err;

    for (int run = 0; run < BENCH_RUNS; run++) {
        reel_ratings ratings;
        reel_dataset *dataset = NULL;
        int64_t start = reel__clock_steady_us();

        check(reel__read_ratings(&ratings, path, NULL, NULL, &err), &err);
        bench_add(&parse, megabytes / (elapsed_ms(start) / 1000.0));
        start = reel__clock_steady_us();
        dataset = build(&ratings);
        bench_add(&make, elapsed_ms(start));
        reel__ratings_fini(&ratings);
        start = reel__clock_steady_us();
        check(reel_dataset_save(dataset, scratch, &err), &err);
        bench_add(&save, elapsed_ms(start));
        reel_dataset_free(dataset);
        start = reel__clock_steady_us();
        check(reel_dataset_open(&dataset, scratch, &err), &err);
        bench_add(&open, elapsed_ms(start));
        reel_dataset_free(dataset);
    }
    bench_print(&parse, "parse: ML-1M ratings.dat", "MB/s", ",\"goal\":\">= 300\"");
    bench_print(&make, "dataset: build ML-1M", "ms", ",\"goal\":\"< 250\"");
    bench_print(&save, "dataset: save", "ms", "");
    bench_print(&open, "dataset: open with all checks", "ms", "");
}

static void bench_named(const char *path, const char *name, const char *goal)
{
    const double megabytes = (double)reel__file_size(path) / 1e6;
    bench_timing parse = {0};
    reel_err err;

    for (int run = 0; run < BENCH_RUNS; run++) {
        const int64_t start = reel__clock_steady_us();
        reel_named named;

        check(reel__read_named(&named, path, REEL_THIRD_RATING, NULL, NULL, &err), &err);
        bench_add(&parse, megabytes / (elapsed_ms(start) / 1000.0));
        reel__named_fini(&named);
    }
    bench_print(&parse, name, "MB/s", goal);
}

/* The same ratings with texts for ids: "u_17", "tt0001193". */
static void write_texts(const char *scratch, const char *path)
{
    reel_ratings ratings;
    FILE *file = fopen(scratch, "w");
    reel_err err;

    check(reel__read_ratings(&ratings, path, NULL, NULL, &err), &err);
    for (size_t i = 0; file != NULL && i < ratings.count; i++)
        (void)fprintf(file, "u_%lld\ttt%07lld\t%g\t%lld\n", (long long)ratings.items[i].person,
                      (long long)ratings.items[i].movie, (double)ratings.items[i].value,
                      (long long)ratings.items[i].time);
    if (file == NULL || fclose(file) != 0)
        exit(1);
    reel__ratings_fini(&ratings);
}

static void bench_metadata(const char *movies, const char *tmdb)
{
    bench_timing films = {0}, metadata = {0};
    char *jsonl = reel__path_join(tmdb, "movies.jsonl");
    char *links = reel__path_join(tmdb, "links.csv");
    reel_err err;

    for (int run = 0; run < BENCH_RUNS && jsonl != NULL && links != NULL; run++) {
        reel_catalogue *catalogue = NULL;
        reel_generation generation;
        int64_t start = reel__clock_steady_us();

        check(reel__read_movielens(&catalogue, &generation, movies, NULL, NULL, &err), &err);
        bench_add(&films, elapsed_ms(start));
        start = reel__clock_steady_us();
        if (reel__file_exists(jsonl)) {
            check(reel__read_tmdb(catalogue, jsonl, links, NULL, NULL, &err), &err);
            bench_add(&metadata, elapsed_ms(start));
        }
        reel__catalogue_free(catalogue);
    }
    if (films.count > 0)
        bench_print(&films, "parse: ML-1M films and people", "ms", "");
    if (metadata.count > 0)
        bench_print(&metadata, "parse: TMDb metadata", "ms", "");
    reel__free(jsonl);
    reel__free(links);
}

int main(int argc, char **argv)
{
    const char *folder = bench_folder(argc, argv);
    char *movielens = reel__path_join(folder, "ml-1m");
    char *ratings = reel__path_join(folder, "ml-1m/ratings.dat");
    char *tmdb = reel__path_join(folder, "tmdb");
    char scratch[] = "/tmp/reel-bench-XXXXXX";
    const int fd = mkstemp(scratch);

    if (movielens == NULL || ratings == NULL || tmdb == NULL || fd < 0)
        return 1;
    bench_ratings(ratings, scratch);
    bench_named(ratings, "parse: the same for fit, ids as numbers", ",\"goal\":\">= 300\"");
    write_texts(scratch, ratings);
    bench_named(scratch, "parse: the same for fit, ids as texts", ",\"goal\":\">= 100\"");
    bench_metadata(movielens, tmdb);
    (void)close(fd);
    (void)unlink(scratch);
    reel__free(tmdb);
    reel__free(ratings);
    reel__free(movielens);
    return 0;
}
