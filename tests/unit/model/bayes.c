/* Unit tests of bayes: its kernels against closed forms, the sampler against a plain twin that
 * draws one number after the other, targets, fold-in, files, and bad input. */
#include "support/check.h"

#include <math.h>

#include "model/bayes_fit.h"
#include "num/spd.h"
#include "support/fit_text.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/ref_bayes.h"

enum { PEOPLE = 60, MOVIES = 40 };

static const random_shape shape = {.seed = 41, .people = PEOPLE, .movies = MOVIES, .density = 0.3};

/* ---- kernels ------------------------------------------------------------------------------- */

static void test_normals_are_normal(void **state)
{
    (void)state;
    enum { N = 200000 };
    float *x = reel__alloc_array(N, sizeof *x);
    double moments[5] = {0};

    assert_non_null(x);
    reel__bayes_normals(12345, x, N);
    for (int i = 0; i < N; i++)
        for (int m = 1; m <= 4; m++)
            moments[m] += pow((double)x[i], m) / N;
    assert_near(moments[1], 0, 0.01);
    assert_near(moments[2], 1, 0.015);
    assert_near(moments[3], 0, 0.04);
    assert_near(moments[4], 3, 0.1);
    for (int i = 0; i < N; i++)
        assert_true(fabsf(x[i]) < 6);
    reel__free(x);
}

static void test_normal_distribution_and_quantile(void **state)
{
    (void)state;
    enum { N = 1000 };
    float x[N], below[N];

    for (int i = 0; i < N; i++)
        x[i] = -12 + 0.02F * (float)i;
    reel__bayes_below(x, below, N);
    for (int i = 0; i < N; i++) {
        const double expected = 0.5 * erfc(-(double)x[i] * M_SQRT1_2);

        assert_near((double)below[i], expected, 4e-5 * expected);
    }
    reel__bayes_quantiles(below, N);
    for (int i = 0; i < N; i++)
        if (x[i] > -4.9F && x[i] < 3)
            assert_near((double)below[i], (double)x[i], 2e-3);
}

/* Against sums over a fine grid. */
static void test_truncated_mean_and_variance(void **state)
{
    (void)state;
    static const double value[] = {1, 2, 4, 5}, threshold[] = {-1, 0.2, 1};
    const bayes_scale scale = {value, threshold, 4};

    for (int level = 0; level < 4; level++)
        for (int step = -4; step < 5; step++) {
            const double latent = 0.7 * step;
            const double low = level == 0 ? -12 : threshold[level - 1];
            const double high = level == 3 ? 12 : threshold[level], root = 1.5;
            double mass = 0, first = 0, second = 0, mean, variance;

            for (int i = 0; i < 40000; i++) {
                const double z = low + (high - low) * (i + 0.5) / 40000;
                const double weight = exp(-pow((z - latent) * root, 2) / 2);

                mass += weight;
                first += weight * z;
                second += weight * z * z;
            }
            mean = reel__bayes_truncated_mean(&scale, value[level], latent, root, &variance);
            assert_near(mean, first / mass, 1e-4);
            assert_near(variance, second / mass - pow(first / mass, 2), 1e-3);
        }
}

/* A row with `count` ratings of random vectors. */
typedef struct problem {
    bayes_shape shape;
    float *memory, *vectors, *targets, *roots, *mean, *precision;
    reel_index *others;
    bayes_row row;
} problem;

static problem make_problem(size_t rank, size_t count)
{
    problem p = {.shape = reel__bayes_shape(rank)};
    const size_t stride = p.shape.stride;

    p.memory = reel__alloc_aligned(reel__bayes_equations_size(&p.shape), sizeof(float));
    p.vectors = reel__alloc_aligned((count + 1) * stride, sizeof(float));
    p.targets = reel__alloc_array(2 * (count + 1) + 2 * stride, sizeof(float));
    p.others = reel__alloc_array(count + 1, sizeof *p.others);
    assert_true(p.memory != NULL && p.vectors != NULL && p.targets != NULL && p.others != NULL);
    p.roots = p.targets + count + 1;
    p.mean = p.roots + count + 1;
    p.precision = p.mean + stride;
    memset(p.vectors, 0, (count + 1) * stride * sizeof(float));
    reel__bayes_normals(7, p.targets, 2 * (count + 1) + 2 * stride);
    for (size_t i = 0; i < count; i++) {
        p.others[i] = (reel_index)i;
        p.roots[i] = 0.5F + fabsf(p.roots[i]);
        reel__bayes_normals(100 + i, p.vectors + i * stride, rank);
        p.vectors[i * stride + p.shape.width] = 0.1F * (float)i / (float)count;
    }
    for (size_t f = 0; f < stride; f++)
        p.precision[f] = 0.5F + fabsf(p.precision[f]);
    p.row = (bayes_row){p.vectors, p.others, p.targets, p.roots, count};
    return p;
}

