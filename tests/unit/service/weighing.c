/* Unit tests of weights of signals on one log: a set is worth the same wherever it stands, other
 * weights are worth something else, and nobody is of both splits. What the weights are worth is in
 * docs/feedback.md.
 */
#include "support/check.h"

#include <math.h>

#include "service/simulate/weighing.h"
#include "support/near.h"
#include "support/world.h"

enum { SETS = 3 };

static reel_weighing_opts small(reel_signal_weights sets[SETS])
{
    reel_weighing_opts opts = {.world = reel__simulate_default(), .sets = sets, .count = SETS};

    opts.world.people = 40;
    opts.world.films = 60;
    opts.world.days = 2;
    opts.world.seeds = 2;
    opts.world.threads = 1;
    opts.world.manner.rates = 0.3;
    sets[0] = sets[2] = reel__signal_weights_default();
    sets[1] = (reel_signal_weights){.click = 5, .not_interested = 5, .passed = 1, .clip = 1};
    return opts;
}

static void the_log_is_the_same_for_all(void **state)
{
    reel_signal_weights sets[SETS];
    reel_weighing_opts opts = small(sets);
    reel_weighing one, two;
    reel_buf text;
    reel_json json;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__weigh(&one, &opts, &err));
    assert_int_equal(one.people, 40);
    assert_true(one.signals > 0);
    for (int seed = 0; seed < 2; seed++) {
        assert_true(one.ndcg[seed] > 0 && one.ndcg[seed] <= 1);
        assert_near(one.ndcg[seed], one.ndcg[4 + seed], 0);
    }
    assert_true(reel__weighing_ndcg(&one, 1, true).mean != 0);
    assert_near(reel__weighing_ndcg(&one, 2, true).high, 0, 0);
    assert_near(reel__weighing_ndcg(&one, 1, true).mean,
                reel__weighing_ndcg(&one, 1, false).mean - reel__weighing_ndcg(&one, 0, false).mean,
                1e-12);
    reel__buf_init(&text, 1 << 16);
    reel__json_init(&json, &text);
    reel__weighing_write(&json, &one);
    assert_ok(reel__buf_check(&text, &err));
    assert_non_null(strstr(text.data, "\"split\":\"validation\""));
    assert_non_null(strstr(text.data, "\"ndcg@10_less_first\":["));
    reel__buf_fini(&text);
    opts.count = 1;
    opts.test = true;
    assert_ok(reel__weigh(&two, &opts, &err));
    assert_true(two.ndcg[0] != one.ndcg[0] && two.ndcg[1] != one.ndcg[1]);
    reel__weighing_fini(&one);
    reel__weighing_fini(&two);
}

static void nobody_is_of_both_halves(void **state)
{
    const char *folder = world_write("folder", 3);
    reel_index people[3];
    reel_err err = {0};

    (void)state;
    for (int half = 0; half < 3; half++) {
        const reel_world_opts opts = {
            .movielens = folder, .people = 1000, .films = 0, .seed = 4, .half = half};
        reel_world world;

        assert_ok(reel__world_make(&world, &opts, &err));
        people[half] = world.people;
        reel__world_fini(&world);
    }
    assert_true(people[1] >= 2 && people[2] >= 2);
    assert_int_equal(people[0], people[1] + people[2]);
}

static void wrong_options_are_named(void **state)
{
    const volatile bool stop = true;
    reel_signal_weights sets[SETS];
    reel_weighing_opts opts = small(sets);
    reel_weighing out;
    reel_err err = {0};

    (void)state;
    opts.count = 0;
    assert_fails(reel__weigh(&out, &opts, &err), REEL_E_INVALID, "1 to 32 sets");
    opts = small(sets);
    opts.world.seeds = 31;
    assert_fails(reel__weigh(&out, &opts, &err), REEL_E_INVALID, "1 to 30 seeds");
    opts = small(sets);
    opts.world.cancel = &stop;
    assert_fails(reel__weigh(&out, &opts, &err), REEL_E_CANCELLED, "");
    assert_true(reel__file_is_lasting());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_is_the_same_for_all),
        cmocka_unit_test(nobody_is_of_both_halves),
        cmocka_unit_test(wrong_options_are_named),
    };

    return cmocka_run_group_tests_name("weights of signals", tests, NULL, NULL);
}
