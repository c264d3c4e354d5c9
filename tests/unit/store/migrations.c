/* migrations.c - the schema itself, and steps that fail half-way. */
#include "scratch.h"

#include "store/sqlite/sqlite_priv.h"

static const char *const good_1[] = {"CREATE TABLE one (x)", "INSERT INTO one VALUES (1)", NULL};
static const char *const good_2[] = {"CREATE TABLE two (x)", "UPDATE one SET x = 2", NULL};
static const char *const bad_2[] = {"CREATE TABLE two (x)", "UPDATE one SET x = 2",
                                    "INSERT INTO nowhere VALUES (1)", NULL};

static sqlite3 *raw_open(const char *path)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void test_steps_run_once_in_order(void **state)
{
    scratch *s = *state;
    const reel_sqlite_migration steps[] = {{good_1}, {good_2}};
    sqlite3 *db = raw_open(s->path);

    assert_ok(reel__sqlite_migrate_by(db, steps, 1, &s->err), s->err);
    assert_string_equal(raw_rows(s->path, "PRAGMA user_version"), "1;");
    assert_ok(reel__sqlite_migrate_by(db, steps, 2, &s->err), s->err);
    assert_ok(reel__sqlite_migrate_by(db, steps, 2, &s->err), s->err);
    assert_string_equal(raw_rows(s->path, "PRAGMA user_version"), "2;");
    assert_string_equal(raw_rows(s->path, "SELECT x FROM one"), "2;");
    assert_string_equal(raw_rows(s->path, "SELECT count(*) FROM two"), "0;");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_a_failing_step_changes_nothing(void **state)
{
    scratch *s = *state;
    const reel_sqlite_migration bad[] = {{good_1}, {bad_2}}, good[] = {{good_1}, {good_2}};
    sqlite3 *db = raw_open(s->path);

    assert_fails(reel__sqlite_migrate_by(db, bad, 2, &s->err), REEL_E_STORE, "nowhere", s->err);
    assert_true(sqlite3_get_autocommit(db));
    assert_string_equal(raw_rows(s->path, "PRAGMA user_version"), "1;"); /* the first one counts */
    assert_string_equal(raw_rows(s->path, "SELECT x FROM one"), "1;");
    assert_string_equal(raw_rows(s->path, "SELECT name FROM sqlite_master"), "one;");
    assert_ok(reel__sqlite_migrate_by(db, good, 2, &s->err), s->err);
    assert_string_equal(raw_rows(s->path, "SELECT x FROM one"), "2;");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_file_is_marked(void **state)
{
    scratch *s = *state;

    scratch_open(s);
    assert_int_equal(scratch_counts(s).schema, reel__sqlite_schema_newest());
    assert_string_equal(raw_rows(s->path, "PRAGMA application_id"), "1380271436;"); /* "REEL" */
}

#define COLUMNS(table) "SELECT name FROM pragma_table_xinfo('" table "')"

static void test_columns(void **state)
{
    scratch *s = *state;

    scratch_open(s);
    assert_string_equal(raw_rows(s->path, COLUMNS("movies")),
                        "movieId;title;name;genres;overview;tagline;keywords;cast_names;directors;"
                        "tags;original_title;language;release_date;release_year;release_decade;"
                        "runtime;popularity;vote_average;vote_count;poster_path;backdrop_path;"
                        "trailer_key;imdb_id;tmdb_id;n_genres;overview_length;");
    assert_string_equal(raw_rows(s->path, COLUMNS("people")), "userId;gender;age;occupation;zip;");
    assert_string_equal(raw_rows(s->path, COLUMNS("ratings")), "userId;movieId;rating;timestamp;");
    assert_string_equal(raw_rows(s->path, COLUMNS("matches")),
                        "movieId;tmdb_id;fetched_at;state;score;reason;");
    assert_string_equal(raw_rows(s->path, COLUMNS("meta")), "id;generation;source;simulated;");
    assert_string_equal(raw_rows(s->path, "SELECT sql LIKE '%WITHOUT ROWID' FROM sqlite_master"
                                          " WHERE name = 'ratings'"),
                        "1;");
}

/* The first schema, as it was released, keeps what it holds. */
static void test_from_the_first_schema(void **state)
{
    scratch *s = *state;

    scratch_open(s);
    scratch_close(s);
    raw_exec(s->path,
             "DROP TABLE matches; DROP TABLE accounts; DROP TABLE sessions;"
             " DROP TABLE resets; DROP TABLE api_keys; DROP INDEX events_user;"
             " DROP TABLE given; DROP TABLE given_clock; DROP TABLE versions; DROP TABLE jobs;"
             " DROP TABLE mails; DROP TABLE sinks; DROP TABLE once; DROP TABLE forgotten;"
             " DROP TABLE unlearning; DROP TABLE stat_mark; DROP TABLE stat_kinds;"
             " DROP TABLE stat_ranks; DROP TABLE stat_films; DROP TABLE stat_hours;"
             " DROP TABLE stat_people; DROP TABLE stat_days; DROP INDEX events_list;"
             " DROP TABLE stat_looks; DROP TABLE stat_deeds; DROP TABLE stat_viewers;"
             " DROP TABLE experiments; DROP TABLE trial_marks; DROP TABLE trial_people;"
             " DROP TABLE trial_states;"
             " DROP INDEX events_trial;"
             " ALTER TABLE events DROP COLUMN scenario; DROP TABLE list_keys;"
             " ALTER TABLE events DROP COLUMN untrusted;"
             " INSERT INTO people (userId) VALUES (7);"
             " PRAGMA user_version = 1");
    assert_ok(reel__store_open(&s->store, s->path, NULL, &s->err), s->err);
    assert_int_equal(scratch_counts(s).schema, reel__sqlite_schema_newest());
    assert_int_equal(scratch_counts(s).people, 1);
    assert_string_equal(raw_rows(s->path, "SELECT count(*) FROM matches"), "0;");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_steps_run_once_in_order),
        SCRATCH_TEST(test_a_failing_step_changes_nothing),
        SCRATCH_TEST(test_file_is_marked),
        SCRATCH_TEST(test_columns),
        SCRATCH_TEST(test_from_the_first_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
