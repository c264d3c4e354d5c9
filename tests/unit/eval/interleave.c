/* Unit tests of team-draft interleaving: rounds, coins, films of both sides, short sides, lists
 * that go on.
 */
#include "support/check.h"

#include <stdio.h>

#include "base/rng.h"
#include "eval/interleave.h"

enum { FILMS = 30 };

static void shuffle(reel_rng *rng, int64_t *films, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        const size_t other = (size_t)reel__rng_below(rng, i);
        const int64_t film = films[other];

        films[other] = films[i - 1];
        films[i - 1] = film;
    }
}

static const char *list_id(int number)
{
    static char id[32];

    (void)snprintf(id, sizeof id, "x_home..%08x", (unsigned)number * 2654435761u);
    return id;
}

/* By the words of the paper: each round's first by the coin, its best film that is not there. */
static void check_draft(const char *id, const reel_interleave_side sides[2],
                        const reel_interleave_pick *picks, size_t count)
{
    bool there[FILMS] = {false};

    for (size_t i = 0; i < count; i++) {
        const reel_interleave_side *side = &sides[picks[i].side];

        assert_int_equal(picks[i].side, reel__interleave_side(id, (int)i + 1));
        for (size_t k = 0; k < picks[i].place; k++)
            assert_true(there[side->films[k]]);
        assert_false(there[side->films[picks[i].place]]);
        there[side->films[picks[i].place]] = true;
    }
}

static void test_each_side_picks_its_best(void **state)
{
    (void)state;
    reel_rng rng = reel__rng_make(1, 1);
    int64_t films[2][FILMS];
    const reel_interleave_side sides[2] = {{films[0], FILMS}, {films[1], FILMS}};

    for (int i = 0; i < FILMS; i++)
        films[0][i] = films[1][i] = i;
    for (int n = 0; n < 500; n++) {
        reel_interleave_pick picks[FILMS];

        shuffle(&rng, films[0], FILMS);
        shuffle(&rng, films[1], FILMS);
        assert_int_equal(reel__interleave(picks, FILMS, sides, list_id(n), 1), FILMS);
        check_draft(list_id(n), sides, picks, FILMS);
    }
}

static void test_rounds_are_fair(void **state)
{
    (void)state;
    enum { LISTS = 20000 };
    int first[4] = {0};

    for (int n = 0; n < LISTS; n++)
        for (int round = 0; round < 4; round++) {
            const int side = reel__interleave_side(list_id(n), 2 * round + 1);

            assert_int_equal(reel__interleave_side(list_id(n), 2 * round + 2), 1 - side);
            first[round] += side;
        }
    for (int round = 0; round < 4; round++) /* four deviations */
        assert_true(first[round] > LISTS / 2 - 283 && first[round] < LISTS / 2 + 283);
}

static void test_the_other_side_stands_in(void **state)
{
    (void)state;
    const int64_t few[] = {7}, many[] = {7, 1, 2, 3};
    const reel_interleave_side sides[2] = {{few, 1}, {many, 4}}, none[2] = {{few, 0}, {many, 0}};
    reel_interleave_pick picks[8];

    for (int n = 0; n < 50; n++) {
        assert_int_equal(reel__interleave(picks, 8, sides, list_id(n), 1), 4);
        assert_int_equal(picks[3].side, 1);
        assert_int_equal(picks[3].place, 3);
        assert_int_equal(reel__interleave(picks, 2, sides, list_id(n), 1), 2);
    }
    assert_int_equal(reel__interleave(picks, 8, none, "x", 1), 0);
}

/* What follows is drawn as if the list had been made at once. */
static void test_a_list_goes_on(void **state)
{
    (void)state;
    int64_t left[FILMS], right[FILMS];
    const reel_interleave_side sides[2] = {{left, FILMS}, {right, FILMS}};
    reel_interleave_pick whole[20], later[15];

    for (int i = 0; i < FILMS; i++) {
        left[i] = i;
        right[i] = 100 + i;
    }
    for (int n = 0; n < 50; n++) {
        size_t taken[2] = {0};

        assert_int_equal(reel__interleave(whole, 20, sides, list_id(n), 1), 20);
        for (int i = 0; i < 5; i++)
            taken[whole[i].side]++;
        const reel_interleave_side rest[2] = {{left + taken[0], FILMS - taken[0]},
                                              {right + taken[1], FILMS - taken[1]}};

        assert_int_equal(reel__interleave(later, 15, rest, list_id(n), 6), 15);
        for (int i = 0; i < 15; i++) {
            assert_int_equal(later[i].side, whole[5 + i].side);
            assert_int_equal(later[i].place + taken[later[i].side], whole[5 + i].place);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_side_picks_its_best),
        cmocka_unit_test(test_rounds_are_fair),
        cmocka_unit_test(test_the_other_side_stands_in),
        cmocka_unit_test(test_a_list_goes_on),
    };

    return cmocka_run_group_tests_name("interleaving", tests, NULL, NULL);
}
