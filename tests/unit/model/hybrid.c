/* Unit tests of hybrid: the weighted sum by hand, steps of history length, what it refuses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "model/hybrid.h"
#include "model/recency.h"
#include "support/near.h"
#include "support/random_data.h"
#include "support/temp.h"

enum { MOVIES = 120, PEOPLE = 60 };

static const random_shape shape = {.seed = 21, .people = PEOPLE, .movies = MOVIES, .density = 0.2};

static reel_model *fit(const char *name, const reel_dataset *dataset)
{
    reel_model *model = NULL;

    assert_int_equal(reel_model_fit(&model, name, dataset, NULL, NULL, NULL), REEL_OK);
    return model;
}

static void standardise(const float *scores, double *out)
{
    double mean = 0, variance = 0;

    for (int j = 0; j < MOVIES; j++)
        mean += (double)scores[j] / MOVIES;
    for (int j = 0; j < MOVIES; j++)
        variance += pow((double)scores[j] - mean, 2) / MOVIES;
    for (int j = 0; j < MOVIES; j++)
        out[j] = variance > 0 ? ((double)scores[j] - mean) / sqrt(variance) : 0;
}

static reel_query history_of(size_t count, reel_entry *entries)
{
    for (size_t i = 0; i < count; i++)
        entries[i] = (reel_entry){.movie = (reel_index)i, .value = (float)(1 + i % 5), .weight = 1};
    return (reel_query){.entries = entries, .count = count, .row = -1};
}

/* Weights of user-knn at the knots 0, 1, 4, 16, 64 and 256, and of popular. */
static const float weights[2][REEL_HYBRID_KNOTS] = {{1, 1, 0.5F, 0, -1, 2}, {0, 2, 3, 5, 7, 9}};

static void test_knots_share_a_length_between_them(void **state)
{
    static const struct {
        size_t length;
        double first, second; /* of the knots below and above */
        int below;
    } cases[] = {{0, 1, 0, 0},   {1, 1, 0, 1},      {2, 0.5, 0.5, 1},
                 {4, 1, 0, 2},   {8, 0.5, 0.5, 2},  {64, 1, 0, 4},
                 {256, 0, 1, 4}, {100000, 0, 1, 4}, {128, 0.5, 0.5, 4}};

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double share[REEL_HYBRID_KNOTS];

        reel__hybrid_shares(cases[c].length, share);
        for (int k = 0; k < REEL_HYBRID_KNOTS; k++)
            assert_near(share[k],
                        k == cases[c].below       ? cases[c].first
                        : k == cases[c].below + 1 ? cases[c].second
                                                  : 0,
                        1e-12);
    }
}

static void test_scores_are_the_weighted_sum_for_each_length(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        double popular, knn;
    } cases[] = {{0, 1, 0}, {1, 1, 2}, {2, 0.75, 2.5}, {16, 0, 5}, {32, -0.5, 6}, {64, -1, 7}};
    const reel_param twice = {"user-knn", "2"};
    const reel_params params = {&twice, 1};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *members[2] = {fit("popular", dataset), fit("user-knn", dataset)}, *model = NULL;
    reel_scratch *scratch = NULL;

    assert_int_equal(reel__hybrid_make(&model, members, 2, &params, weights[0], NULL), REEL_OK);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        reel_entry entries[MOVIES];
        const reel_query query = history_of(cases[c].length, entries);
        float scores[MOVIES], popular[MOVIES], knn[MOVIES];
        double popular_z[MOVIES], knn_z[MOVIES];

        assert_int_equal(reel_model_score(members[0], &query, scratch, popular, NULL), REEL_OK);
        assert_int_equal(reel_model_score(members[1], &query, scratch, knn, NULL), REEL_OK);
        assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
        for (int j = 0; j < MOVIES; j++)
            popular[j] = (float)log1p((double)popular[j]);
        standardise(popular, popular_z);
        standardise(knn, knn_z);
        for (int j = 0; j < MOVIES; j++)
            assert_near((double)scores[j],
                        cases[c].popular * popular_z[j] + 2 * cases[c].knn * knn_z[j], 1e-4);
    }
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_model_free(members[0]);
    reel_model_free(members[1]);
    reel_dataset_free(dataset);
}

