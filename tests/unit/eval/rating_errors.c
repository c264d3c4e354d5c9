/* Unit tests of judging predicted ratings: against predictions asked for one by one. */
#include "support/check.h"

#include <math.h>

#include "eval/rating_errors.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/ref_metrics.h"

enum { FILMS = 40, PEOPLE = 60, MOST = PEOPLE * FILMS };
static const random_shape shape = {.seed = 5, .people = PEOPLE, .movies = FILMS, .density = 0.1};

static void make(reel_split *out, const reel_dataset *dataset, reel_protocol protocol, int round)
{
    reel_split_opts opts = reel__split_opts_default();
    reel_err err;

    opts.protocol = protocol;
    opts.share = 0.6;
    opts.unseen = 0.5;
    assert_ok(reel__split_make(out, dataset, &opts, round, &err));
}

static reel_model *fit(const reel_dataset *train)
{
    reel_model *model = NULL;
    reel_err err;

    assert_ok(reel_model_fit(&model, "baseline", train, NULL, NULL, &err));
    return model;
}

typedef struct slow_ratings {
    float predicted[MOST], actual[MOST];
    size_t count;
} slow_ratings;

/* Ask for each rating by itself. */
static void ask_slowly(slow_ratings *s, const reel_model *model, const reel_split *split,
                       const reel_held *held, bool alone)
{
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (reel_index row = 0; row < held->test.rows; row++)
        for (reel_nnz k = held->test.ptr[row]; k < held->test.ptr[row + 1]; k++) {
            reel_entry entries[FILMS];
            reel_query query = {.entries = entries, .row = -1};

            if (!alone)
                query = trained_query(split->history, row, entries);
            if (split->history != split->train)
                query.row = -1;
            query.now = held->times[k];
            s->actual[s->count] = held->test.val[k];
            assert_int_equal(reel_model_predict(model, &query, &held->test.col[k], 1, scratch,
                                                &s->predicted[s->count++], NULL),
                             REEL_OK);
        }
    reel_scratch_free(scratch);
}

