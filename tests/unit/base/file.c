/* Files: mapping, atomic writing, and every way it goes wrong. */
#include "support/check.h"
#include "support/temp.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* Entries of the test's folder, hidden ones too: a temporary file left behind shows. */
static int count_files(const char *folder)
{
    DIR *open_folder = opendir(folder);
    int count = 0;

    assert_non_null(open_folder);
    while (readdir(open_folder) != NULL)
        count++;
    closedir(open_folder);
    return count - 2;
}

static void assert_content(const char *path, const void *data, size_t length)
{
    reel_file_map map;
    reel_err err;

    assert_ok(reel__file_map_open(&map, path, &err));
    assert_int_equal(map.size_bytes, length);
    assert_memory_equal(map.data, data, length);
    reel__file_map_close(&map);
}

static void says_what_room_there_is(void **state)
{
    int64_t left = -1, all = -1;
    reel_err err;

    (void)state;
    assert_int_equal(reel__file_taken(temp_path("room")), -1);
    assert_ok(reel__file_make_folder(temp_path("room/inside"), &err));
    assert_int_equal(reel__file_taken(temp_path("room")), 0);
    (void)temp_write("room/one", "0123456789");
    (void)temp_write("room/inside/two", "012345");
    /* once, whatever its names */
    assert_int_equal(link(temp_path("room/one"), temp_path("room/inside/other")), 0);
    assert_int_equal(symlink("/", temp_path("room/all")), 0);
    assert_int_equal(reel__file_taken(temp_path("room")), 16);
    assert_int_equal(reel__file_taken(temp_path("room/inside")), 11);
    assert_true(reel__file_space(temp_path("room"), &left, &all));
    assert_true(left >= 0 && left <= all);
    assert_false(reel__file_space(temp_path("missing"), &left, &all));
}

/* ---- reading ------------------------------------------------------------------------------- */

static void maps_files(void **state)
{
    reel_file_map map;
    reel_err err;

    (void)state;
    assert_content(temp_write("full", "content"), "content", 7);
    assert_ok(reel__file_map_open(&map, temp_write("empty", ""), &err));
    assert_int_equal(map.size_bytes, 0);
    assert_non_null(map.data);
    reel__file_map_close(&map);
    reel__file_map_close(&map);
}

static void refuses_what_is_no_file(void **state)
{
    reel_file_map map;
    reel_err err;

    (void)state;
    assert_fails(reel__file_map_open(&map, temp_path("missing"), &err), REEL_E_NOTFOUND, "missing");
    assert_fails(reel__file_map_open(&map, temp_path("full/below"), &err), REEL_E_NOTFOUND, "full");
    assert_fails(reel__file_map_open(&map, "/", &err), REEL_E_STORE, "not of a folder");
    assert_int_equal(mkfifo(temp_path("pipe"), 0600), 0);
    assert_fails(reel__file_map_open(&map, temp_path("pipe"), &err), REEL_E_STORE, "regular");
    assert_int_equal(unlink(temp_path("pipe")), 0);
    assert_non_null(map.data);
}

static void answers_questions(void **state)
{
    const char *path = temp_write("asked", "12345");

    (void)state;
    assert_int_equal(chmod(path, 0640), 0);
    assert_true(reel__file_exists(path));
    assert_false(reel__file_is_folder(path));
    assert_true(reel__file_is_folder("/"));
    assert_int_equal(reel__file_size(path), 5);
    assert_int_equal(reel__file_mode(path), 0640);
    assert_false(reel__file_exists(temp_path("missing")));
    assert_false(reel__file_is_folder(temp_path("missing")));
    assert_int_equal(reel__file_size(temp_path("missing")), -1);
    assert_int_equal(reel__file_mode(temp_path("missing")), -1);
}

