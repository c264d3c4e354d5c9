/* Settings from `.env` files. */
#include "support/check.h"
#include "support/temp.h"

#include <sys/stat.h>

#include "base/env.h"

typedef struct setting {
    const char *line, *name, *value; /* name NULL: no setting */
} setting;

static reel_code take(void *user, const char *name, const char *value, reel_err *err)
{
    const setting *expected = user;

    (void)err;
    assert_non_null(expected->name);
    assert_string_equal(name, expected->name);
    assert_string_equal(value, expected->value);
    return REEL_OK;
}

static void reads_lines(void **state)
{
    static const setting cases[] = {
        {"A=1", "A", "1"},
        {"  export A_b2 = x y  \r\n", "A_b2", "x y"},
        {"export=1", "export", "1"},
        {"A=", "A", ""},
        {"A= # none", "A", ""},
        {"A=b#c # comment", "A", "b#c"},
        {"A=\"b # c\\n\\t\\\\\\\"\" # comment", "A", "b # c\n\t\\\""},
        {"A='b \\n \"c\"'\r", "A", "b \\n \"c\""},
        {"A=b=c", "A", "b=c"},
        {"# A=1", NULL, NULL},
        {"   ", NULL, NULL},
        {"", NULL, NULL},
        {"A=é", "A", "é"},
        {"\xef\xbb\xbf"
         "A=1\r\n",
         "A", "1"},
        {"\xef\xbb\xbf# A=1", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setting expected = cases[i];
        reel_err err;

        assert_ok(
            reel__env_parse(cases[i].line, strlen(cases[i].line), "f", take, &expected, &err));
    }
}

static reel_code refuse_all(void *user, const char *name, const char *value, reel_err *err)
{
    (void)user;
    (void)value;
    return reel_fail(err, REEL_E_BUSY, "%s", name);
}

static void names_wrong_lines(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"A=1\n2B=1", "f:2: not a setting"},
        {"\n\nA", "f:3: not a setting"},
        {"A B=1", "f:1: not a setting"},
        {"=1", "f:1: not a setting"},
        {"A='x", "f:1: a quote is not closed"},
        {"A=\"x\ny\"", "f:1: a quote is not closed"},
        {"A=\"x\\", "f:1: a quote is not closed"},
        {"A='x' y", "f:1: text after the closing quote"},
        {"export", "f:1: not a setting"},
        {"A=1\n\nexport A=1", "f:3: that setting stands in the file already"},
        {"\xef\xbb\xbf\xef\xbb\xbf"
         "A=1",
         "f:1: not a setting"},
    };
    setting any = {NULL, "A", "1"};
    reel_err err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_fails(reel__env_parse(cases[i].text, strlen(cases[i].text), "f", take, &any, &err),
                     REEL_E_SYNTAX, cases[i].message);
    assert_fails(reel__env_parse("A=x\0y", 5, "f", take, &any, &err), REEL_E_SYNTAX, "NUL");
    assert_fails(reel__env_parse("A=1", 3, "f", refuse_all, NULL, &err), REEL_E_BUSY, "A");
}

static const char *env_file(const char *text, mode_t mode)
{
    const char *path = temp_write("env", text);

    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static void environment_comes_first(void **state)
{
    reel_err err;

    (void)state;
    assert_int_equal(setenv("REEL_TEST_ONE", "outer", 1), 0);
    assert_int_equal(unsetenv("REEL_TEST_TWO"), 0);
    assert_ok(reel__env_load(env_file("REEL_TEST_ONE=file\nREEL_TEST_TWO=file\n", 0644), &err));
    assert_string_equal(reel__env_get("REEL_TEST_ONE", "none"), "outer");
    assert_string_equal(reel__env_get("REEL_TEST_TWO", "none"), "file");
    assert_int_equal(setenv("REEL_TEST_TWO", "", 1), 0);
    assert_string_equal(reel__env_get("REEL_TEST_TWO", "none"), "none");
    assert_null(reel__env_get("REEL_TEST_THREE", NULL));
    assert_ok(reel__env_load(temp_path("no such file"), &err));
    assert_fails(reel__env_load("/", &err), REEL_E_STORE, "folder");
}

static void secrets_others_may_read_are_refused(void **state)
{
    static const char *const names[] = {"TMDB_API_KEY", "X_TOKEN",        "A_SECRET",
                                        "PASSWORD",     "REEL_MONGO_URI", "api_key"};
    char text[100];
    reel_err err;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(text, sizeof text, "REEL_TEST_FOUR=1\n%s=x\n", names[i]);
        assert_int_equal(unsetenv(names[i]), 0);
        assert_fails(reel__env_load(env_file(text, 0644), &err), REEL_E_DENIED, "chmod 600");
        assert_fails(reel__env_load(env_file(text, 0640), &err), REEL_E_DENIED, names[i]);
        assert_null(getenv("REEL_TEST_FOUR"));
        assert_null(getenv(names[i]));
    }
    assert_ok(reel__env_load(env_file(text, 0600), &err));
    assert_string_equal(reel__env_get("api_key", ""), "x");
    assert_int_equal(unsetenv("REEL_TEST_FOUR"), 0);
    assert_ok(reel__env_load(env_file("TMDB_API_KEY=\nREEL_KEYBOARD=1\n", 0644), &err));
    assert_ok(reel__env_load(env_file("REEL_TEST_ONE=smtp://host:25/a@b\n", 0600), &err));
    assert_fails(reel__env_load(env_file("REEL_TEST_ONE=smtp://me:pw@host\n", 0644), &err),
                 REEL_E_DENIED, "chmod 600");
    assert_ok(reel__env_load(env_file("REEL_TEST_ONE=https://host/a@b\n", 0644), &err));
    assert_fails(reel__env_load(env_file("REEL_TEST_ONE=1\n", 0602), &err), REEL_E_DENIED,
                 "everybody may write");
}

static void nothing_is_set_from_a_wrong_file(void **state)
{
    reel_err err;

    (void)state;
    assert_fails(reel__env_load(env_file("REEL_TEST_FIVE=1\nwrong\n", 0600), &err), REEL_E_SYNTAX,
                 "env:2");
    assert_null(getenv("REEL_TEST_FIVE"));
}

static void huge_file_is_refused(void **state)
{
    static char text[(1 << 20) + 1];
    reel_err err;

    (void)state;
    memset(text, 'A', sizeof text);
    assert_fails(reel__env_load(temp_write_bytes("huge", text, sizeof text), &err), REEL_E_TOOLARGE,
                 "1 MiB");
}

static reel_code load(void *user, reel_err *err)
{
    return reel__env_load(user, err);
}

static void survives_without_memory(void **state)
{
    char path[TEMP_PATH];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", env_file("REEL_TEST_SIX='a'\nREEL_TEST_SEVEN=b", 0644));
    assert_int_equal(sweep_memory(load, path), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(names_wrong_lines),
        cmocka_unit_test(environment_comes_first),
        cmocka_unit_test(secrets_others_may_read_are_refused),
        cmocka_unit_test(nothing_is_set_from_a_wrong_file),
        cmocka_unit_test(huge_file_is_refused),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
