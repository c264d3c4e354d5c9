/* Unit tests of user-knn against its plain twin: scores, neighbours, all pairs, packed storage. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "model/user_knn.h"
#include "support/fit_text.h"
#include "support/random_data.h"
#include "support/ref_knn.h"

enum { PEOPLE = 70, MOVIES = 45 };

static reel_model *fit(const reel_dataset *dataset, const char *neighbours)
{
    const reel_param param = {"neighbours", neighbours};
    const reel_params params = {&param, 1};
    reel_model *model = NULL;

    assert_int_equal(reel_model_fit(&model, "user-knn", dataset, &params, NULL, NULL), REEL_OK);
    return model;
}

static void compare_with_twin(const random_shape *shape, ref_knn how)
{
    reel_dataset *dataset = random_dataset(shape);
    char text[100];
    reel_model *model;
    reel_scratch *scratch = NULL;
    reel_rng rng = reel__rng_make(shape->seed, 2);

    (void)snprintf(text, sizeof text, "user-knn neighbours=%d fame=%g exponent=%g", how.neighbours,
                   how.fame, how.exponent);
    model = fit_text(dataset, text);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (int n = 0; n < 60; n++) {
        reel_entry entries[MOVIES];
        double weight[PEOPLE], expected[MOVIES];
        float scores[MOVIES];
        const reel_query query =
            n % 2 ? random_query(&rng, MOVIES, entries) : trained_query(dataset, n, entries);

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        ref_knn_choose(dataset, &query, &how, weight);
        ref_knn_score(dataset, weight, expected);
        for (int j = 0; j < MOVIES; j++)
            assert_float_equal(scores[j], (float)expected[j], 2e-6F);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_scores_are_those_of_the_twin(void **state)
{
    (void)state;
    random_shape shape = {
        .seed = 11, .people = PEOPLE, .movies = MOVIES, .density = 0.25, .all_distinct = true};

    compare_with_twin(&shape, (ref_knn){.neighbours = 7, .exponent = 1});
    compare_with_twin(&shape, (ref_knn){.neighbours = 0, .exponent = 1});
    compare_with_twin(&shape, (ref_knn){.neighbours = 1000, .exponent = 1});
    compare_with_twin(&shape, (ref_knn){.neighbours = 7, .fame = 0.4, .exponent = 3});
    compare_with_twin(&shape, (ref_knn){.neighbours = 0, .fame = 0.4, .exponent = 3});
    shape.all_distinct = false; /* half stars: the packed kind */
    compare_with_twin(&shape, (ref_knn){.neighbours = 0, .exponent = 1});
}

static void test_neighbours_are_in_order_and_never_oneself(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 12, .people = PEOPLE, .movies = MOVIES, .density = 0.2};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "5");
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (reel_index u = 0; u < PEOPLE; u++) {
        reel_entry entries[MOVIES];
        reel_neighbour near[PEOPLE];
        double similarity[PEOPLE];
        size_t count = 99;
        reel_query query = trained_query(dataset, u, entries);

        assert_int_equal(reel_model_neighbours(model, &query, PEOPLE, scratch, near, &count, NULL),
                         REEL_OK);
        assert_true(count > 10 && count < PEOPLE);
        ref_knn_cosine(dataset, &query, similarity);
        for (size_t n = 0; n < count; n++) {
            assert_int_not_equal(near[n].row, u);
            assert_float_equal(near[n].similarity, (float)similarity[near[n].row], 1e-6F);
            if (n > 0)
                assert_true(near[n - 1].similarity > near[n].similarity ||
                            (near[n - 1].similarity == near[n].similarity &&
                             near[n - 1].row < near[n].row));
        }
        query.row = -1; /* a stranger with the same history: that person is the nearest */
        assert_int_equal(reel_model_neighbours(model, &query, 1, scratch, near, &count, NULL),
                         REEL_OK);
        assert_float_equal(near[0].similarity, 1.0F, 1e-6F);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_row_out_of_range_is_refused(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 13, .people = 9, .movies = 9, .density = 0.3};
    const reel_query query = {.row = 9};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "5");
    reel_scratch *scratch = NULL;
    float scores[9];
    reel_err err = {0};

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_score(model, &query, scratch, scores, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "row 9"));
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_nothing_in_common_scores_zero(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 14, .people = 9, .movies = 9, .density = 0.3};
    const reel_entry zeros[] = {{.movie = 1, .value = 0, .weight = 1},
                                {.movie = 2, .value = 1e-38F, .weight = 1e-30F}};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "5");
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (size_t count = 0; count <= 2; count++) {
        const reel_query query = {.entries = zeros, .count = count, .row = -1};
        reel_explanation why;
        float scores[9];

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int j = 0; j < 9; j++)
            assert_true(scores[j] == 0);
        assert_int_equal(reel_model_explain(model, &query, 3, 5, scratch, &why, NULL), REEL_OK);
        assert_true(why.score == 0 && why.reason_count == 0);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- reasons ------------------------------------------------------------------------------- */

