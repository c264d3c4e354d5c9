/* Unit tests of als: its objective never rises, its rows are the regressions, folding in is exact.
 */
#include "support/check.h"

#include <math.h>

#include "base/alloc.h"
#include "model/calibration.h"
#include "model/factors.h"
#include "support/taste_data.h"
#include "support/temp.h"

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

static double square(const float *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/* The objective of the head comment, in the order it is written in. */
static double objective(const reel_model *model, double reg)
{
    const reel_factors *f = &((const reel_factor_model *)model)->factors;
    const reel_csr_view r = reel_dataset_ratings(data.train);
    double sum = 0;

    for (reel_index u = 0; u < r.rows; u++)
        for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++) {
            const float *p = f->person + (size_t)u * f->stride;
            const float *q = f->movie + (size_t)r.col[k] * f->stride;
            double e = (double)r.val[k] - f->mean - (double)f->person_bias[u] -
                       (double)f->movie_bias[r.col[k]];

            for (size_t i = 0; i < f->stride; i++)
                e -= (double)p[i] * (double)q[i];
            sum +=
                e * e + reg * (square(p, f->stride) + square(q, f->stride) +
                               square(&f->person_bias[u], 1) + square(&f->movie_bias[r.col[k]], 1));
        }
    return sum;
}

static void test_the_objective_never_rises(void **state)
{
    (void)state;
    double before = 0;

    for (int epochs = 1; epochs <= 6; epochs++) {
        char text[8];
        const reel_param items[] = {{"factors", "6"}, {"reg", "0.1"}, {"epochs", text}};
        reel_model *model;
        double now;

        (void)snprintf(text, sizeof text, "%d", epochs);
        model = taste_fit(&data, "als", items, 3, 0);
        now = objective(model, 0.1);
        assert_true(epochs == 1 || now <= before * (1 + 1e-6));
        before = now;
        reel_model_free(model);
    }
}

static void test_it_learns(void **state)
{
    (void)state;
    const reel_param items[] = {{"factors", "8"}, {"epochs", "8"}};
    reel_model *model = taste_fit(&data, "als", items, 2, 0);
    reel_model *biases = taste_fit(&data, "baseline", NULL, 0, 0);

    assert_true(taste_rmse(&data, model, true) < 0.75 * taste_rmse(&data, biases, true));
    assert_true(taste_rmse(&data, model, true) == taste_rmse(&data, model, false));
    reel_model_free(model);
    reel_model_free(biases);
}

static void test_edges(void **state)
{
    (void)state;
    static const reel_param bad[] = {{"factors", "0"}, {"reg", "0"}, {"epochs", "x"}};
    const reel_param few[] = {{"epochs", "2"}, {"factors", "6"}};
    reel_model *model = NULL;
    reel_err err;

    taste_check_smallest("als");
    taste_check_threads(&data, "als", few, 2);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(
            reel_model_fit(&model, "als", data.train, &(reel_params){&bad[i], 1}, NULL, &err),
            REEL_E_INVALID, bad[i].name);
}

/* ---- how far off --------------------------------------------------------------------------- */

static const reel_param held_out[] = {{"factors", "6"}, {"epochs", "4"}, {"held_out", "0.2"}};

static void range_of(const reel_model *model, size_t held, float *predicted,
                     reel_rating_interval *range)
{
    static reel_scratch *scratch;
    reel_entry entries[TASTE_MOVIES];
    const reel_query query = trained_query(data.train, data.person[held], entries);
    const reel_films film = {&data.movie[held], 1};

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_predict(model, &query, film.movies, 1, scratch, predicted, NULL),
                     REEL_OK);
    assert_int_equal(reel_model_predict_range(model, &query, film, predicted, range, NULL),
                     REEL_OK);
    reel_scratch_free(scratch);
}

static void test_four_of_five_ratings_are_inside(void **state)
{
    (void)state;
    reel_model *model = taste_fit(&data, "als", held_out, 3, 0);
    reel_model *plain = taste_fit(&data, "als", held_out, 2, 0);
    size_t inside = 0;

    for (size_t i = 0; i < data.held; i++) {
        reel_rating_interval range, none;
        float predicted, same;

        range_of(model, i, &predicted, &range);
        range_of(plain, i, &same, &none);
        assert_true(predicted == same); /* the model itself is the one without */
        assert_true(isnan(none.low) && isnan(none.high));
        assert_true(0.5F <= range.low && range.low <= predicted && predicted <= range.high &&
                    range.high <= 5);
        inside += range.low <= data.value[i] && data.value[i] <= range.high;
    }
    print_message("%zu of %zu inside\n", inside, data.held);
    assert_true((double)inside > 0.76 * (double)data.held);
    assert_true((double)inside < 0.84 * (double)data.held);
    reel_model_free(plain);
    reel_model_free(model);
}

