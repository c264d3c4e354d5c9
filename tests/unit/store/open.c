/* open.c - files that are not ours, damaged, locked, read-only or too new; settings. */
#include "scratch.h"

#include <errno.h>
#include <sys/wait.h>

#include "store/sqlite/sqlite_priv.h"

enum { NOBODY = 65534 };

static const reel_store_opts make = {.create = true, .busy_timeout_ms = 30};
static const reel_store_opts use = {.busy_timeout_ms = 30};
static const reel_store_opts look = {.read_only = true, .busy_timeout_ms = 30};
static const reel_store_opts *const ways[] = {&make, &use, &look};

/* Refused whichever way it is opened, and not a byte of it changed. */
static void assert_refused(scratch *s, const char *text)
{
    static char before[1 << 16], after[1 << 16];
    size_t length = 0, length_after = 0;
    FILE *file = fopen(s->path, "rb");
    struct stat info;
    char side[320] = "";

    assert_non_null(file);
    length = fread(before, 1, sizeof before, file);
    (void)fclose(file);
    for (size_t i = 0; i < 3; i++) {
        assert_fails(reel__store_open(&s->store, s->path, ways[i], &s->err), REEL_E_FORMAT, text,
                     s->err);
        assert_non_null(strstr(s->err.msg, s->path));
        assert_null(s->store);
    }
    file = fopen(s->path, "rb");
    assert_non_null(file);
    length_after = fread(after, 1, sizeof after, file);
    (void)fclose(file);
    assert_int_equal(length, length_after);
    assert_memory_equal(before, after, length);
    (void)snprintf(side, sizeof side, "%s-wal", s->path);
    assert_int_equal(stat(side, &info), -1);
}

/* ---- whose file ---------------------------------------------------------------------------- */

static void test_not_a_database(void **state)
{
    scratch *s = *state;
    char noise[5000];

    write_file(s->path, "1::1193::5::978300760\n", 22);
    assert_refused(s, "not a Reel database");
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 7919 >> 3);
    write_file(s->path, noise, sizeof noise);
    assert_refused(s, "not a Reel database");
}

static void test_another_programs_database(void **state)
{
    scratch *s = *state;

    raw_exec(s->path, "CREATE TABLE notes (text)");
    assert_refused(s, "another program's");
    raw_exec(s->path, "DROP TABLE notes; PRAGMA application_id = 252006673");
    assert_refused(s, "another program's");
    raw_exec(s->path, "PRAGMA application_id = 0; PRAGMA user_version = 7");
    assert_refused(s, "another program's");
}

static void test_newer_schema(void **state)
{
    scratch *s = *state;

    scratch_open(s);
    scratch_close(s);
    raw_exec(s->path, "PRAGMA user_version = 999");
    for (size_t i = 0; i < 3; i++)
        assert_fails(reel__store_open(&s->store, s->path, ways[i], &s->err), REEL_E_FORMAT,
                     "update Reel", s->err);
    assert_non_null(strstr(s->err.msg, "999"));
    assert_string_equal(raw_rows(s->path, "PRAGMA user_version"), "999;");
}

