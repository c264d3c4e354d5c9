/* eda.c - a database as a folder of charts: every file is there, and nothing half of it. */
#include "support/world.h"
#include "support/xml.h"

#include "service/measure/eda.h"
#include "store/store.h"

/* Fontconfig and Pango keep what they found for as long as a thread lives; OpenMP's live on. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\nleak:librsvg\n";
}

static reel_eda_opts eda_opts(const char *database, const char *output)
{
    return (reel_eda_opts){.database = database, .output = output, .threads = 2};
}

/* The bytes of a file of the test's own, to be freed. */
static char *read_all(const char *folder, const char *name)
{
    char path[TEMP_PATH + 64];
    reel_err err = {REEL_OK, ""};
    reel_file_map map;
    char *text;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(reel__file_map_open(&map, path, &err));
    text = reel__strndup((const char *)map.data, map.size_bytes);
    reel__file_map_close(&map);
    return text;
}

static void test_every_file(void **state)
{
    static const char *const drawn[] = {"ratings-distribution", "sparsity", "overview-length",
                                        "vote-average", "missing-data"};
    char database[TEMP_PATH], output[TEMP_PATH], name[80];
    reel_eda_opts opts = eda_opts(database, output);
    reel_eda_report report;
    reel_err err = {REEL_OK, ""};
    char *text;

    (void)state;
    (void)world_load("world", "eda.db", 1);
    (void)snprintf(database, sizeof database, "%s", temp_path("eda.db"));
    (void)snprintf(output, sizeof output, "%s", temp_path("deep/report"));
    assert_ok(reel__eda(&opts, &report, &err));
    assert_int_equal(report.films, WORLD_FILMS);
    assert_int_equal(report.people, WORLD_PEOPLE);
    assert_int_equal(report.charts + report.absent_count, REEL_FIGURES);
    assert_int_equal(report.absent_count, 6); /* of people; popularity */
    assert_true(report.png || report.no_library);
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        (void)snprintf(name, sizeof name, "%s.svg", drawn[i]);
        text = read_all(output, name);
        assert_null(xml_fault(text));
        assert_non_null(strstr(text, "prefers-color-scheme:dark"));
        assert_non_null(strstr(text, "not endorsed or certified by TMDB"));
        reel__free(text);
        (void)snprintf(name, sizeof name, "deep/report/%s.png", drawn[i]);
        assert_int_equal(reel__file_exists(temp_path(name)), report.png);
    }
    text = read_all(output, "index.html");
    assert_int_equal(strlen(text), report.page_bytes);
    reel__free(text);
    assert_false(reel__file_exists(temp_path("deep/report/popularity.svg")));
    text = read_all(output, "ratings-distribution.csv");
    assert_int_equal(strncmp(text, "rating,ratings,share\n1,", 23), 0);
    reel__free(text);
}

/* Equal data give equal files, whatever the number of threads. */
static void test_same_bytes(void **state)
{
    static const char *const names[] = {"index.html", "top-by-rating.svg", "sparsity.csv"};
    char database[TEMP_PATH], first[TEMP_PATH], second[TEMP_PATH];
    reel_eda_opts opts = eda_opts(database, first);
    reel_eda_report report;
    reel_err err = {REEL_OK, ""};

    (void)state;
    (void)snprintf(database, sizeof database, "%s", temp_path("eda.db"));
    (void)snprintf(first, sizeof first, "%s", temp_path("first"));
    (void)snprintf(second, sizeof second, "%s", temp_path("second"));
    opts.no_png = true;
    assert_ok(reel__eda(&opts, &report, &err));
    assert_false(report.png || report.no_library);
    opts.output = second;
    opts.threads = 1;
    assert_ok(reel__eda(&opts, &report, &err));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *one = read_all(first, names[i]), *two = read_all(second, names[i]);

        assert_string_equal(one, two);
        reel__free(one);
        reel__free(two);
    }
}

static void test_refusals(void **state)
{
    char database[TEMP_PATH], output[TEMP_PATH];
    reel_eda_opts opts = eda_opts(database, output);
    reel_store *store = NULL;
    const reel_store_opts create = {.create = true};
    reel_eda_report report;
    reel_err err = {REEL_OK, ""};

    (void)state;
    (void)snprintf(output, sizeof output, "%s", temp_path("none"));
    (void)snprintf(database, sizeof database, "%s", temp_path("missing.db"));
    assert_fails(reel__eda(&opts, &report, &err), REEL_E_NOTFOUND, "missing.db");
    (void)snprintf(database, sizeof database, "%s", temp_path("empty.db"));
    assert_ok(reel__store_open(&store, database, &create, &err));
    reel__store_close(store);
    assert_fails(reel__eda(&opts, &report, &err), REEL_E_INVALID, "`reel load` brings");
    assert_false(reel__file_exists(output));
    (void)snprintf(database, sizeof database, "%s", temp_path("eda.db"));
    (void)snprintf(output, sizeof output, "%s", temp_write("file", "x"));
    assert_fails(reel__eda(&opts, &report, &err), REEL_E_STORE, "file");
}

/* A step that grows: each allocation by itself would take minutes. */
static void test_no_memory(void **state)
{
    char database[TEMP_PATH], output[TEMP_PATH];
    reel_eda_opts opts = eda_opts(database, output);
    const long live = reel__alloc_live();
    reel_eda_report report;
    reel_code rc = REEL_E_NOMEM;

    (void)state;
    (void)snprintf(database, sizeof database, "%s", temp_path("eda.db"));
    (void)snprintf(output, sizeof output, "%s", temp_path("scarce"));
    opts.threads = 1;
    opts.no_png = true;
    for (long n = 0; rc != REEL_OK; n += 1 + n / 12) {
        reel_err err = {REEL_OK, ""};

        reel__alloc_fail_after(n);
        rc = reel__eda(&opts, &report, &err);
        reel__alloc_fail_after(-1);
        assert_int_equal(reel__alloc_live(), live);
        if (rc != REEL_OK && rc != REEL_E_NOMEM)
            fail_msg("allocation %ld failing gave %s: %s", n, reel_code_name(rc), err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
