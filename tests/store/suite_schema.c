/* suite_schema.c - older schemas are brought up to date with all they hold, newer ones refused. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

/* What takes step n of the migrations back; every step from the second on has a line here. */
static const char *const undo[] = {NULL,
                                   NULL,
                                   "DROP TABLE matches",
                                   "DROP TABLE accounts; DROP TABLE sessions; DROP TABLE resets;"
                                   " DROP TABLE api_keys; DROP INDEX events_user",
                                   "DROP TABLE given; DROP TABLE given_clock",
                                   "DROP TABLE versions; DROP TABLE jobs",
                                   "DROP TABLE mails; DROP INDEX accounts_email;"
                                   " ALTER TABLE accounts DROP COLUMN email;"
                                   " ALTER TABLE accounts DROP COLUMN email_at;"
                                   " ALTER TABLE resets DROP COLUMN email",
                                   "DROP TABLE sinks",
                                   "DROP INDEX jobs_slot; ALTER TABLE jobs DROP COLUMN slot;"
                                   " ALTER TABLE jobs DROP COLUMN given_version",
                                   "DROP TABLE once",
                                   "ALTER TABLE events DROP COLUMN scenario",
                                   "DROP TABLE forgotten",
                                   "DROP TABLE unlearning",
                                   "ALTER TABLE given DROP COLUMN extra",
                                   "DROP TABLE stat_mark; DROP TABLE stat_kinds;"
                                   " DROP TABLE stat_ranks; DROP TABLE stat_films;"
                                   " DROP TABLE stat_hours; DROP TABLE stat_people;"
                                   " DROP TABLE stat_days; DROP INDEX events_list",
                                   "DROP TABLE experiments; DROP INDEX events_experiment",
                                   "DROP TABLE stat_looks; DROP TABLE stat_deeds;"
                                   " DROP TABLE stat_viewers",
                                   "DROP TABLE trial_marks; DROP TABLE trial_people;"
                                   " DROP INDEX events_trial;"
                                   " CREATE INDEX events_experiment ON events"
                                   " (substr(list_id, 1, 10), list_id, sequence)"
                                   " WHERE substr(list_id, 1, 2) = 'x_'",
                                   "DROP TABLE trial_states;"
                                   " ALTER TABLE trial_marks DROP COLUMN lists;"
                                   " ALTER TABLE trial_marks DROP COLUMN strays",
                                   "DROP TABLE list_keys;"
                                   " ALTER TABLE events DROP COLUMN untrusted;"
                                   " ALTER TABLE trial_marks DROP COLUMN untrusted",
                                   "ALTER TABLE given DROP COLUMN did"};
enum { NEWEST = sizeof undo / sizeof *undo - 1 };

static void fill(fixture *f)
{
    static const reel_rating rating = {1, 2, 3, 4.5F};
    const reel_event event = blank_event("kept");
    const reel_model_record record = {"popular", "m", "f", "h", "{}", 1, 1, 0.5};
    reel_movie movie = blank_movie(2);

    movie.title = "Solaris (1972)";
    load_movies(f->store, &movie, 1, true);
    load_ratings(f->store, &rating, 1, false, NULL);
    assert_ok(reel__store_put_events(f->store, &event, 1, NULL, &f->err), f->err);
    assert_ok(reel__store_put_model(f->store, &record, &f->err), f->err);
}

void store_suite_make_older(fixture *f, int schema)
{
    reel__store_close(f->store);
    f->store = NULL;
    for (int step = NEWEST; step > schema; step--)
        fixture_exec(f, undo[step]);
    fixture_set_schema(f, schema);
}

static void assert_filled(fixture *f)
{
    const reel_store_counts counts = counts_of(f->store);
    reel_dataset *dataset = dataset_of(f->store);
    float value = 0;
    int64_t time = 0;

    assert_int_equal(counts.schema, NEWEST);
    assert_int_equal(counts.movies, 1);
    assert_int_equal(counts.people, 1);
    assert_int_equal(counts.ratings, 1);
    assert_int_equal(counts.events, 1);
    assert_int_equal(counts.generation, 2);
    assert_string_equal(counts.source, "test");
    assert_true(find_rating(dataset, 1, 2, &value, &time));
    assert_true(value == 4.5F && time == 3);
    assert_string_equal(reel_dataset_movie(dataset, 0).title, "Solaris (1972)");
    reel_dataset_free(dataset);
}

