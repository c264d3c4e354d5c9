/* ials.c - seconds to fit ials and to list films for everyone.
 * Usage: bench_ials RATINGS [factors=N ...] [runs=N] [threads=N] [name=value ...]
 * RATINGS is any rating list. Lines of JSON: wall seconds, and processor seconds of all threads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "data/readers.h"
#include "num/topk.h"
#include "reel/model.h"
#include "timing.h"

enum { LIST = 10, SIZES_MAX = 8, PARAMS_MAX = 16 };

typedef struct options {
    const char *path;
    reel_param items[PARAMS_MAX];
    size_t params;
    const char *sizes[SIZES_MAX];
    size_t size_count;
    int runs, threads;
} options;

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
    bench_require(reel_dataset_builder_finish(&dataset, builder, NULL, &err), &err);
    reel_dataset_builder_free(builder);
    reel__ratings_fini(&ratings);
    return dataset;
}

static reel_model *time_fits(const options *o, const reel_dataset *dataset, const char *factors)
{
    const reel_fit_context context = {.seed = 1, .threads = o->threads};
    bench_timing walls = {.count = 0}, processors = {.count = 0};
    reel_model *model = NULL;
    reel_err err = {0};
    char name[64];

    for (int run = 0; run < o->runs; run++) {
        const double w = bench_wall(), p = bench_processor();
        reel_param items[PARAMS_MAX + 1];
        const reel_params params = {items, o->params + 1};

        memcpy(items, o->items, sizeof o->items);
        items[o->params] = (reel_param){"factors", factors};
        reel_model_free(model);
        bench_require(reel_model_fit(&model, "ials", dataset, &params, &context, &err), &err);
        bench_add(&walls, bench_wall() - w);
        bench_add(&processors, bench_processor() - p);
    }
    (void)snprintf(name, sizeof name, "ials/%s factors: fit", factors);
    bench_print(&walls, name, "s", "");
    (void)snprintf(name, sizeof name, "ials/%s factors: fit, processor", factors);
    bench_print(&processors, name, "s", "");
    return model;
}

/* Lists for every trained person, what they rated left out. */
static void time_lists(const options *o, const reel_dataset *dataset, const reel_model *model,
                       const char *factors)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    const size_t words = ((size_t)r.cols + 63) / 64;
    reel_entry *entries = reel__alloc_array((size_t)r.cols, sizeof *entries);
    float *scores = reel__alloc_aligned((size_t)r.cols, sizeof *scores);
    uint64_t *skip = reel__alloc_array(words, sizeof *skip);
    reel_scratch *scratch = NULL;
    bench_timing timing = {.count = 0};
    reel_err err = {0};
    char name[64];

    bench_require(reel_scratch_new(&scratch, &err), &err);
    if (entries == NULL || scores == NULL || skip == NULL)
        abort();
    for (int run = 0; run < o->runs; run++) {
        const double start = bench_wall();

        for (reel_index u = 0; u < r.rows; u++) {
            reel_query query = {.entries = entries, .row = u};
            reel_scored top[LIST];

            memset(skip, 0, words * sizeof *skip);
            for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++) {
                entries[query.count++] =
                    (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
                skip[r.col[k] / 64] |= UINT64_C(1) << (r.col[k] % 64);
            }
            query.row_hash = reel_query_hash(&query);
            bench_require(reel_model_score(model, &query, scratch, scores, &err), &err);
            (void)reel__topk(scores, r.cols, skip, LIST, top);
        }
        bench_add(&timing, (bench_wall() - start) / (double)r.rows * 1e6);
    }
    (void)snprintf(name, sizeof name, "ials/%s factors: a list of 10", factors);
    bench_print(&timing, name, "us", "");
    reel_scratch_free(scratch);
    reel__free(entries);
    reel__free(scores);
    reel__free(skip);
}

static options read_options(int argc, char **argv)
{
    options o = {.path = argc > 1 ? argv[1] : NULL, .runs = 3};

    for (int i = 2; i < argc; i++) {
        char *value = strchr(argv[i], '=');

        if (value == NULL)
            o.path = NULL;
        else
            *value++ = '\0';
        if (value == NULL)
            continue;
        if (strcmp(argv[i], "factors") == 0 && o.size_count < SIZES_MAX)
            o.sizes[o.size_count++] = value;
        else if (strcmp(argv[i], "runs") == 0)
            o.runs = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "threads") == 0)
            o.threads = (int)strtol(value, NULL, 10);
        else if (o.params < PARAMS_MAX)
            o.items[o.params++] = (reel_param){argv[i], value};
    }
    if (o.size_count == 0)
        o.sizes[o.size_count++] = "64";
    return o;
}

int main(int argc, char **argv)
{
    const options o = read_options(argc, argv);
    reel_dataset *dataset;

    if (o.path == NULL) {
        (void)fprintf(stderr, "usage: bench_ials RATINGS [factors=N ...] [runs=N] [threads=N] "
                              "[name=value ...]\n");
        return 2;
    }
    dataset = read_data(o.path);
    for (size_t i = 0; i < o.size_count; i++) {
        reel_model *model = time_fits(&o, dataset, o.sizes[i]);

        time_lists(&o, dataset, model, o.sizes[i]);
        reel_model_free(model);
    }
    reel_dataset_free(dataset);
    return 0;
}
