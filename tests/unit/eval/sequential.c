/* Unit tests of the test that may be looked at any time: its numbers by hand, and how often it errs
 * for who looks after every person, by simulation. REEL_EXPERIMENT_RUNS=5000 makes as many runs as
 * docs/experiments.md tells of, and prints its table.
 */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "eval/assign.h"
#include "eval/interleave.h"
#include "eval/sequential.h"
#include "support/near.h"

static const double alpha = 0.05;

/* ---- numbers ------------------------------------------------------------------------------- */

static reel_sequential_opts rates(double spread)
{
    return (reel_sequential_opts){
        .low = 0, .high = 1, .alpha = alpha, .spread = spread, .smallest = spread};
}

static void test_nothing_is_said_of_few(void **state)
{
    (void)state;
    const reel_sequential_opts opts = rates(0.05);
    reel_sequential s;
    reel_effect seen;

    reel__sequential_init(&s, &opts);
    assert_true(isnan(reel__sequential_look(&s).difference));
    for (int i = 0; i < REEL_SEQUENTIAL_LEAST; i++)
        reel__sequential_add(&s, 1, 1);
    assert_true(isnan(reel__sequential_look(&s).difference));
    for (int i = 0; i < REEL_SEQUENTIAL_LEAST - 1; i++)
        reel__sequential_add(&s, 0, 0);
    seen = reel__sequential_look(&s);
    assert_near(seen.difference, 1, 1e-12);
    assert_true(isinf(seen.low) && isinf(seen.high) && isinf(seen.fixed_low));
    assert_near(seen.p, 1, 0);
    assert_int_equal(s.differs_at, 0);
    reel__sequential_add(&s, 0, 0);
    assert_int_equal(s.differs_at, 2 * REEL_SEQUENTIAL_LEAST);
    assert_int_equal(s.which, 1);
}

/* 400 of each, 40 and 60 that clicked. */
static void test_numbers_are_those_of_the_formula(void **state)
{
    (void)state;
    const reel_sequential_opts opts = rates(0.05);
    const double a = 41. / 402, b = 61. / 402;
    const double v = a * (1 - a) / 400 + b * (1 - b) / 400, t = 0.0025;
    const double half = sqrt(v * (v + t) / t * (log((v + t) / v) + 2 * log(20)));
    const double p = exp(-(log(v / (v + t)) / 2 + t * 0.0025 / (2 * v * (v + t))));
    reel_sequential s;
    reel_effect seen;

    reel__sequential_init(&s, &opts);
    for (int i = 0; i < 400; i++) {
        reel__sequential_add(&s, 0, i % 10 == 0);
        reel__sequential_add(&s, 1, i % 20 < 3);
    }
    seen = reel__sequential_look(&s);
    assert_near(seen.difference, 0.05, 1e-12);
    assert_near(seen.high, 0.05 + half, 1e-12);
    assert_near(seen.low, 0.05 - half, 1e-12);
    assert_near(seen.fixed_high, 0.05 + 1.959964 * sqrt(v), 1e-7);
    assert_true(seen.p <= fmin(1, p) + 1e-12);
    assert_true(seen.high - seen.low > seen.fixed_high - seen.fixed_low);
}

static void test_people_needed_are_those_of_the_books(void **state)
{
    (void)state;
    reel_sequential_opts opts = rates(0.02);

    /* 2 x 0.09 x (1.959964 + 0.841621)^2 / 0.0004 */
    assert_near(reel__sequential_people(&opts, 0.09, 0.8), 3532, 1);
    opts.paired = true;
    assert_near(reel__sequential_people(&opts, 0.09, 0.8), 1766, 1);
}

static void test_no_difference_that_matters_is_known_in_time(void **state)
{
    (void)state;
    const reel_sequential_opts opts = rates(0.1);
    reel_sequential s;

    reel__sequential_init(&s, &opts);
    for (int i = 0; i < 4000; i++)
        reel__sequential_add(&s, i % 2, i % 8 < 2);
    assert_true(s.same_at > 500 && s.same_at < 4000);
    assert_int_equal(s.differs_at, 0);
}

/* ---- how often it errs --------------------------------------------------------------------- */

enum { RUNS_SHORT = 200 };

static int runs(void)
{
    const char *text = getenv("REEL_EXPERIMENT_RUNS");

    return text == NULL ? RUNS_SHORT : atoi(text);
}

/* What a rate of errors in so many runs is surely below, if it is this one: three deviations. */
static double at_most(double rate)
{
    return rate + 3 * sqrt(rate * (1 - rate) / runs());
}

typedef struct trial {
    const char *what;
    double rate, difference; /* of who clicks: of the control, and how much more of the other */
    double share;            /* of people in the other arm */
    double smallest;         /* that is looked for */
    int people;
    bool interleaved;
} trial;

typedef struct outcome {
    double differs;  /* runs that said so, right or wrong */
    double naive;    /* runs in which an interval of one look did, at some look */
    double left_out; /* runs in which the interval once left out the truth */
    double people;   /* looked at until it was said, or until the end */
} outcome;

