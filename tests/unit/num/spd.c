/* Unit tests of Gram matrices, Cholesky factors, inverses, several right sides, and products with
 * gathered rows. */
#include "support/check.h"

#include <math.h>

#include "base/rng.h"
#include "num/rows.h"
#include "num/spd.h"
#include "num/spd_many.h"
#include "support/near.h"

enum { ROWS = 1100, D = 176 };

static float factors[ROWS * D];

static void fill(uint64_t seed)
{
    reel_rng rng = reel__rng_make(seed, 1);

    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        factors[i] = (float)reel__rng_normal(&rng);
}

static void check_gram(const float *weight, reel_index n)
{
    static float one[D * D], four[D * D];
    reel_err err = {0};

    assert_ok(reel__spd_gram(factors, weight, n, D, 1, one, &err));
    assert_ok(reel__spd_gram(factors, weight, n, D, 4, four, &err));
    assert_memory_equal(one, four, sizeof one);
    for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++) {
            double sum = 0;

            for (size_t r = 0; r < (size_t)n; r++)
                sum += (weight == NULL ? 1 : (double)weight[r]) * (double)factors[r * D + i] *
                       (double)factors[r * D + j];
            assert_near((double)one[i * D + j], sum, 1e-3);
        }
}

static void test_gram_is_the_weighted_sum(void **state)
{
    (void)state;
    static float weight[ROWS];

    fill(1);
    for (int r = 0; r < ROWS; r++)
        weight[r] = (float)(r % 7) * 0.25F;
    check_gram(NULL, ROWS);
    check_gram(weight, ROWS);
    check_gram(weight, 3);
    check_gram(NULL, 0);
}

static void make_matrix(double *a, size_t d)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            a[i * d + j] = i == j ? 1 : 0;
            for (size_t r = 0; r < 60; r++)
                a[i * d + j] += (double)factors[r * D + i] * (double)factors[r * D + j];
        }
}

static void test_inverse_and_solution_give_the_matrix_back(void **state)
{
    (void)state;
    static double a[D * D], inverse[D * D], work[D * D], b[D];

    fill(2);
    for (size_t d = 1; d <= D; d += 5) {
        make_matrix(a, d);
        memcpy(inverse, a, sizeof inverse);
        assert_true(reel__spd_invert(inverse, d, work));
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++) {
                double sum = 0;

                for (size_t k = 0; k < d; k++)
                    sum += a[i * d + k] * inverse[k * d + j];
                assert_near(sum, i == j, 1e-10);
                assert_true(inverse[i * d + j] == inverse[j * d + i]);
            }
        for (size_t i = 0; i < d; i++)
            b[i] = a[i * d]; /* the first column: its solution is the first unit vector */
        assert_true(reel__spd_solve(a, d, b));
        for (size_t i = 0; i < d; i++)
            assert_near(b[i], i == 0, 1e-10);
    }
}

static void test_what_is_not_positive_definite_is_refused(void **state)
{
    (void)state;
    double zero[4] = {0}, indefinite[4] = {1, 2, 2, 1}, lost[4] = {NAN, 0, 0, 1}, work[4];
    double b[2] = {1, 1};

    assert_false(reel__spd_invert(zero, 2, work));
    assert_false(reel__spd_invert(indefinite, 2, work));
    assert_false(reel__spd_solve(lost, 2, b));
}

static void check_rows(size_t d, size_t count)
{
    reel_index index[40];
    float weight[40], pull[40], x[D], out[D], pulled[D];
    double expected[D], squares = 0;
    reel_rng rng = reel__rng_make(3, count);

    for (size_t i = 0; i < count; i++) {
        index[i] = (reel_index)reel__rng_below(&rng, sizeof factors / sizeof *factors / d);
        weight[i] = (float)reel__rng_unit(&rng);
        pull[i] = (float)reel__rng_unit(&rng);
    }
    for (size_t f = 0; f < d; f++) {
        x[f] = (float)reel__rng_normal(&rng);
        out[f] = pulled[f] = (float)f;
        expected[f] = (double)f;
    }
    for (size_t i = 0; i < count; i++) {
        const float *y = factors + (size_t)index[i] * d;
        double sum = 0;

        for (size_t f = 0; f < d; f++)
            sum += (double)y[f] * (double)x[f];
        for (size_t f = 0; f < d; f++)
            expected[f] += ((double)pull[i] - (double)weight[i] * sum) * (double)y[f];
        squares += (double)weight[i] * sum * sum;
    }
    const reel_rows rows = {factors, d, index, weight, pull, count};
    const reel_rows still = {factors, d, index, weight, NULL, count};

    assert_near(reel__rows_squares(&rows, x), squares, 1e-5 * (1 + squares));
    reel__rows_pull(&rows, x, out);
    reel__rows_pull(&still, x, pulled);
    for (size_t f = 0; f < d; f++) {
        double without = (double)out[f];

        for (size_t i = 0; i < count; i++)
            without -= (double)pull[i] * (double)factors[(size_t)index[i] * d + f];
        assert_near((double)out[f], expected[f], 1e-3);
        assert_near((double)pulled[f], without, 1e-3);
    }
}

