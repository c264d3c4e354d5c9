/* JSON in and out. */
#include "support/check.h"

#include <float.h>
#include <math.h>

#include "base/json.h"
#include "base/rng.h"
#include "base/utf8.h"

/* ---- reading ------------------------------------------------------------------------------- */

static void *take_nothing(size_t size)
{
    (void)size;
    return NULL;
}

/* Jansson says nothing of why it cannot even begin. */
static void reading_may_lack_memory(void **state)
{
    json_t *root;
    reel_err err;

    (void)state;
    json_set_alloc_funcs(take_nothing, free);
    assert_fails(reel__json_parse(&root, "[1]", 3, 8, &err), REEL_E_NOMEM, "out of memory");
    json_set_alloc_funcs(malloc, free);
    assert_null(root);
}

static void reads_members(void **state)
{
    static const char text[] =
        "{\"i\": 7, \"w\": 1e3, \"r\": 2.5, \"b\": true, \"t\": \"x\", \"n\": null}";
    json_t *root;
    reel_err err;
    int64_t whole = -1;
    double real = -1;
    const char *words = "unset";
    bool flag = false;

    (void)state;
    assert_ok(reel__json_parse(&root, text, sizeof text - 1, 8, &err));
    assert_ok(reel__json_get_int(root, "i", &whole, &err));
    assert_int_equal(whole, 7);
    assert_ok(reel__json_get_int(root, "w", &whole, &err));
    assert_int_equal(whole, 1000);
    assert_ok(reel__json_get_int(root, "missing", &whole, &err));
    assert_ok(reel__json_get_int(root, "n", &whole, &err));
    assert_int_equal(whole, 1000);
    assert_ok(reel__json_get_real(root, "i", &real, &err));
    assert_true(real == 7);
    assert_ok(reel__json_get_real(root, "r", &real, &err));
    assert_true(real == 2.5);
    assert_ok(reel__json_get_text(root, "n", &words, &err));
    assert_string_equal(words, "unset");
    assert_ok(reel__json_get_text(root, "t", &words, &err));
    assert_string_equal(words, "x");
    assert_fails(reel__json_get_int(root, "r", &whole, &err), REEL_E_INVALID,
                 "r: expected a whole number");
    assert_fails(reel__json_get_int(root, "t", &whole, &err), REEL_E_INVALID, "whole");
    assert_fails(reel__json_get_real(root, "b", &real, &err), REEL_E_INVALID,
                 "b: expected a number");
    assert_fails(reel__json_get_text(root, "i", &words, &err), REEL_E_INVALID, "a text");
    assert_ok(reel__json_get_id(root, "i", &whole, &err));
    assert_int_equal(whole, 7);
    assert_ok(reel__json_get_id(root, "missing", &whole, &err));
    assert_int_equal(whole, 7);
    assert_fails(reel__json_get_id(root, "t", &whole, &err), REEL_E_INVALID,
                 "t: expected an id: a whole number, or its digits as a text");
    assert_fails(reel__json_get_id(root, "b", &whole, &err), REEL_E_INVALID, "b: expected an id");
    assert_ok(reel__json_get_bool(root, "b", &flag, &err));
    assert_true(flag);
    assert_ok(reel__json_get_bool(root, "n", &flag, &err));
    assert_true(flag);
    assert_fails(reel__json_get_bool(root, "i", &flag, &err), REEL_E_INVALID,
                 "i: expected true or false");
    json_decref(root);
}

static void wrong_members(json_t *object, const char *const *names)
{
    static const struct {
        const char *name, *message;
    } wrong[] = {
        {"nmae", "nmae: there is no such member; did you mean name?"},
        {"Rate", "there is no member \"Rate\"; did you mean rate?"},
        {"", "there is no member \"\"; taken: name and rate"},
        {"a\nb", "there is no member \"a?b\"; taken"},
        {"a.b", "there is no member \"a.b\"; taken"},
        {"a[0]", "there is no member \"a[0]\"; taken"},
        {"a: b", "there is no member \"a: b\"; taken"},
        {"a-name-that-is-longer-than-a-message-would-be-for", "there is no member \"a-name-that"},
    };
    reel_err all = {REEL_OK, ""}, err;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(json_object_set_new(object, wrong[i].name, json_true()), 0);
        assert_fails(reel__json_only(object, names, &err), REEL_E_INVALID, wrong[i].message);
        assert_int_equal(json_object_clear(object), 0);
    }
    assert_int_equal(json_object_set_new(object, "x1", json_true()), 0);
    assert_int_equal(json_object_set_new(object, "rate", json_true()), 0);
    assert_int_equal(json_object_set_new(object, "x2", json_true()), 0);
    reel__json_others(object, names, &all);
    assert_string_equal(all.msg, "x1: there is no such member; taken: name and rate\n"
                                 "x2: there is no such member; taken: name and rate");
}