/* Who clicks in an interleaved list clicks one film, which is the other side's by its share of good
 * films; the coins are those of real lists. */
static int interleaved_click(reel_rng *rng, const trial *t, int run, int person)
{
    char id[48];
    int rank;

    if (reel__rng_unit(rng) >= t->rate)
        return 0;
    (void)snprintf(id, sizeof id, "x_t..%08x%08x", (unsigned)run, (unsigned)person);
    do
        rank = 1 + (int)reel__rng_below(rng, 10);
    while (reel__interleave_side(id, rank) == 0 && reel__rng_unit(rng) < t->difference);
    return reel__interleave_side(id, rank) == 1 ? 1 : -1;
}

static void add_person(reel_sequential *s, reel_rng *rng, const trial *t, int run, int person)
{
    if (t->interleaved) {
        reel__sequential_add(s, 1, interleaved_click(rng, t, run, person));
    } else {
        const double weights[] = {1 - t->share, t->share};
        char salt[32], unit[32];
        int arm;

        (void)snprintf(salt, sizeof salt, "run %d", run);
        (void)snprintf(unit, sizeof unit, "u%d", person);
        arm = (int)reel__assign(salt, unit, weights, 2);
        reel__sequential_add(s, arm,
                             reel__rng_unit(rng) < t->rate + (arm == 1 ? t->difference : 0));
    }
}

static void add_run(outcome *out, const trial *t, int run)
{
    const reel_sequential_opts opts = {.paired = t->interleaved,
                                       .low = t->interleaved ? -1 : 0,
                                       .high = 1,
                                       .alpha = alpha,
                                       .spread = t->smallest,
                                       .smallest = t->smallest};
    const double truth = t->interleaved ? 0 : t->difference;
    reel_rng rng = reel__rng_make(2026, (uint64_t)run);
    bool naive = false, left_out = false;
    reel_sequential s;

    reel__sequential_init(&s, &opts);
    for (int p = 0; p < t->people; p++) {
        reel_effect seen;

        add_person(&s, &rng, t, run, p);
        seen = reel__sequential_look(&s);
        naive |= seen.fixed_low > 0 || seen.fixed_high < 0;
        left_out |= seen.low > truth || seen.high < truth;
    }
    out->differs += s.differs_at > 0;
    out->naive += naive;
    out->left_out += left_out;
    out->people += (double)(s.differs_at > 0 ? s.differs_at : t->people);
}

static outcome try_it(const trial *t)
{
    outcome out = {0};
    const double count = runs();

    for (int run = 0; run < runs(); run++)
        add_run(&out, t, run);
    out.differs /= count;
    out.naive /= count;
    out.left_out /= count;
    out.people /= count;
    if (getenv("REEL_EXPERIMENT_RUNS") != NULL)
        print_message("| %s | %.1f %% | %.1f %% | %.0f |\n", t->what, 100 * out.differs,
                      100 * out.naive, out.people);
    return out;
}

static void test_no_difference_is_seldom_taken_for_one(void **state)
{
    (void)state;
    static const trial trials[] = {
        {"no difference, 10 % click", .10, 0, .5, .02, 4000, false},
        {"no difference, 2 % click", .02, 0, .5, .01, 4000, false},
        {"no difference, 50 % click", .50, 0, .5, .05, 4000, false},
        {"no difference, 10 % click, one in ten in the new arm", .10, 0, .1, .02, 4000, false},
        {"no difference, interleaved, 10 % click", .10, 0, .5, .02, 4000, true},
    };

    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const outcome seen = try_it(&trials[i]);

        assert_true(seen.differs <= at_most(alpha));
        assert_true(seen.left_out <= at_most(alpha));
        assert_true(seen.naive > 4 * alpha);
    }
}

static void test_differences_are_found(void **state)
{
    (void)state;
    static const trial ab = {"10 % click, 13 % in the new arm", .10, .03, .5, .03, 10000, false};
    static const trial both = {"interleaved, a quarter of the control's clicks turned away",
                               .10,
                               .25,
                               .5,
                               .015,
                               10000,
                               true};
    const outcome a = try_it(&ab), b = try_it(&both);

    assert_true(a.differs > 0.9);
    assert_true(a.left_out <= at_most(alpha));
    assert_true(a.people < 6000);
    assert_true(b.differs > 0.9);
    assert_true(b.people < 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_said_of_few),
        cmocka_unit_test(test_numbers_are_those_of_the_formula),
        cmocka_unit_test(test_people_needed_are_those_of_the_books),
        cmocka_unit_test(test_no_difference_that_matters_is_known_in_time),
        cmocka_unit_test(test_no_difference_is_seldom_taken_for_one),
        cmocka_unit_test(test_differences_are_found),
    };

    return cmocka_run_group_tests_name("sequential tests", tests, NULL, NULL);
}
