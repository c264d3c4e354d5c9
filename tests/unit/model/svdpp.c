/* Unit tests of svdpp: both kinds of descent against every rating's update spelled out. */
#include "support/check.h"

#include <math.h>

#include "model/factors.h"
#include "support/near.h"
#include "support/taste_data.h"

enum { RANK = 5, EPOCHS = 3 };
static const double lr = 0.02, lr_implicit = 0.01, reg = 0.05, reg_implicit = 0.03,
                    accumulator = 0.3;

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

/* ---- the twin ------------------------------------------------------------------------------ */

typedef struct twin {
    double b[TASTE_PEOPLE], c[TASTE_MOVIES], p[TASTE_PEOPLE][RANK], q[TASTE_MOVIES][RANK],
        y[TASTE_MOVIES][RANK];
    double sum_p[TASTE_PEOPLE], sum_q[TASTE_MOVIES], sum_y[TASTE_MOVIES];
} twin;

static twin t;

static void twin_start(uint64_t seed, double std)
{
    const reel_factors_opts opts = {.rank = RANK, .implicit = true, .init_std = std, .seed = seed};
    reel_factors f;
    reel_err err;

    memset(&t, 0, sizeof t);
    assert_ok(reel__factors_init(&f, reel_dataset_ratings(data.train), &opts, &err));
    for (int u = 0; u < TASTE_PEOPLE; u++) {
        t.sum_p[u] = accumulator;
        for (int k = 0; k < RANK; k++)
            t.p[u][k] = (double)f.person[(size_t)u * f.stride + (size_t)k];
    }
    for (int j = 0; j < TASTE_MOVIES; j++) {
        t.sum_q[j] = t.sum_y[j] = accumulator;
        for (int k = 0; k < RANK; k++) {
            t.q[j][k] = (double)f.movie[(size_t)j * f.stride + (size_t)k];
            t.y[j][k] = (double)f.implicit[(size_t)j * f.stride + (size_t)k];
        }
    }
    reel__factors_fini(&f);
}

static void twin_implicit(const reel_csr_view *r, reel_index u, double z[RANK])
{
    const double root = sqrt((double)(r->ptr[u + 1] - r->ptr[u]));

    for (int k = 0; k < RANK; k++) {
        z[k] = 0;
        for (reel_nnz i = r->ptr[u]; i < r->ptr[u + 1]; i++)
            z[k] += t.y[r->col[i]][k] / root;
    }
}

static double twin_error(const reel_csr_view *r, reel_index u, reel_nnz i, double mean,
                         const double z[RANK])
{
    const reel_index j = r->col[i];
    double e = (double)r->val[i] - mean - t.b[u] - t.c[j];

    for (int k = 0; k < RANK; k++)
        e -= t.q[j][k] * (t.p[u][k] + z[k]);
    return e;
}

/* As Koren writes it: every y of the person moves at every rating. */
static void twin_constant(const reel_csr_view *r, reel_index u, double mean)
{
    const double root = sqrt((double)(r->ptr[u + 1] - r->ptr[u]));

    for (reel_nnz i = r->ptr[u]; i < r->ptr[u + 1]; i++) {
        const reel_index j = r->col[i];
        double z[RANK], e;

        twin_implicit(r, u, z);
        e = twin_error(r, u, i, mean, z);
        t.b[u] += lr * (e - reg * t.b[u]);
        t.c[j] += lr * (e - reg * t.c[j]);
        for (int k = 0; k < RANK; k++) {
            const double p = t.p[u][k], q = t.q[j][k];

            t.p[u][k] += lr * (e * q - reg * p);
            t.q[j][k] += lr * (e * (p + z[k]) - reg * q);
            for (reel_nnz n = r->ptr[u]; n < r->ptr[u + 1]; n++) {
                double *y = &t.y[r->col[n]][k];

                *y += lr * (e * q / root - reg_implicit * *y);
            }
        }
    }
}

static void twin_adagrad_rating(reel_index u, reel_index j, double e, const double z[RANK],
                                double pull[RANK])
{
    const double lp = lr / sqrt(t.sum_p[u]), lq = lr / sqrt(t.sum_q[j]);

    t.b[u] += lp * (e - reg * t.b[u]);
    t.c[j] += lq * (e - reg * t.c[j]);
    for (int k = 0; k < RANK; k++) {
        const double slope_p = e * t.q[j][k] - reg * t.p[u][k];
        const double slope_q = e * (t.p[u][k] + z[k]) - reg * t.q[j][k];

        pull[k] += e * t.q[j][k];
        t.p[u][k] += lp * slope_p;
        t.q[j][k] += lq * slope_q;
        t.sum_p[u] += slope_p * slope_p / RANK;
        t.sum_q[j] += slope_q * slope_q / RANK;
    }
}

