/* Unit tests of co-clustering and random: blocks by hand, chance by its moments. */
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

/* ---- co-clustering ------------------------------------------------------------------------- */

/* Two circles of 8 people, two circles of 6 films: 5 for one's own, 1 for the others'. */
static reel_dataset *two_circles(void)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err;

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (int64_t u = 1; u <= 16; u++)
        for (int64_t j = 1; j <= 12; j++) {
            const reel_rating rating = {.person = u, .movie = j, .value = u % 2 == j % 2 ? 5 : 1};

            if (u % 8 != j % 7)
                assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
        }
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    return dataset;
}

/* Whatever start the seed gives: two groups of each are enough to tell the circles apart. */
static void test_two_circles_are_found(void **state)
{
    (void)state;
    const reel_param items[] = {{"person_clusters", "2"}, {"movie_clusters", "2"}};
    const reel_entry likes_odd[] = {{.movie = 0, .value = 5, .weight = 1},
                                    {.movie = 1, .value = 1, .weight = 1}};
    const reel_query query = {.entries = likes_odd, .count = 2, .row = -1};
    const reel_params params = {items, 2};
    reel_dataset *dataset = two_circles();
    reel_scratch *scratch = NULL;
    reel_model *model = NULL;
    float scores[12];
    reel_err err;

    assert_ok(reel_model_fit(&model, "co-clustering", dataset, &params, NULL, &err));
    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, &query, scratch, scores, &err));
    for (int j = 0; j < 12; j++)
        assert_near((double)scores[j], j % 2 == 0 ? 5 : 1, 0.7);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* One group of each: the mean of the person, above or below it by the film. */
static void test_one_group_is_means(void **state)
{
    (void)state;
    const reel_param items[] = {{"person_clusters", "1"}, {"movie_clusters", "1"}};
    const reel_entry entries[] = {{.movie = 3, .value = 4, .weight = 1},
                                  {.movie = 9, .value = 1, .weight = 3}};
    const reel_query query = {.entries = entries, .count = 2, .row = -1}, none = {.row = -1};
    const reel_csr_view r = reel_dataset_raters(data.train);
    reel_model *model = taste_fit(&data, "co-clustering", items, 2, 0);
    reel_scratch *scratch = NULL;
    float scores[TASTE_MOVIES], alone[TASTE_MOVIES];
    double mean = 0;
    reel_err err;

    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        mean += (double)r.val[k] / (double)r.ptr[r.rows];
    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, &query, scratch, scores, &err));
    assert_ok(reel_model_score(model, &none, scratch, alone, &err));
    for (reel_index j = 0; j < TASTE_MOVIES; j++) {
        double film = r.ptr[j] == r.ptr[j + 1] ? mean : 0;

        for (reel_nnz k = r.ptr[j]; k < r.ptr[j + 1]; k++)
            film += (double)r.val[k] / (double)(r.ptr[j + 1] - r.ptr[j]);
        assert_near((double)alone[j], film, 1e-5);
        assert_near((double)scores[j], 1.75 + film - mean, 1e-5);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
}

static void test_co_clustering_edges(void **state)
{
    (void)state;
    static const reel_param bad[] = {
        {"person_clusters", "0"}, {"movie_clusters", "65"}, {"epochs", "0"}};
    reel_model *model = NULL;
    reel_err err;

    taste_check_smallest("co-clustering");
    taste_check_threads(&data, "co-clustering", NULL, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(reel_model_fit(&model, "co-clustering", data.train, &(reel_params){&bad[i], 1},
                                    NULL, &err),
                     REEL_E_INVALID, bad[i].name);
}

/* ---- random -------------------------------------------------------------------------------- */

static void test_chance_has_the_moments_of_the_ratings(void **state)
{
    (void)state;
    const reel_csr_view r = reel_dataset_ratings(data.train);
    const double count = (double)r.ptr[r.rows], drawn = TASTE_PEOPLE * TASTE_MOVIES;
    double mean = 0, squares = 0, sum = 0, sum_squares = 0;
    reel_model *model = taste_fit(&data, "random", NULL, 0, 0);
    reel_scratch *scratch = NULL;
    reel_err err;

    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++) {
        mean += (double)r.val[k] / count;
        squares += (double)r.val[k] * (double)r.val[k] / count;
    }
    assert_ok(reel_scratch_new(&scratch, &err));
    for (reel_index u = 0; u < TASTE_PEOPLE; u++) {
        reel_entry entries[TASTE_MOVIES];
        const reel_query query = trained_query(data.train, u, entries);
        float scores[TASTE_MOVIES];

        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        for (int j = 0; j < TASTE_MOVIES; j++) {
            sum += (double)scores[j] / drawn;
            sum_squares += (double)scores[j] * (double)scores[j] / drawn;
        }
    }
    assert_near(sum, mean, 0.03);
    assert_near(sqrt(sum_squares - sum * sum), sqrt(squares - mean * mean), 0.03);
    reel_scratch_free(scratch);
    reel_model_free(model);
}

static void test_seeds_and_histories_draw_anew(void **state)
{
    (void)state;
    const reel_entry entry = {.movie = 1, .value = 4, .weight = 1};
    const reel_query none = {.row = -1}, one = {.entries = &entry, .count = 1, .row = -1};
    const reel_fit_context other = {.seed = 2};
    reel_model *model = taste_fit(&data, "random", NULL, 0, 0), *seeded = NULL;
    reel_scratch *scratch = NULL;
    float a[TASTE_MOVIES], b[TASTE_MOVIES];
    reel_err err;

    assert_ok(reel_model_fit(&seeded, "random", data.train, NULL, &other, &err));
    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, &none, scratch, a, &err));
    assert_ok(reel_model_score(model, &one, scratch, b, &err));
    assert_memory_not_equal(a, b, sizeof a);
    assert_ok(reel_model_score(seeded, &none, scratch, b, &err));
    assert_memory_not_equal(a, b, sizeof a);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_model_free(seeded);
}

static void test_random_of_the_smallest_data(void **state)
{
    (void)state;
    taste_check_smallest("random");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_circles_are_found),
        cmocka_unit_test(test_one_group_is_means),
        cmocka_unit_test(test_co_clustering_edges),
        cmocka_unit_test(test_chance_has_the_moments_of_the_ratings),
        cmocka_unit_test(test_seeds_and_histories_draw_anew),
        cmocka_unit_test(test_random_of_the_smallest_data),
    };

    return cmocka_run_group_tests(tests, make_data, free_data);
}
