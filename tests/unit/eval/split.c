/* Unit tests of filters and protocols: who and what is held out, by hand and on random data. */
#include "support/check.h"

#include "eval/split.h"
#include "support/random_data.h"

static const random_shape shape = {.seed = 41, .people = 90, .movies = 60, .density = 0.25};

typedef struct row {
    int64_t person, movie, time;
    float value;
} row;

static reel_dataset *dataset_of(const row *rows, size_t count)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err;

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (size_t i = 0; i < count; i++) {
        const reel_rating rating = {rows[i].person, rows[i].movie, rows[i].time, rows[i].value};
        assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
    }
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    return dataset;
}

static reel_nnz ratings_of(const reel_dataset *dataset)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    return r.ptr[r.rows];
}

static bool has(reel_csr_view r, reel_index p, reel_index col)
{
    for (reel_nnz k = r.ptr[p]; k < r.ptr[p + 1]; k++)
        if (r.col[k] == col)
            return true;
    return false;
}

static void test_filters_by_hand(void **state)
{
    (void)state;
    /* Film 30 falls with person 3's low rating, then person 3, then nothing more. */
    const row rows[] = {{1, 10, 0, 4}, {1, 20, 0, 5}, {2, 10, 0, 4}, {2, 20, 0, 4.5F},
                        {2, 30, 0, 5}, {3, 30, 0, 3}, {3, 10, 0, 5}, {4, 20, 0, 1}};
    reel_dataset *dataset = dataset_of(rows, 8), *out = NULL;
    reel_err err;

    assert_ok(reel__filter(&out, dataset, &(reel_filter_opts){0}, &err));
    assert_ptr_equal(out, dataset);
    reel_dataset_free(out);
    assert_ok(reel__filter(&out, dataset, &(reel_filter_opts){.threshold = 4}, &err));
    assert_int_equal(ratings_of(out), 6);
    assert_int_equal(reel_dataset_movies(out), 3);
    assert_int_equal(reel_dataset_people(out), 3);
    reel_dataset_free(out);
    assert_ok(reel__filter(&out, dataset, &(reel_filter_opts){.threshold = 4, .core = 2}, &err));
    assert_int_equal(ratings_of(out), 4);
    assert_int_equal(reel_dataset_movies(out), 2);
    assert_int_equal(reel_dataset_people(out), 2);
    reel_dataset_free(out);
    assert_fails(reel__filter(&out, dataset, &(reel_filter_opts){.core = 4}, &err), REEL_E_INVALID,
                 "no rating is left");
    assert_null(out);
    assert_fails(reel__filter(&out, dataset, &(reel_filter_opts){.core = -1}, &err), REEL_E_INVALID,
                 "core -1");
    reel_dataset_free(dataset);
}

static void split(reel_split *out, const reel_dataset *dataset, reel_protocol protocol,
                  uint64_t seed, int round)
{
    reel_split_opts opts = reel__split_opts_default();
    reel_err err;

    opts.protocol = protocol;
    opts.seed = seed;
    assert_ok(reel__split_make(out, dataset, &opts, round, &err));
}

/* Each rating of a judged person is known or held out, never both; test rows know their person. */
static void check_parts(const reel_split *s, const reel_dataset *dataset)
{
    const reel_csr_view all = reel_dataset_ratings(dataset), test = reel__csr_view(&s->held.test);
    const reel_csr_view known = reel_dataset_ratings(s->history);

    assert_int_equal(known.cols, all.cols);
    assert_int_equal(test.rows, known.rows);
    for (reel_index i = 0; i < test.rows; i++) {
        const reel_index p = s->held.person[i];

        assert_int_equal(reel_dataset_person_ids(s->history)[i],
                         reel_dataset_person_ids(dataset)[p]);
        assert_int_equal(test.ptr[i + 1] - test.ptr[i] + known.ptr[i + 1] - known.ptr[i],
                         all.ptr[p + 1] - all.ptr[p]);
        for (reel_nnz k = test.ptr[i]; k < test.ptr[i + 1]; k++) {
            assert_true(has(all, p, test.col[k]));
            assert_false(has(known, i, test.col[k]));
        }
    }
}

static void test_ratio_holds_out_a_fifth_of_each(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_csr_view all = reel_dataset_ratings(dataset);
    reel_split s;

    split(&s, dataset, REEL_PROTOCOL_RATIO, 1, 0);
    check_parts(&s, dataset);
    assert_ptr_equal(s.history, s.train);
    assert_int_equal(s.held.test.rows, all.rows);
    for (reel_index p = 0; p < all.rows; p++) {
        const reel_nnz count = all.ptr[p + 1] - all.ptr[p];
        const reel_nnz held = s.held.test.ptr[p + 1] - s.held.test.ptr[p];

        assert_int_equal(held, count == 1 ? 0 : (count + 4) / 5);
    }
    reel__split_fini(&s);
    reel_dataset_free(dataset);
}

