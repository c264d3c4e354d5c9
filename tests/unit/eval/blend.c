/* Questions cut from training data, and the weights learned from them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "eval/blend.h"
#include "eval/select.h"
#include "support/random_data.h"

static const random_shape shape = {.seed = 5, .people = 150, .movies = 80, .density = 0.3};

static bool among(const reel_index *films, size_t count, reel_index movie)
{
    for (size_t i = 0; i < count; i++)
        if (films[i] == movie)
            return true;
    return false;
}

static float rating_in(reel_csr_view r, reel_index row, reel_index movie)
{
    for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++)
        if (r.col[k] == movie)
            return r.val[k];
    return NAN;
}

/* No film is both asked with and held out, what is held out was liked and is not in the training
 * data of whoever is in them. */
static void check_question(const reel_validation *v, const reel_question *q)
{
    const reel_csr_view train = reel_dataset_ratings(v->train);

    assert_true(q->held_count > 0);
    for (size_t i = 0; i < q->held_count; i++) {
        assert_true(i == 0 || q->held[i] > q->held[i - 1]);
        if (q->query.row >= 0)
            assert_true(isnan(rating_in(train, q->query.row, q->held[i])));
    }
    for (size_t i = 0; i < q->query.count; i++) {
        const reel_entry *e = &q->query.entries[i];

        assert_true(i == 0 || e->movie > e[-1].movie);
        assert_false(among(q->held, q->held_count, e->movie));
        if (q->query.row >= 0)
            assert_true(rating_in(train, q->query.row, e->movie) == e->value);
    }
    if (q->query.row >= 0) {
        assert_int_equal(q->query.count, train.ptr[q->query.row + 1] - train.ptr[q->query.row]);
        assert_true(q->query.row_hash == reel_query_hash(&q->query));
    }
}

static void test_questions_keep_their_answers_out_of_training(void **state)
{
    const reel_validation_opts opts = reel__validation_opts_default();
    reel_dataset *dataset = random_dataset(&shape);
    reel_validation v, again;
    size_t trained = 0, short_ones = 0;

    (void)state;
    assert_int_equal(reel__validation_make(&v, dataset, &opts, NULL), REEL_OK);
    assert_int_equal(reel__validation_make(&again, dataset, &opts, NULL), REEL_OK);
    assert_int_equal(v.count, again.count);
    for (size_t i = 0; i < v.count; i++) {
        check_question(&v, &v.questions[i]);
        trained += v.questions[i].query.row >= 0;
        short_ones += v.questions[i].query.count <= 1;
        assert_int_equal(v.questions[i].held_count, again.questions[i].held_count);
    }
    assert_true(trained > 75 && short_ones > 5);
    reel__validation_fini(&v);
    reel__validation_fini(&again);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

static int64_t time_in(const reel_dataset *dataset, reel_index row, reel_index movie)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    for (reel_nnz k = r.ptr[row]; k < r.ptr[row + 1]; k++)
        if (r.col[k] == movie)
            return reel_dataset_times(dataset)[k];
    return -1;
}

/* With recency, all that was held out came after all that is known, and newer entries weigh more.
 */
