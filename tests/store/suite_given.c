/* suite_given.c - what people gave since the data were loaded. */
#include "suite.h"

#include <math.h>
#include <string.h>

enum { SEEN = 16 };

typedef struct seen_rows {
    size_t count, stop_after;
    reel_given_row rows[SEEN];
} seen_rows;

static bool see_row(void *user, const reel_given_row *row)
{
    seen_rows *seen = user;

    assert_true(seen->count < SEEN);
    seen->rows[seen->count++] = *row;
    return seen->count != seen->stop_after;
}

static seen_rows given_of(fixture *f, int64_t person)
{
    seen_rows seen = {0};

    assert_ok(reel__store_read_given(f->store, person, see_row, &seen, &f->err), f->err);
    return seen;
}

static seen_rows changes_after(fixture *f, int64_t version)
{
    seen_rows seen = {0};

    assert_ok(reel__store_scan_changes(f->store, version, SEEN, see_row, &seen, &f->err), f->err);
    return seen;
}

static reel_given_row row_of(int64_t person, int64_t movie, reel_given_kind kind, double value)
{
    return (reel_given_row){
        .person = person, .movie = movie, .time = 5, .value = value, .kind = kind};
}

static void put_row(fixture *f, reel_given_row row)
{
    assert_ok(reel__store_put_given(f->store, &row, 1, &f->err), f->err);
}

static void test_the_last_statement_counts(void **state)
{
    fixture *f = *state;
    const int64_t account = (INT64_C(1) << 40) + 7;
    const reel_given_row rows[] = {row_of(account, 9, REEL_GIVEN_RATING, 3.7),
                                   row_of(account, 2, REEL_GIVEN_LIKED, (double)NAN),
                                   row_of(4, 2, REEL_GIVEN_NOT_INTERESTED, 5),
                                   row_of(account, 9, REEL_GIVEN_RATING, 4.5)};
    reel_given_row weighed = row_of(4, 2, REEL_GIVEN_RATING, 3);
    seen_rows seen;

    assert_int_equal(given_of(f, account).count, 0);
    assert_ok(reel__store_put_given(f->store, rows, 4, &f->err), f->err);
    fixture_reopen(f);
    seen = given_of(f, account);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.rows[0].movie, 2);
    assert_int_equal(seen.rows[0].kind, REEL_GIVEN_LIKED);
    assert_true(isnan(seen.rows[0].value));
    assert_int_equal(seen.rows[1].movie, 9);
    assert_true(seen.rows[1].value == 4.5);
    assert_int_equal(seen.rows[1].time, 5);
    assert_int_equal(seen.rows[1].person, account);
    assert_int_equal(seen.rows[1].extra, 0);
    seen = given_of(f, 4);
    assert_int_equal(seen.count, 1);
    assert_true(isnan(seen.rows[0].value)); /* only ratings have one */
    assert_int_equal(counts_of(f->store).given, 3);
    for (int kind = 0; kind < REEL_GIVEN_CLICKED; kind++) {
        put_row(f, row_of(4, 2, (reel_given_kind)kind, 1));
        assert_int_equal(given_of(f, 4).rows[0].kind, kind);
    }
    for (weighed.extra = -1; weighed.extra <= 1; weighed.extra++) {
        put_row(f, weighed);
        assert_int_equal(given_of(f, 4).rows[0].extra, weighed.extra);
    }
    assert_fails(reel__store_put_given(f->store, &weighed, 1, &f->err), REEL_E_INVALID, "weight",
                 f->err);
    seen = (seen_rows){.stop_after = 1};
    assert_ok(reel__store_read_given(f->store, account, see_row, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 1);
}

static reel_given_row deed_of(int64_t person, int64_t movie, unsigned did)
{
    reel_given_row row = row_of(person, movie, REEL_GIVEN_CLICKED, (double)NAN);

    row.time = 3;
    row.did = did;
    return row;
}

