/* Copying whole databases: what is refused, what a backup is worth, what failures leave. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/operation/copy.h"
#include "support/world.h"

static char database[TEMP_PATH], target[TEMP_PATH], backup[TEMP_PATH];

static int set_up(void **state)
{
    (void)state;
    (void)world_write("folder", 1);
    (void)snprintf(database, sizeof database, "%s", temp_path("a.db"));
    (void)snprintf(target, sizeof target, "%s", temp_path("b.db"));
    (void)snprintf(backup, sizeof backup, "%s", temp_path("a.backup"));
    (void)world_load("folder", "a.db", 1);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    (void)unlink(target);
    (void)unlink(backup);
    return 0;
}

static reel_store_digest digest_of(const char *path)
{
    reel_store_digest digest;
    reel_store *store = NULL;
    reel_err err = {0};

    assert_ok(reel__store_open(&store, path, &(reel_store_opts){.read_only = true}, &err));
    assert_ok(reel__store_digest(store, NULL, &digest, &err));
    reel__store_close(store);
    return digest;
}

static bool is_there(const char *path, const char *ending)
{
    char name[TEMP_PATH + 32];

    (void)snprintf(name, sizeof name, "%s%s", path, ending);
    return reel__file_exists(name);
}

static void change(const char *path)
{
    const reel_event event = {.event_id = "e",
                              .type = "click",
                              .visitor = "",
                              .method = "",
                              .model_id = "",
                              .list_id = "",
                              .scenario = "",
                              .user = -1,
                              .source_movie = -1};
    reel_store *store = NULL;
    reel_err err = {0};

    assert_ok(reel__store_open(&store, path, NULL, &err));
    assert_ok(reel__store_put_events(store, &event, 1, NULL, &err));
    reel__store_close(store);
}

static void migrates_once_and_again(void **state)
{
    (void)state;
    reel_copy_opts opts = {.from = database, .to = target};
    reel_copy_report report;
    reel_err err;

    assert_ok(reel__migrate_store(&opts, &report, &err));
    assert_false(report.already);
    assert_string_equal(report.digest.hash, digest_of(database).hash);
    assert_string_equal(report.digest.hash, digest_of(target).hash);
    assert_ok(reel__migrate_store(&opts, &report, &err));
    assert_true(report.already);
    change(target);
    assert_fails(reel__migrate_store(&opts, &report, &err), REEL_E_CONFLICT, "--replace");
    assert_int_equal(digest_of(target).events, 1);
    opts.replace = true;
    assert_ok(reel__migrate_store(&opts, &report, &err));
    assert_string_equal(report.digest.hash, digest_of(target).hash);
    opts.to = database;
    assert_fails(reel__migrate_store(&opts, &report, &err), REEL_E_INVALID, "itself");
    opts = (reel_copy_opts){.from = temp_path("absent.db"), .to = backup};
    assert_fails(reel__migrate_store(&opts, &report, &err), REEL_E_NOTFOUND, "absent.db");
    assert_false(reel__file_exists(backup));
}

static void a_backup_comes_back(void **state)
{
    (void)state;
    reel_copy_opts opts = {.from = database, .to = backup};
    reel_copy_report report;
    reel_err err;

    assert_ok(reel__backup(&opts, &report, &err));
    assert_ok(reel__backup(&opts, &report, &err)); /* an older one gives way */
    assert_false(is_there(backup, "-wal") || is_there(backup, "-shm") ||
                 is_there(backup, ".partial") || is_there(backup, ".partial-wal"));
    assert_int_equal(chmod(backup, 0444), 0);
    opts = (reel_copy_opts){.from = backup, .to = target};
    assert_ok(reel__restore(&opts, &report, &err));
    assert_string_equal(digest_of(target).hash, digest_of(database).hash);
    assert_ok(reel__restore(&opts, &report, &err));
    assert_true(report.already);
    change(target);
    assert_fails(reel__restore(&opts, &report, &err), REEL_E_CONFLICT, "--replace");
    opts.replace = true;
    assert_ok(reel__restore(&opts, &report, &err));
    assert_string_equal(digest_of(target).hash, digest_of(database).hash);
}

