/* Unit tests of repeated experiments: with one model in both arms a difference is seldom said, with
 * a worse one in the second it is and the right side is named; and the same seed gives the same
 * numbers. The whole of it is in docs/experiments.md.
 */
#include "support/check.h"

#include <math.h>

#include "base/clock.h"
#include "service/simulate/repeats.h"
#include "support/near.h"
#include "support/world.h"

static reel_repeats_opts small(void)
{
    reel_repeats_opts opts = reel__repeats_default();

    opts.world.people = 400;
    opts.world.films = 60;
    opts.world.seeds = 2;
    opts.world.threads = 1;
    opts.repeats = 6;
    opts.smallest = 0.1;
    return opts;
}

/* ---- how often they err -------------------------------------------------------------------- */

static void differences_are_said_where_there_are_some(void **state)
{
    const reel_repeats_opts opts = small();
    int64_t claimed = 0, peeked = 0;
    reel_repeats all;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__repeats(&all, &opts, &err));
    for (int i = 0; i < REEL_REPEATED; i++) {
        const reel_repeated *r = &all.kinds[i];
        const bool both = r->kind == REEL_EXPERIMENT_INTERLEAVE;
        const int64_t said = r->verdicts[REEL_VERDICT_BETTER] + r->verdicts[REEL_VERDICT_WORSE];

        assert_int_equal(r->count, 2 * 6);
        assert_int_equal(r->uneven, 0);
        assert_int_equal(r->arms[0].people + r->arms[1].people, (both ? 2 : 1) * 12 * 400);
        assert_true(r->arms[0].did > 0 && r->arms[1].did > 0);
        if (!r->differ) {
            claimed += said;
            peeked += r->peeked;
            continue;
        }
        /* Fame says little of invented tastes. */
        assert_true(reel__repeated_difference(r).high < 0);
        assert_int_equal(r->verdicts[REEL_VERDICT_BETTER], 0);
        assert_true(said >= (both ? 12 : 4));
        assert_near(reel__repeated_right(r).value, (double)said / 12, 1e-12);
        assert_true(reel__repeated_people(r, 0.5) >= (both ? 50 : 100));
        assert_true(reel__repeated_people(r, 0.9) >= reel__repeated_people(r, 0.5));
        assert_true(reel__repeated_people(r, 1) <= 400);
    }
    /* 5 % of 24 are 1.2; more than 4 come once in a hundred times. Who looks at the usual interval
     * after each person is wrong far more often, in the same experiments. */
    assert_true(claimed <= 4);
    assert_true(peeked >= 5);
    reel__repeats_fini(&all);
}

/* Which of what was clicked is whose is told by the id of the list, and the people that a result
 * has are those who came; a run that ends well has compared both (repeats.c, count). */
static void an_equal_seed_gives_equal_numbers(void **state)
{
    reel_repeats_opts opts = small();
    reel_buf texts[2];
    reel_err err = {0};

    (void)state;
    opts.world.seeds = 1;
    opts.world.people = 120;
    opts.repeats = 2;
    for (int i = 0; i < 2; i++) {
        reel_repeats all;
        reel_json json;

        opts.world.threads = 1 + 2 * i;
        assert_ok(reel__repeats(&all, &opts, &err));
        reel__buf_init(&texts[i], 1 << 20);
        reel__json_init(&json, &texts[i]);
        reel__repeats_write(&json, &all);
        assert_ok(reel__buf_check(&texts[i], &err));
        reel__repeats_fini(&all);
    }
    assert_string_equal(texts[0].data, texts[1].data);
    assert_non_null(strstr(texts[0].data,
                           "{\"kind\":\"interleave\",\"control\":\"hybrid\",\"other\":"
                           "\"popular\",\"experiments\":2,\"better\":0,"));
    reel__buf_fini(&texts[0]);
    reel__buf_fini(&texts[1]);
}

static void intervals_are_those_of_the_books(void **state)
{
    int64_t decided[4] = {0, 100, 200, 400};
    reel_repeated r = {.kind = REEL_EXPERIMENT_INTERLEAVE,
                       .differ = true,
                       .count = 4,
                       .verdicts = {[REEL_VERDICT_BETTER] = 3, [REEL_VERDICT_UNDECIDED] = 1},
                       .arms = {{1000, 100}, {1000, 160}},
                       .decided = decided};
    reel_rate d = reel__repeated_difference(&r);

    (void)state;
    assert_near(d.value, 0.06, 1e-12);
    assert_near(d.high - d.value, 1.96 * sqrt((0.26 - 0.0036) / 1000), 1e-9);
    assert_near(reel__repeated_right(&r).value, 0.75, 1e-12);
    assert_near(reel__repeated_claimed(&r).value, 0.75, 1e-12);
    assert_int_equal(reel__repeated_people(&r, 0.5), 200);
    r.kind = REEL_EXPERIMENT_AB;
    d = reel__repeated_difference(&r);
    assert_true(d.low > 0.02 && d.low < 0.04 && d.high > 0.08 && d.high < 0.1);
    r.count = 1; /* the one without a verdict */
    assert_int_equal(reel__repeated_people(&r, 0.5), 0);
}

/* ---- trouble ------------------------------------------------------------------------------- */

static void wrong_options_are_named(void **state)
{
    const volatile bool stop = true;
    reel_repeats_opts opts = small();
    reel_repeats all;
    reel_err err = {0};

    (void)state;
    opts.repeats = REEL_REPEATS_MAX + 1;
    assert_fails(reel__repeats(&all, &opts, &err), REEL_E_INVALID, "1 to 250 repeats");
    opts = small();
    opts.other = "oracle";
    opts.control = "oracle";
    assert_fails(reel__repeats(&all, &opts, &err), REEL_E_INVALID, "\"oracle\" is none of hybrid");
    opts = small();
    opts.world.cancel = &stop;
    assert_fails(reel__repeats(&all, &opts, &err), REEL_E_CANCELLED, "");
    opts = small();
    opts.world.movielens = temp_path("absent");
    assert_fails(reel__repeats(&all, &opts, &err), REEL_E_NOTFOUND, "absent");
    /* Time goes on again. */
    assert_true(reel__clock_now() > 1700100000 + 365 * 86400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_said_where_there_are_some),
        cmocka_unit_test(an_equal_seed_gives_equal_numbers),
        cmocka_unit_test(intervals_are_those_of_the_books),
        cmocka_unit_test(wrong_options_are_named),
    };

    return cmocka_run_group_tests_name("repeated experiments", tests, NULL, NULL);
}
