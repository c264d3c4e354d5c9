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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndcg_by_hand),
        cmocka_unit_test(test_recall_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
