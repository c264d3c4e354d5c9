/* Unit tests of svd and what it is made of: blocks, descent, folding in, files. */
#include "support/check.h"

#include <math.h>

#include "model/sgd.h"
#include "support/near.h"
#include "support/taste_data.h"
#include "support/temp.h"

enum { RANK_MAX = 160 };

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

/* ---- blocks -------------------------------------------------------------------------------- */

static void test_blocks_hold_every_rating_once(void **state)
{
    (void)state;
    static bool seen[TASTE_PEOPLE][TASTE_MOVIES];
    const reel_csr_view r = reel_dataset_ratings(data.train);
    reel_blocks blocks;
    reel_err err;

    memset(seen, 0, sizeof seen);
    assert_ok(reel__blocks_init(&blocks, r, 1, 5, &err));
    assert_true(blocks.ptr[blocks.side * blocks.side] == r.ptr[r.rows]);
    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++) {
        const reel_block_entry *e = &blocks.entries[k];
        reel_nnz at = r.ptr[e->person];

        assert_false(seen[e->person][e->movie]);
        seen[e->person][e->movie] = true;
        while (r.col[at] != e->movie)
            assert_true(++at < r.ptr[e->person + 1]);
        assert_true(e->value == r.val[at] - 1);
    }
    reel__blocks_fini(&blocks);
}

static reel_dataset *many_ratings(void)
{
    const random_shape shape = {.seed = 21, .people = 500, .movies = 260, .density = 0.4};

    return random_dataset(&shape);
}

static void test_blocks_of_a_diagonal_share_nothing(void **state)
{
    (void)state;
    static int person_of[500], movie_of[260];
    reel_dataset *dataset = many_ratings();
    reel_blocks blocks;
    reel_err err;

    assert_ok(reel__blocks_init(&blocks, reel_dataset_ratings(dataset), 0, 5, &err));
    assert_true(blocks.side >= 2);
    for (int diagonal = 0; diagonal < blocks.side; diagonal++) {
        memset(person_of, 0, sizeof person_of);
        memset(movie_of, 0, sizeof movie_of);
        for (int at = 0; at < blocks.side; at++) {
            const int b = reel__blocks_at(&blocks, diagonal, at);

            for (reel_nnz k = blocks.ptr[b]; k < blocks.ptr[b + 1]; k++) {
                int *p = &person_of[blocks.entries[k].person];
                int *m = &movie_of[blocks.entries[k].movie];

                assert_true((*p == 0 || *p == b + 1) && (*m == 0 || *m == b + 1));
                *p = *m = b + 1;
            }
        }
    }
    reel__blocks_fini(&blocks);
    reel_dataset_free(dataset);
}

/* ---- descent ------------------------------------------------------------------------------- */

typedef struct twin {
    double person[TASTE_PEOPLE][RANK_MAX + 1], movie[TASTE_MOVIES][RANK_MAX + 1]; /* [rank]: bias */
    double person_sum[TASTE_PEOPLE], movie_sum[TASTE_MOVIES];
} twin;

static void twin_start(twin *t, const reel_factors *f, int rank, double accumulator)
{
    memset(t, 0, sizeof *t);
    for (int u = 0; u < TASTE_PEOPLE; u++) {
        t->person_sum[u] = accumulator;
        for (int k = 0; k < rank; k++)
            t->person[u][k] = (double)f->person[(size_t)u * f->stride + (size_t)k];
    }
    for (int j = 0; j < TASTE_MOVIES; j++) {
        t->movie_sum[j] = accumulator;
        for (int k = 0; k < rank; k++)
            t->movie[j][k] = (double)f->movie[(size_t)j * f->stride + (size_t)k];
    }
}

/* The update of one rating as sgd.h writes it, gradients spelled out. */
static void twin_rating(twin *t, const reel_block_entry *at, int rank, const reel_sgd_opts *opts)
{
    double *p = t->person[at->person], *q = t->movie[at->movie];
    double e = (double)at->value - p[rank] - q[rank], lp = opts->lr, lq = opts->lr;
    double squares_p = 0, squares_q = 0;

    for (int k = 0; k < rank; k++)
        e -= p[k] * q[k];
    if (opts->adagrad) {
        lp /= sqrt(t->person_sum[at->person]);
        lq /= sqrt(t->movie_sum[at->movie]);
    }
    for (int k = 0; k < rank; k++) {
        const double slope_p = e * q[k] - opts->reg * p[k], slope_q = e * p[k] - opts->reg * q[k];

        squares_p += slope_p * slope_p;
        squares_q += slope_q * slope_q;
        p[k] += lp * slope_p;
        q[k] += lq * slope_q;
    }
    p[rank] += lp * (e - opts->reg * p[rank]);
    q[rank] += lq * (e - opts->reg * q[rank]);
    t->person_sum[at->person] += squares_p / rank;
    t->movie_sum[at->movie] += squares_q / rank;
}