/* What a list leaves in a scratch serves that list only: reasons in a scratch that has seen other
 * queries and questions are those in a fresh one, and cost no memory once it has grown. */
static void check_used_scratch(const reel_dataset *dataset, const reel_model *model)
{
    reel_scratch *used = NULL;
    reel_rng rng = reel__rng_make(18, 1);

    assert_int_equal(reel_scratch_new(&used, NULL), REEL_OK);
    for (reel_index n = 0; n < 150; n++) {
        reel_entry entries[MOVIES], other_entries[MOVIES];
        const reel_query query = trained_query(dataset, n % PEOPLE, entries);
        const reel_query other = random_query(&rng, MOVIES, other_entries);
        const reel_index movie = (reel_index)reel__rng_below(&rng, MOVIES);
        reel_explanation expected, why;
        reel_neighbour near[PEOPLE];
        reel_scratch *fresh = NULL;
        size_t count = 0;
        float scores[MOVIES];

        assert_int_equal(reel_scratch_new(&fresh, NULL), REEL_OK);
        assert_int_equal(reel_model_explain(model, &query, movie, 3, fresh, &expected, NULL),
                         REEL_OK);
        reel_scratch_free(fresh);
        reel__alloc_fail_after(n < PEOPLE ? -1 : 0);
        assert_int_equal(reel_model_score(model, &query, used, scores, NULL), REEL_OK);
        assert_int_equal(reel_model_neighbours(model, &other, PEOPLE, used, near, &count, NULL),
                         REEL_OK);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(reel_model_explain(model, &query, movie, 3, used, &why, NULL),
                             REEL_OK);
            assert_memory_equal(&why, &expected, sizeof why);
        }
        if (n < PEOPLE)
            assert_int_equal(reel_model_explain(model, &other, movie, 3, used, &why, NULL),
                             REEL_OK);
        reel__alloc_fail_after(-1);
    }
    reel_scratch_free(used);
}

static void test_reasons_are_the_same_in_a_used_scratch(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 18, .people = PEOPLE, .movies = MOVIES, .density = 0.25};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *few = fit(dataset, "7"), *all = fit(dataset, "0");

    check_used_scratch(dataset, few);
    check_used_scratch(dataset, all);
    reel_model_free(few);
    reel_model_free(all);
    reel_dataset_free(dataset);
}

