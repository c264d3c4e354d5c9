/* Unit tests of als: its objective never rises, its rows are the regressions, folding in is exact.
 */
#include "support/check.h"

#include <math.h>

#include "model/factors.h"
#include "support/taste_data.h"

static taste_data data;

static int make_data(void **state)
{
    (void)state;
    taste_make(&data);
    return 0;
}

static int free_data(void **state)
{
    (void)state;
    reel_dataset_free(data.train);
    return 0;
}

static double square(const float *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/* The objective of the head comment, in the order it is written in. */
static double objective(const reel_model *model, double reg)
{
    const reel_factors *f = &((const reel_factor_model *)model)->factors;
    const reel_csr_view r = reel_dataset_ratings(data.train);
    double sum = 0;

    for (reel_index u = 0; u < r.rows; u++)
        for (reel_nnz k = r.ptr[u]; k < r.ptr[u + 1]; k++) {
            const float *p = f->person + (size_t)u * f->stride;
            const float *q = f->movie + (size_t)r.col[k] * f->stride;
            double e = (double)r.val[k] - f->mean - (double)f->person_bias[u] -
                       (double)f->movie_bias[r.col[k]];

            for (size_t i = 0; i < f->stride; i++)
                e -= (double)p[i] * (double)q[i];
            sum +=
                e * e + reg * (square(p, f->stride) + square(q, f->stride) +
                               square(&f->person_bias[u], 1) + square(&f->movie_bias[r.col[k]], 1));
        }
    return sum;
}

static void test_the_objective_never_rises(void **state)
{
    (void)state;
    double before = 0;

    for (int epochs = 1; epochs <= 6; epochs++) {
        char text[8];
        const reel_param items[] = {{"factors", "6"}, {"reg", "0.1"}, {"epochs", text}};
        reel_model *model;
        double now;

        (void)snprintf(text, sizeof text, "%d", epochs);
        model = taste_fit(&data, "als", items, 3, 0);
        now = objective(model, 0.1);
        assert_true(epochs == 1 || now <= before * (1 + 1e-6));
        before = now;
        reel_model_free(model);
    }
}

static void test_it_learns(void **state)
{
    (void)state;
    const reel_param items[] = {{"factors", "8"}, {"epochs", "8"}};
    reel_model *model = taste_fit(&data, "als", items, 2, 0);
    reel_model *biases = taste_fit(&data, "baseline", NULL, 0, 0);

    assert_true(taste_rmse(&data, model, true) < 0.75 * taste_rmse(&data, biases, true));
    assert_true(taste_rmse(&data, model, true) == taste_rmse(&data, model, false));
    reel_model_free(model);
    reel_model_free(biases);
}

static void test_edges(void **state)
{
    (void)state;
    static const reel_param bad[] = {{"factors", "0"}, {"reg", "0"}, {"epochs", "x"}};
    const reel_param few[] = {{"epochs", "2"}, {"factors", "6"}};
    reel_model *model = NULL;
    reel_err err;

    taste_check_smallest("als");
    taste_check_threads(&data, "als", few, 2);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(
            reel_model_fit(&model, "als", data.train, &(reel_params){&bad[i], 1}, NULL, &err),
            REEL_E_INVALID, bad[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_objective_never_rises),
        cmocka_unit_test(test_it_learns),
        cmocka_unit_test(test_edges),
    };

    return cmocka_run_group_tests(tests, make_data, free_data);
}
