/* What holds for any matrix and any score vector. */
#include "support/property.h"
#include "support/ref_num.h"

#include <math.h>

#include "num/csr.h"

/* ---- top-k = full sort --------------------------------------------------------------------- */

enum { SCORES_MOST = 100000 };

/* Few distinct values make ties; rising ones are the worst case for a threshold. */
static void draw_scores(reel_rng *rng, float *scores, reel_index n)
{
    const int64_t kind = draw(rng, 0, 3);

    for (reel_index i = 0; i < n; i++)
        if (kind == 0)
            scores[i] = (float)reel__rng_normal(rng);
        else if (kind == 1)
            scores[i] = (float)draw(rng, 0, 5) / 2;
        else if (kind == 2)
            scores[i] = (float)(i / 3);
        else
            scores[i] = draw(rng, 0, 50) == 0 ? (float)reel__rng_unit(rng) : -1.0F;
}

static void topk_is_a_full_sort(void **state)
{
    static float scores[SCORES_MOST];
    static uint64_t skip[SCORES_MOST / 64 + 1];
    static reel_scored fast[SCORES_MOST], plain[SCORES_MOST];
    const uint64_t seed = property_seed();

    (void)state;
    for (uint64_t round = 0; round < 400; round++) {
        reel_rng rng = reel__rng_make(seed, round);
        const reel_index n =
            (reel_index)(round % 8 == 0 ? draw(&rng, 1, SCORES_MOST) : draw(&rng, 0, 1500));
        const size_t k = (size_t)(round % 3 == 0   ? draw(&rng, 0, n + 1)
                                  : round % 3 == 1 ? draw(&rng, 1, 30)
                                                   : draw(&rng, 1, 140));
        const bool skipping = draw(&rng, 0, 1) == 1;
        size_t count;

        draw_scores(&rng, scores, n);
        for (reel_index i = 0; i <= n / 64; i++)
            skip[i] = reel__rng_next(&rng) & reel__rng_next(&rng);
        count = reel__topk(scores, n, skipping ? skip : NULL, k, fast);
        assert_int_equal(count, ref_topk(scores, n, skipping ? skip : NULL, k, plain));
        for (size_t i = 0; i < count; i++)
            if (fast[i].index != plain[i].index || fast[i].score != plain[i].score)
                fail_msg("round %" PRIu64 ": place %zu of %zu is %d, not %d", round, i, count,
                         fast[i].index, plain[i].index);
    }
}

/* ---- matrices ------------------------------------------------------------------------------ */

static void draw_matrix(reel_rng *rng, reel_csr *out)
{
    const reel_index rows = (reel_index)draw(rng, 0, 60), cols = (reel_index)draw(rng, 1, 60);
    const uint64_t one_in = (uint64_t)draw(rng, 1, 20);
    reel_nnz at = 0;
    reel_err err;

    assert_ok(reel__csr_init(out, rows, cols, (reel_nnz)rows * cols, &err));
    for (reel_index r = 0; r < rows; r++) {
        for (reel_index c = 0; c < cols; c++)
            if (reel__rng_below(rng, one_in) == 0) {
                out->col[at] = c;
                out->val[at++] = (float)reel__rng_normal(rng);
            }
        out->ptr[r + 1] = at;
    }
}

static float entry(reel_csr_view matrix, reel_index row, reel_index column)
{
    for (reel_nnz i = matrix.ptr[row]; i < matrix.ptr[row + 1]; i++)
        if (matrix.col[i] == column)
            return matrix.val[i];
    return 0;
}

static void transposed_twice_is_the_same(void **state)
{
    const uint64_t seed = property_seed();

    (void)state;
    for (uint64_t round = 0; round < 300; round++) {
        reel_rng rng = reel__rng_make(seed, round);
        reel_csr matrix, once, twice;
        reel_err err;
        reel_nnz nnz;

        draw_matrix(&rng, &matrix);
        nnz = matrix.ptr[matrix.rows];
        assert_ok(reel__csr_check(reel__csr_view(&matrix), &err));
        assert_ok(reel__csr_transpose(&once, reel__csr_view(&matrix), &err));
        assert_ok(reel__csr_check(reel__csr_view(&once), &err));
        assert_ok(reel__csr_transpose(&twice, reel__csr_view(&once), &err));
        for (reel_index r = 0; r < matrix.rows; r++)
            for (reel_index c = 0; c < matrix.cols; c++)
                assert_true(entry(reel__csr_view(&matrix), r, c) ==
                            entry(reel__csr_view(&once), c, r));
        assert_memory_equal(twice.ptr, matrix.ptr, ((size_t)matrix.rows + 1) * sizeof *matrix.ptr);
        if (nnz > 0) {
            assert_memory_equal(twice.col, matrix.col, (size_t)nnz * sizeof *matrix.col);
            assert_memory_equal(twice.val, matrix.val, (size_t)nnz * sizeof *matrix.val);
        }
        reel__csr_fini(&matrix);
        reel__csr_fini(&once);
        reel__csr_fini(&twice);
    }
}

static void normalised_rows_have_length_one(void **state)
{
    const uint64_t seed = property_seed();

    (void)state;
    for (uint64_t round = 0; round < 300; round++) {
        reel_rng rng = reel__rng_make(seed, round);
        float norms[60];
        reel_csr matrix;

        draw_matrix(&rng, &matrix);
        reel__csr_normalise_rows(reel__csr_view(&matrix), matrix.val);
        reel__csr_row_norms(reel__csr_view(&matrix), norms);
        for (reel_index r = 0; r < matrix.rows; r++)
            assert_true(matrix.ptr[r] == matrix.ptr[r + 1] ? norms[r] == 0
                                                           : fabsf(norms[r] - 1) < 1e-6F);
        reel__csr_fini(&matrix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topk_is_a_full_sort),
        cmocka_unit_test(transposed_twice_is_the_same),
        cmocka_unit_test(normalised_rows_have_length_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
