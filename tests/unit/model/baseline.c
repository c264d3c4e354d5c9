/* Unit tests of baseline: against sums written out over a dense table, and its edges. */
#include "support/check.h"

#include <math.h>

#include "model/biases.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/temp.h"

enum { PEOPLE = 40, MOVIES = 25, EPOCHS = 10 };

static const random_shape shape = {
    .seed = 5, .people = PEOPLE, .movies = MOVIES, .density = 0.3, .all_distinct = true};

typedef struct twin {
    double r[PEOPLE][MOVIES]; /* NaN: not rated */
    double mean, person[PEOPLE], movie[MOVIES];
} twin;

static void read_table(twin *t, const reel_dataset *dataset)
{
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    double sum = 0;

    for (int u = 0; u < PEOPLE; u++)
        for (int j = 0; j < MOVIES; j++)
            t->r[u][j] = (double)NAN;
    for (reel_index u = 0; u < PEOPLE; u++)
        for (reel_nnz k = ratings.ptr[u]; k < ratings.ptr[u + 1]; k++) {
            t->r[u][ratings.col[k]] = (double)ratings.val[k];
            sum += (double)ratings.val[k];
        }
    t->mean = sum / (double)ratings.ptr[PEOPLE];
    memset(t->person, 0, sizeof t->person);
    memset(t->movie, 0, sizeof t->movie);
}

static void step_people(twin *t, double reg)
{
    for (int u = 0; u < PEOPLE; u++) {
        double sum = 0, count = reg;

        for (int j = 0; j < MOVIES; j++)
            if (!isnan(t->r[u][j])) {
                sum += t->r[u][j] - t->mean - t->movie[j];
                count++;
            }
        t->person[u] = sum / count;
    }
}

static void step_movies(twin *t, double reg)
{
    for (int j = 0; j < MOVIES; j++) {
        double sum = 0, count = reg;

        for (int u = 0; u < PEOPLE; u++)
            if (!isnan(t->r[u][j])) {
                sum += t->r[u][j] - t->mean - t->person[u];
                count++;
            }
        t->movie[j] = sum / count;
    }
}

static void step_gradient(twin *t, double lr, double reg)
{
    for (int u = 0; u < PEOPLE; u++)
        for (int j = 0; j < MOVIES; j++)
            if (!isnan(t->r[u][j])) {
                const double e = t->r[u][j] - t->mean - t->person[u] - t->movie[j];

                t->person[u] += lr * (e - reg * t->person[u]);
                t->movie[j] += lr * (e - reg * t->movie[j]);
            }
}

static reel_model *fit(const reel_dataset *dataset, const reel_param *items, size_t count)
{
    const reel_params params = {items, count};
    reel_model *model = NULL;
    reel_err err = {0};

    assert_ok(reel_model_fit(&model, "baseline", dataset, &params, NULL, &err));
    return model;
}

static void expect_twin(const twin *t, const reel_dataset *dataset, const reel_model *model)
{
    reel_scratch *scratch = NULL;
    reel_err err = {0};

    assert_ok(reel_scratch_new(&scratch, &err));
    for (reel_index u = 0; u < PEOPLE; u++) {
        reel_entry entries[MOVIES];
        const reel_query query = trained_query(dataset, u, entries);
        float scores[MOVIES];

        assert_ok(reel_model_score(model, &query, scratch, scores, &err));
        for (int j = 0; j < MOVIES; j++)
            assert_near((double)scores[j], t->mean + t->person[u] + t->movie[j], 3e-6);
    }
    reel_scratch_free(scratch);
}

static void test_als_is_the_twin(void **state)
{
    (void)state;
    const reel_param items[] = {{"reg_i", "7"}, {"reg_u", "3"}};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, items, 2);
    twin t;

    read_table(&t, dataset);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        step_movies(&t, 7);
        step_people(&t, 3);
    }
    expect_twin(&t, dataset, model);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_sgd_is_the_twin_and_ends_with_the_people(void **state)
{
    (void)state;
    const reel_param items[] = {{"method", "sgd"}, {"lr", "0.02"}, {"reg", "0.1"}, {"reg_u", "4"}};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, items, 4);
    twin t;

    read_table(&t, dataset);
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        step_gradient(&t, 0.02, 0.1);
    step_people(&t, 4);
    expect_twin(&t, dataset, model);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