static void test_last_and_temporal_by_hand(void **state)
{
    (void)state;
    const row rows[] = {{1, 10, 5, 4}, {1, 20, 9, 5}, {1, 30, 9, 4}, {2, 10, 7, 4}, {2, 20, 3, 4},
                        {3, 10, 8, 4}, {4, 10, 1, 4}, {4, 20, 2, 4}, {5, 10, 4, 3}, {5, 20, 6, 3}};
    reel_dataset *dataset = dataset_of(rows, 10);
    const reel_index last[] = {2, 0, -1, 1, 1};
    reel_split s;

    split(&s, dataset, REEL_PROTOCOL_LAST, 1, 0);
    check_parts(&s, dataset);
    assert_int_equal(s.held.test.rows, 5);
    for (reel_index p = 0; p < 5; p++) {
        assert_int_equal(s.held.test.ptr[p + 1] - s.held.test.ptr[p], last[p] >= 0 ? 1 : 0);
        if (last[p] >= 0)
            assert_int_equal(s.held.test.col[s.held.test.ptr[p]], last[p]);
    }
    reel__split_fini(&s);
    split(&s, dataset, REEL_PROTOCOL_TEMPORAL, 1, 0); /* the two at time 9 */
    check_parts(&s, dataset);
    assert_int_equal(ratings_of(s.train), 8);
    assert_int_equal(s.held.test.ptr[1] - s.held.test.ptr[0], 2);
    assert_int_equal(s.held.test.ptr[s.held.test.rows], 2);
    reel__split_fini(&s);
    reel_dataset_free(dataset);
}

static void test_folds_part_the_ratings(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_nnz all = ratings_of(dataset);
    reel_nnz held = 0;

    for (int round = 0; round < 5; round++) {
        reel_split s;

        split(&s, dataset, REEL_PROTOCOL_FOLDS, 3, round);
        check_parts(&s, dataset);
        held += all - ratings_of(s.train);
        assert_true(llabs((all - ratings_of(s.train)) * 5 - all) <= 5);
        reel__split_fini(&s);
    }
    assert_int_equal(held, all);
    reel_dataset_free(dataset);
}

static void test_strong_people_are_never_trained_on(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_csr_view all = reel_dataset_ratings(dataset);
    reel_split s;
    reel_index judged = 0;

    split(&s, dataset, REEL_PROTOCOL_STRONG, 1, 0);
    assert_ptr_not_equal(s.history, s.train);
    assert_int_equal(reel_dataset_people(s.train), 81);
    assert_int_equal(s.held.test.rows, 9);
    for (reel_index i = 0; i < s.held.test.rows; i++) {
        const int64_t id = reel_dataset_person_ids(s.history)[i];
        const reel_nnz held = s.held.test.ptr[i + 1] - s.held.test.ptr[i];
        const reel_csr_view known = reel_dataset_ratings(s.history);
        const reel_nnz kept = known.ptr[i + 1] - known.ptr[i];

        assert_int_equal(reel_dataset_find_person(s.train, id), -1);
        assert_true(held + kept <= all.ptr[s.held.person[i] + 1] - all.ptr[s.held.person[i]]);
        assert_int_equal(held, held + kept < 5 ? 0 : (held + kept) / 5);
        judged += held > 0;
    }
    assert_true(judged > 4);
    reel__split_fini(&s);
    reel_dataset_free(dataset);
}

static reel_nnz held_of(const reel_held *held)
{
    return held->test.ptr[held->test.rows];
}

/* A share of all ratings; who is left without any stands by themselves, with the times. */
static void test_random_holds_out_a_share_of_all(void **state)
{
    (void)state;
    const row rows[] = {{1, 10, 5, 4}, {2, 10, 6, 4}, {2, 20, 7, 4}, {3, 30, 8, 3}};
    reel_dataset *dataset = random_dataset(&shape), *small = dataset_of(rows, 4);
    int alone = 0;
    reel_split s;

    split(&s, dataset, REEL_PROTOCOL_RANDOM, 3, 0);
    assert_int_equal(held_of(&s.held) + held_of(&s.alone) + ratings_of(s.train),
                     ratings_of(dataset));
    assert_int_equal(held_of(&s.held) + held_of(&s.alone),
                     (reel_nnz)(0.2 * (double)ratings_of(dataset) + 0.5));
    check_parts(&s, dataset);
    reel__split_fini(&s);
    for (uint64_t seed = 1; seed < 20; seed++) {
        split(&s, small, REEL_PROTOCOL_RANDOM, seed, 0);
        assert_int_equal(held_of(&s.held) + held_of(&s.alone), 1);
        alone += s.alone.test.rows;
        if (s.alone.test.rows == 1) {
            const reel_index p = s.alone.person[0];

            assert_true(p == 0 || p == 2);
            assert_int_equal(s.alone.test.col[0], p);
            assert_int_equal(s.alone.times[0], p == 0 ? 5 : 8);
        } else {
            assert_int_equal(s.held.person[1], 1);
            assert_int_equal(s.held.times[0], s.held.test.col[0] == 0 ? 6 : 7);
        }
        reel__split_fini(&s);
    }
    assert_true(alone > 2);
    reel_dataset_free(small);
    reel_dataset_free(dataset);
}

