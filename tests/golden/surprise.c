/* Rating models against the table in the README of Surprise, on MovieLens 100K in five random folds
 * with the settings of Surprise: RMSE and MAE within .005, which is what other folds move them by.
 * Models that draw their start, and the table on MovieLens 1M, take longer: `reel reproduce
 * surprise-table`. Needs MovieLens 100K: REEL_TEST_DATA/ml-100k.
 */
#include "support/check.h"

#include <math.h>

#include "base/file.h"
#include "service/measure/reproduce.h"

enum { SKIPPED = 77 };
static const double tolerance = 0.005;

static char folder[500];

static void test_errors_are_as_published(void **state)
{
    (void)state;
    static reel_reproduction r;
    const reel_reproduce_opts opts = {.table = "surprise-table-100k",
                                      .folder = folder,
                                      .models = "baseline,svd,slope-one,knn-basic,"
                                                "knn-centered,knn-baseline"};
    reel_reproduce_opts all_folds = opts;
    int compared = 0, differ = 0;
    reel_err err;

    all_folds.fold = -1;
    assert_ok(reel__reproduction_make(&r, &all_folds, &err));
    assert_int_equal(r.runs, 5);
    for (size_t i = 0; i < r.count; i++) {
        const reel_reproduced *row = &r.rows[i];

        if (row->absent || row->published == NULL || row->published->source == NULL)
            continue;
        for (int m = 0; m < 2; m++) {
            const double off = row->mean[m] - row->published->values[m];

            print_message("%s %s: %.4f, published %.3f\n", row->model, r.spec->metrics[m],
                          row->mean[m], row->published->values[m]);
            compared++;
            differ += fabs(off) > tolerance;
        }
    }
    assert_true(compared >= 2);
    assert_int_equal(differ, 0);
    reel__reproduction_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_errors_are_as_published)};
    const char *data = getenv("REEL_TEST_DATA");

    (void)snprintf(folder, sizeof folder, "%.400s/ml-100k", data != NULL ? data : "");
    if (data == NULL || !reel__file_is_folder(folder)) {
        (void)fprintf(stderr, "skipped: REEL_TEST_DATA/ml-100k (MovieLens 100K) is not there\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
