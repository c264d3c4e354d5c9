/* Unit tests of the credible intervals of bayes. */
#include "support/check.h"

#include <math.h>

#include "support/taste_data.h"

static reel_model *fit(const taste_data *data, const reel_param *items, size_t count)
{
    return taste_fit(data, "bayes", items, count, 2);
}

/* The share of the ratings held out that lie inside. */
static double coverage(const taste_data *data, const reel_param *items, size_t count, double *width)
{
    reel_model *model = fit(data, items, count);
    reel_scratch *scratch = new_scratch();
    size_t inside = 0;
    reel_err err = {0};

    *width = 0;
    for (size_t i = 0; i < data->held; i++) {
        reel_entry entries[TASTE_MOVIES];
        const reel_query query = trained_query(data->train, data->person[i], entries);
        reel_rating_interval interval;

        assert_ok(reel_model_predict_interval(model, &query, &data->movie[i], 1, scratch, &interval,
                                              &err));
        assert_true(interval.low >= 0.5F && interval.low <= interval.high && interval.high <= 5);
        inside += data->value[i] >= interval.low && data->value[i] <= interval.high;
        *width += (double)(interval.high - interval.low) / (double)data->held;
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    print_message("%.4f of %zu inside, width %.3f\n", (double)inside / (double)data->held,
                  data->held, *width);
    return (double)inside / (double)data->held;
}

static void test_intervals_hold_ratings_as_often_as_they_say(void **state)
{
    (void)state;
    static const reel_param cases[][4] = {
        {{"rank", "3"}, {"samples", "100"}, {"features", "svdpp"}, {"noise", "varied"}},
        {{"rank", "3"}, {"samples", "100"}, {"features", "none"}, {"noise", "equal"}},
        {{"rank", "3"}, {"samples", "100"}, {"features", "svdpp"}, {"likelihood", "probit"}},
    };
    static taste_data data;

    taste_make(&data);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double width;
        const double share = coverage(&data, cases[i], 4, &width);

        /* The ends of steps of a scale are whole steps, so that more is inside. */
        assert_true(share > 0.9 && share < (i == 2 ? 0.995 : 0.99));
        assert_true(width < 2.5);
    }
    reel_dataset_free(data.train);
}

/* Nothing known of a person leaves more open than a history; both hold what is predicted. */
static void test_a_history_narrows_an_interval(void **state)
{
    (void)state;
    static const reel_param items[] = {
        {"rank", "3"}, {"samples", "60"}, {"features", "none"}, {"noise", "equal"}};
    static taste_data data;
    reel_scratch *scratch = new_scratch();
    reel_entry entries[TASTE_MOVIES];
    reel_index movies[TASTE_MOVIES];
    double width[2] = {0};
    reel_model *model;
    reel_query query;
    reel_err err = {0};

    taste_make(&data);
    model = fit(&data, items, sizeof items / sizeof *items);
    query = trained_query(data.train, 7, entries);
    for (reel_index j = 0; j < TASTE_MOVIES; j++)
        movies[j] = j;
    for (int known = 0; known < 2; known++) {
        const reel_query asked = known ? query : (reel_query){.row = -1};
        reel_rating_interval intervals[TASTE_MOVIES];
        float predicted[TASTE_MOVIES];

        assert_ok(reel_model_predict_interval(model, &asked, movies, TASTE_MOVIES, scratch,
                                              intervals, &err));
        assert_ok(
            reel_model_predict(model, &asked, movies, TASTE_MOVIES, scratch, predicted, &err));
        for (reel_index j = 0; j < TASTE_MOVIES; j++) {
            assert_true(predicted[j] >= intervals[j].low && predicted[j] <= intervals[j].high);
            width[known] += (double)(intervals[j].high - intervals[j].low);
        }
    }
    assert_true(width[1] < 0.9 * width[0]);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(data.train);
}

static const random_shape shape = {.seed = 41, .people = 30, .movies = 40, .density = 0.3};

static void ask(const char *name, const reel_index *movies, reel_code expected, const char *says)
{
    const reel_param few = {"samples", "4"};
    const reel_params params = {&few, strcmp(name, "bayes") == 0};
    const reel_query query = {.row = -1};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_scratch *scratch = new_scratch();
    reel_rating_interval intervals[2];
    reel_err err = {0};

    assert_ok(reel_model_fit(&model, name, dataset, &params, NULL, &err));
    assert_fails(reel_model_predict_interval(model, &query, movies, 2, scratch, intervals, &err),
                 expected, says);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_intervals_are_asked_of_films_that_exist(void **state)
{
    (void)state;
    ask("bayes", (const reel_index[]){0, 40}, REEL_E_INVALID, "film index 40 is outside 0..39");
    ask("bayes", (const reel_index[]){-1, 0}, REEL_E_INVALID, "film index -1 is outside 0..39");
}

static void test_models_without_intervals_name_one_that_has_them(void **state)
{
    (void)state;
    ask("baseline", (const reel_index[]){0, 1}, REEL_E_INVALID, "take \"bayes\"");
    ask("popular", (const reel_index[]){0, 1}, REEL_E_INVALID, "take \"bayes\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_hold_ratings_as_often_as_they_say),
        cmocka_unit_test(test_a_history_narrows_an_interval),
        cmocka_unit_test(test_intervals_are_asked_of_films_that_exist),
        cmocka_unit_test(test_models_without_intervals_name_one_that_has_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
