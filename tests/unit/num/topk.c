/* The k largest: corners. The property test compares with full sorts. */
#include "support/check.h"
#include "support/ref_num.h"

#include <float.h>

static void corners(void **state)
{
    static const float scores[] = {1, 3, 2, 3, -FLT_MAX};
    static const uint64_t all = 0x1F, some = 0x0A;
    reel_scored out[8];

    (void)state;
    assert_int_equal(reel__topk(scores, 5, NULL, 0, out), 0);
    assert_int_equal(reel__topk(scores, 0, NULL, 3, out), 0);
    assert_int_equal(reel__topk(scores, 5, &all, 3, out), 0);
    assert_int_equal(reel__topk(scores, 5, NULL, 8, out), 5);
    assert_int_equal(out[0].index, 1);
    assert_int_equal(out[1].index, 3);
    assert_int_equal(out[2].index, 2);
    assert_int_equal(out[4].index, 4);
    assert_true(out[4].score == -FLT_MAX);
    assert_int_equal(reel__topk(scores, 5, &some, 2, out), 2);
    assert_int_equal(out[0].index, 2);
    assert_int_equal(out[1].index, 0);
}

static void ties_go_by_index(void **state)
{
    static float scores[1000];
    reel_scored out[100];

    (void)state;
    assert_int_equal(reel__topk(scores, 1000, NULL, 100, out), 100);
    for (reel_index i = 0; i < 100; i++)
        assert_int_equal(out[i].index, i);
}

static void takes_no_memory(void **state)
{
    static float scores[3000];
    static reel_scored out[3000];
    size_t count;

    (void)state;
    for (int i = 0; i < 3000; i++)
        scores[i] = (float)(i * 7919 % 3001);
    reel__alloc_fail_after(0);
    count = reel__topk(scores, 3000, NULL, 3000, out);
    reel__alloc_fail_after(-1);
    assert_int_equal(count, 3000);
    for (size_t i = 1; i < count; i++)
        assert_true(out[i - 1].score > out[i].score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners),
        cmocka_unit_test(ties_go_by_index),
        cmocka_unit_test(takes_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
