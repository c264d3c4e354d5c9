/* Codes and messages, the version, progress. */
#include "support/check.h"

#include "base/progress.h"
#include "base/utf8.h"

static void every_code_has_a_row(void **state)
{
    (void)state;
#define CHECK(name, value, http, exit)                                                             \
    assert_string_equal(reel_code_name(REEL_##name), #name);                                       \
    assert_int_equal(reel_code_http(REEL_##name), http);                                           \
    assert_int_equal(reel_code_exit(REEL_##name), exit);
    REEL_CODES(CHECK)
#undef CHECK
    assert_string_equal(reel_code_name((reel_code)-99), "E_UNKNOWN");
    assert_int_equal(reel_code_http((reel_code)-99), 500);
    assert_int_equal(reel_code_exit((reel_code)-99), 1);
}

static void message_is_optional(void **state)
{
    reel_err err;

    (void)state;
    assert_int_equal(reel_fail(NULL, REEL_E_BUSY, "x"), REEL_E_BUSY);
    assert_int_equal(reel_fail(&err, REEL_E_BUSY, "%d is %s", 4, "busy"), REEL_E_BUSY);
    assert_int_equal(err.code, REEL_E_BUSY);
    assert_string_equal(err.msg, "4 is busy");
}

static void long_message_is_cut_between_characters(void **state)
{
    char text[1200];
    reel_err err;

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t at = shift; at + 3 < sizeof text; at += 3)
            memcpy(text + at, "\xE2\x82\xAC", 4);
        assert_int_equal(reel_fail(&err, REEL_E_SYNTAX, "%s", text), REEL_E_SYNTAX);
        assert_true(strlen(err.msg) >= 508);
        assert_true(reel__utf8_valid(err.msg, strlen(err.msg)));
        assert_memory_equal(err.msg, text, strlen(err.msg));
    }
}

static void the_library_knows_its_version(void **state)
{
    (void)state;
    assert_string_equal(reel_version(), REEL_VERSION);
}

static void count_report(void *user, const char *stage, int64_t done, int64_t total,
                         const char *unit)
{
    *(int64_t *)user += done * 1000 + total;
    assert_string_equal(stage, "ratings");
    assert_string_equal(unit, "rows");
}

static void progress_is_optional(void **state)
{
    int64_t told = 0;
    const reel_progress deaf = {NULL, NULL}, heard = {count_report, &told};

    (void)state;
    reel__progress(NULL, "ratings", 1, 2, "rows");
    reel__progress(&deaf, "ratings", 1, 2, "rows");
    assert_int_equal(told, 0);
    reel__progress(&heard, "ratings", 1, 2, "rows");
    assert_int_equal(told, 1002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_row),
        cmocka_unit_test(the_library_knows_its_version),
        cmocka_unit_test(progress_is_optional),
        cmocka_unit_test(message_is_optional),
        cmocka_unit_test(long_message_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