static void knows_its_members(void **state)
{
    static const char *const none[] = {NULL}, *const two[] = {"name", "rate", NULL};
    static const char text[] = "{\"rate\": 1, \"size\": 2}";
    json_t *root, *list = json_array();
    reel_err err;

    (void)state;
    assert_ok(reel__json_parse(&root, text, sizeof text - 1, 8, &err));
    assert_fails(reel__json_only(root, two, &err), REEL_E_INVALID,
                 "size: there is no such member; taken: name and rate");
    assert_int_equal(json_object_del(root, "size"), 0);
    assert_ok(reel__json_only(root, two, &err));
    assert_fails(reel__json_only(root, none, &err), REEL_E_INVALID,
                 "rate: there is no such member; none is taken");
    assert_int_equal(json_object_clear(root), 0);
    assert_ok(reel__json_only(root, none, &err));
    wrong_members(root, two);
    assert_fails(reel__json_only(list, two, &err), REEL_E_INVALID, "a JSON object");
    json_decref(root);
    json_decref(list);
}

static void writes_times(void **state)
{
    reel_json json;
    reel_buf buf;

    (void)state;
    reel__buf_init(&buf, 1000);
    reel__json_init(&json, &buf);
    reel__json_object(&json);
    reel__json_put_time(&json, "a", 1000000000);
    reel__json_put_time(&json, "b", 0);
    reel__json_put_time_ms(&json, "c", 1000000000050);
    reel__json_object_end(&json);
    assert_string_equal(buf.data, "{\"a\":\"2001-09-09T01:46:40Z\",\"b\":null,"
                                  "\"c\":\"2001-09-09T01:46:40.050Z\"}");
    reel__buf_fini(&buf);
}

typedef struct bad_text {
    const char *text;
    size_t length; /* 0: to the NUL */
    const char *message;
} bad_text;

static void refuses_bad_texts(void **state)
{
    static const bad_text cases[] = {
        {"", 0, "there is nothing"},
        {" \n", 0, "there is nothing"},
        {"{\"a\": 1, \"a\": 2}", 0, "duplicate"},
        {"{\n\"a\": 1,\n}", 0, "line 3"},
        {"[1] x", 0, "line 1"},
        {"[1]\0", 4, "column 4: NUL"},
        {"[\"\\u0000\", \"a\0\"]", 16, "NUL"},
        {"[[[[[1]]]]]", 0, "column 5: JSON nested deeper than 4"},
        {"[{\"[[[[[[\\\"[[\": [[[1]]]}]", 0, "deeper"},
        {"[\"\xFF\"]", 0, "line 1"},
        {"[01]", 0, "line 1"},
        {"[NaN]", 0, "line 1"},
        {"[99999999999999999999]", 0, "integer"},
        {"[1e999]", 0, "real"},
        {"{\"a\" 1}", 0, "line 1"},
        {"\"open", 0, "line 1"},
    };
    static const char brackets[] = "{\"[[[[[[\\\"[[\": [[[1]]]}";
    json_t *root;
    reel_err err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t length = cases[i].length > 0 ? cases[i].length : strlen(cases[i].text);

        assert_fails(reel__json_parse(&root, cases[i].text, length, 4, &err), REEL_E_SYNTAX,
                     cases[i].message);
        assert_null(root);
        assert_null(strchr(err.msg, '\n'));
    }
    assert_ok(reel__json_parse(&root, brackets, sizeof brackets - 1, 4, &err));
    json_decref(root);
    assert_ok(reel__json_parse(&root, " 5 ", 3, 1, &err));
    json_decref(root);
}

/* ---- writing ------------------------------------------------------------------------------- */

