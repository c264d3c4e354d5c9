/* load.c - loads on SQLite: full disks, failing writes, what the tables hold afterwards. */
#include "scratch.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/sqlite/sqlite_priv.h"

enum { ROWS = 20000 };

static reel_rating rows[ROWS];

static void fill_rows(void)
{
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (reel_rating){(int64_t)(i / 50) + 10, (int64_t)(i % 50), (int64_t)i, 2.5F};
}

static void load_one(scratch *s)
{
    const reel_rating one = {1, 2, 3, 4.0F};
    reel_store_load *load = NULL;

    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_put_ratings(load, &one, 1, NULL, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "first", false, &s->err), s->err);
}

static void assert_as_before(scratch *s)
{
    const reel_store_counts counts = scratch_counts(s);

    assert_int_equal(counts.generation, 1);
    assert_int_equal(counts.ratings, 1);
    assert_int_equal(counts.people, 1);
    assert_string_equal(counts.source, "first");
    assert_string_equal(raw_rows(s->path, "SELECT * FROM ratings"), "1|2|4.0|3;");
    assert_string_equal(raw_rows(s->path, "PRAGMA integrity_check"), "ok;");
}

/* ---- full disks ---------------------------------------------------------------------------- */

static void test_disk_full_while_loading(void **state)
{
    scratch *s = *state;
    reel_store_load *load = NULL;

    scratch_open(s);
    load_one(s);
    reel__sqlite_limit_pages_for_test(s->store, 40);
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_fails(reel__store_put_ratings(load, rows, ROWS, NULL, &s->err), REEL_E_STORE,
                 "disk is full", s->err);
    assert_non_null(strstr(s->err.msg, s->path));
    assert_fails(reel__store_put_ratings(load, rows, 1, NULL, &s->err), REEL_E_STORE, "disk",
                 s->err);
    assert_fails(reel__store_load_commit(load, "second", false, &s->err), REEL_E_STORE,
                 "disk is full", s->err);
    assert_as_before(s);

    reel__sqlite_limit_pages_for_test(s->store, 0); /* somebody made room */
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_put_ratings(load, rows, ROWS, NULL, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "second", false, &s->err), s->err);
    assert_int_equal(scratch_counts(s).ratings, ROWS);
    assert_int_equal(scratch_counts(s).generation, 2);
}

static void test_disk_full_while_loading_films(void **state)
{
    scratch *s = *state;
    reel_store_load *load = NULL;
    reel_movie movie = blank_movie(1);
    char *overview = calloc(1, (1 << 20) + 1);

    assert_non_null(overview);
    memset(overview, 'x', 1 << 20);
    movie.overview = overview;
    scratch_open(s);
    load_one(s);
    reel__sqlite_limit_pages_for_test(s->store, 40);
    assert_ok(reel__store_load_begin(&load, s->store, false, &s->err), s->err);
    assert_fails(reel__store_put_movies(load, &movie, 1, &s->err), REEL_E_STORE, "disk is full",
                 s->err);
    reel__store_load_abort(load);
    assert_as_before(s);
    free(overview);
}

/* The write itself fails, at the commit: the pages of this load are all in memory until then.
 * In a child, because the limit is for the whole process. */
static int load_with_file_limit(scratch *s)
{
    const struct rlimit small = {256 << 10, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
    reel_store_load *load = NULL;
    reel_code rc = REEL_OK;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (reel__store_open(&s->store, s->path, NULL, &s->err) != REEL_OK)
        return 10;
    if (setrlimit(RLIMIT_FSIZE, &small) != 0)
        return 11;
    rc = reel__store_load_begin(&load, s->store, true, &s->err);
    if (rc != REEL_OK)
        return 12;
    rc = reel__store_put_ratings(load, rows, ROWS, NULL, &s->err);
    if (rc == REEL_OK)
        rc = reel__store_load_commit(load, "second", false, &s->err);
    else
        reel__store_load_abort(load);
    if (rc != REEL_E_STORE || strstr(s->err.msg, s->path) == NULL)
        return 13;
    if (setrlimit(RLIMIT_FSIZE, &large) != 0)
        return 14;
    return scratch_counts(s).generation == 1 ? 0 : 15;
}

static void test_write_fails_at_commit(void **state)
{
    scratch *s = *state;
    int status = 0;
    pid_t pid = -1;

    scratch_open(s);
    load_one(s);
    scratch_close(s);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(load_with_file_limit(s));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    scratch_open(s);
    assert_as_before(s);
}

/* ---- what is in the tables ----------------------------------------------------------------- */

static void test_derived_columns(void **state)
{
    scratch *s = *state;
    reel_store_load *load = NULL;
    reel_movie movies[3] = {blank_movie(1), blank_movie(2), blank_movie(3)};

    movies[0].year = 1995;
    movies[0].genres = "Animation|Children's|Comedy";
    movies[0].overview = "\xc3\xa9t\xc3\xa9"; /* three characters, five bytes */
    movies[1].year = 2000;
    movies[1].genres = "Drama";
    scratch_open(s);
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_put_movies(load, movies, 3, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "", false, &s->err), s->err);
    assert_string_equal(raw_rows(s->path, "SELECT movieId, release_decade, n_genres,"
                                          " overview_length FROM movies"),
                        "1|1990|3|3;2|2000|1|0;3|NULL|0|0;");
}

