/* Unit tests of ease: its weights against a plain twin, its fold-in, its files, and bad input. */
#include "support/check.h"

#include <math.h>

#include "support/fit_text.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/ref_ease.h"

enum { PEOPLE = 60, MOVIES = 40 };

/* What weights of eleven bits leave of a score of a few. */
#define HALF 1e-3

static const random_shape shape = {.seed = 41, .people = PEOPLE, .movies = MOVIES, .density = 0.3};

/* ---- the twin ------------------------------------------------------------------------------ */

static void compare_with_twin(const ref_ease *twin, const char *text)
{
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, text);
    reel_scratch *scratch = new_scratch();
    reel_rng rng = reel__rng_make(5, 1);
    double *weights = ref_ease_fit(twin, dataset);
    reel_err err = {0};

    for (int n = 0; n < PEOPLE; n++) {
        reel_entry entries[MOVIES];
        float scores[MOVIES];
        const reel_query query =
            n % 2 ? random_query(&rng, MOVIES, entries) : trained_query(dataset, n, entries);

        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        for (int j = 0; j < MOVIES; j++)
            assert_near((double)scores[j], ref_ease_score(twin, weights, MOVIES, &query, j), HALF);
    }
    reel__free(weights);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_scores_are_those_of_the_twin(void **state)
{
    (void)state;
    ref_ease twin = {.lambda = 3, .liked = 3.5, .lowest = 1};

    compare_with_twin(&twin, "ease lambda=3 liked=3.5 channels=liked weighting=0 ridge=0 side=0");
    twin.weighting = 0.5;
    twin.ridge = 0.4;
    compare_with_twin(&twin,
                      "ease lambda=3 liked=3.5 channels=liked weighting=0.5 ridge=0.4 side=0");
    twin.side = 1.5;
    compare_with_twin(&twin,
                      "ease lambda=3 liked=3.5 channels=liked weighting=0.5 ridge=0.4 side=1.5");
    twin.disliked = true;
    compare_with_twin(&twin, "ease lambda=3 liked=3.5 weighting=0.5 ridge=0.4 side=1.5 "
                             "disliked_target=0 disliked_lowest=1");
    twin.target = 0.7;
    twin.lowest = 0.2;
    compare_with_twin(&twin, "ease lambda=3 liked=3.5 weighting=0.5 ridge=0.4 side=1.5 "
                             "disliked_target=0.7 disliked_lowest=0.2");
}

/* A film that nobody rated is found by what is written about it, and shows the way to others. */
static void test_a_film_without_ratings_is_found_by_its_text(void **state)
{
    (void)state;
    static const char *const overviews[] = {"robot river", "piano train", "robot river"};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_model *model;
    reel_scratch *scratch = new_scratch();
    const reel_entry entry = {.movie = 0, .value = 1, .weight = 1};
    const reel_query query = {.entries = &entry, .count = 1, .row = -1};
    float scores[4];
    reel_err err = {0};

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (int m = 0; m < 4; m++) { /* 2 and 3 are not rated; 3 tells nothing */
        const reel_movie movie = {.id = m, .overview = m < 3 ? overviews[m] : ""};

        assert_ok(reel_dataset_builder_add_movie(builder, &movie, &err));
    }
    for (int p = 0; p < 20; p++) {
        const reel_rating rating = {.person = p, .movie = p % 2, .value = 1};

        assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
    }
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    model = fit_text(dataset, "ease lambda=20 side=5");
    assert_ok(reel_model_score(model, &query, scratch, scores, &err));
    assert_true(scores[2] > 0.1F && scores[2] > scores[1] && scores[3] == 0);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- fold-in, threads ---------------------------------------------------------------------- */

static void test_a_stored_row_is_a_folded_one(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "ease lambda=5");
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

/* The bytes of the file say it. */
static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    const random_shape large = {.seed = 42, .people = 200, .movies = 350, .density = 0.1};
    reel_dataset *dataset = random_dataset(&large);

    check_threads_change_no_bit(dataset, "ease lambda=20");
    reel_dataset_free(dataset);
}