static void writes_structure(void **state)
{
    reel_json json;
    reel_buf buf;

    (void)state;
    reel__buf_init(&buf, 10000);
    reel__json_init(&json, &buf);
    reel__json_object(&json);
    reel__json_put_text(&json, "a", "x");
    reel__json_put_text(&json, "none", NULL);
    reel__json_put_int(&json, "i", INT64_MIN);
    reel__json_put_real(&json, "r", 0.5);
    reel__json_put_float(&json, "f", 0.1F);
    reel__json_put_bool(&json, "b", false);
    reel__json_put_known(&json, "k", "x");
    reel__json_put_known(&json, "u", "");
    reel__json_put_id(&json, "d", 0);
    reel__json_put_id(&json, "o", -1);
    reel__json_put_list(&json, "l", "x|y z|");
    reel__json_put_list(&json, "e", "");
    reel__json_key(&json, "n");
    reel__json_array(&json);
    reel__json_object(&json);
    reel__json_object_end(&json);
    reel__json_array(&json);
    reel__json_array_end(&json);
    reel__json_null(&json);
    reel__json_raw(&json, "[1]", 3);
    reel__json_array_end(&json);
    reel__json_object_end(&json);
    assert_string_equal(buf.data,
                        "{\"a\":\"x\",\"none\":null,\"i\":-9223372036854775808,\"r\":0.5,\"f\":0.1,"
                        "\"b\":false,\"k\":\"x\",\"u\":null,\"d\":0,\"o\":null,\"l\":[\"x\",\"y "
                        "z\"],\"e\":[],\"n\":[{},[],null,[1]]}");
    reel__buf_fini(&buf);
}

static void assert_written(const char *text, size_t length, const char *expected)
{
    reel_json json;
    reel_buf buf;

    reel__buf_init(&buf, 10000);
    reel__json_init(&json, &buf);
    reel__json_text_n(&json, text, length);
    assert_string_equal(buf.data, expected);
    reel__buf_fini(&buf);
}

static void escapes_text(void **state)
{
    (void)state;
    assert_written("\"\\\b\f\n\r\t/", 8, "\"\\\"\\\\\\b\\f\\n\\r\\t/\"");
    assert_written("a\0\x1F\x7F", 4, "\"a\\u0000\\u001f\\u007f\"");
    assert_written("é€𝄞", 9, "\"é€𝄞\"");
    assert_written("a\xFF"
                   "b\xE2\x82",
                   5, "\"a\uFFFDb\uFFFD\uFFFD\"");
    assert_written("\xED\xA0\x80", 3, "\"\uFFFD\uFFFD\uFFFD\"");
    assert_written("", 0, "\"\"");
}

/* Any bytes become JSON that jansson reads back; well-formed text comes back as it was. */
static void any_bytes_make_valid_json(void **state)
{
    reel_rng rng = reel__rng_make(20, 0);

    (void)state;
    for (int round = 0; round < 3000; round++) {
        char text[24];
        const size_t length = reel__rng_below(&rng, sizeof text);
        reel_json json;
        reel_buf buf;
        reel_err err;
        json_t *root;

        for (size_t i = 0; i < length; i++) /* no NUL, which the reader refuses */
            text[i] = (char)(reel__rng_below(&rng, round % 2 == 0 ? 126 : 255) + 1);
        reel__buf_init(&buf, 1000);
        reel__json_init(&json, &buf);
        reel__json_array(&json);
        reel__json_text_n(&json, text, length);
        reel__json_array_end(&json);
        assert_ok(reel__json_parse(&root, buf.data, buf.length, 2, &err));
        if (reel__utf8_valid(text, length)) {
            const json_t *read = json_array_get(root, 0);

            assert_int_equal(json_string_length(read), length);
            assert_memory_equal(json_string_value(read), text, length);
        }
        json_decref(root);
        reel__buf_fini(&buf);
    }
}

/* ---- numbers ------------------------------------------------------------------------------- */

static void number_text(char out[64], double value, bool as_float)
{
    reel_json json;
    reel_buf buf;

    reel__buf_init(&buf, 63);
    reel__json_init(&json, &buf);
    if (as_float)
        reel__json_float(&json, (float)value);
    else
        reel__json_real(&json, value);
    memcpy(out, buf.data, buf.length + 1);
    reel__buf_fini(&buf);
}