static void test_less_is_known_of_a_stranger(void **state)
{
    (void)state;
    const reel_entry entries[] = {{.movie = 3, .value = 4, .weight = 1},
                                  {.movie = 9, .value = 4, .weight = 0},
                                  {.movie = 11, .value = 1, .weight = 1, .kind = REEL_ENTRY_CLICK}};
    const reel_query one = {.entries = entries, .count = 1, .row = -1},
                     same = {.entries = entries, .count = 3, .row = -1};
    reel_model *model = taste_fit(&data, "als", held_out, 3, 0);
    reel_rating_interval stranger, again, known;
    const reel_index movie = data.movie[0];
    float predicted = 3, own;

    assert_int_equal(
        reel_model_predict_range(model, &one, (reel_films){&movie, 1}, &predicted, &stranger, NULL),
        REEL_OK);
    assert_int_equal(
        reel_model_predict_range(model, &same, (reel_films){&movie, 1}, &predicted, &again, NULL),
        REEL_OK);
    range_of(model, 0, &own, &known);
    assert_true(stranger.low == again.low && stranger.high == again.high);
    assert_true(stranger.high - stranger.low > known.high - known.low);
    reel_model_free(model);
}

static void test_ranges_are_kept_and_do_not_depend_on_threads(void **state)
{
    (void)state;
    reel_model *one = taste_fit(&data, "als", held_out, 3, 1);
    reel_model *four = taste_fit(&data, "als", held_out, 3, 4), *loaded = NULL;

    assert_int_equal(reel_model_save(one, temp_path("als"), NULL), REEL_OK);
    assert_int_equal(reel_model_load(&loaded, temp_path("als"), NULL), REEL_OK);
    for (size_t i = 0; i < data.held; i += 7) {
        reel_rating_interval a, b, c;
        float predicted;

        range_of(one, i, &predicted, &a);
        range_of(four, i, &predicted, &b);
        range_of(loaded, i, &predicted, &c);
        assert_memory_equal(&a, &b, sizeof a);
        assert_memory_equal(&a, &c, sizeof a);
    }
    reel_model_free(loaded);
    reel_model_free(four);
    reel_model_free(one);
}

static void test_too_few_ratings_say_nothing(void **state)
{
    (void)state;
    const random_shape few = {.seed = 3, .people = 9, .movies = 12, .density = 0.5};
    const reel_params params = {held_out, 3};
    reel_dataset *dataset = random_dataset(&few);
    const float predicted[] = {3, 3};
    const reel_index movies[] = {0, 99};
    const reel_query nobody = {.row = -1};
    reel_rating_interval range[2];
    reel_model *model = NULL, *ranks = NULL;
    reel_err err = {0};

    assert_ok(reel_model_fit(&model, "als", dataset, &params, NULL, &err));
    assert_ok(reel_model_fit(&ranks, "popular", dataset, NULL, NULL, &err));
    assert_ok(
        reel_model_predict_range(model, &nobody, (reel_films){movies, 1}, predicted, range, &err));
    assert_true(isnan(range[0].low) && isnan(range[0].high));
    assert_fails(
        reel_model_predict_range(model, &nobody, (reel_films){movies, 2}, predicted, range, &err),
        REEL_E_INVALID, "99");
    assert_fails(
        reel_model_predict_range(ranks, &nobody, (reel_films){movies, 1}, predicted, range, &err),
        REEL_E_INVALID, "popular");
    reel_model_free(ranks);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_calibrating_without_memory(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 4, .people = 60, .movies = 30, .density = 0.6};
    const reel_params params = {held_out, 3};
    const reel_fit_context context = {.seed = 1, .threads = 1};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_code rc = REEL_E_NOMEM;
    reel_err err = {0};
    int64_t n = 0;

    for (; rc == REEL_E_NOMEM; n++) {
        reel__alloc_fail_after(n);
        rc = reel_model_fit(&model, "als", dataset, &params, &context, &err);
        reel__alloc_fail_after(-1);
    }
    assert_int_equal(rc, REEL_OK);
    assert_true(n > 20);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_objective_never_rises),
        cmocka_unit_test(test_it_learns),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_four_of_five_ratings_are_inside),
        cmocka_unit_test(test_less_is_known_of_a_stranger),
        cmocka_unit_test(test_ranges_are_kept_and_do_not_depend_on_threads),
        cmocka_unit_test(test_too_few_ratings_say_nothing),
        cmocka_unit_test(test_calibrating_without_memory),
    };

    return cmocka_run_group_tests(tests, make_data, free_data);
}