static void test_the_bias_of_a_trained_person_is_that_of_the_history(void **state)
{
    (void)state;
    const reel_bias_opts opts = reel__bias_opts_default();
    const reel_fit_context context = {.seed = 1};
    reel_dataset *dataset = random_dataset(&shape);
    reel_biases biases;
    reel_err err = {0};

    assert_ok(reel__biases_fit(&biases, dataset, &opts, &context, &err));
    for (reel_index u = 0; u < PEOPLE; u++) {
        reel_entry entries[MOVIES];
        const reel_query query = trained_query(dataset, u, entries);

        assert_true(reel__biases_of_query(&biases, &query, NULL) == (double)biases.person[u]);
    }
    reel__biases_fini(&biases);
    reel_dataset_free(dataset);
}

static void test_clicks_and_strangers_get_the_film_alone(void **state)
{
    (void)state;
    const reel_entry click = {.movie = 2, .value = 1, .weight = 1, .kind = REEL_ENTRY_CLICK};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit(dataset, NULL, 0);
    reel_scratch *scratch = NULL;
    reel_query query = {.entries = &click, .row = -1};
    float nobody[MOVIES], clicked[MOVIES];
    reel_err err = {0};

    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, &query, scratch, nobody, &err));
    query.count = 1;
    assert_ok(reel_model_score(model, &query, scratch, clicked, &err));
    assert_memory_equal(nobody, clicked, sizeof nobody);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
}

/* One person, one film, one film nobody rated: biases without ratings to shrink them are 0. */
static void test_smallest_data(void **state)
{
    (void)state;
    const reel_rating rating = {.person = 1, .movie = 7, .value = 4};
    const reel_param items[] = {{"reg_i", "0"}, {"reg_u", "0"}};
    const reel_query query = {.row = -1};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_scratch *scratch = NULL;
    reel_model *model;
    float scores[2];
    reel_err err = {0};

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (int64_t id = 7; id <= 8; id++)
        assert_ok(reel_dataset_builder_add_movie(builder, &(reel_movie){.id = id}, &err));
    assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    model = fit(dataset, items, 2);
    assert_ok(reel_scratch_new(&scratch, &err));
    assert_ok(reel_model_score(model, &query, scratch, scores, &err));
    assert_true(scores[0] == 4 && scores[1] == 4);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
    reel_dataset_builder_free(builder);
}

static void test_parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const reel_param bad[] = {
        {"epochs", "0"}, {"reg_i", "-1"}, {"reg_u", "nan"}, {"lr", "1.5"}, {"method", "newton"}};
    reel_dataset *dataset = random_dataset(&shape);
    reel_err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const reel_params params = {&bad[i], 1};
        reel_model *model = NULL;

        assert_fails(reel_model_fit(&model, "baseline", dataset, &params, NULL, &err),
                     REEL_E_INVALID, bad[i].name);
    }
    reel_dataset_free(dataset);
}

/* A file of the right shape with other contents. */
static void load_changed(double mean, const float *movie, int64_t count, const char *says)
{
    const char *path = temp_path("biases.reel");
    reel_tensors_writer *writer = NULL;
    reel_tensors *tensors = NULL;
    reel_biases biases;
    reel_err err = {0};

    assert_ok(reel__tensors_writer_new(&writer, &err));
    assert_ok(reel__tensors_add(writer, "mean", REEL_F64, &mean, 1, &err));
    assert_ok(reel__tensors_add(writer, "movie_bias", REEL_F32, movie, count, &err));
    assert_ok(reel__tensors_write(writer, path, &err));
    assert_ok(reel__tensors_open(&tensors, path, &err));
    assert_fails(reel__biases_load(&biases, 3, 15, tensors, "", &err), REEL_E_FORMAT, says);
    reel__biases_fini(&biases);
    reel__tensors_free(tensors);
    reel__tensors_writer_free(writer);
}

static void test_damaged_files_are_refused(void **state)
{
    (void)state;
    load_changed(3, (const float[]){0, 0}, 2, "2 biases for 3 films");
    load_changed((double)NAN, (const float[]){0, 0, 0}, 3, "mean");
    load_changed(3, (const float[]){0, NAN, 0}, 3, "movie_bias[1]");
    load_changed(3, (const float[]){0, 0, 1e30F}, 3, "movie_bias[2]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_als_is_the_twin),
        cmocka_unit_test(test_sgd_is_the_twin_and_ends_with_the_people),
        cmocka_unit_test(test_the_bias_of_a_trained_person_is_that_of_the_history),
        cmocka_unit_test(test_clicks_and_strangers_get_the_film_alone),
        cmocka_unit_test(test_smallest_data),
        cmocka_unit_test(test_parameters_out_of_range_are_refused),
        cmocka_unit_test(test_damaged_files_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
