/* Unit tests of the long rows of a packed matrix: the entries they hold, and sums to the bit. */
#include "model/long_rows.h"

#include <string.h>

#include "base/rng.h"
#include "num/csr.h"
#include "support/check.h"

enum { ROWS = 60, COLUMNS = 333 };

/* Row i has an entry in about one of i + 1 columns. */
static void make_matrix(reel_packed *out, float step)
{
    reel_csr matrix = {0};
    reel_rng rng = reel__rng_make(8, 1);
    reel_nnz at = 0;
    reel_err err = {0};

    assert_ok(reel__csr_init(&matrix, ROWS, COLUMNS, (reel_nnz)ROWS * COLUMNS, &err));
    for (reel_index i = 0; i < ROWS; i++) {
        for (reel_index j = 0; j < COLUMNS; j++)
            if (reel__rng_below(&rng, (uint64_t)i + 1) == 0) {
                matrix.col[at] = j;
                matrix.val[at++] = step * (float)(1 + reel__rng_below(&rng, 10));
            }
        matrix.ptr[i + 1] = at;
    }
    assert_ok(reel__packed_make(out, reel__csr_view(&matrix), &err));
    reel__csr_fini(&matrix);
}

static void test_long_rows_hold_what_the_matrix_does(void **state)
{
    (void)state;
    reel_packed matrix;
    reel_long_rows rows;
    int known = 0;
    reel_err err = {0};

    make_matrix(&matrix, 0.5F);
    assert_ok(reel__long_rows_make(&rows, &matrix, &err));
    for (reel_index i = 0; i < ROWS; i++) {
        const uint8_t *row = reel__long_row(&rows, i);
        const reel_nnz count = matrix.ptr[i + 1] - matrix.ptr[i];
        float expected[COLUMNS] = {0};

        assert_true((row != NULL) == (8 * count >= COLUMNS));
        if (row == NULL)
            continue;
        known++;
        reel__packed_scatter(&matrix, i, 1, expected);
        for (int j = 0; j < COLUMNS; j++)
            assert_true((float)row[j] == expected[j]);
    }
    assert_true(known > 3 && known < ROWS / 2);
    reel__long_rows_fini(&rows);
    reel__packed_fini(&matrix);
}

/* Any number of rows, long and short ones mixed, some of them twice. step .5: bytes; .3: no bytes,
 * and so no long rows. */
static void check_sums(float step)
{
    reel_packed matrix;
    reel_long_rows rows;
    reel_rng rng = reel__rng_make(9, 1);
    reel_err err = {0};

    make_matrix(&matrix, step);
    assert_ok(reel__long_rows_make(&rows, &matrix, &err));
    assert_true((reel__long_row(&rows, 0) == NULL) == (step != 0.5F));
    for (size_t count = 0; count < 40; count++) {
        reel_index row[40];
        float a[40], y[COLUMNS], expected[COLUMNS];

        for (int j = 0; j < COLUMNS; j++)
            y[j] = expected[j] = (float)j;
        for (size_t k = 0; k < count; k++) {
            row[k] = (reel_index)reel__rng_below(&rng, k % 3 == 0 ? ROWS : 8);
            a[k] = (float)reel__rng_normal(&rng);
            reel__packed_scatter(&matrix, row[k], a[k], expected);
        }
        reel__long_rows_add(&rows, row, a, count, y);
        assert_memory_equal(y, expected, sizeof y);
    }
    reel__long_rows_fini(&rows);
    reel__packed_fini(&matrix);
}

static void test_sums_have_the_bits_of_one_row_after_the_other(void **state)
{
    (void)state;
    check_sums(0.5F);
    check_sums(0.3F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_rows_hold_what_the_matrix_does),
        cmocka_unit_test(test_sums_have_the_bits_of_one_row_after_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
