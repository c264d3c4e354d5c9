/* knn.c - the neighbours of all people of MovieLens 1M, a hundred each, at once: seconds, and the
 * memory it took beyond the fitted model. bench/peers/sklearn_cosine.py does the prototype's way,
 * scikit-learn's dense cosine similarity, on the same ratings.
 * Usage: bench_knn [FOLDER [THREADS]]; see movielens.h. One line of JSON for each measurement.
 */
#include "base/alloc.h"
#include "memory.h"
#include "model/user_knn.h"
#include "movielens.h"
#include "reel/model.h"
#include "timing.h"

enum { NEIGHBOURS = 100 };

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

    bench_require(reel_model_fit(&model, "user-knn", dataset, NULL, NULL, &err), &err);
    reel_dataset_free(dataset);
    before = bench_reset_peak();
    for (int run = 0; run < BENCH_RUNS; run++) {
        const int64_t begin = reel__clock_steady_us();
        reel_neighbour *all = reel__alloc_array(people * NEIGHBOURS, sizeof *all);

        if (all == NULL)
            abort();
        bench_require(reel__user_knn_all(model, NEIGHBOURS, threads, all, &err), &err);
        bench_add(&timing, (double)(reel__clock_steady_us() - begin) / 1e6);
        reel__free(all);
        if (run == 0)
            extra_mb = bench_peak_mb() - before;
    }
    (void)snprintf(extra, sizeof extra, ",\"people\":%zu,\"threads\":%d,\"extra_mb\":%.1f", people,
                   threads, extra_mb);
    bench_print(&timing, "user-knn: neighbours of all people", "s", extra);
    reel_model_free(model);
    return 0;
}
