/* suite_walks.c - results of an experiment that go on from where somebody stood are to the last bit
 * those of going through everybody, whatever changed meanwhile.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "service/experiments/walk.h"
#include "store/accounts.h"

enum {
    NOW = 1700000000,
    HOUR = 3600,
    DAY = 24 * HOUR,
    CROWD = 12000,
    NAME = 24,
    TEXT_MOST = 1 << 18
};
#define TAG "0000000a"

static reel_experiment experiment_of(bool both)
{
    return (reel_experiment){.name = "a",
                             .tag = TAG,
                             .metric = "click",
                             .kind = both ? REEL_EXPERIMENT_INTERLEAVE : REEL_EXPERIMENT_AB,
                             .arm_count = both ? 2 : 3,
                             .arms = {{.name = "x", .weight = 1},
                                      {.name = "y", .weight = 1},
                                      {.name = "z", .weight = 1}},
                             .alpha = 0.05,
                             .smallest = 0.02,
                             .starts = NOW,
                             .ends = NOW + 10 * DAY,
                             .window_hours = 24};
}

/* ---- people -------------------------------------------------------------------------------- */

static void add(fixture *f, const reel_trial_person *people, size_t count, int64_t earliest_ms)
{
    reel_trial_adding adding = {
        .tag = TAG, .people = people, .count = count, .earliest_ms = earliest_ms};
    bool done = false;

    assert_ok(reel__trial_mark(&adding.from, f->store, TAG, &f->err), f->err);
    adding.to = adding.from.sequence + 1;
    assert_ok(reel__trial_add(f->store, &adding, &done, &f->err), f->err);
    assert_true(done);
}

/* As many, who came in one of some days, with clicks: of those of arm 2 more. */
static void add_crowd(fixture *f, const reel_experiment *e, int first_day, int days)
{
    static reel_trial_person people[CROWD];
    static char names[CROWD][NAME];
    const bool both = e->kind == REEL_EXPERIMENT_INTERLEAVE;
    const int64_t begin = ((int64_t)NOW + (int64_t)first_day * DAY) * 1000;
    reel_rng rng = reel__rng_make((uint64_t)first_day, 0);

    for (int i = 0; i < CROWD; i++) {
        reel_trial_person *p = &people[i];

        (void)snprintf(names[i], NAME, "v:%d-%d", first_day, i);
        *p = (reel_trial_person){
            .who = names[i],
            .arm = both ? -1 : (int64_t)reel__rng_below(&rng, 3),
            .first_ms = begin + (int64_t)reel__rng_below(&rng, (uint64_t)days * DAY) * 1000,
            .lists = 1,
            .strays = (int64_t)reel__rng_below(&rng, 2)};
        for (int side = 0; side < (both ? 2 : 1); side++)
            p->did[side] = reel__rng_below(&rng, 100) < (p->arm == 2 || side == 1 ? 14U : 10U);
    }
    add(f, people, CROWD, begin);
}

/* ---- looking ------------------------------------------------------------------------------- */

static int64_t upto_of(fixture *f)
{
    reel_trial_standing standing;
    reel_buf text;

    reel__buf_init(&text, REEL_TRIAL_STATE_MAX);
    assert_ok(reel__trial_standing(&standing, &text, f->store, TAG, INT64_MAX, &f->err), f->err);
    reel__buf_fini(&text);
    return standing.upto_ms;
}

static void look(fixture *f, const reel_experiment *e, int64_t now, reel_buf *out)
{
    static reel_results results;
    reel_json json;

    reel__buf_init(out, TEXT_MOST);
    reel__json_init(&json, out);
    assert_ok(reel__experiment_results(&results, f->store, e, now, &f->err), f->err);
    reel__experiment_results_write(&json, &results);
    assert_ok(reel__buf_check(out, &f->err), f->err);
}