/* Whatever is said later, taken back or said already, a click stays beside it, and says nothing. */
static void test_what_is_done_stays_beside_what_is_said(void **state)
{
    fixture *f = *state;
    reel_given_row row, wrong[] = {deed_of(4, 2, 0), deed_of(4, 2, REEL_DID_ALL + 1)};
    int64_t version;

    put_row(f, deed_of(4, 2, REEL_DID_CLICK));
    row = given_of(f, 4).rows[0];
    assert_int_equal(row.kind, REEL_GIVEN_CLICKED);
    assert_int_equal(row.did, REEL_DID_CLICK);
    assert_int_equal(row.time, 3);
    assert_int_equal(counts_of(f->store).given, 0);
    version = row.version;
    put_row(f, deed_of(4, 2, REEL_DID_CLICK)); /* nothing new */
    assert_int_equal(given_of(f, 4).rows[0].version, version);
    assert_int_equal(changes_after(f, version).count, 0);
    put_row(f, deed_of(4, 2, REEL_DID_TRAILER));
    assert_int_equal(given_of(f, 4).rows[0].did, REEL_DID_ALL);
    assert_int_equal(changes_after(f, version).count, 1);
    for (int kind = 0; kind < REEL_GIVEN_CLICKED; kind++) {
        put_row(f, row_of(4, 2, (reel_given_kind)kind, 1));
        put_row(f, row_of(5, 2, (reel_given_kind)kind, 1));
        put_row(f, deed_of(5, 2, REEL_DID_TRAILER));
        for (int person = 4; person <= 5; person++) {
            row = given_of(f, person).rows[0];
            assert_int_equal(row.kind, kind);
            assert_int_equal(row.time, 5);
            assert_true(kind == REEL_GIVEN_RATING ? row.value == 1 : isnan(row.value));
            assert_int_equal(row.did, person == 4 ? REEL_DID_ALL : REEL_DID_TRAILER);
        }
        assert_ok(reel__store_forget_given(f->store, 5, &f->err), f->err);
    }
    for (int i = 0; i < 2; i++)
        assert_fails(reel__store_put_given(f->store, &wrong[i], 1, &f->err), REEL_E_INVALID,
                     "what was done", f->err);
}

static void test_changes_are_followed(void **state)
{
    fixture *f = *state;
    reel_store *other = NULL; /* as another server over the same database */
    reel_given_row row = row_of(4, 2, REEL_GIVEN_RATING, 1);
    seen_rows seen;
    int64_t last;

    assert_ok(reel__store_open(&other, f->url, NULL, &f->err), f->err);
    put_row(f, row_of(3, 2, REEL_GIVEN_RATING, 1));
    assert_ok(reel__store_put_given(other, &row, 1, &f->err), f->err);
    seen = changes_after(f, 0);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.rows[0].person, 3);
    assert_int_equal(seen.rows[1].person, 4);
    assert_true(seen.rows[0].version < seen.rows[1].version);
    last = seen.rows[1].version;
    assert_int_equal(changes_after(f, last).count, 0);
    put_row(f, row_of(3, 2, REEL_GIVEN_REMOVED, 0));
    seen = changes_after(f, last);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.rows[0].person, 3);
    seen = (seen_rows){0};
    assert_ok(reel__store_scan_changes(other, 0, 1, see_row, &seen, &f->err), f->err);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.rows[0].person, 4);
    assert_fails(reel__store_scan_changes(other, 0, 0, see_row, &seen, &f->err), REEL_E_INVALID,
                 "limit", f->err);
    reel__store_close(other);
}

static void test_forgotten(void **state)
{
    fixture *f = *state;
    const reel_given_row rows[] = {row_of(3, 9, REEL_GIVEN_RATING, 3),
                                   row_of(3, 2, REEL_GIVEN_RATING, 3),
                                   row_of(4, 2, REEL_GIVEN_RATING, 5)};
    seen_rows seen;

    assert_ok(reel__store_put_given(f->store, rows, 3, &f->err), f->err);
    seen = changes_after(f, 0);
    assert_ok(reel__store_forget_given(f->store, 3, &f->err), f->err);
    assert_int_equal(given_of(f, 3).count, 0);
    assert_int_equal(given_of(f, 4).count, 1);
    assert_int_equal(counts_of(f->store).given, 1);
    seen = changes_after(f, seen.rows[2].version);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.rows[0].person, -1); /* anything, so that no row names them */
}