/* A schema number below the newest is brought up when it may be written, else refused. */
static void test_older_schema(void **state)
{
    scratch *s = *state;
    char sql[80] = "";

    (void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d", REEL_SQLITE_APPLICATION);
    raw_exec(s->path, sql);
    assert_fails(reel__store_open(&s->store, s->path, &look, &s->err), REEL_E_FORMAT, "older Reel",
                 s->err);
    assert_ok(reel__store_open(&s->store, s->path, &use, &s->err), s->err);
    assert_int_equal(scratch_counts(s).schema, reel__sqlite_schema_newest());
}

static void test_empty_file(void **state)
{
    scratch *s = *state;

    write_file(s->path, "", 0);
    assert_fails(reel__store_open(&s->store, s->path, &use, &s->err), REEL_E_FORMAT, "empty",
                 s->err);
    assert_fails(reel__store_open(&s->store, s->path, &look, &s->err), REEL_E_FORMAT, "empty",
                 s->err);
    assert_ok(reel__store_open(&s->store, s->path, &make, &s->err), s->err);
    assert_int_equal(scratch_counts(s).generation, 0);
}

/* Creating was cut off after the journal was chosen and before the schema was there. */
static void test_creation_cut_off(void **state)
{
    scratch *s = *state;

    raw_exec(s->path, "PRAGMA journal_mode = WAL; CREATE TABLE t (x); DROP TABLE t; VACUUM");
    assert_fails(reel__store_open(&s->store, s->path, &use, &s->err), REEL_E_FORMAT, "empty",
                 s->err);
    assert_ok(reel__store_open(&s->store, s->path, &make, &s->err), s->err);
    assert_int_equal(scratch_counts(s).schema, reel__sqlite_schema_newest());
}

/* ---- paths --------------------------------------------------------------------------------- */

static void test_paths_that_cannot_be(void **state)
{
    scratch *s = *state;
    char path[400] = "";

    assert_fails(reel__store_open(&s->store, s->folder, &make, &s->err), REEL_E_STORE, "folder",
                 s->err);
    (void)snprintf(path, sizeof path, "%s/none/test.db", s->folder);
    assert_fails(reel__store_open(&s->store, path, &make, &s->err), REEL_E_STORE, strerror(ENOENT),
                 s->err);
    write_file(s->path, "", 0);
    (void)snprintf(path, sizeof path, "%s/below", s->path);
    assert_fails(reel__store_open(&s->store, path, &make, &s->err), REEL_E_STORE, strerror(ENOTDIR),
                 s->err);
}

static void test_unusual_names(void **state)
{
    static const char *const names[] = {"a b.db", "\xe5\x8d\x83.db", "a?mode=memory", "50%20.db",
                                        "a#b",    "file:x.db",       "'; --"};
    scratch *s = *state;
    const reel_event event = blank_event("e");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct stat info;

        (void)snprintf(s->path, sizeof s->path, "%s/%s", s->folder, names[i]);
        scratch_open(s);
        assert_ok(reel__store_put_events(s->store, &event, 1, NULL, &s->err), s->err);
        scratch_close(s);
        assert_int_equal(stat(s->path, &info), 0);
        assert_true(info.st_size > 0);
        scratch_open(s);
        assert_int_equal(scratch_counts(s).events, 1);
        scratch_close(s);
    }
}

/* Later connections must find the same file after the program changed its folder. */
static void test_relative_path_and_chdir(void **state)
{
    scratch *s = *state;
    reel_store_load *load = NULL;
    char *home = getcwd(NULL, 0);

    assert_non_null(home);
    assert_int_equal(chdir(s->folder), 0);
    assert_ok(reel__store_open(&s->store, "test.db", &make, &s->err), s->err);
    assert_int_equal(chdir(home), 0);
    free(home);
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "moved", false, &s->err), s->err);
    assert_string_equal(scratch_counts(s).source, "moved");
}

/* Two names of one database meet at one lock. */
static void test_link_to_a_served_database(void **state)
{
    scratch *s = *state;
    const reel_store_opts serve = {.create = true, .exclusive = true, .busy_timeout_ms = 30};
    reel_store *second = NULL;
    char link_path[400] = "", lock_path[400] = "";

    (void)snprintf(link_path, sizeof link_path, "%s/link.db", s->folder);
    (void)snprintf(lock_path, sizeof lock_path, "%s.lock", s->path);
    assert_int_equal(symlink(s->path, link_path), 0);
    assert_ok(reel__store_open(&s->store, s->path, &serve, &s->err), s->err);
    assert_fails(reel__store_open(&second, link_path, &serve, &s->err), REEL_E_CONFLICT, lock_path,
                 s->err);
    assert_non_null(strstr(s->err.msg, link_path));
}

/* ---- locked -------------------------------------------------------------------------------- */

