/* Unit tests of the holdout protocol: what is held out, what a list may hold, threads, memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "eval/protocol.h"
#include "support/near.h"
#include "support/random_data.h"

static const random_shape shape = {.seed = 41, .people = 90, .movies = 130, .density = 0.25};

static bool has(reel_csr_view r, reel_index row, reel_index col)
{
    for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++)
        if (r.col[k] == col)
            return true;
    return false;
}

static void test_train_and_test_part_the_ratings(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_csr_view all = reel_dataset_ratings(dataset);
    reel_holdout holdout;
    reel_csr_view train, test;

    assert_int_equal(reel__holdout_make(&holdout, dataset, NULL, NULL), REEL_OK);
    train = reel_dataset_ratings(holdout.train);
    test = reel__csr_view(&holdout.test);
    assert_int_equal(reel_dataset_movies(holdout.train), reel_dataset_movies(dataset));
    assert_int_equal(train.rows, all.rows);
    assert_int_equal(train.ptr[train.rows] + test.ptr[test.rows], all.ptr[all.rows]);
    for (reel_index p = 0; p < all.rows; p++) {
        reel_nnz relevant = 0, held = test.ptr[p + 1] - test.ptr[p];

        for (reel_nnz k = all.ptr[p]; k < all.ptr[p + 1]; k++) {
            relevant += all.val[k] >= 4;
            assert_true(has(train, p, all.col[k]) != has(test, p, all.col[k]));
        }
        for (reel_nnz k = test.ptr[p]; k < test.ptr[p + 1]; k++)
            assert_true(test.val[k] >= 4);
        assert_int_equal(held, relevant < 5 ? 0 : llround((double)relevant * 0.2));
    }
    reel__holdout_fini(&holdout);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_the_seed_decides(void **state)
{
    (void)state;
    reel_holdout_opts opts = reel__holdout_opts_default();
    reel_dataset *dataset = random_dataset(&shape);
    reel_holdout a, b, c;

    assert_int_equal(reel__holdout_make(&a, dataset, &opts, NULL), REEL_OK);
    assert_int_equal(reel__holdout_make(&b, dataset, &opts, NULL), REEL_OK);
    opts.seed = 2;
    assert_int_equal(reel__holdout_make(&c, dataset, &opts, NULL), REEL_OK);
    assert_string_equal(reel_dataset_hash(a.train), reel_dataset_hash(b.train));
    assert_string_not_equal(reel_dataset_hash(a.train), reel_dataset_hash(c.train));
    reel__holdout_fini(&a);
    reel__holdout_fini(&b);
    reel__holdout_fini(&c);
    reel_dataset_free(dataset);
}

static void test_bad_options_are_refused(void **state)
{
    (void)state;
    reel_holdout_opts opts = reel__holdout_opts_default();
    reel_dataset *dataset = random_dataset(&shape);
    reel_holdout holdout;
    reel_err err = {0};

    opts.share = 1;
    assert_int_equal(reel__holdout_make(&holdout, dataset, &opts, &err), REEL_E_INVALID);
    opts = reel__holdout_opts_default();
    opts.relevant = 6;
    assert_int_equal(reel__holdout_make(&holdout, dataset, &opts, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "nobody has 5 ratings of 6"));
    reel_dataset_free(dataset);
}

/* popular by count, judged by hand: the films by count, known ones left out. */
static double popular_ndcg10(const reel_holdout *holdout, reel_index person)
{
    const reel_csr_view train = reel_dataset_ratings(holdout->train);
    const reel_csr_view raters = reel_dataset_raters(holdout->train);
    const reel_csr_view test = reel__csr_view(&holdout->test);
    const reel_nnz held = test.ptr[person + 1] - test.ptr[person];
    double gain = 0, ideal = 0;
    bool used[130] = {false};

    for (int rank = 0; rank < 10; rank++) {
        reel_index best = -1;

        for (reel_index j = 0; j < train.cols; j++)
            if (!used[j] && !has(train, person, j) &&
                (best < 0 ||
                 raters.ptr[j + 1] - raters.ptr[j] > raters.ptr[best + 1] - raters.ptr[best]))
                best = j;
        used[best] = true;
        if (has(test, person, best))
            gain += 1 / log2(rank + 2.0);
        if (rank < held)
            ideal += 1 / log2(rank + 2.0);
    }
    return gain / ideal;
}

