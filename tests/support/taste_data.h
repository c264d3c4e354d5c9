/* tests/support/taste_data.h - ratings that have something to learn in them: people and films with
 * biases and three tastes, and noise; and how well a model predicts those held out. Two films were
 * rated by nobody. Include after cmocka.h. Threads: no state.
 */
#ifndef TESTS_SUPPORT_TASTE_DATA_H
#define TESTS_SUPPORT_TASTE_DATA_H

#include <math.h>

#include "support/random_data.h"

enum { TASTE_PEOPLE = 260, TASTE_MOVIES = 122, TASTES = 3, TASTE_PAIRS = 20000 };

typedef struct taste_data {
    reel_dataset *train;
    size_t held; /* ratings held out */
    reel_index person[TASTE_PAIRS], movie[TASTE_PAIRS];
    float value[TASTE_PAIRS];
} taste_data;

static inline void taste_traits(uint64_t stream, double traits[TASTES + 1])
{
    reel_rng rng = reel__rng_make(77, stream);

    for (int t = 0; t <= TASTES; t++)
        traits[t] = reel__rng_normal(&rng);
}

static inline float taste_rating(reel_rng *rng, const double person[], const double movie[])
{
    double value = 3.2 + 0.4 * person[TASTES] + 0.5 * movie[TASTES] + 0.4 * reel__rng_normal(rng);

    for (int t = 0; t < TASTES; t++)
        value += 0.6 * person[t] * movie[t];
    return (float)(round(2 * fmax(0.5, fmin(5, value))) / 2);
}

/* About 45 % of all pairs are train's, 5 % are held out. */
static inline void taste_make(taste_data *out)
{
    reel_dataset_builder *builder = NULL;

    out->held = 0;
    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int64_t j = 0; j < TASTE_MOVIES; j++)
        assert_int_equal(reel_dataset_builder_add_movie(builder, &(reel_movie){.id = j + 1}, NULL),
                         REEL_OK);
    for (reel_index u = 0; u < TASTE_PEOPLE; u++) {
        reel_rng rng = reel__rng_make(78, (uint64_t)u);
        double person[TASTES + 1], movie[TASTES + 1];

        taste_traits((uint64_t)u, person);
        for (reel_index j = 0; j < TASTE_MOVIES - 2; j++) {
            const double chance = reel__rng_unit(&rng);
            reel_rating rating = {.person = u + 1, .movie = j + 1};

            taste_traits(1000 + (uint64_t)j, movie);
            rating.value = taste_rating(&rng, person, movie);
            if (chance < 0.45) {
                assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL),
                                 REEL_OK);
            } else if (chance < 0.5) {
                out->person[out->held] = u;
                out->movie[out->held] = j;
                out->value[out->held++] = rating.value;
            }
        }
    }
    assert_int_equal(reel_dataset_builder_finish(&out->train, builder, NULL, NULL), REEL_OK);
    reel_dataset_builder_free(builder);
}

static inline reel_model *taste_fit(const taste_data *data, const char *name,
                                    const reel_param *items, size_t count, int threads)
{
    const reel_params params = {items, count};
    const reel_fit_context context = {.seed = 1, .threads = threads};
    reel_model *model = NULL;
    reel_err err = {REEL_OK, ""};

    if (reel_model_fit(&model, name, data->train, &params, &context, &err) != REEL_OK)
        fail_msg("fit %s: %s", name, err.msg);
    return model;
}

/* Root of the mean squared error over what was held out; stored: people are known by their row, or
 * strangers with the same history. */
static inline double taste_rmse(const taste_data *data, const reel_model *model, bool stored)
{
    reel_scratch *scratch = NULL;
    double squares = 0;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (size_t i = 0; i < data->held; i++) {
        reel_entry entries[TASTE_MOVIES];
        reel_query query = trained_query(data->train, data->person[i], entries);
        float predicted = 0;

        if (!stored)
            query.row_hash = 0;
        assert_int_equal(
            reel_model_predict(model, &query, &data->movie[i], 1, scratch, &predicted, NULL),
            REEL_OK);
        squares += pow((double)predicted - (double)data->value[i], 2);
    }
    reel_scratch_free(scratch);
    return sqrt(squares / (double)data->held);
}

/* Every trained person's scores with 1 and with 4 threads are the same bits. */
static inline void taste_check_threads(const taste_data *data, const char *name,
                                       const reel_param *items, size_t count)
{
    reel_model *one = taste_fit(data, name, items, count, 1);
    reel_model *four = taste_fit(data, name, items, count, 4);
    reel_scratch *scratch = NULL;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (reel_index u = 0; u < TASTE_PEOPLE; u++) {
        reel_entry entries[TASTE_MOVIES];
        const reel_query query = trained_query(data->train, u, entries);
        float a[TASTE_MOVIES], b[TASTE_MOVIES];

        assert_int_equal(reel_model_score(one, &query, scratch, a, NULL), REEL_OK);
        assert_int_equal(reel_model_score(four, &query, scratch, b, NULL), REEL_OK);
        assert_memory_equal(a, b, sizeof a);
    }
    reel_scratch_free(scratch);
    reel_model_free(one);
    reel_model_free(four);
}

/* One person, one film rated, one film that nobody rated: finite scores for anybody. */
static inline void taste_check_smallest(const char *name)
{
    const reel_rating rating = {.person = 1, .movie = 7, .value = 4};
    const reel_entry entries[] = {{.movie = 0, .value = 2, .weight = 1},
                                  {.movie = 1, .value = 5, .weight = 1e6F}};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_scratch *scratch = NULL;
    reel_model *model = NULL;

    assert_int_equal(reel_dataset_builder_new(&builder, NULL), REEL_OK);
    for (int64_t id = 7; id <= 8; id++)
        assert_int_equal(reel_dataset_builder_add_movie(builder, &(reel_movie){.id = id}, NULL),
                         REEL_OK);
    assert_int_equal(reel_dataset_builder_add_ratings(builder, &rating, 1, NULL), REEL_OK);
    assert_int_equal(reel_dataset_builder_finish(&dataset, builder, NULL, NULL), REEL_OK);
    assert_int_equal(reel_model_fit(&model, name, dataset, NULL, NULL, NULL), REEL_OK);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (size_t from = 0; from < 3; from++) /* both, the one nobody rated, none */
        for (reel_index row = -1; row < 1; row++) {
            const reel_query query = {.entries = entries + from % 2, .count = 2 - from, .row = row};
            float scores[2];

            assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
            assert_true(isfinite(scores[0]) && isfinite(scores[1]));
        }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
    reel_dataset_builder_free(builder);
}

#endif
