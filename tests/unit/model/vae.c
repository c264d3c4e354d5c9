/* Unit tests of vae: gradients against finite differences, what it learns, threads, files. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/vae_net.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/temp.h"

/* ---- gradients ----------------------------------------------------------------------------- */

enum { FILMS = 7, INPUTS = 14, HIDDEN = 6, LATENT = 4, DEPTH = 3, ROWS = 3 };

static const vae_shape shape = {
    .inputs = INPUTS, .films = FILMS, .hidden = HIDDEN, .latent = LATENT, .depth = DEPTH};
static const reel_nnz row_ptr[] = {0, 3, 4, 6};
static const reel_index row_col[] = {0, 5, 13, 2, 2, 9};
static float row_val[] = {0.5F, -0.25F, 1, 0.75F, 0.3F, 0.6F};
static const vae_rows rows = {.count = ROWS, .ptr = row_ptr, .col = row_col, .val = row_val};

/* A loss with a random weight for each logit and each log variance; z is the mean. */
static double loss(const vae_net *net, vae_pass *pass, const float *a, const float *b)
{
    double sum = 0;

    reel__vae_encode(net, &rows, pass);
    memcpy(pass->z, pass->mean, (size_t)ROWS * LATENT * sizeof(float));
    reel__vae_decode(net, ROWS, pass);
    for (int i = 0; i < ROWS * FILMS; i++)
        sum += (double)a[i] * (double)pass->logits[i];
    for (int i = 0; i < ROWS * LATENT; i++)
        sum += (double)b[i] * (double)pass->spread[i];
    return sum;
}

static void fill(float *out, size_t count, uint64_t stream)
{
    reel_rng rng = reel__rng_make(3, stream);

    for (size_t i = 0; i < count; i++)
        out[i] = (float)(0.5 * reel__rng_normal(&rng));
}

static double central(const vae_net *net, vae_pass *pass, const float *a, const float *b, float *x,
                      float step)
{
    const float old = *x;
    double up, down;

    *x = old + step;
    up = loss(net, pass, a, b);
    *x = old - step;
    down = loss(net, pass, a, b);
    *x = old;
    return (up - down) / (2 * (double)step);
}

/* Of the loss by *x: central differences of two steps, extrapolated (Richardson). */
static double difference(const vae_net *net, vae_pass *pass, const float *a, const float *b,
                         float *x)
{
    return (4 * central(net, pass, a, b, x, 0.01F) - central(net, pass, a, b, x, 0.02F)) / 3;
}

static void test_gradients_are_those_of_finite_differences(void **state)
{
    const vae_layout at = reel__vae_layout(&shape);
    float *weights = reel__alloc_aligned(at.total, sizeof *weights);
    float *gradient = reel__alloc_aligned(at.total, sizeof *gradient);
    const vae_net net = {.shape = shape, .at = at, .weights = weights, .threads = 2};
    float a[ROWS * FILMS], b[ROWS * LATENT];
    double inputs[6];
    vae_pass pass, other;

    (void)state;
    fill(weights, at.total, 1);
    fill(a, ROWS * FILMS, 2);
    fill(b, ROWS * LATENT, 3);
    memset(gradient, 0, at.total * sizeof *gradient);
    assert_int_equal(reel__vae_pass_init(&pass, &shape, ROWS, 1, NULL), REEL_OK);
    assert_int_equal(reel__vae_pass_init(&other, &shape, ROWS, 0, NULL), REEL_OK);
    (void)loss(&net, &pass, a, b);
    memcpy(pass.logits, a, sizeof a);
    reel__vae_back_decoder(&net, ROWS, &pass, gradient);
    memcpy(pass.back_mean, pass.back_z, sizeof b);
    memcpy(pass.back_spread, b, sizeof b);
    reel__vae_back_encoder(&net, &rows, &pass, gradient);
    for (int r = 0; r < ROWS; r++)
        for (reel_nnz k = row_ptr[r]; k < row_ptr[r + 1]; k++)
            inputs[k] = reel__vae_input_gradient(&net, &pass, (size_t)r, (size_t)row_col[k]);
    for (size_t i = 0; i < at.total; i++) {
        const double expected = difference(&net, &other, a, b, &weights[i]);

        assert_near((double)gradient[i], expected, 2e-3 * fmax(1, fabs(expected)));
    }
    for (int k = 0; k < 6; k++) {
        const double expected = difference(&net, &other, a, b, &row_val[k]);

        assert_near(inputs[k], expected, 2e-3 * fmax(1, fabs(expected)));
    }
    reel__vae_pass_fini(&pass);
    reel__vae_pass_fini(&other);
    reel__free(weights);
    reel__free(gradient);
    assert_int_equal(reel__alloc_live(), 0);
}