static void test_a_new_store_has_the_newest(void **state)
{
    fixture *f = *state;

    assert_int_equal(counts_of(f->store).schema, NEWEST); /* else: add to undo */
}

static void test_from_every_older_schema(void **state)
{
    const reel_match match = {2, 593, 5, REEL_MATCH_FOUND, 1, "linked"};
    fixture *f = *state;
    reel_store_load *load = NULL;

    fill(f);
    for (int schema = NEWEST - 1; schema > 0; schema--) {
        store_suite_make_older(f, schema);
        assert_fails(
            reel__store_open(&f->store, f->url, &(reel_store_opts){.read_only = true}, &f->err),
            REEL_E_FORMAT, "older", f->err);
        assert_null(f->store);
        assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
        assert_filled(f);
    }
    assert_ok(reel__store_load_begin(&load, f->store, false, &f->err), f->err);
    assert_ok(reel__store_put_matches(load, &match, 1, &f->err), f->err);
    assert_ok(reel__store_load_commit(load, "test", false, &f->err), f->err);
}

static void test_a_newer_schema_is_refused(void **state)
{
    const reel_store_opts how[] = {{0}, {.read_only = true}, {.create = true}, {.exclusive = true}};
    fixture *f = *state;

    fill(f);
    reel__store_close(f->store);
    f->store = NULL;
    fixture_set_schema(f, 9999);
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        assert_fails(reel__store_open(&f->store, f->url, &how[i], &f->err), REEL_E_FORMAT, "9999",
                     f->err);
        assert_null(f->store);
    }
    fixture_set_schema(f, NEWEST); /* nothing was changed in it */
    assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
    assert_filled(f);
}

/* Somebody's table has the name of one that a step makes. */
static void test_a_failing_step_changes_nothing(void **state)
{
    fixture *f = *state;

    fill(f);
    store_suite_make_older(f, 1);
    fixture_exec(f, "CREATE TABLE matches (x integer)");
    for (int i = 0; i < 2; i++) {
        assert_fails(reel__store_open(&f->store, f->url, NULL, &f->err), REEL_E_STORE, "matches",
                     f->err);
        assert_null(f->store);
    }
    fixture_exec(f, "DROP TABLE matches");
    assert_ok(reel__store_open(&f->store, f->url, NULL, &f->err), f->err);
    assert_filled(f);
}

static void test_facts_missing(void **state)
{
    fixture *f = *state;
    reel_dataset_builder *builder = NULL;
    reel_store_load *load = NULL;
    reel_store_counts counts;
    reel_store_label label;

    fixture_exec(f, "DELETE FROM meta");
    assert_fails(reel__store_counts(f->store, &counts, &f->err), REEL_E_FORMAT, "meta", f->err);
    assert_fails(reel__store_label(f->store, &label, &f->err), REEL_E_FORMAT, "meta", f->err);
    assert_ok(reel_dataset_builder_new(&builder, &f->err), f->err);
    assert_fails(reel__store_read_dataset(f->store, builder, NULL, &f->err), REEL_E_FORMAT, "meta",
                 f->err);
    reel_dataset_builder_free(builder);
    assert_ok(reel__store_load_begin(&load, f->store, true, &f->err), f->err);
    assert_fails(reel__store_load_commit(load, "", false, &f->err), REEL_E_FORMAT, "meta", f->err);
}

/* A column of an event that no version of ours wrote. */
static void test_only_queued_events_wait_for_delivery(void **state)
{
    fixture *f = *state;

    fill(f);
    assert_int_equal(counts_of(f->store).undelivered, 0);
    fixture_exec(f, "UPDATE events SET queued = 1");
    assert_int_equal(counts_of(f->store).undelivered, 1);
    fixture_exec(f, "UPDATE events SET delivered_at = 7");
    assert_int_equal(counts_of(f->store).undelivered, 0);
}

int store_suite_schema(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    static const struct CMUnitTest schema_tests[] = {
        TEST(test_a_new_store_has_the_newest),
        TEST(test_from_every_older_schema),
        TEST(test_a_newer_schema_is_refused),
        TEST(test_a_failing_step_changes_nothing),
        TEST(test_facts_missing),
        TEST(test_only_queued_events_wait_for_delivery),
    };

    return cmocka_run_group_tests(schema_tests, NULL, NULL);
}
