/* Sparse matrices: small ones by hand, wrong ones, no memory. */
#include "support/check.h"

#include <math.h>

#include "num/csr.h"

/*  1 . 2
 *  . . .
 *  3 4 .  */
static const reel_nnz ptr[] = {0, 2, 2, 4};
static const reel_index col[] = {0, 2, 0, 1};
static const float val[] = {1, 2, 3, 4};
static const reel_csr_view small = {3, 3, ptr, col, val};

static void transposes(void **state)
{
    static const reel_nnz expected_ptr[] = {0, 2, 3, 4};
    static const reel_index expected_col[] = {0, 2, 2, 0};
    static const float expected_val[] = {1, 3, 4, 2};
    reel_csr turned;
    reel_err err;

    (void)state;
    assert_ok(reel__csr_transpose(&turned, small, &err));
    assert_int_equal(turned.rows, 3);
    assert_memory_equal(turned.ptr, expected_ptr, sizeof expected_ptr);
    assert_memory_equal(turned.col, expected_col, sizeof expected_col);
    assert_memory_equal(turned.val, expected_val, sizeof expected_val);
    reel__csr_fini(&turned);
    assert_null(turned.ptr);
    reel__csr_fini(&turned);
}

static void transposes_without_entries(void **state)
{
    static const reel_nnz zeros[3] = {0};
    const reel_csr_view empty = {2, 5, zeros, NULL, NULL}, nothing = {0, 0, zeros, NULL, NULL};
    reel_csr turned;
    reel_err err;

    (void)state;
    assert_ok(reel__csr_transpose(&turned, empty, &err));
    assert_int_equal(turned.rows, 5);
    assert_int_equal(turned.cols, 2);
    assert_int_equal(turned.ptr[5], 0);
    reel__csr_fini(&turned);
    assert_ok(reel__csr_transpose(&turned, nothing, &err));
    assert_ok(reel__csr_check(reel__csr_view(&turned), &err));
    reel__csr_fini(&turned);
}

static void measures_and_normalises_rows(void **state)
{
    float norms[3], scaled[4];

    (void)state;
    reel__csr_row_norms(small, norms);
    assert_true(fabsf(norms[0] - sqrtf(5)) < 1e-6F);
    assert_true(norms[1] == 0 && norms[2] == 5);
    reel__csr_normalise_rows(small, scaled);
    assert_true(fabsf(scaled[0] - 1 / sqrtf(5)) < 1e-6F);
    assert_true(scaled[2] == 0.6F && scaled[3] == 0.8F);
}

static void normalises_in_place_and_zeros(void **state)
{
    static const reel_nnz rows[] = {0, 1, 3};
    static const reel_index cols[] = {0, 0, 1};
    float values[] = {0, 3, -4};
    const reel_csr_view matrix = {2, 2, rows, cols, values};

    (void)state;
    reel__csr_normalise_rows(matrix, values);
    assert_true(values[0] == 0 && values[1] == 0.6F && values[2] == -0.8F);
}

static void checks_what_a_view_promises(void **state)
{
    static const reel_nnz late[] = {1, 2, 2, 4}, falls[] = {0, 3, 2, 4}, far[] = {0, 9, 9, 4};
    static const reel_index twice[] = {0, 0, 0, 1}, outside[] = {0, 2, 0, 3},
                            below[] = {0, 2, -1, 1};
    static const float bad[] = {1, 2, 3, NAN}, endless[] = {1, INFINITY, 3, 4};
    reel_csr_view wrong;
    reel_err err;

    (void)state;
    assert_ok(reel__csr_check(small, &err));
    wrong = small;
    wrong.ptr = late;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "starts at entry 1");
    wrong.ptr = falls;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "row 1: it ends before");
    wrong.ptr = far;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "row 2: it ends before");
    wrong = small;
    wrong.col = twice;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "row 0: column 0 after column 0");
    wrong.col = outside;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "row 2: column 3");
    wrong.col = below;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "row 2: column -1");
    wrong = small;
    wrong.val = bad;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "row 2: the value in column 1");
    wrong.val = endless;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "row 0: the value in column 2");
    wrong = small;
    wrong.rows = -1;
    assert_fails(reel__csr_check(wrong, &err), REEL_E_FORMAT, "-1 x 3");
}

static void refuses_impossible_sizes(void **state)
{
    reel_csr matrix;
    reel_err err;

    (void)state;
    assert_fails(reel__csr_init(&matrix, -1, 1, 1, &err), REEL_E_INVALID, "-1 x 1");
    assert_fails(reel__csr_init(&matrix, 1, 1, -5, &err), REEL_E_INVALID, "-5 entries");
    assert_fails(reel__csr_init(&matrix, 1, 1, INT64_MAX, &err), REEL_E_NOMEM, "memory");
    assert_null(matrix.ptr);
}

static reel_code turn(void *user, reel_err *err)
{
    reel_csr turned;
    const reel_code rc = reel__csr_transpose(&turned, small, err);

    (void)user;
    reel__csr_fini(&turned);
    return rc;
}

static void survives_without_memory(void **state)
{
    (void)state;
    assert_int_equal(sweep_memory(turn, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transposes),
        cmocka_unit_test(transposes_without_entries),
        cmocka_unit_test(measures_and_normalises_rows),
        cmocka_unit_test(normalises_in_place_and_zeros),
        cmocka_unit_test(checks_what_a_view_promises),
        cmocka_unit_test(refuses_impossible_sizes),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
