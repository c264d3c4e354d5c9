/* Unit tests of the search: synthetic objectives, spaces as given, replay, rungs, what fails. */
#include "support/check.h"

#include <math.h>

#include "eval/tune.h"
#include "eval/tune_priv.h"
#include "support/near.h"

enum { SHRINK, NEIGHBOURS, WEIGHTS, SWEEPS, LIKED, BIAS, PARAMS };
static const reel_param_spec specs[PARAMS] = {
    {"shrink", "", REEL_PARAM_REAL, 100, 0, 1e6, NULL, 1, 10000, true},
    {"neighbours", "", REEL_PARAM_INT, 50, 0, 100000, NULL},
    {"weights", "", REEL_PARAM_CHOICE, 0, 0, 2, "none|tfidf|bm25"},
    {"sweeps", "", REEL_PARAM_INT, 15, 1, 1000, NULL},
    {"liked", "", REEL_PARAM_REAL, 0, -1e6, 1e6, NULL},
    {"bias", "", REEL_PARAM_REAL, 0, -1e6, 1e6, NULL},
};
static const reel_model_info info = {.name = "twin", .params = specs, .param_count = PARAMS};

static reel_tune_space make_space(const char *fixed, const char *searched)
{
    reel_tune_space space;
    reel_err err;

    assert_ok(reel__tune_space_make(&space, &info, fixed, searched, &err));
    return space;
}

/* Best at shrink 500, neighbours 120, tfidf; cheap rungs are off by a little. */
static double objective(const reel_tune_space *space, const reel_trial *t)
{
    double p[REEL_PARAMS_MAX], a, b;

    reel__tune_params(p, space, t->values);
    a = log10(p[SHRINK] / 500);
    b = log10(fmax(p[NEIGHBOURS], 1) / 120);
    return 0.4 - 0.05 * a * a - 0.08 * b * b - (p[WEIGHTS] == 1 ? 0 : 0.01) -
           0.002 * sin(7 * a + t->rung);
}

static reel_search *run(const reel_tune_space *space, int rungs, uint64_t seed, size_t trials)
{
    reel_search *search = NULL;
    const reel_trial *t;
    reel_err err;

    assert_ok(reel__search_new(&search, space, rungs, seed, &err));
    while (reel__search_count(search) < trials) {
        assert_ok(reel__search_ask(search, &t, &err));
        if (t == NULL)
            break;
        reel__search_tell(search, objective(space, t));
    }
    return search;
}

/* ---- spaces -------------------------------------------------------------------------------- */

static void test_every_parameter_with_a_range_is_searched(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, NULL);
    reel_buf text;

    assert_int_equal(space.count, 3); /* neither liked, nor sweeps, nor bias, which has no range */
    assert_int_equal(space.effort, SWEEPS);
    reel__buf_init(&text, 1000);
    for (size_t d = 0; d < space.count; d++) {
        reel__tune_dim_text(&text, &space, d);
        reel__buf_char(&text, ' ');
    }
    assert_string_equal(text.data, "shrink=1..10000:log neighbours=7..400:log weights ");
    reel__buf_fini(&text);
}

static void test_spaces_are_taken_as_given(void **state)
{
    (void)state;
    reel_tune_space space =
        make_space("weights=bm25", "shrink=0.5..1000,sweeps=1..5,bias=-1..1,neighbours=5..20");
    double all[REEL_PARAMS_MAX];
    const double values[] = {20, 3, -0.5, 7};

    assert_int_equal(space.count, 4);
    assert_int_equal(space.effort, -1);
    assert_true(space.dims[0].log && space.dims[0].low == 0.5 && space.dims[0].high == 1000);
    assert_true(!space.dims[1].log && space.dims[1].low == 1 && space.dims[1].high == 5);
    assert_false(space.dims[2].log);
    assert_false(space.dims[3].log);
    reel__tune_params(all, &space, values);
    assert_near(all[SHRINK], 20, 0);
    assert_near(all[WEIGHTS], 2, 0);
    assert_near(all[BIAS], -0.5, 0);
    assert_near(all[LIKED], 0, 0);
    space = make_space(NULL, "shrink=1..1000:linear,neighbours=5..20:log,weights");
    assert_false(space.dims[0].log);
    assert_true(space.dims[1].log);
    assert_near(space.dims[2].high, 2, 0);
}

static void refuse(const char *fixed, const char *searched, const char *part)
{
    reel_tune_space space;
    reel_err err;

    assert_fails(reel__tune_space_make(&space, &info, fixed, searched, &err), REEL_E_INVALID, part);
}

