/* fetch.c - the use case `reel fetch` against a server that misbehaves in every way we could name.
 */
#include "http/fetch_support.h"

#include "service/files/fetch.h"
#include "support/check.h"

typedef struct heard {
    char lines[1024];
    int64_t done, total;
    int reports;
} heard;

static void on_line(void *user, const char *text)
{
    heard *at = user;
    const size_t used = strlen(at->lines);

    (void)snprintf(at->lines + used, sizeof at->lines - used, "%s\n", text);
}

static void on_progress(void *user, const char *stage, int64_t done, int64_t total,
                        const char *unit)
{
    heard *at = user;

    assert_string_equal(unit, "bytes");
    assert_true(total == 0 || done <= total);
    if (strcmp(stage, "download") != 0)
        return;
    at->done = done;
    at->total = total;
    at->reports++;
}

static const char *url_of(const char *scenario)
{
    return text_of("http://127.0.0.1:%d/%s/", server.port, scenario);
}

static reel_fetch_opts opts_of(const char *scenario)
{
    return (reel_fetch_opts){.dataset = "ml-1m",
                             .output = server.folder,
                             .base_url = url_of(scenario),
                             .accept_license = true,
                             .attempts = 3,
                             .pause_ms = 1,
                             .stall_seconds = 1};
}

static reel_code fetch(const char *scenario, reel_err *err)
{
    const reel_fetch_opts opts = opts_of(scenario);

    return reel__fetch(&opts, err);
}

/* The data set is there, complete, and nothing else is. */
static void assert_fetched(const char *readme)
{
    assert_true(file_has(in_folder("ml-1m/README"), readme));
    assert_true(reel__file_size(in_folder("ml-1m/ratings.dat")) > 100000);
    assert_false(has_file("ml-1m.zip"));
    assert_false(has_file("ml-1m.zip.md5"));
    assert_false(has_file("ml-1m.zip.part"));
    assert_false(has_file("ml-1m.zip.part.meta"));
    assert_false(has_file(".ml-1m.unpacking"));
}

static void assert_nothing(void)
{
    assert_false(has_file("ml-1m"));
    assert_false(has_file("ml-1m.zip"));
    assert_false(has_file(".ml-1m.unpacking"));
}

/* ---- licence and names --------------------------------------------------------------------- */

static void test_needs_the_licence(void **state)
{
    reel_fetch_opts opts = opts_of("ok");
    reel_err err;

    (void)state;
    opts.accept_license = false;
    assert_int_equal(reel__fetch(&opts, &err), REEL_E_DENIED);
    assert_non_null(strstr(err.msg, "--accept-license"));
    assert_nothing();
    opts.dataset = "ml-7m";
    assert_int_equal(reel__fetch(&opts, &err), REEL_E_INVALID);
    assert_non_null(strstr(err.msg, "ml-latest-small, ml-100k, ml-1m"));
}

static void test_tells_the_licence(void **state)
{
    size_t count = 0;

    (void)state;
    while (reel__fetch_dataset(count) != NULL)
        count++;
    assert_int_equal(count, 7);
    assert_null(reel__fetch_license("ml-7m"));
    assert_non_null(strstr(reel__fetch_license("ml-1m"), "needs their permission"));
    assert_non_null(strstr(reel__fetch_license("ml-latest-small"), "same terms"));
}

/* ---- good ends ----------------------------------------------------------------------------- */

static void test_fetches(void **state)
{
    heard at = {.reports = 0};
    const reel_progress progress = {on_progress, &at};
    reel_fetch_opts opts = opts_of("ok");
    reel_err err;

    (void)state;
    opts.output = in_folder("made/on/the/way");
    opts.progress = &progress;
    opts.notice = (reel_notice){on_line, &at};
    assert_int_equal(reel__fetch(&opts, &err), REEL_OK);
    assert_true(file_has(in_folder("made/on/the/way/ml-1m/README"), "terms"));
    assert_true(at.reports > 0 && at.done == at.total && at.total > 100000);
    assert_non_null(strstr(at.lines, "unpacked to"));

    at = (heard){.reports = 0};
    assert_int_equal(reel__fetch(&opts, &err), REEL_OK);
    assert_non_null(strstr(at.lines, "already there"));
    assert_int_equal(at.reports, 0);
}

