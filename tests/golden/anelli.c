/* The evaluator against a published protocol: Anelli et al. 2022 on MovieLens 1M. Ratings of 4 and
 * more, iterative 10-core, a fifth of each person held out. The sizes must be theirs, and popular's
 * nDCG@10 over five splits .1588 within .002. Needs MovieLens 1M: REEL_TEST_DATA/ml-1m.
 */
#include "support/check.h"

#include "base/file.h"
#include "service/evaluate.h"
#include "support/near.h"

enum { SEEDS = 5, SKIPPED = 77 };

static char folder[500];

static double popular_ndcg10(uint64_t seed)
{
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    reel_evaluation e;
    reel_err err;
    double found;

    opts.movielens = folder;
    opts.models = "popular";
    opts.filter = (reel_filter_opts){.threshold = 4, .core = 10};
    opts.split.seed = seed;
    opts.judge = (reel_judge_opts){.cuts = {10}, .cut_count = 1, .seed = seed};
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(e.people, 5949);
    assert_int_equal(e.films, 2810);
    assert_int_equal(e.ratings, 571531);
    assert_int_equal(e.held_out, 116671);
    assert_int_equal(e.judged, 5949);
    assert_string_equal(e.models[1].name, "popular");
    found = e.models[1].ranked[0].intervals[reel__metric_column(0, REEL_METRIC_NDCG)].mean;
    print_message("seed %llu: nDCG@10 %.4f\n", (unsigned long long)seed, found);
    reel__evaluation_fini(&e);
    return found;
}

static void test_popular_is_as_published(void **state)
{
    (void)state;
    double sum = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        sum += popular_ndcg10(seed);
    assert_near(sum / SEEDS, 0.1588, 0.002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_popular_is_as_published)};
    const char *data = getenv("REEL_TEST_DATA");

    (void)snprintf(folder, sizeof folder, "%.400s/ml-1m", data != NULL ? data : "");
    if (data == NULL || !reel__file_is_folder(folder)) {
        (void)fprintf(stderr, "skipped: REEL_TEST_DATA/ml-1m (MovieLens 1M) is not there\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