static void test_wrong_spaces_are_refused(void **state)
{
    (void)state;
    refuse("rank=3", NULL, "no parameter \"rank\"");
    refuse("neighbours", NULL, "expected name=value");
    refuse("neighbours=-1", NULL, "from 0 to 100000");
    refuse("neighbours=1,neighbours=2", NULL, "given twice");
    refuse("neighbours=1,,", NULL, "is missing");
    refuse(NULL, "rank=1..2", "no parameter \"rank\"");
    refuse(NULL, "shrink=1", "shrink=low..high");
    refuse(NULL, "shrink=1..x", "shrink=low..high");
    refuse(NULL, "shrink=..2", "shrink=low..high");
    refuse(NULL, "shrink=1..2:cubic", "shrink=low..high");
    refuse(NULL, "shrink=nan..2", "no range");
    refuse(NULL, "shrink=3..2", "no range");
    refuse(NULL, "shrink=-1..2", "no range");
    refuse(NULL, "shrink=0..2:log", "above zero");
    refuse(NULL, "neighbours=1.5..3", "whole numbers");
    refuse(NULL, "weights=none..bm25", "weights alone");
    refuse(NULL, "bias", "say where to look");
    refuse(NULL, "shrink,shrink", "given twice");
    refuse("shrink=2", "shrink=1..4", "fixed and searched");
    refuse("shrink=2,neighbours=4,weights=none", NULL, "no parameter is left");
}

static void test_values_and_units_agree(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, NULL);
    int seen[3] = {0};

    for (size_t d = 0; d < space.count; d++)
        for (int i = 0; i <= 300; i++) {
            const double value = reel__tune_value(&space, d, i / 300.0);

            assert_true(value >= space.dims[d].low && value <= space.dims[d].high);
            assert_near(reel__tune_value(&space, d, reel__tune_unit(&space, d, value)), value, 0);
            if (d == 2)
                seen[(int)value]++;
        }
    for (int i = 0; i < 3; i++)
        assert_in_range(seen[i], 99, 102); /* each choice as often */
}

static void test_the_ranges_of_every_model_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; reel_model_at(i) != NULL; i++) {
        const reel_model_info *model = reel_model_at(i);
        reel_tune_space space;
        reel_err err;

        if (reel__tune_space_make(&space, model, NULL, NULL, &err) != REEL_OK) {
            assert_non_null(strstr(err.msg, "no parameter is left"));
            continue;
        }
        for (size_t d = 0; d < space.count; d++) {
            const reel_tune_dim *dim = &space.dims[d];
            const reel_param_spec *spec = &model->params[dim->param];

            if (!(dim->low >= spec->min && dim->low < dim->high && dim->high <= spec->max &&
                  (!dim->log || dim->low > 0)))
                fail_msg("%s %s: %g to %g", model->name, spec->name, dim->low, dim->high);
        }
    }
}

/* ---- searching ----------------------------------------------------------------------------- */

static void test_the_optimum_is_found(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, NULL);

    for (int rungs = 1; rungs <= 3; rungs++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            reel_search *search = run(&space, rungs, seed, 36);
            const reel_trial *best = reel__search_best(search);

            /* Of a range of .4 .. .0: within .004 of the best, where the defaults lose .047. */
            if (best->score < 0.396)
                fail_msg("rungs %d, seed %d: %.4f at shrink %g, neighbours %g, weights %g", rungs,
                         (int)seed, best->score, best->values[0], best->values[1], best->values[2]);
            assert_int_equal(best->rung, rungs - 1);
            reel__search_free(search);
        }
}

static void test_rungs_promote_the_best_third(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, NULL);
    reel_search *search = run(&space, 3, 1, 26);
    static const int rungs[26] = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1,
                                  2, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0};

    for (size_t i = 0; i < 26; i++)
        assert_int_equal(reel__search_trial(search, i)->rung, rungs[i]);
    for (size_t i = 10; i < 13; i++) { /* nobody left behind was better than who climbed */
        const reel_trial *climbed = reel__search_trial(search, i);
        int better = 0;

        for (size_t j = 1; j < 10; j++) {
            const reel_trial *other = reel__search_trial(search, j);

            better +=
                other->score >
                objective(&space, &(reel_trial){.rung = 0,
                                                .values = {climbed->values[0], climbed->values[1],
                                                           climbed->values[2]}});
        }
        assert_int_equal(better, i - 10);
    }
    reel__search_free(search);
}