/* ---- the model ----------------------------------------------------------------------------- */

static const reel_param small[] = {{"factors", "8"}, {"hidden", "16"}, {"depth", "2"},
                                   {"epochs", "20"}, {"batch", "16"},  {"rate", "0.01"}};
static const reel_params params = {small, sizeof small / sizeof *small};
static const reel_params quick = {
    (const reel_param[]){{"factors", "2"}, {"hidden", "4"}, {"depth", "1"}, {"epochs", "1"}}, 4};

/* Two tastes: people like six of twelve films of their half; graded ones dislike one of the other.
 */
static reel_dataset *two_tastes(bool graded)
{
    reel_rng rng = reel__rng_make(9, 9);
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int64_t p = 0; p < 80; p++) {
        const int64_t half = p % 2 * 12;

        for (int64_t i = 0; i < 6; i++) {
            const reel_rating r = {.person = p,
                                   .movie = half + (int64_t)((uint64_t)(p / 2 + i * 2) % 12),
                                   .value = graded ? 5 : 1};

            assert_int_equal(reel_dataset_builder_add_ratings(builder, &r, 1, NULL), REEL_OK);
        }
        if (graded) {
            const reel_rating r = {
                .person = p, .movie = 12 - half + (int64_t)reel__rng_below(&rng, 12), .value = 1};

            assert_int_equal(reel_dataset_builder_add_ratings(builder, &r, 1, NULL), REEL_OK);
        }
    }
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static reel_model *fit(const reel_dataset *dataset, const reel_params *how, int threads)
{
    const reel_fit_context context = {.seed = 4, .threads = threads};
    reel_model *model = NULL;
    reel_err err = {0};

    if (reel_model_fit(&model, "vae", dataset, how, &context, &err) != REEL_OK)
        fail_msg("%s", err.msg);
    return model;
}

static void score(const reel_model *model, const reel_query *query, float *scores)
{
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_score(model, query, scratch, scores, NULL), REEL_OK);
    reel_scratch_free(scratch);
}

/* Mean score of films [0, 12) above that of [12, 24). */
static double leaning(const float *scores)
{
    double sum = 0;

    for (int j = 0; j < 24; j++)
        sum += (double)(j < 12 ? scores[j] : -scores[j]) / 12;
    return sum;
}