static void test_rows_pull_by_weight_and_distance(void **state)
{
    (void)state;
    fill(4);
    for (size_t d = REEL_ROWS_UNIT; d <= D; d += REEL_ROWS_UNIT)
        for (size_t count = 0; count < 40; count++)
            check_rows(d, count);
}

/* Each of many vectors gets what it gets alone, and that is right. */
static void check_many_abreast(size_t d, size_t count)
{
    enum { MANY = REEL_ROWS_MANY, MOST = 40 + 7 };
    _Alignas(64) static float x[D * MANY], alone[D * MANY], dots[MOST * MANY], own[MOST * MANY];
    reel_index index[40];
    reel_rng rng = reel__rng_make(9, count);
    const size_t chosen = count % MANY;
    const reel_rows rows = {.factors = factors, .d = d, .index = index, .count = count};

    for (size_t i = 0; i < count; i++)
        index[i] = (reel_index)reel__rng_below(&rng, sizeof factors / sizeof *factors / d);
    for (size_t k = 0; k < d * MANY; k++) {
        x[k] = (float)reel__rng_normal(&rng);
        alone[k] = k % MANY == chosen ? x[k] : 0;
    }
    reel__rows_dots_many(&rows, x, dots);
    reel__rows_dots_many(&rows, alone, own);
    for (size_t i = 0; i < count; i++) {
        double expected = 0;

        for (size_t f = 0; f < d; f++)
            expected += (double)x[f * MANY + chosen] * (double)factors[(size_t)index[i] * d + f];
        assert_near((double)dots[i * MANY + chosen], expected, 1e-3);
        assert_true(own[i * MANY + chosen] == dots[i * MANY + chosen]);
    }
}

static void test_rows_times_many_vectors(void **state)
{
    (void)state;
    fill(6);
    for (size_t d = REEL_ROWS_UNIT; d <= D; d += REEL_ROWS_UNIT)
        for (size_t count = 0; count < 40; count++)
            check_many_abreast(d, count);
}

static void test_products_with_a_vector(void **state)
{
    (void)state;
    static float matrix[D * D], out[REEL_ROWS_LANES * D];
    static float alone[REEL_ROWS_LANES * D], again[REEL_ROWS_LANES * D];
    reel_err err = {0};

    fill(5);
    assert_ok(reel__spd_gram(factors, NULL, 100, D, 1, matrix, &err));
    reel__rows_multiply(matrix, D, factors, out);
    for (size_t k = 0; k < sizeof out / sizeof *out; k++) {
        double sum = 0;

        for (size_t j = 0; j < D; j++)
            sum += (double)matrix[k % D * D + j] * (double)factors[k / D * D + j];
        assert_near((double)out[k], sum, 1e-2);
    }
    memcpy(alone, factors, D * sizeof *alone);
    reel__rows_multiply(matrix, D, alone, again);
    assert_memory_equal(again, out, D * sizeof *out);
    for (size_t k = 0; k < REEL_ROWS_LANES; k++) {
        reel__rows_multiply_one(matrix, D, factors + k * D, again);
        assert_memory_equal(again, out + k * D, D * sizeof *out);
    }
}

/* ---- several right sides ------------------------------------------------------------------- */

/* (I + X^T X) z = q for right side `chosen`, of count rows of x [count x n], in double. */
static void solve_one(const float *x, size_t count, size_t n, const float *q, size_t chosen,
                      double *z)
{
    static double a[D * D];

    for (size_t i = 0; i < n; i++) {
        z[i] = (double)q[i * REEL_ROWS_MANY + chosen];
        for (size_t j = 0; j < n; j++) {
            a[i * n + j] = i == j ? 1 : 0;
            for (size_t k = 0; k < count; k++)
                a[i * n + j] += (double)x[k * n + i] * (double)x[k * n + j];
        }
    }
    assert_true(reel__spd_solve(a, n, z));
}