static void makes_folders(void **state)
{
    reel_err err;

    (void)state;
    assert_ok(reel__file_make_folder(temp_path("a//b/c/"), &err));
    assert_ok(reel__file_make_folder(temp_path("a/b/c"), &err));
    assert_true(reel__file_is_folder(temp_path("a/b/c")));
    temp_write("a/file", "x");
    assert_fails(reel__file_make_folder(temp_path("a/file"), &err), REEL_E_STORE, "not a folder");
    assert_fails(reel__file_make_folder(temp_path("a/file/b"), &err), REEL_E_STORE, "not a folder");
}

static void makes_folders_of_its_own(void **state)
{
    char one[REEL_FILE_TEMPORARY], other[REEL_FILE_TEMPORARY], began[2 * TEMP_PATH];
    const char *before = getenv("TMPDIR");
    char *kept = before == NULL ? NULL : strdup(before);
    reel_err err;

    (void)state;
    assert_ok(reel__file_make_folder(temp_path("own"), &err));
    assert_int_equal(setenv("TMPDIR", temp_path("own"), 1), 0);
    assert_ok(reel__file_make_temporary(one, "test", &err));
    assert_ok(reel__file_make_temporary(other, "test", &err));
    (void)snprintf(began, sizeof began, "%s/reel-test-", getenv("TMPDIR"));
    assert_memory_equal(one, began, strlen(began));
    assert_true(reel__file_is_folder(one) && reel__file_is_folder(other));
    assert_string_not_equal(one, other);
    assert_int_equal(reel__file_mode(one), 0700);
    assert_int_equal(setenv("TMPDIR", temp_path("nowhere"), 1), 0);
    assert_fails(reel__file_make_temporary(one, "test", &err), REEL_E_STORE, "nowhere/reel-test-");
    assert_string_equal(one, "");
    reel__file_remove_tree(other);
    reel__file_remove_tree(temp_path("own"));
    assert_int_equal(kept == NULL ? unsetenv("TMPDIR") : setenv("TMPDIR", kept, 1), 0);
    free(kept);
}

static void removes_what_is_in_a_folder(void **state)
{
    reel_err err;

    (void)state;
    temp_write("outside", "x");
    assert_ok(reel__file_make_folder(temp_path("tree/deep"), &err));
    temp_write("tree/deep/file", "x");
    assert_int_equal(symlink("../outside", temp_path("tree/link")), 0);
    reel__file_remove_tree(temp_path("tree/absent"));
    reel__file_remove_tree(temp_path("tree"));
    assert_false(reel__file_exists(temp_path("tree")));
    assert_true(reel__file_exists(temp_path("outside")));
    reel__file_remove_tree(temp_path("outside"));
    assert_false(reel__file_exists(temp_path("outside")));
}

/* A process whose files go when it ends waits for no disk; they are written as ever. */
static void files_need_not_last(void **state)
{
    const char *path = temp_path("passing");
    reel_err err = {0};

    (void)state;
    assert_true(reel__file_is_lasting());
    reel__file_set_lasting(false);
    assert_false(reel__file_is_lasting());
    assert_ok(reel__file_write(path, "passing", 7, &err));
    assert_ok(reel__file_rename(path, temp_path("passed"), &err));
    reel__file_set_lasting(true);
    assert_true(reel__file_is_lasting());
    assert_content(temp_path("passed"), "passing", 7);
    assert_int_equal(unlink(temp_path("passed")), 0);
}

static void a_database_is_not_written_over(void **state)
{
    const char *path = temp_write("own.db", "SQLite format 3");
    reel_file_writer *writer = NULL;
    reel_err err = {0};

    (void)state;
    assert_ok(reel__file_write(path, "text", 4, &err)); /* without the NUL it is none */
    assert_ok(reel__file_write(path, "SQLite format 3\0 and pages", 26, &err));
    assert_fails(reel__file_writer_open(&writer, path, &err), REEL_E_CONFLICT, "is a database");
    assert_null(writer);
    assert_int_equal(reel__file_size(path), 26);
}