/* Members are asked with weighed entries; reasons are of those, and a file keeps the parameter. */
static void test_newer_entries_count_more(void **state)
{
    (void)state;
    static const reel_param items[] = {{"recency", "3"}};
    const reel_params params = {items, 1};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *members[2] = {fit("popular", dataset), fit("user-knn", dataset)};
    reel_model *plain = NULL, *recent = NULL;
    reel_scratch *scratch = NULL;
    reel_entry entries[MOVIES], weighed[MOVIES];
    reel_dated room[MOVIES];
    reel_query query = history_of(9, entries);
    float scores[MOVIES], expected[MOVIES], unordered[MOVIES];

    assert_int_equal(reel__hybrid_make(&plain, members, 2, NULL, weights[0], NULL), REEL_OK);
    assert_int_equal(reel__hybrid_make(&recent, members, 2, &params, weights[0], NULL), REEL_OK);
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_score(plain, &query, scratch, expected, NULL), REEL_OK);
    assert_int_equal(reel_model_score(recent, &query, scratch, unordered, NULL), REEL_OK);
    assert_memory_equal(unordered, expected, sizeof expected);
    for (size_t i = 0; i < query.count; i++)
        entries[i].time = 100 + (int64_t)(i * 5 % 9);
    memcpy(weighed, entries, sizeof entries);
    assert_true(reel__recency_weigh(weighed, query.count, 3, room));
    assert_int_equal(reel_model_score(recent, &query, scratch, scores, NULL), REEL_OK);
    for (reel_index j = 0; j < MOVIES; j += 7) {
        reel_explanation why;
        double sum;

        assert_int_equal(reel_model_explain(recent, &query, j, 16, scratch, &why, NULL), REEL_OK);
        sum = why.baseline + why.other;
        for (size_t r = 0; r < why.reason_count; r++)
            sum += why.reasons[r].contribution;
        assert_near(sum, (double)scores[j], 1e-4);
        assert_near(why.score, (double)scores[j], 1e-4);
    }
    query.entries = weighed;
    assert_int_equal(reel_model_score(plain, &query, scratch, expected, NULL), REEL_OK);
    assert_memory_equal(scores, expected, sizeof expected);
    assert_true(memcmp(scores, unordered, sizeof scores) != 0);
    reel_scratch_free(scratch);
    reel_model_free(plain);
    reel_model_free(recent);
    reel_model_free(members[0]);
    reel_model_free(members[1]);
    reel_dataset_free(dataset);
}

static void test_a_file_keeps_the_weights(void **state)
{
    (void)state;
    char path[TEMP_PATH];
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *members[2] = {fit("popular", dataset), fit("user-knn", dataset)}, *model = NULL;
    reel_model *again = NULL;
    reel_scratch *scratch = NULL;
    reel_entry entries[MOVIES];
    const reel_query query = history_of(9, entries);
    float scores[MOVIES], loaded[MOVIES];

    (void)snprintf(path, sizeof path, "%s", temp_path("hybrid.safetensors"));
    assert_int_equal(reel__hybrid_make(&model, members, 2, NULL, weights[0], NULL), REEL_OK);
    assert_int_equal(reel_model_save(model, path, NULL), REEL_OK);
    assert_int_equal(reel_model_load(&again, path, NULL), REEL_OK);
    assert_string_equal(reel_model_id(model), reel_model_id(again));
    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_score(model, &query, scratch, scores, NULL), REEL_OK);
    assert_int_equal(reel_model_score(again, &query, scratch, loaded, NULL), REEL_OK);
    assert_memory_equal(scores, loaded, sizeof scores);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_model_free(again);
    reel_model_free(members[0]);
    reel_model_free(members[1]);
    reel_dataset_free(dataset);
}

static void test_a_weight_of_nought_leaves_a_model_out(void **state)
{
    static const reel_param items[] = {{"content", "0"}, {"popular", "0"}};
    const reel_params some = {items, 2};
    const char *names[REEL_HYBRID_MEMBERS];
    size_t count = 0;
    double recency = -1;
    reel_err err = {0};

    (void)state;
    assert_int_equal(reel__hybrid_names(names, &count, &recency, &some, NULL), REEL_OK);
    assert_true(recency == 0);
    for (size_t i = 0; i < count; i++)
        assert_true(strcmp(names[i], "content") != 0 && strcmp(names[i], "popular") != 0);
    assert_int_equal(reel__hybrid_names(names, &count, &recency,
                                        &(reel_params){&(reel_param){"cast", "1"}, 1}, &err),
                     REEL_E_INVALID);
}

