/* What ratings say to a model that ranks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "model/evidence.h"

static const reel_nnz ptr[] = {0, 3, 4};
static const reel_index col[] = {0, 1, 2, 1};

static reel_csr_view view(const float *val)
{
    return (reel_csr_view){.rows = 2, .cols = 3, .ptr = ptr, .col = col, .val = val};
}

static void test_grades_are_parted_at_four_of_five(void **state)
{
    static const float val[] = {5, 3.5F, 4, 1};
    const reel_entry four = {.value = 4, .weight = 1}, less = {.value = 3.5F, .weight = 1};
    const reel_entry click = {.value = 0, .weight = 1, .kind = REEL_ENTRY_CLICK};
    const reel_evidence e = reel__evidence_learn(view(val), 0);
    const reel_evidence all = reel__evidence_learn(view(val), 3);
    reel_csr liked, other;

    (void)state;
    assert_true(reel__evidence_likes(&e, &four) && reel__evidence_likes(&e, &click));
    assert_false(reel__evidence_likes(&e, &less));
    assert_true(reel__evidence_likes(&all, &less));
    assert_int_equal(reel__evidence_select(&liked, view(val), &e, true, NULL), REEL_OK);
    assert_int_equal(reel__evidence_select(&other, view(val), &e, false, NULL), REEL_OK);
    assert_int_equal(liked.ptr[1], 2);
    assert_int_equal(liked.ptr[2], 2);
    assert_int_equal(liked.col[1], 2);
    assert_true(liked.val[0] == 1);
    assert_int_equal(other.ptr[1], 1);
    assert_int_equal(other.ptr[2], 2);
    assert_int_equal(other.col[0], 1);
    reel__csr_fini(&liked);
    reel__csr_fini(&other);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_equal_values_are_no_grades(void **state)
{
    static const float val[] = {1, 1, 1, 1};
    const reel_entry none = {.value = 0, .weight = 1};
    const reel_evidence e = reel__evidence_learn(view(val), 0);
    reel_csr liked;

    (void)state;
    assert_true(reel__evidence_likes(&e, &none));
    assert_int_equal(reel__evidence_select(&liked, view(val), &e, true, NULL), REEL_OK);
    assert_int_equal(liked.ptr[2], 4);
    reel__csr_fini(&liked);
    reel__alloc_fail_after(0);
    assert_int_equal(reel__evidence_select(&liked, view(val), &e, true, NULL), REEL_E_NOMEM);
    reel__alloc_fail_after(-1);
    assert_int_equal(reel__alloc_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grades_are_parted_at_four_of_five),
        cmocka_unit_test(test_equal_values_are_no_grades),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