static void compare_with_twin(int rank, bool adagrad)
{
    static twin t;
    const reel_factors_opts start = {.rank = rank, .init_std = 0.1, .seed = 3};
    const reel_sgd_opts opts = {
        .lr = 0.03, .reg = 0.05, .adagrad = adagrad, .accumulator = 0.4, .rank = rank};
    reel_factors factors;
    reel_sgd sgd;
    reel_err err;

    assert_ok(reel__factors_init(&factors, reel_dataset_ratings(data.train), &start, &err));
    assert_ok(reel__sgd_init(&sgd, &factors, reel_dataset_ratings(data.train), &opts, 9, &err));
    twin_start(&t, &factors, rank, opts.accumulator);
    for (int epoch = 0; epoch < 3; epoch++) {
        reel__sgd_epoch(&sgd, 1);
        for (reel_nnz k = 0; k < sgd.blocks.ptr[1]; k++)
            twin_rating(&t, &sgd.blocks.entries[k], rank, &opts);
    }
    reel__sgd_finish(&sgd, &factors);
    for (int u = 0; u < TASTE_PEOPLE; u++) {
        assert_near((double)factors.person_bias[u], t.person[u][rank], 1e-4);
        for (int k = 0; k < rank; k++)
            assert_near((double)factors.person[(size_t)u * factors.stride + (size_t)k],
                        t.person[u][k], 1e-4);
    }
    for (int j = 0; j < TASTE_MOVIES; j++)
        assert_near((double)factors.movie_bias[j], t.movie[j][rank], 1e-4);
    reel__sgd_fini(&sgd);
    reel__factors_fini(&factors);
}

static void test_descent_is_the_twin(void **state)
{
    (void)state;
    compare_with_twin(1, true);
    compare_with_twin(20, true);
    compare_with_twin(20, false);
    compare_with_twin(128, true);
    compare_with_twin(130, true); /* wider than the registers */
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    const reel_param few = {"epochs", "4"};

    taste_check_threads(&data, "svd", &few, 1);
}

/* The same with blocks that run side by side. */
static void test_threads_change_no_bit_of_a_grid(void **state)
{
    (void)state;
    const reel_param few = {"epochs", "3"};
    const reel_params params = {&few, 1};
    reel_dataset *dataset = many_ratings();
    reel_model *models[2];
    reel_scratch *scratch = NULL;
    float scores[2][260];
    reel_err err;

    assert_ok(reel_scratch_new(&scratch, &err));
    for (int m = 0; m < 2; m++) {
        const reel_fit_context context = {.seed = 1, .threads = 1 + 3 * m};

        assert_ok(reel_model_fit(&models[m], "svd", dataset, &params, &context, &err));
    }
    for (reel_index u = 0; u < 500; u += 7) {
        static reel_entry entries[260];
        const reel_query query = trained_query(dataset, u, entries);

        for (int m = 0; m < 2; m++)
            assert_ok(reel_model_score(models[m], &query, scratch, scores[m], &err));
        assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    }
    reel_scratch_free(scratch);
    reel_model_free(models[0]);
    reel_model_free(models[1]);
    reel_dataset_free(dataset);
}

/* ---- quality ------------------------------------------------------------------------------- */

/* The error of strangers is near that of the people trained on, and both beat the biases. */
static void test_it_learns_and_folds_in(void **state)
{
    (void)state;
    const reel_param items[] = {{"factors", "16"}, {"epochs", "60"}};
    reel_model *model = taste_fit(&data, "svd", items, 2, 0);
    reel_model *biases = taste_fit(&data, "baseline", NULL, 0, 0);
    const double stored = taste_rmse(&data, model, true), folded = taste_rmse(&data, model, false);

    print_message("stored %.4f, folded in %.4f, baseline %.4f\n", stored, folded,
                  taste_rmse(&data, biases, true));
    assert_true(stored < 0.75 * taste_rmse(&data, biases, true));
    assert_true(folded < 1.05 * stored);
    reel_model_free(model);
    reel_model_free(biases);
}

/* ---- edges --------------------------------------------------------------------------------- */