static void what_is_no_backup(void **state)
{
    (void)state;
    reel_copy_opts opts = {.from = database, .to = target};
    reel_copy_report report;
    reel_err err;

    assert_fails(reel__restore(&opts, &report, &err), REEL_E_INVALID, "migrate-store");
    opts.to = database; /* a database is never taken for an older backup */
    assert_fails(reel__backup(&opts, &report, &err), REEL_E_CONFLICT, "no backup");
    opts.to = temp_write("text", "hello");
    assert_fails(reel__backup(&opts, &report, &err), REEL_E_CONFLICT, "no backup");
    opts.to = temp_path("absent/a.backup");
    assert_fails(reel__backup(&opts, &report, &err), REEL_E_STORE, "absent");
    opts.to = backup;
    assert_ok(reel__backup(&opts, &report, &err));
    change(backup);
    opts = (reel_copy_opts){.from = backup, .to = target};
    assert_fails(reel__restore(&opts, &report, &err), REEL_E_FORMAT, "written to");
    assert_false(reel__file_exists(target));
}

/* Each byte of a backup that is hit is either noticed, or nothing of it matters. */
static void damage_is_noticed(void **state)
{
    (void)state;
    reel_copy_opts opts = {.from = database, .to = backup};
    const reel_store_digest digest = digest_of(database);
    reel_copy_report report;
    int64_t size = 0;
    int noticed = 0, tried = 0;
    reel_err err;

    assert_ok(reel__backup(&opts, &report, &err));
    size = reel__file_size(backup);
    opts = (reel_copy_opts){.from = backup, .to = target};
    for (int64_t at = 100; at < size; at += size / 30) {
        FILE *file = fopen(backup, "r+b");
        int byte = 0;

        assert_non_null(file);
        assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
        byte = fgetc(file);
        assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
        assert_int_not_equal(fputc(byte ^ 0x15, file), EOF);
        assert_int_equal(fclose(file), 0);
        tried++;
        if (reel__restore(&opts, &report, &err) == REEL_OK)
            assert_string_equal(report.digest.hash, digest.hash);
        else
            noticed++;
        (void)unlink(target);
        file = fopen(backup, "r+b");
        assert_non_null(file);
        assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
        assert_int_not_equal(fputc(byte, file), EOF);
        assert_int_equal(fclose(file), 0);
    }
    assert_true(noticed > 0 && tried > 20); /* most of a small file is room */
    assert_ok(reel__restore(&opts, &report, &err));
}

/* A backup that was cut anywhere, as by a full disk or a broken transfer. */
static void cut_off_anywhere(void **state)
{
    (void)state;
    reel_copy_opts opts = {.from = database, .to = backup};
    const reel_store_digest digest = digest_of(database);
    reel_copy_report report;
    int64_t size = 0;
    int steps = 0;
    reel_err err;

    assert_ok(reel__backup(&opts, &report, &err));
    opts = (reel_copy_opts){.from = backup, .to = target};
    for (size = reel__file_size(backup) - 1; size > 0; size -= 1 + size / 8, steps++) {
        assert_int_equal(truncate(backup, size), 0);
        if (reel__restore(&opts, &report, &err) == REEL_OK) {
            assert_int_equal(steps, 0); /* the last byte says nothing */
            assert_string_equal(digest_of(target).hash, digest.hash);
            assert_int_equal(unlink(target), 0);
            continue;
        }
        assert_non_null(strstr(err.msg, "a.backup"));
        assert_false(reel__file_exists(target));
    }
    assert_true(steps > 40);
}

/* ---- a disk that is full, in steps ---------------------------------------------------------- */