static void test_reasons_may_run_out_of_memory(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 19, .people = 20, .movies = 12, .density = 0.4};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "5");
    reel_entry entries[MOVIES];
    const reel_query query = trained_query(dataset, 3, entries);
    long failures = 0;

    for (reel_code rc = REEL_E_NOMEM; rc != REEL_OK; failures++) {
        reel_scratch *scratch = NULL;
        reel_explanation why;

        assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
        reel__alloc_fail_after(failures);
        rc = reel_model_explain(model, &query, 5, 3, scratch, &why, NULL);
        reel__alloc_fail_after(-1);
        if (rc != REEL_OK) {
            assert_int_equal(rc, REEL_E_NOMEM);
            /* what was left half done is not taken for done */
            assert_int_equal(reel_model_explain(model, &query, 5, 3, scratch, &why, NULL), REEL_OK);
            assert_true(why.score > 0 && why.reason_count > 0);
        }
        reel_scratch_free(scratch);
    }
    assert_true(failures > 5);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* ---- everyone at once ---------------------------------------------------------------------- */

static void check_all_pairs(const random_shape *shape, size_t limit, int threads)
{
    reel_dataset *dataset = random_dataset(shape);
    const reel_index people = reel_dataset_people(dataset);
    reel_model *model = fit(dataset, "5");
    reel_neighbour *all = reel__alloc_array((size_t)people * limit, sizeof *all);
    reel_neighbour *one = reel__alloc_array(limit, sizeof *one);
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel__user_knn_all(model, limit, threads, all, NULL), REEL_OK);
    for (reel_index u = 0; u < people; u++) {
        reel_entry entries[RANDOM_HISTORY_MAX];
        const reel_query query = trained_query(dataset, u, entries);
        size_t count = 0;

        assert_int_equal(reel_model_neighbours(model, &query, limit, scratch, one, &count, NULL),
                         REEL_OK);
        for (size_t n = 0; n < limit; n++) {
            const reel_neighbour *got = &all[(size_t)u * limit + n];

            assert_int_equal(got->row, n < count ? one[n].row : -1);
            assert_true(got->similarity == (n < count ? one[n].similarity : 0));
        }
    }
    reel_scratch_free(scratch);
    reel__free(one);
    reel__free(all);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_all_pairs_are_the_neighbours_of_each(void **state)
{
    (void)state;
    random_shape shape = {.seed = 15, .people = 133, .movies = 90, .density = 0.1};

    check_all_pairs(&shape, 20, 1);
    check_all_pairs(&shape, 200, 4); /* more than there are */
    shape.density = 0.5;
    check_all_pairs(&shape, 20, 4);
    shape.real = true;
    check_all_pairs(&shape, 20, 4);
    shape = (random_shape){.seed = 16, .people = 3, .movies = 2, .density = 0.5};
    check_all_pairs(&shape, 2, 0);
}

static void test_all_pairs_may_run_out_of_memory(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 17, .people = 20, .movies = 12, .density = 0.4};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, "5");
    const long before = reel__alloc_live();

    for (long n = 0;; n++) {
        reel_neighbour near[40];
        reel_code rc;

        reel__alloc_fail_after(n);
        rc = reel__user_knn_all(model, 2, 1, near, NULL);
        reel__alloc_fail_after(-1);
        assert_int_equal(reel__alloc_live(), before);
        if (rc == REEL_OK)
            break;
        assert_int_equal(rc, REEL_E_NOMEM);
    }
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_all_pairs_needs_people(void **state)
{
    (void)state;
    const random_shape shape = {.seed = 17, .people = 20, .movies = 12, .density = 0.4};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_neighbour near[40];

    assert_int_equal(reel_model_fit(&model, "popular", dataset, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel__user_knn_all(model, 2, 1, near, NULL), REEL_E_INVALID);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_those_of_the_twin),
        cmocka_unit_test(test_neighbours_are_in_order_and_never_oneself),
        cmocka_unit_test(test_row_out_of_range_is_refused),
        cmocka_unit_test(test_nothing_in_common_scores_zero),
        cmocka_unit_test(test_reasons_are_the_same_in_a_used_scratch),
        cmocka_unit_test(test_reasons_may_run_out_of_memory),
        cmocka_unit_test(test_all_pairs_are_the_neighbours_of_each),
        cmocka_unit_test(test_all_pairs_may_run_out_of_memory),
        cmocka_unit_test(test_all_pairs_needs_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
