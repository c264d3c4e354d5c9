/* ratings.c - error of rating predictions and seconds to fit, fold by fold.
 * Usage: bench_ratings RATINGS FOLDS MODEL [name=value ...] [fold=N] [validate=1] [stored=0]
 *                      [threads=N]
 * RATINGS is any rating list, FOLDS has one line a rating: the fold in which it is held out. With
 * validate=1 the held-out fold is dropped unread and a tenth of the rest is held out instead, for
 * choosing parameters. With stored=0 trained people are asked as strangers with their history.
 * Lines of JSON: one a fold and the mean.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "data/readers.h"
#include "reel/model.h"

enum { PARAMS_MAX = 24, FOLDS_MAX = 100 };
enum { TRAIN, TEST, DROP };

typedef struct options {
    const char *model;
    reel_param items[PARAMS_MAX];
    reel_params params;
    int fold, threads;
    bool validate, stored;
} options;

typedef struct measured {
    double rmse, mae, fit_seconds, fit_cpu_seconds, test_seconds;
} measured;

static void require(reel_code rc, const reel_err *err)
{
    if (rc == REEL_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", reel_code_name(rc), err->msg);
    exit(1);
}

static double now(void)
{
    return (double)reel__clock_steady_us() * 1e-6;
}

/* Of all threads: tells more than the clock on a machine that others use. */
static double cpu_now(void)
{
    return (double)clock() / (double)CLOCKS_PER_SEC;
}

static int *read_folds(const char *path, size_t count)
{
    FILE *file = fopen(path, "r");
    int *folds = reel__alloc_array(count, sizeof *folds);
    char line[32];

    for (size_t i = 0; file != NULL && folds != NULL && i < count; i++) {
        if (fgets(line, sizeof line, file) == NULL)
            break;
        folds[i] = (int)strtol(line, NULL, 10);
        if (i + 1 == count) {
            (void)fclose(file);
            return folds;
        }
    }
    (void)fprintf(stderr, "%s: not one fold for each of %zu ratings\n", path, count);
    exit(1);
}

static uint8_t *decide(const int *folds, size_t count, int fold, bool validate)
{
    uint8_t *fate = reel__alloc_array(count, sizeof *fate);

    if (fate == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        reel_rng rng = reel__rng_make(99, i);

        fate[i] = folds[i] == fold ? (validate ? DROP : TEST)
                                   : (validate && reel__rng_below(&rng, 10) == 0 ? TEST : TRAIN);
    }
    return fate;
}

/* All films of the file are in every fold's data, whether rated there or not. */
static reel_dataset *train_of(const reel_ratings *ratings, const uint8_t *fate)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err = {0};

    require(reel_dataset_builder_new(&builder, &err), &err);
    for (size_t i = 0; i < ratings->count; i++)
        if (fate[i] == TRAIN)
            require(reel_dataset_builder_add_ratings(builder, &ratings->items[i], 1, &err), &err);
    require(reel_dataset_builder_finish(&dataset, builder, NULL, &err), &err);
    reel_dataset_builder_free(builder);
    return dataset;
}

typedef struct asker {
    const reel_model *model;
    const reel_dataset *train;
    bool stored;
    reel_scratch *scratch;
    reel_entry *entries;
    double squares, sizes;
    size_t count;
} asker;

/* History of a person, or nothing for somebody with no training ratings. */
static reel_query query_of(asker *a, int64_t person)
{
    const reel_csr_view r = reel_dataset_ratings(a->train);
    const reel_index row = reel_dataset_find_person(a->train, person);
    reel_query query = {.entries = a->entries, .row = -1};

    if (row < 0)
        return query;
    for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++)
        a->entries[query.count++] = (reel_entry){.movie = r.col[k], .value = r.val[k], .weight = 1};
    query.row = row;
    query.row_hash = a->stored ? reel_query_hash(&query) : 0;
    return query;
}

static void judge(asker *a, const reel_ratings *ratings, const uint8_t *fate)
{
    const float middle = 3.5F; /* of a film that has no rating to learn from */
    int64_t person = -1;
    reel_query query = {.row = -1};
    reel_err err = {0};

    for (size_t i = 0; i < ratings->count; i++) {
        const reel_rating *rating = &ratings->items[i];
        const reel_index movie = reel_dataset_find_movie(a->train, rating->movie);
        float predicted = middle;

        if (fate[i] != TEST)
            continue;
        if (rating->person != person)
            query = query_of(a, person = rating->person);
        if (movie >= 0)
            require(reel_model_predict(a->model, &query, &movie, 1, a->scratch, &predicted, &err),
                    &err);
        a->squares += pow((double)predicted - (double)rating->value, 2);
        a->sizes += fabs((double)predicted - (double)rating->value);
        a->count++;
    }
}