static void test_it_tells_two_tastes_apart(void **state)
{
    const reel_entry likes = {.movie = 3, .value = 5, .weight = 1};
    const reel_entry hates = {.movie = 3, .value = 1, .weight = 1};

    (void)state;
    for (int graded = 0; graded < 2; graded++) {
        reel_dataset *dataset = two_tastes(graded != 0);
        reel_model *model = fit(dataset, &params, 2);
        float liked[24], hated[24], nothing[24];

        score(model, &(reel_query){.entries = &likes, .count = 1, .row = -1}, liked);
        score(model, &(reel_query){.entries = &hates, .count = 1, .row = -1}, hated);
        score(model, &(reel_query){.row = -1}, nothing);
        assert_true(leaning(liked) > 0.5);
        assert_true(leaning(liked) > fabs(leaning(nothing)));
        assert_true(graded ? leaning(hated) < -0.2 : leaning(hated) > 0.5);
        reel_model_free(model);
        reel_dataset_free(dataset);
    }
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_threads_leave_no_trace(void **state)
{
    static const random_shape data = {.seed = 8, .people = 90, .movies = 130, .density = 0.2};
    static const reel_param items[] = {{"factors", "70"}, {"hidden", "70"}, {"epochs", "1"}};
    const reel_params how = {items, 3};
    reel_dataset *dataset = random_dataset(&data);
    reel_model *one = fit(dataset, &how, 1), *four = fit(dataset, &how, 4);
    reel_entry entries[RANDOM_HISTORY_MAX];
    const reel_query query = trained_query(dataset, 3, entries);
    float a[130], b[130];

    (void)state;
    score(one, &query, a);
    score(four, &query, b);
    assert_memory_equal(a, b, sizeof a);
    reel_model_free(one);
    reel_model_free(four);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_a_file_gives_the_same_scores(void **state)
{
    char path[TEMP_PATH];
    reel_dataset *dataset = two_tastes(true);
    reel_model *model = fit(dataset, &quick, 1), *loaded = NULL;
    const reel_entry entry = {.movie = 20, .value = 4, .weight = 2};
    const reel_query query = {.entries = &entry, .count = 1, .row = -1};
    float a[24], b[24];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", temp_path("vae.safetensors"));
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_int_equal(reel_model_load(&loaded, path, NULL), REEL_OK);
    score(model, &query, a);
    score(loaded, &query, b);
    assert_memory_equal(a, b, sizeof a);
    reel_model_free(model);
    reel_model_free(loaded);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

typedef struct impatience {
    volatile bool stop;
    double share;
} impatience;

static void stop_at_once(double share, void *user)
{
    impatience *i = user;

    i->share = share;
    i->stop = true;
}

/* Not only after a round, which takes minutes on large data. */
static void test_cancelling_waits_for_one_batch(void **state)
{
    impatience i = {.stop = false};
    const reel_fit_context context = {
        .seed = 1, .progress = stop_at_once, .user = &i, .cancel = &i.stop};
    const reel_param one = {"epochs", "1"};
    reel_dataset *dataset = two_tastes(false);
    reel_model *model = NULL;
    reel_err err = {0};

    (void)state;
    assert_int_equal(
        reel_model_fit(&model, "vae", dataset, &(reel_params){&one, 1}, &context, &err),
        REEL_E_CANCELLED);
    assert_null(model);
    assert_true(i.share > 0 && i.share <= 0.25);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_wrong_parameters_and_too_little_memory(void **state)
{
    static const struct {
        const char *name, *value;
    } wrong[] = {{"factors", "0"}, {"depth", "6"}, {"dropout", "1"}, {"rate", "nan"}};
    const reel_fit_context poor = {.seed = 1, .memory = 1000};
    const volatile bool stop = true;
    const reel_fit_context cancelled = {.seed = 1, .cancel = &stop};
    reel_dataset *dataset = two_tastes(false);
    reel_model *model = NULL;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const reel_param one = {wrong[i].name, wrong[i].value};

        assert_int_equal(
            reel_model_fit(&model, "vae", dataset, &(reel_params){&one, 1}, NULL, &err),
            REEL_E_INVALID);
        assert_non_null(strstr(err.msg, wrong[i].name));
    }
    assert_int_equal(reel_model_fit(&model, "vae", dataset, NULL, &poor, &err), REEL_E_BUDGET);
    assert_non_null(strstr(err.msg, "ials"));
    assert_int_equal(reel_model_fit(&model, "vae", dataset, &quick, &cancelled, &err),
                     REEL_E_CANCELLED);
    assert_null(model);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_any_allocation_may_fail(void **state)
{
    char path[TEMP_PATH];
    reel_dataset *dataset = two_tastes(true);
    const long before = reel__alloc_live();
    reel_code rc = REEL_E_NOMEM;

    (void)state;
    (void)snprintf(path, sizeof path, "%s", temp_path("vae.safetensors"));
    for (long n = 0; rc != REEL_OK; n++) {
        reel_model *model = NULL, *loaded = NULL;

        assert_int_equal(rc, REEL_E_NOMEM);
        reel__alloc_fail_after(n);
        rc = reel_model_fit(&model, "vae", dataset, &quick, NULL, NULL);
        if (rc == REEL_OK)
            rc = reel_model_save(model, path, NULL);
        if (rc == REEL_OK)
            rc = reel_model_load(&loaded, path, NULL);
        reel__alloc_fail_after(-1);
        reel_model_free(model);
        reel_model_free(loaded);
        assert_int_equal(reel__alloc_live(), before);
    }
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients_are_those_of_finite_differences),
        cmocka_unit_test(test_it_tells_two_tastes_apart),
        cmocka_unit_test(test_threads_leave_no_trace),
        cmocka_unit_test(test_a_file_gives_the_same_scores),
        cmocka_unit_test(test_cancelling_waits_for_one_batch),
        cmocka_unit_test(test_wrong_parameters_and_too_little_memory),
        cmocka_unit_test(test_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
