/* growth.c - what a rating costs in data of one size: seconds and bytes to read it into a dataset,
 * and to fit ials with 64 factors. bench/growth.py makes the data and compares sizes.
 * Usage: bench_growth RATINGS NAME RUNS. Lines of JSON; the smallest of RUNS runs counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "data/readers.h"
#include "memory.h"
#include "reel/model.h"
#include "timing.h"

/* Time and memory of one kind of work. */
typedef struct cost {
    bench_timing seconds, processor;
    double begin, used; /* clocks when this run began */
    double before_mb, peak_mb, kept_mb;
} cost;

static void start(cost *c)
{
    c->before_mb = bench_reset_peak();
    c->begin = bench_wall();
    c->used = bench_processor();
}

static void stop(cost *c)
{
    bench_add(&c->seconds, bench_wall() - c->begin);
    bench_add(&c->processor, bench_processor() - c->used);
    c->peak_mb = bench_peak_mb();
    (void)malloc_trim(0);
    c->kept_mb = bench_resident_mb();
}

static void print(cost *c, const char *name, const char *what, double ratings)
{
    char bench[96], extra[192];

    (void)snprintf(bench, sizeof bench, "%s ratings: %s", name, what);
    qsort(c->processor.runs, (size_t)c->processor.count, sizeof c->processor.runs[0],
          bench_compare);
    (void)snprintf(extra, sizeof extra,
                   ",\"processor\":%.4g,\"peak_mb\":%.1f,\"bytes_a_rating\":%.4g,"
                   "\"kept_bytes_a_rating\":%.4g",
                   c->processor.runs[0], c->peak_mb, 1e6 * (c->peak_mb - c->before_mb) / ratings,
                   1e6 * (c->kept_mb - c->before_mb) / ratings);
    bench_print(&c->seconds, bench, "s", extra);
}

static reel_dataset *read_data(const char *path)
{
    reel_ratings ratings = {0};
    reel_read_report report;
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err = {0};

    bench_require(reel__read_ratings(&ratings, path, NULL, &report, &err), &err);
    bench_require(reel_dataset_builder_new(&builder, &err), &err);
    bench_require(reel_dataset_builder_add_ratings(builder, ratings.items, ratings.count, &err),
                  &err);
    reel__ratings_fini(&ratings);
    bench_require(reel_dataset_builder_finish(&dataset, builder, NULL, &err), &err);
    reel_dataset_builder_free(builder);
    return dataset;
}

int main(int argc, char **argv)
{
    const reel_param items[] = {{"factors", "64"}, {"sweeps", "15"}};
    const reel_params params = {items, 2};
    const int runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 1;
    cost reading = {.begin = 0}, fitting = {.begin = 0};
    reel_dataset *dataset = NULL;
    reel_model *model = NULL;
    double ratings;
    reel_err err = {0};

    if (argc < 3) {
        (void)fprintf(stderr, "usage: bench_growth RATINGS NAME RUNS\n");
        return 2;
    }
    for (int run = 0; run < runs; run++) {
        reel_dataset_free(dataset);
        start(&reading);
        dataset = read_data(argv[1]);
        stop(&reading);
    }
    for (int run = 0; run < runs; run++) {
        reel_model_free(model);
        start(&fitting);
        bench_require(reel_model_fit(&model, "ials", dataset, &params, NULL, &err), &err);
        stop(&fitting);
    }
    ratings = (double)reel_dataset_ratings(dataset).ptr[reel_dataset_people(dataset)];
    print(&reading, argv[2], "reading", ratings);
    print(&fitting, argv[2], "ials 64 fit", ratings);
    reel_model_free(model);
    reel_dataset_free(dataset);
    return 0;
}