static void test_smallest_data(void **state)
{
    (void)state;
    taste_check_smallest("svd");
}

static void test_fit_that_leaves_the_numbers_is_refused(void **state)
{
    (void)state;
    const reel_param items[] = {
        {"step", "constant"}, {"lr", "1"}, {"init_std", "10"}, {"reg", "10"}};
    const reel_params params = {items, 4};
    reel_model *model = NULL;
    reel_err err;

    assert_fails(reel_model_fit(&model, "svd", data.train, &params, NULL, &err), REEL_E_INVALID,
                 "lower lr");
}

static void test_parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const reel_param bad[] = {{"factors", "0"},   {"factors", "1025"}, {"epochs", "0"},
                                     {"lr", "-1"},       {"reg", "11"},       {"accumulator", "0"},
                                     {"step", "newton"}, {"init_std", "nan"}, {"reg_fold_in", "x"}};
    reel_err err;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const reel_params params = {&bad[i], 1};
        reel_model *model = NULL;

        assert_fails(reel_model_fit(&model, "svd", data.train, &params, NULL, &err), REEL_E_INVALID,
                     bad[i].name);
    }
}

static void test_a_fit_beyond_memory_is_refused(void **state)
{
    (void)state;
    const reel_fit_context context = {.seed = 1, .memory = 10000};
    reel_model *model = NULL;
    reel_err err;

    assert_fails(reel_model_fit(&model, "svd", data.train, NULL, &context, &err), REEL_E_BUDGET,
                 "baseline");
}

/* Files of two people and two films at rank 1, one value of which is off. */
static void load_changed(const char *name, int64_t rows, float value, const char *says)
{
    static const char *const names[] = {"person_bias", "movie_bias", "person_factors",
                                        "movie_factors"};
    const char *path = temp_path("factors.reel");
    reel_factor_model model = {.base = {.people = 2, .movies = 2}};
    const reel_factors_opts opts = {.rank = 1};
    const double mean = strcmp(name, "mean") == 0 ? (double)value : 3;
    float good[32] = {0}, changed[48] = {0};
    reel_tensors_writer *writer = NULL;
    reel_tensors *tensors = NULL;
    reel_err err;

    changed[1] = value;
    assert_ok(reel__tensors_writer_new(&writer, &err));
    assert_ok(reel__tensors_add(writer, "mean", REEL_F64, &mean, 1, &err));
    for (int i = 0; i < 4; i++) {
        const bool off = strcmp(names[i], name) == 0;
        const float *from = off ? changed : good;

        if (i < 2)
            assert_ok(reel__tensors_add(writer, names[i], REEL_F32, from, off ? rows : 2, &err));
        else
            assert_ok(reel__tensors_add_matrix(writer, names[i], REEL_F32, from, off ? rows : 2, 16,
                                               &err));
    }
    assert_ok(reel__tensors_write(writer, path, &err));
    assert_ok(reel__tensors_open(&tensors, path, &err));
    if (says == NULL)
        assert_ok(reel__factors_load(&model.base, &opts, tensors, "", &err));
    else
        assert_fails(reel__factors_load(&model.base, &opts, tensors, "", &err), REEL_E_FORMAT,
                     says);
    reel__factors_release(&model.base);
    reel__tensors_free(tensors);
    reel__tensors_writer_free(writer);
}

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    load_changed("none", 2, 0, NULL);
    load_changed("mean", 2, NAN, "mean");
    load_changed("person_bias", 2, NAN, "person_bias[1]");
    load_changed("movie_bias", 2, INFINITY, "movie_bias[1]");
    load_changed("movie_factors", 2, 1e30F, "movie_factors[1]");
    load_changed("person_factors", 3, 0, "person_factors is 3 x 16, expected 2 x 16");
    load_changed("movie_bias", 1, 0, "movie_bias is 1 x 1, expected 2 x 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_hold_every_rating_once),
        cmocka_unit_test(test_blocks_of_a_diagonal_share_nothing),
        cmocka_unit_test(test_descent_is_the_twin),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_threads_change_no_bit_of_a_grid),
        cmocka_unit_test(test_it_learns_and_folds_in),
        cmocka_unit_test(test_smallest_data),
        cmocka_unit_test(test_fit_that_leaves_the_numbers_is_refused),
        cmocka_unit_test(test_parameters_out_of_range_are_refused),
        cmocka_unit_test(test_a_fit_beyond_memory_is_refused),
        cmocka_unit_test(test_damaged_files_are_refused),
    };

    return cmocka_run_group_tests(tests, make_data, free_data);
}