/* The rows in two pieces; `alone`: that right side and zeros beside it, or all. */
static void solve_many(const float *x, size_t count, size_t n, const float *q, int alone,
                       float *out)
{
    _Alignas(64) static float memory[D * (D + REEL_ROWS_MANY)];
    reel_spd_many system;

    reel__spd_many_open(&system, n, memory);
    reel__spd_many_add(&system, x, count / 3);
    reel__spd_many_add(&system, x + count / 3 * n, count - count / 3);
    for (size_t i = 0; i < n; i++)
        for (int m = 0; m < REEL_ROWS_MANY; m++)
            if (alone < 0 || alone == m)
                system.upper[i * system.stride + n + (size_t)m] = q[i * REEL_ROWS_MANY + (size_t)m];
    assert_true(reel__spd_many_solve(&system, out));
}

static void check_many_sides(size_t n, size_t count)
{
    _Alignas(64) static float x[D * D], out[D * REEL_ROWS_MANY], own[D * REEL_ROWS_MANY];
    static float q[D * REEL_ROWS_MANY];
    const size_t chosen = count % REEL_ROWS_MANY;
    reel_rng rng = reel__rng_make(n, count);
    double z[D];

    for (size_t k = 0; k < count * n; k++)
        x[k] = 0.3F * (float)reel__rng_normal(&rng);
    for (size_t k = 0; k < n * REEL_ROWS_MANY; k++)
        q[k] = (float)reel__rng_normal(&rng);
    solve_one(x, count, n, q, chosen, z);
    solve_many(x, count, n, q, -1, out);
    solve_many(x, count, n, q, (int)chosen, own);
    for (size_t i = 0; i < n; i++) {
        assert_near((double)out[i * REEL_ROWS_MANY + chosen], z[i], 1e-5);
        assert_true(own[i * REEL_ROWS_MANY + chosen] == out[i * REEL_ROWS_MANY + chosen]);
        assert_true(own[i * REEL_ROWS_MANY + (chosen + 1) % REEL_ROWS_MANY] == 0);
    }
}

static void test_many_right_sides_are_solved_for_as_one(void **state)
{
    (void)state;
    for (size_t n = REEL_ROWS_UNIT; n <= D; n += 2 * (size_t)REEL_ROWS_UNIT)
        for (size_t count = 0; count <= D; count += 29)
            check_many_sides(n, count);
}

static void test_a_matrix_that_is_not_finite_is_refused(void **state)
{
    (void)state;
    enum { N = 2 * REEL_ROWS_UNIT };
    _Alignas(64) static float memory[N * (N + REEL_ROWS_MANY)], out[N * REEL_ROWS_MANY];

    for (size_t at = 0; at < N; at++)
        for (int kind = 0; kind < 3; kind++) {
            _Alignas(64) float x[N] = {0};
            reel_spd_many system;

            x[at] = kind == 0 ? NAN : kind == 1 ? INFINITY : 1e30F;
            reel__spd_many_open(&system, N, memory);
            reel__spd_many_add(&system, x, 1);
            assert_false(reel__spd_many_solve(&system, out));
        }
}

/* ---- eigenvectors -------------------------------------------------------------------------- */

/* Rows are orthonormal, and the matrix is the sum of value x row x row^T, the largest first. */
static void check_eigen(size_t d)
{
    static double a[D * D], v[D * D];
    double values[D];
    reel_err err = {0};

    make_matrix(a, d);
    memcpy(v, a, d * d * sizeof *v);
    assert_ok(reel__spd_eigen(v, d, values, &err));
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            double product = 0, sum = 0;

            for (size_t k = 0; k < d; k++) {
                product += v[i * d + k] * v[j * d + k];
                sum += values[k] * v[k * d + i] * v[k * d + j];
            }
            assert_near(product, i == j ? 1 : 0, 1e-10);
            assert_near(sum, a[i > j ? i * d + j : j * d + i], 1e-10 * fabs(values[0]));
            assert_true(i == 0 || values[i] <= values[i - 1]);
        }
}

static void test_eigenvectors_make_up_the_matrix(void **state)
{
    (void)state;
    double bad[4] = {1, 0, NAN, 1}, values[2];
    reel_err err = {0};

    check_eigen(1);
    check_eigen(2);
    check_eigen(33);
    check_eigen(D);
    assert_fails(reel__spd_eigen(bad, 2, values, &err), REEL_E_INVALID, "no eigenvectors");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eigenvectors_make_up_the_matrix),
        cmocka_unit_test(test_gram_is_the_weighted_sum),
        cmocka_unit_test(test_inverse_and_solution_give_the_matrix_back),
        cmocka_unit_test(test_what_is_not_positive_definite_is_refused),
        cmocka_unit_test(test_rows_pull_by_weight_and_distance),
        cmocka_unit_test(test_rows_times_many_vectors),
        cmocka_unit_test(test_products_with_a_vector),
        cmocka_unit_test(test_many_right_sides_are_solved_for_as_one),
        cmocka_unit_test(test_a_matrix_that_is_not_finite_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
