/* The evaluator against a published protocol: Anelli et al. 2022 on MovieLens 1M. Ratings of 4 and
 * more, iterative 10-core, a fifth of each person held out. The sizes must be theirs, and nDCG@10
 * over five splits within .002: popular .1588, item-knn with 95 neighbours by cosine .2926. Needs
 * MovieLens 1M: REEL_TEST_DATA/ml-1m.
 */
#include "support/check.h"

#include "base/file.h"
#include "service/evaluate.h"
#include "support/near.h"

enum { SEEDS = 5, SKIPPED = 77 };

static char folder[500];

static const char cosine[] =
    "item-knn:similarity=cosine:neighbours=95:popularity=0:exponent=1:shrinkage=0";

/* nDCG@10 of popular and of item-knn added to sums. */
static void add_ndcg10(uint64_t seed, double sums[2])
{
    reel_evaluate_opts opts = reel__evaluate_opts_default();
    const size_t column = reel__metric_column(0, REEL_METRIC_NDCG);
    reel_evaluation e;
    reel_err err;

    opts.movielens = folder;
    opts.models = cosine;
    opts.filter = (reel_filter_opts){.threshold = 4, .core = 10};
    opts.split.seed = seed;
    opts.judge = (reel_judge_opts){.cuts = {10}, .cut_count = 1, .seed = seed};
    assert_ok(reel__evaluation_make(&e, &opts, &err));
    assert_int_equal(e.people, 5949);
    assert_int_equal(e.films, 2810);
    assert_int_equal(e.ratings, 571531);
    assert_int_equal(e.held_out, 116671);
    assert_int_equal(e.judged, 5949);
    for (size_t m = 0; m < e.count; m++)
        for (int which = 0; which < 2; which++)
            if (strcmp(e.models[m].name, which == 0 ? "popular" : cosine) == 0)
                sums[which] += e.models[m].ranked[0].intervals[column].mean;
    reel__evaluation_fini(&e);
}

static void test_ndcg_is_as_published(void **state)
{
    (void)state;
    double sums[2] = {0, 0};

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        add_ndcg10(seed, sums);
    print_message("nDCG@10: popular %.4f, item-knn %.4f\n", sums[0] / SEEDS, sums[1] / SEEDS);
    assert_near(sums[0] / SEEDS, 0.1588, 0.002);
    assert_near(sums[1] / SEEDS, 0.2926, 0.002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ndcg_is_as_published)};
    const char *data = getenv("REEL_TEST_DATA");

    (void)snprintf(folder, sizeof folder, "%.400s/ml-1m", data != NULL ? data : "");
    if (data == NULL || !reel__file_is_folder(folder)) {
        (void)fprintf(stderr, "skipped: REEL_TEST_DATA/ml-1m (MovieLens 1M) is not there\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
