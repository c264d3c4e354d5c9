/* Gram matrices and inverses against their definitions. */
#include "support/check.h"

#include <math.h>

#include "base/rng.h"
#include "num/csr.h"
#include "num/gram.h"
#include "num/inverse.h"
#include "support/near.h"

/* A random people x films matrix, about one in four there. */
static void random_matrix(reel_csr *out, reel_index rows, reel_index cols, uint64_t stream)
{
    reel_rng rng = reel__rng_make(7, stream);
    reel_nnz at = 0;

    assert_int_equal(reel__csr_init(out, rows, cols, (reel_nnz)rows * cols, NULL), REEL_OK);
    for (reel_index r = 0; r < rows; r++) {
        for (reel_index c = 0; c < cols; c++) {
            if (reel__rng_below(&rng, 4) != 0)
                continue;
            out->col[at] = c;
            out->val[at++] = (float)(1 + reel__rng_below(&rng, 5));
        }
        out->ptr[r + 1] = at;
    }
}

static double *dense(const reel_csr *matrix)
{
    double *out = reel__alloc_zero((size_t)matrix->rows * (size_t)matrix->cols, sizeof *out);

    for (reel_index r = 0; r < matrix->rows; r++)
        for (reel_nnz k = matrix->ptr[r]; k < matrix->ptr[r + 1]; k++)
            out[r * matrix->cols + matrix->col[k]] = (double)matrix->val[k];
    return out;
}

/* The whole of Y^T W X. */
static double *product(const reel_csr *y, const reel_csr *x, const float *weights)
{
    double *dy = dense(y), *dx = dense(x);
    double *out = reel__alloc_zero((size_t)y->cols * (size_t)x->cols, sizeof *out);

    for (reel_index r = 0; r < x->rows; r++)
        for (reel_index i = 0; i < y->cols; i++)
            for (reel_index j = 0; j < x->cols; j++)
                out[i * x->cols + j] += (weights == NULL ? 1 : (double)weights[r]) *
                                        dy[r * y->cols + i] * dx[r * x->cols + j];
    reel__free(dy);
    reel__free(dx);
    return out;
}

static void gram_is_the_product(void **state)
{
    (void)state;
    enum { ROWS = 50, COLS = 37, STRIDE = 41 };
    float weights[ROWS];
    reel_csr x = {0}, y = {0};
    reel_err err = {0};

    random_matrix(&x, ROWS, COLS, 1);
    random_matrix(&y, ROWS, COLS - 6, 2);
    for (int r = 0; r < ROWS; r++)
        weights[r] = 0.25F * (float)(r % 7);
    for (int way = 0; way < 4; way++) {
        const bool weighted = way % 2 == 1, ones = way >= 2;
        const float *w = weighted ? weights : NULL;

        for (reel_nnz k = 0; ones && k < x.ptr[x.rows]; k++)
            x.val[k] = 1;
        double *own = product(&x, &x, w), *between = product(&y, &x, w);
        float gram[COLS][STRIDE], cross[COLS - 6][STRIDE];

        memset(gram, 0, sizeof gram);
        memset(cross, 0, sizeof cross);
        assert_ok(reel__gram_add(gram[0], STRIDE, reel__csr_view(&x), w, 1, &err));
        assert_ok(reel__gram_add_cross(cross[0], STRIDE, reel__csr_view(&y), reel__csr_view(&x), w,
                                       1, &err));
        for (int i = 0; i < COLS; i++)
            for (int j = 0; j < STRIDE; j++)
                assert_near((double)gram[i][j], j > i ? 0 : own[i * COLS + j], 1e-3);
        for (int i = 0; i < COLS - 6; i++)
            for (int j = 0; j < COLS; j++)
                assert_near((double)cross[i][j], between[i * COLS + j], 1e-3);
        reel__free(own);
        reel__free(between);
    }
    reel__csr_fini(&x);
    reel__csr_fini(&y);
}

/* A well-posed matrix: the Gram matrix of random numbers, and a diagonal. */
static float *random_spd(size_t n)
{
    float *a = reel__alloc_zero(n * n, sizeof *a);
    reel_csr x = {0};

    random_matrix(&x, (reel_index)n + 20, (reel_index)n, n);
    assert_int_equal(reel__gram_add(a, n, reel__csr_view(&x), NULL, 0, NULL), REEL_OK);
    for (size_t i = 0; i < n; i++)
        a[i * n + i] += 20;
    reel__csr_fini(&x);
    return a;
}