static void test_cold_films_have_no_rating_left(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_csr_view all = reel_dataset_raters(dataset);
    reel_nnz hidden = 0;
    int films = 0;
    reel_split s;
    reel_csr_view left;

    split(&s, dataset, REEL_PROTOCOL_COLD, 3, 0);
    left = reel_dataset_raters(s.train);
    assert_int_equal(left.rows, all.rows);
    assert_non_null(s.films);
    for (reel_index j = 0; j < all.rows; j++) {
        const reel_nnz rated = all.ptr[j + 1] - all.ptr[j];

        assert_int_equal(left.ptr[j + 1] - left.ptr[j], s.films[j] ? 0 : rated);
        hidden += s.films[j] ? rated : 0;
        films += s.films[j];
    }
    assert_int_equal(films, 12); /* a fifth of 60 */
    assert_int_equal(held_of(&s.held) + held_of(&s.alone), hidden);
    check_parts(&s, dataset);
    reel__split_fini(&s);
    reel_dataset_free(dataset);
}

static void test_the_seed_decides(void **state)
{
    (void)state;
    static const reel_protocol drawn[] = {REEL_PROTOCOL_RATIO, REEL_PROTOCOL_FOLDS,
                                          REEL_PROTOCOL_STRONG, REEL_PROTOCOL_RANDOM,
                                          REEL_PROTOCOL_COLD};
    reel_dataset *dataset = random_dataset(&shape);

    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        reel_split a, b, c;

        split(&a, dataset, drawn[i], 1, 0);
        split(&b, dataset, drawn[i], 1, 0);
        split(&c, dataset, drawn[i], 2, 0);
        assert_string_equal(reel_dataset_hash(a.train), reel_dataset_hash(b.train));
        assert_string_not_equal(reel_dataset_hash(a.train), reel_dataset_hash(c.train));
        reel__split_fini(&a);
        reel__split_fini(&b);
        reel__split_fini(&c);
    }
    reel_dataset_free(dataset);
}

static void test_wrong_options_are_refused(void **state)
{
    (void)state;
    const row alone[] = {{1, 10, 7, 4}, {2, 10, 7, 4}};
    reel_dataset *dataset = dataset_of(alone, 2);
    reel_split_opts opts = reel__split_opts_default();
    reel_split s;
    reel_err err;

    assert_fails(reel__split_make(&s, dataset, &opts, 0, &err), REEL_E_INVALID, "too little data");
    opts.protocol = REEL_PROTOCOL_TEMPORAL;
    assert_fails(reel__split_make(&s, dataset, &opts, 0, &err), REEL_E_INVALID, "no times");
    assert_fails(reel__split_make(&s, dataset, &opts, 1, &err), REEL_E_INVALID, "shares");
    opts.share = 1;
    assert_fails(reel__split_make(&s, dataset, &opts, 0, &err), REEL_E_INVALID, "not 1");
    assert_null(s.train);
    for (int i = 0; i < REEL_PROTOCOLS; i++)
        assert_int_equal(reel__protocol_find(reel__protocol_name((reel_protocol)i)), i);
    assert_int_equal(reel__protocol_find("loo"), -1);
    reel_dataset_free(dataset);
}

static reel_code all_protocols(void *user, reel_err *err)
{
    reel_split_opts opts = reel__split_opts_default();
    reel_dataset *kept = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__filter(&kept, user, &(reel_filter_opts){.threshold = 1, .core = 2}, err));
    for (int i = 0; i < REEL_PROTOCOLS; i++) {
        reel_split s;

        opts.protocol = (reel_protocol)i;
        REEL_TRY(reel__split_make(&s, kept, &opts, 0, err));
        reel__split_fini(&s);
    }
out:
    reel_dataset_free(kept);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    const random_shape tiny = {.seed = 5, .people = 12, .movies = 12, .density = 0.7};
    reel_dataset *dataset = random_dataset(&tiny);

    assert_true(sweep_memory(all_protocols, dataset) > 20);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters_by_hand),
        cmocka_unit_test(test_ratio_holds_out_a_fifth_of_each),
        cmocka_unit_test(test_last_and_temporal_by_hand),
        cmocka_unit_test(test_folds_part_the_ratings),
        cmocka_unit_test(test_strong_people_are_never_trained_on),
        cmocka_unit_test(test_random_holds_out_a_share_of_all),
        cmocka_unit_test(test_cold_films_have_no_rating_left),
        cmocka_unit_test(test_the_seed_decides),
        cmocka_unit_test(test_wrong_options_are_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