static void test_address_from_environment(void **state)
{
    reel_fetch_opts opts = opts_of("plainsum");
    const char *slash;
    char url[128];

    (void)state;
    slash = strrchr(opts.base_url, '/');
    (void)snprintf(url, sizeof url, "%.*s", (int)(slash - opts.base_url), opts.base_url);
    setenv("REEL_FETCH_URL", url, 1);
    opts.base_url = NULL;
    assert_int_equal(reel__fetch(&opts, NULL), REEL_OK);
    unsetenv("REEL_FETCH_URL");
    assert_fetched("terms");
}

/* Each of these must end well, whatever happens on the way. */
static void test_gets_there(void **state)
{
    static const char *const scenarios[] = {"break", "norange", "weak",    "dated", "shifted",
                                            "flaky", "slow",    "endless", "moved"};

    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        reel_err err = {.code = REEL_OK};

        (void)empty_folder(state);
        if (fetch(scenarios[i], &err) != REEL_OK)
            fail_msg("%s: %s", scenarios[i], err.msg);
        assert_fetched("terms");
    }
}

static void test_asks_for_the_rest_only(void **state)
{
    char asked[512];
    long start = 0;

    (void)state;
    asked_of(asked, sizeof asked, "break");
    assert_int_equal(sscanf(asked, "- -\nbytes=%ld- \"v1\"", &start), 1);
    assert_true(start > 10000);
    asked_of(asked, sizeof asked, "dated");
    assert_non_null(strstr(asked, "- Sat, 01 Feb 2003"));
    /* A weak tag says nothing about bytes: the whole file is asked for again. */
    asked_of(asked, sizeof asked, "weak");
    assert_string_equal(asked, "- -\n- -\n");
    /* A range that does not begin where asked is not trusted. */
    asked_of(asked, sizeof asked, "shifted");
    assert_non_null(strstr(asked, "\n- -\n"));
}

static void test_takes_the_new_version(void **state)
{
    reel_err err;

    (void)state;
    assert_int_equal(fetch("changed", &err), REEL_OK);
    assert_fetched("second");
}

static void test_flat_archive(void **state)
{
    (void)state;
    assert_int_equal(fetch("flat", NULL), REEL_OK);
    assert_true(file_has(in_folder("ml-1m/u.data"), "1\t2\t3"));
    assert_true(file_has(in_folder("ml-1m/sub/u.item"), "x"));
}

/* ---- bad ends ------------------------------------------------------------------------------ */

typedef struct bad_end {
    const char *scenario;
    reel_code code;
    const char *says;
} bad_end;

static void test_says_what_is_wrong(void **state)
{
    static const bad_end ends[] = {
        {"nosum", REEL_E_NOTFOUND, "ml-1m.zip.md5: the server answered 404"},
        {"pagesum", REEL_E_FORMAT, "holds no MD5"},
        {"badsum", REEL_E_FORMAT, "should be 0123456789abcdef0123456789abcdef"},
        {"missing", REEL_E_NOTFOUND, "answered 404"},
        {"denied", REEL_E_STORE, "answered 403"},
        {"dead", REEL_E_STORE, "answered 503"},
        {"circle", REEL_E_STORE, "redirects"},
        {"climb", REEL_E_FORMAT, "\"..\" in a name"},
        {"absolute", REEL_E_FORMAT, "absolute"},
        {"link", REEL_E_FORMAT, "a link or a device"},
        {"twice", REEL_E_FORMAT, "stands twice"},
        {"damaged", REEL_E_FORMAT, "CRC"},
        {"nozip", REEL_E_FORMAT, "ZIP"},
    };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        reel_err err = {.code = REEL_OK};
        reel_code rc;

        (void)empty_folder(state);
        rc = fetch(ends[i].scenario, &err);
        if (rc != ends[i].code || strstr(err.msg, ends[i].says) == NULL)
            fail_msg("%s: %s: %s", ends[i].scenario, reel_code_name(rc), err.msg);
        assert_nothing();
        assert_false(has_file("ml-1m.zip.part"));
    }
}

static void test_follows_no_file_address(void **state)
{
    (void)state;
    assert_int_not_equal(fetch("file", NULL), REEL_OK);
    assert_nothing();
}