/* The dataset is what was loaded with what was given since in its place. */
static void test_part_of_the_dataset(void **state)
{
    fixture *f = *state;
    static const reel_rating loaded[] = {{1, 2, 3, 4.5F}, {1, 3, 3, 1}, {1, 4, 3, 2}, {2, 2, 3, 5}};
    const int64_t account = (INT64_C(1) << 40) + 1;
    const reel_given_row rows[] = {row_of(1, 2, REEL_GIVEN_RATING, 0.5),
                                   row_of(1, 3, REEL_GIVEN_REMOVED, (double)NAN),
                                   row_of(1, 5, REEL_GIVEN_RATING, 3),
                                   row_of(2, 3, REEL_GIVEN_WATCHLIST, (double)NAN),
                                   row_of(account, 4, REEL_GIVEN_RATING, 2.5),
                                   row_of(account, 6, REEL_GIVEN_RATING, 2.5),
                                   deed_of(1, 4, REEL_DID_CLICK),
                                   deed_of(3, 4, REEL_DID_ALL)};
    reel_movie movies[4];
    reel_dataset *dataset;
    float value = 0;
    int64_t time = 0;

    for (int i = 0; i < 4; i++)
        movies[i] = blank_movie(i + 2);
    load_movies(f->store, movies, 4, true);
    load_ratings(f->store, loaded, 4, false, NULL);
    assert_ok(reel__store_put_given(f->store, rows, 8, &f->err), f->err);
    load_ratings(f->store, loaded, 1, false, NULL); /* a bulk load changes nothing of it */
    assert_int_equal(counts_of(f->store).given, 6);
    dataset = dataset_of(f->store);
    assert_int_equal(reel_dataset_people(dataset), 3);
    assert_true(find_rating(dataset, 1, 2, &value, &time) && value == 0.5F && time == 5);
    assert_false(find_rating(dataset, 1, 3, &value, &time));
    assert_true(find_rating(dataset, 1, 4, &value, &time) && value == 2);
    assert_true(find_rating(dataset, 1, 5, &value, &time) && value == 3);
    assert_true(find_rating(dataset, 2, 2, &value, &time) && value == 5);
    assert_true(find_rating(dataset, account, 4, &value, &time) && value == 2.5F);
    assert_int_equal(reel_dataset_ratings(dataset).ptr[3], 5); /* nobody knows film 6 */
    reel_dataset_free(dataset);
}

static void test_wrong_rows(void **state)
{
    fixture *f = *state;
    reel_given_row rows[] = {row_of(1, 2, REEL_GIVEN_RATING, 3),
                             row_of(-1, 2, REEL_GIVEN_LIKED, 0)};

    assert_fails(reel__store_put_given(f->store, rows, 2, &f->err), REEL_E_INVALID, "id", f->err);
    rows[1] = row_of(1, -2, REEL_GIVEN_LIKED, 0);
    assert_fails(reel__store_put_given(f->store, rows, 2, &f->err), REEL_E_INVALID, "id", f->err);
    rows[1] = row_of(1, 2, REEL_GIVEN_RATING, (double)NAN);
    assert_fails(reel__store_put_given(f->store, rows, 2, &f->err), REEL_E_INVALID, "number",
                 f->err);
    assert_int_equal(given_of(f, 1).count, 0);
    fixture_exec(f, "DELETE FROM given_clock");
    assert_fails(reel__store_put_given(f->store, rows, 1, &f->err), REEL_E_FORMAT, "given_clock",
                 f->err);
    assert_int_equal(given_of(f, 1).count, 0);
    reel__store_close(f->store);
    assert_ok(reel__store_open(&f->store, f->url, &(reel_store_opts){.read_only = true}, &f->err),
              f->err);
    assert_fails(reel__store_put_given(f->store, rows, 1, &f->err), REEL_E_STORE, "read-only",
                 f->err);
    assert_fails(reel__store_forget_given(f->store, 1, &f->err), REEL_E_STORE, "read-only", f->err);
}

int store_suite_given(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest given_tests[] = {
        TEST(test_the_last_statement_counts), TEST(test_what_is_done_stays_beside_what_is_said),
        TEST(test_changes_are_followed),      TEST(test_forgotten),
        TEST(test_part_of_the_dataset),       TEST(test_wrong_rows),
    };

    return cmocka_run_group_tests(given_tests, NULL, NULL);
}