static void test_renumbered_people_change_little(void **state)
{
    (void)state;
    random_shape turned = shape;
    turned.backwards = true;
    reel_dataset *one = random_dataset(&shape), *other = random_dataset(&turned);
    reel_model *first = fit_text(one, "ease lambda=5"), *second = fit_text(other, "ease lambda=5");
    reel_scratch *scratch = new_scratch();

    for (reel_index p = 0; p < PEOPLE; p++) {
        reel_entry entries[MOVIES];
        float a[MOVIES], b[MOVIES];
        reel_query query = trained_query(one, p, entries);

        assert_int_equal(reel_model_score(first, &query, scratch, a, NULL), REEL_OK);
        query.row = -1;
        assert_int_equal(reel_model_score(second, &query, scratch, b, NULL), REEL_OK);
        for (int j = 0; j < MOVIES; j++)
            assert_float_equal(a[j], b[j], (float)HALF);
    }
    reel_scratch_free(scratch);
    reel_model_free(first);
    reel_model_free(second);
    reel_dataset_free(one);
    reel_dataset_free(other);
}

/* ---- bad input ----------------------------------------------------------------------------- */

static void test_parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "ease lambda=0",     "ease lambda=-1",         "ease lambda=nan",
        "ease weighting=-1", "ease ridge=-0.1",        "ease channels=wrong",
        "ease side=-1",      "ease disliked_target=2", "ease disliked_lowest=-1"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(try_fit_text(&model, dataset, bad[i], NULL, &err), REEL_E_INVALID);
        assert_null(model);
    }
    reel_dataset_free(dataset);
}

/* One person, one film, films that nobody rated (without texts: they add nothing), nobody who liked
 * anything. */
static void test_the_smallest_data_give_finite_scores(void **state)
{
    (void)state;
    static const struct {
        int people, rated, films;
        const char *text;
    } cases[] = {{1, 1, 1, "ease"},
                 {1, 1, 5, "ease"},
                 {3, 1, 2, "ease ridge=2"},
                 {1, 4, 6, "ease lambda=0.01"},
                 {2, 3, 3, "ease liked=100"}};
    reel_scratch *scratch = new_scratch();
    reel_err err = {0};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_dataset *dataset = tiny_dataset(cases[c].people, cases[c].rated, cases[c].films, 1);
        reel_model *model = fit_text(dataset, cases[c].text);

        for (int film = 0; film < cases[c].films; film++) {
            const reel_entry entry = {.movie = film, .value = 200, .weight = 1};
            const reel_query query = {.entries = &entry, .count = 1, .row = -1};
            float scores[8];

            assert_ok(reel_model_score(model, &query, scratch, scores, &err));
            for (int j = 0; j < cases[c].films; j++)
                assert_true(isfinite(scores[j]) && (film < cases[c].rated || scores[j] == 0));
        }
        reel_model_free(model);
        reel_dataset_free(dataset);
    }
    reel_scratch_free(scratch);
}

static void test_many_films_are_refused_for_want_of_memory(void **state)
{
    (void)state;
    enum { FILMS = 2000 };
    const random_shape wide = {.seed = 43, .people = 5, .movies = FILMS, .density = 0.01};
    const reel_fit_context context = {.seed = 1, .memory = 10000000};
    reel_dataset *dataset = random_dataset(&wide);
    reel_model *model = NULL;
    reel_err err = {0};

    assert_fails(try_fit_text(&model, dataset, "ease channels=liked", &context, &err),
                 REEL_E_BUDGET, "ials or item-knn");
    assert_non_null(strstr(err.msg, "of memory, 10 MB may be used"));
    reel_dataset_free(dataset);
}

static void test_cancel_ends_a_fit(void **state)
{
    (void)state;
    const volatile bool cancel = true;
    const reel_fit_context context = {.seed = 1, .cancel = &cancel};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    assert_fails(try_fit_text(&model, dataset, "ease", &context, &err), REEL_E_CANCELLED,
                 "cancelled");
    assert_null(model);
    reel_dataset_free(dataset);
}

/* ---- files --------------------------------------------------------------------------------- */

/* Overwrites one float of the file with a value that cannot be. */
static void test_damaged_numbers_are_refused(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "ease lambda=5");

    check_last_number(model);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    assert_true(sweep_fit(dataset, "ease lambda=5", NULL) > 15);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_those_of_the_twin),
        cmocka_unit_test(test_a_film_without_ratings_is_found_by_its_text),
        cmocka_unit_test(test_a_stored_row_is_a_folded_one),
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(test_renumbered_people_change_little),
        cmocka_unit_test(test_parameters_out_of_range_are_refused),
        cmocka_unit_test(test_the_smallest_data_give_finite_scores),
        cmocka_unit_test(test_many_films_are_refused_for_want_of_memory),
        cmocka_unit_test(test_cancel_ends_a_fit),
        cmocka_unit_test(test_damaged_numbers_are_refused),
        cmocka_unit_test(test_no_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