static void test_unknown_is_null(void **state)
{
    scratch *s = *state;
    reel_store_load *load = NULL;
    reel_movie movies[2] = {blank_movie(1), blank_movie(2)};
    const reel_person people[] = {{1, "F", "", "", 0}, {2, "", "writer", "00501", 56}};

    movies[1].popularity = 0;
    movies[1].runtime = 90;
    scratch_open(s);
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_put_movies(load, movies, 2, &s->err), s->err);
    assert_ok(reel__store_put_people(load, people, 2, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "", true, &s->err), s->err);
    assert_string_equal(raw_rows(s->path, "SELECT release_year, runtime, popularity, vote_average,"
                                          " vote_count, imdb_id, tmdb_id FROM movies"),
                        "NULL|NULL|NULL|NULL|0|NULL|NULL;NULL|90|0.0|NULL|0|NULL|NULL;");
    assert_string_equal(raw_rows(s->path, "SELECT * FROM people"),
                        "1|F|NULL||;2||56|writer|00501;");
    assert_string_equal(raw_rows(s->path, "SELECT generation, simulated FROM meta"), "1|1;");
}

/* A query for 8.2 finds 8.2, and every float comes back as it was. */
static void test_decimals_are_short(void **state)
{
    static const float values[] = {8.2F,      0.1F,   83.137F, 3.860491F, 1.0F / 3, 16777217.0F,
                                   1.17e-38F, 1e-45F, 3e38F,   0.3F,      -7.7F,    999999.94F};
    enum { COUNT = sizeof values / sizeof *values };
    scratch *s = *state;
    reel_store_load *load = NULL;
    reel_movie movies[COUNT];
    reel_rating ratings[COUNT];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;

    for (int i = 0; i < COUNT; i++) {
        movies[i] = blank_movie(i);
        movies[i].popularity = values[i];
        ratings[i] = (reel_rating){1, i, 0, values[i]};
    }
    scratch_open(s);
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_put_movies(load, movies, COUNT, &s->err), s->err);
    assert_ok(reel__store_put_ratings(load, ratings, COUNT, NULL, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "", false, &s->err), s->err);
    assert_string_equal(raw_rows(s->path, "SELECT popularity, rating FROM movies JOIN ratings"
                                          " USING (movieId) WHERE movieId < 4"),
                        "8.2|8.2;0.1|0.1;83.137|83.137;3.860491|3.860491;");
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT popularity, rating FROM movies JOIN ratings"
                                        " USING (movieId) ORDER BY movieId",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_true((float)sqlite3_column_double(statement, 0) == values[i]);
        assert_true((float)sqlite3_column_double(statement, 1) == values[i]);
    }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- beside a reader ----------------------------------------------------------------------- */

/* A server in the middle of reading keeps what it began with while a load comes and goes. */
static void test_load_beside_an_open_reader(void **state)
{
    scratch *s = *state;
    sqlite3 *reader = NULL;
    sqlite3_stmt *statement = NULL;
    reel_store_load *load = NULL;

    scratch_open(s);
    load_one(s);
    assert_int_equal(sqlite3_open(s->path, &reader), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(reader, "SELECT count(*) FROM ratings", -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 1);
    assert_int_equal(sqlite3_reset(statement), SQLITE_OK);
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_put_ratings(load, rows, ROWS, NULL, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "second", false, &s->err), s->err);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 1);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    assert_int_equal(scratch_counts(s).ratings, ROWS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_disk_full_while_loading),
        SCRATCH_TEST(test_disk_full_while_loading_films),
        SCRATCH_TEST(test_write_fails_at_commit),
        SCRATCH_TEST(test_derived_columns),
        SCRATCH_TEST(test_unknown_is_null),
        SCRATCH_TEST(test_decimals_are_short),
        SCRATCH_TEST(test_load_beside_an_open_reader),
    };

    fill_rows();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
