/* knn.c - the neighbours of all people of MovieLens 1M, a hundred each, at once: seconds, and the
 * memory it took beyond the fitted model. bench/peers/sklearn_cosine.py does the prototype's way,
 * scikit-learn's dense cosine similarity, on the same ratings.
 * Usage: bench_knn [FOLDER [THREADS]]; see movielens.h. One line of JSON for each measurement.
 */
#include <malloc.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "model/user_knn.h"
#include "movielens.h"
#include "reel/model.h"
#include "timing.h"

enum { NEIGHBOURS = 100 };

static void require(reel_code rc, const reel_err *err)
{
    if (rc == REEL_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", reel_code_name(rc), err->msg);
    exit(1);
}

/* Largest resident size so far. */
static double peak_mb(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (double)usage.ru_maxrss * 1024 / 1e6;
}

/* Resident size now: the peak before this point may be that of reading the files. */
static double resident_mb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long long pages = 0, resident = 0;

    if (file == NULL || fscanf(file, "%lld %lld", &pages, &resident) != 2)
        resident = 0;
    if (file != NULL)
        (void)fclose(file);
    return (double)resident * 4096 / 1e6;
}

/* Forget the peak so far, so that what follows is measured alone (Linux). */
static void reset_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (file != NULL) {
        (void)fputs("5", file);
        (void)fclose(file);
    }
}

int main(int argc, char **argv)
{
    const int threads = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
    reel_dataset *dataset = bench_movielens(bench_folder(argc, argv), NULL);
    const size_t people = (size_t)reel_dataset_people(dataset);
    reel_model *model = NULL;
    bench_timing timing = {0};
    double before, extra_mb = 0;
    char extra[128];
    reel_err err = {0};

    require(reel_model_fit(&model, "user-knn", dataset, NULL, NULL, &err), &err);
    reel_dataset_free(dataset);
    (void)malloc_trim(0); /* what reading has freed must not count as room to work in */
    reset_peak();
    before = resident_mb();
    for (int run = 0; run < BENCH_RUNS; run++) {
        const int64_t begin = reel__clock_steady_us();
        reel_neighbour *all = reel__alloc_array(people * NEIGHBOURS, sizeof *all);

        if (all == NULL)
            abort();
        require(reel__user_knn_all(model, NEIGHBOURS, threads, all, &err), &err);
        bench_add(&timing, (double)(reel__clock_steady_us() - begin) / 1e6);
        reel__free(all);
        if (run == 0)
            extra_mb = peak_mb() - before;
    }
    (void)snprintf(extra, sizeof extra, ",\"people\":%zu,\"threads\":%d,\"extra_mb\":%.1f", people,
                   threads, extra_mb);
    bench_print(&timing, "user-knn: neighbours of all people", "s", extra);
    reel_model_free(model);
    return 0;
}