static measured run(const options *o, const reel_ratings *ratings, const int *folds, int fold)
{
    const reel_fit_context context = {.seed = 1, .threads = o->threads};
    uint8_t *fate = decide(folds, ratings->count, fold, o->validate);
    reel_dataset *train = train_of(ratings, fate);
    reel_model *model = NULL;
    asker a = {.train = train, .stored = o->stored};
    measured m;
    double start = now();
    const double cpu_start = cpu_now();
    reel_err err = {0};

    require(reel_model_fit(&model, o->model, train, &o->params, &context, &err), &err);
    m.fit_seconds = now() - start;
    m.fit_cpu_seconds = cpu_now() - cpu_start;
    start = now();
    a.model = model;
    a.entries = reel__alloc_array((size_t)reel_dataset_movies(train), sizeof *a.entries);
    require(reel_scratch_new(&a.scratch, &err), &err);
    judge(&a, ratings, fate);
    m.test_seconds = now() - start;
    m.rmse = sqrt(a.squares / (double)a.count);
    m.mae = a.sizes / (double)a.count;
    (void)printf("{\"model\":\"%s\",\"fold\":%d,\"rmse\":%.5f,\"mae\":%.5f,\"fit_s\":%.3f,\"fit_"
                 "cpu_s\":%.3f,"
                 "\"test_s\":%.3f,\"test\":%zu}\n",
                 o->model, fold, m.rmse, m.mae, m.fit_seconds, m.fit_cpu_seconds, m.test_seconds,
                 a.count);
    (void)fflush(stdout);
    reel_scratch_free(a.scratch);
    reel__free(a.entries);
    reel_model_free(model);
    reel_dataset_free(train);
    reel__free(fate);
    return m;
}

static void parse(options *o, int argc, char **argv)
{
    *o = (options){.model = argv[3], .fold = -1, .stored = true};
    for (int i = 4; i < argc; i++) {
        char *value = strchr(argv[i], '=');

        if (value == NULL || o->params.count == PARAMS_MAX) {
            (void)fprintf(stderr, "%s is no name=value\n", argv[i]);
            exit(2);
        }
        *value++ = '\0';
        if (strcmp(argv[i], "fold") == 0)
            o->fold = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "threads") == 0)
            o->threads = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "validate") == 0)
            o->validate = *value == '1';
        else if (strcmp(argv[i], "stored") == 0)
            o->stored = *value == '1';
        else
            o->items[o->params.count++] = (reel_param){argv[i], value};
    }
    o->params.items = o->items;
}

int main(int argc, char **argv)
{
    const reel_read_opts read_opts = {0};
    reel_ratings ratings = {0};
    reel_read_report report;
    measured sum = {0};
    int rounds = 0, last = 0;
    options o;
    int *folds;
    reel_err err = {0};

    if (argc < 4) {
        (void)fprintf(stderr, "usage: bench_ratings RATINGS FOLDS MODEL [name=value ...] [fold=N] "
                              "[validate=1] [stored=0] [threads=N]\n");
        return 2;
    }
    parse(&o, argc, argv);
    require(reel__read_ratings(&ratings, argv[1], &read_opts, &report, &err), &err);
    folds = read_folds(argv[2], ratings.count);
    for (size_t i = 0; i < ratings.count; i++)
        last = folds[i] > last ? folds[i] : last;
    for (int fold = 0; fold <= last && fold < FOLDS_MAX; fold++) {
        measured m;

        if (o.fold >= 0 && o.fold != fold)
            continue;
        m = run(&o, &ratings, folds, fold);
        sum.rmse += m.rmse;
        sum.mae += m.mae;
        sum.fit_seconds += m.fit_seconds;
        rounds++;
    }
    if (rounds > 1)
        (void)printf("{\"model\":\"%s\",\"folds\":%d,\"rmse\":%.5f,\"mae\":%.5f,\"fit_s\":%.3f}\n",
                     o.model, rounds, sum.rmse / rounds, sum.mae / rounds,
                     sum.fit_seconds / rounds);
    reel__free(folds);
    reel__ratings_fini(&ratings);
    return 0;
}