static void test_what_came_last_is_held_out(void **state)
{
    reel_validation_opts opts = reel__validation_opts_default();
    reel_dataset *dataset = random_dataset(&shape);
    reel_validation v;
    size_t trained = 0;

    (void)state;
    opts.recency = 5;
    assert_int_equal(reel__validation_make(&v, dataset, &opts, NULL), REEL_OK);
    for (size_t i = 0; i < v.count; i++) {
        const reel_question *q = &v.questions[i];
        const reel_entry *newest = NULL;
        int64_t whose;

        if (q->query.row < 0)
            continue;
        whose = reel_dataset_person_ids(v.train)[q->query.row];
        trained++;
        for (size_t n = 0; n < q->query.count; n++)
            if (newest == NULL || q->query.entries[n].time > newest->time)
                newest = &q->query.entries[n];
        assert_non_null(newest);
        assert_true(newest->weight > 1);
        for (size_t h = 0; h < q->held_count; h++)
            assert_true(time_in(dataset, reel_dataset_find_person(dataset, whose), q->held[h]) >
                        newest->time);
    }
    assert_true(trained > 75);
    reel__validation_fini(&v);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

static bool has(const reel_dataset *dataset, int64_t person, int64_t movie)
{
    const reel_index row = reel_dataset_find_person(dataset, person);

    return row >= 0 && time_in(dataset, row, reel_dataset_find_movie(dataset, movie)) >= 0;
}

/* What is held out is the newest half of what the older data lack, by whoever is asked. */
static void test_what_is_new_is_held_out(void **state)
{
    reel_validation_opts opts = reel__validation_opts_default();
    reel_dataset *dataset = random_dataset(&shape), *before = NULL;
    const reel_csr_view r = reel_dataset_ratings(dataset);
    uint8_t *marks = reel__alloc_zero((size_t)r.ptr[r.rows], 1);
    reel_validation v;

    (void)state;
    for (reel_nnz k = 0; k < r.ptr[r.rows]; k++)
        marks[k] = k % 3 == 0;
    assert_int_equal(reel__select(&before, dataset, marks, 0, NULL, NULL), REEL_OK);
    opts.share = 0.5;
    assert_int_equal(reel__validation_newest(&v, dataset, before, &opts, NULL), REEL_OK);
    assert_true(v.count > 75);
    for (size_t i = 0; i < v.count; i++) {
        const reel_question *q = &v.questions[i];
        const int64_t person = reel_dataset_person_ids(v.train)[q->query.row];
        const reel_index row = reel_dataset_find_person(dataset, person);

        check_question(&v, q);
        assert_true(q->held_count > 0);
        for (size_t h = 0; h < q->held_count; h++)
            assert_false(has(before, person, reel_dataset_movie_ids(dataset)[q->held[h]]));
        for (size_t n = 0; n < q->query.count; n++) /* what is new and known is older */
            if (!has(before, person, reel_dataset_movie_ids(dataset)[q->query.entries[n].movie]))
                assert_true(q->query.entries[n].time <= time_in(dataset, row, q->held[0]));
    }
    reel__validation_fini(&v);
    assert_int_equal(reel__validation_newest(&v, dataset, dataset, &opts, NULL), REEL_OK);
    assert_int_equal(v.count, 0); /* nothing is new */
    assert_null(v.train);
    reel__validation_fini(&v);
    opts.most = 10;
    assert_int_equal(reel__validation_newest(&v, dataset, before, &opts, NULL), REEL_OK);
    assert_true(v.count > 0 && v.count < 40);
    reel__validation_fini(&v);
    reel_dataset_free(before);
    reel_dataset_free(dataset);
    reel__free(marks);
    assert_int_equal(reel__alloc_live(), 0);
}

/* Whoever is not known is in the training, whole, and is not asked. */
static void test_only_who_is_known_is_asked(void **state)
{
    reel_validation_opts opts = reel__validation_opts_default();
    reel_dataset *dataset = random_dataset(&shape), *known = NULL;
    const reel_csr_view r = reel_dataset_ratings(dataset);
    uint8_t *marks = reel__alloc_zero((size_t)r.ptr[r.rows], 1);
    reel_validation v, all;

    (void)state;
    for (reel_index p = 0; p < r.rows; p += 2)
        memset(marks + r.ptr[p], 1, (size_t)(r.ptr[p + 1] - r.ptr[p]));
    assert_int_equal(reel__select(&known, dataset, marks, 0, NULL, NULL), REEL_OK);
    opts.unseen = 1e-9;
    assert_int_equal(reel__validation_make(&all, dataset, &opts, NULL), REEL_OK);
    opts.known = known;
    assert_int_equal(reel__validation_make(&v, dataset, &opts, NULL), REEL_OK);
    assert_true(v.count > 30 && v.count < all.count);
    for (size_t i = 0; i < v.count; i++)
        assert_true(reel__validation_knows(
            known, reel_dataset_person_ids(v.train)[v.questions[i].query.row]));
    assert_true(reel__validation_knows(NULL, 1));
    assert_false(reel__validation_knows(known, INT64_MAX));
    reel__validation_fini(&v);
    reel__validation_fini(&all);
    reel_dataset_free(known);
    reel_dataset_free(dataset);
    reel__free(marks);
    assert_int_equal(reel__alloc_live(), 0);
}

static reel_model *fit(const char *name, const reel_dataset *dataset)
{
    reel_model *model = NULL;

    assert_int_equal(reel_model_fit(&model, name, dataset, NULL, NULL, NULL), REEL_OK);
    return model;
}

static void test_a_blend_is_as_good_as_its_best_member(void **state)
{
    const reel_validation_opts opts = reel__validation_opts_default();
    reel_dataset *dataset = random_dataset(&shape);
    reel_model *members[3];
    reel_validation v;
    reel_blend blend, alone, threads;

    (void)state;
    assert_int_equal(reel__validation_make(&v, dataset, &opts, NULL), REEL_OK);
    members[0] = fit("popular", v.train);
    members[1] = fit("content", v.train);
    members[2] = fit("user-knn", v.train);
    assert_int_equal(reel__blend_learn(&blend, members, 3, &v, 1, NULL), REEL_OK);
    assert_int_equal(reel__blend_learn(&threads, members, 3, &v, 4, NULL), REEL_OK);
    assert_memory_equal(blend.weights, threads.weights, 3 * REEL_HYBRID_KNOTS * sizeof(float));
    for (int m = 0; m < 3; m++)
        assert_true(blend.together >= blend.alone[m]);
    assert_true(blend.alone[0] > 0.05);
    /* One member: nothing to choose, so the list is its own. */
    assert_int_equal(reel__blend_learn(&alone, members, 1, &v, 1, NULL), REEL_OK);
    assert_true(fabs(alone.together - alone.alone[0]) < 1e-12 && alone.weights[0] > 0);
    assert_int_equal(reel__blend_learn(&alone, members, 0, &v, 1, NULL), REEL_E_INVALID);
    for (int m = 0; m < 3; m++)
        reel_model_free(members[m]);
    reel__validation_fini(&v);
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

static void test_memory_may_run_out(void **state)
{
    static const random_shape small = {.seed = 6, .people = 30, .movies = 40, .density = 0.4};
    const reel_validation_opts opts = reel__validation_opts_default();
    reel_dataset *dataset = random_dataset(&small);
    const long before = reel__alloc_live();
    reel_code rc = REEL_E_NOMEM;

    (void)state;
    for (long n = 0; rc != REEL_OK; n++) {
        reel_validation v = {0};
        reel_model *member = NULL;
        reel_blend blend;

        assert_int_equal(rc, REEL_E_NOMEM);
        reel__alloc_fail_after(n);
        rc = reel__validation_make(&v, dataset, &opts, NULL);
        if (rc == REEL_OK)
            rc = reel_model_fit(&member, "popular", v.train, NULL, NULL, NULL);
        if (rc == REEL_OK)
            rc = reel__blend_learn(&blend, &member, 1, &v, 1, NULL);
        reel__alloc_fail_after(-1);
        reel_model_free(member);
        reel__validation_fini(&v);
        assert_int_equal(reel__alloc_live(), before);
    }
    reel_dataset_free(dataset);
}

static void test_too_little_data_says_so(void **state)
{
    static const random_shape tiny = {.seed = 7, .people = 3, .movies = 4, .density = 0.5};
    reel_validation_opts opts = reel__validation_opts_default();
    reel_dataset *dataset = random_dataset(&tiny);
    reel_validation v;
    reel_err err = {0};

    (void)state;
    assert_int_equal(reel__validation_make(&v, dataset, &opts, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "held out"));
    opts.share = 1;
    assert_int_equal(reel__validation_make(&v, dataset, &opts, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "between 0 and 1"));
    reel_dataset_free(dataset);
    assert_int_equal(reel__alloc_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions_keep_their_answers_out_of_training),
        cmocka_unit_test(test_what_came_last_is_held_out),
        cmocka_unit_test(test_what_is_new_is_held_out),
        cmocka_unit_test(test_only_who_is_known_is_asked),
        cmocka_unit_test(test_a_blend_is_as_good_as_its_best_member),
        cmocka_unit_test(test_memory_may_run_out),
        cmocka_unit_test(test_too_little_data_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