static void check_protocol(reel_protocol protocol, bool some_alone)
{
    static slow_ratings slow;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    reel_interval rmse, mae;
    reel_rating_errors errors;
    reel_split split;
    reel_model *model;
    reel_err err;

    make(&split, dataset, protocol, 0);
    model = fit(split.train);
    slow.count = 0;
    ask_slowly(&slow, model, &split, &split.held, false);
    assert_int_equal(split.alone.test.rows > 0, some_alone);
    ask_slowly(&slow, model, &split, &split.alone, true);
    assert_ok(reel__rating_errors_init(&errors, PEOPLE, &err));
    assert_ok(reel__rating_errors_add(&errors, model, &split, NULL, 1, &err));
    assert_near(errors.rmse[0], ref_rmse(slow.predicted, slow.actual, slow.count), 1e-6);
    assert_near(errors.mae[0], ref_mae(slow.predicted, slow.actual, slow.count), 1e-6);
    assert_ok(reel__bootstrap_errors(&rmse, &mae, errors.each, PEOPLE, &opts, &err));
    assert_near(rmse.mean, errors.rmse[0], 1e-12);
    assert_near(mae.mean, errors.mae[0], 1e-12);
    assert_true(rmse.low < rmse.mean && rmse.mean < rmse.high && rmse.low > 0.5 * rmse.mean);
    reel__rating_errors_fini(&errors);
    reel_model_free(model);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

static void test_errors_are_those_of_single_questions(void **state)
{
    (void)state;
    check_protocol(REEL_PROTOCOL_RANDOM, true);
    check_protocol(REEL_PROTOCOL_RATIO, false);
    check_protocol(REEL_PROTOCOL_STRONG, false);
}

/* Predicted by the fit or asked for after it, by one thread or four: the same. */
static void test_targets_and_threads_change_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_rating_errors one, four, given;
    reel_fit_targets targets;
    reel_fit_context context = {.seed = 1, .targets = &targets};
    reel_index *rows;
    float *predicted;
    reel_model *model;
    reel_split split;
    reel_err err;

    make(&split, dataset, REEL_PROTOCOL_RANDOM, 0);
    assert_ok(reel__rating_targets(&targets, &rows, &predicted, &split, &err));
    assert_int_equal(targets.count, split.held.test.ptr[split.held.test.rows]);
    assert_ok(reel_model_fit(&model, "baseline", split.train, NULL, &context, &err));
    assert_ok(reel__rating_errors_init(&one, PEOPLE, &err));
    assert_ok(reel__rating_errors_init(&four, PEOPLE, &err));
    assert_ok(reel__rating_errors_init(&given, PEOPLE, &err));
    assert_ok(reel__rating_errors_add(&one, model, &split, NULL, 1, &err));
    assert_ok(reel__rating_errors_add(&four, model, &split, NULL, 4, &err));
    assert_ok(reel__rating_errors_add(&given, model, &split, predicted, 1, &err));
    assert_memory_equal(one.each, four.each, PEOPLE * REEL_ERRORS * sizeof *one.each);
    assert_memory_equal(one.each, given.each, PEOPLE * REEL_ERRORS * sizeof *one.each);
    reel__free(rows);
    reel__free(predicted);
    reel__rating_errors_fini(&one);
    reel__rating_errors_fini(&four);
    reel__rating_errors_fini(&given);
    reel_model_free(model);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

/* Over five folds every rating is predicted once, and the pooled error is that of the folds. */
static void test_folds_pool_all_ratings(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_nnz count = reel_dataset_ratings(dataset).ptr[PEOPLE];
    double predicted = 0, squares = 0, folds = 0;
    reel_rating_errors errors;
    reel_err err;

    assert_ok(reel__rating_errors_init(&errors, PEOPLE, &err));
    for (int round = 0; round < 5; round++) {
        reel_split split;
        reel_model *model;

        make(&split, dataset, REEL_PROTOCOL_FOLDS, round);
        model = fit(split.train);
        assert_ok(reel__rating_errors_add(&errors, model, &split, NULL, 0, &err));
        folds += errors.rmse[round] * errors.rmse[round] *
                 (double)(split.held.test.ptr[split.held.test.rows] +
                          split.alone.test.ptr[split.alone.test.rows]);
        reel_model_free(model);
        reel__split_fini(&split);
    }
    for (int p = 0; p < PEOPLE; p++) {
        predicted += errors.each[p * REEL_ERRORS + REEL_ERRORS_COUNT];
        squares += errors.each[p * REEL_ERRORS + REEL_ERRORS_SQUARES];
    }
    assert_near(predicted, (double)count, 0);
    assert_near(squares, folds, 1e-9 * folds);
    reel__rating_errors_fini(&errors);
    reel_dataset_free(dataset);
}

static void test_better_is_told_from_worse(void **state)
{
    (void)state;
    double a[2 * REEL_ERRORS] = {10, 10, 9, 10, 12, 9}, b[2 * REEL_ERRORS] = {10, 40, 9, 10, 44, 9};
    const reel_bootstrap_opts opts = reel__bootstrap_opts_default();
    reel_comparison found;
    reel_err err;

    assert_ok(reel__compare_errors(&found, a, b, 2, &opts, &err));
    assert_near(found.difference.mean, sqrt(22.0 / 20) - sqrt(84.0 / 20), 1e-12);
    assert_true(found.difference.high < 0 && found.p < 0.01);
    assert_ok(reel__compare_errors(&found, a, a, 2, &opts, &err));
    assert_near(found.difference.mean, 0, 0);
    assert_near(found.p, 1, 0);
}

static reel_code sweep(void *user, reel_err *err)
{
    const reel_bootstrap_opts opts = {.resamples = 3, .threads = 1};
    reel_rating_errors errors;
    reel_interval rmse, mae;
    reel_comparison found;
    reel_fit_targets targets;
    reel_index *rows = NULL;
    float *predicted = NULL;
    const reel_split *split = user;
    reel_model *model = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__rating_errors_init(&errors, PEOPLE, err));
    REEL_TRY(reel__rating_targets(&targets, &rows, &predicted, split, err));
    REEL_TRY(reel_model_fit(&model, "baseline", split->train, NULL,
                            &(reel_fit_context){.seed = 1, .threads = 1}, err));
    REEL_TRY(reel__rating_errors_add(&errors, model, split, NULL, 1, err));
    REEL_TRY(reel__bootstrap_errors(&rmse, &mae, errors.each, PEOPLE, &opts, err));
    REEL_TRY(reel__compare_errors(&found, errors.each, errors.each, PEOPLE, &opts, err));
out:
    reel__rating_errors_fini(&errors);
    reel_model_free(model);
    reel__free(rows);
    reel__free(predicted);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_split split;

    make(&split, dataset, REEL_PROTOCOL_RANDOM, 0);
    assert_true(sweep_memory(sweep, &split) > 15);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_are_those_of_single_questions),
        cmocka_unit_test(test_targets_and_threads_change_nothing),
        cmocka_unit_test(test_folds_pool_all_ratings),
        cmocka_unit_test(test_better_is_told_from_worse),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