/* As it stands, from the beginning, and from what that left. */
static void assert_same(fixture *f, const reel_experiment *e, int64_t now)
{
    reel_buf stood, whole, again;

    look(f, e, now, &stood);
    fixture_exec(f, "DELETE FROM trial_states");
    look(f, e, now, &whole);
    assert_string_equal(stood.data, whole.data);
    look(f, e, now, &again);
    assert_string_equal(again.data, whole.data);
    reel__buf_fini(&stood);
    reel__buf_fini(&whole);
    reel__buf_fini(&again);
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_who_stood_somewhere_says_what_everybody_says(void **state)
{
    fixture *f = *state;

    for (int both = 0; both < 2; both++) {
        const reel_experiment e = experiment_of(both);
        int64_t upto;

        fixture_exec(f, REEL_TRIALS_CLEAR);
        add_crowd(f, &e, 0, 3);
        assert_same(f, &e, NOW + 2 * DAY); /* too few are through */
        assert_same(f, &e, NOW + 4 * DAY);
        upto = upto_of(f);
        assert_true(upto > ((int64_t)NOW + 2 * DAY) * 1000 &&
                    upto < ((int64_t)NOW + 3 * DAY) * 1000);
        add_crowd(f, &e, 3, 6);
        assert_int_equal(upto_of(f), upto);
        assert_same(f, &e, NOW + 5 * DAY);
        assert_same(f, &e, NOW + 3 * DAY); /* a clock that was put back */
        assert_same(f, &e, NOW + 20 * DAY);
        assert_int_equal(upto_of(f), e.ends * 1000 - 1);
    }
}

/* Somebody who is counted late, and a click of who was there. */
static void test_what_is_late_counts(void **state)
{
    fixture *f = *state;
    const reel_experiment e = experiment_of(false);
    reel_trial_person late = {
        .who = "v:late", .arm = 1, .first_ms = ((int64_t)NOW + HOUR) * 1000, .lists = 1};

    add_crowd(f, &e, 0, 3);
    for (int i = 0; i < 2; i++) {
        reel_buf before, after;

        look(f, &e, NOW + 4 * DAY, &before);
        assert_true(upto_of(f) > late.first_ms);
        add(f, &late, 1, ((int64_t)NOW + HOUR) * 1000);
        assert_int_equal(upto_of(f), 0);
        look(f, &e, NOW + 4 * DAY, &after);
        assert_string_not_equal(before.data, after.data);
        assert_same(f, &e, NOW + 4 * DAY);
        reel__buf_fini(&before);
        reel__buf_fini(&after);
        late.first_ms = 0; /* it was set */
        late.did[0] = 1;
    }
    late = (reel_trial_person){.who = "v:late", .arm = 1, .lists = 1}; /* back, and just looks */
    add(f, &late, 1, INT64_MAX);
    assert_true(upto_of(f) > 0);
    assert_same(f, &e, NOW + 4 * DAY);
}

static int64_t add_account(fixture *f, const char *name)
{
    reel_account account = {.role = REEL_ROLE_PERSON, .created_at = NOW};

    (void)snprintf(account.name, sizeof account.name, "%s", name);
    (void)snprintf(account.folded, sizeof account.folded, "%s", name);
    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    return account.id;
}

static void test_who_leaves_takes_it_along(void **state)
{
    fixture *f = *state;
    const reel_experiment e = experiment_of(false);
    const int64_t in = add_account(f, "ana"), out = add_account(f, "eve");
    char who[REEL_UNIT];
    const reel_trial_person ana = {.who = who,
                                   .arm = 2,
                                   .first_ms = ((int64_t)NOW + HOUR) * 1000,
                                   .lists = 7,
                                   .strays = 5,
                                   .did = {3}};
    reel_buf without, with, left;

    reel__experiment_unit(who, in + REEL_ACCOUNT_PERSON, "");
    add_crowd(f, &e, 0, 3);
    look(f, &e, NOW + 4 * DAY, &without);
    add(f, &ana, 1, ana.first_ms);
    look(f, &e, NOW + 4 * DAY, &with);
    assert_string_not_equal(with.data, without.data);
    assert_true(upto_of(f) > 0);
    assert_ok(reel__store_delete_account(f->store, out, true, &f->err), f->err);
    assert_true(upto_of(f) > 0);
    assert_ok(reel__store_delete_account(f->store, in, true, &f->err), f->err);
    assert_int_equal(upto_of(f), 0);
    look(f, &e, NOW + 4 * DAY, &left);
    assert_string_equal(left.data, without.data);
    reel__buf_fini(&without);
    reel__buf_fini(&with);
    reel__buf_fini(&left);
}

/* Who went through people while somebody counted keeps nothing; and what is no walk is none. */
static void test_what_is_stale_or_damaged_is_left(void **state)
{
    fixture *f = *state;
    const reel_experiment e = experiment_of(false);
    reel_trial_state kept = {.upto_ms = ((int64_t)NOW + DAY) * 1000, .text = "1 2 3"};

    add_crowd(f, &e, 0, 3);
    assert_ok(reel__trial_keep(f->store, TAG, &kept, &f->err), f->err);
    assert_int_equal(upto_of(f), 0);
    assert_ok(reel__trial_mark(&kept.mark, f->store, TAG, &f->err), f->err);
    assert_ok(reel__trial_keep(f->store, TAG, &kept, &f->err), f->err);
    assert_int_equal(upto_of(f), kept.upto_ms);
    assert_same(f, &e, NOW + 4 * DAY);
}

int store_suite_walks(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest walk_tests[] = {
        TEST(test_who_stood_somewhere_says_what_everybody_says),
        TEST(test_what_is_late_counts),
        TEST(test_who_leaves_takes_it_along),
        TEST(test_what_is_stale_or_damaged_is_left),
    };

    return cmocka_run_group_tests(walk_tests, NULL, NULL);
}