static void knows_one_file_by_two_names(void **state)
{
    const char *path = temp_write("one", "text");
    char link_path[TEMP_PATH], own[TEMP_PATH];

    (void)state;
    (void)snprintf(own, sizeof own, "%s", path);
    (void)snprintf(link_path, sizeof link_path, "%s", temp_path("two"));
    assert_int_equal(link(own, link_path), 0);
    assert_true(reel__file_same(own, link_path));
    assert_true(reel__file_same("nowhere", "nowhere"));
    assert_true(reel__file_same("nowhere", "./nowhere"));
    assert_false(reel__file_same("nowhere", "no/where"));
    assert_false(reel__file_same("nowhere", own));
    assert_false(reel__file_same(own, temp_write("three", "text")));
}

static void joins_paths(void **state)
{
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"/", "b", "/b"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *joined = reel__path_join(cases[i][0], cases[i][1]);

        assert_string_equal(joined, cases[i][2]);
        reel__free(joined);
    }
}

/* ---- writing ------------------------------------------------------------------------------- */

static void appears_only_when_committed(void **state)
{
    const char *path = temp_write("target", "old");
    const int files = count_files(temp_folder);
    reel_file_writer *writer;
    reel_err err;

    (void)state;
    assert_ok(reel__file_writer_open(&writer, path, &err));
    assert_ok(reel__file_writer_write(writer, "new ", 4, &err));
    assert_content(path, "old", 3);
    assert_int_equal(count_files(temp_folder), files + 1);
    assert_ok(reel__file_writer_write(writer, "content", 7, &err));
    assert_ok(reel__file_writer_commit(writer, &err));
    assert_content(path, "new content", 11);
    assert_int_equal(count_files(temp_folder), files);
    assert_ok(reel__file_writer_open(&writer, path, &err));
    assert_ok(reel__file_writer_write(writer, "lost", 4, &err));
    reel__file_writer_abort(writer);
    reel__file_writer_abort(NULL);
    assert_content(path, "new content", 11);
    assert_int_equal(count_files(temp_folder), files);
}

static void what_a_killed_process_left_is_removed(void **state)
{
    reel_file_writer *other = NULL, *writer = NULL;
    int files = 0;
    pid_t child = 0;
    reel_err err;

    (void)state;
    (void)temp_write("killed", "old");
    (void)temp_write(".killed.backup", "not ours");
    (void)temp_write(".killed.reel-longer-name", "not ours");
    files = count_files(temp_folder);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (reel__file_writer_open(&other, temp_path("killed"), &err) == REEL_OK)
            (void)raise(SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(count_files(temp_folder), files + 1);

    assert_ok(reel__file_writer_open(&other, temp_path("killed"), &err));
    assert_int_equal(count_files(temp_folder), files + 1);
    assert_ok(reel__file_writer_open(&writer, temp_path("killed"), &err));
    assert_int_equal(count_files(temp_folder), files + 2); /* the other one still writes */
    assert_ok(reel__file_writer_write(other, "new", 3, &err));
    assert_ok(reel__file_writer_commit(other, &err));
    reel__file_writer_abort(writer);
    assert_content(temp_path("killed"), "new", 3);
    assert_int_equal(count_files(temp_folder), files);
}

static void gathers_pieces_of_any_size(void **state)
{
    static char data[500000];
    const char *path = temp_path("pieces");
    reel_file_writer *writer;
    reel_err err;
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7 / 3);
    assert_ok(reel__file_writer_open(&writer, path, &err));
    for (size_t step = 1; at < sizeof data; step = step * 3 % 100003) {
        const size_t length = step < sizeof data - at ? step : sizeof data - at;

        assert_ok(reel__file_writer_write(writer, data + at, length, &err));
        at += length;
    }
    assert_ok(reel__file_writer_write(writer, NULL, 0, &err));
    assert_ok(reel__file_writer_commit(writer, &err));
    assert_content(path, data, sizeof data);
}