static void writes_known_numbers(void **state)
{
    static const struct {
        double value;
        const char *real, *single;
    } cases[] = {
        {0, "0", "0"},
        {-0.0, "0", "0"},
        {5, "5", "5"},
        {-3.5, "-3.5", "-3.5"},
        {0.1, "0.1", "0.1"},
        {4.05, "4.05", "4.05"},
        {0.001, "0.001", "0.001"},
        {123456789, "123456789", "123456792"},
        {1e15, "1e+15", "1e+15"},
        {1e-7, "1e-07", "1e-07"},
        {1e300, "1e+300", "null"},
        {0.1 + 0.2, "0.30000000000000004", "0.3"},
        {1.0 / 3, "0.3333333333333333", "0.33333334"},
        {16777216, "16777216", "16777216"},
        {-0.00123, "-0.00123", "-0.00123"},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        number_text(text, cases[i].value, false);
        assert_string_equal(text, cases[i].real);
        if (fabs(cases[i].value) > (double)FLT_MAX)
            continue;
        number_text(text, cases[i].value, true);
        assert_string_equal(text, cases[i].single);
    }
    number_text(text, (double)NAN, false);
    assert_string_equal(text, "null");
    number_text(text, (double)-INFINITY, true);
    assert_string_equal(text, "null");
}

/* Digits of a decimal, without zeros in front and behind. */
static size_t significant_digits(const char *text)
{
    size_t count = 0, zeros = 0;

    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (*text == '0' && count == 0))
            continue;
        count++;
        zeros = *text == '0' ? zeros + 1 : 0;
    }
    return count - zeros;
}

/* Reads back as the same number, and no decimal of fewer digits does. */
static void assert_shortest(double value, bool as_float)
{
    char text[64], shorter[64];
    size_t digits;

    number_text(text, value, as_float);
    if (as_float ? strtof(text, NULL) != (float)value : strtod(text, NULL) != value)
        fail_msg("%.17g is written as %s", value, text);
    digits = significant_digits(text);
    if (digits < 2 || strpbrk(text, ".e") == NULL) /* whole numbers are written whole */
        return;
    (void)snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, value);
    if (as_float ? strtof(shorter, NULL) == (float)value : strtod(shorter, NULL) == value)
        fail_msg("%s would do for %.17g, but %s is written", shorter, value, text);
}

static void numbers_read_back_and_are_short(void **state)
{
    reel_rng rng = reel__rng_make(21, 0);

    (void)state;
    for (int round = 0; round < 30000; round++) {
        const uint64_t bits = reel__rng_next(&rng);
        const uint32_t half = (uint32_t)(bits >> 32);
        const double decimal = (double)(int64_t)reel__rng_below(&rng, 1000000) / 1000;
        const double unit = reel__rng_normal(&rng);
        double real;
        float single;

        memcpy(&real, &bits, sizeof real);
        memcpy(&single, &half, sizeof single);
        if (isfinite(real))
            assert_shortest(real, false);
        if (isfinite(single))
            assert_shortest((double)single, true);
        assert_shortest(decimal, false);
        assert_shortest((double)(float)decimal, true);
        assert_shortest(unit, false);
        assert_shortest((double)(float)unit, true);
    }
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code write_much(void *user, reel_err *err)
{
    reel_json json;
    reel_buf buf;
    reel_code rc;

    (void)user;
    reel__buf_init(&buf, 100000);
    reel__json_init(&json, &buf);
    reel__json_array(&json);
    for (int i = 0; i < 1000; i++)
        reel__json_real(&json, i / 7.0);
    reel__json_array_end(&json);
    rc = reel__buf_check(&buf, err);
    reel__buf_fini(&buf);
    return rc;
}

static void survives_without_memory(void **state)
{
    (void)state;
    assert_true(sweep_memory(write_much, NULL) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_may_lack_memory),
        cmocka_unit_test(reads_members),
        cmocka_unit_test(knows_its_members),
        cmocka_unit_test(writes_times),
        cmocka_unit_test(refuses_bad_texts),
        cmocka_unit_test(writes_structure),
        cmocka_unit_test(escapes_text),
        cmocka_unit_test(any_bytes_make_valid_json),
        cmocka_unit_test(writes_known_numbers),
        cmocka_unit_test(numbers_read_back_and_are_short),
        cmocka_unit_test(survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
