/* Unit tests of slim: its weights against the conditions of the optimum, its files, and bad input.
 */
#include "support/check.h"

#include <math.h>

#include "model/slim.h"
#include "num/csr.h"
#include "num/gram.h"
#include "support/fit_text.h"
#include "support/near.h"
#include "support/random_data.h"

enum { PEOPLE = 90, MOVIES = 50 };

static const random_shape shape = {.seed = 51, .people = PEOPLE, .movies = MOVIES, .density = 0.3};

/* What each film alone adds to each other: [movies x movies]. */
static double *weights_of(const reel_model *model, int movies)
{
    double *out = reel__alloc_array((size_t)(movies * movies), sizeof *out);
    float *scores = reel__alloc_array((size_t)movies, sizeof *scores);
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (int i = 0; i < movies; i++) {
        const reel_entry entry = {.movie = i, .value = 5, .weight = 1};
        const reel_query query = {.entries = &entry, .count = 1, .row = -1};

        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int j = 0; j < movies; j++)
            out[i * movies + j] = (double)scores[j];
    }
    reel_scratch_free(scratch);
    reel__free(scores);
    return out;
}

/* ---- the optimum --------------------------------------------------------------------------- */

/* X^T X of films rated 4 or more. */
static double *liked_gram(const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);
    double *out = reel__alloc_zero((size_t)(r.cols * r.cols), sizeof *out);

    for (reel_index u = 0; u < r.rows; u++)
        for (reel_nnz a = r.ptr[u]; a < r.ptr[u + 1]; a++)
            for (reel_nnz b = r.ptr[u]; b < r.ptr[u + 1]; b++)
                out[r.col[a] * r.cols + r.col[b]] += r.val[a] >= 4 && r.val[b] >= 4;
    return out;
}

/* With c = g_ij - sum_k G_ik w_k - l2 w_i: c = l1 where w_i > 0, -l1 where it is below 0, and
 * between the two (or just below l1, without negative weights) where it is 0. */
static void check_optimum(const double *gram, const double *weights, double l1, double l2,
                          bool negative)
{
    int used = 0;

    for (int j = 0; j < MOVIES; j++) {
        assert_true(weights[j * MOVIES + j] == 0);
        for (int i = 0; i < MOVIES; i++) {
            const double w = weights[i * MOVIES + j];
            double c = gram[i * MOVIES + j] - l2 * w;

            for (int k = 0; k < MOVIES; k++)
                c -= gram[i * MOVIES + k] * weights[k * MOVIES + j];
            if (i == j)
                continue;
            used += w != 0;
            assert_true(negative || w >= 0);
            if (w != 0)
                assert_near(c, w > 0 ? l1 : -l1, 0.05);
            else
                assert_true(c <= l1 + 0.05 && (!negative || c >= -l1 - 0.05));
        }
    }
    assert_true(used > MOVIES && used < MOVIES * (MOVIES - 2));
}

static void test_weights_are_the_optimum(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    double *gram = liked_gram(dataset);

    for (int negative = 0; negative < 2; negative++) {
        reel_model *model =
            fit_text(dataset, negative ? "slim liked=4 l1=1 l2=3 top=99 weighting=0 negative=yes"
                                       : "slim liked=4 l1=1 l2=3 top=99 weighting=0");
        double *weights = weights_of(model, MOVIES);

        check_optimum(gram, weights, 1, 3, negative);
        reel__free(weights);
        reel_model_free(model);
    }
    reel__free(gram);
    reel_dataset_free(dataset);
}

static void test_the_largest_weights_are_kept(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "slim l1=0.5 l2=3"),
               *few = fit_text(dataset, "slim l1=0.5 l2=3 top=4");
    double *all = weights_of(model, MOVIES), *kept = weights_of(few, MOVIES);

    for (int j = 0; j < MOVIES; j++) {
        double smallest = INFINITY, left_out = 0;
        int count = 0;

        for (int i = 0; i < MOVIES; i++) {
            const double a = all[i * MOVIES + j], k = kept[i * MOVIES + j];

            assert_true(k == 0 || k == a);
            count += k != 0;
            if (k != 0)
                smallest = fmin(smallest, fabs(k));
            else
                left_out = fmax(left_out, fabs(a));
        }
        assert_true(count <= 4 && smallest >= left_out);
    }
    reel__free(all);
    reel__free(kept);
    reel_model_free(model);
    reel_model_free(few);
    reel_dataset_free(dataset);
}