static void obeys_the_umask(void **state)
{
    const mode_t before = umask(027);
    reel_err err;

    (void)state;
    assert_ok(reel__file_write(temp_path("private"), "x", 1, &err));
    umask(022);
    assert_ok(reel__file_write(temp_path("public"), "x", 1, &err));
    umask(before);
    assert_int_equal(reel__file_mode(temp_path("private")), 0640);
    assert_int_equal(reel__file_mode(temp_path("public")), 0644);
}

static void refuses_bad_places(void **state)
{
    reel_err err;

    (void)state;
    assert_fails(reel__file_write("/", "x", 1, &err), REEL_E_STORE, "not of a folder");
    assert_fails(reel__file_write(temp_path("none/x"), "x", 1, &err), REEL_E_STORE, "must exist");
    temp_write("plain", "x");
    assert_fails(reel__file_write(temp_path("plain/x"), "x", 1, &err), REEL_E_STORE,
                 "not a folder");
}

/* ---- a process of its own: limits, other people ---------------------------------------------- */

/* Run work in a child; it returns 0 when all was as expected. */
static int in_child(int (*work)(void))
{
    const pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0)
        _exit(work());
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

/* A limit on file sizes stops a write in the middle, as a full disk does. */
static int write_past_the_limit(void)
{
    static const char data[200000];
    const struct rlimit limit = {100000, 100000};
    reel_err err = {REEL_OK, ""};
    int wrong = 0;

    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 99;
    wrong += reel__file_write(temp_path("kept"), data, sizeof data, &err) != REEL_E_STORE;
    wrong += strstr(err.msg, "kept") == NULL || strstr(err.msg, "raise the file size") == NULL;
    return wrong;
}

static void a_cut_write_leaves_the_old_file(void **state)
{
    const char *path = temp_write("kept", "old");
    const int files = count_files(temp_folder);

    (void)state;
    assert_int_equal(in_child(write_past_the_limit), 0);
    assert_content(path, "old", 3);
    assert_int_equal(count_files(temp_folder), files);
}

/* The full disk is a tiny file system, where the machine lets a test mount one. */
static int write_to_a_full_disk(void)
{
    static const char data[400000];
    const char *path = temp_path("disk/file");
    reel_err err = {REEL_OK, ""};
    int wrong = 0;

    wrong += reel__file_write(path, "old", 3, &err) != REEL_OK;
    wrong += reel__file_write(path, data, sizeof data, &err) != REEL_E_STORE;
    wrong += strstr(err.msg, "free space") == NULL || strstr(err.msg, "disk/file") == NULL;
    wrong += reel__file_size(path) != 3;
    return wrong;
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    char command[TEMP_PATH + 100];
    reel_err err;
    int wrong;

    (void)state;
    assert_ok(reel__file_make_folder(temp_path("disk"), &err));
    (void)snprintf(command, sizeof command, "mount -t tmpfs -o size=64k none %s 2>/dev/null",
                   temp_path("disk"));
    if (geteuid() != 0 || system(command) != 0) {
        print_message("no right to mount a small file system: full disk left out\n");
        skip();
    }
    wrong = in_child(write_to_a_full_disk);
    (void)snprintf(command, sizeof command, "umount %s", temp_path("disk"));
    assert_int_equal(system(command), 0);
    assert_int_equal(wrong, 0);
}

/* Root may do anything, so the child becomes nobody first. */
static int write_where_forbidden(void)
{
    reel_file_map map;
    reel_err err = {REEL_OK, ""};
    int wrong = 0;

    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 99;
    wrong += reel__file_write(temp_path("locked/x"), "x", 1, &err) != REEL_E_STORE;
    wrong += strstr(err.msg, "permissions") == NULL;
    wrong += reel__file_check_writable(temp_path("locked/x"), &err) != REEL_E_STORE;
    wrong += strstr(err.msg, "permissions") == NULL;
    wrong += reel__file_map_open(&map, temp_path("unreadable"), &err) != REEL_E_STORE;
    wrong += strstr(err.msg, "permissions") == NULL;
    wrong += reel__file_make_folder(temp_path("locked/folder"), &err) != REEL_E_STORE;
    return wrong;
}

