/* Unit tests of nmf: no factor below 0, the error falls, folding in, reasons, files. */
#include "support/check.h"

#include <math.h>

#include "support/near.h"
#include "support/taste_data.h"

static taste_data data;

static int make_data(void **state)
{
    (void)state;
    taste_make(&data);
    return 0;
}

static int free_data(void **state)
{
    (void)state;
    reel_dataset_free(data.train);
    return 0;
}

static void test_it_learns(void **state)
{
    (void)state;
    const reel_param items[] = {{"factors", "8"}, {"epochs", "100"}, {"reg", "0.02"}};
    reel_model *model = taste_fit(&data, "nmf", items, 3, 0);
    reel_model *biases = taste_fit(&data, "baseline", NULL, 0, 0);

    assert_true(taste_rmse(&data, model, true) < 0.85 * taste_rmse(&data, biases, true));
    assert_true(taste_rmse(&data, model, true) == taste_rmse(&data, model, false));
    reel_model_free(model);
    reel_model_free(biases);
}

/* A person who likes what a film's lovers like is given more of it; nobody is given less than 0. */
static void test_scores_are_never_negative(void **state)
{
    (void)state;
    reel_model *model = taste_fit(&data, "nmf", NULL, 0, 0);
    reel_scratch *scratch = NULL;
    reel_rng rng = reel__rng_make(4, 4);
    reel_err err;

    assert_ok(reel_scratch_new(&scratch, &err));
    for (int n = 0; n < 50; n++) {
        reel_entry entries[TASTE_MOVIES];
        reel_query query = random_query(&rng, TASTE_MOVIES, entries);
        float scores[TASTE_MOVIES];

        for (size_t i = 0; i < query.count; i++)
            entries[i].value = n % 2 ? -entries[i].value : entries[i].value;
        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        for (int j = 0; j < TASTE_MOVIES; j++)
            assert_true(scores[j] >= 0 && isfinite(scores[j]));
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
}

/* One factor: p = sum q r / (sum q^2 + reg n) in the end, which can be worked out by hand. */
static void test_one_factor_is_a_regression(void **state)
{
    (void)state;
    const reel_param items[] = {{"factors", "1"}, {"reg", "0.5"}};
    const reel_entry entries[] = {{.movie = 3, .value = 4, .weight = 1},
                                  {.movie = 9, .value = 1, .weight = 2}};
    const reel_query none = {.row = -1}, two = {.entries = entries, .count = 2, .row = -1};
    reel_model *model = taste_fit(&data, "nmf", items, 2, 0);
    reel_scratch *scratch = NULL;
    float mean[TASTE_MOVIES], scores[TASTE_MOVIES];
    reel_err err;

    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, &none, scratch, mean, &err));
    assert_ok(reel_model_score(model, &two, scratch, scores, &err));
    for (int j = 1; j < TASTE_MOVIES; j++) /* everyone's scores are proportional */
        assert_near((double)(scores[j] * mean[0]), (double)(scores[0] * mean[j]), 1e-4);
    assert_true(scores[0] > 0);
    reel_scratch_free(scratch);
    reel_model_free(model);
}

static void test_edges(void **state)
{
    (void)state;
    static const reel_param bad[] = {{"factors", "257"}, {"reg", "0"}, {"init_high", "0"}};
    const reel_rating rating = {.person = 1, .movie = 7, .value = -1};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_model *model = NULL;
    reel_err err;

    taste_check_smallest("nmf");
    taste_check_threads(&data, "nmf", NULL, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(
            reel_model_fit(&model, "nmf", data.train, &(reel_params){&bad[i], 1}, NULL, &err),
            REEL_E_INVALID, bad[i].name);
    assert_ok(reel_dataset_builder_new(&builder, &err));
    assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    assert_fails(reel_model_fit(&model, "nmf", dataset, NULL, NULL, &err), REEL_E_INVALID,
                 "below 0");
    reel_dataset_builder_free(builder);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_learns),
        cmocka_unit_test(test_scores_are_never_negative),
        cmocka_unit_test(test_one_factor_is_a_regression),
        cmocka_unit_test(test_edges),
    };

    return cmocka_run_group_tests(tests, make_data, free_data);
}
