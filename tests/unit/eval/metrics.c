/* Unit tests of the metrics, by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "eval/metrics.h"
#include "support/near.h"

static const reel_index list[] = {7, 3, 9, 1};
static const reel_index relevant[] = {1, 3, 20};

static void test_ndcg_by_hand(void **state)
{
    (void)state;
    const double two = 1 / log2(3), three = 1 / log2(4), four = 1 / log2(5);

    assert_near(reel__ndcg(list, 4, relevant, 3, 4), (two + four) / (1 + two + three), 1e-12);
    assert_near(reel__ndcg(list, 4, relevant, 3, 2), two / (1 + two), 1e-12);
    assert_near(reel__ndcg(list, 4, relevant, 3, 1), 0, 0);
    assert_near(reel__ndcg(list + 1, 1, relevant, 3, 1), 1, 1e-12);
    assert_near(reel__ndcg(list + 1, 1, relevant + 1, 1, 100), 1, 1e-12);
    assert_near(reel__ndcg(list, 4, relevant, 0, 4), 0, 0);
    assert_near(reel__ndcg(list, 4, relevant, 3, 0), 0, 0);
}

static void test_recall_by_hand(void **state)
{
    (void)state;
    assert_near(reel__recall(list, 4, relevant, 3, 4), 2.0 / 3, 1e-12);
    assert_near(reel__recall(list, 4, relevant, 3, 3), 1.0 / 3, 1e-12);
    assert_near(reel__recall(list, 4, relevant, 3, 50), 2.0 / 3, 1e-12);
    assert_near(reel__recall(list, 4, relevant, 0, 4), 0, 0);
}

static void test_accuracies_by_hand(void **state)
{
    (void)state;
    const reel_accuracy four = reel__accuracy(list, 4, relevant, 3, 4);
    const reel_accuracy two = reel__accuracy(list, 4, relevant, 3, 2);

    assert_near(four.recall, 2.0 / 3, 1e-12);
    assert_near(four.recall_min, 2.0 / 3, 1e-12);
    assert_near(four.precision, 2.0 / 4, 1e-12);
    assert_near(four.hit_rate, 1, 0);
    assert_near(four.map, (1.0 / 2 + 2.0 / 4) / 3, 1e-12);
    assert_near(four.mrr, 1.0 / 2, 1e-12);
    assert_near(four.ndcg, reel__ndcg(list, 4, relevant, 3, 4), 1e-12);
    assert_near(two.recall, 1.0 / 3, 1e-12);
    assert_near(two.recall_min, 1.0 / 2, 1e-12);
    assert_near(two.precision, 1.0 / 2, 1e-12);
    assert_near(two.map, (1.0 / 2) / 2, 1e-12);
    assert_near(reel__accuracy(list, 4, relevant, 3, 1).hit_rate, 0, 0);
    assert_near(reel__accuracy(list, 4, relevant, 3, 1).mrr, 0, 0);
    assert_near(reel__accuracy(list, 4, relevant, 0, 4).ndcg, 0, 0);
    assert_near(reel__accuracy(list, 4, relevant, 3, 0).precision, 0, 0);
    assert_near(reel__accuracy(list, 4, relevant, 3, 8).precision, 2.0 / 8, 1e-12);
}

static void test_auc_by_hand(void **state)
{
    (void)state;
    /* Candidates in order: 1, 3, 0, 2, 5 (0, 2 and 5 tie); 4 is none. */
    const float scores[] = {2, 9, 2, 5, -INFINITY, 2};
    const reel_index good[] = {0, 3}, first[] = {1}, last[] = {5}, all[] = {0, 1, 2, 3, 5};

    assert_near(reel__auc(scores, 6, 5, good, 2), 4.0 / 6, 1e-12);
    assert_near(reel__auc(scores, 6, 5, first, 1), 1, 1e-12);
    assert_near(reel__auc(scores, 6, 5, last, 1), 0, 1e-12);
    assert_true(isnan(reel__auc(scores, 6, 5, all, 5)));
    assert_true(isnan(reel__auc(scores, 6, 5, all, 0)));
}

static void test_beyond_accuracy_by_hand(void **state)
{
    (void)state;
    int64_t even[] = {3, 3, 3, 3}, one[] = {0, 8, 0, 0}, none[] = {0, 0}, some[] = {3, 0, 1};
    const reel_nnz raters[] = {0, 8, 8, 10}; /* 8, 0 and 2 of 8 people */
    const reel_index films[] = {2, 0, 1};

    assert_near(reel__coverage(even, 4), 1, 0);
    assert_near(reel__coverage(one, 4), 0.25, 0);
    assert_near(reel__gini(even, 4), 0, 1e-12);
    assert_near(reel__gini(one, 4), 0.75, 1e-12);
    assert_near(reel__gini(none, 2), 0, 0);
    assert_near(reel__gini(some, 3), 0.5, 1e-12); /* (-2 * 0 + 0 * 1 + 2 * 3) / (4 * 3) */
    assert_near(reel__novelty(films, 3, 1, raters, 8), 2, 1e-12);
    assert_near(reel__novelty(films, 3, 2, raters, 8), 1, 1e-12);
    assert_near(reel__novelty(films, 3, 10, raters, 8), 5.0 / 3, 1e-12);
    assert_near(reel__novelty(films, 0, 10, raters, 8), 0, 0);
}

static void test_rating_errors_by_hand(void **state)
{
    (void)state;
    const float predicted[] = {4, 2.5F, 3}, actual[] = {5, 2.5F, 1};

    assert_near(reel__rmse(predicted, actual, 3), sqrt(5.0 / 3), 1e-12);
    assert_near(reel__mae(predicted, actual, 3), 1, 1e-12);
    assert_true(isnan(reel__rmse(predicted, actual, 0)));
    assert_true(isnan(reel__mae(predicted, actual, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracies_by_hand),
        cmocka_unit_test(test_auc_by_hand),
        cmocka_unit_test(test_beyond_accuracy_by_hand),
        cmocka_unit_test(test_rating_errors_by_hand),
        cmocka_unit_test(test_ndcg_by_hand),
        cmocka_unit_test(test_recall_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