/* Largest |a b - I|, of the rows that are looked at; a's upper triangle is not read. */
static double distance_to_identity(const float *a, const float *b, size_t n)
{
    double worst = 0;

    for (size_t i = 0; i<n; i += n> 100 ? 17 : 1)
        for (size_t j = 0; j < n; j++) {
            double sum = i == j ? -1 : 0;

            for (size_t k = 0; k < n; k++)
                sum += (double)(k <= i ? a[i * n + k] : a[k * n + i]) * (double)b[k * n + j];
            worst = fmax(worst, fabs(sum));
        }
    return worst;
}

/* Sizes around those of the blocks, with as many threads as one likes. */
static void inverse_times_matrix_is_one(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 31, 32, 33, 70, 255, 256, 257, 300, 513, 777, 1025};
    const reel_inverse_opts one = {.threads = 1}, many = {.threads = 4};
    reel_err err = {0};

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t n = sizes[s];
        float *a = random_spd(n), *b = random_spd(n), *c = random_spd(n);

        assert_ok(reel__spd_inverse(b, n, &one, &err));
        assert_ok(reel__spd_inverse(c, n, &many, &err));
        assert_memory_equal(b, c, n * n * sizeof *b);
        assert_true(distance_to_identity(a, b, n) < 2e-4);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < i; j++)
                assert_true(b[i * n + j] == b[j * n + i]);
        reel__free(a);
        reel__free(b);
        reel__free(c);
    }
}

static void what_has_no_inverse_is_refused(void **state)
{
    (void)state;
    const reel_inverse_opts opts = {0};
    reel_err err = {0};
    float *a = random_spd(300);

    for (size_t j = 0; j < 300; j++) { /* row 290 becomes a copy of row 5 */
        const float x = j <= 5 ? a[5 * 300 + j] : a[j * 300 + 5];

        if (j <= 290)
            a[290 * 300 + j] = x;
        else
            a[j * 300 + 290] = x;
    }
    a[290 * 300 + 290] = a[5 * 300 + 5];
    assert_fails(reel__spd_inverse(a, 300, &opts, &err), REEL_E_INVALID, "regularisation");
    a[0] = NAN;
    assert_fails(reel__spd_inverse(a, 1, &opts, &err), REEL_E_INVALID, "definite");
    a[0] = -1;
    assert_fails(reel__spd_inverse(a, 1, &opts, &err), REEL_E_INVALID, "definite");
    reel__free(a);
}

static bool stop_at_second(double share, void *user)
{
    int *calls = user;

    assert_true(share >= 0 && share < 1);
    return ++*calls < 2;
}

static void inverse_can_be_cancelled(void **state)
{
    (void)state;
    int calls = 0;
    const reel_inverse_opts opts = {.step = stop_at_second, .user = &calls};
    reel_err err = {0};
    float *a = random_spd(600);

    assert_fails(reel__spd_inverse(a, 600, &opts, &err), REEL_E_CANCELLED, "cancelled");
    assert_int_equal(calls, 2);
    reel__free(a);
}

static void memory_may_run_out(void **state)
{
    (void)state;
    const reel_inverse_opts opts = {0};
    reel_csr x = {0};
    float a[9] = {0};
    reel_code rc = REEL_E_NOMEM;

    random_matrix(&x, 5, 3, 3);
    for (long n = 0; rc != REEL_OK; n++) {
        const long before = reel__alloc_live();

        reel__alloc_fail_after(n);
        rc = reel__gram_add(a, 3, reel__csr_view(&x), NULL, 1, NULL);
        reel__alloc_fail_after(-1);
        assert_int_equal(reel__alloc_live(), before);
        assert_true(rc == REEL_OK || rc == REEL_E_NOMEM);
    }
    reel__alloc_fail_after(0);
    assert_int_equal(reel__spd_inverse(a, 3, &opts, NULL), REEL_E_NOMEM);
    reel__alloc_fail_after(-1);
    reel__csr_fini(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gram_is_the_product),
        cmocka_unit_test(inverse_times_matrix_is_one),
        cmocka_unit_test(what_has_no_inverse_is_refused),
        cmocka_unit_test(inverse_can_be_cancelled),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