static void test_locked_by_another_program(void **state)
{
    scratch *s = *state;
    const reel_event event = blank_event("e");
    sqlite3 *other = NULL;

    scratch_open(s);
    scratch_close(s);
    assert_int_equal(sqlite3_open(s->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other,
                                  "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE;"
                                  "UPDATE meta SET source = 'x'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_fails(reel__store_open(&s->store, s->path, ways[i], &s->err), REEL_E_CONFLICT,
                     "locked", s->err);
        assert_non_null(strstr(s->err.msg, s->path));
    }
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    scratch_open(s);
    assert_int_equal(sqlite3_open(s->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_fails(reel__store_put_events(s->store, &event, 1, NULL, &s->err), REEL_E_CONFLICT,
                 "try again", s->err);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_ok(reel__store_put_events(s->store, &event, 1, NULL, &s->err), s->err);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

/* ---- permissions --------------------------------------------------------------------------- */

/* In a child as a person without rights: root may write everything. Exit code: the answer. */
static int open_as_nobody(const char *path, const reel_store_opts *opts, reel_err *err)
{
    int answers[2] = {-1, -1}, status = 0;
    pid_t pid = -1;

    assert_int_equal(pipe(answers), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        reel_store *store = NULL;
        reel_err answer = {REEL_OK, ""};

        if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) != 0)
            _exit(100);
        if (reel__store_open(&store, path, opts, &answer) != answer.code)
            _exit(102);
        _exit(write(answers[1], &answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 101);
    }
    (void)close(answers[1]);
    assert_int_equal(read(answers[0], err, sizeof *err), sizeof *err);
    (void)close(answers[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void assert_denied(scratch *s, const char *path, const reel_store_opts *opts)
{
    assert_int_equal(open_as_nobody(path, opts, &s->err), 0);
    assert_int_equal(s->err.code, REEL_E_STORE);
    assert_non_null(strstr(s->err.msg, path));
    assert_non_null(strstr(s->err.msg, "permission"));
}

static void test_read_only_file_and_folder(void **state)
{
    scratch *s = *state;
    char fresh[400] = "", side[400] = "";

    (void)snprintf(fresh, sizeof fresh, "%s/new.db", s->folder);
    scratch_open(s);
    scratch_close(s);
    assert_int_equal(chmod(s->path, 0444), 0);
    assert_int_equal(chmod(s->folder, 0777), 0);
    assert_denied(s, s->path, &use); /* the file may not be written */
    assert_int_equal(open_as_nobody(s->path, &look, &s->err), 0);
    assert_int_equal(s->err.code, REEL_OK);
    /* That one could read, but was not allowed to fold the log away again. */
    (void)snprintf(side, sizeof side, "%s-wal", s->path);
    (void)unlink(side);
    (void)snprintf(side, sizeof side, "%s-shm", s->path);
    (void)unlink(side);
    assert_int_equal(chmod(s->path, 0666), 0);
    assert_int_equal(chmod(s->folder, 0555), 0);
    assert_denied(s, s->path, &use); /* no log can be made beside it */
    assert_denied(s, fresh, &make);  /* nor a new file */
    assert_int_equal(chmod(s->path, 0), 0);
    assert_denied(s, s->path, &use);
    assert_denied(s, s->path, &look);
}

/* ---- damage -------------------------------------------------------------------------------- */

static void test_damaged_pages(void **state)
{
    scratch *s = *state;
    reel_rating rows[2000];
    reel_store_load *load = NULL;
    reel_dataset_builder *builder = NULL;
    FILE *file = NULL;
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < 2000; i++)
        rows[i] = (reel_rating){(int64_t)i, 1, 5, 3};
    scratch_open(s);
    assert_ok(reel__store_load_begin(&load, s->store, true, &s->err), s->err);
    assert_ok(reel__store_put_ratings(load, rows, 2000, NULL, &s->err), s->err);
    assert_ok(reel__store_load_commit(load, "", false, &s->err), s->err);
    scratch_close(s);
    file = fopen(s->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0); /* the header page stays good */
    for (int i = 0; i < 30 * 4096; i++)
        assert_int_not_equal(fputc(0xA5, file), EOF);
    assert_int_equal(fclose(file), 0);
    rc = reel__store_open(&s->store, s->path, &use, &s->err);
    if (rc == REEL_OK) {
        assert_ok(reel_dataset_builder_new(&builder, &s->err), s->err);
        rc = reel__store_read_dataset(s->store, builder, NULL, &s->err);
        reel_dataset_builder_free(builder);
    }
    assert_int_equal(rc, REEL_E_FORMAT);
    assert_non_null(strstr(s->err.msg, "damaged"));
}

static void test_truncated_file(void **state)
{
    scratch *s = *state;
    reel_store_counts counts;
    reel_code rc = REEL_OK;

    scratch_open(s);
    scratch_close(s);
    assert_int_equal(truncate(s->path, 4096 * 2 + 100), 0);
    rc = reel__store_open(&s->store, s->path, &use, &s->err);
    if (rc == REEL_OK)
        rc = reel__store_counts(s->store, &counts, &s->err);
    assert_int_equal(rc, REEL_E_FORMAT);
    assert_non_null(strstr(s->err.msg, "damaged"));
}

static void test_facts_missing(void **state)
{
    scratch *s = *state;
    reel_dataset_builder *builder = NULL;
    reel_store_counts counts;

    scratch_open(s);
    raw_exec(s->path, "DELETE FROM meta");
    assert_fails(reel__store_counts(s->store, &counts, &s->err), REEL_E_FORMAT, "meta", s->err);
    assert_ok(reel_dataset_builder_new(&builder, &s->err), s->err);
    assert_fails(reel__store_read_dataset(s->store, builder, NULL, &s->err), REEL_E_FORMAT, "meta",
                 s->err);
    reel_dataset_builder_free(builder);
    raw_exec(s->path, "DROP TABLE meta");
    assert_fails(reel__store_counts(s->store, &counts, &s->err), REEL_E_STORE, "meta", s->err);
}

/* ---- settings and memory ------------------------------------------------------------------- */

static void test_settings(void **state)
{
    scratch *s = *state;
    const reel_sqlite *store = NULL;
    int64_t value = 0;

    scratch_open(s);
    store = (const reel_sqlite *)s->store;
    assert_ok(reel__sqlite_number(store->writer, "PRAGMA synchronous", &value, &s->err), s->err);
    assert_int_equal(value, 2); /* FULL: acknowledged means on disk */
    assert_string_equal(raw_rows(s->path, "PRAGMA journal_mode"), "wal;");
    assert_int_equal(sqlite3_db_readonly(store->reader, "main"), 1);
    assert_fails(reel__sqlite_exec(store->reader, "DELETE FROM movies", &s->err), REEL_E_STORE,
                 "read-only", s->err);
}

/* SQLite's own memory runs out at every size on the way: a clear code, nothing half open. */
static void test_sqlite_out_of_memory(void **state)
{
    scratch *s = *state;
    sqlite3_int64 base = 0;
    int refused = 0;
    reel_code rc = REEL_E_NOMEM;

    scratch_open(s);
    scratch_close(s);
    base = sqlite3_memory_used();
    for (sqlite3_int64 room = 1; rc != REEL_OK; room += 2048) {
        (void)sqlite3_hard_heap_limit64(base + room);
        rc = reel__store_open(&s->store, s->path, &use, &s->err);
        (void)sqlite3_hard_heap_limit64(0);
        if (rc != REEL_OK) {
            assert_int_equal(rc, REEL_E_NOMEM);
            assert_null(s->store);
            refused++;
        }
        assert_true(room < 4 << 20);
    }
    assert_true(refused > 5);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCRATCH_TEST(test_not_a_database),
        SCRATCH_TEST(test_another_programs_database),
        SCRATCH_TEST(test_newer_schema),
        SCRATCH_TEST(test_older_schema),
        SCRATCH_TEST(test_empty_file),
        SCRATCH_TEST(test_creation_cut_off),
        SCRATCH_TEST(test_paths_that_cannot_be),
        SCRATCH_TEST(test_unusual_names),
        SCRATCH_TEST(test_relative_path_and_chdir),
        SCRATCH_TEST(test_link_to_a_served_database),
        SCRATCH_TEST(test_locked_by_another_program),
        SCRATCH_TEST(test_read_only_file_and_folder),
        SCRATCH_TEST(test_damaged_pages),
        SCRATCH_TEST(test_truncated_file),
        SCRATCH_TEST(test_facts_missing),
        SCRATCH_TEST(test_settings),
        SCRATCH_TEST(test_sqlite_out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