static void test_popular_is_judged_as_by_hand(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_param by = {"by", "count"};
    const reel_params params = {&by, 1};
    reel_holdout holdout;
    reel_model *model = NULL;
    reel_quality quality, again;
    double each[90], sum = 0;
    reel_index people = 0;

    assert_int_equal(reel__holdout_make(&holdout, dataset, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_fit(&model, "popular", holdout.train, &params, NULL, NULL),
                     REEL_OK);
    assert_int_equal(reel__evaluate(&quality, each, model, &holdout, 1, NULL), REEL_OK);
    for (reel_index p = 0; p < 90; p++) {
        if (isnan(each[p])) {
            assert_int_equal(holdout.test.ptr[p], holdout.test.ptr[p + 1]);
            continue;
        }
        assert_near(each[p], popular_ndcg10(&holdout, p), 1e-12);
        sum += each[p];
        people++;
    }
    assert_int_equal(quality.people, people);
    assert_true(people > 60);
    assert_near(quality.ndcg10, sum / people, 1e-12);
    assert_true(quality.recall20 > 0 && quality.ndcg100 > quality.ndcg10);
    assert_int_equal(reel__evaluate(&again, NULL, model, &holdout, 4, NULL), REEL_OK);
    assert_memory_equal(&again, &quality, sizeof quality);
    reel_model_free(model);
    reel__holdout_fini(&holdout);
    reel_dataset_free(dataset);
}

static void test_a_model_of_other_films_is_refused(void **state)
{
    (void)state;
    random_shape small = shape;
    reel_dataset *dataset = random_dataset(&shape), *other;
    reel_holdout holdout;
    reel_model *model = NULL;
    reel_quality quality;

    small.movies = 50;
    other = random_dataset(&small);
    assert_int_equal(reel__holdout_make(&holdout, dataset, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_fit(&model, "popular", other, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel__evaluate(&quality, NULL, model, &holdout, 1, NULL), REEL_E_INVALID);
    reel_model_free(model);
    reel__holdout_fini(&holdout);
    reel_dataset_free(dataset);
    reel_dataset_free(other);
}

static reel_code whole_evaluation(const reel_dataset *dataset)
{
    reel_code rc = REEL_OK;
    reel_holdout holdout = {0};
    reel_model *model = NULL;
    reel_quality quality;

    REEL_TRY(reel__holdout_make(&holdout, dataset, NULL, NULL));
    REEL_TRY(reel_model_fit(&model, "user-knn", holdout.train, NULL, NULL, NULL));
    REEL_TRY(reel__evaluate(&quality, NULL, model, &holdout, 1, NULL));
out:
    reel_model_free(model);
    reel__holdout_fini(&holdout);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    const random_shape tiny = {.seed = 5, .people = 8, .movies = 40, .density = 0.9};
    reel_dataset *dataset = random_dataset(&tiny);
    const long before = reel__alloc_live();
    reel_code rc = REEL_E_NOMEM;

    for (long n = 0; rc != REEL_OK; n++) {
        assert_int_equal(rc, REEL_E_NOMEM);
        reel__alloc_fail_after(n);
        rc = whole_evaluation(dataset);
        reel__alloc_fail_after(-1);
        assert_int_equal(reel__alloc_live(), before);
    }
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_train_and_test_part_the_ratings),
        cmocka_unit_test(test_the_seed_decides),
        cmocka_unit_test(test_bad_options_are_refused),
        cmocka_unit_test(test_popular_is_judged_as_by_hand),
        cmocka_unit_test(test_a_model_of_other_films_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