static void same_trials(const reel_search *a, const reel_search *b, size_t dims)
{
    assert_int_equal(reel__search_count(a), reel__search_count(b));
    for (size_t i = 0; i < reel__search_count(a); i++) {
        const reel_trial *left = reel__search_trial(a, i), *right = reel__search_trial(b, i);

        assert_int_equal(left->rung, right->rung);
        assert_memory_equal(left->values, right->values, dims * sizeof(double));
        assert_memory_equal(&left->score, &right->score, sizeof(double));
    }
}

/* Told again from a record, after any number of trials, it goes on as if never interrupted. */
static void test_a_replay_goes_on_the_same_way(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, NULL);
    reel_search *whole = run(&space, 2, 7, 40);
    reel_search *other = run(&space, 2, 8, 40);

    assert_true(reel__search_trial(whole, 1)->values[0] != reel__search_trial(other, 1)->values[0]);
    reel__search_free(other);
    for (size_t cut = 0; cut <= 40; cut += 13) {
        reel_search *again = NULL;
        const reel_trial *t;
        reel_err err;

        assert_ok(reel__search_new(&again, &space, 2, 7, &err));
        for (size_t i = 0; i < 40; i++) {
            assert_ok(reel__search_ask(again, &t, &err));
            assert_ok(reel__search_ask(again, &t, &err)); /* asking twice changes nothing */
            reel__search_tell(again,
                              i < cut ? reel__search_trial(whole, i)->score : objective(&space, t));
        }
        same_trials(whole, again, space.count);
        reel__search_free(again);
    }
    reel__search_free(whole);
}

static void test_no_configuration_is_tried_twice_on_a_rung(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, "neighbours=1..30,weights");
    reel_search *search = run(&space, 2, 3, 80);

    for (size_t i = 0; i < reel__search_count(search); i++)
        for (size_t j = 0; j < i; j++) {
            const reel_trial *a = reel__search_trial(search, i), *b = reel__search_trial(search, j);

            assert_false(a->rung == b->rung && a->values[0] == b->values[0] &&
                         a->values[1] == b->values[1]);
        }
    reel__search_free(search);
}

static void test_a_small_space_comes_to_an_end(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, "weights,neighbours=48..52");
    reel_search *search = run(&space, 1, 1, 1000);

    assert_int_equal(reel__search_count(search), 15);
    reel__search_free(search);
}

static void test_failed_trials_end_nothing(void **state)
{
    (void)state;
    const reel_tune_space space = make_space(NULL, NULL);
    reel_search *search = NULL;
    const reel_trial *t, *best;
    reel_err err;

    assert_ok(reel__search_new(&search, &space, 2, 1, &err));
    assert_null(reel__search_best(search));
    for (int i = 0; i < 60; i++) { /* only few neighbours fit into memory */
        assert_ok(reel__search_ask(search, &t, &err));
        reel__search_tell(search, t->values[1] > 60 ? (double)NAN : objective(&space, t));
    }
    best = reel__search_best(search);
    assert_non_null(best);
    assert_in_range((int)best->values[1], 30, 60);
    for (int i = 0; i < 60; i++) {
        assert_ok(reel__search_ask(search, &t, &err));
        reel__search_tell(search, (double)NAN); /* and now nothing does */
    }
    reel__search_free(search);
    assert_fails(reel__search_new(&search, &space, 0, 1, &err), REEL_E_INVALID, "rungs");
    assert_null(search);
}

static reel_code sweep(void *user, reel_err *err)
{
    const reel_tune_space *space = user;
    reel_search *search = NULL;
    const reel_trial *t;
    reel_code rc = reel__search_new(&search, space, 2, 1, err);

    for (int i = 0; rc == REEL_OK && i < 20; i++) {
        rc = reel__search_ask(search, &t, err);
        if (rc == REEL_OK)
            reel__search_tell(search, objective(space, t));
    }
    reel__search_free(search);
    return rc;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    reel_tune_space space = make_space(NULL, NULL);

    assert_true(sweep_memory(sweep, &space) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_parameter_with_a_range_is_searched),
        cmocka_unit_test(test_spaces_are_taken_as_given),
        cmocka_unit_test(test_wrong_spaces_are_refused),
        cmocka_unit_test(test_values_and_units_agree),
        cmocka_unit_test(test_the_ranges_of_every_model_are_sound),
        cmocka_unit_test(test_the_optimum_is_found),
        cmocka_unit_test(test_rungs_promote_the_best_third),
        cmocka_unit_test(test_a_replay_goes_on_the_same_way),
        cmocka_unit_test(test_no_configuration_is_tried_twice_on_a_rung),
        cmocka_unit_test(test_a_small_space_comes_to_an_end),
        cmocka_unit_test(test_failed_trials_end_nothing),
        cmocka_unit_test(test_every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
