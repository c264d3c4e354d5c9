/* Unit tests of ridge: the gradient of the objective vanishes at what it solves, on either side. */
#include "support/check.h"

#include <math.h>

#include "base/rng.h"
#include "model/ridge.h"
#include "support/near.h"

enum { N_MAX = 60, D_MAX = 40 };

static void check(size_t n, size_t d, double lambda, double heaviest)
{
    static double a[N_MAX * D_MAX], held[N_MAX * D_MAX];
    double w[N_MAX], y[N_MAX], x[D_MAX], share[N_MAX], largest = 0;
    double *work = reel__alloc_array(reel__ridge_work(n, d), sizeof *work);
    reel_rng rng = reel__rng_make(n, d);
    const reel_ridge ridge = {
        .n = n, .d = d, .a = a, .w = w, .y = y, .lambda = lambda, .work = work};

    assert_non_null(work);
    for (size_t i = 0; i < n * d; i++)
        a[i] = held[i] = reel__rng_normal(&rng);
    for (size_t i = 0; i < n; i++) {
        w[i] = i == 0 ? heaviest : 0.25 + reel__rng_unit(&rng);
        y[i] = reel__rng_normal(&rng);
        largest = fmax(largest, w[i]);
    }
    reel__ridge_solve(&ridge, x, share);
    for (size_t f = 0; f < d; f++) {
        double gradient = lambda * x[f], sum = -x[f];

        for (size_t i = 0; i < n; i++) {
            double left = -y[i];

            for (size_t g = 0; g < d; g++)
                left += held[i * d + g] * x[g];
            gradient += w[i] * left * held[i * d + f];
            sum += share[i] * held[i * d + f];
        }
        assert_near(gradient, 0, 1e-9 * (largest + lambda));
        assert_near(sum, 0, 1e-9 * (largest + lambda) / lambda);
    }
    reel__free(work);
}

static void test_more_ratings_than_factors(void **state)
{
    (void)state;
    check(60, 7, 0.5, 1);
    check(60, 40, 3, 1);
    check(40, 40, 0.01, 1);
}

static void test_fewer_ratings_than_factors(void **state)
{
    (void)state;
    check(1, 40, 0.5, 1);
    check(39, 40, 0.01, 1);
}

static void test_weights_far_apart(void **state)
{
    (void)state;
    check(20, 40, 1, 1e6);
    check(60, 20, 1, 1e6);
    check(20, 40, 1, 1e-30);
    check(60, 20, 1, 1e-30);
}

static void test_nothing_is_zero(void **state)
{
    (void)state;
    double x[3] = {1, 2, 3};
    const reel_ridge ridge = {.d = 3, .lambda = 1};

    reel__ridge_solve(&ridge, x, NULL);
    assert_true(x[0] == 0 && x[1] == 0 && x[2] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_ratings_than_factors),
        cmocka_unit_test(test_fewer_ratings_than_factors),
        cmocka_unit_test(test_weights_far_apart),
        cmocka_unit_test(test_nothing_is_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
