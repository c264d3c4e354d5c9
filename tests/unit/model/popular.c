/* Unit tests of popular: counts and damped means by hand, the same for everyone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "reel/model.h"

static const reel_rating ratings[] = {
    {.person = 1, .movie = 10, .value = 5}, {.person = 2, .movie = 10, .value = 4},
    {.person = 3, .movie = 10, .value = 3}, {.person = 1, .movie = 20, .value = 5},
    {.person = 2, .movie = 30, .value = 1},
};

static reel_dataset *build(void)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int64_t id = 10; id <= 40; id += 10) {
        const reel_movie film = {.id = id};

        assert_int_equal(reel_dataset_builder_add_movie(builder, &film, NULL), REEL_OK);
    }
    assert_int_equal(reel_dataset_builder_add_ratings(builder, ratings, 5, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static void expect_scores(const char *by, const char *damping, const double expected[4])
{
    const reel_param items[] = {{"by", by}, {"damping", damping}};
    const reel_params params = {items, 2};
    const reel_entry entry = {.movie = 1, .value = 5, .weight = 1};
    reel_dataset *dataset = build();
    reel_model *model = NULL;
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_model_fit(&model, "popular", dataset, &params, NULL, NULL), REEL_OK);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (size_t count = 0; count <= 1; count++) {
        const reel_query query = {.entries = &entry, .count = count, .row = -1};
        float scores[4];

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int j = 0; j < 4; j++) {
            reel_explanation why;

            assert_float_equal(scores[j], (float)expected[j], 1e-6F);
            assert_int_equal(reel_model_explain(model, &query, j, 4, scratch, &why, NULL), REEL_OK);
            assert_true(why.score == (double)scores[j] && why.baseline == why.score);
            assert_true(why.reason_count == 0 && why.other == 0);
        }
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_count_is_the_number_of_ratings(void **state)
{
    (void)state;
    expect_scores("count", "0", (const double[]){3, 1, 1, 0});
}

static void test_mean_is_pulled_towards_the_overall_mean(void **state)
{
    (void)state;
    const double mean = 18.0 / 5;

    expect_scores("mean", "0", (const double[]){4, 5, 1, mean});
    expect_scores(
        "mean", "2",
        (const double[]){(12 + 2 * mean) / 5, (5 + 2 * mean) / 3, (1 + 2 * mean) / 3, mean});
}

static void test_there_are_no_neighbours(void **state)
{
    (void)state;
    const reel_query query = {.row = -1};
    reel_dataset *dataset = build();
    reel_model *model = NULL;
    reel_scratch *scratch = NULL;
    reel_neighbour near[2];
    size_t count = 1;
    reel_err err = {0};

    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_neighbours(model, &query, 2, scratch, near, &count, &err),
                     REEL_E_INVALID);
    assert_int_equal(count, 0);
    assert_non_null(strstr(err.msg, "popular"));
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count_is_the_number_of_ratings),
        cmocka_unit_test(test_mean_is_pulled_towards_the_overall_mean),
        cmocka_unit_test(test_there_are_no_neighbours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
