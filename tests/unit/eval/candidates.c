/* Unit tests of drawing candidates. */
#include "support/check.h"

#include "eval/candidates.h"
#include "support/random_data.h"

enum { FILMS = 50, PEOPLE = 40, WANTED = 10 };
static const random_shape shape = {.seed = 3, .people = PEOPLE, .movies = FILMS, .density = 0.3};

static void split_last(reel_split *out, const reel_dataset *dataset)
{
    reel_split_opts opts = reel__split_opts_default();
    reel_err err;

    opts.protocol = REEL_PROTOCOL_LAST;
    assert_ok(reel__split_make(out, dataset, &opts, 0, &err));
}

static bool has_rated(const reel_dataset *dataset, reel_index person, reel_index film)
{
    const reel_csr_view r = reel_dataset_ratings(dataset);

    for (reel_nnz k = r.ptr[person]; k < r.ptr[person + 1]; k++)
        if (r.col[k] == film)
            return true;
    return false;
}

static void test_held_films_and_unrated_ones(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_csr found, again, other;
    reel_split split;
    reel_err err;
    int asked = 0;

    split_last(&split, dataset);
    assert_ok(reel__candidates_sample(&found, dataset, &split, WANTED, 7, &err));
    assert_ok(reel__candidates_sample(&again, dataset, &split, WANTED, 7, &err));
    assert_ok(reel__candidates_sample(&other, dataset, &split, WANTED, 8, &err));
    for (reel_index row = 0; row < split.held.test.rows; row++) {
        const reel_index p = split.held.person[row];
        const reel_nnz held = split.held.test.ptr[row + 1] - split.held.test.ptr[row];
        reel_nnz rated = 0;

        for (reel_nnz k = found.ptr[p]; k < found.ptr[p + 1]; k++) {
            if (k > found.ptr[p])
                assert_true(found.col[k] > found.col[k - 1]);
            rated += has_rated(dataset, p, found.col[k]);
        }
        assert_int_equal(rated, held);
        assert_int_equal(found.ptr[p + 1] - found.ptr[p], held > 0 ? held + WANTED : 0);
        asked += held > 0;
    }
    assert_true(asked > 20);
    assert_memory_equal(found.col, again.col, (size_t)found.ptr[PEOPLE] * sizeof *found.col);
    assert_memory_not_equal(found.col, other.col, (size_t)found.ptr[PEOPLE] * sizeof *found.col);
    reel__csr_fini(&found);
    reel__csr_fini(&again);
    reel__csr_fini(&other);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

/* Fewer films than wanted: all of them. */
static void test_all_that_there_are(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    const reel_csr_view r = reel_dataset_ratings(dataset);
    reel_csr found;
    reel_split split;
    reel_err err;

    split_last(&split, dataset);
    assert_ok(reel__candidates_sample(&found, dataset, &split, 10 * FILMS, 7, &err));
    for (reel_index row = 0; row < split.held.test.rows; row++) {
        const reel_index p = split.held.person[row];

        if (split.held.test.ptr[row + 1] > split.held.test.ptr[row])
            assert_int_equal(found.ptr[p + 1] - found.ptr[p],
                             FILMS - (r.ptr[p + 1] - r.ptr[p]) + 1);
    }
    reel__csr_fini(&found);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

typedef struct sweep_data {
    const reel_dataset *dataset;
    const reel_split *split;
} sweep_data;

static reel_code sweep(void *user, reel_err *err)
{
    const sweep_data *data = user;
    reel_csr found;
    const reel_code rc =
        reel__candidates_sample(&found, data->dataset, data->split, WANTED, 1, err);

    reel__csr_fini(&found);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    reel_dataset *dataset = random_dataset(&shape);
    reel_split split;

    split_last(&split, dataset);
    assert_true(sweep_memory(sweep, &(sweep_data){dataset, &split}) > 3);
    reel__split_fini(&split);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_films_and_unrated_ones),
        cmocka_unit_test(test_all_that_there_are),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