/* More films than join at once, so that the set grows by rounds. */
static void test_many_films_and_threads_give_the_same_bits(void **state)
{
    (void)state;
    const random_shape large = {.seed = 52, .people = 300, .movies = 420, .density = 0.3};
    reel_dataset *dataset = random_dataset(&large);
    double *weights[2];
    int used = 0;

    for (int i = 0; i < 2; i++) {
        const reel_fit_context context = {.seed = 1, .threads = i == 0 ? 1 : 4};
        reel_model *model = NULL;
        reel_err err = {0};

        assert_ok(try_fit_text(&model, dataset, "slim l1=0.01 l2=5", &context, &err));
        weights[i] = weights_of(model, large.movies);
        reel_model_free(model);
    }
    assert_memory_equal(weights[0], weights[1],
                        sizeof(double) * (size_t)(large.movies * large.movies));
    for (int i = 0; i < large.movies; i++)
        used += weights[0][i * large.movies + 7] != 0;
    assert_true(used > 20);
    reel__free(weights[0]);
    reel__free(weights[1]);
    reel_dataset_free(dataset);
}

/* ---- bad input ----------------------------------------------------------------------------- */

static void test_parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"slim l1=-1",          "slim l2=0",        "slim l2=nan",
                                      "slim top=0",          "slim top=x",       "slim top=9999",
                                      "slim negative=maybe", "slim weighting=-1"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(try_fit_text(&model, dataset, bad[i], NULL, &err), REEL_E_INVALID);
        assert_null(model);
    }
    reel_dataset_free(dataset);
}

/* One person, one film, nobody who liked anything. */
static void test_the_smallest_data_give_finite_scores(void **state)
{
    (void)state;
    static const random_shape shapes[] = {{.seed = 1, .people = 1, .movies = 1, .density = 1},
                                          {.seed = 1, .people = 1, .movies = 9, .density = 1},
                                          {.seed = 1, .people = 9, .movies = 1, .density = 1}};

    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int none = 0; none < 2; none++) {
            reel_dataset *dataset = random_dataset(&shapes[s]);
            reel_model *model = fit_text(dataset, none ? "slim liked=100" : "slim");
            double *weights = weights_of(model, shapes[s].movies);

            for (int k = 0; k < shapes[s].movies * shapes[s].movies; k++)
                assert_true(isfinite(weights[k]));
            reel__free(weights);
            reel_model_free(model);
            reel_dataset_free(dataset);
        }
}

static void test_a_fit_can_be_cancelled_or_refused(void **state)
{
    (void)state;
    const volatile bool cancel = true;
    const reel_fit_context cancelled = {.seed = 1, .cancel = &cancel};
    const reel_fit_context small = {.seed = 1, .memory = 10000};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    assert_fails(try_fit_text(&model, dataset, "slim", &cancelled, &err), REEL_E_CANCELLED,
                 "cancelled");
    assert_fails(try_fit_text(&model, dataset, "slim", &small, &err), REEL_E_BUDGET, "item-knn");
    assert_null(model);
    reel_dataset_free(dataset);
}

/* ---- files --------------------------------------------------------------------------------- */

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    const reel_fit_context context = {.seed = 1, .threads = 1};
    const random_shape small = {.seed = 53, .people = 12, .movies = 9, .density = 0.4};
    reel_dataset *dataset = random_dataset(&small);

    assert_true(sweep_fit(dataset, "slim l2=5", &context) > 15);
    reel_dataset_free(dataset);
}

static void test_damaged_numbers_are_refused(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "slim l2=5");

    check_last_number(model);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_are_the_optimum),
        cmocka_unit_test(test_the_largest_weights_are_kept),
        cmocka_unit_test(test_many_films_and_threads_give_the_same_bits),
        cmocka_unit_test(test_parameters_out_of_range_are_refused),
        cmocka_unit_test(test_the_smallest_data_give_finite_scores),
        cmocka_unit_test(test_a_fit_can_be_cancelled_or_refused),
        cmocka_unit_test(test_no_memory_is_an_error_and_leaks_nothing),
        cmocka_unit_test(test_damaged_numbers_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