static void forbidden_places_are_named(void **state)
{
    reel_err err;

    (void)state;
    assert_ok(reel__file_make_folder(temp_path("locked"), &err));
    assert_int_equal(chmod(temp_folder, 0755), 0);
    assert_int_equal(chmod(temp_path("locked"), 0555), 0);
    assert_int_equal(chmod(temp_write("unreadable", "x"), 0), 0);
    assert_int_equal(in_child(write_where_forbidden), 0);
    assert_int_equal(chmod(temp_path("locked"), 0755), 0);
}

/* ---- locks --------------------------------------------------------------------------------- */

static int try_lock(void)
{
    reel_file_lock lock;
    reel_err err = {REEL_OK, ""};

    if (reel__file_lock(&lock, temp_path("lock"), &err) == REEL_OK)
        return 0;
    return err.code == REEL_E_CONFLICT && strstr(err.msg, "another process") != NULL ? 1 : 2;
}

static void a_lock_excludes_other_processes(void **state)
{
    reel_file_lock lock, second;
    reel_err err;

    (void)state;
    assert_ok(reel__file_lock(&lock, temp_path("lock"), &err));
    assert_int_equal(in_child(try_lock), 1);
    assert_fails(reel__file_lock(&second, temp_path("lock"), &err), REEL_E_CONFLICT, "lock");
    reel__file_unlock(&second);
    reel__file_unlock(&lock);
    reel__file_unlock(&lock);
    assert_int_equal(in_child(try_lock), 0);
    assert_ok(reel__file_lock(&lock, temp_path("lock"), &err)); /* the child's went with it */
    reel__file_unlock(&lock);
    assert_fails(reel__file_lock(&lock, temp_path("none/lock"), &err), REEL_E_STORE, "must exist");
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code write_one(void *user, reel_err *err)
{
    (void)user;
    return reel__file_write(temp_path("swept"), "swept", 5, err);
}

static reel_code make_one(void *user, reel_err *err)
{
    (void)user;
    return reel__file_make_folder(temp_path("swept.d/e"), err);
}

static void survives_without_memory(void **state)
{
    const int files = count_files(temp_folder);

    (void)state;
    assert_int_equal(sweep_memory(write_one, NULL), 4);
    assert_int_equal(sweep_memory(make_one, NULL), 1);
    assert_int_equal(count_files(temp_folder), files + 2);
    reel__alloc_fail_after(0);
    assert_null(reel__path_join("a", "b"));
    reel__alloc_fail_after(-1);
}

static void test_a_file_grows_record_by_record(void **state)
{
    (void)state;
    const char *path = temp_path("growing.log");
    reel_file_appender one, other;
    reel_file_map map;
    reel_err err;

    assert_ok(reel__file_append_open(&one, path, &err));
    assert_ok(reel__file_append(&one, path, "first\n", 6, &err));
    assert_ok(reel__file_append(&one, path, "sec", 3, &err));
    assert_fails(reel__file_append_open(&other, path, &err), REEL_E_CONFLICT, "another process");
    assert_int_equal(other.fd, -1);
    reel__file_append_close(&one);
    assert_ok(reel__file_append_open(&one, path, &err));
    assert_ok(reel__file_append_cut(&one, path, 6, &err));
    assert_ok(reel__file_append(&one, path, "third\n", 6, &err));
    reel__file_append_close(&one);
    reel__file_append_close(&one);
    assert_ok(reel__file_map_open(&map, path, &err));
    assert_int_equal(map.size_bytes, 12);
    assert_memory_equal(map.data, "first\nthird\n", 12);
    reel__file_map_close(&map);
    assert_fails(reel__file_append_open(&one, temp_path("absent/growing.log"), &err), REEL_E_STORE,
                 "growing.log");
}

static void writes_into_devices_and_through_links(void **state)
{
    (void)state;
    struct stat facts;
    char target[TEMP_PATH], link[TEMP_PATH];
    reel_err err;

    assert_ok(reel__file_write("/dev/null", "gone", 4, &err));
    assert_int_equal(stat("/dev/null", &facts), 0);
    assert_true(S_ISCHR(facts.st_mode));
    assert_fails(reel__file_write("/dev/full", "lost", 4, &err), REEL_E_STORE, "/dev/full");
    (void)snprintf(target, sizeof target, "%s", temp_write("target", "old"));
    (void)snprintf(link, sizeof link, "%s", temp_path("link"));
    assert_int_equal(symlink(target, link), 0);
    assert_ok(reel__file_write(link, "through", 7, &err));
    assert_int_equal(reel__file_size(target), 7);
    assert_int_equal(lstat(link, &facts), 0);
    assert_true(S_ISLNK(facts.st_mode));
}

static void a_file_of_our_own_gets_its_name(void **state)
{
    (void)state;
    char partial[TEMP_PATH], named[TEMP_PATH];
    reel_file_lock own = {-1}, other = {-1};
    reel_file_map map;
    reel_err err;

    (void)snprintf(partial, sizeof partial, "%s", temp_write("own.partial", "left over"));
    (void)snprintf(named, sizeof named, "%s", temp_write("own", "older"));
    assert_ok(reel__file_own(&own, partial, &err));
    assert_int_equal(reel__file_size(partial), 0);
    assert_fails(reel__file_own(&other, partial, &err), REEL_E_CONFLICT, "another process");
    assert_int_equal(other.fd, -1);
    assert_int_equal(write(own.fd, "new", 3), 3);
    assert_ok(reel__file_rename(partial, named, &err));
    reel__file_unlock(&own);
    assert_false(reel__file_exists(partial));
    assert_ok(reel__file_map_open(&map, named, &err));
    assert_int_equal(map.size_bytes, 3);
    assert_memory_equal(map.data, "new", 3);
    reel__file_map_close(&map);
    assert_fails(reel__file_own(&own, temp_path("absent/own"), &err), REEL_E_STORE, "absent");
    assert_fails(reel__file_rename(partial, named, &err), REEL_E_STORE, "own.partial");
    assert_fails(reel__file_rename(named, temp_path("absent/own"), &err), REEL_E_STORE, "absent");
    assert_true(reel__file_exists(named));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_into_devices_and_through_links),
        cmocka_unit_test(says_what_room_there_is),
        cmocka_unit_test(maps_files),
        cmocka_unit_test(refuses_what_is_no_file),
        cmocka_unit_test(answers_questions),
        cmocka_unit_test(makes_folders),
        cmocka_unit_test(makes_folders_of_its_own),
        cmocka_unit_test(removes_what_is_in_a_folder),
        cmocka_unit_test(files_need_not_last),
        cmocka_unit_test(a_database_is_not_written_over),
        cmocka_unit_test(knows_one_file_by_two_names),
        cmocka_unit_test(joins_paths),
        cmocka_unit_test(appears_only_when_committed),
        cmocka_unit_test(what_a_killed_process_left_is_removed),
        cmocka_unit_test(gathers_pieces_of_any_size),
        cmocka_unit_test(obeys_the_umask),
        cmocka_unit_test(refuses_bad_places),
        cmocka_unit_test(a_cut_write_leaves_the_old_file),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(forbidden_places_are_named),
        cmocka_unit_test(a_lock_excludes_other_processes),
        cmocka_unit_test(survives_without_memory),
        cmocka_unit_test(test_a_file_grows_record_by_record),
        cmocka_unit_test(a_file_of_our_own_gets_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
