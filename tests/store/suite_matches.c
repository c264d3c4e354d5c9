/* suite_matches.c - where the films' metadata are from. */
#include "suite.h"

#include <math.h>
#include <string.h>

enum { SEEN = 8 };

typedef struct seen_matches {
    size_t count, stop_after;
    reel_match rows[SEEN];
    char reasons[SEEN][64];
} seen_matches;

static bool see_match(void *user, const reel_match *match)
{
    seen_matches *seen = user;
    const size_t at = seen->count++;

    assert_true(at < SEEN && strlen(match->reason) < 64);
    seen->rows[at] = *match;
    memcpy(seen->reasons[at], match->reason, strlen(match->reason) + 1);
    return seen->count != seen->stop_after;
}

static seen_matches matches_of(fixture *f)
{
    seen_matches seen = {0};

    assert_ok(reel__store_scan_matches(f->store, see_match, &seen, &f->err), f->err);
    return seen;
}

static const reel_match found = {2, 862, 1700000000, REEL_MATCH_FOUND, 1, "linked by TMDb id"};
static const reel_match unsure = {1, 0, 5, REEL_MATCH_REVIEW, 0.25, "the title is \xc3\xa9"};
static const reel_match chosen = {11, 603, 0, REEL_MATCH_ACCEPTED, 1, "accepted in review"};
static const reel_match refused = {12, 604, 0, REEL_MATCH_REJECTED, 0, "rejected in review"};
static const reel_match missing = {9, 0, 6, REEL_MATCH_NONE, (double)NAN, ""};

static void put_matches(fixture *f, const reel_match *matches, size_t count)
{
    reel_store_load *load = NULL;

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_ok(reel__store_put_matches(load, matches, count, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "test", false, &f->err), f->err);
}

static void test_matches_come_back_by_film(void **state)
{
    fixture *f = *state;
    const reel_match all[] = {found, refused, unsure, missing, chosen};
    seen_matches seen;

    assert_int_equal(matches_of(f).count, 0);
    put_matches(f, all, 5);
    fixture_reopen(f);
    seen = matches_of(f);
    assert_int_equal(seen.count, 5);
    assert_int_equal(seen.rows[0].movie, 1);
    assert_int_equal(seen.rows[0].tmdb_id, 0);
    assert_int_equal(seen.rows[0].state, REEL_MATCH_REVIEW);
    assert_true(seen.rows[0].score == 0.25);
    assert_string_equal(seen.reasons[0], unsure.reason);
    assert_int_equal(seen.rows[1].movie, 2);
    assert_int_equal(seen.rows[1].tmdb_id, 862);
    assert_int_equal(seen.rows[1].fetched_at, 1700000000);
    assert_int_equal(seen.rows[1].state, REEL_MATCH_FOUND);
    assert_int_equal(seen.rows[2].state, REEL_MATCH_NONE);
    assert_true(isnan(seen.rows[2].score));
    assert_string_equal(seen.reasons[2], "");
    assert_int_equal(seen.rows[3].state, REEL_MATCH_ACCEPTED);
    assert_int_equal(seen.rows[3].fetched_at, 0);
    assert_int_equal(seen.rows[4].state, REEL_MATCH_REJECTED);
    assert_int_equal(seen.rows[4].tmdb_id, 604);
}

static void test_scan_stops_and_the_last_one_counts(void **state)
{
    fixture *f = *state;
    reel_match again = found;
    seen_matches seen = {.stop_after = 1};

    again.movie = unsure.movie;
    put_matches(f, (const reel_match[]){unsure, found}, 2);
    put_matches(f, &again, 1);
    assert_ok(reel__store_scan_matches(f->store, see_match, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.rows[0].state, REEL_MATCH_FOUND);
    assert_int_equal(matches_of(f).count, 2);
}

/* A film that is put again has other metadata than those the match is of. */
static void test_films_take_their_match_away(void **state)
{
    fixture *f = *state;
    const reel_movie film = blank_movie(found.movie);

    put_matches(f, (const reel_match[]){unsure, found}, 2);
    load_movies(f->store, &film, 1, false);
    assert_int_equal(matches_of(f).count, 1);
    assert_int_equal(matches_of(f).rows[0].movie, unsure.movie);
    load_movies(f->store, &film, 1, true);
    assert_int_equal(matches_of(f).count, 0);
}

static void test_wrong_and_abandoned_matches(void **state)
{
    fixture *f = *state;
    reel_match wrong = found;
    reel_store_load *load = NULL;

    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_ok(reel__store_put_matches(load, &found, 1, &f->err), f->err);
    reel__store_load_abort(load);
    assert_int_equal(matches_of(f).count, 0);
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    wrong.movie = -1;
    assert_fails(reel__store_put_matches(load, &wrong, 1, &f->err), REEL_E_INVALID, "id", f->err);
    assert_fails(reel__store_load_commit(load, "test", false, &f->err), REEL_E_INVALID, "id",
                 f->err);
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    wrong = found;
    wrong.score = (double)INFINITY;
    assert_fails(reel__store_put_matches(load, &wrong, 1, &f->err), REEL_E_INVALID, "score",
                 f->err);
    reel__store_load_abort(load);
    assert_int_equal(matches_of(f).count, 0);
}

int store_suite_matches(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_matches_come_back_by_film, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_scan_stops_and_the_last_one_counts, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_films_take_their_match_away, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_wrong_and_abandoned_matches, fixture_setup,
                                        fixture_teardown),
    };

    return cmocka_run_group_tests_name("matches", tests, NULL, NULL);
}
