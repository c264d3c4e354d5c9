/* download.c - the part file and its record across calls and processes. */
#include "http/fetch_support.h"

#include <fcntl.h>
#include <sys/file.h>

#include "support/check.h"

static const char *archive_of(const char *scenario)
{
    return text_of("http://127.0.0.1:%d/%s/ml-1m.zip", server.port, scenario);
}

static reel_code get(const char *scenario, const char *md5, reel_err *err)
{
    const reel_download download = {.url = archive_of(scenario),
                                    .path = in_folder("got"),
                                    .md5 = md5,
                                    .attempts = 1,
                                    .pause_ms = 1};

    return reel__download(&download, err);
}

static void write_text(const char *name, const char *text)
{
    assert_int_equal(reel__file_write(in_folder(name), text, strlen(text), NULL), REEL_OK);
}

static void test_next_call_goes_on(void **state)
{
    char asked[256];
    reel_err err;

    (void)state;
    assert_fails(get("break", NULL, &err), REEL_E_STORE, "goes on where it stopped");
    assert_true(has_file("got.part"));
    assert_false(has_file("got"));
    assert_ok(get("break", NULL, &err));
    asked_of(asked, sizeof asked, "break");
    assert_non_null(strstr(asked, "\nbytes="));
    assert_true(file_has(in_folder("got"), "978300760"));
    assert_false(has_file("got.part"));
    assert_false(has_file("got.part.meta"));
}

/* A part of something else, or of nobody knows what, is not continued. */
static void test_foreign_part(void **state)
{
    static const char *const records[] = {NULL, "http://elsewhere/file\n\"v1\"\n", "garbage", ""};
    char asked[256];
    reel_err err;

    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        (void)empty_folder(state);
        write_text("got.part", "something else");
        if (records[i] != NULL)
            write_text("got.part.meta", records[i]);
        assert_ok(get(text_of("foreign%zu", i), NULL, &err));
        asked_of(asked, sizeof asked, text_of("foreign%zu", i));
        assert_string_equal(asked, "- -\n");
        assert_false(file_has(in_folder("got"), "something else"));
    }
}

/* All bytes are there, only the last step was missing: the server has nothing left to send. */
static void test_complete_part(void **state)
{
    char asked[256];
    reel_err err;

    (void)state;
    assert_ok(get("whole", NULL, &err));
    assert_int_equal(rename(in_folder("got"), in_folder("got.part")), 0);
    write_text("got.part.meta", text_of("%s\n\"v1\"\n", archive_of("whole")));
    assert_ok(get("whole", NULL, &err));
    asked_of(asked, sizeof asked, "whole");
    assert_non_null(strstr(asked, "\nbytes="));
    assert_true(file_has(in_folder("got"), "978300760"));
}

/* Longer than the file is: 416 with another length, and the whole is fetched again. */
static void test_overlong_part(void **state)
{
    const size_t length = 1 << 20;
    char *text = reel__alloc_zero(length, 1);
    reel_download download = {
        .url = archive_of("overlong"), .path = in_folder("got"), .attempts = 2, .pause_ms = 1};
    reel_err err;

    (void)state;
    assert_int_equal(reel__file_write(in_folder("got.part"), text, length, NULL), REEL_OK);
    reel__free(text);
    write_text("got.part.meta", text_of("%s\n\"v1\"\n", download.url));
    assert_ok(reel__download(&download, &err));
    assert_true(file_has(in_folder("got"), "978300760"));
}

static void test_md5(void **state)
{
    char asked[256];
    reel_err err;

    (void)state;
    assert_fails(get("sum", "00000000000000000000000000000000", &err), REEL_E_FORMAT,
                 "should be 00000000000000000000000000000000");
    assert_false(has_file("got"));
    assert_false(has_file("got.part"));
    /* What is there and right is not fetched again. */
    write_text("got", "abc");
    assert_ok(get("sum", "900150983CD24FB0D6963F7D28E17F72", &err));
    asked_of(asked, sizeof asked, "sum");
    assert_string_equal(asked, "- -\n");
}

static void test_one_at_a_time(void **state)
{
    const int fd = open(in_folder("got.part"), O_RDWR | O_CREAT, 0644);
    reel_err err;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(write(fd, "abc", 3), 3);
    assert_fails(get("ok", NULL, &err), REEL_E_CONFLICT, "another process");
    assert_int_equal(reel__file_size(in_folder("got.part")), 3);
    close(fd);
    assert_ok(get("ok", NULL, &err));
}

static void test_no_folder(void **state)
{
    const reel_download download = {.url = archive_of("ok"), .path = in_folder("no/such/got")};
    reel_err err;

    (void)state;
    assert_fails(reel__download(&download, &err), REEL_E_STORE, "no/such/got.part: cannot write");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_next_call_goes_on, empty_folder),
        cmocka_unit_test(test_foreign_part),
        cmocka_unit_test_setup(test_complete_part, empty_folder),
        cmocka_unit_test_setup(test_overlong_part, empty_folder),
        cmocka_unit_test_setup(test_md5, empty_folder),
        cmocka_unit_test_setup(test_one_at_a_time, empty_folder),
        cmocka_unit_test_setup(test_no_folder, empty_folder),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