static void test_an_empty_history_gets_the_popular_order(void **state)
{
    (void)state;
    const reel_query nobody = {.row = -1};
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit("hybrid", dataset), *popular = fit("popular", dataset);
    reel_scratch *scratch = NULL;
    float scores[MOVIES], plain[MOVIES];

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_score(model, &nobody, scratch, scores, NULL), REEL_OK);
    assert_int_equal(reel_model_score(popular, &nobody, scratch, plain, NULL), REEL_OK);
    for (int i = 0; i < MOVIES; i++)
        for (int j = 0; j < MOVIES; j++)
            assert_int_equal(scores[i] < scores[j], plain[i] < plain[j]);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_model_free(popular);
    reel_dataset_free(dataset);
}

static void test_neighbours_are_those_of_user_knn(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *model = fit("hybrid", dataset), *knn = fit("user-knn", dataset);
    reel_scratch *scratch = NULL;
    reel_entry entries[MOVIES];
    const reel_query query = history_of(30, entries);
    reel_neighbour a[5], b[5];
    size_t a_count = 0, b_count = 0;

    assert_int_equal(reel_scratch_new(&scratch, NULL), REEL_OK);
    assert_int_equal(reel_model_neighbours(model, &query, 5, scratch, a, &a_count, NULL), REEL_OK);
    assert_int_equal(reel_model_neighbours(knn, &query, 5, scratch, b, &b_count, NULL), REEL_OK);
    assert_int_equal(a_count, 5);
    assert_int_equal(b_count, 5);
    for (int n = 0; n < 5; n++)
        assert_true(a[n].row == b[n].row && a[n].similarity == b[n].similarity);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_model_free(knn);
    reel_dataset_free(dataset);
}

static void refuse(reel_model *const *members, size_t count, const char *says)
{
    reel_model *model = NULL;
    reel_err err = {0};

    assert_int_equal(reel_model_combine(&model, members, count, NULL, &err), REEL_E_INVALID);
    assert_null(model);
    if (strstr(err.msg, says) == NULL)
        fail_msg("says: %s", err.msg);
}

static void test_combine_refuses_what_does_not_fit(void **state)
{
    (void)state;
    random_shape others = shape;
    reel_dataset *dataset = random_dataset(&shape), *other, *fewer;
    reel_model *popular = fit("popular", dataset), *hybrid = fit("hybrid", dataset);
    reel_model *elsewhere, *smaller;

    others.seed = 22;
    other = random_dataset(&others);
    others.movies = 40;
    fewer = random_dataset(&others);
    elsewhere = fit("user-knn", other);
    smaller = fit("user-knn", fewer);
    refuse(NULL, 0, "at least one");
    refuse((reel_model *[]){popular, popular}, 2, "a second one");
    refuse((reel_model *[]){popular, hybrid}, 2, "cannot combine");
    refuse((reel_model *[]){popular, elsewhere}, 2, "other data");
    refuse((reel_model *[]){popular, smaller}, 2, "other data");
    reel_model_free(popular);
    reel_model_free(hybrid);
    reel_model_free(elsewhere);
    reel_model_free(smaller);
    reel_dataset_free(dataset);
    reel_dataset_free(other);
    reel_dataset_free(fewer);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_combine_may_run_out_of_memory(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *members[2] = {fit("popular", dataset), fit("user-knn", dataset)};
    const long before = reel__alloc_live();
    reel_code rc = REEL_E_NOMEM;

    for (long n = 0; rc != REEL_OK; n++) {
        reel_model *model = NULL;

        assert_int_equal(rc, REEL_E_NOMEM);
        reel__alloc_fail_after(n);
        rc = reel_model_combine(&model, members, 2, NULL, NULL);
        reel__alloc_fail_after(-1);
        assert_int_equal(model == NULL, rc != REEL_OK);
        reel_model_free(model);
        assert_int_equal(reel__alloc_live(), before);
    }
    reel_model_free(members[0]);
    reel_model_free(members[1]);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_knots_share_a_length_between_them),
        cmocka_unit_test(test_scores_are_the_weighted_sum_for_each_length),
        cmocka_unit_test(test_newer_entries_count_more),
        cmocka_unit_test(test_a_file_keeps_the_weights),
        cmocka_unit_test(test_a_weight_of_nought_leaves_a_model_out),
        cmocka_unit_test(test_an_empty_history_gets_the_popular_order),
        cmocka_unit_test(test_neighbours_are_those_of_user_knn),
        cmocka_unit_test(test_combine_refuses_what_does_not_fit),
        cmocka_unit_test(test_combine_may_run_out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
