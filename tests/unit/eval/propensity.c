/* How often places of a list are looked at, told from clicks that were drawn where it is known. */
#include "eval/propensity.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "support/check.h"

enum { FILMS = 300, RANKS = 20 };

static double truth(int rank)
{
    return pow((double)rank, -0.8);
}

/* Every film at every rank, by chance: the better film no more often at the top. */
static void draw(reel_exposure *out, uint64_t seed, int lists)
{
    reel_rng rng = reel__rng_make(seed, 1);
    reel_err err = {0};

    assert_ok(reel__exposure_init(out, FILMS, &err));
    for (int list = 0; list < lists; list++)
        for (int rank = 1; rank <= RANKS; rank++) {
            const reel_index film = (reel_index)reel__rng_below(&rng, FILMS);
            const double wanted = 0.05 + 0.9 * (double)film / FILMS;

            reel__exposure_add(out, film, rank, 1, 0);
            if (reel__rng_unit(&rng) < wanted * truth(rank))
                reel__exposure_add(out, film, rank, 0, 1);
        }
}

static void what_was_drawn_is_found_again(void **state)
{
    reel_exposure exposure;
    reel_propensity found, again;
    reel_err err = {0};

    (void)state;
    draw(&exposure, 7, 20000);
    assert_ok(reel__propensity_fit(&found, &exposure, &err));
    assert_ok(reel__propensity_fit(&again, &exposure, &err));
    assert_memory_equal(found.looked, again.looked, sizeof found.looked);
    assert_true(found.known);
    for (int rank = 1; rank <= RANKS; rank++)
        assert_true(fabs(reel__propensity_at(&found, rank) - truth(rank)) < 0.03);
    /* Ranks without lists are as the last that had some. */
    assert_true(reel__propensity_at(&found, 1000) == reel__propensity_at(&found, RANKS + 1));
    assert_true(fabs(reel__propensity_at(&found, 1000) - truth(RANKS)) < 0.03);
    reel__exposure_fini(&exposure);
}

/* Good films stand higher: clicks by rank alone would say that rank 10 is looked at far less. */
static void better_films_at_the_top_are_no_position(void **state)
{
    reel_rng rng = reel__rng_make(3, 1);
    reel_exposure exposure;
    reel_propensity found;
    double clicks[2] = {0, 0};
    reel_err err = {0};

    (void)state;
    assert_ok(reel__exposure_init(&exposure, FILMS, &err));
    for (int list = 0; list < 40000; list++)
        for (int rank = 1; rank <= RANKS; rank++) {
            const int worse = rank * FILMS / RANKS - 1;
            const int film = worse - (int)reel__rng_below(&rng, (uint64_t)FILMS / 2);
            const reel_index shown = (reel_index)(film < 0 ? film + FILMS : film);
            const double wanted = 0.9 - 0.8 * (double)shown / FILMS;

            reel__exposure_add(&exposure, shown, rank, 1, 0);
            if (reel__rng_unit(&rng) >= wanted * truth(rank))
                continue;
            reel__exposure_add(&exposure, shown, rank, 0, 1);
            if (rank == 8 || rank == 16)
                clicks[rank / 16]++;
        }
    assert_ok(reel__propensity_fit(&found, &exposure, &err));
    assert_true(clicks[1] / clicks[0] < 0.8 * truth(16) / truth(8));
    assert_true(fabs(reel__propensity_at(&found, 16) / reel__propensity_at(&found, 8) -
                     truth(16) / truth(8)) < 0.05);
    reel__exposure_fini(&exposure);
}

static void few_clicks_say_nothing(void **state)
{
    reel_exposure exposure;
    reel_propensity found;
    reel_err err = {0};

    (void)state;
    draw(&exposure, 7, 10);
    assert_ok(reel__propensity_fit(&found, &exposure, &err));
    assert_false(found.known);
    assert_true(found.clicks > 0 && found.shown == 200);
    assert_true(reel__propensity_at(&found, 10) == 1);
    assert_true(reel__propensity_weight(&found, 10, 10) == 1);
    reel__exposure_fini(&exposure);
}

static void weights_are_clipped(void **state)
{
    reel_propensity known = {.known = true};

    (void)state;
    for (int k = 0; k < REEL_PROPENSITY_RANKS; k++)
        known.looked[k] = 1.0 / (k + 1);
    assert_true(reel__propensity_weight(&known, 4, 10) == 4);
    assert_true(reel__propensity_weight(&known, 30, 10) == 10);
    assert_true(reel__propensity_weight(&known, 30, 1) == 1);
    assert_true(reel__propensity_weight(&known, 0, 10) == 1); /* of no list */
    known.looked[49] = 0;
    assert_true(reel__propensity_weight(&known, 1000000, 10) == 10);
}

static reel_code count_and_fit(void *user, reel_err *err)
{
    reel_exposure exposure;
    reel_propensity found;
    reel_code rc = reel__exposure_init(&exposure, FILMS, err);

    (void)user;
    for (int i = 0; rc == REEL_OK && i < 2 * REEL_PROPENSITY_CLICKS; i++)
        reel__exposure_add(&exposure, i % FILMS, 1 + i % 3, 0, 1);
    if (rc == REEL_OK)
        rc = reel__propensity_fit(&found, &exposure, err);
    reel__exposure_fini(&exposure);
    return rc;
}

static void no_memory_is_told(void **state)
{
    (void)state;
    assert_int_equal(sweep_memory(count_and_fit, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_drawn_is_found_again),
        cmocka_unit_test(better_films_at_the_top_are_no_position),
        cmocka_unit_test(few_clicks_say_nothing),
        cmocka_unit_test(weights_are_clipped),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
