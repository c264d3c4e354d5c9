/* Unit tests of ease: its weights against a plain twin, its fold-in, its files, and bad input. */
#include "support/check.h"

#include <math.h>

#include "base/file.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/ref_ease.h"
#include "support/temp.h"

enum { PEOPLE = 60, MOVIES = 40, PARAMS = 12 };

/* What weights of eleven bits leave of a score of a few. */
#define HALF 1e-3

static const random_shape shape = {.seed = 41, .people = PEOPLE, .movies = MOVIES, .density = 0.3};

/* Fit with parameters as "name=value name=value". */
static reel_code try_fit(reel_model **out, const reel_dataset *dataset, const char *text,
                         const reel_fit_context *context, reel_err *err)
{
    char copy[512];
    reel_param items[PARAMS];
    reel_params params = {items, 0};
    char *rest = NULL;

    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *one = strtok_r(copy, " ", &rest); one != NULL; one = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(one, '=');

        *value = '\0';
        items[params.count++] = (reel_param){one, value + 1};
    }
    return reel_model_fit(out, "ease", dataset, &params, context, err);
}

static reel_model *fit(const reel_dataset *dataset, const char *text)
{
    reel_model *model = NULL;
    reel_err err = {0};

    assert_ok(try_fit(&model, dataset, text, NULL, &err));
    return model;
}

static reel_scratch *new_scratch(void)
{
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    return scratch;
}

/* ---- the twin ------------------------------------------------------------------------------ */

static void compare_with_twin(const ref_ease *twin, const char *text)
{
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, text);
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

    compare_with_twin(&twin, "lambda=3 liked=3.5 channels=liked weighting=0 ridge=0 side=0");
    twin.weighting = 0.5;
    twin.ridge = 0.4;
    compare_with_twin(&twin, "lambda=3 liked=3.5 channels=liked weighting=0.5 ridge=0.4 side=0");
    twin.side = 1.5;
    compare_with_twin(&twin, "lambda=3 liked=3.5 channels=liked weighting=0.5 ridge=0.4 side=1.5");
    twin.disliked = true;
    compare_with_twin(&twin, "lambda=3 liked=3.5 weighting=0.5 ridge=0.4 side=1.5 "
                             "disliked_target=0 disliked_lowest=1");
    twin.target = 0.7;
    twin.lowest = 0.2;
    compare_with_twin(&twin, "lambda=3 liked=3.5 weighting=0.5 ridge=0.4 side=1.5 "
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
    model = fit(dataset, "lambda=20 side=5");
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
    reel_model *model = fit(dataset, "lambda=5");
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
    reel_file_map files[2];
    reel_err err = {0};

    for (int i = 0; i < 2; i++) {
        const char *path = temp_path(i == 0 ? "one.reel" : "four.reel");
        const reel_fit_context context = {.seed = 1, .threads = i == 0 ? 1 : 4};
        reel_model *model = NULL;

        assert_ok(try_fit(&model, dataset, "lambda=20", &context, &err));
        assert_ok(reel_model_save(model, path, &err));
        assert_ok(reel__file_map_open(&files[i], path, &err));
        reel_model_free(model);
    }
    assert_int_equal(files[0].size_bytes, files[1].size_bytes);
    assert_memory_equal(files[0].data, files[1].data, files[0].size_bytes);
    reel__file_map_close(&files[0]);
    reel__file_map_close(&files[1]);
    reel_dataset_free(dataset);
}

static void test_renumbered_people_change_little(void **state)
{
    (void)state;
    random_shape turned = shape;
    turned.backwards = true;
    reel_dataset *one = random_dataset(&shape), *other = random_dataset(&turned);
    reel_model *first = fit(one, "lambda=5"), *second = fit(other, "lambda=5");
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
    static const char *const bad[] = {"lambda=0",     "lambda=-1",         "lambda=nan",
                                      "weighting=-1", "ridge=-0.1",        "channels=wrong",
                                      "side=-1",      "disliked_target=2", "disliked_lowest=-1"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(try_fit(&model, dataset, bad[i], NULL, &err), REEL_E_INVALID);
        assert_null(model);
    }
    reel_dataset_free(dataset);
}

static reel_dataset *tiny(int people, int films_rated, int films)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int m = 0; m < films; m++) {
        const reel_movie movie = {.id = m,
                                  .title = "",
                                  .name = "",
                                  .genres = "",
                                  .overview = "",
                                  .tagline = "",
                                  .keywords = "",
                                  .cast = "",
                                  .directors = "",
                                  .tags = "",
                                  .original_title = "",
                                  .language = "",
                                  .release_date = "",
                                  .poster_path = "",
                                  .backdrop_path = "",
                                  .trailer_key = ""};

        assert_int_equal(reel_dataset_builder_add_movie(builder, &movie, NULL), REEL_OK);
    }
    for (int p = 0; p < people; p++)
        for (int m = 0; m < films_rated; m++) {
            const reel_rating rating = {.person = p, .movie = m, .value = (float)(1 + m)};

            assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
        }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

/* One person, one film, films that nobody rated (without texts: they add nothing), nobody who liked
 * anything. */
static void test_the_smallest_data_give_finite_scores(void **state)
{
    (void)state;
    static const struct {
        int people, rated, films;
        const char *text;
    } cases[] = {{1, 1, 1, ""},
                 {1, 1, 5, ""},
                 {3, 1, 2, "ridge=2"},
                 {1, 4, 6, "lambda=0.01"},
                 {2, 3, 3, "liked=100"}};
    reel_scratch *scratch = new_scratch();
    reel_err err = {0};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_dataset *dataset = tiny(cases[c].people, cases[c].rated, cases[c].films);
        reel_model *model = fit(dataset, cases[c].text);

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

    assert_fails(try_fit(&model, dataset, "channels=liked", &context, &err), REEL_E_BUDGET,
                 "ials or item-knn");
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

    assert_fails(try_fit(&model, dataset, "", &context, &err), REEL_E_CANCELLED, "cancelled");
    assert_null(model);
    reel_dataset_free(dataset);
}

/* ---- files --------------------------------------------------------------------------------- */

/* Overwrites one float of the file with a value that cannot be. */
static void test_damaged_numbers_are_refused(void **state)
{
    (void)state;
    const char *path = temp_path("ease.reel");
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "lambda=5"), *loaded = NULL;
    const float bad = NAN;
    FILE *file;
    reel_err err = {0};

    assert_ok(reel_model_save(model, path, &err));
    file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -(long)sizeof bad, SEEK_END), 0);
    assert_int_equal(fwrite(&bad, sizeof bad, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    assert_fails(reel_model_load(&loaded, path, &err), REEL_E_FORMAT, "");
    assert_null(loaded);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static reel_code fit_save_load(void *user, reel_err *err)
{
    const char *path = temp_path("sweep.reel");
    reel_model *model = NULL, *loaded = NULL;
    reel_code rc = try_fit(&model, user, "lambda=5", NULL, err);

    if (rc == REEL_OK)
        rc = reel_model_save(model, path, err);
    if (rc == REEL_OK)
        rc = reel_model_load(&loaded, path, err);
    reel_model_free(model);
    reel_model_free(loaded);
    return rc;
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    assert_true(sweep_memory(fit_save_load, dataset) > 15);
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
