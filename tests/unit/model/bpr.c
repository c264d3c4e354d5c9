/* Unit tests of bpr: a comparison by hand, taste that is learned, fold-in, files, bad input. */
#include "support/check.h"

#include <math.h>

#include "model/bpr.h"
#include "support/fit_text.h"
#include "support/near.h"
#include "support/random_data.h"

enum { PEOPLE = 50, MOVIES = 40 };

#define PLAIN "bpr factors=20 epochs=8"

static const random_shape shape = {.seed = 41, .people = PEOPLE, .movies = MOVIES, .density = 0.3};

/* Two films, so that the rival is known: one step of AdaGrad against the formula. */
static void test_a_comparison_moves_as_the_formula_says(void **state)
{
    (void)state;
    enum { D = REEL_ROWS_UNIT };
    static const reel_index liked[] = {1};
    float films[2 * D], x[D], squares[D] = {0}, gradient[D];
    const double rate = 0.1, reg = 0.2;
    double difference = 0;
    bpr self = {.d = D, .films = films};
    bpr_walk walk = {.known = liked,
                     .known_count = 1,
                     .liked = liked,
                     .liked_count = 1,
                     .x = x,
                     .squares = squares,
                     .gradient = gradient,
                     .rng = reel__rng_make(1, 1)};
    reel_rng rng = reel__rng_make(2, 1);
    float before[D];
    bpr_move move;

    self.base.movies = 2;
    self.base.params[BPR_LEARNING_RATE] = rate;
    self.base.params[BPR_REG] = reg;
    self.base.params[BPR_CANDIDATES] = 3;
    for (int f = 0; f < 2 * D; f++)
        films[f] = (float)reel__rng_normal(&rng);
    for (int f = 0; f < D; f++) {
        before[f] = x[f] = (float)reel__rng_normal(&rng);
        difference += (double)x[f] * ((double)films[D + f] - (double)films[f]);
    }
    move = reel__bpr_compare(&self, &walk, 0);
    assert_true(move.better == 1 && move.worse == 0);
    assert_near((double)move.size, 1 / (1 + exp(difference)), 1e-6);
    for (int f = 0; f < D; f++) {
        const double g =
            (double)move.size * ((double)films[D + f] - (double)films[f]) - reg * (double)before[f];

        assert_near((double)squares[f], g * g, 1e-5);
        assert_near((double)x[f], (double)before[f] + rate * g / sqrt(g * g + 1e-8), 1e-5);
    }
}

/* Even people like the first half of the films, odd ones the second, all but one film each. */
static void test_taste_is_learned(void **state)
{
    (void)state;
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_scratch *scratch = new_scratch();
    reel_model *model;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int p = 0; p < 40; p++)
        for (int m = 0; m < 10; m++) {
            const reel_rating rating = {.person = p, .movie = m + 10 * (p % 2), .value = 1};

            if (m != p / 2 % 10)
                assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL),
                                 REEL_OK);
        }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    model = fit_text(dataset, PLAIN);
    for (reel_index p = 0; p < 40; p++) {
        reel_entry entries[20];
        const reel_query query = trained_query(dataset, p, entries);
        const int missing = p / 2 % 10 + 10 * (p % 2);
        float scores[20];

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int m = 0; m < 10; m++)
            assert_true(scores[missing] > scores[m + 10 * (1 - p % 2)]);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
    reel_dataset_builder_free(builder);
}

static void test_a_stored_vector_is_the_folded_one(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, PLAIN);
    reel_scratch *scratch = new_scratch();
    reel_err err = {0};

    for (reel_index p = 0; p < PEOPLE; p++) {
        reel_entry entries[MOVIES];
        float stored[MOVIES], folded[MOVIES];
        reel_query query = trained_query(dataset, p, entries);

        assert_ok(reel_model_score(model, &query, scratch, stored, &err));
        query.row = -1;
        assert_ok(reel_model_score(model, &query, scratch, folded, &err));
        assert_memory_equal(stored, folded, sizeof stored);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* Nothing, everything, and the heaviest weight. */
static void test_unusual_histories_have_finite_scores(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, PLAIN);
    reel_scratch *scratch = new_scratch();
    reel_entry entries[MOVIES];
    reel_err err = {0};

    for (int m = 0; m < MOVIES; m++)
        entries[m] = (reel_entry){.movie = m, .value = 5, .weight = m == 3 ? 1e6F : 1};
    for (size_t count = 0; count <= MOVIES; count += MOVIES / 4) {
        const reel_query query = {.entries = entries, .count = count, .row = -1};
        reel_explanation why;
        float scores[MOVIES];

        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        for (int j = 0; j < MOVIES; j++)
            assert_true(isfinite(scores[j]) && (count % MOVIES != 0 || scores[j] == 0));
        assert_ok(reel_model_explain(model, &query, 7, 4, scratch, &why, &err));
        assert_near(why.baseline, 0, 1e-4 * fmax(1, fabs(why.score)));
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    check_threads_change_no_bit(dataset, PLAIN " fold_epochs=3");
    reel_dataset_free(dataset);
}

static void test_bad_parameters_and_cancel(void **state)
{
    (void)state;
    static const reel_param bad[] = {
        {"factors", "0"}, {"epochs", "0"},      {"learning_rate", "0"},  {"candidates", "1000"},
        {"reg", "-1"},    {"fold_epochs", "0"}, {"learning_rate", "nan"}};
    const volatile bool cancel = true;
    const reel_fit_context context = {.seed = 1, .cancel = &cancel};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const reel_params params = {&bad[i], 1};

        assert_int_equal(reel_model_fit(&model, "bpr", dataset, &params, NULL, &err),
                         REEL_E_INVALID);
    }
    assert_fails(reel_model_fit(&model, "bpr", dataset, NULL, &context, &err), REEL_E_CANCELLED,
                 "cancelled");
    reel_dataset_free(dataset);
}

/* One person who likes the only film there is: nothing to compare with. */
static void test_one_person_and_one_film(void **state)
{
    (void)state;
    const reel_rating rating = {.person = 1, .movie = 1, .value = 3};
    const reel_entry entry = {.movie = 0, .value = 3, .weight = 1};
    const reel_query query = {.entries = &entry, .count = 1, .row = -1};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_scratch *scratch = new_scratch();
    reel_model *model;
    float score = 1;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    model = fit_text(dataset, PLAIN);
    assert_int_equal(reel_model_score(model, &query, scratch, &score, NULL), REEL_OK);
    assert_true(score == 0);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
    reel_dataset_builder_free(builder);
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    assert_true(sweep_fit(dataset, "bpr factors=16 epochs=1 fold_epochs=1", NULL) > 15);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_comparison_moves_as_the_formula_says),
        cmocka_unit_test(test_taste_is_learned),
        cmocka_unit_test(test_a_stored_vector_is_the_folded_one),
        cmocka_unit_test(test_unusual_histories_have_finite_scores),
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(test_bad_parameters_and_cancel),
        cmocka_unit_test(test_one_person_and_one_film),
        cmocka_unit_test(test_no_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