static void test_gives_up_and_keeps_the_part(void **state)
{
    reel_err err;
    char asked[512];

    (void)state;
    assert_int_equal(fetch("broken", &err), REEL_E_STORE);
    assert_true(has_file("ml-1m.zip.part"));
    assert_true(has_file("ml-1m.zip.part.meta"));
    asked_of(asked, sizeof asked, "broken");
    assert_string_equal(asked, "- -\nbytes=1000- \"v1\"\nbytes=1000- \"v1\"\n");
}

static void test_size_maximum(void **state)
{
    static const char *const scenarios[] = {"ok", "endless"};
    reel_err err;

    for (size_t i = 0; i < 2; i++) {
        reel_fetch_opts opts = opts_of(scenarios[i]);

        (void)empty_folder(state);
        opts.maximum_bytes = 50000;
        assert_int_equal(reel__fetch(&opts, &err), REEL_E_TOOLARGE);
        assert_nothing();
        assert_false(has_file("ml-1m.zip.part"));
    }
}

static void test_expanded_maximum(void **state)
{
    reel_fetch_opts opts = opts_of("bomb");
    reel_err err;

    (void)state;
    opts.maximum_bytes = 100000;
    assert_int_equal(reel__fetch(&opts, &err), REEL_E_TOOLARGE);
    assert_non_null(strstr(err.msg, "expands"));
    assert_nothing();
}

static void test_nobody_there(void **state)
{
    reel_fetch_opts opts = opts_of("ok");
    reel_err err;

    (void)state;
    opts.base_url = "http://127.0.0.1:1/";
    assert_int_equal(reel__fetch(&opts, &err), REEL_E_STORE);
    assert_non_null(strstr(err.msg, "check the network"));
    opts.base_url = "gopher://127.0.0.1/";
    assert_int_equal(reel__fetch(&opts, &err), REEL_E_INVALID);
}

/* A process killed while unpacking leaves its folder; the next one clears it away. */
static void test_clears_what_was_left(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder(".ml-1m.unpacking"), 0755), 0);
    assert_int_equal(reel__file_write(in_folder(".ml-1m.unpacking/old"), "x", 1, NULL), REEL_OK);
    assert_int_equal(fetch("ok", NULL), REEL_OK);
    assert_fetched("terms");
    assert_false(has_file("ml-1m/old"));
}

static void test_output_is_a_file(void **state)
{
    reel_fetch_opts opts = opts_of("ok");
    reel_err err;

    (void)state;
    assert_int_equal(reel__file_write(in_folder("plain"), "x", 1, NULL), REEL_OK);
    opts.output = in_folder("plain");
    assert_int_equal(reel__fetch(&opts, &err), REEL_E_STORE);
}

static reel_code fetch_afresh(void *user, reel_err *err)
{
    (void)empty_folder(NULL);
    return fetch(user, err);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    assert_true(sweep_memory(fetch_afresh, (void *)(uintptr_t) "ok") > 10);
    assert_fetched("terms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_needs_the_licence, empty_folder),
        cmocka_unit_test(test_tells_the_licence),
        cmocka_unit_test_setup(test_fetches, empty_folder),
        cmocka_unit_test_setup(test_address_from_environment, empty_folder),
        cmocka_unit_test(test_gets_there),
        cmocka_unit_test(test_asks_for_the_rest_only),
        cmocka_unit_test_setup(test_takes_the_new_version, empty_folder),
        cmocka_unit_test_setup(test_flat_archive, empty_folder),
        cmocka_unit_test(test_says_what_is_wrong),
        cmocka_unit_test_setup(test_follows_no_file_address, empty_folder),
        cmocka_unit_test_setup(test_gives_up_and_keeps_the_part, empty_folder),
        cmocka_unit_test(test_size_maximum),
        cmocka_unit_test_setup(test_expanded_maximum, empty_folder),
        cmocka_unit_test_setup(test_nobody_there, empty_folder),
        cmocka_unit_test_setup(test_clears_what_was_left, empty_folder),
        cmocka_unit_test_setup(test_output_is_a_file, empty_folder),
        cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests(tests, start_server, stop_server);
}