static void twin_adagrad(const reel_csr_view *r, reel_index u, double mean)
{
    const double root = sqrt((double)(r->ptr[u + 1] - r->ptr[u]));
    double z[RANK], pull[RANK] = {0};

    twin_implicit(r, u, z);
    for (reel_nnz i = r->ptr[u]; i < r->ptr[u + 1]; i++)
        twin_adagrad_rating(u, r->col[i], twin_error(r, u, i, mean, z), z, pull);
    for (reel_nnz i = r->ptr[u]; i < r->ptr[u + 1]; i++) {
        const reel_index j = r->col[i];
        double slope[RANK];

        for (int k = 0; k < RANK; k++) {
            slope[k] = pull[k] / root - reg_implicit * t.y[j][k];
            t.sum_y[j] += slope[k] * slope[k] / RANK;
        }
        for (int k = 0; k < RANK; k++)
            t.y[j][k] += lr_implicit / sqrt(t.sum_y[j]) * slope[k];
    }
}

static double twin_score(const reel_csr_view *r, reel_index u, reel_index j, double mean)
{
    double z[RANK], score = mean + t.b[u] + t.c[j];

    twin_implicit(r, u, z);
    for (int k = 0; k < RANK; k++)
        score += t.q[j][k] * (t.p[u][k] + z[k]);
    return score;
}

static double mean_of(const reel_csr_view *r)
{
    double sum = 0;

    for (reel_nnz i = 0; i < r->ptr[r->rows]; i++)
        sum += (double)r->val[i];
    return sum / (double)r->ptr[r->rows];
}

static void compare_with_twin(const char *step)
{
    const bool constant = strcmp(step, "constant") == 0;
    const reel_param items[] = {
        {"factors", "5"},       {"epochs", "3"},          {"step", step},
        {"lr", "0.02"},         {"reg", "0.05"},          {"init_std", "0.1"},
        {"accumulator", "0.3"}, {"reg_implicit", "0.03"}, {"lr_implicit", "0.01"}};
    const reel_csr_view r = reel_dataset_ratings(data.train);
    const double mean = mean_of(&r);
    reel_model *model = taste_fit(&data, "svdpp", items, 9, 0);
    reel_scratch *scratch = NULL;

    twin_start(1, 0.1);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        for (reel_index u = 0; u < TASTE_PEOPLE; u++) {
            if (constant)
                twin_constant(&r, u, mean);
            else
                twin_adagrad(&r, u, mean);
        }
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (reel_index u = 0; u < TASTE_PEOPLE; u++) {
        reel_entry entries[TASTE_MOVIES];
        const reel_query query = trained_query(data.train, u, entries);
        float scores[TASTE_MOVIES];

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (reel_index j = 0; j < TASTE_MOVIES; j++)
            assert_near((double)scores[j], twin_score(&r, u, j, mean), 2e-4);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
}

static void test_constant_steps_are_korens(void **state)
{
    (void)state;
    compare_with_twin("constant");
}

static void test_adagrad_is_the_twin(void **state)
{
    (void)state;
    compare_with_twin("adagrad");
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void test_it_learns_and_folds_in(void **state)
{
    (void)state;
    const reel_param items[] = {{"factors", "16"}, {"epochs", "60"}};
    reel_model *model = taste_fit(&data, "svdpp", items, 2, 0);
    reel_model *biases = taste_fit(&data, "baseline", NULL, 0, 0);
    const double stored = taste_rmse(&data, model, true), folded = taste_rmse(&data, model, false);

    print_message("stored %.4f, folded in %.4f, baseline %.4f\n", stored, folded,
                  taste_rmse(&data, biases, true));
    assert_true(stored < 0.75 * taste_rmse(&data, biases, true));
    assert_true(folded < 1.05 * stored);
    reel_model_free(model);
    reel_model_free(biases);
}

static void test_edges(void **state)
{
    (void)state;
    static const reel_param bad[] = {{"factors", "0"}, {"reg_implicit", "-1"}, {"lr", "nan"}};
    const reel_param few = {"epochs", "2"};
    const reel_param wild[] = {{"step", "constant"}, {"lr", "1"}, {"init_std", "10"}};
    const reel_params params = {wild, 3};
    reel_model *model = NULL;
    reel_err err;

    taste_check_smallest("svdpp");
    taste_check_threads(&data, "svdpp", &few, 1);
    assert_fails(reel_model_fit(&model, "svdpp", data.train, &params, NULL, &err), REEL_E_INVALID,
                 "lower lr");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(
            reel_model_fit(&model, "svdpp", data.train, &(reel_params){&bad[i], 1}, NULL, &err),
            REEL_E_INVALID, bad[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant_steps_are_korens),
        cmocka_unit_test(test_adagrad_is_the_twin),
        cmocka_unit_test(test_it_learns_and_folds_in),
        cmocka_unit_test(test_edges),
    };

    return cmocka_run_group_tests(tests, make_data, free_data);
}