static void free_problem(problem *p)
{
    reel__free(p->memory);
    reel__free(p->vectors);
    reel__free(p->targets);
    reel__free(p->others);
}

/* The posterior's mean and covariance in doubles. */
static void solve_plainly(const problem *p, double alpha, double *mean, double *covariance)
{
    const size_t d = p->shape.rank + 1, width = p->shape.width;
    double *right = calloc(d + d * d, sizeof *right);

    assert_non_null(right);
    memset(covariance, 0, d * d * sizeof *covariance);
    for (size_t a = 0; a < d; a++) {
        const size_t at = a + 1 < d ? a : width;

        right[a] = (double)p->precision[at] * (double)p->mean[at];
        covariance[a * d + a] = (double)p->precision[at];
        for (size_t i = 0; i < p->row.count; i++) {
            const float *x = p->vectors + i * p->shape.stride;
            const double weight = alpha * (double)p->roots[i] * (double)p->roots[i];
            const double xa = a + 1 < d ? (double)x[a] : 1;

            right[a] += weight * xa * ((double)p->targets[i] - (double)x[width]);
            for (size_t b = 0; b < d; b++)
                covariance[a * d + b] += weight * xa * (b + 1 < d ? (double)x[b] : 1);
        }
    }
    assert_true(reel__spd_invert(covariance, d, right + d));
    for (size_t a = 0; a < d; a++) {
        mean[a] = 0;
        for (size_t b = 0; b < d; b++)
            mean[a] += covariance[a * d + b] * right[b];
    }
    free(right);
}

/* Without normals a draw is the mean; with normals it is the mean and normals' image, and that
 * image M has M M' = covariance. */
static void check_draw(size_t rank, size_t count)
{
    problem p = make_problem(rank, count);
    const size_t d = rank + 1;
    const bayes_prior prior = {p.mean, p.precision, 1.7F};
    double *mean = calloc(d + 2 * d * d, sizeof *mean), *covariance = mean + d;
    double *image = covariance + d * d;
    float *normals = calloc(d, sizeof *normals), *out = calloc(2 * p.shape.stride, sizeof *out);
    float *centre = out + p.shape.stride;
    bayes_equations e;

    reel__bayes_equations_open(&e, &p.shape, p.memory);
    reel__bayes_accumulate(&e, &p.row);
    solve_plainly(&p, (double)1.7F, mean, covariance);
    reel__bayes_draw(&e, &prior, NULL, centre);
    for (size_t a = 0; a < d; a++)
        assert_near((double)centre[a + 1 < d ? a : p.shape.width], mean[a], 2e-4);
    for (size_t n = 0; n < d; n++) {
        normals[n] = 1;
        reel__bayes_draw(&e, &prior, normals, out);
        normals[n] = 0;
        for (size_t a = 0; a < d; a++) {
            const size_t at = a + 1 < d ? a : p.shape.width;

            image[a * d + n] = (double)out[at] - (double)centre[at];
        }
    }
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++) {
            double sum = 0;

            for (size_t n = 0; n < d; n++)
                sum += image[a * d + n] * image[b * d + n];
            assert_near(sum, covariance[a * d + b], 2e-4);
        }
    free(mean);
    free(normals);
    free(out);
    free_problem(&p);
}

static void test_a_draw_has_the_mean_and_covariance_of_the_posterior(void **state)
{
    (void)state;
    check_draw(1, 0);
    check_draw(1, 5);
    check_draw(7, 40);
    check_draw(16, 130);
    check_draw(33, 300);
    check_draw(48, 20);
}