static reel_code with_room_for(rlim_t bytes,
                               reel_code (*copy)(const reel_copy_opts *opts,
                                                 reel_copy_report *report, reel_err *err),
                               const reel_copy_opts *opts, reel_err *err)
{
    const struct rlimit old = {RLIM_INFINITY, RLIM_INFINITY};
    const struct rlimit small = {bytes, RLIM_INFINITY};
    reel_copy_report report;
    reel_code rc;

    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    rc = copy(opts, &report, err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    return rc;
}

/* The older backup and the database stay as they are, and nothing is left behind. */
static void the_disk_is_full(void **state)
{
    (void)state;
    reel_copy_opts opts = {.from = database, .to = backup};
    reel_store_digest before, sealed;
    reel_copy_report report;
    rlim_t room = 0;
    int full = 0;
    reel_err err;

    assert_ok(reel__backup(&opts, &report, &err));
    sealed = digest_of(backup);
    for (; with_room_for(room, reel__backup, &opts, &err) != REEL_OK; room += 24 << 10, full++) {
        assert_int_equal(err.code, REEL_E_STORE);
        assert_false(is_there(backup, ".partial") || is_there(backup, ".partial-wal"));
        assert_string_equal(digest_of(backup).hash, sealed.hash);
    }
    assert_true(full > 2);
    assert_ok(reel__migrate_store(&(reel_copy_opts){.from = backup, .to = target}, &report, &err));
    change(target);
    before = digest_of(target);
    opts = (reel_copy_opts){.from = backup, .to = target, .replace = true};
    room = 0;
    full = 0;
    for (; with_room_for(room, reel__restore, &opts, &err) != REEL_OK; room += 24 << 10, full++) {
        assert_int_equal(err.code, REEL_E_STORE);
        assert_string_equal(digest_of(target).hash, before.hash);
    }
    assert_true(full > 2);
    assert_string_equal(digest_of(target).hash, sealed.hash);
}

/* What a killed backup left is used again; one that runs is not disturbed. */
static void leftovers_and_company(void **state)
{
    (void)state;
    char partial[TEMP_PATH + 16];
    const reel_copy_opts opts = {.from = database, .to = backup};
    reel_copy_report report;
    reel_file_lock own = {-1};
    FILE *file;
    reel_err err;

    (void)snprintf(partial, sizeof partial, "%s.partial", backup);
    file = fopen(partial, "wb");
    assert_true(file != NULL && fputs("half a database", file) >= 0 && fclose(file) == 0);
    assert_ok(reel__backup(&opts, &report, &err));
    assert_ok(reel__file_own(&own, partial, &err));
    assert_fails(reel__backup(&opts, &report, &err), REEL_E_CONFLICT, "another process");
    assert_true(reel__file_exists(partial));
    reel__file_unlock(&own);
    assert_ok(reel__backup(&opts, &report, &err));
    assert_false(reel__file_exists(partial));
}

static reel_code back_up(void *user, reel_err *err)
{
    const reel_copy_opts opts = {.from = database, .to = backup};
    reel_copy_report report;

    (void)user;
    return reel__backup(&opts, &report, err);
}

static reel_code restore(void *user, reel_err *err)
{
    const reel_copy_opts opts = {.from = backup, .to = target, .replace = true};
    reel_copy_report report;

    (void)user;
    return reel__restore(&opts, &report, err);
}

static void survives_without_memory(void **state)
{
    (void)state;

    assert_true(sweep_memory(back_up, NULL) > 10);
    assert_false(is_there(backup, ".partial"));
    assert_true(sweep_memory(restore, NULL) > 10);
    assert_string_equal(digest_of(target).hash, digest_of(database).hash);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, clean, clean)
    const struct CMUnitTest tests[] = {
        TEST(migrates_once_and_again), TEST(a_backup_comes_back),     TEST(what_is_no_backup),
        TEST(damage_is_noticed),       TEST(cut_off_anywhere),        TEST(the_disk_is_full),
        TEST(leftovers_and_company),   TEST(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