static void test_gamma_has_its_moments(void **state)
{
    (void)state;
    static const double shapes[] = {0.5, 1, 3.5, 400};
    enum { N = 40000 };
    reel_rng rng = reel__rng_make(1, 1);

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const double a = shapes[i];
        double mean = 0, square = 0;

        for (int n = 0; n < N; n++) {
            const double x = reel__bayes_gamma(&rng, a);

            mean += x / N;
            square += x * x / N;
        }
        assert_near(mean, a, 5 * sqrt(a / N));
        assert_near(square - mean * mean, a, 0.08 * a);
    }
}

/* ---- the sampler --------------------------------------------------------------------------- */

/* Two chains of the twin, whose errors are the larger ones; the root of the mean squared
 * difference.
 */
static void compare_with_twin(ref_bayes how, const char *text)
{
    enum { ROWS = 9, COLS = 7, PAIRS = ROWS * COLS };
    const random_shape small = {.seed = 8, .people = ROWS, .movies = COLS, .density = 0.6};
    reel_dataset *dataset = random_dataset(&small);
    double expected[2][PAIRS], squares = 0;
    reel_index rows[PAIRS], movies[PAIRS];
    float found[PAIRS];
    const reel_fit_targets targets = {rows, movies, NULL, PAIRS, found};
    const reel_fit_context context = {.seed = 3, .targets = &targets};
    reel_model *model = NULL;
    reel_err err = {0};

    for (int i = 0; i < 2; i++) {
        how.seed = 5 + (uint64_t)i;
        ref_bayes_predict(&how, dataset, expected[i]);
    }
    for (int i = 0; i < PAIRS; i++) {
        rows[i] = i / COLS;
        movies[i] = i % COLS;
    }
    assert_ok(try_fit_text(&model, dataset, text, &context, &err));
    for (int i = 0; i < PAIRS; i++)
        squares += pow((double)found[i] - (expected[0][i] + expected[1][i]) / 2, 2) / PAIRS;
    print_message("%s: within %.4f of the twin\n", text, sqrt(squares));
    assert_true(sqrt(squares) < 0.05);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_predictions_are_those_of_the_twin(void **state)
{
    (void)state;
    ref_bayes how = {.rank = 1, .sweeps = 1500};

    compare_with_twin(how, "bayes rank=1 samples=10000 features=none noise=equal kept=1");
    how.svdpp = true;
    compare_with_twin(how, "bayes rank=1 samples=10000 features=svdpp noise=equal kept=1");
    how.svdpp = false;
    how.flipped = how.noise_varies = true;
    compare_with_twin(how, "bayes rank=1 samples=10000 features=flipped noise=varied kept=1");
}

/* ---- time ---------------------------------------------------------------------------------- */

enum { MOODY = 40, SEEN = 30, DAYS = 3 };

/* Ratings that are nothing but the day's mood; a sixth of them are held out. */
typedef struct moods {
    reel_dataset *dataset;
    reel_index rows[MOODY * SEEN], movies[MOODY * SEEN];
    int64_t times[MOODY * SEEN];
    float truth[MOODY * SEEN];
    size_t count;
} moods;

/* One person's ratings. */
static void make_person(moods *out, reel_dataset_builder *builder, int p, reel_rng *rng)
{
    double mood[DAYS];

    for (int d = 0; d < DAYS; d++)
        mood[d] = 3 + reel__rng_normal(rng);
    for (int m = 0; m < SEEN; m++) {
        const int64_t day = (int64_t)reel__rng_below(rng, DAYS), time = (1 + day) * 86400 + m;
        const float value = (float)(mood[day] + 0.1 * reel__rng_normal(rng));
        const reel_rating rating = {.person = p, .movie = m, .value = value, .time = time};

        if (reel__rng_below(rng, 6) > 0) {
            assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
            continue;
        }
        out->rows[out->count] = p;
        out->movies[out->count] = m;
        out->times[out->count] = time;
        out->truth[out->count++] = value;
    }
}

static void make_moods(moods *out)
{
    reel_dataset_builder *builder = NULL;
    reel_rng rng = reel__rng_make(2, 1);

    out->count = 0;
    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int p = 0; p < MOODY; p++)
        make_person(out, builder, p, &rng);
    assert_int_equal(reel_dataset_builder_finish(&out->dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
}

static double error_with(const char *text, bool timed)
{
    moods m;
    float out[MOODY * SEEN] = {0};
    reel_fit_targets targets = {m.rows, m.movies, timed ? m.times : NULL, 0, out};
    const reel_fit_context context = {.seed = 3, .targets = &targets};
    reel_model *model = NULL;
    reel_err err = {0};
    double squares = 0;

    make_moods(&m);
    targets.count = m.count;
    assert_ok(try_fit_text(&model, m.dataset, text, &context, &err));
    for (size_t i = 0; i < m.count; i++)
        squares += pow((double)out[i] - (double)m.truth[i], 2) / (double)m.count;
    reel_model_free(model);
    reel_dataset_free(m.dataset);
    return sqrt(squares);
}

static void test_moods_are_learned_from_times(void **state)
{
    (void)state;
    const double without = error_with("bayes rank=2 samples=200 features=svdpp+flipped", true);
    const double with = error_with("bayes rank=2 samples=200 features=all", true);
    const double untimed = error_with("bayes rank=2 samples=200 features=all", false);

    print_message("without times %.3f, with %.3f, asked without %.3f\n", without, with, untimed);
    assert_true(with < 0.3);
    assert_true(without > 0.6);
    assert_true(untimed > 0.6 && untimed < 1.3);
}

/* ---- fold-in ------------------------------------------------------------------------------- */

static void check_targets(const char *text)
{
    reel_dataset *dataset = random_dataset(&shape);
    reel_index rows[MOVIES], movies[MOVIES];
    float found[MOVIES], scores[MOVIES], some[MOVIES];
    const reel_fit_targets targets = {rows, movies, NULL, MOVIES, found};
    const reel_fit_context context = {.seed = 3, .targets = &targets};
    reel_entry entries[MOVIES];
    reel_scratch *scratch = new_scratch();
    reel_model *model = NULL;
    reel_query query;
    reel_err err = {0};

    for (int i = 0; i < MOVIES; i++) {
        rows[i] = 5;
        movies[i] = i;
    }
    assert_ok(try_fit_text(&model, dataset, text, &context, &err));
    query = trained_query(dataset, 5, entries);
    assert_ok(reel_model_score(model, &query, scratch, scores, &err));
    assert_ok(reel_model_predict(model, &query, movies, MOVIES, scratch, some, &err));
    for (int i = 0; i < MOVIES; i++) {
        reel_explanation why;

        assert_ok(reel_model_explain(model, &query, i, REEL_REASONS_MAX, scratch, &why, &err));
        assert_near(why.score, (double)scores[i], 1e-5);
        for (size_t n = 0; n < why.reason_count; n++)
            why.score -= why.reasons[n].contribution;
        assert_near(why.score, why.baseline + why.other, 1e-9);
        assert_near((double)some[i], (double)found[i], 0.3);
        if (strstr(text, "probit") == NULL)
            assert_near((double)some[i], fmax(0.5, fmin(5, (double)scores[i])), 1e-6);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_targets_and_kept_samples_agree(void **state)
{
    (void)state;
    check_targets("bayes rank=2 samples=2000 kept=200");
    check_targets("bayes rank=2 samples=2000 kept=200 likelihood=probit");
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    const random_shape large = {.seed = 9, .people = 400, .movies = 150, .density = 0.2};
    reel_dataset *dataset = random_dataset(&large);
    float found[2][400] = {{0}};
    reel_index rows[400], movies[400];

    for (int i = 0; i < 400; i++) {
        rows[i] = i;
        movies[i] = i * 7 % 150;
    }
    for (int i = 0; i < 2; i++) {
        const reel_fit_targets targets = {rows, movies, NULL, 400, found[i]};
        const reel_fit_context context = {
            .seed = 3, .threads = i == 0 ? 1 : 4, .targets = &targets};
        reel_model *model = NULL;
        reel_err err = {0};

        assert_ok(try_fit_text(&model, dataset,
                               "bayes rank=20 samples=6 burn_in=2 kept=2 likelihood=probit",
                               &context, &err));
        reel_model_free(model);
    }
    assert_memory_equal(found[0], found[1], sizeof found[0]);
    reel_dataset_free(dataset);
}

/* ---- bad input ----------------------------------------------------------------------------- */

/* Every film as the only one of a history, with a weight that drowns everything else. */
static void check_finite(const reel_model *model, int films)
{
    reel_scratch *scratch = new_scratch();
    reel_err err = {0};

    for (int film = 0; film < films; film++) {
        const reel_entry entry = {.movie = film, .value = 1e6F, .weight = film % 2 ? 1e6F : 1};
        const reel_query query = {.entries = &entry, .count = 1, .row = -1};
        float scores[8];

        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        for (int j = 0; j < films; j++)
            assert_true(isfinite(scores[j]));
    }
    reel_scratch_free(scratch);
}

/* One person, one film, films that nobody rated, ratings that are all the same or very large. */
static void test_the_smallest_data_give_finite_scores(void **state)
{
    (void)state;
    static const struct {
        int people, rated, films;
        float scale;
    } cases[] = {{1, 1, 1, 1}, {1, 1, 5, 1}, {3, 1, 2, 1}, {1, 4, 6, 1}, {5, 3, 3, 2e5F}};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_dataset *dataset =
            tiny_dataset(cases[c].people, cases[c].rated, cases[c].films, cases[c].scale);
        reel_model *model = fit_text(dataset, "bayes rank=5 samples=40 kept=4");

        check_finite(model, cases[c].films);
        reel_model_free(model);
        reel_dataset_free(dataset);
    }
}

static void test_bad_parameters_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"bayes rank=0",        "bayes rank=257", "bayes samples=0",
                                      "bayes burn_in=-1",    "bayes kept=0",   "bayes noise=loud",
                                      "bayes features=genre"};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(try_fit_text(&model, dataset, bad[i], NULL, &err), REEL_E_INVALID, "");
    reel_dataset_free(dataset);
}

/* Probit wants few levels, and at least two. */
static void test_levels_have_a_number(void **state)
{
    (void)state;
    const random_shape many = {
        .seed = 1, .people = 30, .movies = 20, .density = 0.3, .all_distinct = true};
    reel_dataset *sets[] = {random_dataset(&many), tiny_dataset(3, 1, 2, 1),
                            tiny_dataset(4, 2, 3, 1), tiny_dataset(4, 3, 3, 1)};
    reel_err err = {0};

    reel_model *model = NULL;

    for (size_t i = 0; i < 2; i++)
        assert_fails(try_fit_text(&model, sets[i], "bayes likelihood=probit", NULL, &err),
                     REEL_E_INVALID, "probit");
    for (size_t i = 2; i < 4; i++) {
        assert_ok(try_fit_text(&model, sets[i], "bayes likelihood=probit samples=60", NULL, &err));
        check_finite(model, 3);
        reel_model_free(model);
    }
    for (size_t i = 0; i < 4; i++)
        reel_dataset_free(sets[i]);
}

static void test_cancel_ends_a_fit(void **state)
{
    (void)state;
    const volatile bool cancel = true;
    const reel_fit_context context = {.seed = 1, .cancel = &cancel};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = NULL;
    reel_err err = {0};

    assert_fails(try_fit_text(&model, dataset, "bayes", &context, &err), REEL_E_CANCELLED,
                 "cancelled");
    reel_dataset_free(dataset);
}

/* ---- files and memory ---------------------------------------------------------------------- */

/* A number of one tensor replaced by NaN. */
static void test_damaged_numbers_are_refused(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit_text(dataset, "bayes rank=4 samples=4 kept=2 likelihood=probit");
    const bayes *self = (const bayes *)model;
    const void *const parts[] = {self->films, self->implied, self->noise,
                                 self->prior, self->numbers, self->level};
    const uint64_t bad = UINT64_MAX;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        check_damage(model, &(file_damage){parts[i], 0, &bad, sizeof bad, ""});
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);

    assert_true(
        sweep_fit(dataset, "bayes rank=3 samples=2 burn_in=0 kept=2 likelihood=probit", NULL) > 20);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normals_are_normal),
        cmocka_unit_test(test_normal_distribution_and_quantile),
        cmocka_unit_test(test_truncated_mean_and_variance),
        cmocka_unit_test(test_a_draw_has_the_mean_and_covariance_of_the_posterior),
        cmocka_unit_test(test_gamma_has_its_moments),
        cmocka_unit_test(test_predictions_are_those_of_the_twin),
        cmocka_unit_test(test_moods_are_learned_from_times),
        cmocka_unit_test(test_targets_and_kept_samples_agree),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_the_smallest_data_give_finite_scores),
        cmocka_unit_test(test_bad_parameters_are_refused),
        cmocka_unit_test(test_levels_have_a_number),
        cmocka_unit_test(test_cancel_ends_a_fit),
        cmocka_unit_test(test_damaged_numbers_are_refused),
        cmocka_unit_test(test_no_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
